"""Message catalogues (gettext) without a web framework: the same for pages, mails and PDFs.

`themes/catalogues/<locale>/LC_MESSAGES/<domain>.po` is the only file of a catalogue; it is
compiled in memory, so there is no build step and nothing to forget.
"""

from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

LOCALES = ("pt_BR", "en")
CATALOGUES = Path(__file__).with_name("catalogues")


@cache
def catalogue(locale: str, domain: str) -> Translations:
    """The catalogue of `domain` in `locale`; `.gettext`, `.ngettext`, `.pgettext`.

    Raises LookupError for a locale that has no such catalogue.
    """
    path = CATALOGUES / locale / "LC_MESSAGES" / f"{domain}.po"
    if not path.exists():
        raise LookupError(f"no catalogue {domain} in {locale}")
    with path.open("rb") as file:
        template = read_po(file, locale=locale, domain=domain)
    compiled = BytesIO()
    write_mo(compiled, template)
    compiled.seek(0)
    return Translations(compiled, domain)
