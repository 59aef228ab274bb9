"""Events."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from tenants.database import protect

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "events",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("debtor_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "debtor_id"],
            ["debtors.tenant_id", "debtors.id"],
            name=op.f("fk_events_tenant_id_debtor_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_events")),
    )
    op.create_index(
        op.f("ix_events_tenant_id_debtor_id_at"),
        "events",
        ["tenant_id", "debtor_id", "at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_events_tenant_id_kind_at"), "events", ["tenant_id", "kind", "at"], unique=False
    )
    for statement in protect("events", append_only=True):
        op.execute(statement)


def downgrade() -> None:
    op.drop_index(op.f("ix_events_tenant_id_kind_at"), table_name="events")
    op.drop_index(op.f("ix_events_tenant_id_debtor_id_at"), table_name="events")
    op.drop_table("events")
