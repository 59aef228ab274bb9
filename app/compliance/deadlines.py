"""Deadlines that rules set: when something must be done by. Pure."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.compliance.hours import after_business_days
from app.compliance.policy import Policy

DISPUTE_TASK = "answer_dispute"


def _end_of(day: date, time_zone: str) -> datetime:
    midnight = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(time_zone))
    return midnight.astimezone(UTC)


def answer_by(at: datetime, time_zone: str, policy: Policy) -> datetime:
    """Until when a dispute opened at `at` must be answered (BR-11; Decreto 11.034/2022)."""
    days = int(policy.parameter("BR-11", "answer_days"))
    return _end_of(at.astimezone(ZoneInfo(time_zone)).date() + timedelta(days=days), time_zone)


def quitacao_by(paid_at: datetime, time_zone: str, uf: str | None, policy: Policy) -> datetime:
    """Until when the quitação of a debt settled at `paid_at` must exist (BR-23; CC 319, 320)."""
    days = int(policy.parameter("BR-23", "business_days"))
    paid_on = paid_at.astimezone(ZoneInfo(time_zone)).date()
    return _end_of(after_business_days(uf, paid_on, days), time_zone)


def is_quitacao_late(
    paid_at: datetime, at: datetime, time_zone: str, uf: str | None, policy: Policy
) -> bool:
    """Whether a quitação that still does not exist at `at` is overdue."""
    return at >= quitacao_by(paid_at, time_zone, uf, policy)
