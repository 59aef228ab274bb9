"""Scoring."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from tenants.database import protect

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "person_states",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("debtor_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("layout", sa.BigInteger(), nullable=False),
        sa.Column("record", sa.LargeBinary(), nullable=False),
        sa.Column("folded_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "debtor_id"],
            ["debtors.tenant_id", "debtors.id"],
            name=op.f("fk_person_states_tenant_id_debtor_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"],
            ["tenants.id"],
            name=op.f("fk_person_states_tenant_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_person_states")),
    )
    op.create_index(
        op.f("ix_person_states_tenant_id_debtor_id"),
        "person_states",
        ["tenant_id", "debtor_id"],
        unique=True,
    )
    op.create_index(
        op.f("ix_person_states_tenant_id_number"),
        "person_states",
        ["tenant_id", "number"],
        unique=True,
    )
    for statement in protect("person_states"):
        op.execute(statement)
    op.create_table(
        "learned_states",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("layout", sa.BigInteger(), nullable=False),
        sa.Column("learned", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"],
            ["tenants.id"],
            name=op.f("fk_learned_states_tenant_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_learned_states")),
    )
    op.create_index(
        op.f("ix_learned_states_tenant_id_layout_day"),
        "learned_states",
        ["tenant_id", "layout", "day"],
        unique=False,
    )
    for statement in protect("learned_states", append_only=True):
        op.execute(statement)
    op.create_table(
        "score_models",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("trained_from", sa.Date(), nullable=False),
        sa.Column("trained_to", sa.Date(), nullable=False),
        sa.Column("card", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("artefact", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('active', 'retired', 'fallback')", name=op.f("ck_score_models_state")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"],
            ["tenants.id"],
            name=op.f("fk_score_models_tenant_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_score_models")),
    )
    op.create_index(
        op.f("ix_score_models_tenant_id_kind_version"),
        "score_models",
        ["tenant_id", "kind", "version"],
        unique=True,
    )
    for statement in protect("score_models"):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("score_models")
    op.drop_table("learned_states")
    op.drop_table("person_states")
