"""The proposal, and the ways to change it."""

from datetime import timedelta

from flask import g

from app.offers.terms import Reason, because
from app.portal.accounts import parts
from app.portal.language import gettext, ngettext
from app.portal.plan_forms import CounterForm, SimulatorForm
from app.portal.proposal import Card, Proposal, said
from app.portal.samples.cast import PERSON, TODAY, Choices, State, filled, untouched

PLAN: Choices = {
    "times": [(n, f"{n}×") for n in range(1, 25)],
    "day": [(day, str(day)) for day in (5, 10, 15, 20, 25)],
}


def _why(*reasons: Reason) -> str:
    return " ".join(said(reasons, g.tenant.currency))


def _cash(times: int = 1) -> Card:
    return Card(
        kind="cash",
        title=gettext("All at once"),
        total_cents=110_719 * times,
        today_cents=110_719 * times,
        monthly_cents=0,
        times=0,
        saved_cents=73_813 * times,
        is_recommended=False,
        why=_why(because("most_saved", saved_cents=73_813 * times)),
        choice={"option": "cash"},
        first_days=3,
    )


def instalments(times: int = 1) -> Card:
    """The recommended way, with `times` its amounts."""
    return Card(
        kind="instalments",
        title=ngettext("In %(num)s instalment", "In %(num)s instalments", 6),
        total_cents=132_860 * times,
        today_cents=0,
        monthly_cents=22_143 * times,
        last_cents=22_145 * times,
        times=6,
        saved_cents=51_672 * times,
        is_recommended=True,
        why=_why(because("comfortable", comfortable_cents=25_000 * times)),
        choice={"option": "instalments"},
    )


def _budget(times: int = 1) -> Card:
    return Card(
        kind="budget",
        title=gettext("The smallest instalment"),
        total_cents=167_280 * times,
        today_cents=0,
        monthly_cents=6_970 * times,
        times=24,
        saved_cents=17_252 * times,
        is_recommended=False,
        why=_why(because("smallest_instalment", count=24, instalment_cents=6_970 * times)),
        choice={"option": "budget"},
    )


def _proposal(times: int) -> Proposal:
    return Proposal(
        total_cents=184_532 * times,
        parts=parts(
            principal=150_000 * times,
            fine=3_000 * times,
            interest=27_911 * times,
            index=3_621 * times,
        ),
        cards=[_cash(times), instalments(times), _budget(times)],
        valid_until=TODAY + timedelta(days=9),
        accounts_count=2,
    )


def _offer(*news: Reason, cards: int = 3, times: int = 1, in_review: int = 0) -> State:
    def state() -> dict[str, object]:
        whole = _proposal(times)
        shown = whole.cards[:cards]
        if cards == 1:
            shown = [shown[0]._replace(is_recommended=True, why=_why(because("pay_once")))]
        flexible = any(card.times for card in shown)
        whole = whole._replace(cards=shown, in_review=in_review, is_flexible=flexible)
        whole = whole._replace(news=_why(*news) or None)
        whole = whole._replace(alternative=_budget(times) if cards == 3 else None)
        return _page(whole)

    return state


def _page(proposal: Proposal, *, has_public_help: bool = True) -> dict[str, object]:
    return {
        "name": PERSON.name,
        "proposal": proposal,
        "may_hesitate": True,
        "has_public_help": has_public_help,
    }


def _beyond(reason: Reason, *, cards: int, has_public_help: bool = True) -> State:
    def state() -> dict[str, object]:
        shown = [card._replace(is_recommended=False) for card in _proposal(1).cards[:cards]]
        whole = _proposal(1)._replace(cards=shown, is_flexible=cards > 1, beyond=_why(reason))
        return _page(whole, has_public_help=has_public_help)

    return state


def _in_eight() -> Card:
    return Card(
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


def _simulate(*, said: tuple[Reason, ...] = (), budget: str = "", hesitates: bool = False) -> State:
    def state() -> dict[str, object]:
        card = _budget()._replace(why=None) if budget else _in_eight()
        down = "0,00" if budget else "200,00"
        values = {"down": down, "times": card.times, "day": 10, "budget": budget}
        return {
            "form": untouched(SimulatorForm, PLAN, **values),
            "option": _Answered(card.monthly_cents),
            "card": card,
            "said": [_why(reason) for reason in said],
            "hesitates": hesitates,
            "alternative": _budget(),
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
        "beyond_the_month": _beyond(
            because("beyond_month", month_cents=5_000, instalment_cents=6_970), cards=2
        ),
        "beyond_the_month_abroad": _beyond(
            because("beyond_month", month_cents=5_000, instalment_cents=6_970),
            cards=2,
            has_public_help=False,
        ),
        "beyond_the_means": _beyond(because("beyond_means"), cards=1),
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
            said=(
                because("budget_below_plan", budget_cents=5_000, count=24, instalment_cents=6_970),
            ),
            budget="50,00",
        ),
    },
    "counter": {
        "fresh": _counter(),
        "not_quite": _counter(nearest=True, down="", times="6", amount="90,00", day="10"),
        "enough": _counter(is_enough=True),
        "wrong": _counter(down="muito", times="6", amount="", day="10"),
    },
}
