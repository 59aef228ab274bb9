"""Brand versions, their images, and whether their ads may leave."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from tenants.database import protect

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "brand_versions",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("tokens", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("voice", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("stylesheet", sa.Text(), nullable=True),
        sa.Column("stylesheet_hash", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('draft', 'published', 'retired')", name=op.f("ck_brand_versions_state")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"],
            ["tenants.id"],
            name=op.f("fk_brand_versions_tenant_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_brand_versions")),
    )
    op.create_index(
        op.f("ix_brand_versions_tenant_id_number"),
        "brand_versions",
        ["tenant_id", "number"],
        unique=True,
    )
    op.create_index(
        "uq_brand_versions_published",
        "brand_versions",
        ["tenant_id"],
        unique=True,
        postgresql_where=sa.text("state = 'published'"),
    )
    op.create_table(
        "brand_assets",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("brand_version_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "brand_version_id"],
            ["brand_versions.tenant_id", "brand_versions.id"],
            name=op.f("fk_brand_assets_tenant_id_brand_version_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"],
            ["tenants.id"],
            name=op.f("fk_brand_assets_tenant_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_brand_assets")),
    )
    op.create_index(
        op.f("ix_brand_assets_tenant_id_brand_version_id_role"),
        "brand_assets",
        ["tenant_id", "brand_version_id", "role"],
        unique=True,
    )
    op.create_index(
        op.f("ix_brand_assets_tenant_id_sha256"),
        "brand_assets",
        ["tenant_id", "sha256"],
        unique=False,
    )
    op.create_table(
        "ad_settings",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"],
            ["tenants.id"],
            name=op.f("fk_ad_settings_tenant_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_ad_settings")),
    )
    op.create_index(op.f("ix_ad_settings_tenant_id"), "ad_settings", ["tenant_id"], unique=True)
    for statement in protect("ad_settings"):
        op.execute(statement)
    for statement in protect("brand_versions"):
        op.execute(statement)
    for statement in protect("brand_assets"):
        op.execute(statement)


def downgrade() -> None:
    op.drop_index(op.f("ix_ad_settings_tenant_id"), table_name="ad_settings")
    op.drop_table("ad_settings")
    op.drop_index(op.f("ix_brand_assets_tenant_id_sha256"), table_name="brand_assets")
    op.drop_index(
        op.f("ix_brand_assets_tenant_id_brand_version_id_role"), table_name="brand_assets"
    )
    op.drop_table("brand_assets")
    op.drop_index(
        "uq_brand_versions_published",
        table_name="brand_versions",
        postgresql_where=sa.text("state = 'published'"),
    )
    op.drop_index(op.f("ix_brand_versions_tenant_id_number"), table_name="brand_versions")
    op.drop_table("brand_versions")
