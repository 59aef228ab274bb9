"""Affordability first: the plan that fits into somebody's month, and when none may be offered."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.compliance.policy import Policy
from app.compliance.queries import among
from app.compliance.terms import check_budget
from app.history.models import Event
from app.offers.due_dates import Calendar
from app.offers.simulator import simulate
from app.offers.terms import Limits, Option

RULE = "BR-13"
TOLD = "means.told"
"""The event that keeps a month, for whoever wanted it kept."""


@dataclass(frozen=True, slots=True)
class Month:
    """What somebody says of their month, in cents, by their own word."""

    budget_cents: int
    """What fits."""
    income_cents: int | None = None
    committed_cents: int = 0
    """Instalments they pay each month by agreements made here already."""


def minimum_cents(policy: Policy) -> int | None:
    """What must be left of a month's income to live on (BR-13); None where no law says."""
    rule = policy.rules.get(RULE)
    return None if rule is None else int(rule.parameters["minimum_cents"])


def kept(session: Session, debtor_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Month]:
    """The months that these people let us keep, each as it was told last."""
    rows = session.execute(
        select(Event.debtor_id, Event.data)
        .where(among(Event.debtor_id, debtor_ids), Event.kind == TOLD)
        .order_by(Event.at, Event.id)
    )
    return {row.debtor_id: _month(row.data) for row in rows}


def _month(data: Mapping[str, int | None]) -> Month:
    return Month(
        data.get("budget_cents") or 0,
        data.get("income_cents"),
        data.get("committed_cents") or 0,
    )


def held_to(limits: Limits, month: Month, least: int | None) -> Limits:
    """Limits whose plans follow from a month: see `PlanRules.month_cents` and `room_cents`.

    `least` is what must be left of an income, in cents; None where no law says.
    """
    room = None
    if least is not None and month.income_cents is not None:
        room = max(0, month.income_cents - month.committed_cents - least)
    return replace(
        limits, plan=replace(limits.plan, month_cents=month.budget_cents, room_cents=room)
    )


def fitting_plan(limits: Limits, when: Calendar, month: Month, policy: Policy) -> Option | None:
    """The plan with the fewest instalments that fits, else the smallest one there is.

    None where even that would leave less than the minimum of the income (BR-13): then no plan is
    offered. The due day and the down payment are the creditor's own; `limits` are of the person's
    offer.
    """
    least = minimum_cents(policy)
    if least is None or month.income_cents is None:
        return simulate(limits, when, budget_cents=month.budget_cents)
    room = month.income_cents - month.committed_cents - least
    if room <= 0:
        return None
    found = simulate(limits, when, budget_cents=min(month.budget_cents, room))
    heaviest = max(found.instalment_cents, found.last_instalment_cents, found.down_payment_cents)
    paid = month.committed_cents + heaviest
    refused = check_budget(income_cents=month.income_cents, instalments_cents=paid, policy=policy)
    return None if refused else found
