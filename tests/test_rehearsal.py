"""A rehearsal: days that are run before they come take the clock with them, on a developer's
machine alone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app import config, rehearsal
from tenants.clock import now, run_ahead, today
from tenants.scope import within
from tests.offers.people import set_up
from tests.outreach.people import dress

ZONE = "America/Sao_Paulo"


@pytest.fixture
def developing(app, settings, tmp_path, monkeypatch):
    """The process of a developer's machine, with a folder of its own."""
    monkeypatch.setattr(rehearsal, "LOOK", 0.0)
    told = replace(settings, environment="development", var_dir=tmp_path)
    config.use(told)
    rehearsal.follow(told)
    yield told
    config.use(settings)
    rehearsal.follow(settings)


def days_ahead():
    return round((now() - datetime.now(UTC)) / timedelta(days=1))


def run(app, tenant, *words):
    return app.test_cli_runner().invoke(
        args=["day", "run", "--tenant", tenant.slug, "--locale", "en", *words]
    )


def test_a_day_that_is_run_before_it_comes_takes_the_clock_with_it(app, browse, cast, developing):
    dress(cast.bank)
    with within(cast.bank) as session:
        set_up(session)
    real = today(ZONE)
    planned = run(app, cast.bank, "--plan-only", f"--date={real + timedelta(days=1)}")
    assert planned.exit_code == 0, planned.output
    assert days_ahead() == 0, "only planned"
    for days in (1, 3):
        ran = run(app, cast.bank, f"--date={real + timedelta(days=days)}")
        assert ran.exit_code == 0, ran.output
        assert f"gone on to {real + timedelta(days=days)}" in ran.stdout
        assert today(ZONE) == real + timedelta(days=days)
    assert "gone on" not in run(app, cast.bank).stdout, "the day that it is already"
    page = browse(config.settings().platform_host).get("/", headers={"Accept-Language": "en"})
    assert "by the clock of this rehearsal" in page.text


@pytest.mark.parametrize("environment", ["test", "production"])
def test_anywhere_else_the_clock_is_the_real_one(developing, environment):
    real = today(ZONE)
    assert rehearsal.go_on_to(real + timedelta(days=2), ZONE, developing)
    assert days_ahead() == 2
    elsewhere = replace(developing, environment=environment)
    assert not rehearsal.go_on_to(real + timedelta(days=5), ZONE, elsewhere)
    rehearsal.follow(elsewhere)
    assert days_ahead() == 0
    assert rehearsal.days(elsewhere) == 0


def test_the_clock_never_goes_back(developing):
    real = today(ZONE)
    assert rehearsal.go_on_to(real + timedelta(days=2), ZONE, developing)
    for days in (-3, 0, 1, 2):
        assert not rehearsal.go_on_to(real + timedelta(days=days), ZONE, developing)
    assert days_ahead() == 2


@pytest.mark.parametrize("written", ["", "soon", "-4", "1.5"])
def test_a_file_that_says_something_else_says_nothing(developing, written):
    (developing.var_dir / "days-ahead").write_text(written)
    assert days_ahead() == 0


def test_a_clock_that_is_told_nothing_is_not_ahead():
    run_ahead(timedelta)
    assert days_ahead() == 0
