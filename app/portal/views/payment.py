"""Paying: Pix, boleto or card, and what became of it."""

import uuid
from typing import Any

from flask import Response, abort, g, jsonify, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from app.agreements import queries as agreements
from app.agreements.pausing import pause_of
from app.config import settings
from app.payments import actions as payments
from app.payments import errors, queries
from app.payments.models import Method, Payment
from app.payments.payer import Payer
from app.portal import visitor
from app.portal.blueprint import portal
from app.portal.dress import render
from app.portal.language import current
from app.portal.paying import paying, state_of
from app.portal.plan_forms import PayerForm
from app.portal.visitor import Person
from tenants.scope import within


@portal.post("/acordo/<uuid:agreement_id>/pagar")
@visitor.private
def pay(agreement_id: uuid.UUID) -> AnyResponse:
    """Start a payment. Pressing twice, or in two tabs, gives the same one."""
    method = request.form.get("method", "")
    if method not in tuple(Method):
        abort(404)
    form = PayerForm()
    if "line1" in request.form and not form.validate():
        return _ask_payer(form, agreement_id, status=422)
    try:
        started = _start(agreement_id, Method(method), form.payer())
    except errors.PayerIncomplete:
        form.state.data = form.state.data or _state_on_file()
        return _ask_payer(form, agreement_id)
    except errors.NothingDue:
        return redirect(url_for("portal.agreement", agreement_id=agreement_id), 303)
    except errors.MethodUnavailable:
        return render("pay_trouble", agreement_id=agreement_id, state="method", status=409)
    except errors.PaymentError:
        return render("pay_trouble", agreement_id=agreement_id, state="provider", status=503)
    return redirect(url_for("portal.payment", payment_id=started), 303)


@portal.get("/pagamento/<uuid:payment_id>")
@visitor.private
def payment(payment_id: uuid.UUID) -> Response:
    """The code to pay with, or what became of it."""
    with within(g.tenant) as session:
        person = visitor.person(session)
        found = _mine(session, person, payment_id)
        shown = paying(session, g.tenant, found)
    return render("payment", payment=shown)


@portal.get("/pagamento/<uuid:payment_id>/estado")
@visitor.private
def payment_state(payment_id: uuid.UUID) -> Response:
    """For the page that waits: has the money arrived?"""
    with within(g.tenant) as session:
        person = visitor.person(session)
        found = _mine(session, person, payment_id)
    return jsonify(state=state_of(found))


def _start(agreement_id: uuid.UUID, method: Method, payer: Payer) -> uuid.UUID:
    instalment = request.form.get("instalment", "")
    with within(g.tenant) as session:
        person = visitor.person(session)
        agreement = agreements.agreement(session, agreement_id)
        if agreement is None or agreement.debtor_id != person.id:
            abort(404)
        pause = pause_of(session, agreement)
        if pause is not None and pause.is_personal:
            raise errors.NothingDue("nobody may be asked to pay (BR-10, BR-12)")
        started = payments.start(
            session,
            g.tenant,
            agreement_id=agreement_id,
            instalment_id=_instalment(session, agreement_id, instalment),
            method=method,
            locale=current(),
            return_url=settings().portal_url(g.tenant, "/pagamento/{payment_id}"),
            payer=payer,
        )
        return started.id


def _instalment(session: Session, agreement_id: uuid.UUID, text: str) -> uuid.UUID | None:
    """The instalment named, or None for an early payoff of everything."""
    if text == "all":
        return None
    ids = [one.id for one in agreements.instalments_of(session, agreement_id)]
    found = next((one for one in ids if str(one) == text), None)
    return found or abort(404)


def _state_on_file() -> str:
    with within(g.tenant) as session:
        return visitor.person(session).uf or ""


def _ask_payer(form: Any, agreement_id: uuid.UUID, *, status: int = 200) -> Response:
    return render(
        "payer",
        status=status,
        form=form,
        agreement_id=agreement_id,
        method=request.form.get("method", ""),
        instalment=request.form.get("instalment", ""),
    )


def _mine(session: Session, person: Person, payment_id: uuid.UUID) -> Payment:
    try:
        found = queries.payment(session, payment_id)
    except LookupError:
        abort(404)
    if found.debtor_id != person.id:
        abort(404)
    return found
