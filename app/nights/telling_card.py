"""A model card in words: what a score foretells, on what it was trained and how well it held."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from app.scoring.models import ScoreModel
from themes import formats
from themes.translations import catalogue


def _(text: str) -> str:
    """Marks a msgid."""
    return text


KINDS = {
    "commit_7": _("Agreement within 7 days (commit_7)"),
    "kept_30": _("Payment within 30 days (kept_30)"),
}
NOT_TRAINED = _("%(kind)s: not trained yet; the engine's own scores stand alone.")
STATES = {
    "active": _("in force"),
    "retired": _("retired"),
    "fallback": _("not in use: fell back on the engine's own scores"),
}
USED = {
    "boosting": _("gradient boosting"),
    "logistic": _("logistic regression"),
    "prior": _("the mean alone"),
}
HEAD = _("%(kind)s: version %(version)s, %(state)s.")
TRAINED = _(
    "  Trained by %(used)s on %(rows)s mornings of people, %(since)s to %(until)s;"
    " it happened to %(rate)s."
)
JUDGED = _(
    "  Judged on later days, %(since)s to %(until)s: ranking (AUC) %(auc)s, where 0.5 is chance;"
    " mean error of the chances (ECE) %(ece)s."
)
GROUPS = {"region": _("State"), "age_band": _("Age")}
UNKNOWN = {"region": _("State unknown"), "age_band": _("Age unknown")}
NAMED = _("%(group)s %(name)s")
GROUP = _("  %(group)s: %(rows)s; foretold %(foretold)s, happened %(happened)s, AUC %(auc)s.")
BANDS = {
    "under 30": _("under 30"),
    "30 to 44": _("30 to 44"),
    "45 to 59": _("45 to 59"),
    "60 and over": _("60 and over"),
}
FELL = {
    "drift": _("  On %(on)s: the people are others than those it was trained on (PSI %(psi)s)."),
    "library": _("  On %(on)s: it was made by another version of its library."),
    "calibration": _("  On %(on)s: it did not hold on days it never saw."),
}


def lines(kind: str, model: ScoreModel | None, locale: str) -> Iterator[str]:
    """The card of a score's latest version, None before the first."""
    words = catalogue(locale, "decisions").gettext
    named = words(KINDS[kind])
    if model is None:
        yield words(NOT_TRAINED) % {"kind": named}
        return
    told = model.card
    state = words(STATES[model.state])
    yield words(HEAD) % {"kind": named, "version": model.version, "state": state}
    yield words(TRAINED) % {
        "used": words(USED.get(told["used"], told["used"])),
        "rows": formats.number(told["rows"], locale),
        "since": formats.day(model.trained_from, locale),
        "until": formats.day(model.trained_to, locale),
        "rate": formats.percent(told["rate"], locale, 1),
    }
    since, until = (formats.day(date.fromisoformat(one), locale) for one in told["days"]["judge"])
    measured = {"auc": _shown(told["auc"], locale), "ece": _shown(told["ece"], locale)}
    yield words(JUDGED) % {"since": since, "until": until, **measured}
    for group, found in told["fairness"].items():
        for name, one in found.items():
            yield words(GROUP) % {"group": _who(group, name, words), **_of_group(one, locale)}
    if "fallback" in told:
        fallen = told["fallback"]
        on = formats.day(date.fromisoformat(fallen["on"]), locale)
        yield words(FELL[fallen["because"]]) % {"on": on, "psi": _shown(fallen.get("psi"), locale)}


def _who(group: str, name: str, words: Callable[[str], str]) -> str:
    """A group by its name; a state is a code and no text to translate."""
    if name in ("", "unknown"):
        return words(UNKNOWN[group])
    shown = words(BANDS[name]) if name in BANDS else name
    return words(NAMED) % {"group": words(GROUPS[group]), "name": shown}


def _of_group(found: Mapping[str, Any], locale: str) -> dict[str, str]:
    return {
        "rows": formats.number(found["rows"], locale),
        "foretold": formats.percent(found["foretold"], locale, 1),
        "happened": formats.percent(found["happened"], locale, 1),
        "auc": _shown(found["auc"], locale),
    }


def _shown(value: float | None, locale: str) -> str:
    """Three decimals as the language writes them; a dash where nothing could be measured."""
    if value is None:
        return "—"
    return formats.decimal(value, locale, 3)
