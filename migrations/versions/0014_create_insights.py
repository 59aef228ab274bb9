"""Figures of a creditor's days."""

import sqlalchemy as sa
from alembic import op

from tenants.database import protect

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "daily_figures",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("arm", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("hour", sa.SmallInteger(), nullable=False),
        sa.Column("step", sa.SmallInteger(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.Column("delivered", sa.Integer(), nullable=False),
        sa.Column("bounced", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("visits", sa.Integer(), nullable=False),
        sa.Column("agreements", sa.Integer(), nullable=False),
        sa.Column("broken", sa.Integer(), nullable=False),
        sa.Column("payments", sa.Integer(), nullable=False),
        sa.Column("complaints", sa.Integer(), nullable=False),
        sa.Column("opt_outs", sa.Integer(), nullable=False),
        sa.Column("cash_cents", sa.BigInteger(), nullable=False),
        sa.Column("agreed_cents", sa.BigInteger(), nullable=False),
        sa.Column("conceded_cents", sa.BigInteger(), nullable=False),
        sa.Column("cost_thousandths", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "arm IN ('engine', 'rules', 'untouched')", name=op.f("ck_daily_figures_arm")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"],
            ["tenants.id"],
            name=op.f("fk_daily_figures_tenant_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_daily_figures")),
    )
    op.create_index(
        "uq_daily_figures_cell",
        "daily_figures",
        ["tenant_id", "day", "arm", "channel", "wording", "hour", "step"],
        unique=True,
    )
    for statement in protect("daily_figures"):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("daily_figures")
