"""Who a command speaks of."""

import click

from tenants import resolve


def tenant(slug: str) -> resolve.Resolved:
    """The tenant a command names. Raises click.ClickException."""
    try:
        return resolve.by_slug(slug)
    except LookupError as error:
        raise click.ClickException(str(error)) from error
