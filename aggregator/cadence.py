"""When to pull a source again, and why: one pure decision that `haihe explain` can repeat in words.

    wait = the longest of what the operator wants (`every`) and what the source asks for (max-age, ttl, sy:*),
           between the walls `at_least` and `at_most`; then hours and days that the source wants skipped are skipped;
           after errors the wait doubles with each failure, by the advice that the error carries, and `Retry-After` is honoured.

A twentieth of the wait, fixed by the source's key and the time, spreads sources that came in together.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.errors import PullError
from aggregator.records import Freshness, Known, NextPull
from feeds.errors import FeedError
from feeds.records import Feed

LONGEST_RETRY = timedelta(days=7)  # a Retry-After beyond this is a mistake or a trap
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True, kw_only=True)
class Walls:
    """The operator's wishes: the usual wait, and between what it must stay."""

    every: timedelta
    at_least: timedelta
    at_most: timedelta


def after_success(walls: Walls, known: Known, freshness: Freshness, feed: Feed | None, now: datetime) -> NextPull:
    """The next pull after an answer; `feed` is None when nothing had changed."""
    asked: list[tuple[timedelta, str]] = [(walls.every, f"every {words(walls.every)}")]
    if freshness.max_age:
        asked.append((_seconds(freshness.max_age), f"the server says that its answer is fresh for {words(_seconds(freshness.max_age))}"))
    if feed and feed.ttl:
        asked.append((_seconds(feed.ttl * 60), f"the feed asks for {words(_seconds(feed.ttl * 60))} (ttl)"))
    if feed and feed.interval:
        asked.append((_seconds(feed.interval), f"the feed is updated every {words(_seconds(feed.interval))} (sy:updatePeriod)"))
    wait, why = max(asked, key=lambda pair: pair[0])
    wait, why = _within(wait, why, walls.at_least, walls.at_most)
    at = now + _spread(wait, known.key, now)
    if feed:
        at, skipped = _skip(at, feed)
        why += skipped
    return NextPull(at=at, why=why)


def after_failure(walls: Walls, known: Known, error: PullError | FeedError, now: datetime) -> NextPull:
    """The next pull after an error; never, when the source has ended."""
    if error.advice == "stop":
        return NextPull(at=None, why=f"not again until you say so: {error}")
    failures = known.failures + 1
    start = {"soon": walls.at_least, "wait": walls.every, "later": max(walls.every, walls.at_most / 4)}[error.advice]
    wait = min(start * 2 ** min(failures - 1, 16), walls.at_most)
    why = f"after {failures} failure{'s' if failures > 1 else ''} in a row"
    asked = _seconds(error.retry_after) if isinstance(error, PullError) and error.retry_after else timedelta()
    if asked > wait:
        wait = min(asked, LONGEST_RETRY)
        why += f"; the server asks for {words(wait)} (Retry-After)"
    return NextPull(at=now + _spread(wait, known.key, now), why=why)


def _within(wait: timedelta, why: str, low: timedelta, high: timedelta) -> tuple[timedelta, str]:
    if wait < low:
        return low, f"{why}; but at least {words(low)} apart (pace.at_least)"
    if wait > high:
        return high, f"{why}; but at most {words(high)} apart (pace.at_most)"
    return wait, why


def _skip(at: datetime, feed: Feed) -> tuple[datetime, str]:
    """Past the hours (GMT) and days that the feed wants skipped; a feed that skips everything is not believed."""
    days = {day.lower() for day in feed.skip_days} & set(DAYS)
    hours = set(feed.skip_hours) & set(range(24))
    if len(days) == 7 or len(hours) == 24:
        return at, ""
    start = at
    while DAYS[at.weekday()] in days or at.hour in hours:
        at = at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return at, "; later, because the feed wants that time skipped (skipHours, skipDays)" if at != start else ""


def _spread(wait: timedelta, key: str, now: datetime) -> timedelta:
    digest = hashlib.blake2b(f"{key} {now.isoformat()}".encode(), digest_size=4).digest()
    return wait * (1 + int.from_bytes(digest) / 2**32 / 20)


def _seconds(number: float) -> timedelta:
    return timedelta(seconds=min(number, 10 * 366 * 86400))


def words(span: timedelta) -> str:
    """A span as people say it: `30 minutes`, `1 hour 30 minutes`, `2 days`."""
    seconds = max(0, round(span.total_seconds()))
    parts: list[str] = []
    for size, name in ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second")):
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count} {name}{'s' if count > 1 else ''}")
    return " ".join(parts[:2]) or "0 seconds"
