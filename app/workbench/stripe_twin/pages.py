"""What a visitor of the demo sees of the twin: open payments to pay, the voucher, the card page."""

from datetime import datetime
from io import BytesIO
from typing import Any

import segno
from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    redirect,
    render_template,
    request,
    url_for,
)

from app.workbench.stripe_twin import controls, methods
from app.workbench.stripe_twin.errors import StripeError
from app.workbench.stripe_twin.store import Record, Store
from app.workbench.stripe_twin.voucher import voucher
from themes import formats
from themes.translations import LOCALES, catalogue

blueprint = Blueprint("pages", __name__)

SHOWN = 50
"""Payments on the first page."""
VERBS = ("pay", "expire", "decline")
BACK = ("refund", "dispute", "lost", "won")


@blueprint.app_context_processor
def words() -> dict[str, Any]:
    """Texts and figures in the visitor's language."""
    offered = [locale.replace("_", "-") for locale in LOCALES]
    locale = (request.accept_languages.best_match(offered) or offered[0]).replace("-", "_")
    return {
        "_": catalogue(locale, "payments").gettext,
        "language": locale.replace("_", "-"),
        "money": lambda cents: formats.money(cents, "BRL", locale),
        "moment": lambda seconds: formats.moment(
            datetime.fromtimestamp(seconds, methods.BRAZIL), "America/Sao_Paulo", locale
        ),
    }


@blueprint.get("/")
def home() -> str:
    """Payments of every account, the open ones first."""
    store = _store()
    accounts = {record["id"]: record for record in store.every("account")}
    wanted = request.args.get("account")
    disputed = {one["payment_intent"]: one["status"] for one in store.every("dispute", wanted)}
    payments: list[dict[str, Any]] = [
        {
            "record": record,
            "account": accounts.get(store.owner(record["id"]) or ""),
            "disputed": disputed.get(record.get("payment_intent") or record["id"]),
        }
        for kind in ("payment_intent", "checkout.session")
        for record in store.every(kind, wanted, SHOWN)
        if not _is_of_checkout(record)
    ]
    payments.sort(key=lambda row: (not _is_open(row["record"]), -row["record"]["created"]))
    return render_template(
        "home.html",
        payments=payments[:SHOWN],
        accounts=accounts.values(),
        wanted=wanted,
        events=store.every("event", wanted, 15),
        waiting=current_app.config["deliverer"].waiting(),
        manners=store.manners,
        problem=request.args.get("problem"),
        is_open=_is_open,
    )


@blueprint.post("/payments/<object_id>/<verb>")
def act(object_id: str, verb: str) -> Response:
    """A button: pay, pay another amount, let it expire, decline the card, send it back."""
    if verb not in (*VERBS, *BACK):
        abort(404)
    try:
        if verb in BACK:
            controls.send_back(object_id, verb, _amount())
        else:
            controls.act(object_id, verb, _amount())
    except (StripeError, ValueError) as error:
        return _seen(url_for("pages.home", problem=str(error)))
    return _seen(request.form.get("next") or url_for("pages.home"))


@blueprint.post("/manners")
def manners() -> Response:
    """How webhooks travel from now on."""
    chosen = _store().manners
    chosen.delay_seconds = float(request.form.get("delay", type=int) or 0)
    chosen.copies = min(max(request.form.get("copies", 1, type=int), 1), 5)
    chosen.shuffled = "shuffled" in request.form
    return _seen(url_for("pages.home"))


@blueprint.get("/pix/<intent_id>")
def pix(intent_id: str) -> str:
    """The instructions of a Pix: its code, and the bank of the one who pays."""
    intent, account = _intent(intent_id)
    return render_template("pix.html", intent=intent, account=account)


@blueprint.get("/pix/<intent_id>.<kind>")
def pix_image(intent_id: str, kind: str) -> Response:
    intent, _ = _intent(intent_id)
    if kind not in ("svg", "png") or not intent["next_action"]:
        abort(404)
    image = BytesIO()
    code = segno.make(intent["next_action"]["pix_display_qr_code"]["data"], error="m")
    code.save(image, kind=kind, scale=6)
    mime = "image/svg+xml" if kind == "svg" else "image/png"
    return Response(image.getvalue(), mimetype=mime)


@blueprint.get("/boleto/<intent_id>")
def boleto(intent_id: str) -> str:
    intent, account = _intent(intent_id)
    return render_template("boleto.html", intent=intent, account=account)


@blueprint.get("/boleto/<intent_id>.pdf")
def boleto_pdf(intent_id: str) -> Response:
    """The voucher; gone once it is paid or over."""
    intent, account = _intent(intent_id)
    if not intent["next_action"]:
        abort(404)
    return Response(voucher(intent, account), mimetype="application/pdf")


@blueprint.get("/checkout/<session_id>")
def checkout(session_id: str) -> str:
    """The card page, in the branding the creditor sent."""
    store = _store()
    owner = store.owner(session_id) or ""
    session = store.get("checkout.session", session_id, owner)
    if session is None:
        abort(404)
    branding = session["branding_settings"] or {}
    name = branding.get("display_name") or methods.account_name(store, owner)
    return render_template(
        "checkout.html",
        session=session,
        branding=branding,
        name=name,
        declined="declined" in request.args,
    )


def _amount() -> int | None:
    """The amount typed, in cents: "1.234,56", "12,34" or "12.34". Raises ValueError."""
    text = request.form.get("amount", "").strip()
    if "," in text:
        text = text.replace(".", "").replace(",", ".")
    return round(float(text) * 100) if text else None


def _intent(intent_id: str) -> tuple[Record, Record]:
    store = _store()
    owner = store.owner(intent_id) or ""
    intent = store.get("payment_intent", intent_id, owner)
    account = store.get("account", owner, owner)
    if intent is None or account is None:
        abort(404)
    return intent, account


def _is_open(record: Record) -> bool:
    return record["status"] in ("requires_action", "processing", "open")


def _is_of_checkout(record: Record) -> bool:
    return bool(record["object"] == "payment_intent" and record["payment_method_types"] == ["card"])


def _store() -> Store:
    store: Store = current_app.config["store"]
    return store


def _seen(address: str) -> Response:
    response = redirect(address, 303)
    assert isinstance(response, Response)
    return response
