"""The engine's four verbs over its state, and one person planned anew."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from numbers import Integral
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from app.engine import frames, learning, planning, reporting
from app.engine.reporting import Report
from app.engine.state import State, begin, grow_older
from app.journeys.arms import ARM_NAMES
from app.journeys.spec import Spec, plain_day
from app.scoring.events import COLUMNS, checked, day_of
from app.scoring.features import WEEK

Columns = pl.DataFrame | Mapping[str, Any]
"""A frame, or columns by name as arrays or lists of one length; nan is no value."""


def _frame(columns: Columns, what: str) -> pl.DataFrame:
    if isinstance(columns, pl.DataFrame):
        return columns
    try:
        named = {name: _plain(values) for name, values in dict(columns).items()}
        return pl.DataFrame(named, strict=False, nan_to_null=True)
    except (pl.exceptions.PolarsError, TypeError, ValueError) as wrong:
        raise ValueError(f"{what}: columns by name, of one length, are needed") from wrong


def _plain(values: Any) -> Any:
    """An array of anything, as texts with missing values and lists come in, as a list."""
    if not isinstance(values, np.ndarray) or values.dtype != np.object_:
        return values
    some = [one.tolist() if isinstance(one, np.ndarray) else one for one in values]
    return [None if isinstance(one, float) and np.isnan(one) else one for one in some]


def _events(events: Columns) -> pl.DataFrame:
    """Events checked. Nothing at all, without a column, is a day on which nothing happened."""
    frame = _frame(events, "events")
    return checked(frame if frame.width else pl.DataFrame(schema=COLUMNS)).select(COLUMNS.keys())


def _as_sent(actions: pl.DataFrame) -> pl.DataFrame:
    """Planned contacts as events."""
    contacts = actions.select("person", "channel", "hour", "wording", "intensity")
    return contacts.with_columns(kind=pl.lit("sent"))


@dataclass(frozen=True, slots=True)
class Plan:
    """A day: `actions` one row per contact, `offers` one per person without agreement.

    `arm` says whose choice a row is: `engine`, or `explore` where one of the engine's people got
    something near the best, by chance (their group stays `engine` in `Engine.arms`); `rules` and
    `untouched` are the comparison. Their columns: `engine.frames`.
    """

    day: date
    actions: pl.DataFrame
    offers: pl.DataFrame
    prices: Mapping[str, float]
    """Cents that a place on a scarce channel costs that night."""


class Engine:
    """Who to contact how and when, with which words, and which offer they see.

    `plan` changes nothing that is known: the same state and day give the identical plan.
    """

    def __init__(self) -> None:
        self._state: State | None = None
        self._night: tuple[date, planning.Night] | None = None
        self._planned: dict[date, pl.DataFrame] = {}
        """The contacts of days of which nothing was learned yet."""
        self._told: tuple[date, list[pl.DataFrame]] | None = None
        """The events of the day that is being told: taken in once somebody asks."""
        self._tells = False

    @property
    def state(self) -> State:
        """What is known. Raises ValueError before `reset`."""
        if self._state is None:
            raise ValueError("reset: the engine has no portfolio yet")
        if self._told:
            (day, parts), self._told = self._told, None
            self._take_in(self._state, day, pl.concat(parts, how="diagonal_relaxed"))
        return self._state

    def reset(self, portfolio: Columns, rules: Mapping[str, Any], spec: Spec) -> None:
        """Begin with a portfolio. Raises ValueError naming what is wrong in it.

        `portfolio`: the columns of `scoring.people`, where each is described.
        `rules`: the creditor's offer rules as in a file of theirs (`offers.schema`): nobody is
        offered more than their maximum; `opening` binds the `rules` people, and where the spec
        keeps it everybody's first offer; otherwise the others begin where it pays most.
        """
        self._state, self._night = begin(_frame(portfolio, "portfolio"), rules, spec), None
        self._planned, self._told, self._tells = {}, None, False

    def plan(self, day: date) -> Plan:
        """The contacts of a day, and the offers for whoever comes. Of a moment the date counts;
        raises ValueError for what is no date.

        Contacts planned for an earlier day of which nothing was told yet count as sent.
        """
        state, day = self.state, plain_day(day)
        grow_older(state, day)
        state = self._as_planned(state, day)
        scored = planning.score_all(state, day)
        if scored is None:
            self._planned.pop(day, None)
            return Plan(day, *frames.empty(), prices={})
        chosen, night = planning.choose(state, scored, day)
        actions = frames.actions(state, chosen)
        self._night, self._planned[day] = (day, night), actions
        return Plan(
            day=day,
            actions=actions,
            offers=frames.offers(state, scored.offers),
            prices=dict(zip(state.spec.channels, night.prices.tolist(), strict=True)),
        )

    def learn(self, day: date, events: Columns) -> None:
        """Take in what happened on a day: the columns of `scoring.events`, of which person and
        kind must be there. Raises ValueError naming a wrong column before anything is changed;
        unknown people and kinds, and contacts and opt-outs of unknown channels, are counted in
        `report().ignored`.

        What came of a contact names its channel. A `visit` has the offer that was seen and whether
        it was `committed`: that opens an agreement, which `broken` ends and payments fulfil; a
        `payment` is money as it comes in, one instalment or all. An `opt_out` without a channel is
        about all of them, a `complaint` always. A contact is any kind of one: caps count the day
        and the six before it.

        A day may be told in several calls, until somebody asks for a plan or a report; what comes
        of a contact later belongs to the day on which it came.

        As long as nobody has ever told of a contact as `sent`, what was planned last for the day
        counts as sent: it counts against the caps even where nothing came of it.
        """
        day, told = plain_day(day), _events(events)
        if self._told is None or self._told[0] != day:
            _ = self.state  # a day before is taken in
            self._told = (day, [])
        self._told[1].append(told)

    def _take_in(self, state: State, day: date, events: pl.DataFrame) -> None:
        """A whole day."""
        told = self._with_sent(day, events)
        grow_older(state, day)
        learning.learn(state, day, told)
        self._planned.pop(day, None)
        self._planned = {
            planned: actions
            for planned, actions in self._planned.items()
            if (day - planned).days < WEEK
        }

    def _as_planned(self, state: State, day: date) -> State:
        """The state in which what was planned before `day`, and not told of, has been sent."""
        waiting = sorted(earlier for earlier in self._planned if earlier < day)
        if not waiting:
            return state
        history, index = state.history.rows(np.arange(len(state.people))), state.index
        theirs = pl.col("person").is_in(pl.Series(state.people.ids).implode())
        for earlier in waiting:
            sent = _as_sent(self._planned[earlier].filter(theirs))
            happened = day_of(sent, state.people, index.channels, index.hours, index.wordings)
            history.absorb(earlier, happened)
        return replace(state, history=history)

    def _with_sent(self, day: date, told: pl.DataFrame) -> pl.DataFrame:
        self._tells |= bool((told["kind"] == "sent").any())
        if self._tells or day not in self._planned:
            return told
        return pl.concat([_as_sent(self._planned[day]), told], how="diagonal_relaxed")

    def replan(self, person: int, events: Columns, day: date | None = None) -> pl.DataFrame:
        """One person's action (at most one row) after today's events, under the night's prices.

        Nothing is learned: the same events belong into `learn` at the end of the day. Raises
        ValueError for an unknown person or before the first `plan`.
        """
        if self._night is None:
            raise ValueError("plan: no night has been planned yet")
        at = self._at(person)
        when, night = self._night
        on = when if day is None else plain_day(day)
        told = _events(events)
        grow_older(self.state, on)
        one = self._as_planned(self.state.rows(at), on)
        return learning.replanned(one, np.zeros(1, dtype=np.int64), told, on, night)

    def _at(self, person: Any) -> NDArray[np.int64]:
        """The position of one person (1,). Raises ValueError for who is not there."""
        whole = isinstance(person, Integral) and not isinstance(person, bool)
        if whole and abs(int(person)) < 2**63:
            at = self.state.people.find(np.array([person], dtype=np.int64))
            if at[0] >= 0:
                return at
        raise ValueError(f"person: {person!r} is not in the portfolio")

    def arms(self) -> pl.DataFrame:
        """Each person's group for the comparison: engine, rules or untouched."""
        names = np.array(ARM_NAMES)[self.state.arm]
        return pl.DataFrame({"person": self.state.people.ids, "arm": names})

    def report(self) -> Report:
        """What was gained against the creditor's rules, honestly."""
        return reporting.report(self.state)
