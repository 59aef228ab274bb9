"""For which days a command that changes something may be run: a mistyped one would do harm."""

from datetime import date, timedelta

from app.cli.speech import end
from app.journeys.queries import come_to
from tenants.clock import today
from tenants.resolve import Resolved

FURTHEST = timedelta(days=7)
"""Days may be run ahead of the clock, one after the other; what lies further makes everything that
waits lapse at once."""
OVER = "%(slug)s has come to %(day)s already: no day before it can be run."
FAR = "%(slug)s: this day is more than a week after %(day)s. Run the days between first."


def check(tenant: Resolved, day: date, locale: str) -> None:
    """End the command for a day before the last one that was run, or far ahead of it."""
    latest = come_to(tenant)
    if latest and day < latest:
        end(locale, OVER, slug=tenant.slug, day=latest)
    ahead_of = max(latest or date.min, today(tenant.time_zone))
    if day > ahead_of + FURTHEST:
        end(locale, FAR, slug=tenant.slug, day=ahead_of)
