"""How, and whether, somebody wants to be written to."""

from flask import g, redirect, request, url_for
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from app.compliance.actions import opt_out, withdraw_opt_out
from app.compliance.models import OptOut
from app.compliance.rules import EVERY_CHANNEL
from app.debts.models import Debtor
from app.history.actions import record
from app.outreach.models import Channel
from app.portal import visitor
from app.portal.blueprint import portal
from app.portal.dress import render
from app.portal.forms import PreferencesForm
from app.portal.visitor import Person
from tenants.clock import now
from tenants.scope import within

ELSEWHERE = ("whatsapp", "voice")
"""Channels that people are not written to from here."""


@portal.route("/preferencias", methods=["GET", "POST"])
@visitor.private
def preferences() -> AnyResponse:
    """Channel, hour, and a stop that works at once."""
    with within(g.tenant) as session:
        person = visitor.person(session)
        stopped = _stopped(session, person)
        wishes = session.execute(
            select(Debtor.preferred_channel, Debtor.preferred_hour).where(Debtor.id == person.id)
        ).one()
        form = PreferencesForm(
            channel=wishes.preferred_channel or "",
            hour="" if wishes.preferred_hour is None else str(wishes.preferred_hour),
            no_email=bool(stopped & {Channel.EMAIL, EVERY_CHANNEL}),
            no_sms=bool(stopped & {Channel.SMS, EVERY_CHANNEL}),
        )
        if form.validate_on_submit():
            _keep(session, person, form, stopped)
            return redirect(url_for("portal.preferences", saved=1), 303)
    return render("preferences", status=form.status, form=form, saved="saved" in request.args)


def _stopped(session: Session, person: Person) -> set[str]:
    return set(
        session.scalars(
            select(OptOut.channel).where(
                OptOut.debtor_id == person.id, OptOut.withdrawn_at.is_(None)
            )
        )
    )


def _keep(session: Session, person: Person, form: PreferencesForm, stopped: set[str]) -> None:
    session.execute(
        update(Debtor)
        .where(Debtor.id == person.id)
        .values(
            preferred_channel=form.channel.data or None,
            preferred_hour=int(form.hour.data) if form.hour.data else None,
            updated_at=now(),
        )
        .execution_options(synchronize_session=False)
    )
    wanted = {Channel.EMAIL: not form.no_email.data, Channel.SMS: not form.no_sms.data}
    if EVERY_CHANNEL in stopped and any(wanted.values()):
        withdraw_opt_out(session, debtor_id=person.id, channel=EVERY_CHANNEL)
        for channel in ELSEWHERE:  # what this page does not ask about stays stopped
            opt_out(session, debtor_id=person.id, channel=channel, origin="portal")
        stopped = set(ELSEWHERE)
    for channel, is_wanted in wanted.items():
        if is_wanted and channel in stopped:
            withdraw_opt_out(session, debtor_id=person.id, channel=channel)
        elif not is_wanted and not stopped & {channel, EVERY_CHANNEL}:
            opt_out(session, debtor_id=person.id, channel=channel, origin="portal")
    record(session, debtor_id=person.id, kind="preferences.changed")
