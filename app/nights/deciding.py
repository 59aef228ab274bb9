"""Decisions into their table: for good, one for each person, kind and round of a night."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from tenants import bulk
from tenants.clock import now
from tenants.database import new_ids
from tenants.scope import current_tenant_id

Action = Mapping[str, Any]
"""A row of the engine's actions, or of an offer what they have in common: arm, propensity,
value_cents and reasons."""
NOTHING: Action = {"arm": "engine", "propensity": 1.0, "value_cents": 0.0}
"""What there is of a re-plan that found silence to be best."""
DECISIONS = bulk.Insert(
    "decisions",
    ("night_id", "kind", "round", "created_at"),
    (
        "id", "debtor_id", "subject_id", "channel", "hour", "intent", "wording", "intensity",
        "arm", "propensity", "eligible", "worth", "terms", "reasons",
    ),
    ("tenant_id", "night_id", "debtor_id", "kind", "round"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided for one person, and what became of it."""

    debtor_id: uuid.UUID
    action: Action
    subject_id: uuid.UUID | None
    terms: Mapping[str, Any] | None = None
    more: Sequence[str] = ()
    """Reasons beside the action's own."""


def decide(
    session: Session,
    *,
    night_id: uuid.UUID,
    kind: str,
    decided: Sequence[Decided],
    round: int = 0,
) -> None:
    """Store decisions in the caller's transaction; one that was made before stands."""
    if not decided:
        return
    session.flush()
    driver: Any = session.connection().connection.driver_connection
    shared = (night_id.bytes, bulk.text(kind), bulk.int2(round), bulk.moment(now()))
    ids = new_ids(len(decided))
    rows = [_packed(one_id, one) for one_id, one in zip(ids, decided, strict=True)]
    bulk.Writer(driver, current_tenant_id()).insert(DECISIONS, shared, rows)


def _packed(decision_id: bytes, one: Decided) -> tuple[bulk.Packed, ...]:
    action = one.action
    eligible = action.get("eligible")
    return (
        decision_id,
        one.debtor_id.bytes,
        one.subject_id.bytes if one.subject_id else None,
        bulk.text(action.get("channel")),
        bulk.int2(action.get("hour")),
        bulk.text(action.get("intent")),
        bulk.text(action.get("wording")),
        bulk.int2(action.get("intensity")),
        bulk.text(action["arm"]),
        bulk.float8(action["propensity"]),
        None if eligible is None else bulk.int8(signed(eligible)),
        bulk.float8(action["value_cents"]),
        None if one.terms is None else bulk.jsonb(dict(one.terms)),
        bulk.jsonb([*action["reasons"], *one.more]),
    )


def signed(bits: int) -> int:
    """64 bits as the database's bigint."""
    return bits - 2**64 if bits >= 2**63 else bits
