"""Review, accept, and what was agreed."""

import hashlib
import secrets
import uuid
from typing import Any

from flask import Response, abort, g, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from app.agreements import actions as agreements
from app.agreements import documents, queries
from app.agreements.actions import AlreadyAgreed, Evidence, OfferExpired, OutsideLimits, Unfair
from app.agreements.living import too_little_left
from app.agreements.models import Agreement
from app.agreements.pausing import pause_of
from app.compliance.deadlines import complaint_by
from app.compliance.policy import Policy
from app.compliance.queries import policy_in_force
from app.compliance.tasks import add_task
from app.history.actions import record
from app.offers.means import minimum_cents
from app.offers.queries import StoredOffer
from app.offers.rules import Option
from app.payments import queries as payments
from app.portal import choices, visitor
from app.portal.agreed import Preview, agreed, preview
from app.portal.blueprint import portal
from app.portal.choices import Choice
from app.portal.dress import render
from app.portal.files import download
from app.portal.language import current
from app.portal.plan_forms import AcceptForm, DueDateForm
from app.portal.views.offer import calendar, standing_offer
from app.portal.visitor import Person
from tenants.clock import now, today
from tenants.scope import within


@portal.route("/acordo/revisar", methods=["GET", "POST"])
@visitor.private
def review() -> AnyResponse:
    """All the terms of what was picked; accepting it is one press, and two are one agreement."""
    form = AcceptForm()
    asked = choices.read(request.form if request.method == "POST" else request.args)
    try:
        with within(g.tenant) as session:
            person = visitor.person(session)
            found, option = _picked(session, person, asked)
            if option is None or found is None:
                return redirect(url_for("portal.offer"), 303)
            policy = policy_in_force(session)
            if too_little_left(session, person.id, option, policy):
                return _look_first(session, person, found, policy)
            if form.validate_on_submit() and form.read.data in ("", None, _mark(found, option)):
                agreement_id = _accept(session, person, found, option, form)
                return redirect(url_for("portal.agreement", agreement_id=agreement_id), 303)
            record(
                session,
                debtor_id=person.id,
                kind="option.opened",
                subject_id=found.id,
                option=asked.query(),
            )
            shown = preview(session, g.tenant, found, option, calendar(person))
    except (OfferExpired, OutsideLimits, Unfair, AlreadyAgreed):
        return redirect(url_for("portal.offer"), 303)
    return _to_read(form, asked, found, option, shown)


@portal.get("/acordo/<uuid:agreement_id>")
@visitor.private
def agreement(agreement_id: uuid.UUID) -> Response:
    """One agreement: what was agreed, what is paid, what comes next."""
    with within(g.tenant) as session:
        person = visitor.person(session)
        found = _mine(session, person, agreement_id)
        shown = agreed(session, found, today(person.time_zone))
        methods = payments.methods(g.tenant, shown.next_cents) if shown.next_id else ()
        can_move = shown.next_id is not None and bool(
            agreements.due_date_choices(
                session, g.tenant, agreement=found, instalment_id=shown.next_id
            )
        )
    return render(
        "agreement",
        agreement=shown,
        methods=[str(method) for method in methods],
        can_move=can_move,
    )


@portal.get("/acordos", endpoint="agreements")
@visitor.private
def agreements_list() -> Response:
    """Every agreement of the person, the open ones first."""
    with within(g.tenant) as session:
        person = visitor.person(session)
        shown = [
            agreed(session, one, today(person.time_zone))
            for one in queries.agreements_of(session, person.id)
        ]
    return render("agreements", agreements=shown)


@portal.get("/acordo/<uuid:agreement_id>/documento")
@visitor.private
def agreement_document(agreement_id: uuid.UUID) -> Response:
    """The agreement as it was accepted, as PDF."""
    with within(g.tenant) as session:
        person = visitor.person(session)
        found = _mine(session, person, agreement_id)
        stored, content = documents.agreement_file(session, g.tenant, found.id)
    return download(stored, content)


@portal.route(
    "/acordo/<uuid:agreement_id>/vencimento/<uuid:instalment_id>", methods=["GET", "POST"]
)
@visitor.private
def due_date(agreement_id: uuid.UUID, instalment_id: uuid.UUID) -> AnyResponse:
    """Move the day of an instalment, within what was agreed."""
    with within(g.tenant) as session:
        person = visitor.person(session)
        found = _mine(session, person, agreement_id)
        if pause_of(session, found) is not None:
            return redirect(url_for("portal.agreement", agreement_id=agreement_id), 303)
        which: dict[str, Any] = {"agreement": found, "instalment_id": instalment_id}
        allowed = [
            agreements.preview_due_date(session, g.tenant, due_on=day, **which)
            for day in agreements.due_date_choices(session, g.tenant, **which)
        ]
        form = DueDateForm.of(allowed)
        if not form.validate_on_submit():
            return render(
                "due_date",
                status=form.status,
                form=form,
                agreement_id=agreement_id,
                allowed=allowed,
            )
        agreements.change_due_date(session, g.tenant, due_on=form.chosen, **which)
    return redirect(url_for("portal.agreement", agreement_id=agreement_id), 303)


@portal.get("/acordo/<uuid:agreement_id>/quitar")
@visitor.private
def payoff(agreement_id: uuid.UUID) -> AnyResponse:
    """What it costs to pay everything today, and what that saves."""
    with within(g.tenant) as session:
        person = visitor.person(session)
        found = _mine(session, person, agreement_id)
        if found.state != "open" or pause_of(session, found) is not None:
            return redirect(url_for("portal.agreement", agreement_id=agreement_id), 303)
        quote = agreements.payoff_quote(session, found, today(person.time_zone))
        methods = payments.methods(g.tenant, quote.total_cents)
    return render(
        "payoff",
        agreement_id=agreement_id,
        quote=quote,
        methods=[str(method) for method in methods],
    )


def _picked(
    session: Session, person: Person, asked: Choice
) -> tuple[StoredOffer | None, Option | None]:
    found = standing_offer(session, person)
    if found is None or asked.is_empty:
        return found, None
    return found, choices.option_of(found, asked, calendar(person))


def _to_read(
    form: AcceptForm, asked: Choice, found: StoredOffer, option: Option, shown: Preview
) -> Response:
    """The page of terms; said to be another one where somebody pressed on what it was before."""
    has_changed = form.is_submitted()
    form.acceptance_key.data = form.acceptance_key.data or secrets.token_urlsafe(18)
    form.read.data = _mark(found, option)
    return render(
        "review",
        status=409 if has_changed else 200,
        form=form,
        choice=asked.query(),
        preview=shown,
        option=option,
        has_changed=has_changed,
    )


def _mark(found: StoredOffer, option: Option) -> str:
    """Names what the page says: another offer, sum or first day is another plan."""
    told = (str(found.id), option.total_cents, option.instalments, option.first_due_on)
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


def _look_first(session: Session, person: Person, found: StoredOffer, policy: Policy) -> Response:
    """This plan would leave too little to live on: a person, and public help (BR-13)."""
    add_task(
        session,
        debtor_id=person.id,
        kind="review_budget",
        rule="BR-13",
        cause=f"budget:{found.id}",
        due_at=complaint_by(now(), g.tenant.time_zone, policy),
    )
    least = minimum_cents(policy) or 0
    return render("fits", is_beyond=True, is_this_plan=True, least_left_cents=least)


def _accept(
    session: Session, person: Person, found: StoredOffer, option: Option, form: Any
) -> uuid.UUID:
    made: Agreement = agreements.accept(
        session,
        g.tenant,
        offer=found,
        option=option,
        debtor_id=person.id,
        evidence=Evidence(
            ip=request.remote_addr or "", user_agent=request.user_agent.string[:500], at=now()
        ),
        acceptance_key=(form.acceptance_key.data or "")[:64] or secrets.token_urlsafe(18),
        locale=current(),
    )
    return made.id


def _mine(session: Session, person: Person, agreement_id: uuid.UUID) -> Agreement:
    found = queries.agreement(session, agreement_id)
    if found is None or found.debtor_id != person.id:
        abort(404)
    return found
