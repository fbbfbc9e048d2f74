"""Times and texts keep what they say in every column, on both databases."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from aggregator.errors import Unreachable
from aggregator.records import NextPull

EAST, WEST = timezone(timedelta(hours=8)), timezone(timedelta(hours=-5))


@pytest.mark.parametrize(
    ("moment", "kept"),
    [
        (datetime(2026, 3, 1, 8, 0, 0, 123456, tzinfo=UTC), datetime(2026, 3, 1, 8, 0, 0, 123456, tzinfo=UTC)),
        (datetime(2026, 3, 1, 8, 0, tzinfo=ZoneInfo("Asia/Shanghai")), datetime(2026, 3, 1, 0, 0, tzinfo=UTC)),
        (datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC), datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)),
        (datetime(1, 1, 1, tzinfo=UTC), datetime(1, 1, 1, tzinfo=UTC)),
        (datetime(1, 1, 1, tzinfo=EAST), datetime(1, 1, 1, tzinfo=UTC)),
        (datetime(1, 1, 1, tzinfo=WEST), datetime(1, 1, 1, 5, tzinfo=UTC)),
        (datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=WEST), datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)),
    ],
)
def test_moments_come_back_in_utc(desk, moment, kept):
    desk.store.fail("a", Unreachable(), NextPull(at=moment, why=""), desk.now)
    known = desk.store.known("a")
    assert known.next_pull_at == kept
    assert known.next_pull_at.tzinfo is UTC


def test_entries_of_the_year_one_can_be_read_again(desk):
    desk.record(desk.entry("none", "s", published=datetime(1, 1, 1, tzinfo=EAST)), desk.entry("some", "s", published=desk.now))
    assert desk.uids("s") == ["some", "none"]
    assert desk.store.newest("s", 2)[1].entry.published == datetime(1, 1, 1, tzinfo=EAST)
    last = desk.store.newest("s", 1)[0]
    assert [item.entry.uid for item in desk.store.newest("s", 2, (last.sort_at, last.id))] == ["none"]


def test_naive_times_are_refused(desk):
    naive = datetime(2026, 3, 1)  # noqa: DTZ001
    with pytest.raises(ValueError, match="has no time zone"):
        desk.store.fail("a", Unreachable(), NextPull(at=naive, why=""), desk.now)
    with pytest.raises(ValueError, match="has no time zone"):
        desk.store.claim(naive, 1, timedelta(hours=1))
    with pytest.raises(ValueError, match="has no time zone"):
        desk.store.newest("s", 1, (naive, "x"))
