"""A creditor's brand file, checked field by field.

What a person typed is met here once; behind it there are only typed tokens. A message names what is
wrong and what is expected, in the language asked for; the msgids are English.
"""

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, post_load, pre_load

from themes import checks
from themes.formats import ascii as to_ascii
from themes.roles import contrast_failures
from themes.tables import NOT_TEXT, ByName, Choice, Table, listed, stripped, table, text
from themes.tokens import (
    CORNERS,
    DENSITIES,
    SKINS,
    TONES,
    Address,
    Contact,
    Lexicon,
    PrivacyOfficer,
    Voice,
)
from themes.translations import LOCALES
from themes.typefaces import BODY_FAMILIES, FAMILIES

STATES = (
    *("AC", "AL", "AM", "AP", "BA", "CE", "DF", "ES", "GO", "MA", "MG", "MS", "MT", "PA"),
    *("PB", "PE", "PI", "PR", "RJ", "RN", "RO", "RR", "RS", "SC", "SE", "SP", "TO"),
)
SHORT_NAME_LENGTH = 14


class _Table(Table):
    @pre_load
    def tidy(self, data: Any, **_options: Any) -> Any:
        return stripped(data)


class AddressTable(_Table):
    street = text(3, 120)
    district = text(2, 60)
    city = text(2, 60)
    state = text(2, 2, checks.one_of(STATES))
    postal_code = text(1, 20)

    @post_load
    def make(self, data: dict[str, Any], **_options: Any) -> Address:
        digits = re.sub(r"\D", "", data["postal_code"])
        if len(digits) != 8:
            raise ValidationError({"postal_code": [("A CEP has eight digits.", {})]})
        return Address(**data | {"postal_code": digits})


class CompanyTable(_Table):
    name = text(2, 40)
    short_name = text(2, SHORT_NAME_LENGTH, load_default=None)
    legal_name = text(3, 120)
    cnpj = text(1, 18, checks.cnpj_number)
    address = table(AddressTable)

    @post_load
    def make(self, data: dict[str, Any], **_options: Any) -> dict[str, Any]:
        short = data["short_name"] or to_ascii(data["name"])
        if not short.isascii() or len(short) > SHORT_NAME_LENGTH:
            message = (
                "At most %(most)s plain letters: it signs the SMS.",
                {"most": SHORT_NAME_LENGTH},
            )
            raise ValidationError({"short_name": [message]})
        cnpj = re.sub(r"[^0-9A-Z]", "", data["cnpj"].upper())
        return data | {"short_name": short, "cnpj": cnpj}


class ContactTable(_Table):
    email = text(5, 120, checks.email_address)
    phone = text(3, 20, checks.phone_number, load_default=None)
    whatsapp = text(3, 20, checks.phone_number, load_default=None)
    site = text(8, 120, checks.https_site, load_default=None)
    hours = ByName(keys=Choice(LOCALES), values=text(2, 80), load_default=dict)

    @post_load
    def make(self, data: dict[str, Any], **_options: Any) -> Contact:
        return Contact(**data)


class PrivacyOfficerTable(_Table):
    name = text(2, 80)
    email = text(5, 120, checks.email_address)

    @post_load
    def make(self, data: dict[str, Any], **_options: Any) -> PrivacyOfficer:
        return PrivacyOfficer(**data)


class LookTable(_Table):
    skin = text(2, 20, checks.one_of(SKINS))
    primary = text(1, 40, checks.colour)
    accent = text(1, 40, checks.colour, load_default=None)
    corner = text(2, 20, checks.one_of(CORNERS), load_default=None)
    density = text(2, 20, checks.one_of(DENSITIES), load_default=None)
    heading = text(2, 20, checks.one_of(tuple(FAMILIES)), load_default=None)
    body = text(2, 20, checks.one_of(BODY_FAMILIES), load_default=None)
    logo = text(1, 120, load_default=None)
    logo_dark = text(1, 120, load_default=None)
    favicon = text(1, 120, load_default=None)

    @post_load
    def make(self, data: dict[str, Any], **_options: Any) -> dict[str, Any]:
        primary = _six_digits(data["primary"])
        accent = _six_digits(data["accent"] or primary)
        failures = contrast_failures(primary, accent)
        if failures:
            raise ValidationError({"primary": [("This colour cannot be made readable.", {})]})
        return data | {"primary": primary, "accent": accent}


class LexiconTable(_Table):
    product_line = text(2, 40)
    article = text(1, 2, checks.one_of(("o", "a", "os", "as")), load_default="")
    preferred = ByName(keys=text(1, 40), values=text(1, 40), load_default=dict)
    forbidden = listed(text(1, 40), load_default=list)
    products = ByName(
        keys=Choice(LOCALES),
        values=ByName(keys=text(1, 80), values=text(1, 40)),
        load_default=dict,
    )

    @post_load
    def make(self, data: dict[str, Any], **_options: Any) -> Lexicon:
        products = {
            locale: {name.strip().casefold(): said.strip() for name, said in names.items()}
            for locale, names in data["products"].items()
        }
        return Lexicon(**data | {"forbidden": tuple(data["forbidden"]), "products": products})


class VoiceTable(_Table):
    tone = text(2, 20, checks.one_of(TONES))
    lexicon = table(LexiconTable)
    fragments = ByName(keys=fields.String(), load_default=dict)

    @post_load
    def make(self, data: dict[str, Any], **_options: Any) -> Voice:
        return Voice(data["tone"], data["lexicon"], flatten(data["fragments"]))


class BrandFile(_Table):
    locale = text(2, 8, checks.one_of(LOCALES), load_default="pt_BR")
    company = table(CompanyTable)
    contact = table(ContactTable)
    privacy_officer = table(PrivacyOfficerTable)
    look = table(LookTable)
    voice = table(VoiceTable)


def flatten(nested: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """Nested tables of texts to dotted keys. Raises ValidationError for anything but texts."""
    flat: dict[str, str] = {}
    for key, value in nested.items():
        if isinstance(value, Mapping):
            flat |= flatten(value, f"{prefix}{key}.")
        elif isinstance(value, str):
            flat[prefix + key] = value.strip()
        else:
            raise ValidationError({"fragments": {prefix + key: [(NOT_TEXT, {})]}})
    return flat


def _six_digits(colour: str) -> str:
    digits = colour.lower().removeprefix("#")
    return "#" + ("".join(digit * 2 for digit in digits) if len(digits) == 3 else digits)
