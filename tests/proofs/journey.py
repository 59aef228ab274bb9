"""A person with a phone: message link → offer → agreement → Pix paid → receipt, in each dress."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import select

from app.debts import actions as debts
from app.offers import actions as offers
from app.outreach import links
from app.payments.models import Payment
from app.workbench.stripe_twin.deliveries import Endpoint
from app.workbench.stripe_twin.server import Twin
from tenants.resolve import Resolved
from tenants.scope import within
from tests.conftest import CREDITORS, make_tenant
from tests.portal.people import CPFS, make_person
from tests.stage import ROOT, stage
from themes import brands, tomlfile

SLUGS = ("aurora", "lume", "vivaz")
PRODUCTS = {"aurora": "Empréstimo pessoal", "lume": "Crediário Lume", "vivaz": "Internet e TV"}
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
SECRET = "whsec_of_the_journey"


def run() -> dict[str, Any]:
    """The worst figure over the creditors, and each creditor's own."""
    port = _free_port()
    with ExitStack() as stack:
        twin = Twin(
            endpoint=Endpoint(f"http://traje.localhost:{port}/webhooks/stripe", SECRET)
        ).start()
        stack.callback(twin.stop)
        ground = stack.enter_context(
            stage(
                STRIPE_API_BASE=twin.url,
                STRIPE_WEBHOOK_SECRET=SECRET,
                TRAJE_PUBLIC_PORT=str(port),
            )
        )
        tenants = [_creditor(slug, twin) for slug in SLUGS]
        stack.enter_context(_process(ground.environment, *_web(port)))
        stack.enter_context(_process(ground.environment, "-m", "flask", "--app", "wsgi", "worker"))
        _wait_for(f"http://127.0.0.1:{port}/healthz")
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        stack.callback(browser.close)
        walked = {one.slug: _walk(browser, one, port, twin) for one in tenants}
    worst = {
        figure: max(walk[figure] for walk in walked.values())
        for figure in ("taps", "typed_fields", "seconds", "bytes_first_page", "bytes_js")
    }
    return {"creditors": len(walked), **worst, "by_creditor": walked}


def _creditor(slug: str, twin: Twin) -> Resolved:
    account = f"acct_{slug}journey"
    tenant = make_tenant(slug, slug.title(), stripe_account=account, fee_basis_points=300)
    twin.open_account(account, tenant.name)
    folder = CREDITORS / slug
    with within(tenant) as session:
        brands.publish(session, brands.apply_toml(session, folder / "brand.toml"))
        debts.set_terms_from_toml(session, (folder / "charges.toml").read_bytes())
        offers.put_rules(session, tomlfile.parse((folder / "offers.toml").read_bytes()))
    return tenant


def _walk(browser: Browser, tenant: Resolved, port: int, twin: Twin) -> dict[str, Any]:
    person = make_person(tenant, CPFS[0], principal=80_000, product=PRODUCTS[tenant.slug])
    with within(tenant) as session:
        token = links.create(session, person.id)
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, locale="pt-BR", has_touch=True, is_mobile=True
    )
    page = context.new_page()
    weighed = _Weighed(page)
    started = time.monotonic()
    page.goto(f"http://{tenant.host}:{port}/a/{token}", wait_until="networkidle")
    first_page, taps = weighed.total, 1
    page.fill("[name=birth_date]", f"{person.born:%d%m%Y}")
    for button in (
        "main form[action^='/a/'] button[type=submit] >> nth=0",
        "main .option-recommended a.button, main .option a.button >> nth=0",
        "main form[action='/acordo/revisar'][method=post] button",
        "main button[value=pix]",
    ):
        page.locator(button).first.click()
        page.wait_for_load_state("networkidle")
        taps += 1
    code = page.locator("#pix-code").input_value()
    assert code.startswith("000201"), "no Pix code"
    to_code = time.monotonic() - started
    _pay(tenant, twin)
    page.locator("a[href^='/recibo/']").first.wait_for(timeout=30_000)
    page.locator("a[href^='/recibo/']").first.click()
    assert page.locator("a[href$='/documento']").count() == 1, "no receipt"
    context.close()
    return {
        "taps": taps,
        "typed_fields": 1,
        "seconds_to_code": round(to_code, 1),
        "seconds": round(time.monotonic() - started, 1),
        "bytes_first_page": first_page,
        "bytes_js": weighed.scripts,
    }


class _Weighed:
    """Bytes over the wire, headers included, as the browser counts them."""

    def __init__(self, page: Page) -> None:
        self.total = self.scripts = 0
        self._kinds: dict[str, str] = {}
        wire = page.context.new_cdp_session(page)
        wire.send("Network.enable")
        wire.on("Network.responseReceived", self._seen)
        wire.on("Network.loadingFinished", self._finished)

    def _seen(self, event: dict[str, Any]) -> None:
        self._kinds[event["requestId"]] = event["type"]

    def _finished(self, event: dict[str, Any]) -> None:
        size = int(event["encodedDataLength"])
        self.total += size
        if self._kinds.get(event["requestId"]) == "Script":
            self.scripts += size


def _pay(tenant: Resolved, twin: Twin) -> None:
    with within(tenant) as session:
        payment = session.scalars(select(Payment.provider_id).order_by(Payment.id.desc())).first()
    request = urllib.request.Request(
        f"{twin.url}/_twin/payments/{payment}/pay",
        data=json.dumps({}).encode(),
        headers={"Content-Type": "application/json"},
    )
    urllib.request.urlopen(request, timeout=10).close()


def _web(port: int) -> tuple[str, ...]:
    return ("-m", "gunicorn", "wsgi:app", "--bind", f"127.0.0.1:{port}", "--workers", "1",
            "--threads", "4", "--log-level", "warning")  # fmt: skip


@contextmanager
def _process(environ: dict[str, str], *arguments: str) -> Iterator[None]:
    process = subprocess.Popen(
        [sys.executable, *arguments], cwd=ROOT, env={**os.environ, **environ}
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=40)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(url: str, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(url, timeout=2).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise TimeoutError(url)
