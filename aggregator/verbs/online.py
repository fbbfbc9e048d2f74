"""`haihe check --online`: each source is asked once, read and routed, and what is wrong with it is said; nothing is stored."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from aggregator.config import Config, Source
from aggregator.verbs.counted import counted
from aggregator.verbs.screen import err, out, plain
from aggregator.verbs.trial import Tools, Trial, attempt
from feeds.errors import NothingFound

ARTICLES = 1  # of each list: whether its pages can be read, and whether the selectors for them find anything


async def check(config: Config, tools: Tools, *, as_json: bool) -> tuple[bool, bool]:
    """Ask every source that is on, and say how it went: whether all answered well, and whether there is nothing for the operator to mend
    (a selector that finds nothing, entries that no section takes)."""
    trials: list[Trial] = []
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal or as_json) as progress:
        task = progress.add_task("asking", total=len(config.active))
        async for trial in _all(config, tools):
            trials.append(trial)
            progress.update(task, advance=1, description=f"asked {trial.source.key}")
    order = list(config.active)
    trials.sort(key=lambda trial: order.index(trial.source.key))
    if as_json:
        print(json.dumps({"sources": [_facts(each) for each in trials]}, ensure_ascii=False))  # noqa: T201 - the command's output
    else:
        _show(trials)
    return all(each.error is None or _ours(each) for each in trials), not any(_ours(each) for each in trials)


async def _all(config: Config, tools: Tools) -> AsyncIterator[Trial]:
    slots = asyncio.Semaphore(config.pull.concurrency)

    async def one(source: Source) -> Trial:
        async with slots:
            return await attempt(source, config, tools, ARTICLES, {})

    for finished in asyncio.as_completed([one(source) for source in config.active.values()]):
        yield await finished


def _ours(trial: Trial) -> bool:
    """Is it the configuration that must change?"""
    return isinstance(trial.error, NothingFound) or any("selector" in note for note in trial.notes)


def _facts(trial: Trial) -> dict[str, object]:
    found: dict[str, object] = {"source": trial.source.key, "ok": trial.error is None and not _ours(trial), **_counts(trial)}
    if trial.error is not None:
        found["error"] = {"kind": type(trial.error).__name__, "says": str(trial.error), "yours": _ours(trial)}
    return found | ({"notes": list(trial.notes)} if trial.notes else {})


def _counts(trial: Trial) -> dict[str, int]:
    return {
        "entries": len(trial.placed),
        "dated": sum(each.entry.published is not None for each in trial.placed),
        "credited": sum(bool(each.entry.credit.source or each.entry.authors) for each in trial.placed),
        "placed": sum(bool(each.placements) for each in trial.placed),
    }


def _show(trials: list[Trial]) -> None:
    table = Table("source", box=None, header_style="bold", pad_edge=False)
    for name in ("entries", "dated", "credited", "placed"):
        table.add_column(name, justify="right")
    table.add_column("", overflow="fold")
    for trial in trials:
        counts = ("", "", "", "") if trial.error else tuple(str(count) for count in _counts(trial).values())
        table.add_row(trial.source.key, *counts, _remark(trial))
    out.print(table)
    failed, ours = sum(each.error is not None for each in trials), sum(_ours(each) for each in trials)
    mend = f", {ours} for you to mend" if ours else ""
    out.print(
        f"{counted(len(trials), 'source')} asked, {failed} failed{mend}; nothing was stored", style="red" if failed or ours else "green"
    )


def _remark(trial: Trial) -> Text:
    if trial.error is not None:
        return Text(plain(str(trial.error)), "red")
    return Text(plain("; ".join(trial.notes)), "yellow")
