"""Which do-not-call lists people are on, themselves or with a line of theirs."""

import uuid
from collections import defaultdict
from collections.abc import Mapping

from app.compliance.facts import Listing
from tenants import bulk

_ANY = "SELECT 1 FROM do_not_call_lists WHERE tenant_id = $1 LIMIT 1"
_LISTED = """
SELECT p.debtor_id, p.id, l.name, e.since
FROM contact_points p
JOIN do_not_call_entries e ON e.tenant_id = $1 AND e.entry_index = p.address_index
JOIN do_not_call_lists l ON l.tenant_id = $1 AND l.id = e.do_not_call_list_id
WHERE p.tenant_id = $1 AND p.debtor_id = ANY($2::uuid[]) AND p.kind = 'phone'
UNION ALL
SELECT d.id, NULL::uuid, l.name, e.since
FROM debtors d
JOIN do_not_call_entries e ON e.tenant_id = $1 AND e.entry_index = d.document_index
JOIN do_not_call_lists l ON l.tenant_id = $1 AND l.id = e.do_not_call_list_id
WHERE d.tenant_id = $1 AND d.id = ANY($2::uuid[])
ORDER BY 1, 3, 2"""


def listings(reader: bulk.Writer, ids: bytes) -> Mapping[uuid.UUID, tuple[Listing, ...]]:
    """By person (`ids` as `bulk.identifiers`); most creditors load no list."""
    if not reader.select(_ANY):
        return {}
    found: dict[uuid.UUID, list[Listing]] = defaultdict(list)
    for debtor_id, line, registry, since in reader.select(_LISTED, ids):
        found[debtor_id].append(Listing(registry, since, line))
    return {debtor_id: tuple(listed) for debtor_id, listed in found.items()}
