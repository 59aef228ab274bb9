"""People of a creditor for tests of outreach: each with an e-mail, a phone and a debt."""

import json
import secrets
import uuid
from datetime import UTC, date, datetime
from pathlib import Path

from app.compliance.models import SenderDomain
from app.debts.models import ContactPoint, Debt, Debtor
from tenants.clock import stopped_at
from tenants.database import new_id
from tenants.keys import vault
from tenants.scope import within
from themes import brands

CREDITORS = Path(__file__).parents[2] / "app" / "workbench" / "creditors"

WORKING_HOUR = datetime(2026, 3, 10, 13, 0, tzinfo=UTC)
"""A Tuesday, ten in the morning in São Paulo: every state is open."""
NIGHT = datetime(2026, 3, 11, 2, 0, tzinfo=UTC)


def dress(tenant, slug="aurora"):
    """Publish a demo creditor's brand for a tenant."""
    with within(tenant) as session:
        brands.publish(session, brands.apply_toml(session, CREDITORS / slug / "brand.toml"))


def add_person(session, *, phone=None, email=None, name="Maria da Silva", **columns):
    """A person who owes; `phone` and `email` default to fresh ones. Returns the debtor's id."""
    keys = vault(session)
    mark = secrets.token_hex(5)
    debtor_id = new_id()
    sealed = {"name": name, "document": mark, "birth_date": "1980-05-17"}
    session.add(
        Debtor(
            id=debtor_id,
            document_kind="cpf",
            document_index=keys.index(mark, "document"),
            sealed=keys.seal(json.dumps(sealed), "debtor"),
            uf=columns.pop("uf", "SP"),
            **{"time_zone": "America/Sao_Paulo"} | columns,
        )
    )
    session.flush()
    email = email or f"{mark}@exemplo.com.br"
    phone = phone or f"+55119{secrets.randbelow(10**8):08}"
    for kind, address in (("email", email), ("phone", phone)):
        session.add(
            ContactPoint(
                debtor_id=debtor_id,
                kind=kind,
                sealed=keys.seal(address, "contact"),
                address_index=keys.index(address, kind),
                area_code=phone[3:5] if kind == "phone" else None,
                is_mobile=True if kind == "phone" else None,
            )
        )
    session.add(
        Debt(
            debtor_id=debtor_id,
            contract=f"C-{mark}",
            product="card",
            principal_cents=100_000,
            due_on=date(2025, 9, 1),
            row_hash=uuid.uuid4().bytes,
        )
    )
    session.flush()
    return debtor_id


def at_work():
    """The clock in a permitted hour."""
    return stopped_at(WORKING_HOUR)


def prove_domain(tenant):
    """As if the tenant's sender domain had just been looked up and found in order."""
    with within(tenant) as session:
        proofs = {"dkim": True, "spf": True, "dmarc": True}
        session.add(SenderDomain(domain=tenant.primary_host, proofs=proofs))
