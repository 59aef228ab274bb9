"""A creditor's own parameters: what is no value is refused, and what was set can be taken back."""

import pytest
from sqlalchemy import select

from app.compliance.actions import tighten
from app.compliance.content import reputation
from app.compliance.explain import DETAILS
from app.compliance.models import AuditEntry, HoldKind, PolicyOverride
from app.compliance.policy import ENTRIES, NotStricter, standard
from app.compliance.queries import overrides, policy_in_force
from app.debts.models import ContactState, Whose
from tenants.scope import within

pytestmark = pytest.mark.usefixtures("working_hour")
JURISDICTIONS = ("BR", "US", "UK", "EU")
GARBAGE = [
    *(-1, -(10**20), 10**20, 0.5, 1e308, float("inf"), float("nan"), "", "foo", "1", b"1"),
    *(None, {}, {"a": 1}, [""], [" "], ["\u0000"], ["a" * 101], ["\ud800"], [1], [None], [[]]),
    *("25:00-26:00", "08:75-09:00", "-08:00", "08:00-", "10:00-09:00", "09:00", "08:00-20:00-"),
    *(["XX 2027-01-25"], ["SP 2027-02-30"], ["2027-01-25"], ["SP 2027-01-25 12"]),
    *(["banana"], ["SP 20270125"], ["SP 2027-W04-1"]),
]
GARBAGE_TEXTS = GARBAGE.index(["XX 2027-01-25"])
"""From here on they are lists of texts."""
FREE = {
    *(("BR-07", "words"), ("L21", "signposts")),
    *(("BR-05", "registries"), ("BR-06", "registries"), ("TR-05", "registries")),
}
"""What is said or named in somebody's own words: every text is a value."""


@pytest.mark.parametrize("jurisdiction", JURISDICTIONS)
def test_what_is_no_value_of_a_parameter_is_refused_and_without_effect(jurisdiction):
    policy = standard(jurisdiction)
    for rule in policy.rules.values():
        for name in rule.stricter:
            for value in GARBAGE:
                if (rule.id, name) in FREE and value in GARBAGE[GARBAGE_TEXTS:]:
                    continue
                own = {rule.id: {name: value}}
                with pytest.raises(NotStricter):
                    policy.with_overrides(own, refuse_looser=True)
                kept = policy.with_overrides(own).parameter(rule.id, name)
                if (rule.id, name) not in FREE:
                    assert kept == rule.parameters[name], (rule.id, name, value)


@pytest.mark.parametrize("jurisdiction", JURISDICTIONS)
def test_every_parameter_that_may_be_higher_says_how_high(jurisdiction):
    for rule in standard(jurisdiction).rules.values():
        higher = {name for name, direction in rule.stricter.items() if direction == "higher"}
        assert set(rule.most) == higher
        for name in higher:
            assert rule.tightened(name, rule.most[name], refuse_looser=True)
            with pytest.raises(NotStricter):
                rule.tightened(name, rule.most[name] + 1, refuse_looser=True)


def test_what_is_stored_is_written_in_one_way():
    policy = standard("BR")
    words = [*reversed(policy.parameter("BR-07", "words")), "CHEGA", "CHEGA"]
    tight = policy.with_overrides(
        {"BR-03": {"monday_to_friday": "9:00-18:00"}, "BR-07": {"words": words}},
        refuse_looser=True,
    )
    assert tight.parameter("BR-03", "monday_to_friday") == "09:00-18:00"
    assert tight.parameter("BR-07", "words") == [*policy.parameter("BR-07", "words"), "CHEGA"]


def test_of_nothing_sent_nothing_is_concluded_however_strict():
    tight = standard("BR").with_overrides({"BR-29": {"least_sent": 0}}, refuse_looser=True)
    assert reputation(0, 0, 0, tight) == ("ok", "")


@pytest.mark.parametrize(
    ("rule", "name", "value", "said"),
    [
        ("BR-08", "per_day", "-5", "Um número inteiro de 0 a 2: só um menor é mais rigoroso."),
        ("BR-08", "per_day", "nan", "Um número inteiro de 0 a 2"),
        ("BR-08", "per_day", "inf", "Um número inteiro de 0 a 2"),
        ("BR-08", "per_day", "true", "Um número inteiro de 0 a 2"),
        ("BR-08", "per_day", "9" * 5_000, "Um número inteiro de 0 a 2"),
        ("BR-08", "per_day", "[" * 2_000, "Um número inteiro de 0 a 2"),
        ("BR-13", "minimum_cents", "99999999999999999999", "Um número inteiro de 60000 a 10000000"),
        ("BR-03", "monday_to_friday", "foo", "De um horário a outro"),
        ("BR-03", "days_of_rest", '["XX 2027-01-25"]', "Uma lista de estados e datas"),
        ("BR-03", "days_of_rest", '["SP 20270125"]', "Uma lista de estados e datas"),
        (
            "BR-14",
            "fields",
            '["banana"]',
            "banana não existe aqui. Possíveis: name, address, document.",
        ),
        ("BR-09", "refused_states", '["bananas"]', "Possíveis: bounced, wrong_person, replaced."),
        ("BR-09", "refused_whose", '["own"]', "Possíveis: workplace, shared."),
        (
            "BR-11",
            "holds",
            '["dispute", "disputed"]',
            "disputed não existe aqui. Possíveis: dispute,",
        ),
        ("BR-27", "needs", '["approval"]', "approval não existe aqui."),
        ("BR-29", "alignment_needs", '["dane"]', "Possíveis: dkim, spf, dmarc."),
        ("BR-07", "words", '[""]', "SAIR, PARAR, PARE, STOP, CANCELAR"),
        ("BR-07", "words", "SAIR", "SAIR, PARAR, PARE, STOP, CANCELAR"),
        ("BR-13", "plan_months", "48", "Um tribunal ou alguém da equipe faz esse plano"),
        ("BR-16", "retain_days", "365", "Nenhuma ligação sai daqui"),
        ("BR-25", "calls_per_month", "1", "Nenhuma ligação sai daqui"),
        ("BR-08", "session", "1", "BR-08 não tem nada chamado session"),
        ("BR-08", "rule", "1", "BR-08 não tem nada chamado rule"),
        ("BR-99", "per_day", "1", "Não existe a regra BR-99."),
    ],
)
def test_a_slip_is_refused_in_the_creditors_language(flask, bank, rule, name, value, said):
    told = flask("policy", "tighten", bank.slug, "--", rule, name, value, refused=True)
    assert said in told
    assert "Traceback" not in told
    english = flask(
        "policy", "tighten", bank.slug, "--locale", "en", "--", rule, name, value, refused=True
    )
    assert english != told
    with within(bank) as session:
        assert overrides(session) == {}


def test_what_was_set_is_listed_and_can_be_taken_back(flask, bank, person):
    assert "nada próprio" in flask("policy", "own", bank.slug)
    flask("policy", "tighten", bank.slug, "BR-08", "per_day", "0")
    flask("policy", "tighten", bank.slug, "BR-08", "per_seven_days", "3")
    assert flask("policy", "own", bank.slug).splitlines() == [
        "BR-08 per_day = 0 em vez de 2",
        "BR-08 per_seven_days = 3 em vez de 6",
    ]
    flask("policy", "tighten", bank.slug, "BR-08", "per_day", "1", refused=True)
    assert "BR-08 per_day = 2" in flask("policy", "restore", bank.slug, "BR-08", "per_day")
    flask("policy", "restore", bank.slug, "BR-08", "per_day", refused=True)
    with within(bank) as session:
        assert overrides(session) == {"BR-08": {"per_seven_days": 3}}
        done = [entry.action for entry in session.scalars(select(AuditEntry))]
        assert done.count("policy.restored") == 1
    flask("policy", "restore", bank.slug, "BR-08", "per_seven_days")
    with within(bank) as session:
        assert policy_in_force(session).rules == standard("BR").rules
        assert session.scalars(select(PolicyOverride)).all() == []


def test_a_list_adds_to_what_is_there_in_whatever_order(flask, bank):
    flask("policy", "tighten", bank.slug, "BR-03", "days_of_rest", '["SP 2027-01-25"]')
    told = flask("policy", "tighten", bank.slug, "BR-03", "days_of_rest", '["RJ 2027-01-20"]')
    assert told.endswith('BR-03 days_of_rest = ["SP 2027-01-25", "RJ 2027-01-20"]\n')
    both = '["RJ 2027-01-20", "SP 2027-01-25"]'
    flask("policy", "tighten", bank.slug, "BR-03", "days_of_rest", both)
    assert flask("policy", "own", bank.slug) == (
        'BR-03 days_of_rest = ["SP 2027-01-25", "RJ 2027-01-20"] em vez de []\n'
    )
    with within(bank) as session:
        assert overrides(session) == {"BR-03": {"days_of_rest": ["SP 2027-01-25", "RJ 2027-01-20"]}}


def test_hours_of_a_state_that_the_law_names_none_for_are_a_creditors_own(flask, bank):
    told = flask("policy", "tighten", bank.slug, "BR-04", "SP", "09:00-18:00")
    assert told.endswith("BR-04 SP = 09:00-18:00\n")
    assert flask("policy", "own", bank.slug) == "BR-04 SP = 09:00-18:00 em vez de 08:00-20:00\n"
    refused = flask("policy", "tighten", bank.slug, "BR-04", "SP", "08:00-18:00", refused=True)
    assert "dentro de 09:00-18:00" in refused
    told = flask("policy", "restore", bank.slug, "BR-04", "SP")
    assert told.endswith("BR-04 SP = 08:00-20:00\n")


def test_another_creditors_own_stays_as_it_is(flask, cast, bank):
    flask("policy", "tighten", bank.slug, "BR-08", "per_day", "0")
    flask("policy", "restore", cast.shop.slug, "BR-08", "per_day", refused=True)
    with within(bank) as session:
        assert overrides(session) == {"BR-08": {"per_day": 0}}


def test_a_stored_value_that_is_none_keeps_no_question_from_being_answered(flask, bank, person):
    stored = {
        "BR-08": {"per_day": -5, "per_seven_days": 4, "per_month": 1},
        "BR-13": {"minimum_cents": 1e20},
        "BR-03": {"monday_to_friday": "foo"},
        "BR-99": {"per_day": 1},
    }
    with within(bank) as session:
        session.add_all(
            PolicyOverride(rule=rule, parameters=parameters) for rule, parameters in stored.items()
        )
        session.flush()
        policy = policy_in_force(session)
        assert policy.parameter("BR-08", "per_day") == 2
        assert policy.parameter("BR-08", "per_seven_days") == 4, "what can be used is in force"
        tighten(session, "BR-08", "per_day", 1)
    assert "E-mail: pode ser contatada agora" in flask("policy", "ask", bank.slug, person)
    own = flask("policy", "own", bank.slug)
    assert own.count("não tem efeito") == 4
    for rule, name in (
        ("BR-08", "per_month"),
        ("BR-13", "minimum_cents"),
        ("BR-03", "monday_to_friday"),
        ("BR-99", "per_day"),
    ):
        flask("policy", "restore", bank.slug, rule, name)
    with within(bank) as session:
        assert overrides(session) == {"BR-08": {"per_day": 1, "per_seven_days": 4}}


def test_the_entries_a_list_may_have_are_those_that_there_are():
    contact, content = ENTRIES["contact"], ENTRIES["content"]
    assert set(contact["holds"]) == set(HoldKind)
    assert set(contact["refused_states"]) == set(ContactState) - {ContactState.ACTIVE}
    assert set(contact["refused_whose"]) == set(Whose) - {Whose.OWN}
    assert {*contact["needs"], *content["needs"], *ENTRIES["audience"]["needs"]} <= set(DETAILS)
    for jurisdiction in JURISDICTIONS:
        for rule in standard(jurisdiction).rules.values():
            for name, possible in rule.entries.items():
                assert set(rule.parameters[name]) <= set(possible), (rule.id, name)
