"""Files that a creditor writes, given to commands; what is wrong with one, in their language."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import click

from themes.tomlfile import FileInvalid, say
from themes.translations import LOCALES

NOT_TAKEN = "%(file)s was not taken; nothing changed."
TOML = click.Path(exists=True, dir_okay=False, path_type=Path)
locale_option = click.option("--locale", type=click.Choice(LOCALES), default="pt_BR")


@contextmanager
def taken(file: Path, locale: str) -> Iterator[None]:
    """End the command where `file` cannot be used, with a line for each fault."""
    try:
        yield
    except FileInvalid as refusal:
        for line in refusal.lines(locale):
            click.echo(line, err=True)
        end(locale, NOT_TAKEN, file=file.name)


def tell(locale: str, message: str, **values: object) -> None:
    """A sentence of the catalogue "files"."""
    click.echo(say(locale, (message, values)))


def end(locale: str, message: str, **values: object) -> NoReturn:
    """The same, aside, and nothing after it: the command has failed."""
    click.echo(say(locale, (message, values)), err=True)
    raise SystemExit(1)
