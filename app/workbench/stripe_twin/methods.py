"""Pix and boleto as Stripe shows them: codes, vouchers, limits, what each asks of the payer."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.payments import boleto, brcode
from app.workbench.stripe_twin.errors import BadRequest, NotFound
from app.workbench.stripe_twin.store import Record, Store, now

BRAZIL = ZoneInfo("America/Sao_Paulo")
SIMULATED_BANK = "999"
MINIMUM_CENTS = {"pix": 50, "card": 50, "boleto": 500}
MAXIMUM_BOLETO_CENTS = 4_999_999
PIX_LIFE_SECONDS = 14_400
BOLETO_LIFE_DAYS = 3


def require(store: Store, kind: str, object_id: str, account: str) -> Record:
    """An object of the account. Raises NotFound, for another account's too."""
    found = store.get(kind, object_id, account)
    if found is None:
        raise NotFound(kind.rpartition(".")[2], object_id)
    return found


def show_pix(
    store: Store, account: str, base_url: str, intent: Record, data: Record, options: Record
) -> tuple[Record, int]:
    if "expires_at" in options and "expires_after_seconds" in options:
        raise BadRequest("expires_at and expires_after_seconds exclude each other.")
    lives = options.get("expires_after_seconds", PIX_LIFE_SECONDS)
    expires_at = options.get("expires_at", now() + lives)
    if not 60 <= expires_at - now() <= 1_209_600:
        raise BadRequest(
            "A Pix expires between 60 seconds and 14 days from now.",
            None,
            "payment_method_options[pix][expires_at]",
        )
    code = brcode.compose(
        url=f"pix.simulado.invalid/v2/cobv/{intent['id']}",
        amount_cents=intent["amount"],
        merchant_name=account_name(store, account),
        merchant_city="São Paulo",
    )
    shown = {
        "data": code,
        "expires_at": expires_at,
        "hosted_instructions_url": f"{base_url}/pix/{intent['id']}",
        "image_url_png": f"{base_url}/pix/{intent['id']}.png",
        "image_url_svg": f"{base_url}/pix/{intent['id']}.svg",
    }
    return {"type": "pix_display_qr_code", "pix_display_qr_code": shown}, expires_at


def show_boleto(
    store: Store, account: str, base_url: str, intent: Record, data: Record, options: Record
) -> tuple[Record, int]:
    _check_boleto_payer(data)
    days = options.get("expires_after_days", BOLETO_LIFE_DAYS)
    if not 0 <= days <= 60:
        raise BadRequest(
            "expires_after_days is 0 to 60.",
            None,
            "payment_method_options[boleto][expires_after_days]",
        )
    due_on = (datetime.fromtimestamp(now(), BRAZIL) + timedelta(days=days)).date()
    ends = datetime(due_on.year, due_on.month, due_on.day, 23, 59, tzinfo=BRAZIL)
    digits = str(int(intent["id"].partition("_")[2], 16))[-25:].zfill(25)
    line = boleto.compose(
        bank=SIMULATED_BANK, due_on=due_on, amount_cents=intent["amount"], free_field=digits
    )
    expires_at = int(ends.astimezone(UTC).timestamp())
    shown = {
        "expires_at": expires_at,
        "hosted_voucher_url": f"{base_url}/boleto/{intent['id']}",
        "number": boleto.printed(line),
        "pdf": f"{base_url}/boleto/{intent['id']}.pdf",
    }
    return {"type": "boleto_display_details", "boleto_display_details": shown}, expires_at


def _check_boleto_payer(data: Record) -> None:
    """Stripe asks name, e-mail, tax id and address of who is named on a boleto."""
    person: dict[str, Any] = data.get("billing_details") or {}
    address: dict[str, Any] = person.get("address") or {}
    needed = {
        "payment_method_data[boleto][tax_id]": (data.get("boleto") or {}).get("tax_id"),
        "payment_method_data[billing_details][name]": person.get("name"),
        "payment_method_data[billing_details][email]": person.get("email"),
        **{
            f"payment_method_data[billing_details][address][{name}]": address.get(name)
            for name in ("line1", "city", "state", "postal_code", "country")
        },
    }
    for path, value in needed.items():
        if not value:
            raise BadRequest(f"Missing required param: {path}.", "parameter_missing", path)
    if "@" not in person["email"]:
        path = "payment_method_data[billing_details][email]"
        raise BadRequest(f"Invalid email address: {person['email']}", "email_invalid", path)


def check_amount(amount: int, currency: str, types: list[str]) -> None:
    if currency != "brl" and {"pix", "boleto"} & set(types):
        raise BadRequest("Pix and boleto are paid in brl.", None, "currency")
    if amount < max(MINIMUM_CENTS.get(kind, 50) for kind in types):
        raise BadRequest(
            "The amount is below the minimum of the method.", "amount_too_small", "amount"
        )
    if "boleto" in types and amount > MAXIMUM_BOLETO_CENTS:
        raise BadRequest(
            "The amount is above the maximum of a boleto.", "amount_too_large", "amount"
        )


def account_name(store: Store, account: str) -> str:
    """Who is paid: the name on codes and vouchers."""
    return str(require(store, "account", account, account)["business_profile"]["name"])


def check_capabilities(store: Store, account: str, types: list[str]) -> None:
    """Raises BadRequest for a method that the account has not activated."""
    capabilities = require(store, "account", account, account)["capabilities"]
    for kind in types:
        if capabilities.get(f"{kind}_payments") != "active":
            raise BadRequest(
                f'The payment method type "{kind}" is invalid: activate it for this account first.',
                "payment_intent_invalid_parameter",
                "allowed_payment_method_types",
            )
