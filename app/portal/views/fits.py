"""How much fits in somebody's month: the plan follows from it, or none is offered."""

from typing import Any

from flask import Response, g, redirect, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from app.agreements.living import committed_cents
from app.compliance.queries import policy_in_force
from app.history.actions import record
from app.offers.actions import refit
from app.offers.means import TOLD, Month, fitting_plan, minimum_cents
from app.offers.queries import StoredOffer
from app.offers.rules import Option
from app.portal import visitor
from app.portal.blueprint import portal
from app.portal.dress import render
from app.portal.plan_forms import FitsForm
from app.portal.proposal import card, said
from app.portal.views.offer import calendar, standing_offer
from tenants.scope import within


@portal.route("/oferta/cabe", methods=["GET", "POST"])
@visitor.private
def fits() -> AnyResponse:
    """Ask for the month and answer with the plan that fits; what is typed is not kept unasked."""
    with within(g.tenant) as session:
        person = visitor.person(session)
        found = standing_offer(session, person)
        if found is None:
            return redirect(url_for("portal.offer"), 303)
        form, policy = FitsForm(), policy_in_force(session)
        least = minimum_cents(policy)
        if not form.validate_on_submit():
            return _page(form, found, None, least, status=form.status)
        month = Month(form.budget_cents, form.income_cents, committed_cents(session, person.id))
        option = fitting_plan(found.typed_limits, calendar(person), month, policy)
        record(session, debtor_id=person.id, kind="fits.asked", subject_id=found.id)
        if form.keep.data:
            _keep(session, found, month)
            refit(session, found, calendar(person), month)
    if option is None:
        return _page(form, found, None, least, is_beyond=True)
    return _page(form, found, option, least)


def _keep(session: Session, found: StoredOffer, month: Month) -> None:
    more: dict[str, Any] = (
        {"committed_cents": month.committed_cents} if month.committed_cents else {}
    )
    record(
        session,
        debtor_id=found.debtor_id,
        kind=TOLD,
        budget_cents=month.budget_cents,
        income_cents=month.income_cents,
        **more,
    )


def _page(
    form: FitsForm,
    found: StoredOffer,
    option: Option | None,
    least: int | None,
    *,
    status: int = 200,
    is_beyond: bool = False,
) -> Response:
    currency = g.tenant.currency
    return render(
        "fits",
        status=status,
        form=form,
        card=card(option, found.first_payment_days, currency) if option else None,
        said=said(option.reasons, currency) if option else [],
        is_beyond=is_beyond,
        least_left_cents=least or 0,
    )
