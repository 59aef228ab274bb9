"""The typed tokens of a brand: what is dressed, in which colours and shapes, who speaks and how.

Values only. How a creditor's file becomes these is `themes.schema`; how colours become roles that
can be read is `themes.roles`, given again here because the tokens are what they are made from.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from themes.formats import postal_code
from themes.roles import Mode, Roles, contrast_failures, roles_for

__all__ = [
    "Address",
    "BrandTokens",
    "Contact",
    "Lexicon",
    "Mode",
    "PrivacyOfficer",
    "Roles",
    "Voice",
    "contrast_failures",
    "roles_for",
]

SKINS = ("salao", "feira", "linha")
TONES = ("formal", "warm", "direct", "playful")
CORNERS = ("square", "soft", "round")
DENSITIES = ("airy", "regular", "dense")


@dataclass(frozen=True, slots=True)
class Address:
    """A Brazilian address; `postal_code` is eight digits, `state` two letters."""

    street: str
    district: str
    city: str
    state: str
    postal_code: str

    @property
    def line(self) -> str:
        """On one line, as on an envelope."""
        return (
            f"{self.street}, {self.district}, {self.city} – {self.state}, "
            f"{postal_code(self.postal_code)}"
        )


@dataclass(frozen=True, slots=True)
class Contact:
    """Where a person finds a person. Phones are E.164 or a 0800; hours are said per locale."""

    email: str
    phone: str | None = None
    whatsapp: str | None = None
    hours: Mapping[str, str] = field(default_factory=dict)
    site: str | None = None
    """The creditor's own site (https), for what is not a debt."""


@dataclass(frozen=True, slots=True)
class PrivacyOfficer:
    """The encarregado (LGPD 41, ANPD Res. 18/2024)."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class BrandTokens:
    """The look and the facts of a creditor. None in the character means: as the skin does."""

    name: str
    short_name: str
    legal_name: str
    cnpj: str
    address: Address
    contact: Contact
    privacy_officer: PrivacyOfficer
    primary: str
    """ "#rrggbb", lower case; so is `accent`."""
    accent: str
    skin: str
    locale: str = "pt_BR"
    corner: str | None = None
    density: str | None = None
    heading: str | None = None
    """A family of themes.fonts; so is `body`."""
    body: str | None = None

    def data(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return asdict(self)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "BrandTokens":
        """From what `data` gave. Raises TypeError or KeyError for anything else."""
        plain = dict(data)
        return cls(
            **plain
            | {
                "address": Address(**plain["address"]),
                "contact": Contact(**plain["contact"]),
                "privacy_officer": PrivacyOfficer(**plain["privacy_officer"]),
            }
        )


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Words of the house."""

    product_line: str
    preferred: Mapping[str, str] = field(default_factory=dict)
    """Our word → the brand's."""
    forbidden: tuple[str, ...] = ()
    article: str = ""
    """The Portuguese article before the name ("o", "a", "os", "as"); empty is guessed."""
    products: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Locale → a product as the portfolio or `product_line` names it, casefolded → its name."""

    def product(self, name: str, locale: str) -> str:
        """What a product is called in a language: its own name unless the brand gives another."""
        return self.products.get(locale, {}).get(name.casefold(), name)


@dataclass(frozen=True, slots=True)
class Voice:
    """How a creditor speaks."""

    tone: str
    lexicon: Lexicon
    fragments: Mapping[str, str] = field(default_factory=dict)
    """Own texts by "<locale>.<intent>.<slot>", optionally with the wording's letter after it."""

    def data(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return asdict(self)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Voice":
        """From what `data` gave. Raises TypeError or KeyError for anything else."""
        words = data["lexicon"]
        lexicon = Lexicon(
            words["product_line"],
            dict(words["preferred"]),
            tuple(words["forbidden"]),
            words["article"],
            {locale: dict(names) for locale, names in words.get("products", {}).items()},
        )
        return cls(data["tone"], lexicon, dict(data["fragments"]))
