"""Times as people read them: as exact as the source stated them and no more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo

from feeds.records import Precision

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Moment:
    """A time to show: `text` for people, `iso` for ``<time datetime>``."""

    text: str
    iso: str


def moment(at: datetime, precision: Precision | None, zone: tzinfo, language: str) -> Moment:
    """`at` in the site's zone; a bare day has no clock time and is not moved to another day by the zones between."""
    if precision is Precision.DAY:
        day = at if (at.hour, at.minute) == (0, 0) else _local(at, zone)
        return Moment(_day(day, language), f"{day.year:04d}-{day.month:02d}-{day.day:02d}")
    local = _local(at, zone)
    clock = f"{local.hour:02d}:{local.minute:02d}"
    joint = " " if language == "zh" else ", "
    return Moment(f"{_day(local, language)}{joint}{clock}", local.isoformat(timespec="minutes"))


def _local(at: datetime, zone: tzinfo) -> datetime:
    try:
        return at.astimezone(zone)
    except OverflowError:  # the first or last day that there is: some sources state it
        return at


def _day(at: datetime, language: str) -> str:
    if language == "zh":
        return f"{at.year}年{at.month}月{at.day}日"
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year}"
