"""Calm pages for what goes wrong, in the creditor's dress; and one in nobody's."""

from http import HTTPStatus

from flask import (
    Flask,
    Response,
    current_app,
    g,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from app.identity.actions import TooManyAttempts
from app.portal import headers, language
from app.portal.dress import render
from app.portal.visitor import SignedOut
from tenants.resolve import Resolved


def unknown_host() -> Response:
    """A neutral 404 in no creditor's dress, without a cookie."""
    return _plain("nothing_here", HTTPStatus.NOT_FOUND)


def suspended(tenant: Resolved) -> Response:
    """503 in the creditor's dress: the portal rests, here is whom to call."""
    g.tenant = tenant
    try:
        response = render("suspended", status=HTTPStatus.SERVICE_UNAVAILABLE)
    except LookupError:
        response = _plain("nothing_here", HTTPStatus.SERVICE_UNAVAILABLE)
    response.headers["Retry-After"] = "3600"
    return response


def prepare(app: Flask) -> None:
    """Register the pages for requests that reached a creditor's host."""
    app.register_error_handler(SignedOut, _signed_out)
    app.register_error_handler(TooManyAttempts, _too_many_attempts)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _broken)


def _signed_out(error: SignedOut) -> AnyResponse:
    if request.endpoint == "portal.payment_state":
        return make_response(jsonify(state="signed_out"), HTTPStatus.UNAUTHORIZED)
    return redirect(url_for("portal.identify", reason=error.reason or None), HTTPStatus.SEE_OTHER)


def _too_many_attempts(error: TooManyAttempts) -> Response:
    return render("too_many_attempts", status=HTTPStatus.TOO_MANY_REQUESTS, until=error.until)


def _http(error: HTTPException) -> AnyResponse:
    if not _on_portal() or error.response is not None or (error.code or 500) < 400:
        return error.get_response()
    if isinstance(error, CSRFError):
        return _page("expired", HTTPStatus.BAD_REQUEST)
    state = {403: "forbidden", 404: "missing"}.get(error.code or 0, "broken")
    response = _page(state, error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    if error.code == HTTPStatus.METHOD_NOT_ALLOWED:
        response.headers["Allow"] = error.get_response().headers.get("Allow", "")
    return response


def _broken(error: Exception) -> AnyResponse:
    if current_app.testing or not _on_portal():
        raise error
    current_app.logger.error("portal page failed", exc_info=error)
    return _page("broken", HTTPStatus.INTERNAL_SERVER_ERROR)


def _page(state: str, status: int) -> Response:
    try:
        return render("error", status=status, state=state)
    except LookupError:
        return _plain("nothing_here", status)


def _plain(template: str, status: int) -> Response:
    locale = request.accept_languages.best_match(list(language.TAGS.values())) or "pt-BR"
    g.locale = next(code for code, tag in language.TAGS.items() if tag == locale)
    html = render_template(f"portal/{template}.html", language_tag=locale)
    return headers.allow_its_style(headers.protect(make_response(html, status)), html)


def _on_portal() -> bool:
    return "tenant" in g and (request.blueprint in (None, "portal"))
