"""What every e-mail must carry, looked for in the composed message itself (L16)."""

import re
from collections.abc import Iterator, Mapping
from typing import Protocol

from themes import formats
from themes.lint.folding import fold
from themes.lint.rules import Finding, finding

LONGEST_SUBJECT = 60
_SPAN = re.compile(r"</?span\b[^>]*>")
"""Says how a text looks, in the middle of it."""


class Email(Protocol):
    @property
    def subject(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def html(self) -> str: ...
    @property
    def headers(self) -> Mapping[str, str]: ...


class Links(Protocol):
    @property
    def unsubscribe(self) -> str | None: ...
    @property
    def privacy(self) -> str | None: ...
    @property
    def itemisation(self) -> str | None: ...


class Officer(Protocol):
    @property
    def email(self) -> str: ...


class Creditor(Protocol):
    """Who writes: what CDC art. 42-A wants on every document."""

    @property
    def legal_name(self) -> str: ...
    @property
    def cnpj(self) -> str: ...
    @property
    def address(self) -> object: ...
    @property
    def privacy_officer(self) -> Officer: ...


def lint_email(
    email: Email,
    *,
    brand: Creditor,
    message_class: str,
    locale: str,
    links: Links,
    verification_code: str | None,
    language: str | None = None,
) -> list[Finding]:
    """L16 on an e-mail as it leaves; each finding's `matched` names what is missing.

    A message the person requested needs no way out and no itemisation; the rest holds for all.
    """
    return [
        finding("L16", "", None, slot="email", language=language or locale, matched=missing)
        for missing in _missing(email, brand, message_class, links, verification_code)
    ]


def _missing(
    email: Email, brand: Creditor, message_class: str, links: Links, code: str | None
) -> Iterator[str]:
    both = {"text": email.text, "html": _SPAN.sub("", email.html).replace("&amp;", "&")}
    wanted: dict[str, str | None] = {
        "legal_name": brand.legal_name,
        "cnpj": formats.cnpj(brand.cnpj),
        "privacy_officer": brand.privacy_officer.email,
        "privacy": links.privacy,
        "verification_code": code,
    }
    if message_class == "outbound":
        wanted["unsubscribe"] = links.unsubscribe
        wanted["itemisation"] = links.itemisation
        yield from _missing_headers(email.headers)
    for name, value in wanted.items():
        if not value or any(not _has(body, value) for body in both.values()):
            yield name
    if any(not _has(body, line) for body in both.values() for line in _lines(brand.address)):
        yield "address"
    if not email.subject.strip() or len(email.subject) > LONGEST_SUBJECT:
        yield "subject"


def _missing_headers(headers: Mapping[str, str]) -> Iterator[str]:
    """RFC 8058: both headers, an HTTPS address among them."""
    named = {name.lower(): value for name, value in headers.items()}
    if "<http" not in named.get("list-unsubscribe", ""):
        yield "list-unsubscribe"
    if named.get("list-unsubscribe-post", "") != "List-Unsubscribe=One-Click":
        yield "list-unsubscribe-post"


def _has(body: str, value: str) -> bool:
    """Whether a body shows a value; white space and entities do not count."""
    plain = body.replace("&#39;", "'").replace("&#x27;", "'").replace("&quot;", '"')
    return "".join(fold(value).text.split()) in "".join(fold(plain).text.split())


def _lines(address: object) -> list[str]:
    """The address, as one text or as the fields of an object."""
    if isinstance(address, str):
        return [address]
    fields = getattr(address, "__dataclass_fields__", {})
    street = [getattr(address, name) for name in fields if name in ("street", "line", "city")]
    return [str(part) for part in street if part]
