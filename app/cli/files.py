"""Files that a creditor writes, given to commands; what is wrong with one, in their language."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from app.cli.speech import end
from themes.tomlfile import FileInvalid

NOT_TAKEN = "%(file)s was not taken; nothing changed."
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@contextmanager
def taken(file: Path, locale: str) -> Iterator[None]:
    """End the command where `file` cannot be used, with a line for each fault."""
    try:
        yield
    except FileInvalid as refusal:
        for line in refusal.lines(locale):
            click.echo(line, err=True)
        end(locale, NOT_TAKEN, file=file.name)
