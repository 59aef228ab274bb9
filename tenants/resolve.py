"""Host → tenant. An unknown host is refused before any view."""

import uuid
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import aliased

from tenants import changes
from tenants.kept import Kept
from tenants.models import Domain, DomainState, Tenant, TenantState
from tenants.scope import platform

CACHE_SECONDS = 3_600
"""How long a host is kept at most: a change of its creditor is seen within seconds."""
UNKNOWN_SECONDS = 3
"""How long a host that nobody answers on is kept: it is of no creditor who could change."""
CACHE_SIZE = 20_000


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a request needs to know of its tenant: no secrets, no personal data."""

    id: uuid.UUID
    slug: str
    name: str
    state: TenantState
    jurisdiction: str
    time_zone: str
    currency: str
    stripe_account: str | None
    fee_basis_points: int
    host: str
    """The host it was asked by."""
    primary_host: str
    """The host its links are made for."""


_found: Kept[str, Resolved] = Kept(CACHE_SIZE, CACHE_SECONDS)
_unknown: Kept[str, bool] = Kept(CACHE_SIZE, UNKNOWN_SECONDS)

_own = aliased(Domain)
_PRIMARY_HOST = (
    select(_own.host)
    .where(_own.tenant_id == Tenant.id, _own.state == DomainState.VERIFIED)
    .order_by(_own.is_primary.desc(), _own.id)
    .limit(1)
    .scalar_subquery()
)
_TENANTS = select(Tenant, _PRIMARY_HOST)
"""Tenants, each with the host its links are made for: the chosen one, else the oldest."""


@lru_cache(maxsize=CACHE_SIZE)
def normalise(host: str) -> str:
    """A Host header without its port, in lower case, without the root dot."""
    name, separator, port = host.strip().lower().rpartition(":")
    if separator and port.isdigit():
        host = name
    return host.strip().lower().rstrip(".")


def by_host(host: str) -> Resolved | None:
    """The tenant that answers on `host` (any state but closed), or None: fresh within seconds."""
    changes.look()
    host = normalise(host)
    if (kept := _found.get(host)) is not None:
        return kept
    if _unknown.get(host):
        return None
    found = _look_up(host)
    if found is None:
        _unknown.keep(host, True)
    else:
        _found.keep(host, found)
    return found


def forget() -> None:
    """Drop the cache: this process sees domain and state changes at once."""
    _found.clear()
    _unknown.clear()


@changes.on_change
def _forget(tenant_ids: set[uuid.UUID]) -> None:
    _found.forget(lambda _host, tenant: tenant.id in tenant_ids)


def by_id(tenant_id: uuid.UUID) -> Resolved:
    """The tenant for jobs and commands. Raises LookupError."""
    changes.look()  # what a worker keeps of creditors stays as fresh as what a page keeps
    return _only(Tenant.id == tenant_id, str(tenant_id))


def by_slug(slug: str) -> Resolved:
    """The tenant for commands. Raises LookupError."""
    return _only(Tenant.slug == slug, slug)


def all_live() -> list[Resolved]:
    """Every live tenant, in the order of their making: what a worker walks through."""
    changes.look()
    with platform() as session:
        rows = session.execute(_TENANTS.where(Tenant.state == TenantState.LIVE).order_by(Tenant.id))
        return [_make(tenant, primary or "", primary or "") for tenant, primary in rows]


def _look_up(host: str) -> Resolved | None:
    asked = _TENANTS.join(Domain, Domain.tenant_id == Tenant.id).where(
        Domain.host == host,
        Domain.state == DomainState.VERIFIED,
        Tenant.state != TenantState.CLOSED,
    )
    with platform() as session:
        row = session.execute(asked).one_or_none()
        return None if row is None else _make(row[0], host, row[1])


def _only(condition: ColumnElement[bool], asked: str) -> Resolved:
    with platform() as session:
        row = session.execute(_TENANTS.where(condition)).one_or_none()
        if row is None:
            raise LookupError(f"no tenant {asked}")
        tenant, primary = row
        return _make(tenant, primary or "", primary or "")


def _make(tenant: Tenant, host: str, primary: str) -> Resolved:
    return Resolved(
        id=tenant.id,
        slug=tenant.slug,
        name=tenant.name,
        state=TenantState(tenant.state),
        jurisdiction=tenant.jurisdiction,
        time_zone=tenant.time_zone,
        currency=tenant.currency,
        stripe_account=tenant.stripe_account,
        fee_basis_points=tenant.fee_basis_points,
        host=host,
        primary_host=primary,
    )
