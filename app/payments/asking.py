"""Asking the provider for what our row says, and keeping what it answers."""

import uuid
from dataclasses import replace

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.agreements.models import Agreement
from app.compliance.actions import audit
from app.compliance.terms import check_payment
from app.config import settings
from app.payments import gateway, queries, rules
from app.payments.errors import KeySpent, MethodUnavailable
from app.payments.models import Method, Payment, PaymentState
from app.payments.payer import Payer
from tenants.keys import vault
from tenants.resolve import Resolved
from tenants.scope import within
from themes.translations import catalogue

log = structlog.get_logger()

BORDERS = {"square": "rectangular", "soft": "rounded", "round": "pill"}


def ask(session: Session, tenant: Resolved, made: Payment, *, locale: str, return_url: str) -> None:
    """Ask the provider and keep its answer, once more with a new key where the old one is spent."""
    for _ in range(2):
        try:
            started = _request(session, tenant, made, locale, return_url)
            break
        except KeySpent:
            made = _next_attempt(tenant, made.id)
    else:
        raise MethodUnavailable("the provider refuses this payment's keys")
    why = _refused_by_us(session, tenant, made, started)
    with within(tenant) as own:  # a refusal raises below and takes the caller's transaction along
        _keep(own, made.id, started, why)
    if why:
        log.warning("payment.not_shown", payment_id=str(made.id), rule="BR-24", reason=why)
        assert tenant.stripe_account is not None
        gateway.withdraw(tenant.stripe_account, started.provider_id)
        raise MethodUnavailable(f"BR-24: {why}")


def _request(
    session: Session, tenant: Resolved, made: Payment, locale: str, return_url: str
) -> gateway.Started:
    assert tenant.stripe_account is not None
    assert made.expires_at is not None
    asked = gateway.Asked(
        payment_id=made.id,
        attempt=made.attempt,
        account=tenant.stripe_account,
        amount_cents=made.amount_cents,
        currency=made.currency,
        fee_cents=made.fee_cents,
        description=_description(session, made, locale),
        expires_at=made.expires_at,
    )
    if made.method == Method.PIX:
        return gateway.start_pix(asked)
    if made.method == Method.BOLETO:
        assert made.payer is not None
        payer = Payer.from_json(vault(session).text(made.payer, "payer"))
        days = rules.boleto_days(made.created_at, made.expires_at)
        return gateway.start_boleto(asked, payer, days=days)
    return gateway.start_card(
        asked,
        _dress(session, tenant),
        locale=locale,
        return_url=return_url.replace("{payment_id}", str(made.id)),
    )


def _next_attempt(tenant: Resolved, payment_id: uuid.UUID) -> Payment:
    with within(tenant) as own:
        payment = queries.payment(own, payment_id, lock=True)
        payment.attempt += 1
        return payment


def _keep(
    session: Session, payment_id: uuid.UUID, started: gateway.Started, why: str | None
) -> None:
    """Fill the row, unless an event was faster. What may not be shown is not kept either."""
    payment = queries.payment(session, payment_id, lock=True)
    payment.provider_id = started.provider_id
    payment.expires_at = started.expires_at
    if why:
        payment.state = rules.after(payment.state, PaymentState.FAILED)
        audit(
            session, actor="system", action="payment.not_shown", subject_id=payment_id, reason=why
        )
    else:
        payment.pix_code, payment.boleto_line = started.pix_code, started.boleto_line
        payment.hosted_url = started.hosted_url
        payment.state = rules.after(payment.state, PaymentState.PENDING)


def _refused_by_us(
    session: Session, tenant: Resolved, made: Payment, started: gateway.Started
) -> str | None:
    """Why this code may not be shown, or None (BR-24)."""
    if made.method == Method.CARD:
        return None if started.hosted_url else "no page"
    creditor = queries.beneficiary(session, tenant)
    if made.method == Method.PIX:
        facts = rules.pix_facts(
            started.pix_code or "",
            amount_cents=made.amount_cents,
            names=(tenant.name, *creditor.names),
            document=creditor.cnpj,
        )
    else:
        facts = rules.boleto_facts(
            started.boleto_line or "",
            amount_cents=made.amount_cents,
            on=made.created_at.date(),
            document=creditor.cnpj,
        )
    return ", ".join(reason.detail for reason in check_payment(facts)) or None


def _description(session: Session, made: Payment, locale: str) -> str:
    """What the provider shows: the agreement's number, nothing about the person."""
    number = session.scalar(select(Agreement.number).where(Agreement.id == made.agreement_id))
    text: str = catalogue(locale, "payments").gettext("Agreement %(number)s") % {"number": number}
    return text


def _dress(session: Session, tenant: Resolved) -> gateway.Dress:
    """The hosted page's dress. A logo is sent only where the provider can fetch it (https)."""
    brand = queries.brand(session)
    if brand is None:
        return gateway.Dress(tenant.name)
    dress = gateway.Dress(
        brand.name,
        button_color=brand.tokens.primary,
        border_style=BORDERS.get(brand.tokens.corner or ""),  # type: ignore[arg-type]  # one of the three
    )
    logo = brand.assets.get("logo_light")
    if logo and settings().public_scheme == "https":
        dress = replace(dress, logo_url=settings().portal_url(tenant, logo.url))
    return dress
