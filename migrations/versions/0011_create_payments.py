"""Payments, provider events, settlements and receipts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from tenants.database import protect

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "provider_events",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("provider_event_id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('stored', 'applied', 'ignored')", name=op.f("ck_provider_events_state")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"],
            ["tenants.id"],
            name=op.f("fk_provider_events_tenant_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_provider_events")),
    )
    op.create_index(
        op.f("ix_provider_events_tenant_id_provider_event_id"),
        "provider_events",
        ["tenant_id", "provider_event_id"],
        unique=True,
    )
    op.create_index(
        op.f("ix_provider_events_tenant_id_state"),
        "provider_events",
        ["tenant_id", "state"],
        unique=False,
    )
    op.create_table(
        "payments",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("debtor_id", sa.Uuid(), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("instalment_id", sa.Uuid(), nullable=True),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("fee_cents", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("is_simulated", sa.Boolean(), nullable=False),
        sa.Column("payer", sa.LargeBinary(), nullable=True),
        sa.Column("provider_id", sa.Text(), nullable=True),
        sa.Column("pix_code", sa.Text(), nullable=True),
        sa.Column("boleto_line", sa.Text(), nullable=True),
        sa.Column("hosted_url", sa.Text(), nullable=True),
        sa.Column("verification_code", sa.Text(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_cents", sa.BigInteger(), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("method IN ('pix', 'boleto', 'card')", name=op.f("ck_payments_method")),
        sa.CheckConstraint(
            "state IN ('created', 'pending', 'paid', 'expired', 'failed', 'refunded')",
            name=op.f("ck_payments_state"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "agreement_id"],
            ["agreements.tenant_id", "agreements.id"],
            name=op.f("fk_payments_tenant_id_agreement_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "debtor_id"],
            ["debtors.tenant_id", "debtors.id"],
            name=op.f("fk_payments_tenant_id_debtor_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_payments_tenant_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_payments")),
    )
    op.create_index(
        op.f("ix_payments_tenant_id_agreement_id"),
        "payments",
        ["tenant_id", "agreement_id"],
        unique=False,
    )
    op.create_index(
        "ix_payments_open",
        "payments",
        ["tenant_id", "expires_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('created', 'pending')"),
    )
    op.create_index(
        op.f("ix_payments_tenant_id_provider_id"),
        "payments",
        ["tenant_id", "provider_id"],
        unique=True,
    )
    op.create_index(
        op.f("ix_payments_tenant_id_verification_code"),
        "payments",
        ["tenant_id", "verification_code"],
        unique=False,
    )
    op.create_table(
        "receipts",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("settlement_id", sa.Uuid(), nullable=True),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("returned_cents", sa.BigInteger(), nullable=False),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('receipt', 'quitacao')", name=op.f("ck_receipts_kind")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "agreement_id"],
            ["agreements.tenant_id", "agreements.id"],
            name=op.f("fk_receipts_tenant_id_agreement_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_receipts_tenant_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_receipts")),
    )
    op.create_index(
        op.f("ix_receipts_tenant_id_agreement_id"),
        "receipts",
        ["tenant_id", "agreement_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_receipts_tenant_id_cause"), "receipts", ["tenant_id", "cause"], unique=True
    )
    op.create_index(
        op.f("ix_receipts_tenant_id_number"), "receipts", ["tenant_id", "number"], unique=True
    )
    op.create_table(
        "settlements",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("provider_charge_id", sa.Text(), nullable=False),
        sa.Column("received_cents", sa.BigInteger(), nullable=False),
        sa.Column("applied_cents", sa.BigInteger(), nullable=False),
        sa.Column("credit_cents", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("parts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('exact', 'over', 'under', 'late', 'on_broken', 'duplicate')",
            name=op.f("ck_settlements_outcome"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "payment_id"],
            ["payments.tenant_id", "payments.id"],
            name=op.f("fk_settlements_tenant_id_payment_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"],
            ["tenants.id"],
            name=op.f("fk_settlements_tenant_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_settlements")),
    )
    op.create_index(
        op.f("ix_settlements_tenant_id_payment_id"),
        "settlements",
        ["tenant_id", "payment_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_settlements_tenant_id_provider_charge_id"),
        "settlements",
        ["tenant_id", "provider_charge_id"],
        unique=True,
    )
    op.create_table(
        "reversals",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("settlement_id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("returned_cents", sa.BigInteger(), nullable=False),
        sa.Column("reversed_cents", sa.BigInteger(), nullable=False),
        sa.Column("parts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("cause IN ('refund', 'dispute')", name=op.f("ck_reversals_cause")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "settlement_id"],
            ["settlements.tenant_id", "settlements.id"],
            name=op.f("fk_reversals_tenant_id_settlement_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "task_id"],
            ["tasks.tenant_id", "tasks.id"],
            name=op.f("fk_reversals_tenant_id_task_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"],
            ["tenants.id"],
            name=op.f("fk_reversals_tenant_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_reversals")),
    )
    op.create_index(
        op.f("ix_reversals_tenant_id_settlement_id"),
        "reversals",
        ["tenant_id", "settlement_id"],
        unique=False,
    )
    for statement in protect("provider_events"):
        op.execute(statement)
    for statement in protect("payments"):
        op.execute(statement)
    for statement in protect("receipts"):
        op.execute(statement)
    for statement in protect("settlements", append_only=True):
        op.execute(statement)
    for statement in protect("reversals", append_only=True):
        op.execute(statement)


def downgrade() -> None:
    op.drop_index(op.f("ix_reversals_tenant_id_settlement_id"), table_name="reversals")
    op.drop_table("reversals")
    op.drop_index(op.f("ix_settlements_tenant_id_provider_charge_id"), table_name="settlements")
    op.drop_index(op.f("ix_settlements_tenant_id_payment_id"), table_name="settlements")
    op.drop_table("settlements")
    op.drop_index(op.f("ix_receipts_tenant_id_number"), table_name="receipts")
    op.drop_index(op.f("ix_receipts_tenant_id_cause"), table_name="receipts")
    op.drop_index(op.f("ix_receipts_tenant_id_agreement_id"), table_name="receipts")
    op.drop_table("receipts")
    op.drop_index(op.f("ix_payments_tenant_id_verification_code"), table_name="payments")
    op.drop_index(op.f("ix_payments_tenant_id_provider_id"), table_name="payments")
    op.drop_index("ix_payments_open", table_name="payments")
    op.drop_index(op.f("ix_payments_tenant_id_agreement_id"), table_name="payments")
    op.drop_table("payments")
    op.drop_index(op.f("ix_provider_events_tenant_id_state"), table_name="provider_events")
    op.drop_index(
        op.f("ix_provider_events_tenant_id_provider_event_id"), table_name="provider_events"
    )
    op.drop_table("provider_events")
