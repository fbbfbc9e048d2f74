"""`haihe pull SOURCE --pages N`: what a list shows on its further pages, page by page into the past.

A walk stands still at the end of the list, or on known ground: on a page where all is known, once the end was reached before. It
remembers where it is with every page that it keeps, so that whoever interrupts it loses nothing; the next walk goes on from there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from msgspec import structs

from aggregator.attribute import attribute
from aggregator.config import Source
from aggregator.errors import PullError
from aggregator.pipeline import Outcome, Trade
from aggregator.quality import gate
from aggregator.records import Backfill, Pulled, Recorded
from aggregator.route import route
from feeds.errors import FeedError, NothingFound
from feeds.records import Feed

MOST_KNOWN = 100_000  # entries of a source that are not asked for again
TRIES = 2  # of one page, where some of its articles could not be had
STEPS = 3  # documents between two pages of a list that only lead on, such as scripts that count pages


@dataclass(frozen=True, slots=True, kw_only=True)
class Turned:
    """One page turned: what it brought, and where the list goes on."""

    recorded: Recorded
    next: str | None
    entries: int
    known: bool
    missed: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


async def backfill(source: Source, pages: int, trade: Trade, clock: Callable[[], datetime], turned: Callable[[], None]) -> Outcome:
    """Up to `pages` pages of the source's list, from where the last walk stopped, else from the first. `turned` hears of each."""
    first = source.base or source.url
    place = trade.store.backfill(source.key) or Backfill(next=None)
    at: str | None = place.next or first
    place = structs.replace(place, next=at, pages=place.pages if place.next else 0)
    seen: set[str] = set()
    total, notes = Recorded(), list[str]()
    count = steps = tries = 0
    while at is not None and count < pages:
        seen.add(at)
        try:
            page = await _turn(source, at, trade, clock(), place)
        except (PullError, FeedError) as error:
            # Pages beyond the last are missing, or empty.
            if at == first or not (isinstance(error, NothingFound) or getattr(error, "status", None) in (404, 410)):
                told = f"{_pages(count)} read before that; the next time it goes on at {at}"
                return Outcome(source=source.key, recorded=total, error=error, notes=(told, *dict.fromkeys(notes)))
            at = None
            break
        total = _sum(total, page.recorded)
        if page.missed and page.recorded.new and (tries := tries + 1) < TRIES:
            continue
        tries = 0
        notes += page.notes + page.missed
        at = page.next if page.next not in seen else None
        if not page.entries and (steps := steps + 1) <= STEPS:
            continue  # no page of the list, only the way to it
        steps, count = 0, count + 1
        turned()
        if place.ended and page.known and len(seen) > 1:
            break
    why = f"the next time it goes on at {at}"
    if at is None:
        why = "the list ends there"
    elif count < pages:
        at, why = None, "what comes before is known"
    place = Backfill(next=at, pages=place.pages + count, ended=place.ended or at is None)
    await asyncio.to_thread(trade.store.amend, source.key, [], clock(), backfill=place)
    return Outcome(source=source.key, recorded=total, notes=(f"{_pages(count)} read; {why}", *dict.fromkeys(notes)))


async def _turn(source: Source, at: str, trade: Trade, now: datetime, place: Backfill) -> Turned:
    """pull -> read -> attribute -> route -> record, for one page; where the walk is, is kept with what the page brought."""
    known = await asyncio.to_thread(trade.store.fingerprints, source.key, MOST_KNOWN)
    pulled: Pulled = await trade.further(source, at, known)
    feed: Feed = await trade.read(pulled, source, known)
    placed = route(attribute(feed, source).entries, source, trade.rules)
    gated = gate(placed, trade.store.recent(source.key) if pulled.articles else (), known)
    missed = pulled.missed + feed.withheld
    # What could not be had may come with the next try: until then the walk stands here.
    reached = structs.replace(place, next=at if missed or feed.next_link is None else feed.next_link)
    recorded = await asyncio.to_thread(trade.store.amend, source.key, gated.placed, now, backfill=reached)
    found = len(feed.entries) + len(feed.same)
    return Turned(
        recorded=structs.replace(recorded, same=recorded.same + len(feed.same)),
        next=feed.next_link,
        entries=found + len(missed),
        known=bool(found) and not recorded.new and not missed,
        missed=missed,
        notes=feed.repairs + pulled.left + gated.notes,
    )


def _pages(count: int) -> str:
    return f"{count} page{'' if count == 1 else 's'}"


def _sum(one: Recorded, other: Recorded) -> Recorded:
    return Recorded(
        new=one.new + other.new, revised=one.revised + other.revised, same=one.same + other.same, sections=one.sections | other.sections
    )
