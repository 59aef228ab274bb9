"""The personal offer, the simulator, and the person's own proposal."""

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

from flask import Response, g, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from app.compliance.policy import standard
from app.history.actions import record
from app.history.queries import count_since
from app.offers import actions as offers
from app.offers.means import minimum_cents
from app.offers.queries import StoredOffer
from app.offers.rules import Calendar, Option
from app.offers.terms import OptionKind
from app.portal import choices, hesitation, visitor
from app.portal.blueprint import portal
from app.portal.choices import Choice
from app.portal.dress import render
from app.portal.plan_forms import CounterForm, SimulatorForm
from app.portal.proposal import card, is_flexible, proposal, said, smaller
from app.portal.sight import person_and_offer
from app.portal.standing import Standing, standing
from app.portal.visitor import Person
from tenants.clock import now, today
from tenants.scope import within

MOST_COUNTERS = 8
"""Own proposals in a day: enough to find what fits, too few to search for the creditor's limits."""
A_DAY = timedelta(days=1)


@portal.get("/oferta")
@visitor.private
def offer() -> AnyResponse:
    """What this person may accept until a date, or where they stand without an offer."""
    if (seen := person_and_offer(g.tenant)) is not None:
        return _offered(*seen)
    with within(g.tenant) as session:
        person = visitor.person(session)
        found = standing_offer(session, person)
        if found is None:
            return _no_offer(session, person)
        if found.first_seen_at is None:
            offers.see(session, found.id)
            record(session, debtor_id=person.id, kind="offer.seen", subject_id=found.id)
    return _offered(person, found)


def _offered(person: Person, found: StoredOffer) -> Response:
    shown = proposal(found, g.tenant.currency)
    return render(
        "offer",
        is_moulded=shown.beyond is None,  # the creditor's own people are in no mould
        name=person.name,
        proposal=shown,
        may_hesitate=not hesitation.is_over(),
        has_public_help=minimum_cents(standard(g.tenant.jurisdiction)) is not None,
    )


@portal.get("/oferta/simular")
@visitor.private
def simulate() -> AnyResponse:
    """One sentence with three controls; the answer comes with or without JavaScript."""
    with within(g.tenant) as session:
        person = visitor.person(session)
        found = standing_offer(session, person)
        if found is None or not is_flexible(found):
            return redirect(url_for("portal.offer"), 303)
        asked = choices.read(request.args)
        option = choices.simulated(found, asked, calendar(person))
        hesitates = hesitation.simulated(asked)
        if not asked.is_empty:
            _note(session, person, found, "simulator.used", asked, option)
        if hesitates:
            record(
                session,
                debtor_id=person.id,
                kind="hesitation.met",
                subject_id=found.id,
                by="simulations",
                step="simulate",
            )
    typed = request.args.get("budget", "")
    form = SimulatorForm.of(found.typed_limits, option, asked, typed)
    return render(
        "simulate",
        form=form,
        card=card(option, found.first_payment_days, g.tenant.currency),
        option=option,
        said=said(option.reasons, g.tenant.currency),
        is_budget=asked.budget_cents is not None,
        hesitates=hesitates,
        alternative=smaller(proposal(found, g.tenant.currency).cards, option.instalment_cents),
        may_hesitate=not hesitation.is_over(),
    )


@portal.route("/oferta/contraproposta", methods=["GET", "POST"])
@visitor.private
def counter() -> AnyResponse:
    """The person proposes: yes at once inside the limits, else the nearest there is."""
    with within(g.tenant) as session:
        person = visitor.person(session)
        found = standing_offer(session, person)
        if found is None:
            return redirect(url_for("portal.offer"), 303)
        form = CounterForm.of(found.typed_limits, found.typed_options.get(OptionKind.INSTALMENTS))
        if count_since(session, person.id, "counter.made", now() - A_DAY) >= MOST_COUNTERS:
            status = 429 if form.is_submitted() else 200
            return render("counter", status=status, form=form, is_enough=True)
        if not form.validate_on_submit():
            return render("counter", status=form.status, form=form, nearest=None, said=[])
        asked = replace(choices.read(request.form), kind=None, budget_cents=None)
        answer = choices.answer_to(found, asked, calendar(person))
        _note(
            session, person, found, "counter.made", asked, answer.option, accepted=answer.accepted
        )
    if answer.accepted:
        return redirect(url_for("portal.review", **dict[str, Any](asked.query())), 303)
    nearest = card(answer.option, found.first_payment_days, g.tenant.currency)
    return render(
        "counter", form=form, nearest=nearest, said=said(answer.reasons, g.tenant.currency)
    )


def standing_offer(session: Session, person: Person) -> StoredOffer | None:
    """The person's current offer; one that ran out is made anew on the spot.

    Nobody under 18 is offered anything (BR-10): a person looks at it.
    """
    on = today(person.time_zone)
    if person.is_minor(on):
        return None
    try:
        return offers.ensure_offer(session, g.tenant, person.id, on)
    except LookupError:
        return None  # the creditor has no rules yet: a person makes the proposal


def calendar(person: Person) -> Calendar:
    """Where and when a plan of this person's would begin."""
    return Calendar(today(person.time_zone), person.uf, g.tenant.jurisdiction)


def _no_offer(session: Session, person: Person) -> AnyResponse:
    on = today(person.time_zone)
    where, agreement_id = standing(session, person.id, on)
    if where is Standing.AGREED:
        assert isinstance(agreement_id, uuid.UUID)
        return redirect(url_for("portal.agreement", agreement_id=agreement_id), 303)
    why = []
    if where is Standing.WITH_A_PERSON:
        why = said(tuple(offers.why_nothing(session, g.tenant, person.id, on)), g.tenant.currency)
    return render("standing", person=person, standing=str(where), said=why)


def _note(
    session: Session,
    person: Person,
    found: StoredOffer,
    kind: str,
    asked: Choice,
    option: Option,
    **more: Any,
) -> None:
    # An amount that is proposed once says nothing of a month.
    wished = asked.budget_cents or (None if asked.times == 1 else asked.amount_cents)
    if wished:
        more["wished_cents"] = wished
    record(
        session,
        debtor_id=person.id,
        kind=kind,
        subject_id=found.id,
        asked=asked.query(),
        total_cents=option.total_cents,
        instalments=option.instalments,
        instalment_cents=option.instalment_cents,
        down_payment_cents=option.down_payment_cents,
        **more,
    )
