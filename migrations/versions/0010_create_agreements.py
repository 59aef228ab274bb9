"""Agreements and instalments."""

import sqlalchemy as sa
from alembic import op

from tenants.database import protect

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "number_series",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"],
            ["tenants.id"],
            name=op.f("fk_number_series_tenant_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_number_series")),
    )
    op.create_index(
        op.f("ix_number_series_tenant_id_series"),
        "number_series",
        ["tenant_id", "series"],
        unique=True,
    )
    op.create_table(
        "agreements",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("debtor_id", sa.Uuid(), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("acceptance_key", sa.Text(), nullable=False),
        sa.Column("brand_version_id", sa.Uuid(), nullable=False),
        sa.Column("owed_cents", sa.BigInteger(), nullable=False),
        sa.Column("total_cents", sa.BigInteger(), nullable=False),
        sa.Column("saved_cents", sa.BigInteger(), nullable=False),
        sa.Column("down_payment_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("interest_cents", sa.BigInteger(), nullable=False),
        sa.Column("monthly_rate", sa.Numeric(precision=9, scale=6), nullable=True),
        sa.Column("annual_cost", sa.Numeric(precision=9, scale=4), nullable=True),
        sa.Column("due_day", sa.Integer(), nullable=True),
        sa.Column("due_date_changes", sa.Integer(), nullable=False),
        sa.Column("terms", sa.LargeBinary(), nullable=False),
        sa.Column("evidence", sa.LargeBinary(), nullable=False),
        sa.Column("document_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'settled', 'broken', 'cancelled')", name=op.f("ck_agreements_state")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "brand_version_id"],
            ["brand_versions.tenant_id", "brand_versions.id"],
            name=op.f("fk_agreements_tenant_id_brand_version_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "debtor_id"],
            ["debtors.tenant_id", "debtors.id"],
            name=op.f("fk_agreements_tenant_id_debtor_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "offer_id"],
            ["offers.tenant_id", "offers.id"],
            name=op.f("fk_agreements_tenant_id_offer_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_agreements_tenant_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_agreements")),
    )
    op.create_index(
        op.f("ix_agreements_tenant_id_debtor_id"),
        "agreements",
        ["tenant_id", "debtor_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_agreements_tenant_id_number"), "agreements", ["tenant_id", "number"], unique=True
    )
    op.create_index(
        op.f("ix_agreements_tenant_id_offer_id_acceptance_key"),
        "agreements",
        ["tenant_id", "offer_id", "acceptance_key"],
        unique=True,
    )
    op.create_index(
        op.f("ix_agreements_tenant_id_state"), "agreements", ["tenant_id", "state"], unique=False
    )
    op.create_table(
        "agreement_debts",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("debt_id", sa.Uuid(), nullable=False),
        sa.Column("owed_cents", sa.BigInteger(), nullable=False),
        sa.Column("principal_cents", sa.BigInteger(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "agreement_id"],
            ["agreements.tenant_id", "agreements.id"],
            name=op.f("fk_agreement_debts_tenant_id_agreement_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "debt_id"],
            ["debts.tenant_id", "debts.id"],
            name=op.f("fk_agreement_debts_tenant_id_debt_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"],
            ["tenants.id"],
            name=op.f("fk_agreement_debts_tenant_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_agreement_debts")),
    )
    op.create_index(
        op.f("ix_agreement_debts_tenant_id_agreement_id"),
        "agreement_debts",
        ["tenant_id", "agreement_id"],
        unique=False,
    )
    op.create_index(
        "uq_agreement_debts_open",
        "agreement_debts",
        ["tenant_id", "debt_id"],
        unique=True,
        postgresql_where=sa.text("is_open"),
    )
    op.create_table(
        "instalments",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("principal_cents", sa.BigInteger(), nullable=False),
        sa.Column("interest_cents", sa.BigInteger(), nullable=False),
        sa.Column("paid_cents", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'paid', 'cancelled')", name=op.f("ck_instalments_state")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "agreement_id"],
            ["agreements.tenant_id", "agreements.id"],
            name=op.f("fk_instalments_tenant_id_agreement_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"],
            ["tenants.id"],
            name=op.f("fk_instalments_tenant_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_instalments")),
    )
    op.create_index(
        op.f("ix_instalments_tenant_id_agreement_id_number"),
        "instalments",
        ["tenant_id", "agreement_id", "number"],
        unique=True,
    )
    op.create_index(
        op.f("ix_instalments_tenant_id_state_due_on"),
        "instalments",
        ["tenant_id", "state", "due_on"],
        unique=False,
    )
    for statement in protect("number_series"):
        op.execute(statement)
    for statement in protect("agreements"):
        op.execute(statement)
    for statement in protect("agreement_debts"):
        op.execute(statement)
    for statement in protect("instalments"):
        op.execute(statement)


def downgrade() -> None:
    op.drop_index(op.f("ix_instalments_tenant_id_state_due_on"), table_name="instalments")
    op.drop_index(op.f("ix_instalments_tenant_id_agreement_id_number"), table_name="instalments")
    op.drop_table("instalments")
    op.drop_index(
        "uq_agreement_debts_open", table_name="agreement_debts", postgresql_where=sa.text("is_open")
    )
    op.drop_index(op.f("ix_agreement_debts_tenant_id_agreement_id"), table_name="agreement_debts")
    op.drop_table("agreement_debts")
    op.drop_index(op.f("ix_agreements_tenant_id_state"), table_name="agreements")
    op.drop_index(op.f("ix_agreements_tenant_id_offer_id_acceptance_key"), table_name="agreements")
    op.drop_index(op.f("ix_agreements_tenant_id_number"), table_name="agreements")
    op.drop_index(op.f("ix_agreements_tenant_id_debtor_id"), table_name="agreements")
    op.drop_table("agreements")
    op.drop_index(op.f("ix_number_series_tenant_id_series"), table_name="number_series")
    op.drop_table("number_series")
