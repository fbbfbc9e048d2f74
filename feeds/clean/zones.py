"""Zones as dates name them: offsets, abbreviations, IANA names -> minutes east of Greenwich."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

_HOURS = {
    "ut": 0.0,
    "utc": 0.0,
    "zz": 0.0,
    "gmt": 0.0,
    "wet": 0.0,
    "bst": 1.0,
    "west": 1.0,
    "cet": 1.0,
    "mez": 1.0,
    "cest": 2.0,
    "mesz": 2.0,
    "eet": 2.0,
    "sast": 2.0,
    "eest": 3.0,
    "msk": 3.0,
    "ist": 5.5,
    "wib": 7.0,
    "ict": 7.0,
    "bjt": 8.0,
    "hkt": 8.0,
    "sgt": 8.0,
    "awst": 8.0,
    "pht": 8.0,
    "jst": 9.0,
    "kst": 9.0,
    "hkst": 9.0,
    "acst": 9.5,
    "aest": 10.0,
    "acdt": 10.5,
    "aedt": 11.0,
    "nzst": 12.0,
    "nzdt": 13.0,
    "ndt": -2.5,
    "adt": -3.0,
    "art": -3.0,
    "brt": -3.0,
    "nst": -3.5,
    "ast": -4.0,
    "edt": -4.0,
    "est": -5.0,
    "cdt": -5.0,
    "cst": -6.0,
    "mdt": -6.0,
    "mst": -7.0,
    "pdt": -7.0,
    "pst": -8.0,
    "akdt": -8.0,
    "akst": -9.0,
    "hst": -10.0,
}
_OFFSET = re.compile(r"([+-])(\d{1,2}):?(\d{2})?$")


@lru_cache(maxsize=64)
def info(name: str) -> ZoneInfo:
    """The IANA zone. ZoneInfoNotFoundError (a KeyError) if there is none of that name."""
    return ZoneInfo(name)


@lru_cache(maxsize=256)
def _offset(minutes: int) -> timezone:
    return timezone(timedelta(minutes=minutes))


def fixed(at: datetime, minutes: int) -> datetime:
    """The naive time with a fixed offset."""
    return at.replace(tzinfo=UTC if minutes == 0 else _offset(minutes))


def local(at: datetime, name: str) -> int:
    """What the clocks of a zone show at that naive local time; whole minutes, as RFC 3339 can write them."""
    offset = info(name).utcoffset(at)
    return round(offset.total_seconds() / 60) if offset else 0


def stated(zone: str, at: datetime, name: str) -> int | None:
    """What a zone in a text (lower case) means to a source in the IANA zone `name`; None if it means nothing.

    An abbreviation that the source's own zone uses at that time is that zone: CST is +08:00 in Shanghai and -06:00 in Chicago."""
    if found := _OFFSET.search(zone):
        hours, minutes = int(found[2]), int(found[3] or 0)
        if hours > 14 or minutes > 59:
            return None
        return (hours * 60 + minutes) * (-1 if found[1] == "-" else 1)
    if len(zone) == 1:
        return 0  # the letters of the military were written with either sign, so that they say no zone (RFC 5322 §4.3)
    if "/" in zone:
        return _named(zone, at)
    if (info(name).tzname(at) or "").lower() == zone:
        return local(at, name)
    hours_east = _HOURS.get(zone)
    return None if hours_east is None else round(hours_east * 60)


def _named(zone: str, at: datetime) -> int | None:
    try:
        return local(at, "/".join("_".join(word.capitalize() for word in part.split("_")) for part in zone.split("/")))
    except (KeyError, ValueError, OSError):
        return None
