"""Everybody of a creditor to whom something happened, planned anew together.

A crowd costs little more than one person does: what is read and reckoned for a whole portfolio is
read once, and the rest is columns.
"""

import uuid
from collections import Counter
from collections.abc import Sequence

import structlog
from sqlalchemy import delete, select

from app.compliance.queries import among
from app.journeys.models import ReplanDue
from app.nights.alone import planning_anew
from app.nights.replanning import Became, replan
from tenants.resolve import Resolved
from tenants.scope import within

TOGETHER = 64
"""People planned anew in one transaction: more would keep the first of them waiting."""
log = structlog.get_logger(__name__)


def answer_all(tenant: Resolved) -> Counter[str]:
    """Plan anew whoever waits for it; what came of it. While a night is being written they wait on.

    Whoever finds another worker at it leaves: that one looks again when it is done with those at
    hand, and all who are there now were there before. Raises an ExceptionGroup of what went wrong
    with single people, once everybody else is planned.
    """
    totals: Counter[str] = Counter()
    failures: list[Exception] = []
    while due := _due(tenant):
        became, failed = _answered(tenant, due)
        totals.update(became)
        failures += failed
        if Became.TOO_EARLY in became or not became + failed:
            break
    if failures:
        raise ExceptionGroup("not everybody could be planned anew", failures)
    return totals


def _due(tenant: Resolved) -> Sequence[uuid.UUID]:
    with within(tenant) as session:
        return session.scalars(select(ReplanDue.id).order_by(ReplanDue.id).limit(TOGETHER)).all()


def _answered(tenant: Resolved, due: Sequence[uuid.UUID]) -> tuple[list[Became], list[Exception]]:
    """Together; and where that fails one by one, so that nobody waits for one who cannot be."""
    try:
        return _together(tenant, due), []
    except Exception as error:
        if len(due) == 1:
            with within(tenant) as session:
                session.execute(delete(ReplanDue).where(among(ReplanDue.id, due)))
            return [], [error]
        log.exception("nights.planned_one_by_one", people=len(due))
    parts = [_answered(tenant, [one]) for one in due]
    return [one for became, _ in parts for one in became], [
        e for _, failed in parts for e in failed
    ]


def _together(tenant: Resolved, due: Sequence[uuid.UUID]) -> list[Became]:
    with within(tenant) as session:
        if not planning_anew(session, tenant):
            return []
        # Another worker may have planned them since they were looked for.
        rows = session.execute(
            select(ReplanDue.id, ReplanDue.debtor_id).where(among(ReplanDue.id, due))
        ).all()
        became = replan(session, tenant, list({row.debtor_id: None for row in rows}))
        if Became.TOO_EARLY not in became.values():
            session.execute(delete(ReplanDue).where(among(ReplanDue.id, [row.id for row in rows])))
        return list(became.values())
