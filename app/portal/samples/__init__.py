"""Every page of the portal in every state it can be in, on invented people and amounts.

The gallery, the accessibility proof and the screenshots show them; they are never loaded in
production. A state is a function from nothing to the context its view would give; it runs inside
a request that has a tenant, a brand and a locale.
"""

from flask import render_template

from app.portal.dress import surroundings
from app.portal.samples import agreements, doors, offers, payments, privacy
from app.portal.samples.cast import State

__all__ = ["SAMPLES", "page"]

SAMPLES: dict[str, dict[str, State]] = {
    f"portal/{name}.html": states
    for part in (doors, offers, agreements, payments, privacy)
    for name, states in part.STATES.items()
}
"""Template → state → its context."""


def page(template: str, state: str, *, locale: str, mode: str | None = None) -> str:
    """A page as HTML. `mode` forces light or dark. Raises KeyError for what is not a sample."""
    context = SAMPLES[template][state]()
    around = surroundings(signed_in=bool(context.pop("person_signed_in", True)))
    return render_template(template, **{**around, "locale": locale, "mode": mode, **context})
