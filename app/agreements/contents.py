"""What an agreement says: the canonical contents that are hashed, sealed and printed."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from app.agreements import fairness, terms
from app.agreements.rules import Row
from app.debts import queries as debtors
from app.debts.models import Debt
from app.offers.queries import StoredOffer
from app.offers.terms import Option
from tenants.resolve import Resolved
from themes.dress import Brand


@dataclass(frozen=True, slots=True)
class Item:
    """One debt in the document, itemised in cents (BR-15)."""

    contract: str
    product: str
    origin: str | None
    principal_cents: int
    fine_cents: int
    interest_cents: int
    index_cents: int

    @property
    def owed_cents(self) -> int:
        """Everything that was owed on it."""
        return self.principal_cents + self.fine_cents + self.interest_cents + self.index_cents


@dataclass(frozen=True, slots=True)
class Contents:
    """The whole document, in the person's language. Money in cents."""

    number: str
    name: str
    document: str
    items: tuple[Item, ...]
    owed_cents: int
    saved_principal_cents: int
    saved_charges_cents: int
    interest_cents: int
    total_cents: int
    monthly_rate: str | None
    annual_cost: str | None
    rows: tuple[Row, ...]
    clauses: tuple[terms.Clause, ...]

    @property
    def is_fair(self) -> bool:
        """No clause gives up a right or replaces a contract silently (BR-20)."""
        try:
            fairness.refuse_unfair([clause.text for clause in self.clauses])
        except fairness.TermsUnfair:
            return False
        return True

    @property
    def paragraphs(self) -> list[str]:
        """The clauses as the person read them."""
        return terms.numbered(self.clauses)

    def to_bytes(self) -> bytes:
        """Canonical JSON: the same contents are the same bytes."""
        return json.dumps(
            asdict(self), default=str, ensure_ascii=False, sort_keys=True, separators=(",", ":")
        ).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Contents":
        """What was sealed, as values again."""
        plain: dict[str, Any] = json.loads(data)
        rows = tuple(
            Row(**{**row, "due_on": date.fromisoformat(row["due_on"])}) for row in plain["rows"]
        )
        return cls(
            **{
                **plain,
                "items": tuple(Item(**item) for item in plain["items"]),
                "rows": rows,
                "clauses": tuple(terms.Clause(**clause) for clause in plain["clauses"]),
            }
        )


def gather(
    session: Session,
    tenant: Resolved,
    brand: Brand,
    offer: StoredOffer,
    option: Option,
    rows: Sequence[Row],
    debts: Sequence[Debt],
    *,
    number: str,
    locale: str,
) -> Contents:
    """The contents of the agreement that an option becomes."""
    person = debtors.person(session, offer.debtor_id)
    by_id = {debt.id: debt for debt in debts}
    return Contents(
        number=number,
        name=person.name,
        document=person.document,
        items=tuple(
            _item(by_id[uuid.UUID(debt["id"])], debt, brand, locale) for debt in offer.debts
        ),
        owed_cents=offer.total_cents,
        saved_principal_cents=option.saved_principal_cents,
        saved_charges_cents=option.saved_charges_cents,
        interest_cents=option.interest_cents,
        total_cents=option.total_cents,
        monthly_rate=_text(option.monthly_rate),
        annual_cost=_text(option.annual_cost),
        rows=tuple(rows),
        clauses=tuple(terms.clauses(brand, tenant, offer, option, locale)),
    )


def _item(debt: Debt, stored: dict[str, Any], brand: Brand, locale: str) -> Item:
    return Item(
        debt.contract,
        brand.product(debt.product, locale),
        debt.origin,
        stored["principal"],
        stored["fine"],
        stored["interest"],
        stored["index"],
    )


def _text(fraction: Decimal | None) -> str | None:
    return None if fraction is None else str(fraction)
