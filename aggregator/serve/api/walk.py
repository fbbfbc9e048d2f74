"""A page of entries from a place in the list on, and the place where the next one begins.

What the store cannot choose by is looked at here, a bounded number of entries at a time: such a page may hold fewer than were asked for,
or none, and still have a next one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from aggregator.records import Item
from aggregator.serve import cursor
from aggregator.serve.shelf import Shelf

SCAN = 1000  # entries that are looked at for one page
BATCH = 250
DEEPEST = 1000  # matches of a search that can be paged through
_HITS = re.compile(r"hits~(\d{1,4})")

Keep = Callable[[Item], bool]
Page = tuple[list[Item], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """`section` None is every section; `q` looks for words, the best matches first. `keep` decides on what is left."""

    section: str | None = None
    q: str | None = None
    source: str | None = None
    since: datetime | None = None
    keep: Keep
    picky: bool = False  # whether `keep` may leave out most
    limit: int


def walk(shelf: Shelf, wanted: Wanted, at: str | None) -> Page | None:
    """From the cursor `at` on. None where a search is asked for and nothing can be searched. Raises BadCursor."""
    return _matches(shelf, wanted, at) if wanted.q is not None else _listed(shelf, wanted, at)


def _listed(shelf: Shelf, wanted: Wanted, at: str | None) -> Page:
    found: list[Item] = []
    last = cursor.read(at) if at else None
    size, looked_at = BATCH if wanted.picky else wanted.limit + 1, 0
    while looked_at < SCAN:
        batch = shelf.newest(wanted.section, size, last, source=wanted.source, since=wanted.since)
        for item in batch:
            if wanted.keep(item):
                if len(found) == wanted.limit:
                    return found, cursor.place(*last) if last else None
                found.append(item)
            last = item.sort_at, item.id
        looked_at += len(batch)
        if len(batch) < size:
            return found, None
    return found, cursor.place(*last) if last else None


def _matches(shelf: Shelf, wanted: Wanted, at: str | None) -> Page | None:
    skip = _skipped(at) if at else 0
    hits = shelf.search(wanted.q or "", wanted.limit + 1, skip, section=wanted.section, source=wanted.source)
    if hits is None:
        return None
    found = [item for item in hits[: wanted.limit] if (wanted.since is None or item.sort_at >= wanted.since) and wanted.keep(item)]
    onward = skip + wanted.limit
    return found, f"hits~{onward}" if len(hits) > wanted.limit and onward < DEEPEST else None


def _skipped(at: str) -> int:
    said = _HITS.fullmatch(at)
    if said is None or int(said[1]) >= DEEPEST:
        raise cursor.BadCursor
    return int(said[1])
