"""Tenants and their domains: made, proved, suspended, closed."""

import re
import secrets
import uuid
from collections.abc import Mapping
from typing import Any

import dns.exception
import dns.resolver
import idna
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tenants import changes, keys, resolve
from tenants.clock import now
from tenants.models import Domain, DomainState, Tenant, TenantState
from tenants.scope import current_tenant_id, platform, within

SLUG = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"

_platform_host = "traje.localhost"
_is_local = False
_resolver: dns.resolver.Resolver | None = None


class Refused(ValueError):
    """Something is not done; `problem` says why: a msgid of the catalogue "files" and its values.

    Its text is the English one.
    """

    def __init__(self, message: str, **values: object) -> None:
        self.problem: tuple[str, Mapping[str, object]] = (message, values)
        super().__init__(message % values)


class NotProved(Refused):
    """No DNS record proves that the domain is the tenant's."""


class NeverAdded(Refused, LookupError):
    """Nobody has this host."""


def use(
    platform_host: str, resolver: dns.resolver.Resolver | None = None, *, is_local: bool = False
) -> None:
    """The platform's host, below which no proof is needed; whether `.localhost` is a creditor's
    too, as it is on one machine alone; the DNS to ask."""
    global _platform_host, _is_local, _resolver
    _platform_host, _is_local, _resolver = platform_host, is_local, resolver


def cname_target() -> str:
    """Where a tenant's own domain points."""
    return f"portals.{_platform_host}"


def create_tenant(
    *,
    slug: str,
    name: str,
    jurisdiction: str = "BR",
    stripe_account: str | None = None,
    fee_basis_points: int = 0,
    state: TenantState = TenantState.SETUP,
) -> Tenant:
    """A tenant with its keys.

    The slug names it in commands and becomes its host on the platform: a DNS label (RFC 1123).
    Raises Refused for another slug or an empty name, sqlalchemy.exc.IntegrityError for a slug
    that exists.
    """
    if not re.fullmatch(SLUG, slug):
        raise Refused("A short name is up to 63 lower-case letters, digits and inner hyphens.")
    if not name.strip():
        raise Refused("A creditor has a name.")
    with platform() as session:
        tenant = Tenant(
            slug=slug,
            name=name,
            jurisdiction=jurisdiction,
            stripe_account=stripe_account,
            fee_basis_points=fee_basis_points,
            state=state,
        )
        session.add(tenant)
    with within(tenant) as session:
        keys.create(session)
    return tenant


def change_state(tenant_id: uuid.UUID, state: TenantState) -> None:
    """Move a tenant to `state`. Raises Refused from closed, which is final."""
    with platform() as session:
        tenant = session.get_one(Tenant, tenant_id)
        if tenant.state == TenantState.CLOSED and state != TenantState.CLOSED:
            raise Refused("A closed creditor stays closed.")
        tenant.state = state
    resolve.forget()


def change_jurisdiction(session: Session, jurisdiction: str) -> str:
    """Have the session's tenant follow another jurisdiction's rules from now on; the one before.

    What waits is asked by the new rules before it leaves, and the next night plans by them.
    """
    tenant = session.get_one(Tenant, current_tenant_id())
    before, tenant.jurisdiction = tenant.jurisdiction, jurisdiction
    return before


def add_domain(tenant_id: uuid.UUID, host: str, *, is_primary: bool = False) -> Domain:
    """Add a host; one below the platform's is verified at once, and so is one of `.localhost`.

    Raises Refused for what is no host name, for the platform's own hosts, in production for
    `.localhost`, and for a closed tenant; SQLAlchemy's IntegrityError for a taken one.
    """
    host = normal_host(host)
    needs_proof = _wants_proof(host)
    with platform() as session:
        if session.get_one(Tenant, tenant_id).state == TenantState.CLOSED:
            raise Refused("A closed creditor gets no host.")
        if is_primary:
            session.execute(
                update(Domain).where(Domain.tenant_id == tenant_id).values(is_primary=False)
            )
        domain = Domain(
            tenant_id=tenant_id,
            host=host,
            proof=secrets.token_urlsafe(24),
            is_primary=is_primary,
            state=DomainState.PENDING if needs_proof else DomainState.VERIFIED,
            verified_at=None if needs_proof else now(),
        )
        session.add(domain)
        changes.touch(session, tenant_id)
    resolve.forget()
    return domain


def _wants_proof(host: str) -> bool:
    """Whether `host` needs a proof. Raises Refused for one that no creditor may have."""
    if host in (_platform_host, cname_target()):
        raise Refused("%(host)s is the platform's own.", host=host)
    if host.endswith("." + _platform_host):
        return False
    if not host.endswith(".localhost"):
        return True
    if not _is_local:
        raise Refused(
            "%(host)s is whatever machine asks for it: nobody's in production.", host=host
        )
    return False


def verify_domain(host: str) -> Domain:
    """Look the proof up: a TXT record with it, or a CNAME to the platform.

    Raises NotProved, NeverAdded, Refused for what is no host name.
    """
    host = normal_host(host)
    with platform() as session:
        domain = session.scalar(select(Domain).where(Domain.host == host))
        if domain is None:
            raise NeverAdded("%(host)s was never added.", host=host)
        proved = domain.proof in _texts(f"_traje.{host}") or cname_target() in _names(host)
        if not proved:
            raise NotProved(
                "Neither a TXT record at %(record)s nor a CNAME to %(target)s was found.",
                record=f"_traje.{host}",
                target=cname_target(),
            )
        domain.state = DomainState.VERIFIED
        domain.verified_at = now()
        changes.touch(session, domain.tenant_id)
    resolve.forget()
    return domain


def normal_host(host: str) -> str:
    """Lower case, IDNA-encoded, without a root dot. Raises Refused."""
    try:
        encoded = idna.encode(host.strip().rstrip("."), uts46=True).decode()
    except idna.IDNAError as error:
        raise Refused("“%(host)s” is not a host name.", host=host) from error
    if "." not in encoded:
        raise Refused("“%(host)s” is not a full host name.", host=host)
    return encoded


def _texts(name: str) -> set[str]:
    return {b"".join(record.strings).decode(errors="replace") for record in _ask(name, "TXT")}


def _names(name: str) -> set[str]:
    return {str(record.target).rstrip(".").lower() for record in _ask(name, "CNAME")}


def resolver() -> dns.resolver.Resolver:
    """The DNS this process asks."""
    return _resolver or dns.resolver.get_default_resolver()


def _ask(name: str, kind: str) -> list[Any]:
    try:
        return list(resolver().resolve(name, kind, lifetime=5))
    except dns.exception.DNSException:
        return []
