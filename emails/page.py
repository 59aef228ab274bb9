"""The HTML of a mail as pieces of octets: constant ones that all mails share, and its own values.

A page is never joined on its own. Its pieces go into the message, and that is joined once, when it
is handed over: a batch of mails then holds its values, not twenty thousand octets each.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b

MOST_OCTETS = 998
"""Of one line, without its end (RFC 5322, 2.1.1)."""
_SLOT = re.compile(r"@@(\w+)@@")


class Shape:
    """A layout without the parts a mail lacks, with places for slots among its octets."""

    def __init__(self, octets: tuple[bytes, ...], slots: tuple[tuple[int, str], ...]) -> None:
        self.octets = octets
        self.slots = slots
        """(place in `octets`, the slot's name)."""
        self.digest = blake2b(b"\x00".join(octets), digest_size=32).digest()
        self.is_ascii = all(map(bytes.isascii, octets))
        constant = octets if not slots else octets[::2]
        self.is_dotted = b"\n." in b"\n" + b"".join(constant)
        self.room = _room(octets, frozenset(place for place, _ in slots))
        """How long every value may be so that surely no line is too long; negative: never."""

    def filled(self, values: Mapping[str, bytes]) -> "Page":
        """The page; `values` are escaped UTF-8. Raises KeyError for a slot without a value."""
        pieces, filling = list(self.octets), []
        for place, name in self.slots:
            pieces[place] = value = values[name]
            filling.append(value)
        return Page(self, pieces, filling)


def shape_of(html: str) -> Shape:
    """HTML with its slots, written @@name@@."""
    pieces = _SLOT.split(html)
    slots = tuple((place, pieces[place]) for place in range(1, len(pieces), 2))
    return Shape(tuple(piece.encode() for piece in pieces), slots)


def _room(octets: tuple[bytes, ...], slots: frozenset[int]) -> int:
    """The room for each value in the fullest line that has any."""
    marked = b"".join(b"\x00" if n in slots else piece for n, piece in enumerate(octets))
    fullest = MOST_OCTETS
    for line in marked.split(b"\r\n"):
        values = line.count(b"\x00")
        if values or len(line) > MOST_OCTETS:
            fullest = min(fullest, (MOST_OCTETS - len(line) + values) // max(values, 1))
    return fullest


@dataclass(slots=True)
class Page:
    """A filled shape."""

    shape: Shape | None
    """None for a page that was not made from one."""
    pieces: list[bytes]
    values: list[bytes]
    """What was put into the slots, in their order; all of a page that has none."""
    _lines: bytes = field(init=False)
    """As if each value began a line of its own, and what follows it another."""

    def __post_init__(self) -> None:
        self._lines = b"\n".join([b"", *self.values, b""])

    @classmethod
    def of(cls, octets: bytes) -> "Page":
        """Octets as they are."""
        return cls(None, [octets], [octets])

    @property
    def octets(self) -> bytes:
        """All of it, in UTF-8."""
        return b"".join(self.pieces)

    @property
    def digest(self) -> str:
        """BLAKE2b over the shape's digest and every value: other octets, another digest."""
        key = self.shape.digest if self.shape else b""
        # A value is escaped text: it holds no NUL.
        return blake2b(b"\x00".join(self.values), digest_size=32, key=key).hexdigest()

    def is_short(self) -> bool:
        """Whether surely no line is too long; False says nothing."""
        return self.shape is not None and max(map(len, self.values), default=0) <= self.shape.room

    def is_dotted(self) -> bool:
        """Whether a line may begin with a dot; False is sure. To look through all of it would cost
        as much as to make it."""
        if self.shape is None:
            return b"\n." in self._lines
        # After a value that ends a line anything may follow.
        return self.shape.is_dotted or b"\n." in self._lines or b"\n\n" in self._lines

    def is_ascii(self) -> bool:
        """Whether seven bits are enough."""
        return (self.shape is None or self.shape.is_ascii) and self._lines.isascii()
