"""What moves the schedule from outside: pauses, clocks that were set back, redirects that are proved; and spans of time in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from aggregator.cadence import after_restart, proposal, words
from aggregator.records import Known, Moved

NOW = datetime(2026, 3, 4, 10, 20, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def waiting(key: str, due: timedelta, last: timedelta | None = timedelta(hours=-1)) -> Known:
    return Known(key=key, next_pull_at=NOW + due, pulled_at=None if last is None else NOW + last)


def test_what_a_pause_left_overdue_is_spread_over_minutes():
    due = after_restart([waiting(f"s{n:03d}", -n * timedelta(minutes=1)) for n in range(500)], DAY, NOW)
    times = sorted(next_pull.at for next_pull in due.values())
    assert times[0] >= NOW
    assert times[-1] <= NOW + timedelta(minutes=5)
    assert max(sum(start <= time < start + timedelta(minutes=1) for time in times) for start in times) <= 101
    assert due["s499"].at == NOW, "the longest due first"
    assert "s000" not in due, "what is due now is due now"


def test_a_few_do_not_wait_long():
    due = after_restart([waiting(key, -HOUR) for key in "abc"], DAY, NOW)
    assert max(next_pull.at for next_pull in due.values()) <= NOW + timedelta(seconds=5)


def test_first_pulls_and_those_to_come_stay_where_they_are():
    stay = [waiting("new", -HOUR, None), waiting("soon", HOUR), waiting("late", 13 * DAY), Known(key="gone", pulled_at=NOW)]
    assert after_restart(stay, DAY, NOW) == {}


def test_a_clock_that_was_set_back_puts_nobody_to_sleep():
    year = timedelta(days=365)
    stuck = [waiting("planned", year + HOUR, year), waiting("new", year, None), waiting("odd", year), waiting("overdue", 3 * DAY, 4 * DAY)]
    due = after_restart(stuck, DAY, NOW)
    assert {key: next_pull.at - NOW for key, next_pull in due.items()} == {
        "planned": HOUR,
        "new": timedelta(),
        "odd": DAY,
        "overdue": timedelta(),
    }
    assert all("clock" in next_pull.why for next_pull in due.values())


# -- redirects ---------------------------------------------------------------------------------------------------------------------


def test_only_repeated_proof_of_a_move_is_proposed():
    moved, proposed = None, []
    for day in range(8):
        moved = Moved.seen(moved, "https://new.example/", NOW + day * DAY / 2)
        proposed.append(proposal(moved))
    assert proposed == [None] * 4 + ["https://new.example/"] * 4
    hasty = None
    for minute in range(100):
        hasty = Moved.seen(hasty, "https://new.example/", NOW + timedelta(minutes=minute))
    assert proposal(hasty) is None, "an afternoon proves nothing"
    assert proposal(Moved.seen(moved, "https://other.example/", NOW + 9 * DAY)) is None
    assert Moved.seen(moved, None, NOW) is None
    assert proposal(None) is None


@pytest.mark.parametrize(
    ("seconds", "said"), [(0, "0 seconds"), (1, "1 second"), (5400, "1 hour 30 minutes"), (172800, "2 days"), (90061, "1 day 1 hour")]
)
def test_spans_are_said_as_people_say_them(seconds, said):
    assert words(timedelta(seconds=seconds)) == said
