"""`flask policy tighten|restore|own`: a creditor's own, stricter parameters."""

import tomllib
from typing import Any

import click

from app.cli import naming
from app.cli.policy import group as policy_group
from app.cli.speech import end, end_at, locale_option, tell
from app.compliance import actions
from app.compliance.explain import written
from app.compliance.policy import NotStricter, standard
from app.compliance.queries import overrides, policy_in_force
from tenants.scope import within


@policy_group.command("tighten", context_settings={"ignore_unknown_options": True})
@click.argument("slug")
@click.argument("rule")
@click.argument("parameter")
@click.argument("value")
@locale_option
def tighten(slug: str, rule: str, parameter: str, value: str, locale: str) -> None:
    """Set a creditor's own, stricter VALUE of a rule's PARAMETER, written as TOML: 1, true, ["a"].

    A text may be left bare: 09:00-18:00. A list adds to what is there. What would loosen the policy
    is refused; `restore` takes it back.
    """
    with within(naming.tenant(slug)) as session:
        try:
            actions.tighten(session, rule, parameter, _value(value))
        except NotStricter as error:
            message, values = error.problem
            end_at(f"{rule} {parameter} = {value}", locale, message, **values)
        actions.audit(session, actor="command", action="policy.tightened", rule=rule,
                      parameter=parameter, value=value)  # fmt: skip
        in_force = policy_in_force(session).parameter(rule, parameter)
    click.echo(f"{slug}: {rule} {parameter} = {written(in_force)}")


@policy_group.command("restore")
@click.argument("slug")
@click.argument("rule")
@click.argument("parameter")
@locale_option
def restore(slug: str, rule: str, parameter: str, locale: str) -> None:
    """Take back what a creditor set of a rule's PARAMETER: the policy's own value is in force."""
    with within(naming.tenant(slug)) as session:
        try:
            actions.restore(session, rule, parameter)
        except LookupError:
            end(locale, "This creditor has set nothing of its own there.")
        actions.audit(session, actor="command", action="policy.restored", rule=rule,
                      parameter=parameter)  # fmt: skip
        known = policy_in_force(session).rule_about(rule, parameter)
    value = None if known is None else known.parameters.get(parameter)
    click.echo(f"{slug}: {rule} {parameter} = {written(value)}")


@policy_group.command("own")
@click.argument("slug")
@locale_option
def own(slug: str, locale: str) -> None:
    """What a creditor set itself, and what it would be without."""
    tenant = naming.tenant(slug)
    with within(tenant) as session:
        found, unusable = overrides(session), policy_in_force(session).unusable
    naming.if_none(found, "This creditor has set nothing of its own.")
    policy = standard(tenant.jurisdiction)
    for rule, parameters in sorted(found.items()):
        for name, value in parameters.items():
            line = "%(rule)s %(name)s = %(value)s instead of %(usual)s"
            usual = policy.rule_about(rule, name)
            without = None if usual is None else usual.parameters.get(name)
            if (rule, name) in unusable:
                line = "%(rule)s %(name)s = %(value)s has no effect: take it back with restore."
            tell(locale, line, rule=rule, name=name, value=written(value), usual=written(without))


def _value(text: str) -> Any:
    """As TOML; else, also where it is written too deep or too long for that, as the text."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except (ValueError, RecursionError):
        return text
