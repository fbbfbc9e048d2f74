"""What one pull leaves behind, on both databases."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec import structs

from aggregator.errors import StoreError
from aggregator.records import Backfill, NextPull, Placed, Placement, Recorded
from feeds import identity
from feeds.records import Content

HOUR = timedelta(hours=1)
MILLISECOND = timedelta(milliseconds=1)


def test_new_revised_and_same_are_told_apart(desk):
    entry = desk.entry
    first = desk.record(entry("1", "s"), entry("2", "s"))
    assert first == Recorded(new=(identity.entry_id("a", "1"), identity.entry_id("a", "2")), sections=frozenset({"s"}))

    desk.later()
    second = desk.record(entry("3", "s"), entry("2", "s", text="better"), entry("1", "s"), same=5)
    assert second == Recorded(new=(identity.entry_id("a", "3"),), revised=(identity.entry_id("a", "2"),), same=6, sections=frozenset({"s"}))
    assert desk.store.fingerprints("a") == {"1": "1:first", "2": "1:better", "3": "1:first"}
    assert desk.store.item(identity.entry_id("a", "2")).entry.title == "2: better"


def test_nothing_new_changes_no_section(desk):
    desk.record(desk.entry("1", "s"))
    changed_at = desk.store.known("a").changed_at
    desk.later()
    assert desk.record(desk.entry("1", "s")) == Recorded(same=1)
    assert desk.record(same=25) == Recorded(same=25)
    assert desk.store.known("a").changed_at == changed_at
    assert {state.changed_at for state in desk.store.sections()} == {changed_at}


def test_equal_uids_of_one_batch_are_one_entry_and_the_first_wins(desk):
    recorded = desk.record(desk.entry("1", "s", text="newest"), desk.entry("1", "t", text="older"))
    assert len(recorded.new) == 1
    assert desk.store.item(recorded.new[0]).entry.title == "1: newest"
    assert recorded.sections == {"s"}


def test_one_uid_in_two_sources_is_two_entries(desk):
    desk.store.enrol({"a": "a.example", "b": "b.example"}, desk.now)
    one = desk.record(desk.entry("1", "s"))
    two = desk.record(desk.entry("1", "s", text="other"), key="b")
    assert len({*one.new, *two.new}) == 2
    assert desk.uids("s") == ["1", "1"]


def test_a_first_pull_sorts_by_what_the_source_states(desk):
    old, ahead = datetime(2020, 5, 4, tzinfo=UTC), desk.now + timedelta(days=400)
    desk.record(
        desk.entry("undated 1", "s"),
        desk.entry("old", "s", published=old),
        desk.entry("undated 2", "s"),
        desk.entry("ahead", "s", published=ahead),
    )
    items = {item.entry.uid: item for item in desk.store.newest("s", 10)}
    assert items["old"].sort_at == old
    assert items["ahead"].sort_at == desk.now, "never in the future"
    assert items["ahead"].entry.published == ahead, "what the source states stays"
    assert items["undated 1"].sort_at == desk.now
    assert items["undated 2"].sort_at == desk.now - 2 * MILLISECOND
    assert {item.first_seen_at for item in items.values()} == {desk.now}
    assert desk.uids("s").index("undated 1") < desk.uids("s").index("undated 2") < desk.uids("s").index("old")


def test_a_first_pull_that_brought_nothing_was_none(desk):
    desk.record()
    old = datetime(2020, 5, 4, tzinfo=UTC)
    desk.later()
    recorded = desk.record(desk.entry("old", "s", published=old))
    assert desk.store.item(recorded.new[0]).sort_at == old


def test_a_later_pull_sorts_by_when_we_saw_it(desk):
    desk.record(desk.entry("0", "s"))
    desk.later()
    back_dated, older = desk.now - timedelta(days=900), desk.now - timedelta(days=901)
    desk.record(desk.entry("older", "s", published=older), desk.entry("back-dated", "s", published=back_dated))
    assert desk.uids("s") == ["back-dated", "older", "0"], "within the batch the newest first, though the document was upside down"
    newest = desk.store.newest("s", 1)[0]
    assert newest.sort_at == newest.first_seen_at == desk.now

    desk.later()
    desk.record(desk.entry("x", "s"), desk.entry("y", "s"), desk.entry("z", "s", published=desk.now))
    assert desk.uids("s", 3) == ["x", "y", "z"], "without dates the document's order"
    assert all(item.sort_at <= item.first_seen_at < item.sort_at + MILLISECOND for item in desk.store.newest("s", 5))


def test_a_revision_moves_updated_at_alone(desk):
    recorded = desk.record(desk.entry("1", "s", published=desk.now - HOUR), desk.entry("2", "s"))
    before = desk.store.item(recorded.new[0])
    at = desk.later()
    desk.record(desk.entry("1", "s", text="better", published=at))
    after = desk.store.item(recorded.new[0])
    assert (after.sort_at, after.first_seen_at) == (before.sort_at, before.first_seen_at)
    assert (after.updated_at, after.revisions) == (at, 2)
    assert desk.uids("s") == ["2", "1"]


def test_updated_at_is_distinct_to_the_millisecond(desk):
    recorded = desk.record(*(desk.entry(str(number), "s") for number in range(60)))
    items = [desk.store.item(new) for new in recorded.new]
    assert len({item.updated_at.isoformat(timespec="milliseconds") for item in items}) == 60
    assert [item.updated_at for item in items] == [desk.now + number * MILLISECOND for number in range(60)]


def test_a_public_id_is_minted_once(desk):
    recorded = desk.record(desk.entry("own", iri="tag:a.example,2026:own"), desk.entry("minted"))
    own, minted = map(desk.store.item, recorded.new)
    assert own.entry.id == "tag:a.example,2026:own"
    assert minted.entry.id == f"urn:uuid:{minted.id}"

    desk.later()
    desk.record(
        desk.entry("own", iri="tag:a.example,2027:changed", text="better"),
        desk.entry("minted", iri="tag:a.example,2027:late", text="better"),
    )
    assert desk.store.item(own.id).entry.id == own.entry.id
    assert desk.store.item(minted.id).entry.id == minted.entry.id


def test_places_follow_the_newest_attributes(desk):
    recorded = desk.record(desk.entry("1", "s", "t"), desk.entry("2", "s"))
    assert recorded.sections == {"s", "t"}
    assert desk.store.item(recorded.new[0]).placements == (
        Placement(section="s", rule="a goes to s"),
        Placement(section="t", rule="a goes to t"),
    )
    desk.later()
    moved = desk.record(desk.entry("1", "t", "u", text="moved"))
    assert moved.sections == {"s", "t", "u"}, "the section that lost it changed too"
    assert (desk.uids("s"), desk.uids("t"), desk.uids("u")) == (["2"], ["1"], ["1"])

    desk.later()
    dropped = desk.record(desk.entry("1", text="dropped"))
    assert dropped.sections == {"t", "u"}
    assert desk.uids(None) == ["2"]
    assert desk.store.item(recorded.new[0]).placements == ()


def test_a_place_named_twice_is_one_place_by_its_first_rule(desk):
    twice = (Placement(section="s", rule="first"), Placement(section="s", rule="second"))
    recorded = desk.record(Placed(entry=desk.entry("1").entry, placements=twice))
    assert desk.store.item(recorded.new[0]).placements == (Placement(section="s", rule="first"),)


def test_withdrawn_stays_withdrawn(desk):
    recorded = desk.record(desk.entry("1", "s"), desk.entry("2", "s"))
    desk.mark(recorded.new[0], withdrawn_at=desk.now)
    desk.later()
    assert desk.record(desk.entry("1", "s", "t", text="back again"), desk.entry("2", "s")) == Recorded(same=2)
    assert desk.uids("s") == ["2"]
    assert desk.store.item(recorded.new[0]) is None
    assert desk.store.fingerprints("a")["1"] == "1:first"


def test_what_retention_emptied_does_not_come_back(desk):
    recorded = desk.record(desk.entry("1", "s"))
    desk.mark(recorded.new[0], record=None)
    desk.later()
    assert desk.record(desk.entry("1", "s", text="of a new recipe")) == Recorded(same=1)
    assert desk.uids("s") == []


def test_validators_stand_for_entries_that_are_kept(desk):
    desk.record(desk.entry("1"), pulled=desk.pulled(etag='W/"a"', body_hash="one"))
    known = desk.store.known("a")
    assert (known.etag, known.last_modified, known.body_hash) == ('W/"a"', "Sun, 01 Mar 2026 08:00:00 GMT", "one")

    desk.record(desk.entry("2"), pulled=desk.pulled(etag='"b"', body_hash="two", missed=("https://a.example/3: timed out",)))
    known = desk.store.known("a")
    assert (known.etag, known.last_modified, known.body_hash) == (None, None, None), "the next pull must look again"
    assert desk.store.sources()[0].notes == ("https://a.example/3: timed out",)


@pytest.mark.parametrize("etag", ['"naïve"', '"\udce4\udcf6"', '"津"', ""])
def test_validators_come_back_byte_for_byte(desk, etag):
    desk.record(pulled=desk.pulled(etag=etag))
    assert desk.store.known("a").etag == etag


def test_recording_ends_the_lease_and_the_failures(desk):
    desk.store.claim(desk.now, 5, HOUR)
    desk.store.fail("a", StoreError("no luck"), desk.due(), desk.now)
    desk.later()
    desk.record(desk.entry("1"), pulled=desk.pulled(moved_to="https://new.example/feed"), notes=("mended a date", "mended a date"))
    (state,) = desk.store.sources()
    assert (state.failures, state.error_kind, state.error_text) == (0, None, None)
    assert (state.pulled_at, state.changed_at, state.next_pull_at) == (desk.now, desk.now, desk.now + HOUR)
    assert (state.next_pull_why, state.moved_to, state.notes) == ("every hour", "https://new.example/feed", ("mended a date",))
    assert state.entries == 1
    assert [known.key for known in desk.store.claim(desk.later(), 5, HOUR)] == ["a"]


def test_a_source_must_be_enrolled(desk):
    with pytest.raises(StoreError, match="'b' is not in the database"):
        desk.record(desk.entry("1"), key="b")


def test_strange_text_costs_nothing_but_itself(desk):
    """NUL is refused by PostgreSQL, a lone surrogate by every driver, a long key by PostgreSQL's index."""
    long = "https://a.example/" + "".join(f"{number:x}" for number in range(4000))
    entries = [
        structs.replace(one, entry=structs.replace(one.entry, title="as cleaned", link=f"https://a.example/{len(uid)}/{long}"))
        for uid in ("nul\0", "lone \ud800", long, long + "2", "fine")
        for one in [desk.entry(uid, "s")]
    ]
    assert len(desk.record(*entries, notes=("\0\ud800",)).new) == 5
    items = {item.entry.uid: item for item in desk.store.newest("s", 10)}
    assert set(items) == {"nul\ufffd", "lone \ufffd", long, long + "2", "fine"}
    assert items[long].id == identity.entry_id("a", long)
    desk.later()
    assert desk.record(*entries) == Recorded(same=5)
    desk.store.fail("a", StoreError("\0 \udc80"), desk.due(), desk.now)
    assert desk.store.sources()[0].error_text == "\ufffd \ufffd"


def test_a_document_may_be_long(desk):
    entries = [desk.entry(str(number), "s", "t") for number in range(1500)]
    assert len(desk.record(*entries).new) == 1500
    desk.later()
    assert len(desk.record(*(desk.entry(str(number), "t", text="better") for number in range(1500))).revised) == 1500
    assert desk.uids("s") == []
    assert len(desk.store.newest("t", 1500)) == 1500
    assert len(desk.store.fingerprints("a")) == 1500
    assert len(desk.store.fingerprints("a", limit=100)) == 100


def test_a_transaction_that_fails_leaves_nothing(desk):
    desk.record(desk.entry("1", "s"))
    before = (desk.store.sources(), desk.store.sections(), desk.store.newest(None, 10))
    desk.later()
    with pytest.raises(ValueError, match="no time zone"):
        desk.store.record("a", desk.pulled(), (), [desk.entry("2", "s")], NextPull(at=datetime(2026, 1, 1), why="naive"), desk.now)  # noqa: DTZ001
    assert (desk.store.sources(), desk.store.sections(), desk.store.newest(None, 10)) == before


def test_a_revision_that_does_not_count_is_kept_without_a_new_date(desk):
    (one,) = desk.record(desk.entry("1", "s")).new
    before = desk.store.item(one)
    desk.store.publish("s", [], desk.now, desk.now)
    desk.later()
    same = desk.entry("1", "s")
    moved = structs.replace(
        same, entry=structs.replace(same.entry, content=Content(value="<p>first</p><img src='https://b.example/'>"), fingerprint="1:b")
    )
    assert desk.record(moved).revised == (one,)
    after = desk.store.item(one)
    assert (after.updated_at, after.edition.number, after.revisions) == (before.updated_at, 1, 2)
    assert "b.example" in after.entry.content.value
    assert desk.store.stale(["s"]) == ["s"]
    (logged,) = desk.store.revisions(one)
    assert (logged.number, logged.at, logged.changed, logged.significant, logged.before) == (2, desk.now, ("content",), (), {})


def test_the_log_says_what_each_revision_changed_and_corrected(desk):
    (one,) = desk.record(desk.entry("1", "s")).new
    at = desk.later()
    desk.record(desk.entry("1", "s", text="second"))
    desk.later()
    added = desk.entry("1", "s", text="second")
    desk.record(
        structs.replace(added, entry=structs.replace(added.entry, content=Content(value="<p>second, and more</p>"), fingerprint="1:c"))
    )
    item = desk.store.item(one)
    assert (item.edition.number, item.edition.corrected, item.edition.corrected_at) == (3, ("title", "text"), at)
    assert item.updated_at == desk.now
    first, second = desk.store.revisions(one)
    assert (first.changed, first.significant, first.corrected) == (("title", "content"), ("title", "text"), ("title", "text"))
    assert first.before == {"title": "1: first", "content": {"value": "<p>first</p>"}}
    assert (second.significant, second.corrected) == (("text",), ())
    assert desk.store.find(one) == [structs.replace(item, withdrawn_at=None)]


def test_the_log_of_one_entry_has_an_end(desk):
    (one,) = desk.record(desk.entry("1", "s")).new
    for number in range(30):
        desk.later()
        desk.record(desk.entry("1", "s", text=f"version {number}"))
    log = desk.store.revisions(one)
    assert [logged.number for logged in log] == list(range(12, 32))
    assert log[-1].before["title"] == "1: version 28"


def test_a_record_that_cannot_be_read_does_not_stop_its_source(desk):
    (one,) = desk.record(desk.entry("1", "s")).new
    desk.mark(one, record="{")
    desk.later()
    assert desk.record(desk.entry("1", "s", text="whole")).revised == (one,)
    assert desk.store.item(one).entry.title == "1: whole"


def test_what_comes_from_further_back_stands_at_its_own_date_and_leaves_the_source_alone(desk):
    desk.record(desk.entry("1", "s", published=desk.now - HOUR))
    before = desk.store.known("a")
    now = desk.later()
    dated = desk.entry("2", "s", published=now - 50 * HOUR)
    recorded = desk.store.amend(
        "a", [desk.entry("3", "s"), dated, desk.entry("1", "s", published=None)], now, backfill=Backfill(next="p2", pages=1)
    )
    assert (len(recorded.new), recorded.same, recorded.sections) == (2, 1, frozenset({"s"}))
    assert desk.uids("s") == ["1", "2", "3"]  # what states no date is no news
    assert desk.store.item(identity.entry_id("a", "2")).first_seen_at == now
    assert desk.store.known("a") == structs.replace(before, tally=3)
    assert desk.store.backfill("a") == Backfill(next="p2", pages=1)
    assert "s" in desk.store.stale(["s"])
    desk.store.amend("a", [], now)
    assert desk.store.backfill("a") == Backfill(next="p2", pages=1)
    with pytest.raises(StoreError, match="not in the database"):
        desk.store.amend("b", [], now)


def test_a_held_entry_is_released_by_a_good_reading_but_not_from_an_editors_hands(desk):
    desk.record(structs.replace(desk.entry("1", "s", text="bad"), held="too short"), desk.entry("2", "s"), desk.entry("3", "s"))
    assert desk.uids("s") == ["2", "3"]
    (state,) = desk.store.sources()
    assert state.held == {"too short": 1}
    assert desk.store.settled("a", desk.now) == {"2", "3"}
    assert desk.store.settled("a", desk.now + timedelta(days=4)) == {"1", "2", "3"}
    two = desk.store.newest("s", 1)[0].id
    desk.store.hold_back([two], "wait", desk.now)
    desk.later()
    desk.record(desk.entry("1", "s", text="good"), desk.entry("2", "s", text="revised"))
    assert sorted(desk.uids("s")) == ["1", "3"]
    assert sorted(each.uid for each in desk.store.recent("a")) == ["1", "3"]
    desk.store.show_again([two], desk.now)
    desk.later()
    desk.record(structs.replace(desk.entry("2", "s", text="worse"), held="too short"))
    assert sorted(desk.uids("s")) == ["1", "2", "3"]
