"""One-time codes and counted attempts."""

import sqlalchemy as sa
from alembic import op

from tenants.database import protect

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attempts",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.Column("window_start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_attempts_tenant_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_attempts")),
    )
    op.create_index(
        op.f("ix_attempts_tenant_id_subject_window_start"),
        "attempts",
        ["tenant_id", "subject", "window_start"],
        unique=True,
    )
    op.create_table(
        "one_time_codes",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("document_index", sa.LargeBinary(), nullable=True),
        sa.Column("debtor_id", sa.Uuid(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("challenge", sa.LargeBinary(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "debtor_id"],
            ["debtors.tenant_id", "debtors.id"],
            name=op.f("fk_one_time_codes_tenant_id_debtor_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"],
            ["tenants.id"],
            name=op.f("fk_one_time_codes_tenant_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_one_time_codes")),
    )
    op.create_index(
        op.f("ix_one_time_codes_tenant_id_debtor_id"),
        "one_time_codes",
        ["tenant_id", "debtor_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_one_time_codes_tenant_id_created_at"),
        "one_time_codes",
        ["tenant_id", "created_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_attempts_tenant_id_window_start"),
        "attempts",
        ["tenant_id", "window_start"],
        unique=False,
    )
    for statement in protect("attempts"):
        op.execute(statement)
    for statement in protect("one_time_codes"):
        op.execute(statement)


def downgrade() -> None:
    op.drop_index(op.f("ix_attempts_tenant_id_window_start"), table_name="attempts")
    op.drop_index(op.f("ix_one_time_codes_tenant_id_created_at"), table_name="one_time_codes")
    op.drop_index(op.f("ix_one_time_codes_tenant_id_debtor_id"), table_name="one_time_codes")
    op.drop_table("one_time_codes")
    op.drop_index(op.f("ix_attempts_tenant_id_subject_window_start"), table_name="attempts")
    op.drop_table("attempts")
