"""`haihe preview`: what a source, a feed, a list page or one article would give, each fact with its evidence; nothing is stored.

A table of what a source brings; or, by its number in that table and for an address that is an article, one entry whole."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from msgspec import structs
from rich.progress import Progress, SpinnerColumn, TextColumn
from rich.table import Table
from rich.text import Text

from aggregator.config import Config, Source, hints, unlisted
from aggregator.config.problems import near
from aggregator.errors import ConfigError, PullError
from aggregator.records import Placed
from aggregator.verbs import draft
from aggregator.verbs.counted import counted
from aggregator.verbs.screen import err, out, plain
from aggregator.verbs.trial import Tools, Trial, attempt, judged
from feeds import credit
from feeds.clean.urls import normalise, parts, same_site
from feeds.errors import FeedError

Known = Callable[[str], Mapping[str, str]]


async def preview(word: str, config: Config, tools: Tools, known: Known, *, limit: int, number: int | None, as_json: bool) -> bool:
    """Try what `word` names and show it. Whether it went well. ConfigError when it names nothing."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal or as_json) as progress:
        progress.add_task(f"reading {plain(word)}")
        trial = await _trial(word, config, tools, known, limit)
    if number is not None and number > len(trial.placed) and trial.error is None:
        raise ConfigError(f"there is no entry {number}: {word} gives {len(trial.placed)}")
    if as_json:
        print(json.dumps(_facts(trial, config, number), ensure_ascii=False, indent=2))  # noqa: T201 - the command's output
    elif trial.error is not None:
        err.print(Text(plain(f"{trial.source.key}: {trial.error}"), "red"))
    elif trial.placed and (number is not None or (trial.feed and trial.feed.kind == "article")):
        at = (number or 1) - 1
        draft.tell(trial.placed[at], trial.verdicts[at], trial.source, config)
        _notes(trial)
    else:
        _table(trial, config)
    return trial.error is None


# --- what is tried --------------------------------------------------------------------------------------------------------------------


async def _trial(word: str, config: Config, tools: Tools, known: Known, limit: int) -> Trial:
    source = config.sources.get(word)
    if source is None and parts(word).scheme not in ("http", "https", "file"):
        hint = near(word, config.sources)
        raise ConfigError(f"{word!r} is neither a source of {config.path} nor an address; " + (hint or "`haihe check` lists the sources"))
    if source is None:
        source = next((each for each in config.sources.values() if normalise(each.url) == normalise(word)), None)
    if source is None:
        return await _stranger(word, config, tools, known, limit)
    if source.off and source.enabled:
        raise ConfigError(f"source {source.key!r} is off: {source.off}")
    return await attempt(source, config, tools, limit, known(source.key))


async def _stranger(address: str, config: Config, tools: Tools, known: Known, limit: int) -> Trial:
    """An address that no source has: an article of the one whose site it is on, or something new."""
    name = parts(address).hostname or "file"
    alone = unlisted(address, name)
    owner = belongs(address, config) or alone
    try:
        document = (await tools.fetch(address)).document
        told = hints(owner, config.site)
        found = await tools.read(document, structs.replace(told, kind="survey"))
        if found.kind == "article":
            feed = await tools.read(document, structs.replace(told, kind="article", name=told.name if owner is not alone else None))
            return judged(owner, config, feed, feed.repairs, known(owner.key))
    except PullError as error:
        return Trial(source=alone, error=error)
    except FeedError:
        pass  # no page, so perhaps a feed; the attempt says what is wrong if it is none
    return await attempt(alone, config, tools, limit, {})


def belongs(address: str, config: Config) -> Source | None:
    """The source on whose site an address lies; of several, the one whose own address shares most of the way with it."""
    way = urlsplit(address).path.split("/")

    def shared(source: Source) -> int:
        own = urlsplit(source.base or source.url).path.split("/")
        return next((at for at, (one, other) in enumerate(zip(way, own, strict=False)) if one != other), min(len(way), len(own)))

    ours = [each for each in config.active.values() if same_site(address, each.base or each.url)]
    return max(ours, key=shared, default=None)


# --- what is shown --------------------------------------------------------------------------------------------------------------------


def _facts(trial: Trial, config: Config, number: int | None) -> dict[str, object]:
    found: dict[str, object] = {"source": trial.source.key, "kind": trial.feed.kind if trial.feed else None}
    if trial.error is not None:
        return found | {"error": {"kind": type(trial.error).__name__, "says": str(trial.error)}}
    chosen = [
        draft.facts(placed, verdict, trial.source, config)
        for at, (placed, verdict) in enumerate(zip(trial.placed, trial.verdicts, strict=True), 1)
        if number in (None, at)
    ]
    doubts = list(trial.feed.doubts) if trial.feed else []
    title = trial.feed.title if trial.feed else ""
    return found | {"title": title, "notes": list(trial.notes), "sure": not doubts, "doubts": doubts, "entries": chosen}


def _table(trial: Trial, config: Config) -> None:
    feed = trial.feed
    assert feed is not None  # noqa: S101  the error was shown instead
    out.print(Text.assemble((plain(trial.source.title), "bold"), (f"  {feed.kind}", "dim")))
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("#", justify="right", style="dim")
    for name in ("published", "title", "credit", "sections", ""):
        table.add_column(name, overflow="fold")
    for number, (placed, verdict) in enumerate(zip(trial.placed, trial.verdicts, strict=True), 1):
        table.add_row(str(number), *_row(placed, config), Text(verdict, _STYLES.get(verdict, "dim")))
    if trial.placed:
        out.print(table)
    _notes(trial)
    named = sum(bool(each.entry.credit.source or each.entry.authors) for each in trial.placed)
    dated = sum(each.entry.published is not None for each in trial.placed)
    nowhere = sum(not each.placements for each in trial.placed)
    lost = f", {nowhere} in no section" if nowhere else ""
    out.print(f"{counted(len(trial.placed), 'entry')}: {dated} dated, {named} with a source or an author{lost}; nothing was stored")
    if trial.placed:
        out.print("one of them with all its evidence: --entry NUMBER", style="dim")


_STYLES = {"new": "green", "would be revised": "yellow"}


def _row(placed: Placed, config: Config) -> tuple[Text, ...]:
    entry = placed.entry
    sections = ", ".join(draft.section_title(place.section, config) for place in placed.placements)
    return (
        Text(draft.when(entry)),
        Text(plain(entry.title)),
        Text(plain(credit.line(entry, config.site.language))),
        Text(plain(sections)) if sections else Text("none", "yellow"),
    )


def _notes(trial: Trial) -> None:
    for doubt in trial.feed.doubts if trial.feed else ():
        out.print(Text(plain(f"not sure of the list, which was found by looking: {doubt}"), "yellow"))
    for note in trial.notes:
        out.print(Text(plain(f"note: {note}"), "yellow"))
