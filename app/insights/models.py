"""Figures of a creditor's days: counts and money, nobody in them."""

from datetime import date

from sqlalchemy import BigInteger, Index, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from app.journeys.arms import ARM_NAMES
from tenants.database import Cents, TenantScoped, one_of

NO_HOUR = -1


class DailyFigure(TenantScoped):
    """What happened on a day in one cell of the comparison. No ids, no personal data.

    A message counts in the cell of its own channel, wording and hour; a visit, an agreement, a
    payment or an opt-out in that of the last message of the two weeks before it, and where there
    was none in the cell of no channel, no wording and no hour.
    """

    __tablename__ = "daily_figures"
    __table_args__ = (
        one_of("arm", ARM_NAMES),
        Index(
            "uq_daily_figures_cell",
            "tenant_id",
            "day",
            "arm",
            "channel",
            "wording",
            "hour",
            "step",
            unique=True,
        ),
    )

    day: Mapped[date]
    """Where the creditor is."""
    arm: Mapped[str]
    channel: Mapped[str]
    """Empty: none."""
    wording: Mapped[str]
    hour: Mapped[int] = mapped_column(SmallInteger)
    """Of the message, where the creditor is; NO_HOUR: none."""
    step: Mapped[int] = mapped_column(SmallInteger)
    """How often something had been conceded to the person."""
    people: Mapped[int] = mapped_column(default=0)
    """Of the arm at the end of the day: only in the arm's cell of no channel and step 0."""
    sent: Mapped[int] = mapped_column(default=0)
    delivered: Mapped[int] = mapped_column(default=0)
    bounced: Mapped[int] = mapped_column(default=0)
    answered: Mapped[int] = mapped_column(default=0)
    """Messages clicked for the first time."""
    visits: Mapped[int] = mapped_column(default=0)
    """People who came, once a day each."""
    agreements: Mapped[int] = mapped_column(default=0)
    broken: Mapped[int] = mapped_column(default=0)
    payments: Mapped[int] = mapped_column(default=0)
    complaints: Mapped[int] = mapped_column(default=0)
    opt_outs: Mapped[int] = mapped_column(default=0)
    cash_cents: Mapped[Cents] = mapped_column(default=0)
    """Payments received, as far as they were owed, less what went back that day."""
    agreed_cents: Mapped[Cents] = mapped_column(default=0)
    conceded_cents: Mapped[Cents] = mapped_column(default=0)
    """What agreements took off."""
    cost_thousandths: Mapped[int] = mapped_column(BigInteger, default=0)
    """Of the messages, in thousandths of a cent: an e-mail costs less than one."""
