"""The day of the month somebody is paid on, as the creditor knows it."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("debtors", sa.Column("payday", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("debtors", "payday")
