"""Every page of the portal in every state it can be in, on invented people and amounts.

The gallery, the accessibility proof and the screenshots show them; they are never loaded in
production. A state is a function from nothing to the context its view would give; it runs inside
a request that has a tenant, a brand and a locale.
"""

from flask import render_template

from app.portal import dress, language, moulds, shell
from app.portal.samples import accounts, agreements, doors, fits, offers, payments, privacy
from app.portal.samples.cast import State

__all__ = ["SAMPLES", "page"]

SAMPLES: dict[str, dict[str, State]] = {
    f"portal/{name}.html": states
    for part in (doors, offers, accounts, fits, agreements, payments, privacy)
    for name, states in part.STATES.items()
}
"""Template → state → its context."""
IN_NO_DRESS = ("portal/nothing_here.html",)


def page(template: str, state: str, *, locale: str, mode: str | None = None) -> str:
    """A page as HTML. `mode` forces light or dark. Raises KeyError for what is not a sample."""
    context = SAMPLES[template][state]()
    if template in IN_NO_DRESS:
        return render_template(template, language_tag=language.TAGS[locale], **context)
    signed_in = bool(context.pop("person_signed_in", True))
    shell.forget()
    moulds.forget()  # in the gallery a skin may just have been edited
    return dress.page(template, signed_in=signed_in, mode=mode, **context)
