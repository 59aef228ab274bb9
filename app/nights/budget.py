"""What is left of a month's budget for messages: each day may use as much as the days after it."""

from calendar import monthrange
from datetime import date

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.insights.models import DailyFigure
from app.journeys.settings import Settings


def of_day(session: Session, settings: Settings, day: date) -> float:
    """Cents that a day's messages may cost together, inf without a budget.

    What the month's days before it cost is as they were rolled up, reminders of instalments and
    the comparison's messages included.
    """
    if settings.budget_cents is None:
        return np.inf
    thousandths = session.scalar(
        select(func.coalesce(func.sum(DailyFigure.cost_thousandths), 0)).where(
            DailyFigure.day >= day.replace(day=1), DailyFigure.day < day
        )
    )
    left = settings.budget_cents - int(thousandths or 0) / 1_000
    days = monthrange(day.year, day.month)[1] - day.day + 1
    return max(left, 0.0) / days
