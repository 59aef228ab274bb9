"""Whatever is sent to whichever address of the platform's own host: a calm answer.

The portal's addresses, which know a visit, are tried in tests/portal. Here every other rule of the
app is found in its map: a new one is tried without being named.
"""

import itertools
import json
import re
from urllib.parse import quote

import pytest
from stripe import WebhookSignature

from app.config import settings
from tests.hostile import BODIES, HEADERS, NASTY, failed

NOBODY = "00000000-0000-0000-0000-000000000000"
SIGNED = {
    "a list": [],
    "a number": 7,
    "nothing": {"object": "event"},
    "no account": {"object": "event", "id": "evt_1", "account": None},
    "an odd account": {"object": "event", "id": "evt_1", "account": {"a": 1}},
    "a nul": {"object": "event", "id": "evt_\0", "account": "acct_\0"},
    "odd data": {"object": "event", "id": "evt_2", "type": "charge.succeeded", "data": []},
    "an odd type": {"object": "event", "id": "evt_3", "type": ["a"], "data": {"object": 1}},
    "an odd time": {"object": "event", "id": "evt_4", "created": "yesterday"},
    "a far time": {"object": "event", "id": "evt_5", "created": 10**30},
    "a long id": {"object": "event", "id": "e" * 9_000},
}


@pytest.fixture
def rules(app):
    """Every rule that is not the portal's."""
    found = [one for one in app.url_map.iter_rules() if not one.endpoint.startswith("portal.")]
    assert {one.endpoint.partition(".")[0] for one in found} == {
        "platform",
        "webhooks",
        "workbench",
    }
    return found


@pytest.fixture
def client(browse):
    return browse(settings().platform_host)


def paths(rule, cast):
    """The rule's address with a nasty value in each of its places, and with none."""
    good = {"slug": cast.bank.slug, "message_id": NOBODY, "kind": "page", "state": "usual"}

    def filled(place, value):
        def one(match):
            name = match[1].rpartition(":")[2]
            return quote(value if name == place else good.get(name, "none"), safe="")

        return re.sub(r"<([^>]+)>", one, rule.rule)

    yield filled(None, "")
    for place, nasty in itertools.product(sorted(rule.arguments), NASTY.values()):
        if len(nasty) < 1_000:
            yield filled(place, nasty)


def test_no_address_of_the_platform_breaks(client, rules, cast, dressed):
    broken = []
    for rule in rules:
        for path in paths(rule, cast):
            for method in rule.methods - {"OPTIONS"}:
                broken += failed(rule.endpoint, path[:80], client.open(path, method=method))
    assert broken == []


def test_no_query_breaks_the_platform(client, rules, cast, dressed):
    names = ("domain", "page", "to", "brand", "mode", "locale", "width", "kind", "of")
    broken = []
    for rule, (name, nasty) in itertools.product(rules, NASTY.items()):
        if "GET" in rule.methods and len(nasty) < 1_000:
            path = next(paths(rule, cast))
            answer = client.get(path, query_string=dict.fromkeys(names, nasty))
            broken += failed(name, rule.endpoint, answer)
    assert broken == []


def test_no_body_or_header_breaks_the_platform(client, rules, cast):
    broken = []
    posts = [rule for rule in rules if "POST" in rule.methods]
    assert {rule.endpoint for rule in posts} >= {"webhooks.stripe", "webhooks.receive_sns"}
    for rule, (name, (kind, body)) in itertools.product(posts, BODIES.items()):
        answer = client.post(rule.rule, data=body, content_type=kind)
        broken += failed(name, rule.rule, answer)
    signatures = ("t=1,v1=x", "t=,v1=", "v1=" * 1_000, "t=9e9,v1=\xff", "t=1" + ",v1=a" * 500)
    for rule, headers in itertools.product(
        posts, (*HEADERS, *({"Stripe-Signature": one} for one in signatures))
    ):
        answer = client.post(rule.rule, data=b"{}", headers=headers)
        broken += failed(str(headers)[:60], rule.rule, answer)
    assert broken == []


def test_no_signed_body_breaks_the_webhook(client, cast):
    """What the provider signed is believed, but not to be well-formed."""
    broken = []
    for name, odd in SIGNED.items():
        if isinstance(odd, dict):
            odd = {"account": cast.bank.stripe_account, **odd}
        body = json.dumps(odd)
        header = WebhookSignature.generate_signature_header(body, settings().stripe_webhook_secret)
        answer = client.post("/webhooks/stripe", data=body, headers={"Stripe-Signature": header})
        broken += failed(name, "/webhooks/stripe", answer)
    assert broken == []
