"""What fits in a month, and when no plan does."""

from app.portal.plan_forms import FitsForm
from app.portal.samples.cast import State, filled, untouched
from app.portal.samples.offers import instalments

LEAST = 60_000


def _fits(*, found: bool = False, is_beyond: bool = False, **typed: str) -> State:
    def state() -> dict[str, object]:
        form = filled(FitsForm, typed) if typed else untouched(FitsForm)
        card = instalments()._replace(is_recommended=False, why=None) if found else None
        return {
            "form": form,
            "card": card,
            "said": [],
            "is_beyond": is_beyond,
            "least_left_cents": LEAST,
        }

    return state


STATES: dict[str, dict[str, State]] = {
    "fits": {
        "fresh": _fits(),
        "found": _fits(found=True, budget="250,00", income="1.900,00"),
        "wrong": _fits(budget="pouco", income="não sei"),
        "beyond": _fits(is_beyond=True),
        "beyond_this_plan": lambda: {
            "is_beyond": True,
            "is_this_plan": True,
            "least_left_cents": LEAST,
        },
    },
}
