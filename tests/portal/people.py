"""Invented people for the portal's tests."""

import json
import uuid
from dataclasses import dataclass
from datetime import date, timedelta

from app.debts.models import ContactKind, ContactPoint, Debt, Debtor
from tenants import keys
from tenants.clock import today
from tenants.scope import within

CPFS = ("52998224725", "11144477735", "39053344705", "86288366757")


@dataclass(frozen=True)
class Somebody:
    """A person of a tenant, and what proves it is them."""

    id: uuid.UUID
    document: str
    born: date
    email: str
    debts: tuple[uuid.UUID, ...]


def make_person(
    tenant,
    document=CPFS[0],
    *,
    born=date(1985, 3, 7),
    name="MARIA DA SILVA",
    debts=1,
    principal=50_000,
    product="card",
) -> Somebody:
    """Somebody with contacts and debts, 90 days past due."""
    with within(tenant) as session:
        vault = keys.vault(session)
        email = f"maria.{uuid.uuid4().hex[:8]}@example.com"
        sealed = {
            "name": name,
            "document": document,
            "birth_date": born.isoformat() if born else None,
        }
        debtor = Debtor(
            document_kind="cpf",
            document_index=vault.index(document, "document"),
            sealed=vault.seal(json.dumps(sealed), "debtor"),
            uf="SP",
            adult_on=date(born.year + 18, born.month, born.day) if born else None,
        )
        session.add(debtor)
        session.flush()
        points = ((ContactKind.EMAIL, email), (ContactKind.PHONE, "+5511987654321"))
        for position, (kind, address) in enumerate(points):
            session.add(
                ContactPoint(
                    debtor_id=debtor.id,
                    kind=kind,
                    sealed=vault.seal(address, "contact"),
                    address_index=vault.index(address, kind),
                    area_code="11" if kind == ContactKind.PHONE else None,
                    is_mobile=True if kind == ContactKind.PHONE else None,
                    position=position,
                )
            )
        rows = [
            Debt(
                debtor_id=debtor.id,
                contract=f"C-{uuid.uuid4().hex[:10]}",
                product=product,
                origin="Loja Centro",
                principal_cents=principal,
                due_on=today("America/Sao_Paulo") - timedelta(days=90),
                row_hash=b"",
            )
            for _ in range(debts)
        ]
        session.add_all(rows)
        session.flush()
        return Somebody(debtor.id, document, born, email, tuple(row.id for row in rows))
