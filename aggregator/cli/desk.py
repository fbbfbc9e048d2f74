"""Verbs by which an editor decides about one entry. An entry is named by its id, the address of its page, its public id or its link."""

from __future__ import annotations

import os
from pathlib import Path

import click

from aggregator.cli.command import main
from aggregator.config import load

_json = click.option("--json", "as_json", is_flag=True, help="For machines: one JSON object.")


@main.command(short_help="Take an entry back for good.")
@click.argument("entry")
@click.option("--reason", metavar="TEXT", help="Why; readers and partners are told.")
@click.option("--undo", is_flag=True, help="Take the withdrawal back: the entry is shown again, as revised now.")
@_json
@click.pass_obj
def withdraw(path: Path, entry: str, reason: str | None, undo: bool, as_json: bool) -> None:
    """Take an entry back for good, with its copies from other sources.

    It leaves every feed, archive and page within a second, leaves a tombstone in the Atom feeds and a line in /api/v1/withdrawn, and no
    pull brings it back.

    \b
    haihe withdraw https://example.org/news/1.html --reason "asked for by the author"
    haihe withdraw 5f3c… --undo
    """
    from aggregator import app
    from aggregator.verbs import desk

    if undo and reason:
        raise click.UsageError("--undo needs no --reason: nothing of the withdrawal is told any more")
    config = load(path, os.environ)
    if undo:
        app.decide(config, lambda store, now: desk.reinstate(entry, config, store, now, as_json=as_json))
    else:
        app.decide(config, lambda store, now: desk.withdraw(entry, reason, config, store, now, as_json=as_json))


@main.command(short_help="Hold an entry back until it is released.")
@click.argument("entry")
@click.option("--reason", metavar="TEXT", help="Why, for the editors: `haihe explain` shows it.")
@_json
@click.pass_obj
def hold(path: Path, entry: str, reason: str | None, as_json: bool) -> None:
    """Hold an entry back: it is shown nowhere until it is released, and goes on being revised meanwhile.

    \b
    haihe hold 5f3c… --reason "is it true?"
    """
    from aggregator import app
    from aggregator.verbs import desk

    config = load(path, os.environ)
    app.decide(config, lambda store, now: desk.hold(entry, reason, config, store, now, as_json=as_json))


@main.command()
@click.argument("entry")
@_json
@click.pass_obj
def release(path: Path, entry: str, as_json: bool) -> None:
    """Show an entry that was held back.

    \b
    haihe release 5f3c…
    """
    from aggregator import app
    from aggregator.verbs import desk

    config = load(path, os.environ)
    app.decide(config, lambda store, now: desk.release(entry, config, store, now, as_json=as_json))


@main.command(short_help="Keep an entry in sections, whatever the rules say.")
@click.argument("entry")
@click.argument("sections", metavar="[SECTION]...", nargs=-1)
@click.option("--reason", metavar="TEXT", help="Why, for the editors and the entry's page.")
@click.option("--undo", is_flag=True, help="Leave the entry to the rules again.")
@_json
@click.pass_obj
def pin(path: Path, entry: str, sections: tuple[str, ...], reason: str | None, undo: bool, as_json: bool) -> None:
    """Keep an entry in sections, whatever the rules say now or later; without a section, where it stands.

    \b
    haihe pin 5f3c… zyfw --reason "the volunteers asked for it"
    haihe pin 5f3c… --undo
    """
    from aggregator import app
    from aggregator.verbs import desk

    if undo and (sections or reason):
        raise click.UsageError("--undo takes the entry alone")
    config = load(path, os.environ)
    if undo:
        app.decide(config, lambda store, now: desk.unpin(entry, config, store, now, as_json=as_json))
    else:
        app.decide(config, lambda store, now: desk.pin(entry, sections, reason, config, store, now, as_json=as_json))
