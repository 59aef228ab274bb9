"""`flask scoring …`: what a creditor's trained scores are worth."""

import click
import orjson
from sqlalchemy import select

from app.cli import naming
from app.cli.speech import Group, locale_option
from app.nights import telling_card
from app.nights.training import SCORES
from app.scoring.models import ScoreModel
from tenants.scope import within

group = Group("scoring", help="Scores trained on a creditor's own history.")


@group.command("card")
@click.argument("slug")
@click.option("--json", "as_json", is_flag=True, help="The whole card as it is stored.")
@locale_option
def card(slug: str, as_json: bool, locale: str) -> None:
    """The model cards: span, calibration and ranking out of time, fairness, why one fell back."""
    tenant = naming.tenant(slug)
    with within(tenant) as session:
        for kind in SCORES:
            model = session.scalar(
                select(ScoreModel)
                .where(ScoreModel.kind == kind)
                .order_by(ScoreModel.version.desc())
                .limit(1)
            )
            if model is not None and as_json:
                told = {**model.card, "kind": kind, "version": model.version, "state": model.state}
                click.echo(orjson.dumps(told, option=orjson.OPT_INDENT_2).decode())
                continue
            for line in telling_card.lines(kind, model, locale):
                click.echo(line)
