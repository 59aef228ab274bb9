"""Reading what the house says: `flask voice sample`, `flask voice lint`."""

import sys

import click

from app.cli.speech import Group, locale_option
from themes import voice
from themes.dress import Brand, sample_brand
from themes.lint import walk_library

group = Group("voice", help="What brands say.")


@group.command("sample")
@click.option("--tone", type=click.Choice(voice.TONES), default="warm")
@locale_option
@click.option("--intent", type=click.Choice(list(voice.INTENTS)), default=None)
@click.option("--variant", default="a", help="One letter, or one per slot.")
def sample(tone: str, locale: str, intent: str | None, variant: str) -> None:
    """Show every message of a tone as a person would read it."""
    brand = sample_brand(tone=tone, locale=locale)
    for one in [intent] if intent else voice.INTENTS:
        click.secho(f"\n── {one} · {variant} " + "─" * 40, fg="cyan")
        click.echo("\n".join(_lines(brand, one, locale, variant)))


def _lines(brand: Brand, intent: str, locale: str, variant: str) -> list[str]:
    facts = voice.SAMPLE_FACTS
    mail, text = (
        voice.compose(
            brand, intent=intent, channel=channel, locale=locale, variant=variant, facts=facts
        )
        for channel in voice.CHANNELS
    )
    return [
        f"{mail.subject}  ·  {mail.preheader}",
        "",
        *(mail.greeting, "", mail.opening, "", mail.body, ""),
        f"[ {mail.call_to_action} ]",
        "",
        mail.closing,
        "",
        f"SMS {len(text.text)}: {text.text}",
    ]


@group.command("lint")
@click.option("--all", "all_combinations", is_flag=True, help="Every combination of wordings.")
def lint_library(all_combinations: bool) -> None:
    """Lint the library; exits with 1 when something is found."""
    count = found = 0
    for one in walk_library(all_combinations=all_combinations):
        count += 1
        for finding in one.findings:
            found += 1
            click.echo(f"{one.key} {finding.rule} {finding.matched}: {finding.explanation}")
    click.echo(f"{count} messages, {found} findings")
    sys.exit(1 if found else 0)
