"""Who is on the page: a signed cookie bound to one creditor, one person and their epoch.

The cookie holds ids and times alone. It dies after 20 idle minutes (shared phones), after two
hours at the latest, and everywhere at once when the person's epoch is raised.
"""

import secrets
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import wraps
from typing import Any, NamedTuple, ParamSpec, TypeVar

import orjson
from flask import abort, g, session
from flask.globals import app_ctx, request_ctx
from sqlalchemy import Uuid, bindparam, select
from sqlalchemy.orm import Session

from app.debts.models import Debtor
from app.identity.actions import Proof
from app.identity.codes import Challenge
from tenants import keys
from tenants.clock import now
from tenants.resolve import Resolved
from tenants.scope import read

IDLE_SECONDS = 20 * 60
LONGEST_SECONDS = 2 * 60 * 60
REFRESH_SECONDS = 30
FOUND = "signed_in_id"
"""Where a request keeps whom its cookie names."""

P = ParamSpec("P")
R = TypeVar("R")


class SignedOut(Exception):
    """Nobody is identified; `reason` is "idle" where somebody was."""

    def __init__(self, reason: str = "") -> None:
        super().__init__(reason)
        self.reason = reason


class Person(NamedTuple):
    """Whom the portal speaks to."""

    id: uuid.UUID
    name: str
    document: str
    uf: str | None
    time_zone: str
    adult_on: date | None

    def is_minor(self, on: date) -> bool:
        """Whether they are under 18 on that day (of theirs)."""
        return self.adult_on is not None and self.adult_on > on


def sign_in(tenant: Resolved, proof: Proof) -> None:
    """Start a fresh session; nothing of the visit before remains but the device's mark."""
    device, at = device_mark(), int(now().timestamp())
    _clear()
    session["device"] = device
    session["tenant"] = tenant.id.hex
    session["person"] = proof.debtor_id.hex
    session["epoch"] = proof.session_epoch
    session["since"] = session["seen"] = at


def sign_out() -> None:
    """Forget everything but the device's mark (attempts stay counted)."""
    device = session.get("device")
    _clear()
    if device:
        session["device"] = device


def _clear() -> None:
    session.clear()
    g.pop(FOUND, None)


def is_signed_in() -> bool:
    """Whether the cookie names a person and is still fresh; the database is not asked."""
    if FOUND in app_ctx.g:
        return True
    visit = request_ctx.session
    return "person" in visit and not _is_stale(visit, now().timestamp())


def signed_in_id() -> uuid.UUID:
    """The person the cookie names: read once in a request. Raises SignedOut."""
    kept = app_ctx.g
    if FOUND not in kept:
        setattr(kept, FOUND, _named())
    found: uuid.UUID = kept.signed_in_id
    return found


def _named() -> uuid.UUID:
    visit, at = request_ctx.session, now().timestamp()
    if "person" not in visit:
        raise SignedOut
    if _is_stale(visit, at):
        sign_out()
        raise SignedOut("idle")
    if int(at) - visit["seen"] >= REFRESH_SECONDS:
        visit["seen"] = int(at)
    return uuid.UUID(visit["person"])


def _is_stale(visit: Mapping[str, Any], at: float) -> bool:
    return bool(at - visit["seen"] > IDLE_SECONDS or at - visit["since"] > LONGEST_SECONDS)


def private(view: Callable[P, R]) -> Callable[P, R]:
    """A view for an identified person alone."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        signed_in_id()
        return view(*args, **kwargs)

    guarded.is_private = True  # type: ignore[attr-defined]  # read by the isolation proof
    return guarded


COLUMNS = (
    Debtor.id,
    Debtor.sealed,
    Debtor.session_epoch,
    Debtor.uf,
    Debtor.time_zone,
    Debtor.adult_on,
)
PERSON = select(*COLUMNS).where(
    Debtor.tenant_id == bindparam("tenant_id", type_=Uuid),
    Debtor.id == bindparam("debtor_id", type_=Uuid),
)


def person(scope: Session) -> Person:
    """The identified person, from the database: one query. Raises SignedOut."""
    row = read(scope, PERSON, debtor_id=signed_in_id()).one_or_none()
    if row is None or not is_current(row):
        sign_out()
        raise SignedOut("idle")
    return opened(row, keys.vault(scope))


def is_current(row: Sequence[Any]) -> bool:
    """Whether the cookie is of the epoch in a row of COLUMNS: none older lets anybody in."""
    _id, _sealed, epoch, *_rest = row
    return bool(epoch == request_ctx.session["epoch"])


def opened(row: Sequence[Any], vault: keys.Vault) -> Person:
    """A person from a row of COLUMNS."""
    id, sealed, _epoch, uf, time_zone, adult_on = row
    known = orjson.loads(vault.unseal(sealed, "debtor"))
    return Person(id, known["name"], known["document"], uf, time_zone, adult_on)


def refuse_foreign(tenant: Resolved) -> None:
    """End with 403 where a session that was made for another creditor is shown here."""
    made_for = request_ctx.session.get("tenant")
    if made_for is None:
        return
    if made_for != tenant.id.hex:
        session.clear()
        g.foreign_session = True
        abort(403)


def device_mark() -> str:
    """A random mark of this browser, to count its attempts by."""
    if "device" not in session:
        session["device"] = secrets.token_urlsafe(12)
    return str(session["device"])


def keep_challenge(tenant: Resolved, challenge: Challenge, counted_as: str, channel: str) -> None:
    """Remember which code this browser asked for, and as whom its attempts are counted."""
    session["tenant"] = tenant.id.hex
    session["challenge"] = [challenge.code_id.hex, challenge.secret, counted_as, channel]


def challenge() -> tuple[Challenge, str, str] | None:
    """The kept challenge, what attempts are counted as, and the channel asked for."""
    kept = session.get("challenge")
    if kept is None:
        return None
    return Challenge(uuid.UUID(kept[0]), kept[1]), kept[2], kept[3]
