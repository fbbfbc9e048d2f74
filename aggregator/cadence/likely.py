"""How likely news is at what hour, from the history of a source's arrivals: one model, and the words for it.

The operator's `every` is what is believed before anything is known: one piece of news each `every`. What came, and what did not come,
outweighs that belief within weeks (the mean of a Gamma-Poisson posterior):

    rate(hour) = (what came in that hour of the week + PRIOR x 1 / every) / (weeks that we looked + PRIOR)

What came in an hour is half its own count, half the mean of that hour over the days of its kind (Monday to Friday, weekend), both
smoothed over the hours beside it. The next pull is due when one piece of news is to be expected.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import accumulate

from aggregator.cadence.spans import words
from aggregator.rhythm import HOURS, Rhythm, hour_of_week

PRIOR = 0.5  # weeks of looking that the operator's word is worth
ENOUGH = 4.0  # pieces of news that make a habit
TYPICAL = 0.7  # of the news comes in hours that are called usual
LONGEST_HABIT = 9  # hours of a day; more is no habit
SURE = 0.85  # of the news, on days that are called usual
_DAY = 24
_DAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")
_HOUR = timedelta(hours=1)


def wait_for_news(rhythm: Rhythm, every: timedelta, at_most: timedelta, zone: tzinfo, now: datetime) -> timedelta:
    """How long until one piece of news is to be expected, `at_most` at the most. Without any evidence that is `every`."""
    counts, fresh, weeks = _local(rhythm, zone, now), rhythm.fresh(now), rhythm.weeks(now)
    believed = _HOUR / every
    local = now.astimezone(zone)
    start = local.weekday() * _DAY + local.hour
    left = 1 - timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond) / _HOUR  # of the present hour
    expected = waited = 0.0
    for step in range(int(at_most / _HOUR) + 2):
        rate = (_came(counts, (start + step) % HOURS) * fresh + PRIOR * believed) / (weeks + PRIOR)
        if expected + rate * left >= 1:
            return min((waited + (1 - expected) / rate) * _HOUR, at_most)
        expected += rate * left
        waited += left
        left = 1.0
    return at_most


def by_hour(rhythm: Rhythm, zone: tzinfo, now: datetime) -> list[float]:
    """How much news comes in each hour of the day, in a week."""
    counts, scale = _local(rhythm, zone, now), rhythm.fresh(now) / max(rhythm.weeks(now), PRIOR)
    return [sum(counts[hour::_DAY]) * scale for hour in range(_DAY)]


def habit(rhythm: Rhythm | None, zone: tzinfo, now: datetime) -> str:
    """In words: `usually brings something on weekdays between 8 and 11`."""
    if rhythm is None:
        return "has not been read yet"
    counts, weeks = _local(rhythm, zone, now), rhythm.weeks(now)
    whole = sum(counts)
    total = whole * rhythm.fresh(now)
    if total < ENOUGH:
        if weeks < 1:
            return "is not known well enough yet"
        return f"seldom brings anything ({f'about every {words(_rounded(weeks, total))}' if total >= 1 else 'nothing for weeks'})"
    days, hours = _usual_days(counts, whole), _usual_hours(counts, whole)
    if days or hours:
        return " ".join(part for part in ("usually brings something", days, hours) if part)
    return f"brings something at any hour, about every {words(_rounded(weeks, total))}"


def _rounded(weeks: float, total: float) -> timedelta:
    span = timedelta(weeks=max(weeks, 0.01)) / total
    unit = timedelta(days=1) if span >= timedelta(days=2) else _HOUR if span >= 2 * _HOUR else timedelta(minutes=1)
    return max(unit, round(span / unit) * unit)


def _local(rhythm: Rhythm, zone: tzinfo, now: datetime) -> tuple[float, ...]:
    """The counts by hour of the week in the zone. (Where clocks change, old counts are an hour off for weeks.)"""
    shift = (hour_of_week(now.astimezone(zone).replace(tzinfo=UTC)) - hour_of_week(now)) % HOURS
    return rhythm.counts[HOURS - shift :] + rhythm.counts[: HOURS - shift] if shift else rhythm.counts


def _came(counts: Sequence[float], hour: int) -> float:
    day = hour // _DAY
    alike = range(5) if day < 5 else range(5, 7)
    mean = sum(_smooth(counts, other * _DAY + hour % _DAY) for other in alike) / len(alike)
    return (_smooth(counts, hour) + mean) / 2


def _smooth(counts: Sequence[float], hour: int) -> float:
    return counts[hour - 1] / 4 + counts[hour] / 2 + counts[(hour + 1) % HOURS] / 4


def _usual_days(counts: Sequence[float], total: float) -> str:
    by_day = [sum(counts[day * _DAY : (day + 1) * _DAY]) for day in range(7)]
    best = max(range(7), key=by_day.__getitem__)
    if by_day[best] >= SURE * total:
        return f"on {_DAYS[best]}"
    if sum(by_day[:5]) >= SURE * total:
        return "on weekdays"
    return "at weekends" if sum(by_day[5:]) >= SURE * total else ""


def _usual_hours(counts: Sequence[float], total: float) -> str:
    """The shortest stretch of the day that has most of the news, if there is one that is short."""
    hours = [sum(counts[hour::_DAY]) for hour in range(_DAY)]
    before = list(accumulate(hours * 2, initial=0.0))
    if max(before[start + LONGEST_HABIT] - before[start] for start in range(_DAY)) < TYPICAL * total:
        return ""
    for length in range(1, LONGEST_HABIT + 1):
        held = [before[start + length] - before[start] for start in range(_DAY)]
        start = max(range(_DAY), key=held.__getitem__)
        if held[start] >= TYPICAL * total:
            return f"between {start} and {(start + length) % _DAY or 24}"
    return ""
