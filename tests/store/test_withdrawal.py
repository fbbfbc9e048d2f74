"""What is withdrawn leaves everything and never comes back; what is held back comes when it is released."""

from datetime import timedelta

import pytest
from msgspec import structs

from aggregator.records import Archive
from aggregator.store import tables
from aggregator.store.record import Brought, record
from aggregator.store.tables import ALL

MINUTE = timedelta(minutes=1)


def linked(placed, link):
    return structs.replace(placed, entry=structs.replace(placed.entry, link=link))


def test_a_withdrawn_entry_is_in_no_list_and_its_sections_are_to_be_published(desk):
    one, two = desk.record(desk.entry("1", "s"), desk.entry("2", "s", "t")).new
    for section in ("s", "t", ALL):
        desk.store.publish(section, [], desk.now, desk.now)
    desk.later()
    assert desk.store.withdraw([two], "operator", "not ours to show", desk.now) == (two,)
    assert (desk.uids("s"), desk.uids("t"), desk.uids(None)) == (["1"], [], ["1"])
    assert desk.store.item(two) is None
    assert desk.store.stale(["s", "t", ALL]) == ["s", "t", ALL]
    (found,) = desk.store.withdrawn()
    assert (found.id, found.iri, found.at, found.by, found.reason) == (two, f"urn:uuid:{two}", desk.now, "operator", "not ours to show")
    assert desk.store.tombstones("t", 10) == desk.store.tombstones(None, 10) == [found]
    assert desk.store.withdrawal(two) == found
    assert desk.store.withdrawal(one) is None
    assert desk.store.check(desk.now) == []


def test_twice_is_once(desk):
    (one,) = desk.record(desk.entry("1", "s")).new
    first = desk.now
    assert desk.store.withdraw([one, one], "operator", "first", first) == (one,)
    desk.store.publish("s", [], desk.now, desk.later())
    assert desk.store.withdraw([one], "upstream", "second", desk.now) == ()
    assert desk.store.stale(["s"]) == []
    assert [(found.at, found.by, found.reason) for found in desk.store.withdrawn()] == [(first, "operator", "first")]


def test_no_revision_brings_it_back(desk):
    (one,) = desk.record(desk.entry("1", "s")).new
    desk.store.withdraw([one], "upstream", None, desk.later())
    desk.later()
    recorded = desk.record(desk.entry("1", "s", text="second"))
    assert (recorded.new, recorded.revised, recorded.same) == ((), (), 1)
    assert desk.uids("s") == []


@pytest.mark.parametrize("again", ["another source with its id", "another source at its address", "another uid at its address"])
def test_no_copy_brings_it_back(desk, again):
    link = "https://a.example/news/1.html"
    (one,) = desk.record(linked(desk.entry("https://a.example/#1", "s", iri="https://a.example/#1"), link)).new
    desk.store.withdraw([one], "operator", "removed", desk.later())
    desk.store.enrol({"a": "a.example", "b": "b.example"}, desk.later())
    if again == "another source with its id":
        key, copy = "b", linked(desk.entry("https://a.example/#1", "s", iri="https://a.example/#1"), None)
    elif again == "another source at its address":
        key, copy = "b", linked(desk.entry("other", "s"), "http://a.example/news/1.html?utm_source=mail")
    else:
        key, copy = "a", linked(desk.entry("other", "s"), link)
    for _ in range(2):
        recorded = desk.record(copy, key=key)
        assert (recorded.new, recorded.sections) == ((), frozenset())
        assert desk.uids(None) == []
        desk.later()
    assert [found.id for found in desk.store.withdrawn()] == [one], "what was never shown was not withdrawn from anybody"
    third = structs.replace(copy, entry=structs.replace(copy.entry, uid="third"))
    if again != "another source with its id":
        assert desk.record(third, key=key).new == ()
    assert desk.store.check(desk.now) == []


def test_copies_that_stand_elsewhere_go_with_it(desk):
    link = "https://a.example/news/1.html"
    (one,) = desk.record(linked(desk.entry("1", "s"), link)).new
    desk.store.enrol({"a": "a.example", "b": "b.example"}, desk.now)
    copy, _ = desk.record(linked(desk.entry("x", "t"), link), linked(desk.entry("y", "t"), link + "?id=2"), key="b").new
    assert set(desk.store.withdraw([one], "operator", None, desk.later())) == {one, copy}
    assert desk.uids(None) == ["y"]
    assert set(desk.store.reinstate([one], desk.later())) == {one, copy}
    assert set(desk.uids(None)) == {"1", "x", "y"}


@pytest.mark.parametrize("uid", ["https://a.example/#1", "41"])
def test_copies_of_its_public_id_go_with_it_whatever_their_uid(desk, uid):
    iri = "https://a.example/#1"
    (one,) = desk.record(linked(desk.entry(iri, "s", iri=iri), None)).new
    desk.store.enrol({"a": "a.example", "b": "b.example"}, desk.now)
    (copy,) = desk.record(linked(desk.entry(uid, "t", iri=iri), None), key="b").new
    assert set(desk.store.withdraw([one], "operator", None, desk.later())) == {one, copy}
    assert set(desk.store.reinstate([copy], desk.later())) == {one, copy}


def test_no_copy_comes_back_where_several_come_at_once(desk):
    """Several sources go into one transaction."""
    iri = "https://a.example/#1"
    (one,) = desk.record(linked(desk.entry(iri, "s", iri=iri), None)).new
    desk.store.withdraw([one], "operator", "removed", desk.later())
    desk.store.enrol(dict.fromkeys("abc", "x.example"), desk.later())
    copies = [Brought(key, desk.pulled(), (), [linked(desk.entry(iri, "s", iri=iri), None)], desk.due(), desk.now) for key in "bc"]
    with desk.store._database.write() as connection:
        assert [recorded.new for recorded in record(connection, copies)] == [(), ()]
    assert desk.uids("s") == []


def test_where_all_entries_lead_to_one_page_the_address_says_nothing(desk):
    one, _ = desk.record(desk.entry("1", "s"), desk.entry("2", "s")).new
    assert desk.store.withdraw([one], "operator", None, desk.later()) == (one,)
    assert desk.record(desk.entry("3", "s")).new != ()
    assert desk.uids("s") == ["3", "2"]
    home = [linked(desk.entry("https://b.example/#1", "s"), "https://b.example/")]
    desk.store.enrol({"a": "a.example", "b": "b.example"}, desk.now)
    desk.store.withdraw(desk.record(*home, key="b").new, "operator", None, desk.now)
    assert desk.record(linked(desk.entry("https://b.example/#2", "s"), "https://b.example/"), key="b").new != ()


def test_an_undone_withdrawal_is_newer_than_its_tombstone(desk):
    one, two = desk.record(desk.entry("1", "s"), desk.entry("2", "s")).new
    desk.store.withdraw([one, two], "operator", "by mistake", desk.later())
    (stone, _) = desk.store.withdrawn()
    assert set(desk.store.reinstate([one, two], desk.later())) == {one, two}
    items = desk.store.newest("s", 10)
    assert all(item.updated_at > stone.at for item in items)
    assert items[0].updated_at != items[1].updated_at
    assert desk.store.withdrawn() == desk.store.tombstones("s", 10) == []
    assert desk.store.reinstate([one], desk.now) == ()


def test_what_retention_has_emptied_can_be_withdrawn_and_not_undone(desk):
    (one,) = desk.record(desk.entry("1", "s")).new
    desk.mark(one, record=None)
    assert desk.store.withdraw([one], "operator", None, desk.later()) == (one,)
    assert desk.store.reinstate([one], desk.later()) == ()


def test_the_list_is_read_page_by_page(desk):
    new = desk.record(*(desk.entry(str(number), "s") for number in range(7))).new
    desk.store.withdraw(new[:4], "operator", None, desk.later())
    desk.store.withdraw(new[4:], "operator", None, desk.later())
    whole = desk.store.withdrawn(None, 100)
    assert [(one.at, one.id) for one in whole] == sorted((one.at, one.id) for one in whole)
    read, since, after = [], None, ""
    while some := desk.store.withdrawn(since, 3, after):
        read += some
        since, after = some[-1].at, some[-1].id
    assert read == whole
    assert [one.at for one in desk.store.withdrawn(desk.now, 100)] == [desk.now] * 3


def test_held_back_is_shown_nowhere_goes_on_being_revised_and_comes_when_released(desk):
    (one,) = desk.record(desk.entry("1", "s")).new
    desk.store.publish("s", [], desk.now, desk.now)
    assert desk.store.hold_back([one], "is it true?", desk.later()) == (one,)
    assert desk.store.hold_back([one], "again", desk.now) == ()
    assert desk.store.stale(["s"]) == ["s"]
    assert (desk.uids("s"), desk.store.item(one)) == ([], None)
    assert [item.held_why for item in desk.store.find(one)] == ["is it true?"]
    desk.later()
    assert desk.record(desk.entry("1", "s", text="better")).revised == (one,)
    assert desk.uids("s") == []
    assert desk.store.withdrawn() == []
    assert desk.store.show_again([one], desk.later()) == (one,)
    assert desk.store.show_again([one], desk.now) == ()
    assert [item.entry.title for item in desk.store.newest("s", 5)] == ["1: better"]


def test_nothing_happens_to_what_is_not_there(desk):
    for act in (desk.store.withdraw, desk.store.hold_back):
        arguments = ("operator", None, desk.now) if act == desk.store.withdraw else (None, desk.now)
        assert act(["nobody"], *arguments) == ()
    assert desk.store.reinstate(["nobody"], desk.now) == desk.store.show_again([], desk.now) == ()


def test_the_check_finds_what_is_wrong_with_revisions_and_archives(desk):
    (one,) = desk.record(desk.entry("1", "s")).new
    desk.later()
    desk.record(desk.entry("1", "s", text="second"))
    for number in (1, 2, 3):
        desk.store.close_archive(Archive(section="s", number=number, closed_at=desk.now, body=b"<feed/>"), {one: 2})
    assert desk.store.check(desk.now) == []
    with desk.store._database.write() as connection:
        connection.execute(tables.archives.delete().where(tables.archives.c.number == 2))
        connection.execute(tables.archives.update().where(tables.archives.c.number == 3).values(etag="x"))
        connection.execute(tables.revisions.update().values(number=9))
    told = [finding.what for finding in desk.store.check(desk.now)]
    assert told == [
        "it tells of revision 9, and there were 2",
        "its bytes are not those of its ETag",
        "of its archives 1 to 3 only 2 are here",
        "it is said to stand in archive 2, which is not there",
    ]


@pytest.mark.parametrize("live", [True, False, None])
def test_tombstones_follow_a_renamed_section(desk, live):
    desk.store.feed_name("s")
    one, two = desk.record(desk.entry("1", "s"), desk.entry("2", "s", "t")).new
    desk.store.withdraw([one, two], "operator", None, desk.now)
    desk.store.feed_name("t")  # it goes on: `s` is merged into it
    for _ in range(2):
        desk.store.rename("s", "t", desk.now, live=live)
        assert {each.id for each in desk.store.tombstones("t", 10)} == {one, two}
