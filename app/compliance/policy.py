"""The contact policy as data: rules per jurisdiction, tightened per tenant, never loosened.

What a contact rule asks (`Rule.asks`) is the name of one of `questions.QUESTIONS`; its parameters
say the rest.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from app.compliance.places import zones_of_state
from app.compliance.stricter import NotStricter as NotStricter
from app.compliance.stricter import days_of_rest, is_kept, refusal, stricter
from app.compliance.windows import Week, Window, parse_window

FOLDER = Path(__file__).with_name("policies")
EVERYWHERE = "any"
EU_MEMBERS = (
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()  # noqa: SIM905 - reads as the list it is
)
SETS = {"BR": "br", "US": "us", "UK": "uk", "GB": "uk", "EU": "eu"} | dict.fromkeys(
    EU_MEMBERS, "eu"
)
"""A tenant's jurisdiction → the file of its rules. One that has none may contact nobody."""
SATURDAY = "_saturday"
"""Behind a state, in the names of parameters."""
NO_RULE = "There is no rule %(rule)s. There are: %(rules)s."
NO_PARAMETER = "%(rule)s has nothing called %(name)s that can be made stricter. It has: %(names)s."
"""Msgids of the catalogue "files"."""


class Effect(StrEnum):
    ALLOW = "ALLOW"
    REQUIRE = "REQUIRE"
    DELAY = "DELAY"
    REVIEW = "REVIEW"
    BLOCK = "BLOCK"
    DEADLINE = "DEADLINE"


STRENGTH = {
    Effect.ALLOW: 0,
    Effect.REQUIRE: 1,
    Effect.DELAY: 2,
    Effect.REVIEW: 3,
    Effect.BLOCK: 4,
}


@dataclass(frozen=True)
class Rule:
    """One rule: what it is called, what it does, where it comes from, and its parameters."""

    id: str
    title: str
    explanation: str
    where: str
    effect: Effect
    sources: tuple[str, ...]
    uncertain: tuple[str, ...]
    """Parameters that counsel must confirm; "*" is the rule itself."""
    parameters: Mapping[str, Any]
    stricter: Mapping[str, str]
    asks: tuple[str, ...] = ()
    """Of a contact rule: the questions, by name."""
    classes: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    """Only these; empty is every channel."""
    also: Effect | None = None
    unknown: tuple[str, ...] = ()
    """What the rule asks and nothing here can tell yet; message ids."""
    most: Mapping[str, int] = field(default_factory=dict)
    """Of parameters that a tenant may make higher: how high."""
    fixed: Mapping[str, str] = field(default_factory=dict)
    """Parameters that nothing here acts on, so that a tenant cannot tighten them: why; msgids of
    the catalogue "files"."""
    entries: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Of lists whose entries are a closed set: which there are. Any other list is free."""

    def binds(self, channel: str, message_class: str) -> bool:
        """Whether the rule looks at messages of this class on this channel."""
        return message_class in self.classes and (not self.channels or channel in self.channels)

    def tightened(self, name: str, value: Any, *, refuse_looser: bool) -> "Rule":
        """With the stricter of a parameter's two values. Raises NotStricter for what is no value
        of it, and for a looser one when asked to refuse."""
        if name in self.fixed:
            raise NotStricter(self.fixed[name])
        if name not in self.stricter:
            names = ", ".join(self.stricter) or "—"
            raise NotStricter(NO_PARAMETER, rule=self.id, name=name, names=names)
        direction, ours = self.stricter[name], self.parameters[name]
        bound = self.most.get(name, self.entries.get(name))
        strictest = stricter(direction, ours, value, bound)
        if refuse_looser and not is_kept(direction, strictest, value):
            raise refusal(direction, ours, bound)
        return replace(self, parameters={**self.parameters, name: strictest})


@dataclass(frozen=True, eq=False)
class Policy:
    """The rules in force for one tenant."""

    version: str
    rules: Mapping[str, Rule]
    unusable: frozenset[tuple[str, str]] = frozenset()
    """Rule and parameter of what this tenant once set and nothing can be made of here."""
    jurisdiction: str = "BR"

    def parameter(self, rule: str, name: str) -> Any:
        """The value in force. Raises KeyError."""
        return self.rules[rule].parameters[name]

    @cached_property
    def contact_rules(self) -> tuple[Rule, ...]:
        """Those asked before somebody is contacted."""
        return tuple(rule for rule in self.rules.values() if rule.where == "contact")

    def asking(self, question: str) -> tuple[Rule, ...]:
        """The contact rules that ask this."""
        return self._asking.get(question, ())

    @cached_property
    def _asking(self) -> Mapping[str, tuple[Rule, ...]]:
        questions = {question for rule in self.contact_rules for question in rule.asks}
        return {
            question: tuple(rule for rule in self.contact_rules if question in rule.asks)
            for question in questions
        }

    @cached_property
    def stopping_holds(self) -> frozenset[str]:
        """Kinds of hold that stop contact."""
        return frozenset().union(*(rule.parameters["holds"] for rule in self.asking("holds")))

    @cached_property
    def base_week(self) -> Week | None:
        """The hours of every place; None where no rule sets any."""
        for rule in self.asking("hours"):
            days = ("monday_to_friday", "saturday", "sunday", "holiday")
            return Week(*(self._window(rule, name) for name in days))
        return None

    @cached_property
    def state_weeks(self) -> Mapping[str, Week]:
        """The hours of states (BR-04); Sunday and holidays are never wider than everywhere."""
        base = self.base_week
        return {
            uf: Week(
                parse_window(rule.parameters.get(uf, str(base.weekday))),
                parse_window(rule.parameters.get(f"{uf}{SATURDAY}", str(base.saturday))),
                base.sunday,
                base.holiday,
            )
            for rule in self.asking("state_hours")
            for uf in dict.fromkeys(name.removesuffix(SATURDAY) for name in rule.parameters)
            if base is not None
        }

    def rule_about(self, rule_id: str, name: str) -> Rule | None:
        """A rule with this parameter: hours of a state that no law is known of are, until a tenant
        makes them narrower, those of everywhere."""
        rule, uf = self.rules.get(rule_id), name.removesuffix(SATURDAY)
        if rule is None or name in rule.parameters or "state_hours" not in rule.asks:
            return rule
        if self.base_week is None or not zones_of_state(uf, self.jurisdiction):
            return rule
        hours = self.base_week.weekday if name == uf else self.base_week.saturday
        return replace(
            rule,
            parameters={**rule.parameters, name: str(hours)},
            stricter={**rule.stricter, name: "narrower"},
        )

    @cached_property
    def days_of_rest(self) -> frozenset[tuple[str | None, date]]:
        """State and day: what a tenant keeps as a holiday besides those of country and state."""
        return frozenset().union(
            *(days_of_rest(r.parameters.get("days_of_rest", ())) for r in self.asking("hours"))
        )

    def _window(self, rule: Rule, name: str) -> Window:
        """Where a rule knows no holidays, they are days like others."""
        return parse_window(rule.parameters.get(name, "00:00-24:00"))

    def with_overrides(
        self, overrides: Mapping[str, Mapping[str, Any]], *, refuse_looser: bool = False
    ) -> "Policy":
        """Tightened by a tenant's own parameters, rule id → name → value.

        A looser value has no effect, and one that is none is left out: what was stored once must
        never keep a question from being answered. Both raise NotStricter when `refuse_looser`.
        """
        rules, unusable = dict(self.rules), set()
        for rule_id, name, value in _each(overrides):
            try:
                rule = replace(self, rules=rules).rule_about(rule_id, name)
                if rule is None:
                    raise NotStricter(NO_RULE, rule=rule_id, rules=", ".join(rules))
                tight = rule.tightened(name, value, refuse_looser=refuse_looser)
            except NotStricter:
                if refuse_looser:
                    raise
                unusable.add((rule_id, name))
            else:
                rules[rule_id] = tight
        return replace(self, rules=rules, unusable=frozenset(unusable))


def _each(overrides: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, str, Any]]:
    for rule_id, parameters in overrides.items():
        for name, value in parameters.items():
            yield rule_id, name, value


@cache
def standard(jurisdiction: str = "BR") -> Policy:
    """The policy of a jurisdiction (a tenant's). Raises LookupError where none is written."""
    if jurisdiction not in SETS:
        raise LookupError(f"no contact policy for {jurisdiction}")
    own, everywhere = _document(SETS[jurisdiction]), _document(EVERYWHERE)
    brazil = {row["id"]: row for row in _document("br")["rules"]}
    rows = [*own["rules"], *everywhere["rules"], *(brazil[i] for i in own.get("adopts", ()))]
    rules = {row["id"]: _rule(row) for row in sorted(rows, key=lambda row: str(row["id"]))}
    return Policy(own["version"], rules, jurisdiction=SETS[jurisdiction].upper())


@cache
def _document(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))


def _rule(row: Mapping[str, Any]) -> Rule:
    return Rule(
        id=row["id"],
        title=row["title"],
        explanation=row["explanation"],
        where=row["where"],
        effect=Effect(row["effect"]),
        sources=tuple(row["sources"]),
        uncertain=tuple(row["uncertain"]),
        parameters=row["parameters"],
        stricter=row["stricter"],
        asks=tuple(row.get("asks", ())),
        classes=frozenset(row.get("classes", ())),
        channels=frozenset(row.get("channels", ())),
        also=Effect(row["also"]) if "also" in row else None,
        unknown=tuple(row.get("unknown", ())),
        most=row.get("most", {}),
        fixed=row.get("fixed", {}),
        entries={
            name: possible
            for name, possible in ENTRIES.get(row["where"], {}).items()
            if name in row["parameters"]
        },
    )


ENTRIES: Mapping[str, Mapping[str, Sequence[str]]] = _document(EVERYWHERE)["entries"]
"""By where a rule is asked and a parameter's name: what there is to name."""
