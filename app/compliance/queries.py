"""What the contact policy rests on, read for one person or many."""

import uuid
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Dialect, any_, bindparam, select
from sqlalchemy.orm import Session
from sqlalchemy.types import UserDefinedType

from app import config
from app.compliance.alignment import missing
from app.compliance.facts import DebtFacts, PersonFacts, Sent
from app.compliance.listings import listings
from app.compliance.models import (
    ENDING_HOLDS,
    PolicyOverride,
    SenderDomain,
)
from app.compliance.policy import Policy, standard
from app.compliance.questions import UNPROVEN
from app.debts.models import DebtState
from tenants import bulk, resolve
from tenants.clock import now
from tenants.scope import current_tenant_id


class Identifiers(tuple[uuid.UUID, ...]):
    """Ids of a chunk that many queries ask for: their text is made once."""

    @cached_property
    def literal(self) -> str:
        """As PostgreSQL writes a uuid[]."""
        return "{" + ",".join([str(one) for one in self]) + "}"


class _ManyIdentifiers(UserDefinedType[Identifiers]):
    """A uuid[] written as one text: the driver's own arrays look at every element twice."""

    cache_ok = True
    render_bind_cast = True

    def get_col_spec(self, **_: Any) -> str:
        return "UUID[]"

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], str]:
        return lambda ids: ids.literal


def among(column: Any, ids: Iterable[uuid.UUID]) -> ColumnElement[bool]:
    """`column IN ids` with one parameter, however many ids there are."""
    value = bindparam(None, identifiers(ids), type_=_ManyIdentifiers())
    matches: ColumnElement[bool] = column == any_(value)
    return matches


def identifiers(ids: Iterable[uuid.UUID]) -> Identifiers:
    """The ids of a chunk, to be asked for by many queries."""
    return ids if isinstance(ids, Identifiers) else Identifiers(ids)


def overrides(session: Session) -> dict[str, dict[str, Any]]:
    """This tenant's own parameters, by rule."""
    rows = session.execute(select(PolicyOverride.rule, PolicyOverride.parameters))
    return {row.rule: row.parameters for row in rows}


_POLICY = """
SELECT t.jurisdiction, o.rule, o.parameters
FROM tenants t LEFT JOIN policy_overrides o ON o.tenant_id = $1 WHERE t.id = $1"""
_PAUSED = "SELECT channel FROM sender_pauses WHERE tenant_id = $1 AND resumed_at IS NULL"


def policy_in_force(session: Session) -> Policy:
    """The policy of this tenant's jurisdiction, tightened by its overrides.

    Raises LookupError for a jurisdiction that no policy is written for.
    """
    rows = bulk.Writer.of(session).select(_POLICY)
    policy = standard(rows[0][0])
    own = {rule: parameters for _, rule, parameters in rows if rule is not None}
    return policy.with_overrides(own) if own else policy


def paused_channels(session: Session) -> dict[str, str]:
    """Channels on which this creditor's outbound messages rest, and why (BR-29)."""
    paused = bulk.Writer.of(session).select(_PAUSED)
    resting = dict.fromkeys([channel for (channel,) in paused], "reputation")
    if config.settings().email_transport != "outbox" and not _is_sender_proven(session):
        resting.setdefault("email", UNPROVEN)
    return resting


def _is_sender_proven(session: Session) -> bool:
    """Whether the domain this creditor's e-mail leaves from was lately found in order."""
    own = resolve.by_id(current_tenant_id()).primary_host
    found = session.execute(
        select(SenderDomain.proofs, SenderDomain.checked_at).where(SenderDomain.domain == own)
    ).first()
    if found is None:
        return False
    return not missing(found.proofs, found.checked_at, now(), policy_in_force(session))


def person_facts(
    session: Session,
    debtor_ids: Collection[uuid.UUID],
    sent: Mapping[uuid.UUID, tuple[Sent, ...]] | None = None,
) -> dict[uuid.UUID, PersonFacts]:
    """Facts by person. `sent` holds the outbound messages of the last seven days, which outreach
    knows (`outreach.queries.person_facts` brings both together).
    """
    reader = bulk.Writer.of(session)
    ids = bulk.identifiers([debtor_id.bytes for debtor_id in debtor_ids])
    holds, held_since = _holds(reader, ids)
    opted_out = _grouped(reader.select(_OPTED_OUT, ids))
    debts, listed = _debts(reader, ids), listings(reader, ids)
    return {
        debtor_id: PersonFacts(
            debtor_id=debtor_id,
            time_zone=time_zone,
            uf=uf,
            adult_on=adult_on,
            holds=frozenset(holds.get(debtor_id, ())),
            opted_out=frozenset(opted_out.get(debtor_id, ())),
            debts=tuple(debts.get(debtor_id, ())),
            sent=(sent or {}).get(debtor_id, ()),
            held_since=tuple(held_since.get(debtor_id, ())),
            listed=listed.get(debtor_id, ()),
        )
        for debtor_id, time_zone, uf, adult_on in reader.select(_PEOPLE, ids)
    }


# Read for every batch that leaves and every night: prepared, with the ids as one array.
_PEOPLE = """
SELECT id, time_zone, uf, adult_on FROM debtors
WHERE tenant_id = $1 AND id = ANY($2::uuid[])"""
_OPTED_OUT = """
SELECT debtor_id, channel FROM opt_outs
WHERE tenant_id = $1 AND debtor_id = ANY($2::uuid[]) AND withdrawn_at IS NULL"""
_HOLDS = """
SELECT debtor_id, kind, opened_at FROM holds
WHERE tenant_id = $1 AND debtor_id = ANY($2::uuid[]) AND resolved_at IS NULL
ORDER BY opened_at"""
_DEBTS = """
SELECT debtor_id, due_on, instrument, interruption_on, state FROM debts
WHERE tenant_id = $1 AND debtor_id = ANY($2::uuid[]) AND state IN ('open', 'agreed')
ORDER BY id"""


def _holds(
    reader: bulk.Writer, ids: bytes
) -> tuple[dict[uuid.UUID, list[str]], dict[uuid.UUID, list[tuple[str, datetime]]]]:
    """Open holds by person, and since when those are open that end by themselves."""
    kinds: dict[uuid.UUID, list[str]] = defaultdict(list)
    since: dict[uuid.UUID, list[tuple[str, datetime]]] = defaultdict(list)
    for debtor_id, kind, opened_at in reader.select(_HOLDS, ids):
        kinds[debtor_id].append(kind)
        if kind in ENDING_HOLDS:
            since[debtor_id].append((kind, opened_at))
    return kinds, since


def _grouped(rows: Iterable[Any]) -> dict[uuid.UUID, list[str]]:
    groups: dict[uuid.UUID, list[str]] = defaultdict(list)
    for debtor_id, value in rows:
        groups[debtor_id].append(value)
    return groups


def _debts(reader: bulk.Writer, ids: bytes) -> dict[uuid.UUID, list[DebtFacts]]:
    groups: dict[uuid.UUID, list[DebtFacts]] = defaultdict(list)
    for debtor_id, due_on, instrument, interruption_on, state in reader.select(_DEBTS, ids):
        groups[debtor_id].append(
            DebtFacts(due_on, instrument, interruption_on, state == DebtState.AGREED)
        )
    return groups
