"""Every text of templates and code is in a catalogue, translated, with its placeholders."""

import re
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from themes.translations import CATALOGUES, LOCALES

ROOT = Path(__file__).resolve().parent.parent.parent
METHODS = [("**.py", "python"), ("**.html", "jinja2"), ("**.mjml", "jinja2"), ("**.txt", "jinja2")]
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2), "N_": None}
NATIVE = "en"
"""Messages are written in it: an empty translation falls back to the message itself."""
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{(\w*)\}")


def problems() -> list[str]:
    """What is missing, empty, fuzzy or has other placeholders than the message."""
    catalogues = {locale: _catalogues(locale) for locale in LOCALES}
    found = [
        f"{path}:{line}: not in any catalogue of {locale}: {message!r}"
        for path, line, message in _messages()
        for locale in LOCALES
        if locale != NATIVE
        and not any(message in catalogue for catalogue in catalogues[locale].values())
    ]
    for locale, domains in catalogues.items():
        for domain, catalogue in domains.items():
            found += [
                f"{locale}/{domain}: {problem}" for problem in _in_catalogue(catalogue, locale)
            ]
    return found


def _messages() -> list[tuple[str, int, str]]:
    found = []
    for package in ("app", "emails", "themes", "tenants"):
        for path, line, message, _comments, _context in extract_from_dir(
            ROOT / package, METHODS, keywords=KEYWORDS,
            options_map={"**.html": {"extensions": "jinja2.ext.do,jinja2.ext.loopcontrols"}},
        ):  # fmt: skip
            text = message[0] if isinstance(message, tuple) else message
            if text:
                found.append((f"{package}/{path}", line, text))
    return found


def _catalogues(locale: str) -> dict[str, Catalog]:
    folder: Path = CATALOGUES / locale / "LC_MESSAGES"
    found = {}
    for path in sorted(folder.glob("*.po")):
        with path.open("rb") as file:
            found[path.stem] = read_po(file, locale=locale)
    return found


def _in_catalogue(catalogue: Catalog, locale: str) -> list[str]:
    found = []
    for message in catalogue:
        if not message.id:
            continue
        originals = message.id if isinstance(message.id, tuple) else (message.id,)
        translations = message.string if isinstance(message.string, tuple) else (message.string,)
        if message.fuzzy:
            found.append(f"fuzzy: {originals[0]!r}")
        if locale != NATIVE and not all(translations):
            found.append(f"untranslated: {originals[0]!r}")
        known = set().union(*(_placeholders(original) for original in originals))
        for translation in filter(None, translations):
            if _placeholders(translation) - known:
                found.append(f"unknown placeholder in the translation of {originals[0]!r}")
    return found


def _placeholders(text: str) -> set[str]:
    return {match[1] or match[2] for match in PLACEHOLDER.finditer(text)}
