"""Receipts, and the letter that says all is settled."""

import uuid

from flask import Response, abort, g
from sqlalchemy.orm import Session

from app.agreements import queries as agreements
from app.agreements.models import Agreement
from app.payments import documents, queries
from app.payments.models import Receipt
from app.portal import visitor
from app.portal.blueprint import portal
from app.portal.dress import render
from app.portal.files import download
from tenants.scope import within


@portal.get("/recibo/<uuid:receipt_id>")
@visitor.private
def receipt(receipt_id: uuid.UUID) -> Response:
    """A receipt or quitação on a page, printable."""
    with within(g.tenant) as session:
        person = visitor.person(session)
        found, agreement = _mine(session, person.id, receipt_id)
        amount_cents = documents.amount_of(session, found)
    return render(
        "receipt", receipt=found, amount_cents=amount_cents, agreement=agreement, person=person
    )


@portal.get("/recibo/<uuid:receipt_id>/documento")
@visitor.private
def receipt_document(receipt_id: uuid.UUID) -> Response:
    """The same as PDF."""
    with within(g.tenant) as session:
        person = visitor.person(session)
        _mine(session, person.id, receipt_id)
        stored, content = documents.receipt_file(session, g.tenant, receipt_id)
    return download(stored, content)


def _mine(
    session: Session, debtor_id: uuid.UUID, receipt_id: uuid.UUID
) -> tuple[Receipt, Agreement]:
    try:
        found = queries.receipt(session, receipt_id)
    except LookupError:
        abort(404)
    agreement = agreements.agreement(session, found.agreement_id)
    if agreement is None or agreement.debtor_id != debtor_id:
        abort(404)
    return found, agreement
