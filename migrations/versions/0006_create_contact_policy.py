"""Holds, opt-outs, do-not-call lists, overrides, pauses, tasks and audit."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from tenants.database import protect

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"],
            ["tenants.id"],
            name=op.f("fk_audit_entries_tenant_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_audit_entries")),
    )
    op.create_index(
        op.f("ix_audit_entries_tenant_id_at"), "audit_entries", ["tenant_id", "at"], unique=False
    )
    op.create_table(
        "policy_overrides",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("parameters", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"],
            ["tenants.id"],
            name=op.f("fk_policy_overrides_tenant_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_policy_overrides")),
    )
    op.create_index(
        op.f("ix_policy_overrides_tenant_id_rule"),
        "policy_overrides",
        ["tenant_id", "rule"],
        unique=True,
    )
    op.create_table(
        "holds",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("debtor_id", sa.Uuid(), nullable=False),
        sa.Column("debt_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolution", sa.Text(), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('dispute', 'fraud', 'paid_claim', 'overindebtedness', 'deceased', 'incapacity',"
            " 'minor', 'deletion', 'attorney', 'cease', 'breathing_space', 'mental_health_crisis',"
            " 'statute_barred')",
            name=op.f("ck_holds_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "debtor_id"],
            ["debtors.tenant_id", "debtors.id"],
            name=op.f("fk_holds_tenant_id_debtor_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_holds_tenant_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_holds")),
    )
    op.create_index(
        op.f("ix_holds_tenant_id_debtor_id"), "holds", ["tenant_id", "debtor_id"], unique=False
    )
    op.create_table(
        "opt_outs",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("debtor_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "debtor_id"],
            ["debtors.tenant_id", "debtors.id"],
            name=op.f("fk_opt_outs_tenant_id_debtor_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_opt_outs_tenant_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_opt_outs")),
    )
    op.create_index(
        "uq_opt_outs_active",
        "opt_outs",
        ["tenant_id", "debtor_id", "channel"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.create_table(
        "tasks",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("debtor_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=True),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "debtor_id"],
            ["debtors.tenant_id", "debtors.id"],
            name=op.f("fk_tasks_tenant_id_debtor_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_tasks_tenant_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_tasks")),
    )
    op.create_index(op.f("ix_tasks_tenant_id_cause"), "tasks", ["tenant_id", "cause"], unique=True)
    op.create_index(
        op.f("ix_tasks_tenant_id_done_at_due_at"),
        "tasks",
        ["tenant_id", "done_at", "due_at"],
        unique=False,
    )
    op.create_table(
        "sender_pauses",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resumed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id"],
            ["tenants.id"],
            name=op.f("fk_sender_pauses_tenant_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_sender_pauses")),
    )
    op.create_index(
        "uq_sender_pauses_active",
        "sender_pauses",
        ["tenant_id", "channel"],
        unique=True,
        postgresql_where=sa.text("resumed_at IS NULL"),
    )
    op.create_table(
        "sender_domains",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("proofs", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"],
            ["tenants.id"],
            name=op.f("fk_sender_domains_tenant_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_sender_domains")),
    )
    op.create_index(
        op.f("ix_sender_domains_tenant_id_domain"),
        "sender_domains",
        ["tenant_id", "domain"],
        unique=True,
    )
    op.create_table(
        "do_not_call_lists",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"],
            ["tenants.id"],
            name=op.f("fk_do_not_call_lists_tenant_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_do_not_call_lists")),
    )
    op.create_index(
        op.f("ix_do_not_call_lists_tenant_id_name"),
        "do_not_call_lists",
        ["tenant_id", "name"],
        unique=True,
    )
    op.create_table(
        "do_not_call_entries",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("do_not_call_list_id", sa.Uuid(), nullable=False),
        sa.Column("entry_index", sa.LargeBinary(), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "do_not_call_list_id"],
            ["do_not_call_lists.tenant_id", "do_not_call_lists.id"],
            name=op.f("fk_do_not_call_entries_tenant_id_do_not_call_list_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"],
            ["tenants.id"],
            name=op.f("fk_do_not_call_entries_tenant_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_do_not_call_entries")),
    )
    op.create_index(
        "uq_do_not_call_entries",
        "do_not_call_entries",
        ["tenant_id", "do_not_call_list_id", "entry_index"],
        unique=True,
    )
    op.create_index(
        op.f("ix_do_not_call_entries_tenant_id_entry_index"),
        "do_not_call_entries",
        ["tenant_id", "entry_index"],
        unique=False,
    )
    for statement in protect("do_not_call_lists"):
        op.execute(statement)
    for statement in protect("do_not_call_entries"):
        op.execute(statement)
    for statement in protect("sender_domains"):
        op.execute(statement)
    for statement in protect("sender_pauses"):
        op.execute(statement)
    for statement in protect("audit_entries", append_only=True):
        op.execute(statement)
    for statement in protect("policy_overrides"):
        op.execute(statement)
    for statement in protect("holds"):
        op.execute(statement)
    for statement in protect("opt_outs"):
        op.execute(statement)
    for statement in protect("tasks"):
        op.execute(statement)


def downgrade() -> None:
    op.drop_index(
        op.f("ix_do_not_call_entries_tenant_id_entry_index"), table_name="do_not_call_entries"
    )
    op.drop_index(
        "uq_do_not_call_entries",
        table_name="do_not_call_entries",
    )
    op.drop_table("do_not_call_entries")
    op.drop_index(op.f("ix_do_not_call_lists_tenant_id_name"), table_name="do_not_call_lists")
    op.drop_table("do_not_call_lists")
    op.drop_index(op.f("ix_sender_domains_tenant_id_domain"), table_name="sender_domains")
    op.drop_table("sender_domains")
    op.drop_index(
        "uq_sender_pauses_active",
        table_name="sender_pauses",
        postgresql_where=sa.text("resumed_at IS NULL"),
    )
    op.drop_table("sender_pauses")
    op.drop_index(op.f("ix_tasks_tenant_id_done_at_due_at"), table_name="tasks")
    op.drop_index(op.f("ix_tasks_tenant_id_cause"), table_name="tasks")
    op.drop_table("tasks")
    op.drop_index(
        "uq_opt_outs_active",
        table_name="opt_outs",
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.drop_table("opt_outs")
    op.drop_index(op.f("ix_holds_tenant_id_debtor_id"), table_name="holds")
    op.drop_table("holds")
    op.drop_index(op.f("ix_policy_overrides_tenant_id_rule"), table_name="policy_overrides")
    op.drop_table("policy_overrides")
    op.drop_index(op.f("ix_audit_entries_tenant_id_at"), table_name="audit_entries")
    op.drop_table("audit_entries")
