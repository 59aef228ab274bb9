"""A night killed in the middle is completed by the next run: the same prices, nobody twice."""

import os
import signal
import subprocess
import sys
from collections import Counter

from sqlalchemy import func, select

from app.journeys import settings as intents
from app.journeys.models import Decision
from app.nights import night
from app.nights.replaying import replay
from app.outreach.models import Message
from tenants.clock import stopped_at
from tenants.scope import within
from tests.nights.town import SETTINGS, Town, silent
from tests.offers.people import set_up
from tests.outreach.people import add_person, dress
from tests.stage import ROOT, environment

PEOPLE, CHUNK = 30, 2


def test_a_killed_night_is_completed(cast, database, settings):
    day = Town.morning(0).date()
    with stopped_at(Town.morning(0)):
        dress(cast.bank)
        with within(cast.bank) as session:
            set_up(session)
            intents.put(session, SETTINGS)
            for _ in range(PEOPLE):
                add_person(session)

    def decided():
        with within(cast.bank) as session:
            return session.scalar(select(func.count(Decision.id)))

    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.nightly", cast.bank.slug, str(CHUNK)],
        cwd=ROOT,
        env=os.environ | environment(database, settings.var_dir),
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        for line in process.stdout:
            if line.startswith("planned"):
                process.kill()
    assert process.returncode == -signal.SIGKILL, "it was killed, not done"
    fixed, before = night.of_day(cast.bank, day), decided()
    assert fixed.state == "planned"
    assert before
    with stopped_at(Town.morning(0)):
        night.plan(cast.bank, progress=silent)
    done = night.of_day(cast.bank, day)
    assert done.state == "complete"
    assert (done.id, done.prices, done.seed) == (fixed.id, fixed.prices, fixed.seed)
    found = replay(cast.bank, day)
    assert found.decisions == decided() > before
    assert not found.differences
    with within(cast.bank) as session:
        written = Counter(session.scalars(select(Message.debtor_id)))
    assert set(written.values()) == {1}
