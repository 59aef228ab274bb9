"""What people do in the portal, step by step, without JavaScript."""

import re
from urllib.parse import parse_qs

from sqlalchemy import select

from app.history.models import Event
from tenants.scope import within
from tests.payments.conftest import running_twin, twin  # noqa: F401 - fixtures
from tests.portal.conftest import csrf


def page(client, path) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, (answer.status_code, answer.location)
    return answer.get_data(as_text=True)


def links_to(html: str, path: str) -> list[str]:
    return [found.replace("&amp;", "&") for found in re.findall(rf'href="({path}[^"]*)"', html)]


def accept(client, query="option=cash") -> str:
    """Review and accept; the address of the agreement."""
    values = {name: value[0] for name, value in parse_qs(query).items()}
    html = page(client, f"/acordo/revisar?{query}")
    key = re.search(r'name="acceptance_key"[^>]*value="([^"]+)"', html)[1]
    answer = client.post(
        "/acordo/revisar", data={"csrf_token": csrf(html), "acceptance_key": key, **values}
    )
    assert answer.status_code == 303
    return answer.location


def events_of(bank, person) -> list[str]:
    with within(bank) as session:
        return list(
            session.scalars(
                select(Event.kind).where(Event.debtor_id == person.id).order_by(Event.id)
            )
        )


def pay_with_pix(client, agreement) -> str:
    """Press "Pix" on the agreement's page; the address of the payment."""
    html = page(client, agreement)
    instalment = re.search(r'name="instalment" value="([^"]+)"', html)[1]
    data = {"csrf_token": csrf(html), "instalment": instalment, "method": "pix"}
    return client.post(f"{agreement}/pagar", data=data).location
