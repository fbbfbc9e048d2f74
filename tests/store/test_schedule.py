"""Who is due, who takes it, and how pulls without entries end, on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from aggregator.errors import Gone, StoreError, Unreachable
from aggregator.records import NextPull, Unchanged, Wishes
from aggregator.store.tables import sources
from feeds.errors import NotAFeed

HOUR = timedelta(hours=1)
LEASE = timedelta(minutes=10)


def keys(claimed):
    return [known.key for known in claimed]


def test_new_sources_are_due_at_once(desk):
    (known,) = desk.store.claim(desk.now, 10, LEASE)
    assert (known.key, known.first, known.failures, known.next_pull_at) == ("a", True, 0, desk.now)


def test_many_new_sources_are_due_in_their_order(desk):
    desk.store.enrol({name: f"{name}.example" for name in "abcde"}, desk.now, spread=4.0)
    assert keys(desk.store.claim(desk.now, 10, LEASE)) == ["a", "b"]
    assert keys(desk.store.claim(desk.now + timedelta(seconds=3), 10, LEASE)) == ["c", "d", "e"]


def test_who_leaves_rests_and_takes_up_its_history_when_it_returns(desk):
    desk.record(desk.entry("1", "s"), pulled=desk.pulled(etag='"1"'))
    desk.store.enrol({"b": "b.example"}, desk.now)
    assert keys(desk.store.claim(desk.later(), 10, LEASE)) == ["b"]
    assert [(state.key, state.enrolled, state.entries) for state in desk.store.sources()] == [("a", False, 1), ("b", True, 0)]
    assert desk.uids("s") == ["1"]

    desk.store.enrol({"a": "a.example", "b": "b.example"}, desk.now)
    (known,) = desk.store.claim(desk.now, 10, LEASE)
    assert (known.key, known.etag, known.first) == ("a", '"1"', False)


def test_an_edited_address_begins_afresh_and_at_once(desk):
    desk.store.enrol({"a": "https://a.example/feed#1"}, desk.now)
    desk.record(desk.entry("1", "s"), pulled=desk.pulled(moved_to="https://new.example/"))
    desk.store.fail("a", Gone(), NextPull(at=None, why="the source has ended"), desk.now)
    desk.store.enrol({"a": "https://a.example/feed#1"}, desk.later())
    assert desk.store.claim(desk.now, 10, LEASE) == [], "the same address is no edit"

    for edited in ("https://a.example/feed#2", "https://new.example:8443/feed#2"):
        desk.store.fail("a", Unreachable(), NextPull(at=None, why="never"), desk.now)
        desk.store.enrol({"a": edited}, desk.later())
        (known,) = desk.store.claim(desk.now, 10, LEASE)
        assert (known.etag, known.last_modified, known.body_hash, known.failures) == (None, None, None, 0)
        assert known.rhythm is not None, "its news still comes when it came"
        assert not known.first
        (state,) = desk.store.sources()
        assert (state.error_kind, state.moved, state.entries) == (None, None, 1)
        assert "edited" in state.next_pull_why
    with desk.store._database.read() as connection:
        (row,) = connection.execute(select(sources))
    assert row.host == "new.example"
    assert "new.example" not in row.address_hash, "an address may hold secrets"


def test_an_address_that_is_none_does_not_stop_the_others(desk):
    desk.store.enrol({"a": "https://[half/", "b": "津\udcff", "c": ""}, desk.later())
    assert keys(desk.store.claim(desk.now, 10, LEASE)) == ["a", "b", "c"]


def test_what_a_source_asks_for_is_kept_until_it_asks_for_something_else(desk):
    wishes = Wishes(max_age=60.5, ttl=90, interval=3600, skip_hours=(1, 2), skip_days=("sunday",))
    desk.store.rest("a", Unchanged(why="304"), NextPull(at=desk.now, why="so", wishes=wishes), desk.now)
    assert desk.store.known("a").wishes == wishes
    desk.store.fail("a", Unreachable(), NextPull(at=desk.now, why="so"), desk.now)
    (known,) = desk.store.claim(desk.later(), 10, LEASE)
    assert known.wishes == wishes
    desk.store.rest("a", Unchanged(why="304"), NextPull(at=desk.now, why="so", wishes=Wishes()), desk.now)
    assert desk.store.known("a").wishes == Wishes()


def test_the_proof_that_a_source_moved_grows_only_while_it_leads_to_the_same_place(desk):
    def moved():
        (state,) = desk.store.sources()
        return state.moved and (state.moved.to, state.moved.times, state.moved.stood)

    new, other = "https://new.example/", "https://other.example/"
    desk.store.rest("a", Unchanged(why="304", moved_to=new), desk.due(), desk.now)
    assert moved() == (new, 1, timedelta())
    desk.later()
    desk.record(desk.entry("1"), pulled=desk.pulled(moved_to=new))
    assert moved() == (new, 2, HOUR)
    desk.store.fail("a", Unreachable(), desk.due(), desk.later())
    assert moved() == (new, 2, HOUR), "a failure neither proves nor disproves"
    desk.store.rest("a", Unchanged(why="304", moved_to=new), desk.due(), desk.later())
    assert moved() == (new, 3, 3 * HOUR)
    desk.store.rest("a", Unchanged(why="304", moved_to=other), desk.due(), desk.later())
    assert moved() == (other, 1, timedelta())
    desk.record(desk.entry("2"), pulled=desk.pulled(moved_to=None))
    assert moved() is None


def test_the_rhythm_is_of_what_was_new(desk):
    def weight():
        rhythm = desk.store.known("a").rhythm
        return sum(rhythm.counts)

    assert desk.store.known("a").rhythm is None
    desk.record(desk.entry("1", published=desk.now - timedelta(hours=3)))
    assert desk.store.known("a").rhythm.since == desk.now - timedelta(hours=3)
    assert weight() == pytest.approx(1, abs=0.02)
    desk.later()
    desk.record(desk.entry("1", published=desk.now - timedelta(hours=3)))
    assert weight() == pytest.approx(1, abs=0.02), "the same entry is no news"
    desk.record(desk.entry("1", text="mended"), desk.entry("2"))
    assert weight() == pytest.approx(2, abs=0.02)
    desk.store.rest("a", Unchanged(why="304"), desk.due(), desk.later())
    assert weight() == pytest.approx(2, abs=0.02)


def test_waiting_and_postponed(desk):
    desk.store.enrol({name: name for name in "abc"}, desk.now)
    desk.store.fail("b", Gone(), NextPull(at=None, why="ended"), desk.now)
    desk.store.rest("a", Unchanged(why="304"), NextPull(at=desk.now + HOUR, why="so"), desk.now)
    assert keys(desk.store.waiting()) == ["c", "a"]
    desk.store.postpone({"c": NextPull(at=desk.now + 2 * HOUR, why="spread")})
    desk.store.postpone({})
    assert keys(desk.store.waiting()) == ["a", "c"]
    assert {state.key: state.next_pull_why for state in desk.store.sources()}["c"] == "spread"


def test_enrolling_again_changes_nothing(desk):
    desk.store.claim(desk.now, 10, LEASE)
    before = desk.store.sources()
    desk.store.enrol({"a": "a.example"}, desk.later())
    assert desk.store.sources() == before
    desk.store.enrol({}, desk.now)
    assert [state.enrolled for state in desk.store.sources()] == [False]


def test_a_lease_keeps_others_away_until_it_ends(desk):
    assert keys(desk.store.claim(desk.now, 10, LEASE)) == ["a"]
    assert desk.store.claim(desk.now + LEASE, 10, LEASE) == []
    assert keys(desk.store.claim(desk.now + LEASE + timedelta(microseconds=1), 10, LEASE)) == ["a"]


def test_what_is_given_back_is_due_as_before(desk):
    desk.store.claim(desk.now, 10, LEASE)
    desk.store.release(["a", "unheard of"])
    desk.store.release([])
    assert keys(desk.store.claim(desk.now, 10, LEASE)) == ["a"]


def test_the_longest_due_come_first_and_no_more_than_asked_for(desk):
    desk.store.enrol(dict.fromkeys("abcde", "one.example"), desk.now)
    for minutes, name in enumerate("edcba"):
        desk.store.rest(name, Unchanged(why="304"), NextPull(at=desk.now + timedelta(minutes=minutes), why="so"), desk.now)
    at = desk.later()
    assert keys(desk.store.claim(at, 2, LEASE)) == ["e", "d"]
    assert keys(desk.store.claim(at, 2, LEASE)) == ["c", "b"]
    assert keys(desk.store.claim(at, 2, LEASE)) == ["a"]


def test_known(desk):
    desk.record(desk.entry("1"), pulled=desk.pulled(etag='"1"', body_hash="abc"))
    known = desk.store.known("a")
    assert (known.key, known.etag, known.body_hash, known.pulled_at, known.changed_at) == ("a", '"1"', "abc", desk.now, desk.now)
    assert known.pulled_at.tzinfo is not None
    assert known.pulled_at.utcoffset() == timedelta(0)
    assert desk.store.known("b") is None


def test_rest_keeps_what_a_304_leaves_out(desk):
    desk.record(desk.entry("1"), pulled=desk.pulled(etag='"1"', moved_to="https://new.example/"))
    desk.store.fail("a", Unreachable(), desk.due(), desk.now)
    at = desk.later()
    desk.store.rest("a", Unchanged(why="304", etag='"2"'), desk.due("nothing new"), at)
    known = desk.store.known("a")
    assert (known.etag, known.last_modified, known.body_hash) == ('"2"', "Sun, 01 Mar 2026 08:00:00 GMT", "hash-1")
    assert (known.failures, known.pulled_at, known.changed_at, known.next_pull_at) == (0, at, at - HOUR, at + HOUR)
    (state,) = desk.store.sources()
    assert (state.next_pull_why, state.error_kind, state.error_text, state.moved_to) == ("nothing new", None, None, None)

    desk.store.rest("a", Unchanged(why="304", last_modified="now"), desk.due(), at)
    assert (desk.store.known("a").etag, desk.store.known("a").last_modified) == ('"2"', "now")


def test_a_failure_touches_neither_validators_nor_entries(desk):
    desk.record(desk.entry("1", "s"))
    before = desk.store.known("a")
    desk.store.claim(desk.later(), 10, LEASE)
    for count in (1, 2, 3):
        desk.store.fail("a", NotAFeed("津: this is a login page"), NextPull(at=desk.now, why="soon"), desk.now)
        assert desk.store.known("a").failures == count
    known = desk.store.known("a")
    assert (known.etag, known.last_modified, known.body_hash, known.changed_at) == (
        before.etag,
        before.last_modified,
        before.body_hash,
        before.changed_at,
    )
    (state,) = desk.store.sources()
    assert (state.error_kind, state.error_text, state.next_pull_why) == ("NotAFeed", "津: this is a login page", "soon")
    assert desk.uids("s") == ["1"]
    assert keys(desk.store.claim(desk.now, 10, LEASE)) == ["a"], "its lease ended with it"


def test_never_again_is_never(desk):
    desk.store.fail("a", Gone(), NextPull(at=None, why="the source has ended"), desk.now)
    assert desk.store.claim(desk.later(timedelta(days=9999)), 10, LEASE) == []
    desk.store.enrol({"a": "a.example"}, desk.now)
    assert desk.store.claim(desk.now, 10, LEASE) == []


def test_a_source_must_be_enrolled(desk):
    for end in (
        lambda: desk.store.rest("b", Unchanged(why="304"), desk.due(), desk.now),
        lambda: desk.store.fail("b", Unreachable(), desk.due(), desk.now),
    ):
        with pytest.raises(StoreError, match="'b' is not in the database"):
            end()
