"""`flask worker`: the process that does the jobs."""

import click

from app import config, jobs
from tenants.scope import bound_engine


@click.command("worker")
@click.option("--concurrency", type=click.IntRange(1, 64), default=4, help="Jobs at a time.")
@click.option("--name", default="worker", help="Its name in the queue.")
def group(concurrency: int, name: str) -> None:
    """Do jobs until told to stop. Whoever supervises it restarts it always."""
    address = bound_engine().url.set(drivername="postgresql")
    config.settings()
    jobs.run_worker(
        address.render_as_string(hide_password=False), concurrency=concurrency, name=name
    )
