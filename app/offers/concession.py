"""A step of the ladder, put into the limits of one person's offer. Pure.

The ladder (app.offers.ladder) says how much and how long; here it becomes a larger opening share of
the creditor's maximum or a longer plan, so that the simulator, a counter-offer, the explanation and
"never worse than seen" work on it as on any other offer.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from app.offers.due_dates import Calendar
from app.offers.plans import Figures, allowed, at_once, fitting, nets
from app.offers.rules import of_limits
from app.offers.schema import Rules
from app.offers.terms import MILLION, Limits, Made, OptionKind, Reason, because

MOST_STEPS = 3
STEPPING = ("engine", "explore")
"""The arms whose people may be conceded something; all others see one offer."""


@dataclass(frozen=True, slots=True)
class Rung:
    """Where somebody stands on the ladder: what is stored with an offer."""

    step: int = 0
    arm: str | None = None
    propensity: float | None = None
    final: bool = False

    @property
    def is_labelled(self) -> bool:
        """Whether anything is worth carrying over to the person's next offer."""
        return self.arm is not None or self.step > 0


NOWHERE = Rung()
OPENING = (*STEPPING, "no_step")
"""The arms whose first offer is the engine's; all others begin as the creditor's rules say."""


@dataclass(frozen=True, slots=True)
class Concession:
    """What the ladder would show to somebody who comes today."""

    discount: float
    """Of what is owed, 0…1, in a plan of `instalments`."""
    instalments: int
    step: int
    arm: str
    propensity: float
    final: bool
    keeps_opening: bool = False
    """A first offer as the creditor's rules open, debt by debt: `discount` only foretells it."""

    @property
    def opens(self) -> bool:
        """Whether a first offer is the engine's own instead of the creditor's opening."""
        return not self.step and self.arm in OPENING and not self.keeps_opening

    @property
    def rung(self) -> Rung:
        """Where it leads."""
        return Rung(self.step, self.arm, self.propensity, self.final)


@dataclass(frozen=True, slots=True)
class Lift:
    """What a person of the creditor's concedes by hand, within their authority."""

    opening_ppm: int = 0
    longest: int = 0


LEAST_FELT = 0.01
"""Of what paying at once costs: a better offer by a few cents would read as mockery."""


class Wish(StrEnum):
    """What somebody looked for on their visits."""

    DISCOUNT = "discount"
    INSTALMENTS = "instalments"


LOOKED_AT = ("option.opened", "simulator.used", "counter.made")
"""The events that tell what somebody looked for."""


def is_at_once(kind: str, data: Mapping[str, Any]) -> bool:
    """Whether an event of LOOKED_AT was about paying all at once."""
    if kind == "option.opened":
        chosen = data.get("option", {})
        return bool(chosen.get("option") == OptionKind.CASH or chosen.get("times") == "1")
    return int(data.get("instalments", 0)) <= 1


def wish_of(happened: Iterable[tuple[str, Mapping[str, Any]]]) -> Wish | None:
    """What a visit's events (kind, data) lean to: paying once and less, or longer and smaller.

    None where they lean to neither.
    """
    looked = [is_at_once(kind, data) for kind, data in happened if kind in LOOKED_AT]
    leaning = len(looked) - 2 * sum(looked)
    if not leaning:
        return None
    return Wish.INSTALMENTS if leaning > 0 else Wish.DISCOUNT


def opening_for(limits: Limits, discount: float, count: int) -> int:
    """The opening share, in ppm, that a discount (of what is owed) in a plan of `count` needs."""
    utmost = nets(limits, min(max(count, 1), limits.plan.longest), utmost=True)
    most = utmost.saved_principal_cents + utmost.saved_charges_cents
    wanted = round(max(discount, 0.0) * limits.owed_cents)
    return min(MILLION, -(-wanted * MILLION // most)) if most else 0


def opened(limits: Limits, opening_ppm: int, *, at_least: bool = True) -> Limits:
    """With that opening on every debt; `at_least` keeps what is larger already."""
    share = min(max(opening_ppm, 0), MILLION)
    debts = tuple(
        replace(debt, opening_ppm=max(debt.opening_ppm, share) if at_least else share)
        for debt in limits.debts
    )
    return replace(limits, debts=debts)


def lengthened(limits: Limits, longest: int) -> Limits:
    """With a plan of at least `longest`."""
    plan = replace(limits.plan, longest=max(limits.plan.longest, longest))
    return replace(limits, plan=plan)


def utmost_longest(rules: Rules, limits: Limits) -> int:
    """How long the creditor lets a plan over these debts become by steps."""
    bands = {band.name: band.longest for band in rules.bands}
    found = [bands.get(debt.band, 0) for debt in limits.debts]
    return max(limits.plan.longest, min(found, default=0))


def climbed(
    limits: Limits, wanted: Concession, longest: int, wish: Wish | None
) -> tuple[Limits, Wish] | None:
    """The limits a step further: more discount or more instalments, never both.

    `longest` is the creditor's own. Where what the ladder raised would not be felt, the discount
    grows until it is. None where the rules have no room for that, or where a smaller sum, in fewer
    instalments of the creditor's least, would make the smallest instalment larger than the one that
    was seen.
    """
    opening = opening_for(limits, wanted.discount, wanted.instalments)
    cheaper = opened(limits, opening)
    longer = lengthened(limits, min(wanted.instalments, longest))
    ways = {Wish.DISCOUNT: cheaper, Wish.INSTALMENTS: longer}
    open_ways = _open(limits, ways)
    if not open_ways:
        ways = {Wish.DISCOUNT: _least_felt(limits)}
        open_ways = _open(limits, ways)
    if not open_ways:
        return None
    way = wish if wish in open_ways else open_ways[0]
    return ways[way], way


def _open(limits: Limits, ways: Mapping[Wish, Limits]) -> list[Wish]:
    """The ways that somebody would feel, and that make no smallest instalment larger."""
    smallest, longest = _smallest(limits), _longest(limits)
    return [
        way
        for way, after in ways.items()
        if after != limits
        and (_is_felt(limits, after) if way is Wish.DISCOUNT else _longest(after) > longest)
        and _smallest(after) <= smallest
    ]


def _least_felt(limits: Limits) -> Limits:
    """With the smallest opening whose discount is felt; the limits themselves where none is."""
    if not _is_felt(limits, opened(limits, MILLION)):
        return limits
    share = bisect_left(range(MILLION), True, key=lambda ppm: _is_felt(limits, opened(limits, ppm)))
    return opened(limits, share)


def has_room(limits: Limits, rules: Rules) -> bool:
    """Whether the rules let the ladder concede anything that is felt beyond these limits."""
    longest = utmost_longest(rules, limits)
    utmost = Concession(1.0, longest, 1, "", 1.0, final=False)
    return climbed(limits, utmost, longest, None) is not None


def began(made: Made, wanted: Concession, rules: Rules) -> tuple[Made, Rung]:
    """A first offer of the engine's: said to be final where no other comes."""
    final = wanted.final or (wanted.arm in OPENING and not has_room(made.limits, rules))
    if final:
        made = replace(made, reasons=(*made.reasons, because("final_offer")))
    return made, replace(wanted.rung, final=final)


def stepped(
    made: Made,
    wanted: Concession,
    seen: Limits,
    rules: Rules,
    wish: Wish | None,
    when: Calendar,
) -> tuple[Made, Rung] | None:
    """The offer a step better than what was `seen`; None where there is no room for one."""
    found = climbed(made.limits, wanted, utmost_longest(rules, made.limits), wish)
    if found is None:
        return None
    last = wanted.final or wanted.step >= MOST_STEPS
    rung = replace(wanted.rung, final=last or not has_room(found[0], rules))
    return _better(made, found[0], seen, when, final=rung.final), rung


def raised(made: Made, lift: Lift, seen: Limits, when: Calendar) -> Made:
    """The offer as a person of the creditor's improved it."""
    limits = lengthened(opened(made.limits, lift.opening_ppm), lift.longest)
    return _better(made, limits, seen, when, because("by_person"))


def _better(
    made: Made, limits: Limits, seen: Limits, when: Calendar, *more: Reason, final: bool = False
) -> Made:
    kept = tuple(reason for reason in made.reasons if reason.code != "kept_better")
    new = of_limits(limits, when, kept)
    return replace(new, reasons=(*new.reasons, *told(seen, new, final=final), *more))


def _is_felt(before: Limits, after: Limits) -> bool:
    was = at_once(before).total_cents
    return was - at_once(after).total_cents >= LEAST_FELT * was


def _smallest(limits: Limits) -> int:
    """The smallest monthly amount somebody can settle with, in cents."""
    each = (figures.instalment_cents for figures in allowed(limits))
    return min(each, default=at_once(limits).instalment_cents)


def _longest(limits: Limits) -> int:
    """The most instalments that somebody can settle in."""
    return max((figures.nets.count for figures in allowed(limits)), default=1)


def told(old: Limits, new: Made, *, final: bool) -> tuple[Reason, ...]:
    """What became better against what was seen, in figures that hold for the suggested plan."""
    reasons: list[Reason] = []
    before, after = _longest(old), _longest(new.limits)
    saved = _saved(old, new)
    if after > before:
        reasons.append(because("more_instalments", count=after, before=before))
    elif saved > 0:
        reasons.append(because("more_discount", more_cents=saved))
    if final:
        reasons.append(because("final_offer"))
    return tuple(reasons)


def _saved(old: Limits, new: Made) -> int:
    """How much less the suggested plan costs than the same plan did, in cents."""
    kinds = {option.kind: option for option in new.options}
    shown = kinds.get(OptionKind.INSTALMENTS, new.options[0])
    was = _plan(old, shown.instalments)
    return was.total_cents - shown.total_cents if was else 0


def _plan(limits: Limits, count: int) -> Figures | None:
    return at_once(limits) if count == 1 else fitting(limits, count)
