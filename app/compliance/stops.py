"""What an open hold means for demands: what is disputed, or belongs to somebody who must not be
asked, is neither offered nor accepted until it is resolved (BR-10, BR-11, BR-12)."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.compliance.models import Hold
from app.compliance.policy import standard
from app.compliance.queries import among

PERSON_RULES = ("BR-10", "BR-12")
"""Their holds stop everything about a person, whichever debt they were opened for."""
DEBT_RULE = "BR-11"
"""Its holds stop the debt they name; without one, every debt of the person."""


@cache
def _kinds() -> tuple[frozenset[str], frozenset[str]]:
    policy = standard()
    person = (policy.parameter(rule, "holds") for rule in PERSON_RULES)
    return frozenset().union(*person), frozenset(policy.parameter(DEBT_RULE, "holds"))


def is_about_debts(kind: str) -> bool:
    """Whether a hold of this kind puts a debt in question (BR-11), rather than a person."""
    return kind in _kinds()[1]


@dataclass(frozen=True, slots=True)
class Stop:
    """What may not be asked of one person now."""

    everything: bool = False
    is_personal: bool = False
    """It is the person who may not be asked (BR-10, BR-12), not a debt that is in question."""
    debts: frozenset[str] = frozenset()

    def covers(self, debt_id: uuid.UUID | str) -> bool:
        """Whether this debt may not be asked for."""
        return self.everything or str(debt_id) in self.debts


NOTHING = Stop()


def stop(holds: Iterable[tuple[str, Any]]) -> Stop:
    """What open holds, as (kind, debt id or None), stop."""
    of_people, of_debts = _kinds()
    everything, personal, debts = False, False, set()
    for kind, debt_id in holds:
        if kind in of_people:
            everything = personal = True
        elif kind in of_debts and debt_id is None:
            everything = True
        elif kind in of_debts:
            debts.add(str(debt_id))
    return Stop(everything, personal, frozenset(debts)) if everything or debts else NOTHING


def stops_of(session: Session, debtor_ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Stop]:
    """What is stopped, by person; whoever is left out may be asked for everything."""
    holds: dict[uuid.UUID, list[tuple[str, Any]]] = defaultdict(list)
    rows = session.execute(
        select(Hold.debtor_id, Hold.kind, Hold.debt_id).where(
            among(Hold.debtor_id, debtor_ids), Hold.resolved_at.is_(None)
        )
    )
    for debtor_id, kind, debt_id in rows:
        holds[debtor_id].append((kind, debt_id))
    return {debtor_id: stop(found) for debtor_id, found in holds.items()}
