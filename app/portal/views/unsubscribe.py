"""One-click unsubscribe (RFC 8058): a mail provider posts here without a cookie."""

from flask import Response, g
from werkzeug.wrappers import Response as AnyResponse

from app.outreach import actions as outreach
from app.portal.blueprint import portal
from app.portal.dress import render
from tenants.scope import within


@portal.get("/cancelar/<token>")
def unsubscribing(token: str) -> Response:
    """For people who open the address by hand; looking changes nothing."""
    return render("unsubscribe", token=token, state="asked")


@portal.post("/cancelar/<token>")
def unsubscribe(token: str) -> AnyResponse:
    """Stop the channel the message came by. Saying it twice is harmless."""
    with within(g.tenant) as session:
        known = outreach.unsubscribe(session, g.tenant, token)
    return render(
        "unsubscribe",
        status=200 if known else 404,
        token=token,
        state=("done" if known else "over"),
    )
