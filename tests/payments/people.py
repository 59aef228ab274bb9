"""A person with an agreement to pay, made without the rooms before this one."""

import secrets
import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import select

from app.agreements.models import Agreement, AgreementDebt, Instalment
from app.debts.models import Debt
from app.offers.models import Offer
from tenants.clock import now
from tenants.database import new_id
from tenants.keys import vault
from tenants.resolve import Resolved
from tenants.scope import within
from tests.offers.cases import limits_data
from tests.outreach.people import add_person
from themes import brands
from themes.models import BrandVersion

CREDITORS = Path(__file__).parents[2] / "app" / "workbench" / "creditors"
IMAGES = ("logo", "favicon")


@dataclass(frozen=True)
class Deal:
    """An open agreement: its id, and the ids of its instalments in order."""

    id: uuid.UUID
    debtor_id: uuid.UUID
    debt_id: uuid.UUID
    instalments: tuple[uuid.UUID, ...]


def dress(tenant: Resolved, slug: str = "aurora") -> None:
    """Publish a demo creditor's brand, without its images, for a tenant that has none."""
    lines = (CREDITORS / slug / "brand.toml").read_text("utf-8").splitlines()
    plain = "\n".join(line for line in lines if not line.startswith(IMAGES))
    with within(tenant) as session:
        if session.scalar(select(BrandVersion.id).limit(1)) is None:
            brands.publish(session, brands.apply_toml(session, plain.encode()))


def make_deal(
    tenant: Resolved,
    amounts: tuple[int, ...] = (10_000, 10_000, 10_000),
    *,
    first_due: date | None = None,
    email: str | None = None,
) -> Deal:
    """An agreement whose instalments are `amounts` cents, one a month."""
    dress(tenant)
    first_due = first_due or (now().date() + timedelta(days=5))
    with within(tenant) as session:
        debtor_id = add_person(session, email=email)
        debt = session.scalar(select(Debt).where(Debt.debtor_id == debtor_id))
        debt.principal_cents, debt.state = sum(amounts) * 2, "agreed"
        offer = Offer(
            id=new_id(),
            debtor_id=debtor_id,
            rules_version=1,
            debts=[],
            basis=b"",
            total_cents=sum(amounts) * 2,
            options=[],
            limits=limits_data(debt.id),
            reasons=[],
            valid_until=first_due,
            state="accepted",
        )
        session.add(offer)
        session.flush()
        agreement = Agreement(
            id=new_id(),
            number=f"A-2026-{secrets.token_hex(4)}",
            debtor_id=debtor_id,
            offer_id=offer.id,
            acceptance_key=secrets.token_hex(8),
            brand_version_id=brands.published(session).version_id,
            owed_cents=sum(amounts) * 2,
            total_cents=sum(amounts),
            saved_cents=sum(amounts),
            down_payment_cents=0,
            interest_cents=0,
            terms=vault(session).seal("terms", "terms"),
            evidence=vault(session).seal("{}", "evidence"),
            document_sha256=b"",
            locale="pt_BR",
        )
        session.add(agreement)
        session.flush()
        session.add(
            AgreementDebt(
                agreement_id=agreement.id,
                debt_id=debt.id,
                owed_cents=sum(amounts) * 2,
                principal_cents=sum(amounts) * 2,
            )
        )
        ids = tuple(
            _instalment(session, agreement.id, number, first_due, amount)
            for number, amount in enumerate(amounts, 1)
        )
        return Deal(agreement.id, debtor_id, debt.id, ids)


def _instalment(session, agreement_id, number, first_due, amount) -> uuid.UUID:
    row = Instalment(
        id=new_id(),
        agreement_id=agreement_id,
        number=number,
        due_on=first_due + timedelta(days=30 * (number - 1)),
        amount_cents=amount,
        principal_cents=amount,
        interest_cents=0,
    )
    session.add(row)
    session.flush()
    return row.id
