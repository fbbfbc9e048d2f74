"""When to come again, and why: the operator's walls, the source's wishes, its rhythm, errors."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.cadence import LONGEST_RETRY, Walls, after_failure, after_success, by_hour, habit
from aggregator.errors import Failing, Gone, PullError, Refusing, TooMany, Unreachable
from aggregator.records import Freshness, Known, Pulled, Unchanged, Wishes
from aggregator.rhythm import Rhythm, begin, grow, hour_of_week
from feeds.errors import FeedError, Malformed, NotAFeed
from feeds.records import Document, Entry, Feed, Precision

NOW = datetime(2026, 3, 4, 10, 20, tzinfo=UTC)  # a Wednesday
WALLS = Walls(every=timedelta(minutes=30), at_least=timedelta(minutes=5), at_most=timedelta(days=1))
KNOWN = Known(key="jinshui", pulled_at=NOW - timedelta(hours=1))
UNTOLD = Freshness()
WEEK = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SHANGHAI = ZoneInfo("Asia/Shanghai")


def seen(**facts) -> Known:
    return Known(pulled_at=NOW - HOUR, **facts)


def pulled(freshness: Freshness = UNTOLD, etag: str | None = '"1"') -> Pulled:
    return Pulled(document=Document(url="https://a.example/", body=b""), etag=etag, freshness=freshness)


def same(freshness: Freshness = UNTOLD) -> Unchanged:
    return Unchanged(why="304", freshness=freshness)


def wait(due) -> timedelta:
    return due.at - NOW


def about(minutes: float) -> pytest.approx:
    """A wait with its spread of at most a twentieth."""
    return pytest.approx(minutes * 60 * 1.025, rel=0.0251)


def test_the_operators_pace_is_the_usual_one():
    due = after_success(WALLS, KNOWN, same(), None, NOW)
    assert wait(due).total_seconds() == about(30)
    assert due.why == "every 30 minutes"


def test_those_that_were_first_pulled_together_do_not_stay_together():
    for decide in (lambda known: after_success(WALLS, known, same(), None, NOW), lambda known: after_failure(WALLS, known, Failing(), NOW)):
        second = sorted(decide(Known(key=f"s{n}")).at for n in range(500))
        third = sorted(decide(seen(key=f"s{n}")).at for n in range(500))
        assert second[0] >= third[0] - timedelta(seconds=1)
        assert second[-1] - second[0] > 9 * (third[-1] - third[0])
    far = Walls(every=DAY, at_least=HOUR, at_most=DAY)
    assert wait(after_success(far, Known(key="x"), same(), None, NOW)) <= DAY * 1.05


# -- what the source asks for ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("freshness", "feed", "minutes", "why"),
    [
        (Freshness(max_age=7200), Feed(kind="rss"), 120, "fresh for 2 hours"),
        (Freshness(max_age=7200, age=1800), Feed(kind="rss"), 90, "fresh for 1 hour 30 minutes"),
        (Freshness(max_age=60), Feed(kind="rss"), 30, "every 30 minutes"),
        (Freshness(max_age=60, age=9e9), Feed(kind="rss"), 30, "every 30 minutes"),
        (Freshness(), Feed(kind="rss", ttl=90), 90, "ttl"),
        (Freshness(), Feed(kind="rss", interval=3600), 60, "sy:updatePeriod"),
        (Freshness(retry_after=3600), Feed(kind="rss"), 60, "Retry-After"),
        (Freshness(max_age=7200), Feed(kind="rss", ttl=240), 240, "4 hours"),
        (Freshness(max_age=10**9), Feed(kind="rss"), 24 * 60, "at most 1 day apart"),
    ],
)
def test_a_source_may_ask_for_more_patience_within_the_walls(freshness, feed, minutes, why):
    due = after_success(WALLS, KNOWN, pulled(freshness), feed, NOW)
    assert wait(due).total_seconds() == about(minutes)
    assert why in due.why


def test_what_a_feed_asked_for_holds_when_no_feed_is_at_hand():
    feed = Feed(kind="rss", ttl=90, interval=60, skip_hours=(23, 3, 3, 99), skip_days=("Sunday", "x"))
    first = after_success(WALLS, KNOWN, pulled(Freshness(max_age=7200)), feed, NOW)
    assert first.wishes == Wishes(max_age=7200, ttl=90, interval=60, skip_hours=(3, 23), skip_days=("sunday",))
    known = seen(key="jinshui", wishes=first.wishes)

    silent = after_success(WALLS, known, same(), None, NOW)
    assert (silent.wishes, wait(silent).total_seconds()) == (first.wishes, about(120)), "a 304 that says nothing changes nothing"

    other = after_success(WALLS, known, same(Freshness(max_age=14400)), None, NOW)
    assert (other.wishes.max_age, other.wishes.ttl, wait(other).total_seconds()) == (14400, 90, about(240))

    never = after_success(WALLS, known, same(Freshness(max_age=0.0)), None, NOW)
    assert (never.wishes.max_age, wait(never).total_seconds()) == (0, about(90)), "no-cache ends a max-age, ttl still holds"

    whole = after_success(WALLS, known, Unchanged(why="the same bytes", whole=True), None, NOW)
    assert (whole.wishes.max_age, whole.wishes.ttl, wait(whole).total_seconds()) == (None, 90, about(90)), "a 200 states all there is"

    renewed = after_success(WALLS, known, pulled(), Feed(kind="rss"), NOW)
    assert renewed.wishes == Wishes()


def test_hours_and_days_that_a_feed_wants_skipped_are_skipped():
    def skipped(start, **feed):
        due = after_success(WALLS, KNOWN, pulled(), Feed(kind="rss", **feed), start)
        again = after_success(WALLS, seen(key="x", wishes=due.wishes), same(), None, start)
        failed = after_failure(WALLS, seen(key="x", wishes=due.wishes), Unreachable(), start + 25 * timedelta(minutes=1))
        assert all("skip" in each.why for each in (due, again, failed))
        return [each.at.replace(minute=0, second=0, microsecond=0) for each in (due, again, failed)]

    assert skipped(NOW, skip_hours=(10, 11, 12)) == [datetime(2026, 3, 4, 13, tzinfo=UTC)] * 3
    assert skipped(NOW.astimezone(SHANGHAI), skip_hours=(10, 11, 12)) == [datetime(2026, 3, 4, 13, tzinfo=UTC)] * 3
    assert skipped(NOW, skip_days=("Wednesday", "Thursday")) == [datetime(2026, 3, 6, tzinfo=UTC)] * 3


def test_those_who_skip_the_same_hours_do_not_meet_at_the_first_minute_after():
    feed = Feed(kind="rss", skip_hours=(10, 11, 12))
    ends = [after_success(WALLS, seen(key=f"k{n}"), pulled(), feed, NOW).at for n in range(200)]
    assert max(sum(end.minute == minute for end in ends) for minute in range(60)) < 40


@pytest.mark.parametrize("feed", [Feed(kind="rss", skip_hours=tuple(range(24))), Feed(kind="rss", skip_days=WEEK)])
def test_a_feed_that_skips_always_is_not_believed(feed):
    assert wait(after_success(WALLS, KNOWN, pulled(), feed, NOW)) < timedelta(hours=1)


def test_a_source_that_sends_its_whole_document_each_time_is_asked_half_as_often():
    whole = Unchanged(why="the same bytes", whole=True)
    for due in (after_success(WALLS, KNOWN, whole, None, NOW), after_success(WALLS, KNOWN, pulled(etag=None), Feed(kind="rss"), NOW)):
        assert wait(due).total_seconds() == about(60)
        assert "no validators" in due.why
    busy = seen(key="x", rhythm=Rhythm(since=NOW - 60 * DAY, at=NOW, counts=weights(dict.fromkeys(range(168), 50.0))))
    assert wait(after_success(WALLS, busy, whole, None, NOW)).total_seconds() == about(60), "nor does news hasten it"
    file = Walls(every=WALLS.every, at_least=WALLS.at_least, at_most=WALLS.at_most, web=False)
    assert wait(after_success(file, KNOWN, whole, None, NOW)).total_seconds() == about(30), "a file costs nobody anything"
    fixed = Walls(every=WALLS.every, at_least=WALLS.at_least, at_most=WALLS.at_most, fixed=True)
    assert wait(after_success(fixed, KNOWN, whole, None, NOW)).total_seconds() == about(30), "the operator's word for this source"
    slow = Walls(every=20 * HOUR, at_least=HOUR, at_most=DAY)
    assert wait(after_success(slow, KNOWN, whole, None, NOW)).total_seconds() == about(24 * 60), "never beyond the wall"


def weights(by_hour: dict[int, float]) -> tuple[float, ...]:
    return tuple(by_hour.get(hour, 0.0) for hour in range(168))


def hours_of(rhythm: Rhythm) -> set[int]:
    return {hour for hour, weight in enumerate(rhythm.counts) if weight}


# -- its own rhythm ----------------------------------------------------------------------------------------------------------------


def came(times, precision=Precision.MINUTE):
    return [Entry(uid=str(n), published=time, precision=precision) for n, time in enumerate(times)]


def office(weeks=6) -> Rhythm:
    """News on weekdays at 8:10, 9:10 and 10:10 in Tianjin."""
    monday = datetime(2026, 3, 2, tzinfo=SHANGHAI)
    days = [monday - timedelta(days=n) for n in range(-2, weeks * 7)]
    times = [day + timedelta(hours=hour, minutes=10) for day in days if day.weekday() < 5 for hour in (8, 9, 10)]
    return begin(came(time for time in times if time <= NOW), NOW)


def at(day: int, hour: float) -> datetime:
    return datetime(2026, 3, day, tzinfo=SHANGHAI) + timedelta(hours=hour)


def paced(rhythm, now, **walls):
    zoned = Walls(**({"every": 2 * HOUR, "at_least": timedelta(minutes=15), "at_most": DAY, "zone": SHANGHAI} | walls))
    return after_success(zoned, seen(key="jinshui", rhythm=rhythm), same(), None, now)


def test_news_that_is_likely_shortens_the_wait_and_silence_lengthens_it():
    morning, noon, friday_night = (paced(office(), moment).at - moment for moment in (at(5, 8), at(5, 12), at(6, 21)))
    assert morning < timedelta(hours=1, minutes=30)
    assert noon > 4 * HOUR
    assert friday_night > 12 * HOUR
    early = at(5, 4)
    assert at(5, 8) <= paced(office(), early).at <= at(5, 10), "it comes when the news does"


def test_it_is_explained_in_words():
    assert habit(office(), SHANGHAI, NOW) == "usually brings something on weekdays between 8 and 11"
    assert habit(office(), UTC, NOW) == "usually brings something on weekdays between 0 and 3"
    due = paced(office(), at(5, 12))
    assert due.why.startswith("later than every 2 hours, in ")
    assert due.why.endswith("it usually brings something on weekdays between 8 and 11")
    assert paced(office(), at(5, 8)).why.startswith("sooner than every 2 hours")
    hours = by_hour(office(), SHANGHAI, NOW)
    assert max(range(24), key=hours.__getitem__) in (8, 9, 10)
    assert sum(hours[hour] for hour in (8, 9, 10)) == pytest.approx(15, rel=0.15), "pieces of news in a week"


@pytest.mark.parametrize(
    ("rhythm", "said"),
    [
        (None, "has not been read yet"),
        (Rhythm(since=NOW - DAY, at=NOW), "is not known well enough yet"),
        (Rhythm(since=NOW - 60 * DAY, at=NOW), "seldom brings anything (nothing for weeks)"),
        (Rhythm(since=NOW - 60 * DAY, at=NOW, counts=weights({9: 2.0})), "seldom brings anything (about every"),
        (Rhythm(since=NOW - 60 * DAY, at=NOW, counts=weights({9: 9.0})), "usually brings something on Mondays between 9 and 10"),
        (
            Rhythm(since=NOW - 60 * DAY, at=NOW, counts=weights({5 * 24 + n: 1.0 for n in range(48)})),
            "usually brings something at weekends",
        ),
        (Rhythm(since=NOW - 60 * DAY, at=NOW, counts=weights(dict.fromkeys((23, 47, 71, 95, 119, 143, 167), 3.0))), "between 23 and 24"),
        (Rhythm(since=NOW - 60 * DAY, at=NOW, counts=weights(dict.fromkeys(range(168), 1.0))), "at any hour, about every"),
    ],
)
def test_habits_in_words(rhythm, said):
    assert said in habit(rhythm, UTC, NOW)


def test_without_evidence_the_operators_word_stands():
    for rhythm in (None, Rhythm(since=NOW, at=NOW)):
        due = after_success(WALLS, seen(key="jinshui", rhythm=rhythm), same(), None, NOW)
        assert wait(due).total_seconds() == about(30)
        assert due.why == "every 30 minutes"


def test_an_every_of_the_sources_own_is_not_moved_by_its_rhythm():
    due = paced(office(), at(5, 12), fixed=True)
    assert (due.at - at(5, 12)).total_seconds() == about(120)
    assert due.why == "every 2 hours, as configured for this source"
    asked = after_success(
        Walls(every=2 * HOUR, at_least=HOUR, at_most=DAY, fixed=True), KNOWN, same(Freshness(max_age=4 * 3600)), None, NOW
    )
    assert wait(asked).total_seconds() == about(240), "but by what the source asks for"


def test_news_never_hastens_below_what_the_source_asks_for():
    busy = Rhythm(since=NOW - 60 * DAY, at=NOW, counts=weights(dict.fromkeys(range(168), 500.0)))
    assert wait(after_success(WALLS, seen(key="x", rhythm=busy), same(), None, NOW)).total_seconds() == about(5)
    asks = seen(key="x", rhythm=busy, wishes=Wishes(ttl=90))
    assert wait(after_success(WALLS, asks, same(), None, NOW)).total_seconds() == about(90)


def test_what_stands_at_one_moment_is_one_piece_of_news_that_came():
    batch = begin(came([NOW - HOUR] * 20), NOW)
    assert sum(batch.counts) < 5
    spread = begin(came([NOW - n * HOUR for n in range(1, 21)]), NOW)
    assert sum(spread.counts) > 19


def test_news_without_a_time_came_between_the_pulls():
    rhythm = grow(Rhythm(since=NOW, at=NOW), came([None]), NOW, NOW + 3 * HOUR)
    assert hours_of(rhythm) == {hour_of_week(NOW) + n for n in range(4)}
    wrong = grow(Rhythm(since=NOW, at=NOW), came([NOW - 9 * DAY]), NOW, NOW + timedelta(minutes=5))
    assert hours_of(wrong) == {hour_of_week(NOW)}, "an old date on new news says nothing of when it came"
    bare = grow(Rhythm(since=NOW, at=NOW), came([NOW], Precision.DAY), NOW, NOW + timedelta(minutes=5))
    assert hours_of(bare) == {hour_of_week(NOW)}, "nor does a bare day"
    paused = grow(Rhythm(since=NOW, at=NOW), came([None]), NOW, NOW + 30 * DAY)
    assert len(set(paused.counts)) == 1, "nor a month's pause"


def test_history_fades():
    old = begin(came([NOW - n * HOUR for n in range(20)]), NOW)
    later = grow(old, (), NOW, NOW + 28 * DAY)
    assert sum(later.counts) == pytest.approx(sum(old.counts) / 2, rel=0.01)
    assert sum(grow(old, (), NOW, NOW + 900 * DAY).counts) < 1e-6
    assert grow(later, (), NOW, NOW).counts == later.counts, "a clock that was set back fades nothing"


MOMENTS = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(st.lists(st.one_of(st.none(), MOMENTS)), st.lists(MOMENTS), MOMENTS, MOMENTS, st.sampled_from(list(Precision)))
def test_whatever_came_the_rhythm_stays_small_and_the_wait_between_the_walls(published, news, last, now, precision):
    rhythm = grow(begin(came(published, precision), last), came(news, precision), last, now)
    assert len(rhythm.counts) == 168
    assert all(0 <= weight < 1e6 for weight in rhythm.counts)
    due = after_success(WALLS, seen(key="k", rhythm=rhythm), same(), None, now)
    assert now + WALLS.at_least <= due.at <= now + WALLS.at_most * 1.06
    assert habit(rhythm, SHANGHAI, now)


@given(st.integers(0, 167), st.floats(0.1, 50), st.floats(0.1, 60))
def test_more_news_never_means_a_longer_wait(hour, weight, days):
    def waits(weight):
        rhythm = Rhythm(since=NOW - days * DAY, at=NOW, counts=weights({hour: weight}))
        return wait(after_success(WALLS, seen(key="k", rhythm=rhythm), same(), None, NOW))

    assert waits(weight * 2) <= waits(weight) <= waits(0.0)


# -- errors ------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "minutes"),
    [(Unreachable(), 5), (Failing(), 5), (NotAFeed(), 30), (Malformed(), 30), (Refusing(), 6 * 60), (TooMany(), 60)],
    ids=lambda value: getattr(value, "kind", value),
)
def test_the_first_failure_waits_as_its_advice_says(error, minutes):
    assert wait(after_failure(WALLS, KNOWN, error, NOW)).total_seconds() == about(minutes)


def test_failures_back_off_up_to_the_wall():
    waits = [wait(after_failure(WALLS, seen(key="x", failures=n), Unreachable(), NOW)) for n in range(30)]
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


def test_a_failure_leaves_the_wishes_as_they_are():
    assert after_failure(WALLS, seen(key="x", wishes=Wishes(ttl=90)), Unreachable(), NOW).wishes is None


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
    known = seen(key="k", failures=failures)
    failed = after_failure(WALLS, known, error, now)
    assert failed.at is None or now + WALLS.at_least <= failed.at <= now + LONGEST_RETRY * 1.06
    feed = Feed(kind="rss", skip_hours=tuple(hours), skip_days=tuple(days), ttl=10**9)
    fine = after_success(WALLS, known, pulled(Freshness(max_age=max_age)), feed, now)
    assert now + WALLS.at_least <= fine.at <= now + WALLS.at_most * 1.06 + timedelta(days=8)
    assert fine.why
