"""Verbs that look and change nothing."""

from __future__ import annotations

import os
from pathlib import Path

import click

from aggregator.cli.command import OPERATOR, UPSTREAM_FAILED, main
from aggregator.config import load


@main.command(short_help="The configuration: every problem, with line and column.")
@click.option("--store", "store", is_flag=True, help="Look through the database instead: is everything true of it that must be?")
@click.option("--online", is_flag=True, help="Ask every source once too, and say which of them do not give what they should.")
@click.option("--json", "as_json", is_flag=True, help="For machines: one JSON object.")
@click.pass_obj
def check(path: Path, store: bool, online: bool, as_json: bool) -> None:
    """Read the configuration and say everything that is wrong with it, with line and column.

    With --store, look through the database and say what is wrong there and what to do about it; a puller may be at work meanwhile.
    With --online, ask every source once, store nothing, and say which failed (exit code 1) and where a selector finds nothing (2).

    \b
    haihe check
    haihe check --json | jq .problems
    haihe check --store
    haihe check --online
    """
    from aggregator import app
    from aggregator.verbs.check import check as verb

    if store and online:
        raise click.UsageError("--store and --online are two checks: ask for one of them")
    if online:
        answered, sound = app.check_online(load(path, os.environ), as_json=as_json)
        raise SystemExit(OPERATOR if not sound else 0 if answered else UPSTREAM_FAILED)
    if store:
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


@main.command(short_help="Why a source is pulled when it is; where an entry comes from.")
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


@main.command(short_help="What a source or an address would give; stores nothing.")
@click.argument("word", metavar="SOURCE|URL")
@click.option("--limit", type=click.IntRange(1, 40), default=10, show_default=True, help="Read at most so many articles of a list page.")
@click.option("--entry", "number", type=click.IntRange(1), metavar="NUMBER", help="Show this entry of the table with all its evidence.")
@click.option("--json", "as_json", is_flag=True, help="For machines: one JSON object.")
@click.pass_obj
def preview(path: Path, word: str, limit: int, number: int | None, as_json: bool) -> None:
    """Try a source, a feed, a list page or one article, and show what it would give. Nothing is stored.

    Each fact of an entry comes with where it was found and how sure that is; an entry comes with its sections and the rule that puts it
    there. Of a list that was found by looking it says what speaks against it: `list: {item: …}` in the configuration says which rows are
    meant. Ends with 0 when it could be read, 1 when it could not, 2 when nothing is called so.

    \b
    haihe preview jinshui
    haihe preview jinshui --entry 3
    haihe preview https://news.example.org/2026/11/23/article.html
    """
    from aggregator import app

    fine = app.preview(load(path, os.environ), word, limit=limit, number=number, as_json=as_json)
    raise SystemExit(0 if fine else UPSTREAM_FAILED)


@main.command(short_help="What there is to subscribe to at an address.")
@click.argument("address", metavar="URL")
@click.option("--json", "as_json", is_flag=True, help="For machines: one JSON object.")
@click.pass_obj
def discover(path: Path, address: str, as_json: bool) -> None:
    """What there is to subscribe to at an address: the feeds that the page names, or the list of articles that it is.

    Each is tried and shown with what it gives, and as lines that are ready for the configuration. A list is found by looking, so look at
    what it gives; where it might be another one, that is said ("not sure: …", and `sure` and `doubts` in --json). Give the address of the
    page that lists the articles rather than that of one of them. Ends with 0 when something was found, sure or not, and 1 when nothing was.

    \b
    haihe discover https://news.example.org/
    haihe discover news.example.org/city --json | jq -r '.offers[0].stanza'
    """
    from aggregator import app

    raise SystemExit(0 if app.discover(load(path, os.environ), address, as_json=as_json) else UPSTREAM_FAILED)


@main.command(short_help="What an edit of the configuration will do.")
@click.option("--json", "as_json", is_flag=True, help="For machines: one JSON object.")
@click.option("--exit-code", is_flag=True, help="End with 1 when anything would change, as `git diff` does.")
@click.pass_obj
def plan(path: Path, as_json: bool, exit_code: bool) -> None:
    """What an edit of the configuration will do before it does it: which sources are new, edited or gone, which sections open, close or
    change their key, and how many of the kept entries appear where and leave what. Changes nothing.

    \b
    haihe plan
    haihe plan --json | jq .entries.by_section
    haihe plan --exit-code && echo "nothing would change"
    """
    from aggregator import app

    changes = app.plan(load(path, os.environ), as_json=as_json)
    raise SystemExit(1 if exit_code and changes else 0)
