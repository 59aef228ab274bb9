"""What is open: where it comes from, what it is made of, and a way to say it is not mine."""

import uuid

from flask import Response, abort, g, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.compliance.actions import open_hold
from app.history.actions import record
from app.outreach.actions import write_message
from app.outreach.models import MessageClass
from app.portal import visitor
from app.portal.accounts import Account, account, accounts
from app.portal.blueprint import portal
from app.portal.dress import render
from app.portal.forms import DisputeForm
from app.portal.once import first_time
from tenants.clock import today
from tenants.scope import within


@portal.get("/contas")
@visitor.private
def debts() -> Response:
    """Every account of the person, itemised."""
    with within(g.tenant) as session:
        person = visitor.person(session)
        shown = accounts(session, person.id, today(person.time_zone))
        if first_time("debts"):
            record(session, debtor_id=person.id, kind="debts.seen", count=len(shown))
    return render("debts", accounts=shown)


@portal.route("/contas/<uuid:debt_id>/nao-reconheco", methods=["GET", "POST"])
@visitor.private
def dispute(debt_id: uuid.UUID) -> AnyResponse:
    """Stop all contact at once and have people look into it."""
    form = DisputeForm()
    with within(g.tenant) as session:
        person = visitor.person(session)
        about = account(session, person.id, debt_id, today(person.time_zone))
        if about is None:
            abort(404)
        if not form.validate_on_submit():
            return render("dispute", status=form.status, form=form, account=about)
        hold = open_hold(
            session,
            debtor_id=person.id,
            debt_id=debt_id,
            kind=form.reason.data,
            note=form.note.data or None,
        )
        write_message(
            session,
            g.tenant,
            debtor_id=person.id,
            intent="dispute_received",
            cause=f"hold:{hold.id}",
            message_class=MessageClass.REQUESTED,
            facts={},
        )
    return redirect(url_for("portal.disputed", debt_id=debt_id), 303)


@portal.get("/contas/<uuid:debt_id>/em-analise")
@visitor.private
def disputed(debt_id: uuid.UUID) -> Response:
    """What happens now that an account is being looked into."""
    with within(g.tenant) as session:
        person = visitor.person(session)
        about: Account | None = account(session, person.id, debt_id, today(person.time_zone))
    if about is None or about.hold is None:
        abort(404)
    return render("disputed", account=about)
