"""The commands as a creditor's team types them."""

import pytest

from app.insights import report
from tenants.clock import stopped_at
from tenants.scope import within
from tests.nights.town import Town


@pytest.fixture
def run(app):
    """Runs `flask insights …` on the morning of a day."""

    def on(day: int, *words: object):
        with stopped_at(Town.morning(day)):
            return app.test_cli_runner().invoke(args=["insights", *map(str, words)])

    return on


def test_a_creditor_without_a_night_is_told_what_is_missing(run, cast):
    for word, code in (("report", 0), ("gate", 1), ("findings", 0)):
        answer = run(0, word, cast.bank.slug, "--locale", "en")
        assert answer.exit_code == code, "a gate with nothing to judge by lets nobody through"
        assert "nothing to say" in answer.output


def test_the_report_findings_and_gate_of_a_crowd(run, crowd):
    crowd.pay(6, share=0.01)
    slug = crowd.tenant.slug
    rolled = run(6, "roll-up", slug)
    assert (rolled.exit_code, rolled.output) == (0, f"{slug}: dias apurados: 6.\n")
    for locale, title in (("pt_BR", "O que o motor trouxe"), ("en", "What the engine brought")):
        answer = run(6, "report", slug, "--locale", locale)
        assert answer.exit_code == 0
        assert answer.output.startswith(title)
    assert run(6, "findings", slug).exit_code == 0
    gate = run(6, "gate", slug, "--locale", "en")
    assert (gate.exit_code, "Not yet." in gate.output) == (1, True)
    window = run(6, "report", slug, "--since", "2026-03-10", "--until", "2026-03-11", "--locale=en")
    assert "March 10, 2026 to March 11, 2026 (2 days)" in window.output
    window = run(6, "report", slug, "--since", "2026-03-10", "--until", "2026-03-10")
    assert "(1 dia)" in window.output


def test_the_tables_of_a_report_reach_as_far_as_its_groups(run, bank):
    for day in range(2):
        bank.live(day)
    assert run(2, "report", bank.tenant.slug).exit_code == 0
    with stopped_at(Town.morning(2)), within(bank.tenant) as session:
        made = report.make(session, bank.tenant, None, None)
    [engine] = (group for group in made.groups if group.arm == "engine")
    assert engine.contacts
    for table in made.tables:
        assert sum(row.sums["sent"] for row in table.rows) == engine.contacts


def test_a_candidate_that_is_none_is_refused_in_words(run, crowd, tmp_path):
    file = tmp_path / "candidate.toml"
    file.write_text('pigeons = ["white"]\n')
    answer = run(30, "gate", crowd.tenant.slug, file, "--locale", "en")
    assert answer.exit_code == 1
    assert "pigeons: there is no such field" in answer.output
    file.write_text("hours = [99, 10, 24]\n")
    answer = run(30, "gate", crowd.tenant.slug, file, "--locale", "en")
    assert answer.exit_code == 1
    assert answer.output == "hours: an hour is from 0 to 23, not 99, 24.\n"
    file.write_text('channels = ["email"]\n')
    answer = run(30, "gate", crowd.tenant.slug, file, "--locale", "en")
    assert "There is nothing to judge yet" in answer.output


def test_only_days_that_are_over_are_rolled_up(run, crowd):
    assert run(2, "roll-up", crowd.tenant.slug, "--since", "2026-03-11").exit_code == 1
