"""A clock that is set back by days: nothing waits for it to catch up, and times that only go forward still do. `now` is told, not read."""

from datetime import UTC, datetime, timedelta

import pytest

from aggregator.cadence import after_restart
from aggregator.records import NextPull, Placed, Placement, Pulled, Rendition
from aggregator.store import Store
from feeds.records import Document, Entry

AHEAD = datetime(2026, 3, 10, 8, 0, tzinfo=UTC)
RIGHT = AHEAD - timedelta(days=5)
HOUR, LEASE = timedelta(hours=1), timedelta(minutes=10)


@pytest.fixture
def store(database_url):
    store = Store.open(database_url)
    store.migrate()
    store.enrol({"a": "https://a.example/", "b": "https://b.example/"}, AHEAD)
    yield store
    store.close()


def bring(store: Store, key: str, text: str, now: datetime):
    placed = Placed(entry=Entry(uid="1", title=text, fingerprint=f"1:{text}"), placements=(Placement(section="s", rule="r"),))
    pulled = Pulled(document=Document(url="https://a.example/", body=b""))
    return store.record(key, pulled, (), [placed], NextPull(at=now + HOUR, why="every hour"), now)


def publish(store: Store, now: datetime) -> None:
    for section in store.sections():
        body = f"{section.changed_at}".encode()
        rendition = Rendition(
            section=section.key, format="atom", media_type="application/atom+xml", etag=Rendition.tag(body), updated_at=now, body=body
        )
        store.publish(section.key, [rendition], now, section.changed_at)


def test_what_was_planned_by_it_is_due_again_soon(store):
    bring(store, "a", "first", AHEAD)
    assert store.claim(RIGHT, 9, LEASE) == [], "by the wrong clock all is due in days"
    store.postpone(after_restart(store.waiting(), timedelta(days=1), RIGHT))
    assert [known.key for known in store.claim(RIGHT, 9, LEASE)] == ["b"], "the first pull is due at once"
    assert [known.key for known in store.claim(RIGHT + HOUR, 9, LEASE)] == ["b", "a"], "the next one after its own wait"


def test_a_lease_of_the_wrong_clock_does_not_hold_for_days(store):
    assert len(store.claim(AHEAD, 9, LEASE)) == 2
    store.postpone(after_restart(store.waiting(), timedelta(days=1), RIGHT))
    assert [known.key for known in store.claim(RIGHT, 9, LEASE)] == ["a", "b"]
    assert store.claim(RIGHT + LEASE / 2, 9, LEASE) == [], "and those leases hold"


def test_a_lease_of_a_machine_whose_clock_is_a_little_ahead_holds(store):
    assert len(store.claim(AHEAD + LEASE / 2, 9, LEASE)) == 2
    assert store.claim(AHEAD, 9, LEASE) == []


def test_a_revision_is_never_older_than_the_one_before_it(store):
    bring(store, "a", "first", AHEAD)
    seen = [store.newest("s", 1)[0].updated_at]
    for step, text in enumerate(("second", "third", "fourth")):
        bring(store, "a", text, RIGHT + step * HOUR)
        seen.append(store.newest("s", 1)[0].updated_at)
    assert seen == sorted(set(seen))
    assert store.newest("s", 1)[0].entry.title == "fourth"
    bring(store, "a", "fifth", AHEAD + HOUR)
    assert store.newest("s", 1)[0].updated_at == AHEAD + HOUR


def test_what_changes_by_the_earlier_clock_is_published(store):
    bring(store, "a", "first", AHEAD)
    publish(store, AHEAD)
    assert store.stale(["s", "all"]) == []
    bring(store, "a", "second", RIGHT)
    assert store.stale(["s", "all"]) == ["s", "all"]
    publish(store, RIGHT)
    assert store.stale(["s", "all"]) == []
    bring(store, "b", "first", RIGHT + HOUR)
    assert store.stale(["s", "all"]) == ["s", "all"]


def test_the_database_stays_sound(store):
    bring(store, "a", "first", AHEAD)
    store.claim(AHEAD, 9, LEASE)
    publish(store, AHEAD)
    bring(store, "a", "second", RIGHT)
    bring(store, "b", "first", RIGHT)
    publish(store, RIGHT)
    assert store.check(RIGHT) == []
