"""People with debts, written straight into the tables."""

import json
import uuid
from datetime import timedelta

from app.debts.models import ChargeTerms, ContactPoint, Debt, Debtor
from app.offers import actions
from tenants.database import new_id
from tenants.keys import vault
from tests.offers.cases import DATA, TODAY

TERMS = {
    "creditor_type": "bank",
    "fine": "0.02",
    "interest_per_month": "0.01",
    "products": {"card": {"card": True}},
}


def set_up(session, data=DATA):
    """Charge terms and offer rules."""
    session.add(ChargeTerms(version=1, terms=TERMS))
    session.flush()
    return actions.put_rules(session, data)


def person(session, debts, uf="SP", email=None):
    """A person with debts of (principal in cents, days past due[, product]); their id."""
    opened = vault(session)
    number = uuid.uuid4().hex
    plain = {"name": "MARIA DA SILVA", "document": "52998224725", "birth_date": "1980-05-01"}
    debtor = Debtor(
        document_kind="cpf",
        document_index=opened.index(number, "document"),
        sealed=opened.seal(json.dumps(plain), "debtor"),
        uf=uf,
    )
    session.add(debtor)
    session.flush()
    for principal, days, *product in debts:
        add_debt(session, debtor.id, principal, days, *product)
    if email:
        session.add(
            ContactPoint(
                debtor_id=debtor.id,
                kind="email",
                sealed=opened.seal(email, "contact"),
                address_index=opened.index(email, "email"),
            )
        )
        session.flush()
    return debtor.id


def add_debt(session, debtor_id, principal, days, product="loan"):
    """One more debt; its row."""
    debt = Debt(
        id=new_id(),
        debtor_id=debtor_id,
        contract=uuid.uuid4().hex,
        product=product,
        origin="Loja Centro",
        principal_cents=principal,
        due_on=TODAY - timedelta(days=days),
        row_hash=b"",
    )
    session.add(debt)
    session.flush()
    return debt
