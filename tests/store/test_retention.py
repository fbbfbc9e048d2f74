"""What is past its time is emptied, a portion at a time, and does not come back."""

from datetime import UTC, datetime, timedelta

from aggregator.records import Archive
from aggregator.store import Limits

DAY = timedelta(days=1)
NEVER = datetime(1990, 1, 1, tzinfo=UTC)


def retain(desk, most=100, **limits):
    return desk.store.retain(Limits(**({"entries": None, "withdrawn": NEVER, "revisions": NEVER} | limits)), most, desk.now)


def test_entries_are_emptied_in_portions_and_never_come_back(desk):
    old = desk.record(*(desk.entry(str(number), "s") for number in range(5))).new
    desk.later(DAY)
    desk.record(desk.entry("young", "s"))
    desk.store.publish("s", [], desk.now, desk.now)
    assert [retain(desk, 2, entries=desk.now) for _ in range(4)] == [2, 2, 1, 0]
    assert desk.uids("s") == desk.uids(None) == ["young"]
    assert desk.store.stale(["s"]) == ["s"]
    assert all(desk.store.emptied(one) for one in old)
    assert not desk.store.emptied(desk.store.newest("s", 1)[0].id)
    desk.later()
    again = desk.record(desk.entry("0", "s", text="again"))
    assert (again.new, again.revised, again.same) == ((), (), 1)
    assert desk.uids("s") == ["young"]
    assert desk.store.check(desk.now) == []


def test_the_withdrawn_are_emptied_and_still_told_of(desk):
    one, two = desk.record(desk.entry("1", "s"), desk.entry("2", "s")).new
    desk.store.withdraw([one], "operator", "x", desk.now)
    desk.later(DAY)
    desk.store.withdraw([two], "operator", "y", desk.now)
    assert retain(desk, withdrawn=desk.now) == 1
    assert desk.store.reinstate([one, two], desk.later()) == (two,)
    assert [gone.id for gone in desk.store.withdrawn()] == [gone.id for gone in desk.store.tombstones("s", 5)] == [one]
    assert desk.store.check(desk.now) == []


def test_former_versions_are_forgotten(desk):
    (one,) = desk.record(desk.entry("1", "s")).new
    for text in ("second", "third"):
        desk.later(DAY)
        desk.record(desk.entry("1", "s", text=text))
    assert retain(desk, revisions=desk.now) == 1
    assert [revision.number for revision in desk.store.revisions(one)] == [3]


def test_archives_of_the_emptied_go_and_numbers_are_never_given_twice(desk):
    (one,) = desk.record(desk.entry("1", "s")).new
    for number in (1, 2, 3):
        desk.later(DAY)
        desk.store.close_archive(Archive(section="s", number=number, closed_at=desk.now, body=b"<feed/>"), {one: 1})
    assert retain(desk, entries=desk.later(DAY)) == 3
    assert [desk.store.archive("s", number) is not None for number in (1, 2, 3)] == [False, False, True]
    assert desk.store.last_archive("s") == 3
    assert desk.store.check(desk.now) == []
