"""Is it ours? Answers say when and what kind, never to whom or how much."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.outreach import queries as outreach
from app.payments import queries as payments
from app.payments.models import Payment
from app.portal.language import current, gettext
from tenants.models import Domain, DomainState, SenderNumber
from tenants.resolve import Resolved
from tenants.scope import platform
from themes import formats
from themes.brands import Brand


@dataclass(frozen=True, slots=True)
class Answer:
    """Ours or not; `details` are [(label, text)], the same for whoever asks."""

    is_ours: bool
    details: list[tuple[str, str]]


NOT_FOUND = Answer(False, [])


def check(session: Session, tenant: Resolved, brand: Brand, what: str) -> Answer:
    """Whether what somebody received is from this creditor."""
    for question in (_contact, _message, _payment):
        answer = question(session, tenant, brand, what)
        if answer is not None:
            return answer
    return _site(tenant, what) or NOT_FOUND


def _contact(_session: Session, tenant: Resolved, brand: Brand, what: str) -> Answer | None:
    contact = brand.contact
    emails = {contact.email.lower(), brand.privacy_officer.email.lower()}
    if what.lower().removeprefix("mailto:") in emails:
        return Answer(True, [(gettext("E-mail"), what.lower())])
    digits = _digits(what)
    for number in filter(None, (contact.phone, contact.whatsapp)):
        ours = _digits(number)
        if len(digits) >= 8 and digits in (ours, ours.removeprefix("55")):
            return Answer(True, [(gettext("Phone"), formats.phone(number))])
    return _sender(tenant, digits) if what.strip(" +()-.0123456789") == "" else None


def _sender(tenant: Resolved, digits: str) -> Answer | None:
    """A number or short code that the creditor's SMS leave from."""
    if not digits:
        return None
    with platform() as session:
        ours = session.scalars(
            select(SenderNumber.number).where(
                SenderNumber.tenant_id == tenant.id,
                SenderNumber.number.in_([digits, f"+{digits}", f"+55{digits}"]),
            )
        ).first()
    return (
        Answer(True, [("SMS", gettext("Our messages leave from %(number)s", number=ours))])
        if ours
        else None
    )


def _message(session: Session, tenant: Resolved, _brand: Brand, what: str) -> Answer | None:
    if not 6 <= len(re.sub(r"[^0-9A-Za-z]", "", what)) <= 12:
        return None
    message = outreach.message_by_verification_code(session, what)
    left_at = outreach.left_at(session, message) if message else None
    if message is None or left_at is None:
        return None
    channel = gettext("E-mail") if message.channel == "email" else "SMS"
    sent = formats.moment(left_at, tenant.time_zone, current())
    return Answer(True, [(gettext("What"), channel), (gettext("Sent"), sent)])


def _payment(session: Session, tenant: Resolved, brand: Brand, what: str) -> Answer | None:
    found = payments.by_verification_code(session, what.strip())
    if found is None:
        digits = _digits(what)
        if len(digits) == 47 or len(what.strip()) > 60:
            found = session.scalar(
                select(Payment)
                .where(
                    (Payment.pix_code == what.strip()) | (Payment.boleto_line.in_([what, digits]))
                )
                .limit(1)
            )
    if found is None:
        return None
    made = formats.moment(found.created_at, tenant.time_zone, current())
    name = {"pix": "Pix", "boleto": "Boleto"}.get(found.method, gettext("Card"))
    to = f"{brand.legal_name}, CNPJ {formats.cnpj(brand.cnpj)}"
    return Answer(
        True, [(gettext("What"), name), (gettext("Made"), made), (gettext("Goes to"), to)]
    )


def _site(tenant: Resolved, what: str) -> Answer | None:
    address = what if "//" in what else f"//{what}"
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return None  # "http://[": no address at all
    if not host or " " in what:
        return None
    with platform() as session:
        ours = session.scalars(
            select(Domain.host).where(
                Domain.tenant_id == tenant.id,
                Domain.host == host.lower(),
                Domain.state == DomainState.VERIFIED,
            )
        ).first()
    return Answer(True, [(gettext("Site"), ours)]) if ours else None


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)
