"""How the schedule is taken up after a pause: no storm, and nothing lost to a clock that was wrong."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from aggregator.cadence.decide import LONGEST_RETRY, skip
from aggregator.records import Known, NextPull

OVERDUE = timedelta(minutes=1)  # less is what any tick may find
WINDOW = timedelta(minutes=5)  # over which the overdue are spread
SLOWEST = timedelta(seconds=2)  # between two of a few
WRONG = timedelta(minutes=1)  # a pull that far in the future was written by another clock than this one
FARTHEST = LONGEST_RETRY * 1.1 + timedelta(days=7)  # the longest wait that is ever decided: Retry-After, then days to skip


def after_restart(waiting: Iterable[Known], at_most: timedelta, now: datetime) -> dict[str, NextPull]:
    """The sources whose next pull is to be moved, out of all that wait.

    First pulls stay where they are: somebody waits for them."""
    moved: dict[str, NextPull] = {}
    overdue: list[Known] = []
    for known in waiting:
        if known.next_pull_at is None:
            continue
        if (due := _within_reach(known, known.next_pull_at, at_most, now)) < known.next_pull_at:
            moved[known.key] = NextPull(at=due, why="the clock was set back since this was planned")
        elif known.pulled_at is not None and known.next_pull_at < now - OVERDUE:
            overdue.append(known)
    step = min(WINDOW / max(1, len(overdue)), SLOWEST)
    overdue.sort(key=lambda known: (known.next_pull_at or now, known.key))
    for index, known in enumerate(overdue):
        at, skipped = skip((now + index * step).astimezone(UTC), known.wishes, known.key)
        moved[known.key] = NextPull(at=at, why="overdue after a pause; such sources are pulled one after the other" + skipped)
    return moved


def _within_reach(known: Known, due: datetime, at_most: timedelta, now: datetime) -> datetime:
    """When it is really due: a wait that was planned by a clock ahead of this one keeps its length, counted from now."""
    if known.pulled_at is None:
        return now if due > now + at_most else due
    if known.pulled_at > now + WRONG:
        return min(due, now + max(timedelta(), due - known.pulled_at), now + FARTHEST)
    return now + at_most if due > now + FARTHEST else due
