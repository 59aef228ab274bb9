"""The twin's pages: what a visitor of the demo plays with. All of them say that they simulate."""

import http.client
import re
import urllib.parse

import pytest

from app.payments import gateway
from app.workbench.stripe_twin.server import Twin
from tests.conftest import Cast
from tests.payments.test_gateway import PAYER, asked


def call(twin: Twin, verb: str, path: str, form: dict | None = None):
    connection = http.client.HTTPConnection(twin.url.removeprefix("http://"), timeout=120)
    body = urllib.parse.urlencode(form or {})
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept-Language": "pt-BR"}
    connection.request(verb, path, body if verb == "POST" else None, headers)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer.status, content, answer.headers


def test_open_payments_are_listed_and_paid_with_a_button(twin: Twin, cast: Cast) -> None:
    account = cast.bank.stripe_account
    intent = gateway.start_pix(asked(account)).provider_id
    status, page, _ = call(twin, "GET", f"/?account={account}")
    assert status == 200
    assert "SIMULADO" in page.decode()
    assert "123,45" in page.decode()
    status, _, _ = call(twin, "POST", f"/payments/{intent}/pay")
    assert status == 303
    assert gateway.retrieve(account, intent)["status"] == "succeeded"


def test_another_amount_and_a_second_payment_are_played(twin: Twin, cast: Cast) -> None:
    account = cast.bank.stripe_account
    intent = gateway.start_pix(asked(account)).provider_id
    call(twin, "POST", f"/payments/{intent}/pay", {"amount": "1.010,50"})
    call(twin, "POST", f"/payments/{intent}/pay")
    charges = [
        charge
        for charge in twin.store.every("charge", account)
        if charge["payment_intent"] == intent
    ]
    assert sorted(charge["amount"] for charge in charges) == [12_345, 101_050]
    assert gateway.retrieve(account, intent)["amount_received"] == 101_050
    assert "Pago." in call(twin, "GET", f"/pix/{intent}")[1].decode()


def test_pix_and_boleto_are_shown_with_their_images(twin: Twin, cast: Cast) -> None:
    account = cast.bank.stripe_account
    pix = gateway.start_pix(asked(account)).provider_id
    boleto = gateway.start_boleto(asked(account), PAYER, days=3).provider_id
    for path, kind in (
        (f"/pix/{pix}", "text/html"),
        (f"/pix/{pix}.svg", "image/svg"),
        (f"/pix/{pix}.png", "image/png"),
        (f"/boleto/{boleto}", "text/html"),
        (f"/boleto/{boleto}.pdf", "application/pdf"),
    ):
        status, content, headers = call(twin, "GET", path)
        assert (status, headers["Content-Type"].startswith(kind)) == (200, True), path
        assert content


def test_the_card_page_can_be_declined_then_paid_and_comes_back(twin: Twin, cast: Cast) -> None:
    account = cast.bank.stripe_account
    session = gateway.start_card(
        asked(account),
        gateway.Dress("Banco Aurora"),
        locale="pt_BR",
        return_url="http://bank.localhost/pagamento/1",
    ).provider_id
    status, page, _ = call(twin, "GET", f"/checkout/{session}")
    assert (status, "Banco Aurora" in page.decode()) == (200, True)
    [again] = re.findall(r'value="(/checkout/[^"]+)"', page.decode())
    _, _, headers = call(twin, "POST", f"/payments/{session}/decline", {"next": again})
    assert "cartão foi recusado" in call(twin, "GET", headers["Location"])[1].decode()
    assert gateway.retrieve(account, session)["status"] == "open"
    back = {"next": "http://bank.localhost/pagamento/1"}
    _, _, headers = call(twin, "POST", f"/payments/{session}/pay", back)
    assert headers["Location"] == "http://bank.localhost/pagamento/1"
    assert gateway.retrieve(account, session)["payment_status"] == "paid"


def kinds(twin: Twin, account: str) -> list[str]:
    return [event["type"] for event in twin.store.every("event", account)][::-1]


@pytest.mark.parametrize(
    ("end", "told"),
    [
        ("lost", ["charge.dispute.closed"]),
        ("won", ["charge.dispute.closed", "charge.dispute.funds_reinstated"]),
    ],
)
def test_a_payment_is_disputed_once_and_decided_once(
    twin: Twin, cast: Cast, end: str, told: list[str]
) -> None:
    account = cast.bank.stripe_account
    intent = gateway.start_pix(asked(account)).provider_id
    call(twin, "POST", f"/payments/{intent}/pay")
    assert "O pagador contesta" in call(twin, "GET", f"/?account={account}")[1].decode()
    paid = len(kinds(twin, account))
    for verb in ("dispute", "dispute", end, end):
        call(twin, "POST", f"/payments/{intent}/{verb}")
    withheld = ["charge.dispute.created", "charge.dispute.funds_withdrawn"]
    assert kinds(twin, account)[paid:] == [*withheld, *told]
    page = call(twin, "GET", f"/?account={account}")[1].decode()
    assert f"<code>{end}</code>" in page
    assert "O pagador contesta" not in page


def test_a_card_payment_is_given_back_in_part_with_a_button(twin: Twin, cast: Cast) -> None:
    account = cast.bank.stripe_account
    session = gateway.start_card(
        asked(account), gateway.Dress("x"), locale="pt_BR", return_url="http://bank.localhost/"
    ).provider_id
    call(twin, "POST", f"/payments/{session}/pay")
    call(twin, "POST", f"/payments/{session}/refund", {"amount": "20,00"})
    [charge] = twin.store.every("charge", account)
    assert charge["amount_refunded"] == 2_000


@pytest.mark.parametrize("path", ["/pix/pi_none", "/boleto/pi_none.pdf", "/checkout/cs_none"])
def test_what_does_not_exist_is_not_found(twin: Twin, path: str) -> None:
    assert call(twin, "GET", path)[0] == 404
