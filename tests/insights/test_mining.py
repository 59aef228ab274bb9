"""A creditor's findings from its own rows, in words."""

import secrets

import pytest

from app.insights import figures, mining, telling_findings
from app.insights.findings import Finding, Kind
from app.insights.mining import HAPPENED, KNOWN_SERIES
from app.insights.telling import Teller
from tenants.clock import stopped_at
from tenants.scope import within
from tests.conftest import make_tenant
from tests.insights.conftest import crowd_of
from tests.nights.town import Town


def mined(tenant, day: int):
    with stopped_at(Town.morning(day)):
        figures.bring_up(tenant)
        with within(tenant) as session:
            return mining.mine(session, tenant)


def told(found, locale="en") -> str:
    return "\n".join(telling_findings.lines(found, Teller(locale, "BRL")))


def test_a_group_that_agrees_more_is_named(crowd):
    cards = crowd.people[::2]
    crowd.happens("agreement.accepted", cards[::4] + crowd.people[1::50], 2, total_cents=100)
    found = mined(crowd.tenant, 4)
    assert [(one.metric, one.where) for one in found.findings] == [
        ("agreed", (("product", "card"),))
    ]
    assert "Product card: 25.0% agreed" in told(found)
    assert "Produto card: 25,0% fecharam acordo" in told(found, "pt_BR")


def test_days_to_come_that_were_rolled_up_are_not_looked_at(crowd):
    before = mined(crowd.tenant, 4)
    with stopped_at(Town.morning(30)):
        figures.bring_up(crowd.tenant)
    after = mined(crowd.tenant, 4)
    assert (after.day, after.days) == (before.day, before.days)


def test_noise_is_not_named_and_it_says_what_was_looked_at(crowd):
    crowd.pay(4, share=0.03, seed=5)
    found = mined(crowd.tenant, 5)
    assert found.findings == []
    said = told(found)
    assert "Nothing stands out beyond luck" in said
    assert "among 2,000 people" in said
    assert "Changes of a week need five weeks" in said


def test_a_week_of_four_times_as_many_payments_is_a_change(crowd):
    crowd.pay(50, share=0.004)
    extra = iter(crowd.people)
    for day in range(43, 50):
        crowd.happens(
            "payment.received", [next(extra) for _ in range(25)], day, applied_cents=9_000
        )
    found = mined(crowd.tenant, 50)
    assert ("payments", Kind.CHANGE) in {(one.metric, one.kind) for one in found.findings}
    assert "What changed this week" in told(found)


def test_nothing_rolled_up_says_when(cast):
    found = mined(cast.shop, 3)
    assert found.day is None
    assert "There is nothing to say yet" in told(found)
    outsider = make_tenant(f"out-{secrets.token_hex(4)}", "Vivaz Telecom")
    assert mined(outsider, 3).looked_at == 0


def test_creditors_findings_do_not_mix(crowd, cast):
    theirs = crowd_of(cast.shop, 400)
    theirs.happens("agreement.accepted", theirs.people[::2], 1, total_cents=100)
    crowd.pay(3, share=0.03, seed=5)
    assert mined(crowd.tenant, 4).findings == []
    assert mined(crowd.tenant, 4).people == 2_000
    assert mined(cast.shop, 4).findings


@pytest.mark.parametrize("locale", ["pt_BR", "en"])
def test_every_finding_has_words(locale):
    tell = Teller(locale, "BRL")
    places = [
        (),
        (("channel", "email"),),
        *(((name, value),) for name in ("lateness", "balance") for value in mining.values_of(name)),
        *(((name, "x"),) for name in ("product", "state", "acquired")),
        *(((name, ""),) for name in ("state", "acquired")),
        *((("debts", value),) for value in ("1", "2", "more")),
        *((("reach", value),) for value in ("both", "email", "phone", "none")),
    ]
    kinds = {
        Kind.SEGMENT: tuple(HAPPENED), Kind.CHANGE: KNOWN_SERIES, Kind.ANOMALY: KNOWN_SERIES,
    }  # fmt: skip
    for kind, metrics in kinds.items():
        for metric in metrics:
            for where in places:
                one = Finding(kind, metric, where, 0.5, 0.25, 1_200, True, 0.01, 0.4, 0.6)
                said = telling_findings.sentence(one, tell)
                assert "%(" not in said
                assert said.endswith(".")
