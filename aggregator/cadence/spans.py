"""Spans of time in words."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache


@lru_cache(maxsize=1024)
def words(span: timedelta) -> str:
    """A span as people say it: `30 minutes`, `1 hour 30 minutes`, `2 days`."""
    seconds = max(0, round(span.total_seconds()))
    parts: list[str] = []
    for size, name in ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second")):
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count} {name}{'s' if count > 1 else ''}")
    return " ".join(parts[:2]) or "0 seconds"


def seconds(number: float) -> timedelta:
    """A stranger's number of seconds, of ten years at the most."""
    return timedelta(seconds=min(max(number, 0.0), 10 * 366 * 86400))
