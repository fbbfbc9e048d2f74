"""Verbs that do one thing and end."""

from __future__ import annotations

import os
from pathlib import Path

import click

from aggregator.cli.command import UPSTREAM_FAILED, main
from aggregator.config import load


@main.command()
@click.argument("keys", metavar="[SOURCE]...", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="For machines: one JSON object a source, as it is done.")
@click.pass_obj
def pull(path: Path, keys: tuple[str, ...], as_json: bool) -> None:
    """Pull sources now, whether they are due or not; without names, all that are on. Then publish what changed.

    \b
    haihe pull
    haihe pull jinshui wenming-jsjx
    haihe pull --json | jq 'select(.error)'
    """
    from aggregator import app
    from aggregator.verbs.pull import choose

    config = load(path, os.environ)
    fine = app.pull(config, choose(config, keys), as_json=as_json)
    raise SystemExit(0 if fine else UPSTREAM_FAILED)


@main.command()
@click.pass_obj
def migrate(path: Path) -> None:
    """Bring the database to the newest shape. Every verb does it when needed; this one does nothing else.

    \b
    haihe migrate
    """
    from aggregator import app

    steps = app.migrate(load(path, os.environ))
    click.echo("".join(f"applied {step}\n" for step in steps) or "the database is up to date\n", nl=False)


@main.command("import")
@click.argument("opml", metavar="FILE.opml", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--section", metavar="KEY", help="Put every feed into this section, whatever folder it is in.")
@click.option("--dry-run", is_flag=True, help="Show the plan and write nothing.")
@click.pass_obj
def import_(path: Path, opml: Path, section: str | None, dry_run: bool) -> None:
    """Take the feeds of another reader: writes sources/FILE.yaml beside the configuration and shows what that adds.

    \b
    haihe import subscriptions.opml --dry-run
    haihe import subscriptions.opml --section jsjx
    """
    from aggregator.verbs.importing import import_opml

    import_opml(load(path, os.environ), opml, os.environ, section=section, write=not dry_run)
