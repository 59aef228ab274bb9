"""What is open, the proposal, and the ways to change it."""

import uuid
from dataclasses import replace
from datetime import date, datetime, timedelta

from flask import g

from app.offers.terms import Reason, because
from app.portal.accounts import Account, parts
from app.portal.forms import DisputeForm
from app.portal.language import current, gettext, ngettext
from app.portal.plan_forms import CounterForm, SimulatorForm
from app.portal.proposal import Card, Proposal, said
from app.portal.samples.cast import (
    ACCOUNT,
    NOW,
    PERSON,
    TODAY,
    Choices,
    State,
    filled,
    plain,
    untouched,
)

PLAN: Choices = {
    "times": [(n, f"{n}×") for n in range(1, 25)],
    "day": [(day, str(day)) for day in (5, 10, 15, 20, 25)],
}


def _why(*reasons: Reason) -> str:
    return " ".join(said(reasons, g.tenant.currency))


def _cash() -> Card:
    return Card(
        kind="cash",
        title=gettext("All at once"),
        total_cents=110_719,
        today_cents=110_719,
        monthly_cents=0,
        times=0,
        saved_cents=73_813,
        is_recommended=False,
        why=_why(because("most_saved", saved_cents=73_813)),
        choice={"option": "cash"},
        first_days=3,
    )


def instalments() -> Card:
    """The recommended way."""
    return Card(
        kind="instalments",
        title=ngettext("In %(num)s instalment", "In %(num)s instalments", 6),
        total_cents=132_860,
        today_cents=0,
        monthly_cents=22_143,
        times=6,
        saved_cents=51_672,
        is_recommended=True,
        why=_why(because("comfortable", comfortable_cents=25_000)),
        choice={"option": "instalments"},
    )


def _budget() -> Card:
    return Card(
        kind="budget",
        title=gettext("The smallest instalment"),
        total_cents=167_280,
        today_cents=0,
        monthly_cents=6_970,
        times=24,
        saved_cents=17_252,
        is_recommended=False,
        why=_why(because("smallest_instalment", count=24, instalment_cents=6_970)),
        choice={"option": "budget"},
    )


def _proposal() -> Proposal:
    return Proposal(
        total_cents=184_532,
        parts=parts(principal=150_000, fine=3_000, interest=27_911, index=3_621),
        cards=[_cash(), instalments(), _budget()],
        valid_until=TODAY + timedelta(days=9),
        accounts_count=2,
    )


def _times(card: Card, times: int) -> Card:
    amounts = ("total_cents", "today_cents", "monthly_cents", "saved_cents")
    return card._replace(**{name: getattr(card, name) * times for name in amounts})


def _offer(*news: Reason, cards: int = 3, times: int = 1, in_review: int = 0) -> State:
    def state() -> dict[str, object]:
        whole = _proposal()
        shown = [_times(card, times) for card in whole.cards[:cards]]
        if cards == 1:
            shown = [shown[0]._replace(is_recommended=True, why=_why(because("pay_once")))]
        flexible = any(card.times for card in shown)
        whole = whole._replace(cards=shown, in_review=in_review, is_flexible=flexible)
        told = _why(*news) or None
        whole = whole._replace(total_cents=whole.total_cents * times, news=told)
        return {"name": PERSON.name, "proposal": whole, "may_hesitate": True}

    return state


def _simulate(*, said: tuple[Reason, ...] = (), budget: str = "", hesitates: bool = False) -> State:
    def state() -> dict[str, object]:
        form = untouched(SimulatorForm, PLAN, down="200,00", times=8, day=10, budget=budget)
        card = Card(
            kind="instalments",
            title=ngettext("In %(num)s instalment", "In %(num)s instalments", 8),
            total_cents=139_360,
            today_cents=20_000,
            monthly_cents=14_920,
            times=8,
            saved_cents=45_172,
            is_recommended=False,
            why=None,
            choice={"down": "200,00", "times": "8", "day": "10"},
            first_days=3,
        )
        return {
            "form": form,
            "option": _Answered(14_920),
            "card": card,
            "said": [_why(reason) for reason in said],
            "hesitates": hesitates,
            "may_hesitate": not hesitates,
        }

    return state


class _Answered:
    """As much of an option as the sentence shows."""

    def __init__(self, instalment_cents: int) -> None:
        self.instalment_cents = instalment_cents


def _counter_form(typed: dict[str, str]) -> CounterForm:
    if typed:
        return filled(CounterForm, typed, PLAN)
    return untouched(CounterForm, PLAN, times=6, day=10)


def _counter(*, nearest: bool = False, is_enough: bool = False, **typed: str) -> State:
    def state() -> dict[str, object]:
        form = _counter_form(typed)
        return {
            "form": form,
            "is_enough": is_enough,
            "nearest": instalments()._replace(is_recommended=False) if nearest else None,
            "said": [_why(because("counter_too_low"))] if nearest else [],
        }

    return state


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
        due_on=date(2026, 3, 10),
        days=258,
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
    "offer": {
        "three_ways": _offer(),
        "two_ways": _offer(cards=2),
        "one_way": _offer(cards=1),
        "one_account_in_review": _offer(in_review=1),
        "long_amounts": _offer(times=100),
        "more_discount": _offer(because("more_discount", more_cents=11_072)),
        "more_instalments": _offer(because("more_instalments", count=24, before=12)),
        "final": _offer(because("more_discount", more_cents=4_150), because("final_offer")),
        "by_a_person": _offer(because("by_person")),
    },
    "simulate": {
        "fresh": _simulate(),
        "clipped": _simulate(
            said=(
                because("down_payment_raised", down_payment_cents=20_000),
                because("due_day_moved", day=10),
            )
        ),
        "back_and_forth": _simulate(hesitates=True),
        "budget": _simulate(
            said=(because("budget_below_smallest", instalment_cents=6_970),), budget="50,00"
        ),
    },
    "counter": {
        "fresh": _counter(),
        "not_quite": _counter(nearest=True, down="", times="6", amount="90,00", day="10"),
        "enough": _counter(is_enough=True),
        "wrong": _counter(down="muito", times="6", amount="", day="10"),
    },
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
