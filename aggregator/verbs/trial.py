"""A source tried without keeping anything: pulled, read, attributed and routed as `refresh` would, and compared with what is kept."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from aggregator.attribute import attribute
from aggregator.config import Config, Section, Source
from aggregator.errors import PullError
from aggregator.publish.policy import stricter
from aggregator.quality import gate
from aggregator.records import Placed, Pulled
from aggregator.route import Rules, route
from feeds.errors import FeedError
from feeds.records import Document, Feed, Hints

Fetch = Callable[[str], Awaitable[Pulled]]
Read = Callable[[Document, Hints], Awaitable[Feed]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """The ways out and in, without a store. `fetch` gets one document; `pull` a source with at most so many of its articles; `read`
    reads one document and `feed` what a pull brought. They raise PullError and FeedError."""

    fetch: Fetch
    pull: Callable[[Source, int], Awaitable[Pulled]]
    read: Read
    feed: Callable[[Pulled, Source], Awaitable[Feed]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What a source would bring now. `verdicts` say for each entry what the store would make of it."""

    source: Source
    feed: Feed | None = None
    placed: tuple[Placed, ...] = ()
    verdicts: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    error: PullError | FeedError | None = None


async def attempt(source: Source, config: Config, tools: Tools, at_most: int, known: Mapping[str, str]) -> Trial:
    """Never raises for what the upstream does: the error is in the trial. `known` maps kept uids to their fingerprints. A source that
    was made for the occasion, without a title, takes that of its feed."""
    try:
        pulled = await tools.pull(source, at_most)
        feed = await tools.feed(pulled, source)
    except (PullError, FeedError) as error:
        return Trial(source=source, error=error)
    if source.title == source.key:
        source = source.model_copy(update={"title": feed.title or source.title})
    return judged(source, config, feed, (*feed.repairs, *pulled.missed, *feed.withheld), known)


def judged(source: Source, config: Config, feed: Feed, notes: tuple[str, ...], known: Mapping[str, str]) -> Trial:
    """A feed as read, attributed and routed."""
    placed = gate(route(attribute(feed, source).entries, source, Rules.of(config.sections, config.routes)), (), ()).placed
    verdicts = tuple(_verdict(each, known) for each in placed)
    return Trial(source=source, feed=feed, placed=placed, verdicts=verdicts, notes=notes)


def _verdict(placed: Placed, known: Mapping[str, str]) -> str:
    kept = known.get(placed.entry.uid)
    if placed.held and kept != placed.entry.fingerprint:
        return f"would be held back: {placed.held}"
    return "new" if kept is None else "kept as it is" if kept == placed.entry.fingerprint else "would be revised"


def shown_as(section: Section | None, source: Source) -> str:
    """How much of an entry of the source leaves the house in a section (or without one): ``full``, ``summary``, ``link`` or ``none``."""
    return stricter(source.republish, section.body) if section else source.republish
