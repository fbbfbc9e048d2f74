"""When an article that is known already is looked at once more, and what follows from what is found: pure decisions.

Corrections come soon or never: an article is asked for an hour, a day and a week after it came, with a conditional request. One that is
missing (404) is looked for again before it counts as taken down; one that says so itself, or answers 410, is believed at once. Where
most of what is looked at is missing, the site is in trouble and nothing is believed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from feeds.records import Precision, Source

AFTER = (timedelta(hours=1), timedelta(days=1), timedelta(days=7))
AGAIN = timedelta(hours=1)
AT_ONCE = 10  # articles of a source that are looked at in one pull
A_FEW = 3


class Found(StrEnum):
    """What a visit found. `KEPT`: an article, changed or not; `FAILED`: nothing that says anything of it."""

    KEPT = "kept"
    FAILED = "failed"
    MISSING = "missing"
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """An article that is due for another look: the entry, what its list may have said of it, where it stood, and the validators of its
    page."""

    entry: str
    uid: str
    link: str
    title: str
    published: datetime | None
    precision: Precision | None
    first_seen_at: datetime
    origin: Source | None = None
    done: int = 0
    etag: str | None = None
    last_modified: str | None = None
    missing_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Visited:
    """A visit and what it found; `due_at` None means that there is none after it."""

    visit: Visit
    found: Found
    etag: str | None = None
    last_modified: str | None = None
    missing_since: datetime | None = None
    done: int = 0
    due_at: datetime | None = None


def first(now: datetime) -> datetime:
    """When what is new now is looked at again."""
    return now + AFTER[0]


def judge(visits: Sequence[Visited], now: datetime) -> list[Visited]:
    """What is made of the visits of one pull: what is gone, and when each of the others is due again."""
    missing = sum(one.found is Found.MISSING for one in visits)
    believed = missing < A_FEW or missing * 2 <= len(visits)
    return [_judge(one, now, believed=believed) for one in visits]


def _judge(one: Visited, now: datetime, *, believed: bool) -> Visited:
    if one.found is Found.GONE:
        return one
    if one.found is Found.MISSING and believed:
        since = one.visit.missing_since
        if since is not None and now - since >= AGAIN:
            return replace(one, found=Found.GONE)
        return replace(one, done=one.visit.done, missing_since=since or now, due_at=now + AGAIN)
    done = one.visit.done + 1
    due = max(one.visit.first_seen_at + AFTER[done], now + AGAIN) if done < len(AFTER) else None
    return replace(one, found=Found.FAILED if one.found is Found.MISSING else one.found, done=done, due_at=due)
