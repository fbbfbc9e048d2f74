from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.cadence import LONGEST_RETRY, Walls, after_failure, after_success, words
from aggregator.errors import Failing, Gone, PullError, Refusing, TooMany, Unreachable
from aggregator.records import Freshness, Known
from feeds.errors import FeedError, Malformed, NotAFeed
from feeds.records import Feed

NOW = datetime(2026, 3, 4, 10, 20, tzinfo=UTC)  # a Wednesday
WALLS = Walls(every=timedelta(minutes=30), at_least=timedelta(minutes=5), at_most=timedelta(days=1))
KNOWN = Known(key="jinshui")


def wait(due) -> timedelta:
    return due.at - NOW


def about(minutes: float) -> pytest.approx:
    """A wait with its spread of at most a twentieth."""
    return pytest.approx(minutes * 60 * 1.025, rel=0.0251)


def test_the_operators_pace_is_the_usual_one():
    due = after_success(WALLS, KNOWN, Freshness(), None, NOW)
    assert wait(due).total_seconds() == about(30)
    assert due.why == "every 30 minutes"


@pytest.mark.parametrize(
    ("freshness", "feed", "minutes", "why"),
    [
        (Freshness(max_age=7200), None, 120, "fresh for 2 hours"),
        (Freshness(max_age=60), None, 30, "every 30 minutes"),
        (Freshness(), Feed(kind="rss", ttl=90), 90, "ttl"),
        (Freshness(), Feed(kind="rss", interval=3600), 60, "sy:updatePeriod"),
        (Freshness(max_age=7200), Feed(kind="rss", ttl=240), 240, "4 hours"),
        (Freshness(max_age=10**9), None, 24 * 60, "at most 1 day apart"),
    ],
)
def test_a_source_may_ask_for_more_patience_within_the_walls(freshness, feed, minutes, why):
    due = after_success(WALLS, KNOWN, freshness, feed, NOW)
    assert wait(due).total_seconds() == about(minutes)
    assert why in due.why


def test_hours_and_days_that_a_feed_wants_skipped_are_skipped():
    by_hour = after_success(WALLS, KNOWN, Freshness(), Feed(kind="rss", skip_hours=(10, 11, 12)), NOW)
    assert by_hour.at == datetime(2026, 3, 4, 13, tzinfo=UTC)
    by_day = after_success(WALLS, KNOWN, Freshness(), Feed(kind="rss", skip_days=("Wednesday", "Thursday")), NOW)
    assert by_day.at == datetime(2026, 3, 6, tzinfo=UTC)
    assert "skip" in by_day.why


def test_a_feed_that_skips_always_is_not_believed():
    due = after_success(WALLS, KNOWN, Freshness(), Feed(kind="rss", skip_hours=tuple(range(24))), NOW)
    assert wait(due) < timedelta(hours=1)


@pytest.mark.parametrize(
    ("error", "minutes"),
    [(Unreachable(), 5), (Failing(), 5), (NotAFeed(), 30), (Malformed(), 30), (Refusing(), 6 * 60), (TooMany(), 30)],
    ids=lambda value: getattr(value, "kind", value),
)
def test_the_first_failure_waits_as_its_advice_says(error, minutes):
    assert wait(after_failure(WALLS, KNOWN, error, NOW)).total_seconds() == about(minutes)


def test_failures_back_off_up_to_the_wall():
    waits = [wait(after_failure(WALLS, Known(key="x", failures=n), Unreachable(), NOW)) for n in range(30)]
    assert all(later > earlier for earlier, later in pairwise(waits[:8]))
    assert max(waits) <= WALLS.at_most * 1.05


def test_gone_is_not_asked_again():
    due = after_failure(WALLS, KNOWN, Gone("the source has ended (410)"), NOW)
    assert due.at is None
    assert "until you say so" in due.why


def test_retry_after_is_honoured_beyond_our_own_walls_and_capped():
    two_days = after_failure(WALLS, KNOWN, TooMany(retry_after=2 * 86400.0), NOW)
    assert wait(two_days) >= timedelta(days=2)
    assert "Retry-After" in two_days.why
    assert wait(after_failure(WALLS, KNOWN, Failing(retry_after=1e18), NOW)) <= LONGEST_RETRY * 1.05


ERRORS: list[PullError | FeedError] = [Unreachable(), Failing(retry_after=1e18), Gone(), NotAFeed(), TooMany(retry_after=3.0)]


@given(
    st.sampled_from(ERRORS),
    st.integers(0, 10**6),
    st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.floats(0, 1e18),
    st.lists(st.integers(-5, 40)),
    st.lists(st.sampled_from(["Monday", "sunday", "Friday", "x"])),
)
def test_whatever_happens_the_next_pull_is_between_the_walls(error, failures, now, max_age, hours, days):
    known = Known(key="k", failures=failures)
    failed = after_failure(WALLS, known, error, now)
    assert failed.at is None or now + WALLS.at_least <= failed.at <= now + LONGEST_RETRY * 1.06
    feed = Feed(kind="rss", skip_hours=tuple(hours), skip_days=tuple(days), ttl=10**9)
    fine = after_success(WALLS, known, Freshness(max_age=max_age), feed, now)
    assert now + WALLS.at_least <= fine.at <= now + WALLS.at_most * 1.06 + timedelta(days=8)
    assert fine.why


@pytest.mark.parametrize(
    ("seconds", "said"), [(0, "0 seconds"), (1, "1 second"), (5400, "1 hour 30 minutes"), (172800, "2 days"), (90061, "1 day 1 hour")]
)
def test_spans_are_said_as_people_say_them(seconds, said):
    assert words(timedelta(seconds=seconds)) == said
