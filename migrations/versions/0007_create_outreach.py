"""Messages, access links and delivery events."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from tenants.database import protect

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "delivery_events",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("provider_event_id", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id"],
            ["tenants.id"],
            name=op.f("fk_delivery_events_tenant_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_delivery_events")),
    )
    op.create_index(
        op.f("ix_delivery_events_tenant_id_message_id"),
        "delivery_events",
        ["tenant_id", "message_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_delivery_events_tenant_id_provider_event_id"),
        "delivery_events",
        ["tenant_id", "provider_event_id"],
        unique=True,
    )
    op.create_table(
        "access_links",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("debtor_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "debtor_id"],
            ["debtors.tenant_id", "debtors.id"],
            name=op.f("fk_access_links_tenant_id_debtor_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"],
            ["tenants.id"],
            name=op.f("fk_access_links_tenant_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_access_links")),
    )
    op.create_index(
        op.f("ix_access_links_tenant_id_debtor_id"),
        "access_links",
        ["tenant_id", "debtor_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_access_links_tenant_id_token_hash"),
        "access_links",
        ["tenant_id", "token_hash"],
        unique=True,
    )
    op.create_table(
        "messages",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("debtor_id", sa.Uuid(), nullable=False),
        sa.Column("contact_point_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("intent", sa.Text(), nullable=False),
        sa.Column("message_class", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("variant", sa.Text(), nullable=False),
        sa.Column("brand_version_id", sa.Uuid(), nullable=False),
        sa.Column("facts", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("verification_code", sa.Text(), nullable=True),
        sa.Column("send_after", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reasons", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_from", sa.Text(), nullable=True),
        sa.Column("provider_message_id", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("channel IN ('email', 'sms')", name=op.f("ck_messages_channel")),
        sa.CheckConstraint(
            "message_class IN ('outbound', 'requested')", name=op.f("ck_messages_message_class")
        ),
        sa.CheckConstraint(
            "state IN ('queued', 'sent', 'withheld', 'uncertain', 'failed')",
            name=op.f("ck_messages_state"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "brand_version_id"],
            ["brand_versions.tenant_id", "brand_versions.id"],
            name=op.f("fk_messages_tenant_id_brand_version_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "contact_point_id"],
            ["contact_points.tenant_id", "contact_points.id"],
            name=op.f("fk_messages_tenant_id_contact_point_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "debtor_id"],
            ["debtors.tenant_id", "debtors.id"],
            name=op.f("fk_messages_tenant_id_debtor_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_messages_tenant_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_messages")),
        postgresql_with={"fillfactor": 50},
    )
    op.create_index(
        op.f("ix_messages_tenant_id_cause_channel"),
        "messages",
        ["tenant_id", "cause", "channel"],
        unique=True,
    )
    op.create_index(
        op.f("ix_messages_tenant_id_debtor_id_created_at"),
        "messages",
        ["tenant_id", "debtor_id", "created_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_messages_tenant_id_verification_code"),
        "messages",
        ["tenant_id", "verification_code"],
        unique=False,
    )
    op.create_table(
        "deliveries",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("message_class", sa.Text(), nullable=False),
        sa.Column("send_after", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_deliveries_tenant_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_deliveries")),
    )
    op.create_index(
        op.f("ix_deliveries_tenant_id_message_class_send_after_id"),
        "deliveries",
        ["tenant_id", "message_class", "send_after", "id"],
        unique=False,
    )
    op.create_table(
        "leases",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("message_ids", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("bodies", sa.ARRAY(sa.LargeBinary()), nullable=False),
        sa.Column("reasons", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sent_from", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_leases_tenant_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_leases")),
    )
    # Ids and sealed bytes: nothing that would shrink.
    for column in ("message_ids", "bodies"):
        op.execute(f"ALTER TABLE leases ALTER COLUMN {column} SET STORAGE EXTERNAL")
    for statement in protect("delivery_events"):
        op.execute(statement)
    for statement in protect("access_links"):
        op.execute(statement)
    for statement in protect("messages"):
        op.execute(statement)
    for statement in protect("deliveries"):
        op.execute(statement)
    for statement in protect("leases"):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("leases")
    op.drop_index(
        op.f("ix_deliveries_tenant_id_message_class_send_after_id"), table_name="deliveries"
    )
    op.drop_table("deliveries")
    op.drop_index(op.f("ix_messages_tenant_id_verification_code"), table_name="messages")
    op.drop_index(op.f("ix_messages_tenant_id_debtor_id_created_at"), table_name="messages")
    op.drop_index(op.f("ix_messages_tenant_id_cause_channel"), table_name="messages")
    op.drop_table("messages")
    op.drop_index(op.f("ix_access_links_tenant_id_token_hash"), table_name="access_links")
    op.drop_index(op.f("ix_access_links_tenant_id_debtor_id"), table_name="access_links")
    op.drop_table("access_links")
    op.drop_index(
        op.f("ix_delivery_events_tenant_id_provider_event_id"), table_name="delivery_events"
    )
    op.drop_index(op.f("ix_delivery_events_tenant_id_message_id"), table_name="delivery_events")
    op.drop_table("delivery_events")
