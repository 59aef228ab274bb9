"""The frame of a page, made once per dress: head, masthead, trust strip, footer.

A page's own blocks are rendered on every request; around them stands a shell that is the same for
everybody in the same dress. A shell holds nobody's name, token or address: it keeps a place for
each of those, and `Shell.fill` puts them in. What a shell depends on is all in its key.
"""

import re
import secrets
from collections.abc import Callable, Mapping
from typing import Any

from app.portal import tongues
from tenants.kept import Kept

BLOCKS = ("title", "head", "main", "after", "scripts")
"""What a page fills in, in the order of base/_parts.html."""
CUT = secrets.token_hex(16)
"""Between a page's blocks. It is random, like the places, so that no text can imitate it."""
APART = {"layout": "base/_parts.html", "cut": CUT}
"""What renders a page as its blocks alone."""
_PLACE = secrets.token_hex(16)
_PLACES = re.compile(f"{_PLACE}-([a-zA-Z_]+)-")


class Shell:
    """A rendered layout with places to be filled."""

    def __init__(self, html: str) -> None:
        self._pieces = _PLACES.split(html)

    def fill(self, values: Mapping[str, str]) -> str:
        """The page: each place gets its value, which is HTML."""
        pieces = self._pieces.copy()
        pieces[1::2] = [values[name] for name in pieces[1::2]]
        return "".join(pieces)


def place(name: str) -> str:
    """What stands in a shell where a value of that name will be."""
    return f"{_PLACE}-{name}-"


def of(key: tuple[object, ...], surroundings: Callable[[], Mapping[str, Any]]) -> Shell:
    """The shell kept under `key`, which names all that `surroundings` depend on."""
    kept = _kept.get(key)
    if kept is None:
        kept = _make(surroundings())
        _kept.keep(key, kept)
    return kept


def forget() -> None:
    """Drop the shells: a skin was just edited."""
    _kept.clear()


def _make(surroundings: Mapping[str, Any]) -> Shell:
    places = {name: place(name) for name in BLOCKS}
    return Shell(tongues.render(surroundings["layout"], {**surroundings, "places": places}))


def parts(template: str, context: Mapping[str, Any]) -> dict[str, str]:
    """A page's own blocks as HTML, by name."""
    return apart(tongues.render(template, {**context, **APART}))


def apart(html: str) -> dict[str, str]:
    """The blocks by name, of a page that was rendered with APART."""
    return dict(zip(BLOCKS, html.split(CUT), strict=True))


_kept: Kept[tuple[object, ...], Shell] = Kept(4_096)
"""About 4 kB each."""
