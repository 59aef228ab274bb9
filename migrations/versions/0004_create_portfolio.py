"""Debtors, debts and portfolio imports."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from tenants.database import protect

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "charge_terms",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("terms", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"],
            ["tenants.id"],
            name=op.f("fk_charge_terms_tenant_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_charge_terms")),
    )
    op.create_index(
        op.f("ix_charge_terms_tenant_id_version"),
        "charge_terms",
        ["tenant_id", "version"],
        unique=True,
    )
    op.create_table(
        "debtors",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("document_kind", sa.Text(), nullable=False),
        sa.Column("document_index", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("uf", sa.Text(), nullable=True),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("adult_on", sa.Date(), nullable=True),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("preferred_channel", sa.Text(), nullable=True),
        sa.Column("preferred_hour", sa.Integer(), nullable=True),
        sa.Column("session_epoch", sa.Integer(), nullable=False),
        sa.Column("created_by_import_id", sa.Uuid(), nullable=True),
        sa.Column("changed_in_import_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "document_kind IN ('cpf', 'cnpj')", name=op.f("ck_debtors_document_kind")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_debtors_tenant_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_debtors")),
    )
    op.create_index(
        op.f("ix_debtors_tenant_id_document_index"),
        "debtors",
        ["tenant_id", "document_index"],
        unique=True,
    )
    op.create_table(
        "portfolio_imports",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("is_full", sa.Boolean(), nullable=False),
        sa.Column("mapping", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("rows_total", sa.Integer(), nullable=False),
        sa.Column("rows_created", sa.Integer(), nullable=False),
        sa.Column("rows_updated", sa.Integer(), nullable=False),
        sa.Column("rows_unchanged", sa.Integer(), nullable=False),
        sa.Column("rows_refused", sa.Integer(), nullable=False),
        sa.Column("debts_recalled", sa.Integer(), nullable=False),
        sa.Column("debts_returned", sa.Integer(), nullable=False),
        sa.Column("differences", sa.Integer(), nullable=False),
        sa.Column("cells_left_out", sa.Integer(), nullable=False),
        sa.Column("error_file_id", sa.Uuid(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('running', 'waiting', 'confirmed', 'applied', 'undone', 'failed')",
            name=op.f("ck_portfolio_imports_state"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"],
            ["tenants.id"],
            name=op.f("fk_portfolio_imports_tenant_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_portfolio_imports")),
    )
    op.create_index(
        "uq_portfolio_imports_running",
        "portfolio_imports",
        ["tenant_id"],
        unique=True,
        postgresql_where=sa.text("state = 'running'"),
    )
    op.create_table(
        "contact_points",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("debtor_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("address_index", sa.LargeBinary(), nullable=False),
        sa.Column("area_code", sa.Text(), nullable=True),
        sa.Column("is_mobile", sa.Boolean(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("whose", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_by_import_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('email', 'phone')", name=op.f("ck_contact_points_kind")),
        sa.CheckConstraint(
            "state IN ('active', 'bounced', 'wrong_person', 'replaced')",
            name=op.f("ck_contact_points_state"),
        ),
        sa.CheckConstraint(
            "whose IN ('own', 'workplace', 'shared')", name=op.f("ck_contact_points_whose")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "debtor_id"],
            ["debtors.tenant_id", "debtors.id"],
            name=op.f("fk_contact_points_tenant_id_debtor_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"],
            ["tenants.id"],
            name=op.f("fk_contact_points_tenant_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_contact_points")),
    )
    op.create_index(
        op.f("ix_contact_points_tenant_id_address_index"),
        "contact_points",
        ["tenant_id", "address_index"],
        unique=False,
    )
    op.create_index(
        op.f("ix_contact_points_tenant_id_debtor_id_kind_address_index"),
        "contact_points",
        ["tenant_id", "debtor_id", "kind", "address_index"],
        unique=True,
    )
    op.create_table(
        "debts",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("debtor_id", sa.Uuid(), nullable=False),
        sa.Column("contract", sa.Text(), nullable=False),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("principal_cents", sa.BigInteger(), nullable=False),
        sa.Column("paid_here_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("contracted_on", sa.Date(), nullable=True),
        sa.Column("instrument", sa.Text(), nullable=False),
        sa.Column("acquisition_channel", sa.Text(), nullable=True),
        sa.Column("interruption_on", sa.Date(), nullable=True),
        sa.Column("store_visits", sa.Integer(), nullable=True),
        sa.Column("purchases", sa.Integer(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("state_before_recall", sa.Text(), nullable=True),
        sa.Column("row_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_by_import_id", sa.Uuid(), nullable=True),
        sa.Column("changed_in_import_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("principal_cents >= 0", name=op.f("ck_debts_principal_cents")),
        sa.CheckConstraint(
            "instrument IN ('documented', 'rent', 'promissory_note', 'residual')",
            name=op.f("ck_debts_instrument"),
        ),
        sa.CheckConstraint(
            "state IN ('open', 'agreed', 'settled', 'recalled', 'dismissed')",
            name=op.f("ck_debts_state"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "debtor_id"],
            ["debtors.tenant_id", "debtors.id"],
            name=op.f("fk_debts_tenant_id_debtor_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_debts_tenant_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_debts")),
    )
    op.create_index(
        op.f("ix_debts_tenant_id_contract"), "debts", ["tenant_id", "contract"], unique=True
    )
    op.create_index(
        op.f("ix_debts_tenant_id_debtor_id"), "debts", ["tenant_id", "debtor_id"], unique=False
    )
    op.create_table(
        "portfolio_changes",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("portfolio_import_id", sa.Uuid(), nullable=False),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("row_id", sa.Uuid(), nullable=False),
        sa.Column("before", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "portfolio_import_id"],
            ["portfolio_imports.tenant_id", "portfolio_imports.id"],
            name=op.f("fk_portfolio_changes_tenant_id_portfolio_import_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"],
            ["tenants.id"],
            name=op.f("fk_portfolio_changes_tenant_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_portfolio_changes")),
    )
    op.create_index(
        op.f("ix_portfolio_changes_tenant_id_portfolio_import_id"),
        "portfolio_changes",
        ["tenant_id", "portfolio_import_id"],
        unique=False,
    )
    op.create_table(
        "portfolio_differences",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("portfolio_import_id", sa.Uuid(), nullable=False),
        sa.Column("debt_id", sa.Uuid(), nullable=False),
        sa.Column("column", sa.Text(), nullable=False),
        sa.Column("in_file", sa.Text(), nullable=False),
        sa.Column("here", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "debt_id"],
            ["debts.tenant_id", "debts.id"],
            name=op.f("fk_portfolio_differences_tenant_id_debt_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "portfolio_import_id"],
            ["portfolio_imports.tenant_id", "portfolio_imports.id"],
            name=op.f("fk_portfolio_differences_tenant_id_portfolio_import_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"],
            ["tenants.id"],
            name=op.f("fk_portfolio_differences_tenant_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_portfolio_differences")),
    )
    op.create_index(
        op.f("ix_portfolio_differences_tenant_id_portfolio_import_id"),
        "portfolio_differences",
        ["tenant_id", "portfolio_import_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_portfolio_differences_tenant_id_debt_id"),
        "portfolio_differences",
        ["tenant_id", "debt_id"],
        unique=False,
    )
    for statement in protect("charge_terms"):
        op.execute(statement)
    for statement in protect("debtors"):
        op.execute(statement)
    for statement in protect("portfolio_imports"):
        op.execute(statement)
    for statement in protect("contact_points"):
        op.execute(statement)
    for statement in protect("debts"):
        op.execute(statement)
    for statement in protect("portfolio_changes"):
        op.execute(statement)
    for statement in protect("portfolio_differences"):
        op.execute(statement)


def downgrade() -> None:
    op.drop_index(
        op.f("ix_portfolio_differences_tenant_id_debt_id"), table_name="portfolio_differences"
    )
    op.drop_index(
        op.f("ix_portfolio_differences_tenant_id_portfolio_import_id"),
        table_name="portfolio_differences",
    )
    op.drop_table("portfolio_differences")
    op.drop_index(
        op.f("ix_portfolio_changes_tenant_id_portfolio_import_id"), table_name="portfolio_changes"
    )
    op.drop_table("portfolio_changes")
    op.drop_index(op.f("ix_debts_tenant_id_debtor_id"), table_name="debts")
    op.drop_index(op.f("ix_debts_tenant_id_contract"), table_name="debts")
    op.drop_table("debts")
    op.drop_index(
        op.f("ix_contact_points_tenant_id_debtor_id_kind_address_index"),
        table_name="contact_points",
    )
    op.drop_index(op.f("ix_contact_points_tenant_id_address_index"), table_name="contact_points")
    op.drop_table("contact_points")
    op.drop_index(
        "uq_portfolio_imports_running",
        table_name="portfolio_imports",
        postgresql_where=sa.text("state = 'running'"),
    )
    op.drop_table("portfolio_imports")
    op.drop_index(op.f("ix_debtors_tenant_id_document_index"), table_name="debtors")
    op.drop_table("debtors")
    op.drop_index(op.f("ix_charge_terms_tenant_id_version"), table_name="charge_terms")
    op.drop_table("charge_terms")
