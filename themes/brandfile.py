"""A creditor's brand file and the images beside it, read into typed tokens, voice and pictures.

    locale = "pt_BR"
    [company]  [company.address]  [contact]  [privacy_officer]  [look]  [voice]  [voice.lexicon]

The tables and their fields are those of `themes.schema`.
"""

import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from themes.dress import Brand
from themes.images import ImageRefused, Made, read
from themes.lint import check_fragments, check_lexicon
from themes.logos import logo_images
from themes.schema import BrandFile
from themes.tokens import BrandTokens, Voice
from themes.tomlfile import FileInvalid, checked, parse, say
from themes.translations import LOCALES

MOST_IMAGE_BYTES = 1024 * 1024
"""Read of an image at most; `themes.images` refuses less than this already."""
IMAGES = ("logo", "logo_dark", "favicon")


class BrandInvalid(ValueError):
    """A brand file that cannot be worn; `errors` says field by field why, in its `locale`."""

    def __init__(self, errors: dict[str, str], locale: str) -> None:
        super().__init__("; ".join(f"{field}: {message}" for field, message in errors.items()))
        self.errors = errors
        self.locale = locale


@dataclass(frozen=True, slots=True)
class Dressed:
    """What a brand file holds, checked."""

    tokens: BrandTokens
    voice: Voice
    images: list[Made]


def read_file(source: Path | bytes, assets_dir: Path | None = None) -> Dressed:
    """A brand file in TOML; `assets_dir` is where the images it names are (its own folder).

    Raises BrandInvalid, with every error that was found.
    """
    folder = assets_dir or (source.parent if isinstance(source, Path) else None)
    locale = LOCALES[0]
    try:
        data = parse(source.read_bytes() if isinstance(source, Path) else source)
        locale = data["locale"] if data.get("locale") in LOCALES else locale
        tokens, voice = _typed(data)
    except FileInvalid as error:
        told = {fault.where: fault.said(locale) for fault in error.faults}
        raise BrandInvalid(told, locale) from error
    return Dressed(tokens, voice, _images(data["look"], tokens, folder))


def _typed(data: dict[str, Any]) -> tuple[BrandTokens, Voice]:
    loaded = checked(BrandFile(), data)
    look = {key: value for key, value in loaded["look"].items() if key not in IMAGES}
    tokens = BrandTokens(
        **loaded["company"],
        **look,
        contact=loaded["contact"],
        privacy_officer=loaded["privacy_officer"],
        locale=loaded["locale"],
    )
    voice: Voice = loaded["voice"]
    _check_voice(Brand(uuid.UUID(int=0), 0, tokens, voice, stylesheet_hash=""))
    return tokens, voice


def _check_voice(brand: Brand) -> None:
    language = brand.locale
    words = check_lexicon(brand, language=language)
    texts = check_fragments(brand.fragments, brand, language=language)
    errors = {f"voice.lexicon.{word}": said for word, said in words.items()}
    errors |= {f"voice.fragments.{key}": said for key, said in texts.items()}
    if errors:
        raise BrandInvalid(errors, language)


def _images(look: dict[str, Any], tokens: BrandTokens, folder: Path | None) -> list[Made]:
    found, errors = {}, {}
    for field in IMAGES:
        try:
            found[field] = read(_file(folder, look[field])) if look.get(field) else None
        except ImageRefused as refusal:
            errors[f"look.{field}"] = say(tokens.locale, (str(refusal), {}))
    if errors:
        raise BrandInvalid(errors, tokens.locale)
    return logo_images(tokens, found["logo"], found["logo_dark"], found["favicon"])


def _file(folder: Path | None, name: str) -> bytes:
    """An image beside the brand file: a plain name, never a path. Raises ImageRefused."""
    elsewhere = ImageRefused("An image is named by its file beside the brand file.")
    if folder is None or Path(name).name != name:
        raise elsewhere
    try:
        path = (folder / name).resolve(strict=True)
        if path.parent != folder.resolve() or not path.is_file():
            raise elsewhere
        with path.open("rb") as file:
            return file.read(MOST_IMAGE_BYTES)
    except OSError as error:
        raise ImageRefused("This file is not there.") from error
