"""`flask scoring …`: what a creditor's trained scores are worth."""

import click
import orjson
from flask.cli import AppGroup
from sqlalchemy import select

from app.cli import naming
from app.nights.training import SCORES
from app.scoring.models import ScoreModel
from tenants.scope import within

group = AppGroup("scoring", help="Scores trained on a creditor's own history.")


@group.command("card")
@click.argument("slug")
@click.option("--json", "as_json", is_flag=True, help="The whole card as it is stored.")
def card(slug: str, as_json: bool) -> None:
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
            if model is None:
                click.echo(f"{kind}: not trained yet; the engine's own scores stand alone")
            elif as_json:
                told = {**model.card, "kind": kind, "version": model.version, "state": model.state}
                click.echo(orjson.dumps(told, option=orjson.OPT_INDENT_2).decode())
            else:
                _show(model)


def _show(model: ScoreModel) -> None:
    told = model.card
    click.echo(
        f"{model.kind} v{model.version} {model.state}: {told['used']}, {told['rows']} rows of"
        f" {model.trained_from} to {model.trained_to}, rate {told['rate']:.4f}"
    )
    judged = " to ".join(told["days"]["judge"])
    click.echo(f"  judged {judged}: AUC {_shown(told['auc'])}, ECE {_shown(told['ece'])}")
    for name, groups in told["fairness"].items():
        for group_name, found in groups.items():
            click.echo(
                f"  {name} {group_name}: {found['rows']} rows, foretold {found['foretold']:.4f},"
                f" happened {found['happened']:.4f}, AUC {_shown(found['auc'])}"
            )
    if "fallback" in told:
        fallen = told["fallback"]
        psi = f", PSI {fallen['psi']:.2f}" if "psi" in fallen else ""
        click.echo(f"  fell back on {fallen['on']}: {fallen['because']}{psi}")


def _shown(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.3f}"
