"""Journeys."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from tenants.database import protect

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "journey_settings",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"],
            ["tenants.id"],
            name=op.f("fk_journey_settings_tenant_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_journey_settings")),
    )
    op.create_index(
        op.f("ix_journey_settings_tenant_id_version"),
        "journey_settings",
        ["tenant_id", "version"],
        unique=True,
    )
    for statement in protect("journey_settings"):
        op.execute(statement)
    op.create_table(
        "nights",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("versions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("spec", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("prices", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("scale", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("snapshot_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('planned', 'complete')", name=op.f("ck_nights_state")),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_nights_tenant_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_nights")),
    )
    op.create_index(
        op.f("ix_nights_tenant_id_day"),
        "nights",
        ["tenant_id", "day"],
        unique=True,
    )
    for statement in protect("nights"):
        op.execute(statement)
    op.create_table(
        "decisions",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("night_id", sa.Uuid(), nullable=False),
        sa.Column("debtor_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("round", sa.SmallInteger(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("hour", sa.SmallInteger(), nullable=True),
        sa.Column("intent", sa.Text(), nullable=True),
        sa.Column("wording", sa.Text(), nullable=True),
        sa.Column("intensity", sa.SmallInteger(), nullable=True),
        sa.Column("arm", sa.Text(), nullable=False),
        sa.Column("propensity", sa.Float(), nullable=False),
        sa.Column("eligible", sa.BigInteger(), nullable=True),
        sa.Column("worth", sa.Float(), nullable=False),
        sa.Column("terms", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("reasons", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('contact', 'offer', 'replan')", name=op.f("ck_decisions_kind")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "night_id"],
            ["nights.tenant_id", "nights.id"],
            name=op.f("fk_decisions_tenant_id_night_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "debtor_id"],
            ["debtors.tenant_id", "debtors.id"],
            name=op.f("fk_decisions_tenant_id_debtor_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_decisions_tenant_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_decisions")),
    )
    op.create_index(
        op.f("ix_decisions_tenant_id_night_id_debtor_id_kind_round"),
        "decisions",
        ["tenant_id", "night_id", "debtor_id", "kind", "round"],
        unique=True,
    )
    op.create_index(
        op.f("ix_decisions_tenant_id_subject_id"),
        "decisions",
        ["tenant_id", "subject_id"],
        unique=False,
    )
    for statement in protect("decisions", append_only=True):
        op.execute(statement)
    op.create_table(
        "replan_inputs",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("night_id", sa.Uuid(), nullable=False),
        sa.Column("known", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "night_id"],
            ["nights.tenant_id", "nights.id"],
            name=op.f("fk_replan_inputs_tenant_id_night_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"],
            ["tenants.id"],
            name=op.f("fk_replan_inputs_tenant_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_replan_inputs")),
    )
    op.create_index(
        op.f("ix_replan_inputs_tenant_id_night_id"),
        "replan_inputs",
        ["tenant_id", "night_id"],
        unique=False,
    )
    for statement in protect("replan_inputs"):
        op.execute(statement)
    op.create_table(
        "replans_due",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("debtor_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "debtor_id"],
            ["debtors.tenant_id", "debtors.id"],
            name=op.f("fk_replans_due_tenant_id_debtor_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"],
            ["tenants.id"],
            name=op.f("fk_replans_due_tenant_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_replans_due")),
    )
    for statement in protect("replans_due"):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("replans_due")
    op.drop_table("replan_inputs")
    op.drop_table("decisions")
    op.drop_table("nights")
    op.drop_table("journey_settings")
