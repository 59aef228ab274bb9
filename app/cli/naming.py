"""Who a command speaks of, and what it says of nobody."""

import uuid
from collections.abc import Sized

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.debts.models import Debtor
from app.debts.queries import find_debtor
from tenants import resolve


def tenant(slug: str) -> resolve.Resolved:
    """The tenant a command names. Raises click.ClickException."""
    try:
        return resolve.by_slug(slug)
    except LookupError as error:
        raise click.ClickException(str(error)) from error


def person(session: Session, text: str) -> uuid.UUID:
    """The person that an id, a CPF or a CNPJ names here. Raises click.ClickException."""
    try:
        wanted = uuid.UUID(text)
    except ValueError:
        found = find_debtor(session, text)
    else:
        found = session.scalar(select(Debtor.id).where(Debtor.id == wanted))
    if found is None:
        raise click.ClickException("no such person")
    return found


def if_none(found: Sized, state: str) -> None:
    """An empty list says so, aside: what reads the lines reads none."""
    if not found:
        click.echo(f"nothing is {state}", err=True)
