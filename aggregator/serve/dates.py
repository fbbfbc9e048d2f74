"""Times as people read them: as exact as the source stated them and no more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo

from babel import Locale
from babel.dates import format_date, format_time

from feeds.records import Precision

_CLOSE = frozenset({"zh", "ja", "ko"})  # languages that write the clock behind the day without a comma


@dataclass(frozen=True, slots=True)
class Moment:
    """A time to show: `text` for people, `iso` for ``<time datetime>``."""

    text: str
    iso: str


def moment(at: datetime, precision: Precision | None, zone: tzinfo, locale: Locale) -> Moment:
    """`at` in the site's zone; a bare day has no clock time and is not moved to another day by the zones between."""
    if precision is Precision.DAY:
        day = at if (at.hour, at.minute) == (0, 0) else _local(at, zone)
        return Moment(_day(day, locale), f"{day.year:04d}-{day.month:02d}-{day.day:02d}")
    local = _local(at, zone)
    joint = " " if locale.language in _CLOSE else ", "
    clock = format_time(local.time(), "short", locale=locale)
    return Moment(f"{_day(local, locale)}{joint}{clock}", local.isoformat(timespec="minutes"))


def _local(at: datetime, zone: tzinfo) -> datetime:
    try:
        return at.astimezone(zone)
    except OverflowError:  # the first or last day that there is: some sources state it
        return at


def _day(at: datetime, locale: Locale) -> str:
    return format_date(at.date(), "long", locale=locale)
