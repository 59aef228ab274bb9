"""What is open, whose it is, and what the person says of it."""

import uuid
from dataclasses import replace
from datetime import date, datetime

from app.portal.accounts import Account, parts
from app.portal.forms import DisputeForm
from app.portal.language import current
from app.portal.samples.cast import ACCOUNT, NOW, PERSON, State, filled, plain, untouched


def account(
    state: str = "open",
    *,
    hold: str | None = None,
    answered_at: datetime | None = None,
    is_past: bool = False,
) -> Account:
    """A contract in a state."""
    owed = state in ("open", "agreed")
    return Account(
        id=ACCOUNT,
        product={"pt_BR": "Crediário de móveis", "en": "Furniture credit"}[current()],
        contract="CR-2024-118.204-7",
        origin={"pt_BR": "Loja Centro, Curitiba", "en": "Centre store, Curitiba"}[current()],
        due_on=date(2021, 3, 10) if is_past else date(2026, 3, 10),
        days=2084 if is_past else 258,
        parts=parts(principal=150_000, fine=3_000, interest=27_911, index=3_621) if owed else [],
        total_cents=184_532 if owed else 0,
        state=state,
        hold=hold,
        held_since=NOW if hold else None,
        answered_at=answered_at,
        is_past=is_past,
    )


def _accounts() -> dict[str, object]:
    states = ("open", "agreed", "settled", "recalled", "dismissed")
    made = [replace(account(state), id=uuid.UUID(int=40 + n)) for n, state in enumerate(states)]
    return {"accounts": made}


def _dispute(**typed: str) -> State:
    def state() -> dict[str, object]:
        form = filled(DisputeForm, typed) if typed else untouched(DisputeForm)
        return {"form": form, "account": account()}

    return state


STANDINGS = (
    *("in_review", "looked_after", "already_paid", "recalled", "past_its_time", "nothing_owed"),
    "with_a_person",
)
STATES: dict[str, dict[str, State]] = {
    "standing": {state: plain(person=PERSON, standing=state) for state in STANDINGS},
    "debts": {
        "several": _accounts,
        "in_review": lambda: {"accounts": [account(hold="dispute")]},
        "answered": lambda: {"accounts": [account(answered_at=NOW)]},
        "past_its_time": lambda: {"accounts": [account(is_past=True)]},
        "none": plain(accounts=[]),
    },
    "dispute": {"fresh": _dispute(), "too_long": _dispute(reason="fraud", note="a" * 2001)},
    "disputed": {
        "plain": lambda: {"account": account(hold="dispute")},
        "inside_an_agreement": lambda: {"account": account("agreed", hold="dispute")},
    },
}
