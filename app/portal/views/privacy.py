"""Somebody's own data: see it, take it along, have it corrected, ask for its deletion."""

import csv
import io
import json

from flask import Response, g, make_response, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from app.compliance.actions import audit, open_hold
from app.compliance.deadlines import access_by
from app.compliance.models import HoldKind
from app.compliance.queries import policy_in_force
from app.compliance.tasks import add_task
from app.history.actions import record
from app.portal import visitor
from app.portal.blueprint import portal
from app.portal.dress import render
from app.portal.forms import CorrectionForm, PlainForm
from app.portal.my_data import everything, rows, summary
from app.portal.visitor import Person
from tenants import keys
from tenants.clock import now
from tenants.scope import within


@portal.get("/privacidade")
def privacy() -> Response:
    """Who decides about the data, why it is here, and what anybody may ask."""
    g.public = not visitor.is_signed_in()
    return render("privacy", asked=request.args.get("asked", ""))


@portal.get("/privacidade/meus-dados")
@visitor.private
def my_data() -> Response:
    """What is stored about the person, readable."""
    with within(g.tenant) as session:
        person = visitor.person(session)
        data = everything(session, person.id)
        audit(session, actor="person", action="data.seen", subject_id=person.id)
    return render("my_data", sections=summary(data))


@portal.get("/privacidade/meus-dados.<any(json, csv):kind>")
@visitor.private
def export(kind: str) -> Response:
    """The same, to take along (LGPD 18 V)."""
    with within(g.tenant) as session:
        person = visitor.person(session)
        data = everything(session, person.id)
        audit(session, actor="person", action="data.exported", subject_id=person.id, kind=kind)
    if kind == "json":
        body, mimetype = json.dumps(data, ensure_ascii=False, indent=2, default=str), "json"
    else:
        out = io.StringIO()
        csv.writer(out).writerows([("section", "item", "field", "value"), *rows(data)])
        body, mimetype = "\ufeff" + out.getvalue(), "csv"
    response = make_response(body)
    response.mimetype = {"json": "application/json", "csv": "text/csv"}[mimetype]
    response.headers["Content-Disposition"] = f'attachment; filename="meus-dados.{kind}"'
    return response


@portal.route("/privacidade/corrigir", methods=["GET", "POST"])
@visitor.private
def correct() -> AnyResponse:
    """Say what is wrong; people put it right."""
    form = CorrectionForm()
    with within(g.tenant) as session:
        person = visitor.person(session)
        if not form.validate_on_submit():
            return render("correct", status=form.status, form=form)
        note = keys.vault(session).seal(form.note.data or "", "task").hex()
        _ask(session, person, "correction", note=note)
    return redirect(url_for("portal.privacy", asked="correction"), 303)


@portal.route("/privacidade/apagar", methods=["GET", "POST"])
@visitor.private
def erase() -> AnyResponse:
    """Ask for deletion: contact stops now, people answer within the deadline."""
    form = PlainForm()
    with within(g.tenant) as session:
        person = visitor.person(session)
        if not form.validate_on_submit():
            return render("erase", form=form)
        _ask(session, person, "deletion")
        open_hold(session, debtor_id=person.id, kind=HoldKind.DELETION)
    return redirect(url_for("portal.privacy", asked="deletion"), 303)


def _ask(session: Session, person: Person, kind: str, **data: str) -> None:
    """A task with its deadline; pressing twice makes one."""
    due_at = access_by(now(), g.tenant.time_zone, policy_in_force(session))
    made = add_task(
        session,
        debtor_id=person.id,
        kind=kind,
        rule="BR-32",
        cause=f"{kind}:{person.id}:{now():%Y%m%d%H%M}",
        due_at=due_at,
        **data,
    )
    if made:
        record(session, debtor_id=person.id, kind=f"privacy.{kind}")
