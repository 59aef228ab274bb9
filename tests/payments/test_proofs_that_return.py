"""Receipts and letters of money that goes back while their PDFs are made."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from app.payments import documents, queries
from app.payments.models import Receipt
from tenants.scope import within
from tests.payments.people import make_deal
from tests.waiting import until

WITHIN = 30
"""Seconds that two who work at once may take."""


@pytest.fixture
def proofs(story):
    """A single payment that was refunded, undecided; its receipt and its letter."""
    payment = story.paid(make_deal(story.bank, (5_000,)))
    story.refund(payment)
    found = {receipt.kind: receipt.id for receipt in story.of(Receipt)}
    assert found.keys() == {"receipt", "quitacao"}
    return found


@pytest.mark.parametrize("kind", ["receipt", "quitacao"])
def test_a_pdf_that_is_made_while_the_money_goes_back_is_not_kept(story, proofs, kind):
    with ThreadPoolExecutor(1) as other:
        with within(story.bank) as session:
            clean = documents.receipt_file(session, story.bank, proofs[kind])[1]
            decided = other.submit(story.reverse)
            until(lambda: somebody_waits(session) or decided.done())
        decided.result(WITHIN)
    with within(story.bank) as session:
        assert documents.receipt_file(session, story.bank, proofs[kind])[1] != clean


@pytest.mark.parametrize("kind", ["receipt", "quitacao"])
def test_a_proof_that_was_read_before_the_money_went_back_is_printed_as_it_is_now(
    story, proofs, kind
):
    with within(story.bank) as session:
        read = queries.receipt(session, proofs[kind])
        assert not read.is_void
        story.reverse()
        documents.receipt_file(session, story.bank, read.id)
        assert read.is_void


def test_what_went_back_is_counted_on_the_receipt_alone(story, proofs):
    story.reverse()
    assert {one.kind: (one.returned_cents, one.is_void) for one in story.of(Receipt)} == {
        "receipt": (5_000, True),
        "quitacao": (0, True),
    }


def somebody_waits(session):
    """Whether another transaction of this database waits for this one."""
    return session.scalar(
        text(
            "SELECT count(*) FROM pg_stat_activity WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid))"
        )
    )
