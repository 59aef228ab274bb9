"""The text twin of a mail: the same facts, links and rights, for who reads without HTML."""

from collections.abc import Mapping, Sequence

from themes.dress import Brand
from themes.formats import cnpj, phone
from themes.translations import catalogue

RULE = "-" * 40


class Foot:
    """Everything under the rule: `%` templates for the values of a message."""

    def __init__(
        self, *, verify: str, creditor: str, privacy: str, itemisation: str, unsubscribe: str
    ) -> None:
        base = [RULE, verify, "", creditor, privacy]
        self._templates = {
            (itemised, one_click): crlf(
                "\n".join([*base, *[itemisation] * itemised, *[unsubscribe] * one_click, ""])
            )
            for itemised in (False, True)
            for one_click in (False, True)
        }
        """By the rights it names: what the amount is made of, and to unsubscribe."""

    def filled(self, values: Mapping[str, str]) -> str:
        """The foot, lines ending in CRLF. `values` are of one line each: addresses and a code."""
        rights = bool(values["itemisation"]), bool(values["unsubscribe"])
        return self._templates[rights] % values


def twin(values: Mapping[str, str], rows: Sequence[tuple[str, str]]) -> str:
    """What stands above the foot, lines ending in CRLF. `values`: the mail's slots, unescaped."""
    said = [values["greeting"], values["opening"], values["body"], values["code"]]
    if rows:
        said.append("\n".join([f"{label}: {value}" for label, value in rows]))
    if values["action"]:
        said.append(f"{values['button']}:\n{values['action']}")
    else:
        said.append(values["said"])
    said.append(values["closing"])
    return crlf("\n\n".join([part for part in said if part]))


def crlf(text: str) -> str:
    """Lines that end as they travel."""
    return text.replace("\r\n", "\n").replace("\n", "\r\n")


def foot(brand: Brand, locale: str) -> Foot:
    """The foot of a brand in a locale."""
    say = catalogue(locale, "emails").gettext
    ask = say("Is this message really ours?")
    where = f"{say('Check it at')} %(verify)s {say('with the code')} %(verification_code)s"
    return Foot(
        verify=f"{ask} {where}",
        creditor=_creditor(brand, locale).replace("%", "%%"),
        privacy=say("Privacy") + ": %(privacy)s",
        itemisation=say("What the amount is made of") + ": %(itemisation)s",
        unsubscribe=say("Stop these e-mails") + ": %(unsubscribe)s",
    )


def _creditor(brand: Brand, locale: str) -> str:
    say = catalogue(locale, "emails").gettext
    contact, officer = brand.contact, brand.privacy_officer
    people = [phone(contact.phone)] if contact.phone else []
    people.append(contact.email)
    hours = contact.hours.get(locale)
    return "\n".join(
        [
            brand.name,
            brand.legal_name,
            f"CNPJ {cnpj(brand.cnpj)}",
            brand.address,
            f"{say('Talk to a person:')} {', '.join(people)}" + (f" ({hours})" if hours else ""),
            f"{say('Data protection officer:')} {officer.name}, {officer.email}",
        ]
    )
