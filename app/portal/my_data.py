"""Everything that is stored about one person, opened for that person."""

import json
import uuid
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.agreements.models import Agreement, Instalment
from app.compliance.models import Hold, OptOut
from app.debts.models import ContactPoint, Debt, Debtor
from app.history.models import Event
from app.offers.models import Offer
from app.outreach.models import Message
from app.payments.models import Payment, Receipt
from app.portal.language import current, gettext
from tenants import keys
from tenants.database import TenantScoped
from themes import formats

Data = dict[str, list[dict[str, Any]]]

OF_PERSON = (
    "uf", "time_zone", "locale", "preferred_channel", "preferred_hour", "payday", "created_at",
)  # fmt: skip
OF_DEBT = (
    "contract", "product", "origin", "principal_cents", "due_on", "contracted_on",
    "acquisition_channel", "interruption_on", "store_visits", "purchases", "state",
)  # fmt: skip
FIELDS: dict[type[TenantScoped], tuple[str, ...]] = {
    Debt: OF_DEBT,
    Offer: ("created_at", "total_cents", "valid_until", "state", "options", "reasons"),
    Agreement: ("number", "accepted_at", "owed_cents", "total_cents", "saved_cents", "state"),
    Payment: ("created_at", "method", "amount_cents", "received_cents", "state", "paid_at"),
    Message: ("created_at", "channel", "intent", "state", "sent_at", "reasons"),
    Hold: ("kind", "opened_at", "resolved_at", "resolution"),
    OptOut: ("channel", "origin", "at", "withdrawn_at"),
    Event: ("at", "kind", "data"),
}
"""What of each row is the person's data; ids, hashes and sealed bytes are not readable facts."""


def everything(session: Session, debtor_id: uuid.UUID) -> Data:
    """Every row about the person, section by section, personal data unsealed."""
    data: Data = {
        "person": [_person(session, debtor_id)],
        "contacts": _contacts(session, debtor_id),
    }
    for model, fields in FIELDS.items():
        rows_of_person = session.scalars(
            select(model)
            .where(model.debtor_id == debtor_id)  # type: ignore[attr-defined]  # all of them have it
            .order_by(model.id)
        )
        data[model.__tablename__] = [_plain(row, fields) for row in rows_of_person]
    agreed = select(Agreement.id).where(Agreement.debtor_id == debtor_id)
    ids = list(session.scalars(agreed))
    data["instalments"] = [
        _plain(row, ("number", "due_on", "amount_cents", "paid_cents", "state"))
        for row in session.scalars(
            select(Instalment)
            .where(Instalment.agreement_id.in_(ids))
            .order_by(Instalment.agreement_id, Instalment.number)
        )
    ]
    data["receipts"] = [
        _plain(
            row, ("number", "kind", "amount_cents", "issued_at", "returned_cents", "returned_at")
        )
        for row in session.scalars(select(Receipt).where(Receipt.agreement_id.in_(ids)))
    ]
    return data


def _person(session: Session, debtor_id: uuid.UUID) -> dict[str, Any]:
    debtor = session.scalars(select(Debtor).where(Debtor.id == debtor_id)).one()
    known: dict[str, Any] = json.loads(keys.vault(session).unseal(debtor.sealed, "debtor"))
    return {**known, **_plain(debtor, OF_PERSON)}


def _contacts(session: Session, debtor_id: uuid.UUID) -> list[dict[str, Any]]:
    vault = keys.vault(session)
    return [
        {
            "kind": point.kind,
            "address": vault.text(point.sealed, "contact"),
            "state": point.state,
            "whose": point.whose,
        }
        for point in session.scalars(
            select(ContactPoint)
            .where(ContactPoint.debtor_id == debtor_id)
            .order_by(ContactPoint.position)
        )
    ]


def _plain(row: Any, fields: tuple[str, ...]) -> dict[str, Any]:
    return {name: _readable(getattr(row, name)) for name in fields}


def _readable(value: Any) -> Any:
    return value.isoformat() if isinstance(value, (date, datetime)) else value


def rows(data: Data) -> Iterator[tuple[str, int, str, str]]:
    """The same as flat rows: section, item, field, value."""
    for section, items in data.items():
        for number, item in enumerate(items, 1):
            for field, value in item.items():
                text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
                yield section, number, field, text


def summary(data: Data) -> list[tuple[str, list[tuple[str, str]]]]:
    """For the page: who we think you are, your contacts, and how much there is of the rest."""
    person = data["person"][0]
    born = person.get("birth_date")
    facts = [
        (gettext("Name"), formats.full_name(person["name"])),
        ("CPF/CNPJ", _document(person["document"])),
        (
            gettext("Date of birth"),
            formats.day(date.fromisoformat(born), current()) if born else "–",
        ),
        (gettext("State"), person["uf"] or "–"),
    ]
    contacts = [
        (gettext("E-mail"), one["address"])
        if one["kind"] == "email"
        else (gettext("Phone"), formats.phone(one["address"]))
        for one in data["contacts"]
    ]
    counts = [
        (gettext("Accounts"), str(len(data["debts"]))),
        (gettext("Proposals"), str(len(data["offers"]))),
        (gettext("Agreements"), str(len(data["agreements"]))),
        (gettext("Payments"), str(len(data["payments"]))),
        (gettext("Messages"), str(len(data["messages"]))),
        (gettext("Visits and steps"), str(len(data["events"]))),
    ]
    return [
        (gettext("You"), facts),
        (gettext("Your contacts"), contacts),
        (gettext("What we keep"), counts),
    ]


def _document(digits: str) -> str:
    return formats.cpf(digits) if len(digits) == 11 else formats.cnpj(digits)
