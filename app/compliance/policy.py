"""The contact policy as data: loaded once, tightened per tenant, never loosened."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from app.compliance.windows import Week, Window, parse_window

SOURCE = Path(__file__).with_name("policy.toml")


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


class NotStricter(ValueError):
    """A tenant's override names an unknown parameter or would loosen the policy."""


@dataclass(frozen=True)
class Rule:
    """One rule: what it is called, what it does, where it comes from, and its parameters."""

    id: str
    title: str
    explanation: str
    where: str
    effect: Effect
    sources: tuple[str, ...]
    uncertain: bool
    parameters: Mapping[str, Any]
    stricter: Mapping[str, str]
    classes: frozenset[str] = frozenset()
    also: Effect | None = None
    unknown: tuple[str, ...] = ()
    """What the rule asks and nothing here can tell yet; message ids."""

    def tightened(self, parameters: Mapping[str, Any], *, refuse_looser: bool) -> "Rule":
        """With the stricter of each parameter. Raises NotStricter when asked to refuse."""
        merged = dict(self.parameters)
        for name, value in parameters.items():
            if name not in self.stricter:
                raise NotStricter(f"{self.id} has no parameter {name}")
            strictest = _strictest(self.stricter[name], merged[name], value)
            if refuse_looser and strictest != value:
                raise NotStricter(f"{self.id}: {name} = {value} is looser than {merged[name]}")
            merged[name] = strictest
        return replace(self, parameters=merged)


def _strictest(direction: str, ours: Any, theirs: Any) -> Any:
    if direction == "lower":
        return min(ours, theirs)
    if direction == "higher":
        return max(ours, theirs)
    if direction == "superset":
        return [*ours, *(item for item in theirs if item not in ours)]
    return str(parse_window(ours).narrowed_by(parse_window(theirs)))


@dataclass(frozen=True, eq=False)
class Policy:
    """The rules in force for one tenant."""

    version: str
    rules: Mapping[str, Rule]
    tightened: frozenset[str] = field(default=frozenset())
    """The ids of rules this tenant made stricter."""

    def parameter(self, rule: str, name: str) -> Any:
        """The value in force. Raises KeyError."""
        return self.rules[rule].parameters[name]

    def binds(self, rule: str, message_class: str) -> bool:
        """Whether a contact rule looks at messages of this class."""
        return message_class in self.rules[rule].classes

    @cached_property
    def base_week(self) -> Week:
        """The hours of BR-03."""
        return Week(
            *(
                self._window("BR-03", n)
                for n in ("monday_to_friday", "saturday", "sunday", "holiday")
            )
        )

    @cached_property
    def state_weeks(self) -> Mapping[str, Week]:
        """The hours of BR-04, by state; Sunday and holidays are never wider than BR-03."""
        names = self.rules["BR-04"].parameters
        return {
            uf: Week(
                self._window("BR-04", uf),
                self._window("BR-04", f"{uf}_saturday"),
                self.base_week.sunday,
                self.base_week.holiday,
            )
            for uf in names
            if len(uf) == 2
        }

    def _window(self, rule: str, name: str) -> Window:
        return parse_window(self.parameter(rule, name))

    def with_overrides(
        self, overrides: Mapping[str, Mapping[str, Any]], *, refuse_looser: bool = False
    ) -> "Policy":
        """Tightened by a tenant's own parameters, rule id → name → value.

        A looser value has no effect, or raises NotStricter when `refuse_looser`.
        """
        rules = dict(self.rules)
        for rule_id, parameters in overrides.items():
            if rule_id not in rules:
                raise NotStricter(f"no rule {rule_id}")
            rules[rule_id] = rules[rule_id].tightened(parameters, refuse_looser=refuse_looser)
        return Policy(self.version, rules, frozenset(overrides))


@cache
def standard() -> Policy:
    """The policy as it stands in policy.toml."""
    document = tomllib.loads(SOURCE.read_text("utf-8"))
    return Policy(document["version"], {row["id"]: _rule(row) for row in document["rules"]})


def _rule(row: Mapping[str, Any]) -> Rule:
    return Rule(
        id=row["id"],
        title=row["title"],
        explanation=row["explanation"],
        where=row["where"],
        effect=Effect(row["effect"]),
        sources=tuple(row["sources"]),
        uncertain=row["uncertain"],
        parameters=row["parameters"],
        stricter=row["stricter"],
        classes=frozenset(row.get("classes", ())),
        also=Effect(row["also"]) if "also" in row else None,
        unknown=tuple(row.get("unknown", ())),
    )
