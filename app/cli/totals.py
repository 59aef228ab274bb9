"""What a night or a day came to, and how far it is, in words."""

from collections import Counter
from collections.abc import Callable, Mapping

import click

from app.nights.night import WAITING
from app.outreach.models import MessageState
from themes import formats
from themes.tomlfile import say

DONE: Mapping[str, str] = {
    "broken": "agreements broken: %(count)s",
    "lapsed": "messages of earlier days taken back: %(count)s",
    "offers": "offers made: %(count)s",
    "conceded": "offers improved: %(count)s",
    "stopped": "people nothing may be sent to: %(count)s",
    "queued": "messages written: %(count)s",
    "dropped": "messages that were not needed any more: %(count)s",
    "withheld": "messages withheld: %(count)s",
    "sent": "messages sent: %(count)s",
    "failed": "messages that failed: %(count)s",
    "uncertain": "messages that may have left: %(count)s",
    "waiting": "messages that wait: %(count)s",
}
"""What is counted → msgid of the catalogue "files", in the order of a day."""
DOING: Mapping[str, str] = {
    WAITING: "Another run is at it: waiting.",
    "read": "People read: %(count)s",
    "chosen": "Messages chosen: %(count)s",
    "planned": "People planned: %(count)s",
    "delivered": "Messages delivered: %(count)s",
}
AGAIN: Mapping[str, str] = {MessageState.QUEUED: "waiting"}
TRAINED = "Scores trained: %(what)s"
NOTHING = "nothing to do"


def summary(totals: Mapping[str, int], locale: str) -> str:
    """What came of it in one line; what nothing came of is left out."""
    counted = [(message, totals[name]) for name, message in DONE.items() if totals.get(name)]
    said = [
        say(locale, (message, {"count": formats.number(count, locale)}))
        for message, count in counted
    ]
    return "; ".join(said) or say(locale, (NOTHING, {}))


def delivered(states: Counter[str]) -> Counter[str]:
    """What became of messages on their way out, by what it is counted as."""
    return Counter({AGAIN.get(state, state): count for state, count in states.items()})


def progress(locale: str, before: str = "") -> Callable[[str, int], None]:
    """Tells, aside, what is being done and for how many."""

    def show(what: str, count: int) -> None:
        shown = formats.number(count, locale)
        message = DOING.get(what, TRAINED)
        values = {"count": shown, "what": what.removeprefix("trained ")}
        click.echo(before + say(locale, (message, values)), err=True)

    return show
