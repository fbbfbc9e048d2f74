"""`haihe pull`: refresh named sources now, whether they are due or not, and say what came of it."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from aggregator.config import Config, Source
from aggregator.config.problems import near
from aggregator.errors import ConfigError, Fault, StoreError
from aggregator.pipeline import Outcome, Trade
from aggregator.records import Known
from aggregator.revisit import tend
from aggregator.verbs.backfill import backfill
from aggregator.verbs.counted import counted

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

log = logging.getLogger("haihe")

Work = Callable[[Source, Known], Awaitable[Outcome]]

ALL_ROWS, MOST_ROWS = 40, 200  # up to so many sources all are listed, beyond only those with news, and of these not more than fit


def choose(config: Config, keys: Sequence[str]) -> Mapping[str, Source]:
    """The sources of that name, all that are on without names. ConfigError for a name that is none, or a source that is off."""
    for key in keys:
        source = config.sources.get(key)
        if source is None:
            hint = near(key, config.sources)
            raise ConfigError(f"there is no source {key!r} in {config.path}; " + (hint or "`haihe check` lists them all"))
        if source.off:
            raise ConfigError(f"source {key!r} is off: {source.off}")
    return {key: config.active[key] for key in keys} if keys else config.active


async def pull(sources: Mapping[str, Source], trade: Trade, at_once: int, *, as_json: bool, pages: int = 0) -> bool:
    """Pull them all, or up to `pages` pages of their lists; show how it goes and what came of it. Whether every one of them went well."""
    outcomes: list[Outcome] = []
    with _bar(len(sources) * (pages or 1), shown=not as_json) as tell:

        async def work(source: Source, known: Known) -> Outcome:
            if not pages:
                return await tend(source, known, trade, datetime.now(UTC))
            return await backfill(source, pages, trade, lambda: datetime.now(UTC), lambda: tell(source.key))

        async for outcome in _all(sources.values(), trade, work, at_once):
            outcomes.append(outcome)
            if not pages:
                tell(outcome.source)
            if as_json:
                print_json(outcome)
    if not as_json:
        order = {key: index for index, key in enumerate(sources)}
        show(sorted(outcomes, key=lambda outcome: order[outcome.source]))
    return all(outcome.error is None for outcome in outcomes)


@contextmanager
def _bar(total: int, *, shown: bool) -> Iterator[Callable[[str], None]]:
    """A progress bar while it lasts; what it gives says of which source something is done. It is loaded only where somebody sees it."""
    if not shown or not (sys.stderr and sys.stderr.isatty()):
        yield lambda _: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from aggregator.verbs.screen import err

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True) as progress:
        task = progress.add_task("pulling", total=total)
        yield lambda source: progress.update(task, advance=1, description=f"pulled {source}")


async def _all(sources: Collection[Source], trade: Trade, work: Work, at_once: int) -> AsyncIterator[Outcome]:
    """Outcomes as they come, at most `at_once` sources in flight. Politeness to hosts is the wire's, so it holds here too."""
    slots = asyncio.Semaphore(at_once)
    known = trade.store.known_of(source.key for source in sources)

    async def one(source: Source) -> Outcome:
        async with slots:
            try:
                return await work(source, known.get(source.key) or Known(key=source.key))
            except StoreError:
                raise  # no other source can be kept either
            except Exception as error:
                log.exception("%s: refreshing it failed inside haihe", source.key)
                return Outcome(source=source.key, error=Fault(f"haihe itself failed on it ({type(error).__name__}), please report that"))

    tasks = [asyncio.create_task(one(source), name=f"pull {source.key}") for source in sources]
    try:
        for done in asyncio.as_completed(tasks):
            yield await done
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def print_json(outcome: Outcome) -> None:
    print(json.dumps(_as_json(outcome), ensure_ascii=False), flush=True)  # noqa: T201 - the command's output


def _as_json(outcome: Outcome) -> dict[str, object]:
    row: dict[str, object] = {"source": outcome.source, "new": 0, "revised": 0, "same": 0}
    if outcome.recorded:
        row |= {"new": len(outcome.recorded.new), "revised": len(outcome.recorded.revised), "same": outcome.recorded.same}
    if outcome.unchanged:
        row["unchanged"] = outcome.unchanged.why
    if outcome.error:
        row |= {"error": outcome.error.kind, "says": str(outcome.error)}
    if outcome.notes:
        row["notes"] = list(outcome.notes)
    return row


def show(outcomes: Sequence[Outcome]) -> None:
    shown = [outcome for outcome in outcomes if len(outcomes) <= ALL_ROWS or _is_news(outcome)]
    recorded = [outcome.recorded for outcome in outcomes if outcome.recorded]
    new, revised = sum(len(one.new) for one in recorded), sum(len(one.revised) for one in recorded)
    failed = sum(outcome.error is not None for outcome in outcomes)
    unchanged = sum(outcome.unchanged is not None for outcome in outcomes)
    asked, news = counted(len(outcomes), "source"), counted(new, "new entry")
    summary = f"{asked}, {unchanged} unchanged, {news}, {revised} revised, {failed} failed"
    if not shown and not (sys.stdout and sys.stdout.isatty()):
        print(summary)  # noqa: T201 - the command's output, in most runs of a timer all of it
        return
    from aggregator.verbs.screen import out

    if shown:
        out.print(_table(shown[:MOST_ROWS]))
    if len(shown) > MOST_ROWS:
        out.print(f"… and {len(shown) - MOST_ROWS} more with news; --json says it all", style="dim")
    out.print(summary, style="red" if failed else "green")


def _table(outcomes: Sequence[Outcome]) -> Table:
    from rich.table import Table

    table = Table("source", box=None, header_style="bold", pad_edge=False)
    for name in ("new", "revised", "same"):
        table.add_column(name, justify="right")
    table.add_column("")
    for outcome in outcomes:
        table.add_row(outcome.source, *_counts(outcome), _remark(outcome))
    return table


def _is_news(outcome: Outcome) -> bool:
    return outcome.error is not None or (outcome.recorded is not None and bool(outcome.recorded.new or outcome.recorded.revised))


def _counts(outcome: Outcome) -> tuple[str, str, str]:
    if outcome.recorded is None:
        return ("", "", "")
    return (str(len(outcome.recorded.new)), str(len(outcome.recorded.revised)), str(outcome.recorded.same))


def _remark(outcome: Outcome) -> Text:
    from rich.text import Text

    if outcome.error:
        return Text(str(outcome.error), style="red")
    if outcome.unchanged:
        return Text(f"unchanged ({outcome.unchanged.why})", style="dim")
    return Text("; ".join(outcome.notes), style="yellow")
