"""What is proven of the domain that a creditor's e-mail leaves from, and when it was looked up.

SES tells what it signs (GetEmailIdentity); of another relay the DNS tells, under the selector it
signs with. An answer that does not come changes nothing: what was known stays until it is too old.
"""

from datetime import datetime, timedelta
from typing import Any

import boto3
import dns.exception
import dns.resolver
import structlog
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app import config
from app.compliance import alignment
from app.compliance.actions import audit
from app.compliance.models import SenderDomain
from app.config import Settings
from tenants.actions import resolver
from tenants.clock import now
from tenants.database import new_id
from tenants.resolve import Resolved
from tenants.scope import current_tenant_id

SECONDS = 5
A_DAY = timedelta(days=1)
log = structlog.get_logger(__name__)


class NoAnswer(RuntimeError):
    """The DNS or SES did not answer: nothing is known anew."""


def known(session: Session, domain: str) -> SenderDomain | None:
    """What was found out about a domain last."""
    return session.scalar(select(SenderDomain).where(SenderDomain.domain == domain))


def is_due(session: Session, tenant: Resolved) -> bool:
    """Whether the creditor's domain was not looked up for a day."""
    found = known(session, tenant.primary_host)
    return found is None or found.checked_at < now() - A_DAY


def check(session: Session, tenant: Resolved) -> SenderDomain:
    """Look the creditor's sender domain up now and keep what is proven. Raises NoAnswer."""
    settings, domain = config.settings(), tenant.primary_host
    before = known(session, domain)
    was = dict(before.proofs) if before else {}
    proofs = look_up(domain, settings)
    found = _keep(session, domain, proofs, now())
    if proofs != was:
        audit(session, actor="system", action="sender.checked", domain=domain, proofs=proofs)
    return found


def look_up(domain: str, settings: Settings) -> dict[str, bool]:
    """dkim, spf and dmarc of a domain, as its transport has it. Raises NoAnswer."""
    signed = _by_ses(domain, settings) if settings.email_transport == "ses" else None
    if signed is None:
        selector = f"{settings.dkim_selector}._domainkey."
        signed = {
            "dkim": any(alignment.has_dkim(_texts(selector + d)) for d in alignment.family(domain)),
            "spf": alignment.has_spf(_texts(domain)),
        }
    return {**signed, "dmarc": _has_dmarc(domain)}


def _has_dmarc(domain: str) -> bool:
    """The nearest policy counts: the domain's own, else of one above it (RFC 7489, 6.6.3)."""
    for each in alignment.family(domain):
        if records := _texts(f"_dmarc.{each}"):
            return alignment.has_dmarc(records)
    return False


def _texts(name: str) -> list[str]:
    try:
        answers = resolver().resolve(name, "TXT", lifetime=SECONDS)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except dns.exception.DNSException as error:
        raise NoAnswer(type(error).__name__) from error
    return [b"".join(answer.strings).decode("utf-8", "replace") for answer in answers]


def _by_ses(domain: str, settings: Settings) -> dict[str, bool]:
    """What SES says of the identity that signs for this domain: its own, else one above it."""
    quick = Config(connect_timeout=SECONDS, read_timeout=SECONDS, retries={"total_max_attempts": 2})
    connect: Any = boto3.client
    client = connect("sesv2", endpoint_url=settings.aws_endpoint_url, config=quick)
    for each in alignment.family(domain):
        try:
            told = client.get_email_identity(EmailIdentity=each)
        except client.exceptions.NotFoundException:
            continue
        except (ClientError, BotoCoreError) as error:
            raise NoAnswer(type(error).__name__) from error
        return _of_identity(told)
    return {"dkim": False, "spf": False}


def _of_identity(told: dict[str, Any]) -> dict[str, bool]:
    dkim, mail_from = told.get("DkimAttributes", {}), told.get("MailFromAttributes", {})
    may_send = bool(told.get("VerifiedForSendingStatus"))
    signs = bool(dkim.get("SigningEnabled")) and dkim.get("Status") == "SUCCESS"
    return {
        "dkim": may_send and signs,
        "spf": may_send and mail_from.get("MailFromDomainStatus") == "SUCCESS",
    }


def _keep(session: Session, domain: str, proofs: dict[str, bool], at: datetime) -> SenderDomain:
    statement = insert(SenderDomain).values(
        tenant_id=current_tenant_id(), id=new_id(), domain=domain, proofs=proofs, checked_at=at
    )
    return session.scalars(
        statement.on_conflict_do_update(
            index_elements=["tenant_id", "domain"],
            set_={"proofs": statement.excluded.proofs, "checked_at": at},
        ).returning(SenderDomain),
        execution_options={"populate_existing": True},
    ).one()
