"""Leaving: on purpose, and by closing the page."""

from flask import Response, g, redirect, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.history.actions import record
from app.identity.actions import end_sessions
from app.portal import hesitation, visitor
from app.portal.blueprint import portal
from app.portal.dress import render
from tenants.scope import within

STEPS = frozenset({"offer", "simulate", "review", "agreement", "payment", "debts"})


@portal.route("/sair", methods=["POST"])
def leave() -> AnyResponse:
    """End this person's sessions, here and wherever the cookie was copied to."""
    if visitor.is_signed_in():
        debtor_id = visitor.signed_in_id()
        with within(g.tenant) as scope:
            record(scope, debtor_id=debtor_id, kind="portal.left", by="sign_out")
            end_sessions(scope, debtor_id)
    visitor.sign_out()
    response = redirect(url_for("portal.left"), 303)
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@portal.get("/sair")
def left() -> Response:
    """Says that nothing stays behind."""
    return render("left", still_inside=visitor.is_signed_in())


@portal.post("/saindo")
@visitor.private
def leaving() -> tuple[str, int]:
    """A beacon of the page that is being closed: where people stop is worth knowing."""
    step = request.form.get("step", "")
    if step in STEPS and session.get("left_at") != step:
        session["left_at"] = step
        with within(g.tenant) as scope:
            visitor.person(scope)
            record(scope, debtor_id=visitor.signed_in_id(), kind="portal.left", step=step)
    return "", 204


@portal.post("/hesitando")
@visitor.private
def hesitating() -> tuple[str, int]:
    """A beacon of the page that opened its help after a while: it does not come again."""
    step = request.form.get("step", "")
    if step in STEPS and not hesitation.is_over():
        hesitation.close()
        with within(g.tenant) as scope:
            visitor.person(scope)
            record(
                scope,
                debtor_id=visitor.signed_in_id(),
                kind="hesitation.met",
                by="time",
                step=step,
            )
    return "", 204
