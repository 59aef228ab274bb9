"""`flask gallery …`: every piece as a picture, and all of them on one sheet."""

import tempfile
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

group = AppGroup("gallery", help="Look at every page, mail, text and ad in every dress.")


@group.command("shoot")
@click.option("--only", default="", help="Pieces whose kind-name-state contains this.")
@click.option("--brand", "brands", multiple=True, help="A creditor; may be repeated.")
@click.option("--mode", "modes", multiple=True, type=click.Choice(["light", "dark"]))
@click.option("--width", "widths", multiple=True, type=int)
@click.option("--into", type=click.Path(path_type=Path), default=Path("var/gallery"))
def shoot(
    only: str,
    brands: tuple[str, ...],
    modes: tuple[str, ...],
    widths: tuple[int, ...],
    into: Path,
) -> None:
    """Screenshots of the pieces, and contact sheets of them, one per width and mode."""
    from app.workbench import camera, registry

    wanted = [
        view
        for view in registry.views()
        if only in view.slug
        and (not brands or view.brand in brands)
        and (not modes or view.mode in modes)
        and (not widths or view.width in widths)
    ]
    if not wanted:
        raise click.ClickException("no piece is called so, in this dress and size")
    with click.progressbar(length=len(wanted), label="Looking") as bar:
        sheets = camera.shoot(current_app, wanted, into, seen=lambda: bar.update(1))
    for sheet in sheets:
        click.echo(sheet)


@group.command("readme")
@click.option("--into", type=click.Path(path_type=Path), default=Path("docs/three-creditors.png"))
@click.option(
    "--height",
    type=click.IntRange(100, 10_000),
    default=1240,
    show_default=True,
    help="Pixels shown of each page.",
)
def readme(into: Path, height: int) -> None:
    """Make the README's picture again: the offer of three creditors on a phone."""
    from app.workbench import camera, registry

    wanted = [
        view
        for view in registry.views()
        if view.slug.startswith("page-offer-two_ways-")
        and (view.mode, view.width, view.locale) == ("light", 390, "pt_BR")
    ]
    with tempfile.TemporaryDirectory() as folder:
        camera.shoot(current_app, wanted, Path(folder), seen=lambda: None)
        pictures = [Path(folder) / f"{view.slug}.png" for view in wanted]
        click.echo(camera.side_by_side(pictures, into, height=height))
