"""The statements of an import, each naming its tenant."""

from typing import Final

from tenants.bulk import Insert, Update

NEW_DEBTORS: Final = Insert(
    "debtors",
    ("created_at", "updated_at", "created_by_import_id", "changed_in_import_id", "session_epoch"),
    ("id", "document_kind", "document_index", "sealed", "uf", "time_zone", "adult_on", "locale",
     "preferred_channel", "preferred_hour", "payday"),
    ("tenant_id", "document_index"),
)  # fmt: skip
NEW_CONTACTS: Final = Insert(
    "contact_points",
    ("created_at", "created_by_import_id", "state"),
    (
        "id",
        "debtor_id",
        "kind",
        "sealed",
        "address_index",
        "area_code",
        "is_mobile",
        "position",
        "whose",
    ),
    ("tenant_id", "debtor_id", "kind", "address_index"),
)
NEW_DEBTS: Final = Insert(
    "debts",
    ("created_at", "updated_at", "created_by_import_id", "changed_in_import_id", "currency",
     "state", "paid_here_cents"),
    ("id", "debtor_id", "contract", "product", "origin", "principal_cents", "due_on",
     "contracted_on", "instrument", "acquisition_channel", "interruption_on", "store_visits",
     "purchases", "row_hash"),
    ("tenant_id", "contract"),
)  # fmt: skip
NEW_CHANGES: Final = Insert(
    "portfolio_changes",
    ("portfolio_import_id",),
    ("id", "table_name", "row_id", "before"),
)
NEW_DIFFERENCES: Final = Insert(
    "portfolio_differences",
    ("portfolio_import_id",),
    ("id", "debt_id", "column", "in_file", "here", "reason"),
)

DEBTOR_COLUMNS: Final = (
    ("sealed", "bytea"), ("uf", "text"), ("time_zone", "text"), ("adult_on", "date"),
    ("locale", "text"), ("preferred_channel", "text"), ("preferred_hour", "int4"),
    ("payday", "int4"),
)  # fmt: skip
"""What a later file may change on a person."""
DEBT_COLUMNS: Final = (
    ("debtor_id", "uuid"), ("product", "text"), ("origin", "text"), ("principal_cents", "int8"),
    ("due_on", "date"), ("contracted_on", "date"), ("instrument", "text"),
    ("acquisition_channel", "text"), ("interruption_on", "date"),
    ("store_visits", "int4"), ("purchases", "int4"), ("state", "text"),
    ("state_before_recall", "text"), ("row_hash", "bytea"),
)  # fmt: skip
"""What a later file may change on a debt."""
_STAMPS: Final = (("updated_at", "timestamptz"), ("changed_in_import_id", "uuid"))
CHANGED_DEBTORS: Final = Update("debtors", _STAMPS, DEBTOR_COLUMNS)
CHANGED_DEBTS: Final = Update("debts", _STAMPS, DEBT_COLUMNS)
RECALLED_DEBTS: Final = Update(
    "debts", _STAMPS, (("state", "text"), ("state_before_recall", "text"))
)

CHANGED_CONTACTS: Final = Update(
    "contact_points", (), (("state", "text"), ("position", "int4"), ("whose", "text"))
)

KNOWN_CONTRACTS: Final = (
    "SELECT contract, id, state, row_hash FROM debts"
    " WHERE tenant_id = $1 AND contract = ANY ($2::text[])"
)
KNOWN_DEBTS: Final = (
    "SELECT id, debtor_id, product, origin, principal_cents, due_on, contracted_on, instrument,"
    " acquisition_channel, interruption_on, store_visits, purchases, state, state_before_recall,"
    " row_hash, paid_here_cents"
    " FROM debts WHERE tenant_id = $1 AND id = ANY ($2::uuid[])"
)
KNOWN_DEBTORS: Final = (
    "SELECT document_index, id, sealed, uf, time_zone, adult_on, locale, preferred_channel,"
    " preferred_hour, payday, changed_in_import_id"
    " FROM debtors WHERE tenant_id = $1 AND document_index = ANY ($2::bytea[])"
)
KNOWN_CONTACTS: Final = (
    "SELECT id, debtor_id, kind, address_index, position, state, created_by_import_id,"
    " whose FROM contact_points WHERE tenant_id = $1 AND debtor_id = ANY ($2::uuid[])"
)
RETIRABLE: Final = (
    "SELECT id, sealed, position, whose FROM contact_points"
    " WHERE tenant_id = $1 AND id = ANY ($2::uuid[]) AND state = 'active'"
)
DOCUMENT_INDEXES: Final = (
    "SELECT id, document_index FROM debtors WHERE tenant_id = $1 AND id = ANY ($2::uuid[])"
)
LISTED_DIFFERENCES: Final = (
    'SELECT debt_id, "column", in_file, here, resolved_at IS NULL FROM portfolio_differences'
    " WHERE tenant_id = $1 AND debt_id = ANY ($2::uuid[])"
)
LIVE_DEBTS: Final = (
    "SELECT id, contract, state FROM debts"
    " WHERE tenant_id = $1 AND id > $2::uuid AND state IN ('open', 'agreed')"
    " ORDER BY id LIMIT 20000"
)
