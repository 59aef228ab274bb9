"""Two creditors, three people and one of everything for each of them."""

import secrets
import uuid
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from app.agreements.models import Agreement, AgreementDebt, Instalment
from app.offers.models import Offer
from app.outreach import links
from app.outreach.models import Message
from app.payments.models import Payment, Receipt
from tenants import keys
from tenants.clock import now, today
from tenants.database import new_id
from tenants.resolve import Resolved
from tenants.scope import within
from tests.offers.cases import limits_data
from tests.portal.people import Somebody, make_person
from themes.models import BrandAsset, BrandVersion

MARK = "FULANA DE TAL {}"


@dataclass(frozen=True, eq=False)
class Belongings:
    """What one person has, by the names of the routes' parameters."""

    tenant: Resolved
    person: Somebody
    secret_name: str
    values: dict[str, str]
    verification_code: str


def belongings(tenant: Resolved, document: str) -> Belongings:
    """A person with a debt, an agreement, a payment, a receipt, a message and its links."""
    mark = secrets.token_hex(4).upper()
    person = make_person(tenant, document, name=MARK.format(mark))
    with within(tenant) as session:
        brand = session.scalars(
            select(BrandVersion).where(BrandVersion.stylesheet_hash.is_not(None)).limit(1)
        ).one()
        asset = session.scalars(select(BrandAsset.sha256).limit(1)).first()
        agreement, instalment = _agreement(session, person, brand.id, mark)
        payment = _payment(session, person, agreement)
        receipt = Receipt(
            number=f"R-{mark}", kind="receipt", cause=f"test:{mark}", agreement_id=agreement.id,
            amount_cents=4_321,
        )  # fmt: skip
        session.add(receipt)
        session.flush()
        message_id, code = _message(session, person, brand.id)
        vault = keys.vault(session)
        values = {
            "debt_id": str(person.debts[0]),
            "agreement_id": str(agreement.id),
            "instalment_id": str(instalment.id),
            "payment_id": str(payment.id),
            "receipt_id": str(receipt.id),
            "digest": brand.stylesheet_hash or "",
            "sha256": asset or "",
            "unsubscribe": links.unsubscribe_token(vault, message_id),
            "token": links.create(session, person.id),
        }
    return Belongings(tenant, person, mark, values, code)


def _agreement(session, person, brand_id, mark):
    offer = Offer(
        debtor_id=person.id, rules_version=1, debts=[], total_cents=50_000, options=[],
        limits=limits_data(person.debts[0]), reasons=[], valid_until=today("America/Sao_Paulo") + timedelta(days=5), state="accepted",
    )  # fmt: skip
    if hasattr(Offer, "basis"):
        offer.basis = b""
    session.add(offer)
    session.flush()
    vault = keys.vault(session)
    agreement = Agreement(
        number=f"A-{mark}", debtor_id=person.id, offer_id=offer.id, acceptance_key=mark,
        brand_version_id=brand_id, owed_cents=50_000, total_cents=40_000, saved_cents=10_000,
        down_payment_cents=0, interest_cents=0, due_day=None, terms=vault.seal("terms", "terms"),
        evidence=vault.seal("{}", "evidence"), document_sha256=b"", locale="pt_BR",
    )  # fmt: skip
    session.add(agreement)
    session.flush()
    instalment = Instalment(
        agreement_id=agreement.id, number=1, due_on=today("America/Sao_Paulo"),
        amount_cents=40_000, principal_cents=40_000, interest_cents=0,
    )  # fmt: skip
    session.add(instalment)
    session.add(
        AgreementDebt(
            agreement_id=agreement.id,
            debt_id=person.debts[0],
            owed_cents=50_000,
            principal_cents=50_000,
        )
    )
    session.flush()
    return agreement, instalment


def _payment(session, person, agreement):
    payment = Payment(
        debtor_id=person.id, agreement_id=agreement.id, instalment_id=None, method="pix",
        amount_cents=40_000, state="pending", provider_id=f"pi_{uuid.uuid4().hex}",
        pix_code=f"000201{uuid.uuid4().hex}{uuid.uuid4().hex}",
    )  # fmt: skip
    session.add(payment)
    session.flush()
    return payment


def _message(session, person, brand_id):
    from app.debts.models import ContactPoint

    point = session.scalars(
        select(ContactPoint.id).where(ContactPoint.debtor_id == person.id).limit(1)
    ).one()
    message_id = new_id()
    vault = keys.vault(session)
    code = links.verification_code(vault, message_id)
    session.add(
        Message(
            id=message_id, debtor_id=person.id, contact_point_id=point, channel="email",
            intent="reminder", message_class="outbound", cause=f"test:{message_id}",
            locale="pt_BR", variant="a", brand_version_id=brand_id,
            facts=vault.seal("{}", "facts"), verification_code=code, send_after=now(),
            state="sent", sent_at=now(),
        )
    )  # fmt: skip
    session.flush()
    return message_id, code
