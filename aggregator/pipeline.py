"""The story of every entry. Read this first.

    pull -> read -> normalise -> attribute -> route -> record -> publish -> serve

`refresh` tells it for one source up to `record`; what it changed is published once a tick (`aggregator.publish`), and served from
what was published (`aggregator.serve`)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from msgspec import structs

from aggregator.attribute import attribute
from aggregator.cadence import Walls, after_failure, after_success
from aggregator.config import Source
from aggregator.errors import Fault, PullError
from aggregator.pull.bridges import unite
from aggregator.quality import Gated, gate
from aggregator.records import Known, Pulled, Recorded, Unchanged
from aggregator.route import Rules, route
from aggregator.store import Store, Writer
from aggregator.wire import Room
from feeds.errors import FeedError
from feeds.records import Feed


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """What `refresh` works with: the store and who writes to it, the ways out (`pull`, and `further` and `look` for other pages than a
    source's first) and in (`read`), the rules, each source's walls, and the room that large documents share in memory."""

    store: Store
    writer: Writer
    pull: Callable[[Source, Known], Awaitable[Pulled | Unchanged]]
    further: Callable[[Source, str, Collection[str]], Awaitable[Pulled]]
    look: Callable[[Source, Known, str], Awaitable[Pulled | Unchanged]]
    read: Callable[[Pulled, Source, Mapping[str, str]], Awaitable[Feed]]
    rules: Rules
    walls: Callable[[Source], Walls]
    room: Room | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How one refresh ended, for whoever asked for it: one of the three is set; both `recorded` and `error` where a walk through several
    pages broke off."""

    source: str
    recorded: Recorded | None = None
    unchanged: Unchanged | None = None
    error: PullError | FeedError | Fault | None = None
    notes: tuple[str, ...] = ()


async def refresh(source: Source, known: Known, trade: Trade, now: datetime) -> Outcome:
    """pull -> read -> normalise -> attribute -> route -> record; publishing follows from what changed."""
    walls = trade.walls(source)
    try:
        pulled = await trade.pull(source, known)  # Pulled | Unchanged
        if isinstance(pulled, Unchanged):
            await trade.writer.rest(source.key, pulled, after_success(walls, known, pulled, None, now), now)
            return Outcome(source=source.key, unchanged=pulled)
        kept = trade.store.fingerprints(source.key) if known.tally else {}
        feed = await trade.read(pulled, source, kept)  # bytes -> clean entries, in a worker process
        if source.bridges:
            feed = unite(feed, trade.store.kept_as(source.key), kept)
        placed = route(attribute(feed, source).entries, source, trade.rules)
    except (PullError, FeedError) as error:
        await trade.writer.fail(source.key, error, after_failure(walls, known, error, now), now)
        return Outcome(source=source.key, error=error)
    gated = gate(placed, trade.store.recent(source.key) if pulled.articles else (), kept)  # what is no article is held back
    notes = feed.repairs + pulled.missed + feed.withheld + pulled.left + gated.notes
    pulled = pulled.emptied()
    pulled = structs.replace(
        pulled, missed=pulled.missed + feed.withheld + _asked_again(pulled, feed, gated, lambda: trade.store.settled(source.key, now))
    )
    due = after_success(walls, known, pulled, feed, now)
    recorded = await trade.writer.record(source.key, pulled, notes, gated.placed, due, now, same=len(feed.same))  # one transaction
    return Outcome(source=source.key, recorded=recorded, notes=notes)


def _asked_again(pulled: Pulled, feed: Feed, gated: Gated, settled: Callable[[], Collection[str]]) -> tuple[str, ...]:
    """Articles that were read badly are wanted still, so that the list must be asked for in full."""
    if not pulled.articles:
        return ()
    well = settled() if feed.same else ()
    badly = len(gated.held) + sum(uid not in well for uid in feed.same)
    return (f"{badly} articles that were read badly are asked for again",) if badly else ()
