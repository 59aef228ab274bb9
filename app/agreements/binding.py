"""An agreement written with everything that hangs on it: debts, schedule, evidence, copy."""

import hashlib
import json
import uuid
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.agreements import jobs
from app.agreements.contents import Contents, gather
from app.agreements.errors import AlreadyAgreed, OfferExpired, Unfair
from app.agreements.lawful import unlawful_charges
from app.agreements.living import too_little_left
from app.agreements.models import Agreement, AgreementDebt, Instalment, NumberSeries
from app.agreements.notices import take_back_offers
from app.agreements.rules import Row, schedule
from app.compliance.queries import policy_in_force
from app.compliance.terms import AgreementFacts, check_agreement, check_cost_shown
from app.debts.models import Debt, DebtState
from app.history.actions import record
from app.jobs import enqueue
from app.offers import rules as offers
from app.offers.models import Offer, OfferState
from app.offers.queries import StoredOffer
from app.offers.terms import Option
from app.outreach.actions import write_message
from app.outreach.models import MessageClass
from tenants.database import new_id
from tenants.keys import vault
from tenants.resolve import Resolved
from themes import brands
from themes.paper import BODY_SIZE


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where and when somebody accepted: address and agent as the request had them."""

    ip: str
    user_agent: str
    at: datetime


def open_agreement(session: Session, offer: StoredOffer) -> uuid.UUID | None:
    """The open agreement that holds one of the offer's debts."""
    debts = [uuid.UUID(debt["id"]) for debt in offer.debts]
    return session.scalar(
        select(AgreementDebt.agreement_id)
        .where(AgreementDebt.debt_id.in_(debts), AgreementDebt.is_open)
        .limit(1)
    )


@dataclass(frozen=True, slots=True)
class Acceptance:
    """An option of an offer on the day it is accepted; everything was checked but the debts."""

    session: Session
    tenant: Resolved
    offer: StoredOffer
    option: Option
    when: offers.Calendar
    evidence: Evidence
    locale: str

    def bind(self, key: str) -> Agreement:
        """Write the agreement and everything that hangs on it."""
        debts = self._debts()
        brand = brands.published(self.session)
        rows = schedule(self.offer.typed_limits, self.option, self.when)
        contents = gather(
            self.session,
            self.tenant,
            brand,
            self.offer,
            self.option,
            rows,
            debts,
            number=self._number(),
            locale=self.locale,
        )
        self._refuse_unfair(contents, debts)
        agreement = self._agreement(key, contents, brand.version_id)
        self.session.add(agreement)
        self.session.flush()
        self._hang_on(agreement, rows, debts)
        return agreement

    def _debts(self) -> list[Debt]:
        """The offer's debts, locked. Raises AlreadyAgreed, OfferExpired when one is not open."""
        ids = [uuid.UUID(debt["id"]) for debt in self.offer.debts]
        debts = self.session.scalars(
            select(Debt).where(Debt.id.in_(ids)).order_by(Debt.id).with_for_update()
        ).all()
        if any(debt.state == DebtState.AGREED for debt in debts):
            raise AlreadyAgreed(open_agreement(self.session, self.offer))
        if len(debts) < len(ids) or any(debt.state != DebtState.OPEN for debt in debts):
            raise OfferExpired("the offer's debts have changed")
        offered = {debt["id"]: debt["principal"] for debt in self.offer.debts}
        if any(debt.principal_cents < offered[str(debt.id)] for debt in debts):
            raise OfferExpired("less is owed than the offer says")
        return list(debts)

    def _number(self) -> str:
        """The next number of the tenant's year: A-2026-000123."""
        year = self.when.today.year
        statement = insert(NumberSeries).values(
            tenant_id=self.tenant.id, id=new_id(), series=f"A-{year}", last=1
        )
        last = self.session.scalar(
            statement.on_conflict_do_update(
                index_elements=["tenant_id", "series"], set_={"last": NumberSeries.last + 1}
            ).returning(NumberSeries.last)
        )
        return f"A-{year}-{last:06d}"

    def _refuse_unfair(self, contents: Contents, debts: list[Debt]) -> None:
        """BR-13 and BR-17 to BR-20 bind here. Raises Unfair."""
        policy = policy_in_force(self.session)
        due_dates = {str(debt.id): debt.due_on for debt in debts}
        cost = self.option.annual_cost
        shown = None if cost is None else f"{cost * 100:.2f}%"
        broken = unlawful_charges(
            self.session, self.offer.typed_limits, due_dates, self.when.today, policy
        )
        broken += check_cost_shown(
            has_interest=self.option.interest_cents > 0, annual_cost_shown=shown, policy=policy
        )
        broken += check_agreement(
            AgreementFacts(
                waives_rights=not contents.is_fair,
                replaces_contract_silently=not contents.is_fair,
                copy_delivered=True,  # one press away on the page that follows, and by message
                type_points=BODY_SIZE,
                has_evidence=bool(self.evidence.ip),
            ),
            policy,
        )
        broken += too_little_left(self.session, self.offer.debtor_id, self.option, policy)
        if broken:
            raise Unfair([reason.rule + ":" + reason.detail for reason in broken])

    def _agreement(self, key: str, contents: Contents, brand_version: uuid.UUID) -> Agreement:
        option, opened = self.option, vault(self.session)
        document = contents.to_bytes()
        digest = hashlib.sha256(document).digest()
        return Agreement(
            id=new_id(),
            number=contents.number,
            debtor_id=self.offer.debtor_id,
            offer_id=self.offer.id,
            acceptance_key=key,
            brand_version_id=brand_version,
            owed_cents=self.offer.total_cents,
            total_cents=option.total_cents,
            saved_cents=option.saved_cents,
            down_payment_cents=option.down_payment_cents,
            currency=self.tenant.currency,
            interest_cents=option.interest_cents,
            monthly_rate=option.monthly_rate,
            annual_cost=option.annual_cost,
            due_day=option.due_day,
            terms=opened.seal(document, "terms"),
            evidence=opened.seal(self._proof(key, digest, brand_version), "evidence"),
            document_sha256=digest,
            locale=self.locale,
            accepted_at=self.evidence.at,
        )

    def _proof(self, key: str, digest: bytes, brand_version: uuid.UUID) -> str:
        return json.dumps(
            {
                "accepted_at": self.evidence.at.isoformat(),
                "ip": self.evidence.ip,
                "user_agent": self.evidence.user_agent[:500],
                "document_sha256": digest.hex(),
                "offer_id": str(self.offer.id),
                "rules_version": self.offer.rules_version,
                "brand_version_id": str(brand_version),
                "acceptance_key": key,
                "option": self.option.to_data(),
            }
        )

    def _hang_on(self, agreement: Agreement, rows: list[Row], debts: list[Debt]) -> None:
        """Debts, schedule, the offer's end."""
        owed = {debt.debt_id: debt.owed_cents for debt in self.offer.typed_limits.debts}
        for debt in debts:
            debt.state = DebtState.AGREED
            self.session.add(
                AgreementDebt(
                    agreement_id=agreement.id,
                    debt_id=debt.id,
                    owed_cents=owed[str(debt.id)],
                    principal_cents=debt.principal_cents,
                )
            )
        self.session.add_all(Instalment(agreement_id=agreement.id, **asdict(row)) for row in rows)
        self.session.execute(
            update(Offer)
            .where(Offer.id == self.offer.id)
            .values(state=OfferState.ACCEPTED)
            .execution_options(synchronize_session=False)
        )
        take_back_offers(self.session, agreement.debtor_id)
        self.session.flush()

    def tell(self, agreement: Agreement) -> None:
        """History, the copy to the person (BR-20), the PDF."""
        option = self.option
        record(
            self.session,
            debtor_id=agreement.debtor_id,
            kind="agreement.accepted",
            subject_id=agreement.id,
            option=str(option.kind),
            total_cents=option.total_cents,
            instalments=option.instalments,
            saved_cents=option.saved_cents,
        )
        write_message(
            self.session,
            self.tenant,
            debtor_id=agreement.debtor_id,
            intent="agreement_copy",
            cause=f"agreement_copy:{agreement.id}",
            message_class=MessageClass.REQUESTED,
            facts={
                "agreement_number": agreement.number,
                "total_cents": option.total_cents,
                "saved_cents": option.saved_cents,
                "instalments_count": option.instalments + (1 if option.down_payment_cents else 0),
                "instalment_amount_cents": option.instalment_cents,
                "due_on": option.first_due_on.isoformat(),
            },
        )
        enqueue(
            self.session,
            jobs.document,
            tenant_id=str(self.tenant.id),
            agreement_id=str(agreement.id),
        )
