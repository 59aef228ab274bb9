"""What of a portfolio no band of the rules fits: nothing is offered for it until somebody looks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, false, func, not_, or_, select
from sqlalchemy.orm import Session

from app.debts.models import Debt, DebtState
from app.offers.schema import Band, Rules


@dataclass(frozen=True, slots=True)
class Unfitted:
    """Open debts in arrears; money in cents, of the principal."""

    debts: int
    all_debts: int
    cents: int
    largest_cents: int
    by_amount: int
    """How many of them a band would fit if it were not for their amount."""
    oldest_days: int


def unfitted(session: Session, rules: Rules, today: date) -> Unfitted:
    """The debts of a creditor that fall in no band on a day (the creditor's date)."""
    names = session.scalars(select(Debt.product).distinct()).all()
    late = and_(Debt.state == DebtState.OPEN, Debt.due_on < today, Debt.principal_cents > 0)
    by_day = [(band, _of_its_kind(band, today, names)) for band in rules.bands]
    kind = or_(false(), *(fits for _, fits in by_day))
    whole = or_(false(), *(and_(fits, _of_its_size(band)) for band, fits in by_day))
    counted = func.count().filter
    row = session.execute(
        select(
            counted(not_(whole)),
            func.count(),
            func.coalesce(func.sum(Debt.principal_cents).filter(not_(whole)), 0),
            func.coalesce(func.max(Debt.principal_cents).filter(not_(whole)), 0),
            counted(and_(kind, not_(whole))),
            func.min(Debt.due_on).filter(not_(whole)),
        )
        .select_from(Debt)
        .where(late)
    ).one()
    oldest = 0 if row[5] is None else (today - row[5]).days
    return Unfitted(row[0], row[1], int(row[2]), row[3], row[4], oldest)


def _of_its_kind(band: Band, today: date, names: Sequence[str]) -> ColumnElement[bool]:
    """The days and the product fit."""
    least, most = band.days_past_due
    fits = Debt.due_on.between(today - timedelta(days=most), today - timedelta(days=least))
    if not band.products:
        return fits
    return and_(fits, Debt.product.in_([one for one in names if one.casefold() in band.products]))


def _of_its_size(band: Band) -> ColumnElement[bool]:
    return Debt.principal_cents.between(*band.amount_cents)
