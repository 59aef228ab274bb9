"""Two factors: a message link with a birth date or a code, or a document with a code.

Nothing on these pages, in their answers or in their timing tells whether somebody has an account.
"""

from typing import Any

from flask import Response, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.identity import actions as identity
from app.identity import codes
from app.outreach import actions as outreach
from app.portal import visitor
from app.portal.blueprint import portal
from app.portal.dress import render
from app.portal.forms import BirthDateForm, CodeForm, IdentifyForm, PlainForm
from tenants import keys
from tenants.scope import within

CHANNELS = ("sms", "email")


@portal.route("/entrar", methods=["GET", "POST"])
def identify() -> AnyResponse:
    """From the home page: a CPF or CNPJ, then a code to a contact on file."""
    form = IdentifyForm()
    if not form.validate_on_submit():
        return _form_page("identify", form, reason=request.args.get("reason", ""))
    with within(g.tenant) as session:
        person = keys.vault(session).index(form.normalised, "document").hex()
        _count(session, "ask", person)
        challenge = codes.ask_for_code(session, document=form.normalised)
    visitor.keep_challenge(g.tenant, challenge, person, "")
    return redirect(url_for("portal.code"), 303)


@portal.route("/entrar/codigo", methods=["GET", "POST"])
def code() -> AnyResponse:
    """The code that was sent. It opens only in the browser that asked for it."""
    kept = visitor.challenge()
    if kept is None:
        return redirect(url_for("portal.identify"), 303)
    challenge, person, channel = kept
    form = CodeForm()
    if not form.validate_on_submit():
        return _form_page("code", form, state="asked", channel=channel)
    try:
        with within(g.tenant) as session:
            _count(session, "prove", person)
            debtor_id = codes.try_code(session, challenge, form.digits)
            proof = identity.recognise(session, debtor_id, by="code") if debtor_id else None
    except codes.CodeOver:
        return _form_page("code", form, state="over", channel=channel)
    if proof is None:
        return _form_page("code", form, state="wrong", channel=channel)
    visitor.sign_in(g.tenant, proof)
    return redirect(url_for("portal.offer"), 303)


@portal.post("/entrar/codigo/outro")
def another_code() -> AnyResponse:
    """A new code, by the other channel if asked for; the old one is over."""
    kept = visitor.challenge()
    if kept is None:
        return redirect(url_for("portal.identify"), 303)
    challenge, person, _channel = kept
    channel = request.form.get("channel", "")
    channel = channel if channel in CHANNELS else ""
    try:
        with within(g.tenant) as session:
            _count(session, "ask", person)
            fresh = codes.ask_again(session, challenge, channel=channel or None)
    except codes.CodeOver:
        return redirect(url_for("portal.identify", reason="over"), 303)
    visitor.keep_challenge(g.tenant, fresh, person, channel)
    return redirect(url_for("portal.code"), 303)


@portal.route("/a/<token>", methods=["GET", "POST"])
def link(token: str) -> AnyResponse:
    """Where a message leads. Looking at it tells nothing and uses nothing up."""
    form = BirthDateForm()
    with within(g.tenant) as session:
        found = identity.open_link(session, token)
        if found is None:
            return render("link_over", status=404)
        if not form.validate_on_submit():
            return _form_page("link", form, token=token, state="asked", code_form=PlainForm())
        _count(session, "prove", found.debtor_id.hex)
        assert form.born is not None
        fits = identity.born_on(session, found, form.born)
        if fits:
            identity.use_link(session, found)
            proof = identity.recognise(session, found.debtor_id, by="birth_date")
    if not fits:
        return _form_page("link", form, token=token, state="wrong", code_form=PlainForm())
    visitor.sign_in(g.tenant, proof)
    return redirect(url_for("portal.offer"), 303)


@portal.route("/a/<token>/nao-sou-eu", methods=["GET", "POST"])
def not_me(token: str) -> AnyResponse:
    """Whoever reads the message is somebody else. Looking changes nothing and tells nothing."""
    form = PlainForm()
    with within(g.tenant) as session:
        found = identity.open_link(session, token)
        if found is None:
            return render("link_over", status=404)
        if form.validate_on_submit():
            outreach.note_wrong_person(session, found)
            return render("not_me", state="done")
    return render("not_me", form=form, token=token, state="asked")


@portal.post("/a/<token>/codigo")
def link_code(token: str) -> AnyResponse:
    """Instead of a birth date: a code to a contact on file."""
    with within(g.tenant) as session:
        found = identity.open_link(session, token)
        if found is None:
            return render("link_over", status=404)
        person = found.debtor_id.hex
        _count(session, "ask", person)
        challenge = codes.ask_for_code(session, debtor_id=found.debtor_id)
    visitor.keep_challenge(g.tenant, challenge, person, "")
    return redirect(url_for("portal.code"), 303)


def _count(session: Any, kind: str, person: str) -> None:
    identity.count_attempt(
        session,
        kind=kind,
        address=request.remote_addr or "",
        device=visitor.device_mark(),
        person=person,
    )


def _form_page(template: str, form: Any, **context: Any) -> Response:
    return render(template, status=form.status, form=form, **context)
