"""What a row of `sources` keeps as JSON or in several columns, and the records that it stands for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.json import decode

from aggregator.records import Backfill, Bridges, Moved, Resting, Wishes
from aggregator.rhythm import Rhythm
from aggregator.store.tables import EPOCH

_SECOND = timedelta(seconds=1)
_UNTOLD = Wishes()
MOVED = ("moved_to", "moved_since", "moved_last", "moved_times")


def dump_wishes(wishes: Wishes) -> str | None:
    """Only what is asked for; None when that is nothing."""
    asked = {
        "max_age": wishes.max_age,
        "ttl": wishes.ttl,
        "interval": wishes.interval,
        "skip_hours": wishes.skip_hours,
        "skip_days": wishes.skip_days,
    }
    asked = {name: value for name, value in asked.items() if value not in (None, ())}
    return json.dumps(asked) if asked else None


def load_wishes(text: str | None) -> Wishes:
    if text is None:
        return _UNTOLD
    asked: dict[str, Any] = json.loads(text)
    hours, days = tuple(asked.pop("skip_hours", ())), tuple(asked.pop("skip_days", ()))
    return Wishes(**asked, skip_hours=hours, skip_days=days)


def dump_rhythm(rhythm: Rhythm) -> str:
    """``[since, at, [weight, …]]``, times in seconds since 1970, weights to two figures behind the point: what is lighter is forgotten."""
    counts = [(round(weight, 2) or 0) if weight else 0 for weight in rhythm.counts]
    return json.dumps([(rhythm.since - EPOCH) // _SECOND, (rhythm.at - EPOCH) // _SECOND, counts], separators=(",", ":"))


def load_rhythm(text: str | None) -> Rhythm | None:
    if text is None:
        return None
    since, at, counts = decode(text)
    return Rhythm(since=EPOCH + since * _SECOND, at=EPOCH + at * _SECOND, counts=tuple(counts))


def moved(to: str | None, since: datetime | None, last: datetime | None, times: int | None) -> Moved | None:
    """The proof in the columns `MOVED`."""
    return Moved(to=to, since=since, last=last, times=times) if to and since and last and times else None


def moved_values(moved: Moved | None) -> dict[str, object]:
    return dict(zip(MOVED, (moved.to, moved.since, moved.last, moved.times) if moved else (None,) * 4, strict=True))


def dump_hung(hung: Mapping[str, int]) -> str | None:
    return json.dumps(hung, ensure_ascii=False) if hung else None


def load_hung(text: str | None) -> dict[str, int]:
    return json.loads(text) if text else {}


def dump_bridges(bridges: Bridges | None) -> str | None:
    if bridges is None:
        return None
    resting = {each: [one.failures, one.until.timestamp(), one.why] for each, one in bridges.resting.items()}
    return json.dumps({"used": bridges.used, "resting": resting}, ensure_ascii=False)


def load_bridges(text: str | None) -> Bridges | None:
    if text is None:
        return None
    kept = json.loads(text)
    resting = {
        each: Resting(failures=failures, until=datetime.fromtimestamp(until, UTC), why=why)
        for each, (failures, until, why) in kept["resting"].items()
    }
    return Bridges(used=kept["used"], resting=resting)


def dump_backfill(backfill: Backfill) -> str:
    return json.dumps({"next": backfill.next, "pages": backfill.pages, "ended": backfill.ended}, ensure_ascii=False)


def load_backfill(text: str | None) -> Backfill | None:
    return Backfill(**json.loads(text)) if text else None
