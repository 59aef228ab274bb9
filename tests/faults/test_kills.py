"""A worker killed in the hand-over leaves one batch uncertain, and nothing twice."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import func, select

from app.outreach import leasing
from app.outreach.channels import Transports
from app.outreach.delivery import deliver_due
from app.outreach.models import Message
from tenants.clock import stopped_at
from tenants.scope import within
from tests.bench.bench_mail import people_with_messages
from tests.faults.killing import Killer, inbox
from tests.outreach.people import WORKING_HOUR

MESSAGES, BATCH = 60, 10


def test_kills_in_the_hand_over(cast, settings, tmp_path):
    with inbox(tmp_path) as box, stopped_at(WORKING_HOUR):
        told = replace(settings, email_transport="smtp", smtp_host="127.0.0.1", smtp_port=box.port)
        people_with_messages(cast.bank, MESSAGES)

        def work():
            deliver_due(cast.bank, through=Transports(told), batch_size=BATCH)

        killer = Killer(work)
        for number in range(3):
            goal = box.taken().total() + 3 + number
            assert killer.kill_when(lambda goal=goal: box.taken().total() >= goal)
        assert killer.finish()
        with within(cast.bank) as session:
            left = leasing.leave_uncertain(session, timedelta(0))
            rows = session.execute(
                select(Message.state, func.count(Message.id)).group_by(Message.state)
            ).all()
    states = {state: number for state, number in rows}  # noqa: C416 - rows are not plain pairs
    assert 0 < left <= 3 * BATCH
    assert states == {"sent": MESSAGES - left, "uncertain": left}
    assert set(box.taken().values()) == {1}
