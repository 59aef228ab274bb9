"""`flask tasks …`: what people of the creditor must do, and by when."""

import uuid
from datetime import datetime
from zoneinfo import ZoneInfo

import click

from app.cli import naming
from app.cli.speech import Group, locale_option, refuse
from app.compliance import tasks
from app.compliance.actions import audit
from tenants.clock import now
from tenants.resolve import Resolved
from tenants.scope import within
from themes.lacking import Lacking

group = Group("tasks", help="What people must do by a deadline.")
NATURES = ("confidentiality", "integrity", "availability")


@group.command("list")
@click.argument("slug")
@click.option("--late", is_flag=True, help="Only what is past its deadline.")
@locale_option
def list_tasks(slug: str, late: bool, locale: str) -> None:
    """Open tasks, the soonest first: id, by when (where the creditor is), late or open, kind, rule,
    person, cause."""
    tenant, at = naming.tenant(slug), now()
    with within(tenant) as session:
        found = [task for task in tasks.open_tasks(session) if not late or task.due_at <= at]
        for task in found:
            cells = (
                task.id,
                _there(task.due_at, tenant),
                "late" if task.due_at <= at else "open",
                task.kind,
                task.rule or "-",
                task.debtor_id or "-",
                task.cause,
            )
            click.echo("\t".join(map(str, cells)))
    naming.if_none(found, "No task is late." if late else "No task is open.")


@group.command("done")
@click.argument("slug")
@click.argument("task", type=click.UUID)
@locale_option
def done(slug: str, task: uuid.UUID, locale: str) -> None:
    """Tick a task off that somebody did outside: a bureau was told, a question answered."""
    tenant = naming.tenant(slug)
    try:
        with within(tenant) as session:
            found = tasks.finish(session, task)
            audit(session, actor="cli", action="task.done", subject_id=task, kind=found.kind)
            click.echo(found.kind)
    except (Lacking, tasks.NotByHand) as error:
        refuse(locale, error.problem)


@group.command("incident")
@click.argument("slug")
@click.argument("nature", type=click.Choice(NATURES))
@click.option("--people", type=click.IntRange(0, 10**9), default=0, help="How many, if known.")
@locale_option
def incident(slug: str, nature: str, people: int, locale: str) -> None:
    """Personal data was harmed, as is known from now on: make the tasks to tell of it (BR-32).

    The data protection authority and the people concerned are told by the deadline of the
    creditor's jurisdiction.
    """
    tenant = naming.tenant(slug)
    with within(tenant) as session:
        incident_id, due_at = tasks.report_incident(
            session, tenant, known_at=now(), nature=nature, people=people
        )
        audit(session, actor="cli", action="incident.reported", subject_id=incident_id,
              nature=nature, people=people)  # fmt: skip
        click.echo(f"{incident_id}\t{_there(due_at, tenant)}")


def _there(at: datetime, tenant: Resolved) -> str:
    return at.astimezone(ZoneInfo(tenant.time_zone)).isoformat()
