"""When a source's news came: what is remembered of it, and how that grows and fades. What follows from it is `aggregator.cadence`.

An arrival is a span of time, because that is what we know: a stated time is a moment, news without one came somewhere between two
pulls. Several entries of one span are one piece of news that came, so they count less than one by one (log2 of one more than their
number): twenty items at nine o'clock are no reason to come twenty times at nine o'clock.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from feeds.records import Entry, Precision

HOURS = 168  # of a week
WEEK = timedelta(days=7)
HALF_LIFE = timedelta(days=28)  # news of four weeks ago weighs half of today's
LONGEST_MEMORY = 2 * HALF_LIFE  # what a first document tells of earlier weeks is believed so far back
_MONDAY = 4 * 86400  # 1970-01-05, in seconds since 1970

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """`counts`: the weight of what came in each hour of the week (the first is Monday 00:00 UTC), as heavy as it was at `at`. `since` is
    when we began to look, so that silence counts too."""

    since: datetime
    at: datetime
    counts: tuple[float, ...] = (0.0,) * HOURS

    def weeks(self, now: datetime) -> float:
        """How many weeks of looking stand behind the counts at `now`, faded as they are."""
        looked = max(timedelta(), now - self.since)
        return HALF_LIFE / WEEK / math.log(2) * (1 - _faded(looked))

    def fresh(self, now: datetime) -> float:
        """What the weights are to be multiplied with to hold at `now`."""
        return _faded(now - self.at)


def hour_of_week(moment: datetime) -> int:
    return int((moment.timestamp() - _MONDAY) // 3600) % HOURS


def begin(entries: Iterable[Entry], now: datetime) -> Rhythm:
    """From a first document: its dated entries tell when news came before we looked, back to the oldest of them."""
    spans = [span for entry in entries if (span := _stated(entry)) and now - LONGEST_MEMORY <= span[0] <= now]
    since = min((start for start, _ in spans), default=now)
    return _with(Rhythm(since=since, at=now), spans, now)


def grow(rhythm: Rhythm, entries: Iterable[Entry], last: datetime, now: datetime) -> Rhythm:
    """With the `entries` that were new at `now`, when the pull before was at `last`. A time that they state counts if it lies between."""
    spans = []
    for entry in entries:
        exact = _stated(entry) if entry.precision is not Precision.DAY else None
        spans.append(exact if exact and last <= exact[0] <= now else (min(last, now), now))
    return _with(rhythm, spans, now)


def _stated(entry: Entry) -> Span | None:
    if entry.published is None:
        return None
    try:
        start = entry.published.astimezone(UTC).replace(second=0, microsecond=0)
        return (start, start + timedelta(days=1)) if entry.precision is Precision.DAY else (start, start)
    except OverflowError:  # the first and last days of the calendar stand for "no date"
        return None


def _with(rhythm: Rhythm, spans: Iterable[Span], now: datetime) -> Rhythm:
    at = max(rhythm.at, now)  # a clock that was set back ages nothing twice
    fresh = _faded(at - rhythm.at)
    counts = [weight * fresh for weight in rhythm.counts]
    for (start, end), number in Counter(spans).items():
        hours = _hours(start, end)
        weight = math.log2(1 + number) * _faded(at - end) / len(hours)
        for hour in hours:
            counts[hour] += weight
    return Rhythm(since=rhythm.since, at=at, counts=tuple(counts))


def _hours(start: datetime, end: datetime) -> list[int]:
    """The hours that a span touches; a span of more than a week tells nothing of the hour."""
    if end - start >= WEEK:
        return list(range(HOURS))
    first = hour_of_week(start)
    last = max(start, end - timedelta(microseconds=1))
    touched = int(last.timestamp() // 3600 - start.timestamp() // 3600) + 1
    return [(first + step) % HOURS for step in range(min(HOURS, touched))]


def _faded(age: timedelta) -> float:
    return math.exp2(-max(timedelta(), age) / HALF_LIFE)
