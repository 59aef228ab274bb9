"""What commands say, in the language of whoever reads it: results, refusals, slips of the hand.

Every sentence is a message of the catalogue "files". Only the pages of `--help` are in English.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NoReturn

import click
from flask.cli import AppGroup

from tenants.clock import now
from themes.checks import ONE_OF, Problem, written
from themes.tomlfile import say
from themes.translations import LOCALES

locale_option = click.option("--locale", type=click.Choice(LOCALES), default=LOCALES[0])
MISSING = "This is missing."
FIRST_DAY, AHEAD = date(2000, 1, 1), timedelta(days=366)
"""From when to how far ahead a date of a command may be: what lies beyond was mistyped."""


class Day(click.DateTime):
    """A date as its midnight, from FIRST_DAY to AHEAD of today."""

    def __init__(self) -> None:
        super().__init__(["%Y-%m-%d"])

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Raises click.BadParameter."""
        found = super().convert(value, param, ctx)
        if not FIRST_DAY <= found.date() <= now().date() + AHEAD:
            self.fail("too early or too late", param, ctx)
        return found


DAY = Day()
KINDS: tuple[tuple[type[click.ParamType[Any]], str], ...] = (
    (click.types.UUIDParameterType, "An id has 36 characters, as the lists show it."),
    (Day, "A date is written 2026-11-23, from 2000 to a year ahead."),
    (click.Path, "There is no file of this name that can be read."),
    (click.types.IntParamType, "This is not a whole number."),
)
"""What belongs into a place, by its type; ranges come before."""


def tell(locale: str, message: str, **values: object) -> None:
    """A sentence."""
    click.echo(say(locale, (message, values)))


def aside(locale: str, message: str, **values: object) -> None:
    """The same, where whatever reads the result does not read it."""
    click.echo(say(locale, (message, values)), err=True)


def end(locale: str, message: str, **values: object) -> NoReturn:
    """The same, and nothing after it: the command has failed."""
    aside(locale, message, **values)
    raise SystemExit(1)


def end_at(place: str, locale: str, message: str, **values: object) -> NoReturn:
    """The same about one place of the command."""
    click.echo(f"{place}: {say(locale, (message, values))}", err=True)
    raise SystemExit(1)


def refuse(locale: str, problem: Problem) -> NoReturn:
    """The same for what was found wrong elsewhere."""
    end(locale, problem[0], **problem[1])


def spoken() -> str:
    """The language of the command that runs."""
    context = click.get_current_context(silent=True)
    asked = context.params.get("locale") if context else None
    return asked if asked in LOCALES else LOCALES[0]


class Mistyped(click.UsageError):
    """Words that make no command; says in their language which one is wrong, and how it is."""

    def __init__(self, ctx: click.Context, locale: str, lines: Sequence[str]) -> None:
        super().__init__("\n".join(lines), ctx)
        self.usage = say(locale, ("It is written: %(usage)s", {"usage": " ".join(_usage(ctx))}))

    def show(self, file: object = None) -> None:
        """On the terminal, aside."""
        click.echo(f"{self.message}\n{self.usage}", err=True)


class Command(click.Command):
    """A command that says in the reader's language what was mistyped."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Raises Mistyped."""
        locale = _asked(args)
        try:
            return super().parse_args(ctx, args)
        except click.exceptions.NoArgsIsHelpError:
            raise
        except click.UsageError as error:
            raise Mistyped(ctx, locale, [_line(self, error, locale)]) from error


class Group(Command, AppGroup):
    """Commands about one subject."""

    command_class = Command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Raises Mistyped for a name that no command has."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            problem: Problem = (
                "There is no command %(name)s. There are: %(names)s.",
                {"name": args[0], "names": ", ".join(self.list_commands(ctx))},
            )
            locale = _asked(args)
            raise Mistyped(ctx, locale, [say(locale, problem)]) from error


def _asked(args: Sequence[str]) -> str:
    """The language that the words ask for, whatever else is wrong with them."""
    for at, word in enumerate(args):
        name, _, value = word.partition("=")
        wanted = value or "".join(args[at + 1 : at + 2])
        if name == "--locale" and wanted in LOCALES:
            return wanted
    return LOCALES[0]


def _usage(ctx: click.Context) -> Iterator[str]:
    """The command, what it cannot do without, and what may stand beside."""
    yield ctx.command_path
    if isinstance(ctx.command, click.Group):
        yield "…"
    for one in ctx.command.params:
        if isinstance(one, click.Argument):
            yield one.human_readable_name if one.required else f"[{one.human_readable_name}]"
        else:
            yield f"{one.opts[0]} …" if one.required else f"[{one.opts[0]}]"


def _line(command: click.Command, error: click.UsageError, locale: str) -> str:
    """What is wrong, after the name of its place."""
    if isinstance(error, click.BadParameter) and error.param is not None:
        is_missing = isinstance(error, click.MissingParameter)
        problem = (MISSING, {}) if is_missing else _expected(error.param.type)
        return f"{_name(error.param)}: {say(locale, problem)}"
    if isinstance(error, click.NoSuchOption):
        known = ", ".join(one.opts[0] for one in command.params if isinstance(one, click.Option))
        shown: Problem = (
            "There is no such option. There are: %(names)s.",
            {"names": known or "--help"},
        )
        return f"{error.option_name}: {say(locale, shown)}"
    if isinstance(error, click.BadOptionUsage):
        flags = (one for one in command.params if isinstance(one, click.Option) and one.is_flag)
        alone = any(error.option_name in one.opts for one in flags)
        message = "It stands alone, without a value." if alone else MISSING
        return f"{error.option_name}: {say(locale, (message, {}))}"
    message = "That is a word too many. What holds spaces stands in quotation marks."
    return say(locale, (message, {}))


def _name(parameter: click.Parameter) -> str:
    named = isinstance(parameter, click.Option)
    return parameter.opts[0] if named else parameter.human_readable_name


def _expected(kind: click.ParamType[Any]) -> Problem:
    if isinstance(kind, click.Choice):
        return ONE_OF, {"choices": ", ".join(map(str, kind.choices))}
    if isinstance(kind, click.IntRange) and kind.min is not None and kind.max is not None:
        return "A whole number from %(least)s to %(most)s.", {
            "least": written(kind.min),
            "most": written(kind.max),
        }
    for known, message in KINDS:
        if isinstance(kind, known):
            return message, {}
    return "This is not understood.", {}
