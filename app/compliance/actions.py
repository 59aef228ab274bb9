"""Holds, opt-outs, a creditor's own rules and the audit. The caller owns the transaction."""

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.compliance.deadlines import DISPUTE_TASK, answer_by
from app.compliance.models import (
    AuditEntry,
    Hold,
    HoldKind,
    OptOut,
    PolicyOverride,
    Task,
)
from app.compliance.queries import overrides, policy_in_force
from app.compliance.rules import EVERY_CHANNEL
from app.compliance.tasks import add_task
from app.debts.models import Debtor
from app.history.actions import record
from tenants.clock import now
from tenants.database import new_id
from tenants.keys import vault
from tenants.scope import current_tenant_id
from themes.lacking import Refused

REVIEWED_HOLDS = frozenset({HoldKind.DECEASED, HoldKind.INCAPACITY, HoldKind.MINOR})


STOPS_NOTHING = (
    "A hold of the kind %(kind)s has no effect here: no rule of this creditor's jurisdiction knows "
    "it. There are: %(kinds)s."
)


class StopsNothing(Refused, ValueError):
    """A hold of this kind would stop no contact of this creditor."""


def open_hold(
    session: Session,
    *,
    debtor_id: uuid.UUID,
    kind: HoldKind | str,
    debt_id: uuid.UUID | None = None,
    note: str | None = None,
) -> Hold:
    """Stop outbound contact with a person at once; a dispute also makes the task to answer it.

    Opening what is already open returns it. `note` is the person's own words and is sealed. Raises
    StopsNothing for a kind that no rule of the policy in force knows.
    """
    kind = HoldKind(kind)
    stopping = policy_in_force(session).stopping_holds
    if kind not in stopping:
        raise StopsNothing(STOPS_NOTHING, kind=str(kind), kinds=", ".join(sorted(stopping)))
    existing = session.scalar(
        select(Hold).where(
            Hold.debtor_id == debtor_id,
            Hold.kind == kind,
            Hold.debt_id.is_not_distinct_from(debt_id),
            Hold.resolved_at.is_(None),
        )
    )
    if existing is not None:
        return existing
    hold = Hold(
        id=new_id(),
        debtor_id=debtor_id,
        debt_id=debt_id,
        kind=kind,
        note=vault(session).seal(note, "hold") if note else None,
    )
    session.add(hold)
    session.flush()
    _make_task_of(session, hold)
    record(session, debtor_id=debtor_id, kind=f"{kind}.opened", subject_id=hold.id)
    return hold


def _make_task_of(session: Session, hold: Hold) -> None:
    policy = policy_in_force(session)
    if hold.kind in policy.parameter("BR-11", "holds"):
        kind, rule = DISPUTE_TASK, "BR-11"
    elif hold.kind in REVIEWED_HOLDS:
        kind, rule = "review_hold", "BR-10"
    else:
        return
    due_at = answer_by(now(), _time_zone(session, hold.debtor_id), policy)
    add_task(
        session,
        debtor_id=hold.debtor_id,
        kind=kind,
        rule=rule,
        cause=f"hold:{hold.id}",
        due_at=due_at,
    )


def _time_zone(session: Session, debtor_id: uuid.UUID) -> str:
    found = session.scalar(select(Debtor.time_zone).where(Debtor.id == debtor_id))
    if found is None:
        raise LookupError("no such person")
    return found


def resolve_hold(session: Session, hold: Hold, *, resolution: str, note: str | None = None) -> None:
    """Let contact go on, and tick off the task to answer; `resolution` is a code.

    `note` is the team's own and is sealed. What follows for debts, agreements and offers is
    `agreements.actions.answer_hold`.
    """
    if hold.resolved_at is not None:
        return
    hold.resolved_at = now()
    hold.resolution = resolution
    hold.answer = vault(session).seal(note, "hold") if note else None
    session.execute(
        update(Task)
        .where(
            Task.tenant_id == current_tenant_id(),
            Task.cause == f"hold:{hold.id}",
            Task.done_at.is_(None),
        )
        .values(done_at=now())
    )
    record(
        session,
        debtor_id=hold.debtor_id,
        kind=f"{hold.kind}.resolved",
        subject_id=hold.id,
        resolution=resolution,
    )


def opt_out(
    session: Session, *, debtor_id: uuid.UUID, channel: str = EVERY_CHANNEL, origin: str
) -> bool:
    """Stop outbound contact on a channel ("*" is every one). False where it was stopped already."""
    made = session.scalar(
        insert(OptOut)
        .values(
            tenant_id=current_tenant_id(),
            id=new_id(),
            debtor_id=debtor_id,
            channel=channel,
            origin=origin,
            at=now(),
        )
        .on_conflict_do_nothing(
            index_elements=["tenant_id", "debtor_id", "channel"],
            index_where=OptOut.withdrawn_at.is_(None),
        )
        .returning(OptOut.id)
    )
    if made is None:
        return False
    record(
        session,
        debtor_id=debtor_id,
        kind="opt_out.made",
        subject_id=made,
        channel=channel,
        origin=origin,
    )
    return True


def withdraw_opt_out(session: Session, *, debtor_id: uuid.UUID, channel: str) -> None:
    """Contact on this channel is wanted again."""
    withdrawn = session.scalars(
        update(OptOut)
        .where(
            OptOut.tenant_id == current_tenant_id(),
            OptOut.debtor_id == debtor_id,
            OptOut.channel == channel,
            OptOut.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=now())
        .returning(OptOut.id)
    ).all()
    for opt_out_id in withdrawn:
        record(
            session,
            debtor_id=debtor_id,
            kind="opt_out.withdrawn",
            subject_id=opt_out_id,
            channel=channel,
        )


def audit(
    session: Session, *, actor: str, action: str, subject_id: uuid.UUID | None = None, **data: Any
) -> None:
    """Append who did what; `data` holds ids, numbers and codes."""
    session.add(AuditEntry(actor=actor, action=action, subject_id=subject_id, data=data))


def tighten(session: Session, rule: str, name: str, value: Any) -> None:
    """Set a tenant's own, stricter value of a rule's parameter. Raises policy.NotStricter.

    Looser than what is in force, also by its own earlier word, is refused; a list adds to it.
    """
    policy = policy_in_force(session)
    there = policy.rules[rule].parameters.get(name) if rule in policy.rules else None
    if isinstance(value, list) and isinstance(there, list):
        value = [*there, *value]
    tight = policy.with_overrides({rule: {name: value}}, refuse_looser=True)
    own = overrides(session).get(rule, {})
    _set_own(session, rule, {**own, name: tight.parameter(rule, name)})


def restore(session: Session, rule: str, name: str) -> None:
    """Take back what a tenant set of a rule's parameter: the policy's own value is in force again,
    whatever was stored. Raises LookupError where nothing was set."""
    own = overrides(session).get(rule, {})
    if name not in own:
        raise LookupError(f"{rule} {name} was not set")
    _set_own(session, rule, {other: value for other, value in own.items() if other != name})


def _set_own(session: Session, rule: str, parameters: Mapping[str, Any]) -> None:
    if not parameters:
        session.execute(delete(PolicyOverride).where(PolicyOverride.rule == rule))
        return
    statement = insert(PolicyOverride).values(
        tenant_id=current_tenant_id(), id=new_id(), rule=rule, parameters=parameters, set_at=now()
    )
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["tenant_id", "rule"],
            set_={"parameters": statement.excluded.parameters, "set_at": now()},
        )
    )
