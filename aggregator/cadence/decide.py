"""The next pull after an answer and after an error."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from aggregator.cadence.likely import habit, wait_for_news
from aggregator.cadence.spans import seconds, words
from aggregator.errors import PullError, TooMany
from aggregator.records import Freshness, Known, NextPull, Pulled, Unchanged, Wishes
from feeds.errors import FeedError
from feeds.records import Feed

LONGEST_RETRY = timedelta(days=7)  # a Retry-After beyond this is a mistake or a trap
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LONGEST_TTL = 366 * 24 * 60  # minutes; beyond it a wish is a mistake, and the wall `at_most` cuts it anyway
AFTER_SKIP = timedelta(minutes=10)
NOTABLE = 0.1  # a rhythm that moves the wait by less is not worth a word

Wait = tuple[timedelta, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Walls:
    """The operator's wishes: the usual wait, and between what it must stay.

    `fixed` says that `every` was said of this source alone: its rhythm does not move it. `zone` is for words and kinds of days. `web`
    is False for files, whose bytes cost nobody anything."""

    every: timedelta
    at_least: timedelta
    at_most: timedelta
    fixed: bool = False
    zone: tzinfo = UTC
    web: bool = True


def after_success(walls: Walls, known: Known, answer: Pulled | Unchanged, feed: Feed | None, now: datetime) -> NextPull:
    """The next pull after an answer; `feed` is None when nothing had changed."""
    wishes = _wishes(known.wishes, answer, feed)
    usual, low = (walls.every, f"every {words(walls.every)}"), walls.at_least
    if walls.fixed:
        usual = (walls.every, f"every {words(walls.every)}, as configured for this source")
    else:
        usual = _by_rhythm(walls, known, usual, now)
        if walls.web and _costly(answer):
            # Politeness asks for conditional requests; where there are none, for patience. The operator's word for one source overrules.
            low = min(max(low, 2 * walls.every), walls.at_most)
    wait, why = max([usual, *_asked(wishes, answer.freshness)], key=lambda pair: pair[0])
    if wait < low and low > walls.at_least:
        wait, why = low, f"every {words(low)}, because each pull costs it the whole document (it gives no validators that work)"
    wait, why = _within(wait, why, walls.at_least, walls.at_most)
    at, skipped = skip((now + _spread(wait, known, walls.at_most, now)).astimezone(UTC), wishes, known.key)
    return NextPull(at=at, why=why + skipped, wishes=wishes)


def after_failure(walls: Walls, known: Known, error: PullError | FeedError, now: datetime) -> NextPull:
    """The next pull after an error; never, when the source has ended."""
    if error.advice == "stop":
        return NextPull(at=None, why=f"not again until you say so: {error}")
    failures = known.failures + 1
    start = {"soon": walls.at_least, "wait": walls.every, "later": max(walls.every, walls.at_most / 4)}[error.advice]
    if isinstance(error, TooMany):
        start = 2 * walls.every  # the pace that drew the complaint is too fast, however we say it
    wait = min(start * 2 ** min(failures - 1, 16), walls.at_most)
    why = f"after {failures} failure{'s' if failures > 1 else ''} in a row"
    asked = seconds(error.retry_after) if isinstance(error, PullError) and error.retry_after else timedelta()
    if asked > wait:
        wait = min(asked, LONGEST_RETRY)
        why += f"; the server asks for {words(wait)} (Retry-After)"
    at, skipped = skip((now + _spread(wait, known, walls.at_most, now)).astimezone(UTC), known.wishes, known.key)
    return NextPull(at=at, why=why + skipped)


def _wishes(before: Wishes, answer: Pulled | Unchanged, feed: Feed | None) -> Wishes:
    """What the source asks for from now on. A 304 changes only what it states (RFC 9111 §4.3.4), the same bytes only what stood outside
    of them."""
    stated = answer.freshness.max_age
    if feed is not None:
        return Wishes(
            max_age=stated,
            ttl=min(feed.ttl, LONGEST_TTL) if feed.ttl else None,
            interval=min(feed.interval, LONGEST_TTL * 60) if feed.interval else None,
            skip_hours=tuple(sorted(set(feed.skip_hours) & set(range(24)))),
            skip_days=tuple(day for day in DAYS if day in {said.strip().lower() for said in feed.skip_days}),
        )
    max_age = before.max_age if stated is None and not (isinstance(answer, Unchanged) and answer.whole) else stated
    return Wishes(max_age=max_age, ttl=before.ttl, interval=before.interval, skip_hours=before.skip_hours, skip_days=before.skip_days)


def _by_rhythm(walls: Walls, known: Known, usual: Wait, now: datetime) -> Wait:
    if known.rhythm is None:
        return usual
    wait = max(wait_for_news(known.rhythm, walls.every, walls.at_most, walls.zone, now), walls.at_least)
    if abs(wait / walls.every - 1) < NOTABLE:
        return wait, usual[1]
    moved = "sooner" if wait < walls.every else "later"
    return wait, f"{moved} than every {words(walls.every)}, in {words(wait)}: it {habit(known.rhythm, walls.zone, now)}"


def _costly(answer: Pulled | Unchanged) -> bool:
    """Whether asking again will cost the upstream its whole document."""
    if isinstance(answer, Unchanged):
        return answer.whole
    return not (answer.etag or answer.last_modified)


def _asked(wishes: Wishes, freshness: Freshness) -> list[Wait]:
    asked: list[Wait] = []
    if wishes.max_age and wishes.max_age > freshness.age:
        left = seconds(wishes.max_age - freshness.age)
        asked.append((left, f"the server says that its answer is fresh for {words(left)}"))
    if wishes.ttl:
        asked.append((seconds(wishes.ttl * 60), f"the feed asks for {words(seconds(wishes.ttl * 60))} (ttl)"))
    if wishes.interval:
        asked.append((seconds(wishes.interval), f"the feed is updated every {words(seconds(wishes.interval))} (sy:updatePeriod)"))
    if freshness.retry_after:
        asked.append((seconds(freshness.retry_after), f"the server asks for {words(seconds(freshness.retry_after))} (Retry-After)"))
    return asked


def _within(wait: timedelta, why: str, low: timedelta, high: timedelta) -> Wait:
    if wait < low:
        return low, f"{why}; but at least {words(low)} apart (pace.at_least)"
    if wait > high:
        return high, f"{why}; but at most {words(high)} apart (pace.at_most)"
    return wait, why


def skip(at: datetime, wishes: Wishes, key: str) -> tuple[datetime, str]:
    """Past the hours (GMT) and days that the feed wants skipped; a feed that skips everything is not believed."""
    if len(wishes.skip_days) >= 7 or len(wishes.skip_hours) >= 24:
        return at, ""
    end = at
    while DAYS[end.weekday()] in wishes.skip_days or end.hour in wishes.skip_hours:
        end = end.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    if end == at:
        return at, ""
    # All that skip the same hours would meet at the first minute after them.
    return end + AFTER_SKIP * _share(key, at), "; later, because the feed wants that time skipped (skipHours, skipDays)"


def _spread(wait: timedelta, known: Known, at_most: timedelta, now: datetime) -> timedelta:
    """A twentieth longer at the most. First pulls all come at once, so what follows them is spread by half, lest they stay together."""
    share = _share(known.key, now)
    usual = wait * (1 + share / 20)
    return usual if known.pulled_at is not None else max(usual, min(wait * (1 + share / 2), at_most))


def _share(key: str, now: datetime) -> float:
    """From 0 to 1, the same for the same source and moment."""
    return int.from_bytes(hashlib.blake2b(f"{key} {now.isoformat()}".encode(), digest_size=4).digest()) / 2**32
