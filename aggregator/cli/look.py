"""Verbs that look and change nothing."""

from __future__ import annotations

import os
from pathlib import Path

import click

from aggregator.cli.command import OPERATOR, main
from aggregator.config import load


@main.command()
@click.option("--store", "store", is_flag=True, help="Look through the database instead: is everything true of it that must be?")
@click.option("--json", "as_json", is_flag=True, help="For machines: one JSON object.")
@click.pass_obj
def check(path: Path, store: bool, as_json: bool) -> None:
    """Read the configuration and say everything that is wrong with it, with line and column.

    With --store, look through the database and say what is wrong there and what to do about it; a puller may be at work meanwhile.

    \b
    haihe check
    haihe check --json | jq .problems
    haihe check --store
    """
    from aggregator.verbs.check import check as verb

    if store:
        from aggregator import app

        raise SystemExit(0 if app.check(load(path, os.environ), as_json=as_json) else OPERATOR)
    raise SystemExit(0 if verb(path, os.environ, as_json=as_json) else OPERATOR)


@main.command()
@click.option("--json", "as_json", is_flag=True, help="For machines: one JSON object.")
@click.pass_obj
def status(path: Path, as_json: bool) -> None:
    """How every source and section is doing.

    \b
    haihe status
    haihe status --json | jq '.sources[] | select(.health == "failing")'
    """
    from aggregator import app

    app.status(load(path, os.environ), as_json=as_json)


@main.command()
@click.argument("word", metavar="SOURCE|ENTRY")
@click.option("--json", "as_json", is_flag=True, help="For machines: one JSON object.")
@click.pass_obj
def explain(path: Path, word: str, as_json: bool) -> None:
    """Why a source is pulled when it is, or where an entry comes from.

    An entry is named by its id, the address of its page, its public id or its link.

    \b
    haihe explain jinshui
    haihe explain jinshui --json | jq .next_pull_why
    haihe explain https://example.org/news/1.html
    """
    from aggregator import app

    app.explain(load(path, os.environ), word, as_json=as_json)
