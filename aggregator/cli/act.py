"""Verbs that do one thing and end."""

from __future__ import annotations

import os
from pathlib import Path

import click

from aggregator.cli.command import UPSTREAM_FAILED, main
from aggregator.config import load


@main.command(short_help="Pull sources now.")
@click.argument("keys", metavar="[SOURCE]...", nargs=-1)
@click.option("--pages", type=click.IntRange(1, 10_000), metavar="N", help="Read N pages of the lists, back in time.")
@click.option("--url", metavar="URL", help="Take this one article.")
@click.option("--source", metavar="KEY", help="With --url: the source that it belongs to.")
@click.option("--json", "as_json", is_flag=True, help="For machines: one JSON object a source, as it is done.")
@click.pass_obj
def pull(path: Path, keys: tuple[str, ...], pages: int | None, url: str | None, source: str | None, as_json: bool) -> None:
    """Pull sources now, whether they are due or not; without names, all that are on. Then publish what changed.

    With --pages the further pages of a list are read, until its end or until what is known already. The next time it goes on from there.
    What comes so keeps its own dates and does not pass for news.

    \b
    haihe pull
    haihe pull jinshui wenming-jsjx
    haihe pull wenming-jsjx --pages 20
    haihe pull --url https://mp.weixin.qq.com/s/k3Jm7QwZr0aYt5NbVxHd2g
    haihe pull --json | jq 'select(.error)'
    """
    from aggregator import app
    from aggregator.verbs.pull import choose

    if url is not None and (keys or pages):
        raise click.UsageError("--url takes one article; name its source with --source")
    if source and url is None:
        raise click.UsageError("--source goes with --url; name sources to pull without an option")
    if pages and not keys:
        raise click.UsageError("name the sources whose lists are to be read back")
    config = load(path, os.environ)
    if url is not None:
        fine = app.take(config, url, source, as_json=as_json)
    else:
        fine = app.pull(config, choose(config, keys), as_json=as_json, pages=pages or 0)
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


@main.command("import", short_help="Take the feeds of another reader, as OPML.")
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
