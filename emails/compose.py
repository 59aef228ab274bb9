"""Words in the brand's dress → a mail: subject, text twin, HTML, headers."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape
from typing import NamedTuple, Protocol

from emails.layout import Layout, layout
from emails.page import Page
from emails.twin import twin
from themes import formats
from themes.dress import Brand


class Spoken(Protocol):
    """The slots of a mail, as `themes.voice` gives them."""

    @property
    def subject(self) -> str: ...
    @property
    def preheader(self) -> str: ...
    @property
    def greeting(self) -> str: ...
    @property
    def opening(self) -> str: ...
    @property
    def body(self) -> str: ...
    @property
    def call_to_action(self) -> str: ...
    @property
    def closing(self) -> str: ...


class Verifiable(Protocol):
    """A message with a code by which anyone may check that the creditor sent it."""

    @property
    def verification_code(self) -> str | None: ...


class Sender(Protocol):
    """The tenant, as `tenants.resolve` gives it."""

    @property
    def primary_host(self) -> str: ...


class Links(NamedTuple):
    """Where a mail leads: absolute URLs on the tenant's own host."""

    action: str | None
    """None when there is nothing to do: the call to action is then said, not a button."""
    verify: str
    """The authenticity page."""
    privacy: str
    unsubscribe: str | None = None
    """One click (RFC 8058). None only in what the person asked for."""
    itemisation: str | None = None
    """What the amount is made of (CDC 42-A)."""


@dataclass(slots=True)
class Email:
    """A mail before it has an addressee; lines end in CRLF."""

    subject: str
    text: str
    page: Page
    headers: dict[str, str] = field(default_factory=dict)
    said: str = ""
    """The text without its foot: what this mail says and others do not."""

    @property
    def html(self) -> str:
        """The HTML as text, for whoever reads rather than sends it."""
        return self.page.octets.decode()


def compose(
    brand: Brand,
    words: Spoken,
    *,
    tenant: Sender,
    message: Verifiable,
    links: Links,
    locale: str,
    details: Iterable[tuple[str, str]] = (),
    code: str | None = None,
) -> Email:
    """A mail from words and facts; every value is escaped, nothing is run as a template.

    `details`: (label, value) rows, already formatted. `code`: shown large, for one-time codes;
    it is typed where it was asked for, so such a mail has no button.
    """
    scheme, _, place = links.verify.partition("://")
    host, _, path = place.partition("?")[0].partition("/")
    made = layout(brand, locale, f"{scheme}://{host}")
    values = _values(words, links, f"{tenant.primary_host}/{path}", message, code)
    present = frozenset([name for name, value in values.items() if value])
    shown = dict(zip(values, _escaped(values.values()), strict=True))
    for name in SAID & shown.keys():
        shown[name] = _kept(shown[name])
    shown["body"] = shown["body"].replace(b"\n\n", PARAGRAPH)
    shown["closing"] = shown["closing"].replace(b"\n", BREAK)
    rows = tuple(details)
    if rows:
        present |= {"details"}
        shown["rows"] = b"\r\n".join([_row(made, row) for row in rows])
    page = made.shape(present).filled(shown)
    said = twin(values, rows)
    text = f"{said}\r\n\r\n{made.foot.filled(values)}"
    return Email(words.subject, text, page, _headers(links, locale), said)


def _values(
    words: Spoken, links: Links, verify_shown: str, message: Verifiable, code: str | None
) -> dict[str, str]:
    """What fills the slots, unescaped; an empty value is a part that is left out."""
    action = None if code else links.action
    return {
        "subject": words.subject,
        "preheader": words.preheader,
        "greeting": words.greeting,
        "opening": words.opening,
        "body": words.body,
        "button" if action else "said": words.call_to_action,
        "closing": words.closing,
        "code": code or "",
        "action": action or "",
        "verify": links.verify,
        "verify_shown": verify_shown,
        "verification_code": message.verification_code or "",
        "privacy": links.privacy,
        "unsubscribe": links.unsubscribe or "",
        # Whoever waits for a code is not identified yet: nothing says that there is an amount.
        "itemisation": "" if code else links.itemisation or "",
    }


SAID = {"greeting", "opening", "body", "said", "closing"}
"""Slots of running text, in which a line may end anywhere."""
PARAGRAPH = b'</p>\r\n<p style="margin:0 0 16px">'
BREAK = b"<br>\r\n"
NUMBER = re.compile(formats.NUMBER.encode())


def _escaped(values: Iterable[str]) -> list[bytes]:
    """Values safe between tags and in attributes, in one pass over all of them."""
    given = list(values)
    together = "\x00".join(given)
    if together.count("\x00") >= len(given):  # a value held one: it goes
        together = "\x00".join([value.replace("\x00", "") for value in given])
    return escape(together).encode().split(b"\x00")


def _kept(value: bytes) -> bytes:
    """Escaped text in which no line ends inside a number."""
    return NUMBER.sub(_on_one_line, value) if b"-" in value else value


def _on_one_line(number: re.Match[bytes]) -> bytes:
    return b'<span style="white-space:nowrap">%s</span>' % number[0]


def _row(made: Layout, row: tuple[str, str]) -> bytes:
    label, value = _escaped(row)
    return made.row.filled({"label": label, "value": _kept(value)}).octets


def _headers(links: Links, locale: str) -> dict[str, str]:
    headers = {"Content-Language": locale.replace("_", "-")}
    if links.unsubscribe:
        headers["List-Unsubscribe"] = f"<{links.unsubscribe}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers
