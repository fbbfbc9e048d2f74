"""Archives of a section: closed once, never changed but where an entry must leave, and with the feed the whole of it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from lxml import etree
from msgspec import structs

from aggregator.config import Section, Site, Source
from aggregator.errors import StoreError
from aggregator.plugins import load as plugins
from aggregator.publish import Press, publish, unarchived
from aggregator.records import Archive, NextPull, Placed, Placement, Pulled
from aggregator.store import Store, withdrawal
from feeds import identity
from feeds.records import Content, Document, Entry
from feeds.write.atom import without
from feeds.write.fragments import Fragments

NOW = datetime(2026, 3, 4, 10, 20, tzinfo=UTC)
BASE = "https://feeds.example.org/feeds/s"
PRESS = Press(
    site=Site(title="Town", url="https://feeds.example.org"),
    sections={"s": Section(key="s", title="S", size=5, body="full")},
    sources={"a": Source(key="a", title="A", url="https://a.example/feed", republish="full")},
    formats=plugins("haihe.formats"),
)


class Desk:
    def __init__(self, store: Store) -> None:
        self.store, self.now = store, NOW
        store.enrol({"a": "a.example"}, NOW)

    def bring(self, *numbers: int, text: str = "text", days: int = 0) -> None:
        self.now += timedelta(days=1)
        entries = (
            Entry(
                uid=f"u{number}",
                title=f"no {number}",
                link=f"https://a.example/{number}",
                content=Content(value=f"<p>{text} &lt;entry> {number} {'long ' * 100}</p>"),
                published=self.now - timedelta(days=days + number) if days else None,
                fingerprint=f"{text}{number}",
            )
            for number in numbers
        )
        placed = [Placed(entry=entry, placements=(Placement(section="s", rule="test"),)) for entry in entries]
        pulled = Pulled(document=Document(url="https://a.example/feed", body=b""))
        self.store.record("a", pulled, (), placed, NextPull(at=self.now, why="test"), self.now)

    def publish(self) -> None:
        publish(self.store, PRESS, self.now)
        while waiting := unarchived(self.store, PRESS.sections.values()):
            publish(self.store, PRESS, self.now, also=waiting)

    def archives(self) -> list[bytes]:
        numbers = range(1, self.store.last_archive("s") + 1)
        return [self.store.archive("s", number).body for number in numbers]

    def feed(self) -> bytes:
        return self.store.rendition("s", "atom").body


class Counted(Fragments):
    """How many entries were written for Atom."""

    written = 0

    def of(self, entries, form, around, write):
        def counted(some):
            self.written += len(some) if form == "atom" else 0
            return write(some)

        return super().of(entries, form, around, counted)


def titles(document: bytes) -> list[str]:
    return [entry.findtext("{*}title") for entry in etree.fromstring(document).findall("{*}entry")]


def links(document: bytes) -> dict[str, str]:
    return {link.get("rel"): link.get("href") for link in etree.fromstring(document).findall("{*}link")}


def key(number: int) -> str:
    return identity.entry_id("a", f"u{number}")


@pytest.fixture
def desk(database_url):
    store = Store.open(database_url)
    store.migrate()
    yield Desk(store)
    store.close()


def test_what_stands_in_the_archives_of_several_sections_is_written_once(desk):
    sections = {key: Section(key=key, title=key, size=5, body="full") for key in ("s", "all")}
    press = replace(PRESS, sections=sections, fragments=Counted())
    desk.bring(*range(13), days=10)
    publish(desk.store, press, desk.now)
    assert (desk.store.last_archive("s"), desk.store.last_archive("all")) == (2, 2)
    assert titles(desk.store.archive("all", 2).body) == titles(desk.store.archive("s", 2).body)
    assert press.fragments.written == 10 + 5  # as summaries in the archives, in full in the feeds


def test_feed_and_archives_are_the_whole_section_linked_from_new_to_old(desk):
    desk.bring(*range(23), days=10)
    desk.publish()
    archives = desk.archives()
    assert len(archives) == 4
    assert links(desk.feed())["prev-archive"] == f"{BASE}/archive/4.atom"
    assert links(archives[2]) == {
        "alternate": "https://feeds.example.org/sections/s/",
        "self": f"{BASE}/archive/3.atom",
        "current": f"{BASE}.atom",
        "prev-archive": f"{BASE}/archive/2.atom",
        "next-archive": f"{BASE}/archive/4.atom",
    }
    assert "prev-archive" not in links(archives[0])
    assert all(etree.fromstring(one).find("{http://purl.org/syndication/history/1.0}archive") is not None for one in archives)
    assert etree.fromstring(desk.feed()).find("{http://purl.org/syndication/history/1.0}archive") is None
    assert [title for one in reversed(archives) for title in titles(one)] == [f"no {number}" for number in range(3, 23)], "the newest first"
    assert {title for one in (desk.feed(), *archives) for title in titles(one)} == {f"no {number}" for number in range(23)}
    assert 0 < archives[0].count(b"long") < 5 * 100, "summaries at most"
    assert desk.store.check(desk.now) == []


def test_a_closed_archive_never_changes(desk):
    desk.bring(*range(7), days=1)
    desk.publish()
    (before,) = desk.archives()
    desk.bring(*range(7, 20))
    desk.bring(0, 6, text="corrected")
    desk.publish()
    desk.now += timedelta(days=30)
    publish(desk.store, PRESS, desk.now, everything=True)
    after = desk.archives()
    assert after[0] == before
    told = [title for one in after[1:] for title in titles(one)]
    assert len(told) == len(set(told))
    assert {"no 6"} & set(told), "what was revised so that readers are told comes into a later archive again"
    assert desk.store.check(desk.now) == []


def test_what_does_not_count_is_not_archived_again(desk):
    desk.bring(*range(5), days=1)
    desk.publish()
    desk.bring(*range(5), text=" text")
    desk.bring(*range(5), text="text")
    desk.publish()
    assert len(desk.archives()) == 1


@pytest.mark.parametrize("how", ["withdraw", "hold"])
def test_what_must_be_nowhere_leaves_its_archives_and_nothing_else_changes(desk, how):
    desk.bring(*range(12), days=1)
    desk.publish()
    before = desk.archives()
    gone = [key(number) for number in (8, 9, 1)]
    act = desk.store.withdraw if how == "withdraw" else desk.store.hold_back
    act(gone, *(["operator"] if how == "withdraw" else []), "x", desk.now)
    desk.publish()
    after = desk.archives()
    assert [title for one in after for title in titles(one)] == [
        title for one in before for title in titles(one) if title not in ("no 8", "no 9", "no 1")
    ]
    for one, two in zip(before, after, strict=True):
        assert [line for line in one.splitlines() if line in two.splitlines()] == two.splitlines()
    assert desk.store.leaving("s") == {}
    undo = desk.store.reinstate if how == "withdraw" else desk.store.show_again
    undo(gone, desk.now + timedelta(minutes=1))
    desk.bring(*range(20, 25))
    desk.publish()
    assert {"no 8", "no 9", "no 1"} <= {title for one in (desk.feed(), *desk.archives()) for title in titles(one)}
    assert desk.store.check(desk.now) == []


def renamed(old: str, new: str) -> Press:
    return replace(PRESS, sections={new: PRESS.sections[old].model_copy(update={"key": new})})


def feed_id(store: Store, section: str) -> str:
    return etree.fromstring(store.rendition(section, "atom").body).findtext("{*}id")


def test_a_section_keeps_the_id_of_its_feed_its_archives_and_its_places_when_its_key_changes(desk):
    desk.bring(*range(12), days=1)
    desk.publish()
    first = feed_id(desk.store, "s")
    count = desk.store.last_archive("s")
    assert count == 2
    assert desk.store.rename("s", "t", desk.now, live=False)
    assert not desk.store.rename("s", "t", desk.now, live=False), "once"
    assert (desk.store.last_archive("s"), desk.store.last_archive("t")) == (0, count)
    publish(desk.store, renamed("s", "t"), desk.now)
    assert feed_id(desk.store, "t") == first
    assert links(desk.store.rendition("t", "atom").body)["prev-archive"] == f"{BASE[:-1]}t/archive/{count}.atom"
    assert desk.store.last_archive("t") == count, "what is archived is not archived again"
    assert desk.store.rename("t", "u", desk.now, live=False)
    assert desk.store.feed_name("u") == "s"
    assert desk.store.check(desk.now) == []


def test_a_new_section_under_a_key_that_was_another_s_is_another_feed(desk):
    desk.bring(*range(12), days=1)
    desk.publish()
    desk.store.rename("s", "t", desk.now, live=False)
    publish(desk.store, PRESS, desk.now)
    assert desk.store.feed_name("s") == "s~2"
    assert feed_id(desk.store, "s").endswith("feeds/s~2")
    assert desk.store.newest("s", 100) == []
    assert "prev-archive" not in links(desk.feed())


def test_what_a_closed_section_left_under_a_key_goes_when_another_takes_it(desk):
    desk.bring(*range(12), days=1)
    desk.publish()
    publish(desk.store, renamed("s", "t"), desk.now)
    old = desk.archives()
    assert not desk.store.rename("t", "s", desk.now, live=True), "merged: both had a feed of their own"
    assert not desk.store.rename("t", "s", desk.now), "nobody knows: nothing is thrown away"
    assert desk.archives() == old
    assert desk.store.rename("t", "s", desk.now, live=False)
    assert desk.archives() == []
    assert desk.store.feed_name("s") == "t"
    assert desk.store.check(desk.now) == []
    desk.publish()
    assert len(desk.archives()) == len(old), "what stands under the key is open to the archives of its new feed"


def test_two_publishers_close_an_archive_once(desk):
    desk.bring(*range(5), days=1)
    desk.publish()
    archive = desk.store.archive("s", 1)
    assert not desk.store.close_archive(archive, {key(0): 1})
    assert not desk.store.close_archive(structs.replace(archive, number=3), {key(0): 1})


class Meanwhile:
    """The store as one publisher sees it, where something else happens once, right after it has looked at what `method` gives."""

    def __init__(self, store: Store, method: str, act: Callable[[], object]) -> None:
        self._store, self._method, self._act = store, method, act

    def __getattr__(self, name: str) -> object:
        real = getattr(self._store, name)
        if name != self._method:
            return real

        def then(*arguments: object) -> object:
            self._method = ""
            found = real(*arguments)
            self._act()
            return found

        return then


@pytest.mark.parametrize("how", ["withdraw", "hold_back"])
def test_what_is_taken_back_while_an_archive_is_closed_does_not_stand_in_it(desk, how):
    desk.bring(*range(7), days=1)
    arguments = ("operator", None) if how == "withdraw" else (None,)
    other = Meanwhile(desk.store, "to_archive", lambda: getattr(desk.store, how)([key(6)], *arguments, desk.now))
    publish(other, PRESS, desk.now)
    desk.publish()
    assert len(desk.archives()) == 1
    assert "no 6" not in [title for one in (desk.feed(), *desk.archives()) for title in titles(one)]
    assert desk.store.check(desk.now) == []


def test_what_is_revised_while_an_archive_is_closed_stands_in_it_as_revised(desk):
    desk.bring(*range(7), days=1)
    oldest = desk.store.to_archive("s", 1)[0].entry.title.removeprefix("no ")
    publish(Meanwhile(desk.store, "to_archive", lambda: desk.bring(int(oldest), text="mended")), PRESS, desk.now)
    assert desk.archives() == [], "its text would be the old one, and nobody would come back to it"
    desk.publish()
    assert b"mended" in desk.archives()[0]
    assert desk.store.check(desk.now) == []


def test_a_tombstone_is_told_for_a_month(desk):
    desk.bring(*range(3), days=1)
    desk.store.withdraw([key(1)], "operator", None, desk.now)
    desk.publish()
    assert b"deleted-entry" in desk.feed()
    desk.now += timedelta(days=20)
    desk.bring(20)
    desk.publish()
    assert b"deleted-entry" in desk.feed()
    desk.now += timedelta(days=10)
    desk.bring(21)
    desk.publish()
    assert b"deleted-entry" not in desk.feed()


def test_an_archive_waits_for_a_withdrawal_that_is_under_way(desk):
    desk.bring(*range(5), days=1)
    closed: list[bool] = []
    archive = Archive(section="s", number=1, closed_at=desk.now, body=b"<feed/>")
    publisher = threading.Thread(target=lambda: closed.append(desk.store.close_archive(archive, {key(number): 1 for number in range(5)})))
    with desk.store._database.write() as connection:
        withdrawal.withdraw(connection, [key(3)], "operator", None, desk.now)
        publisher.start()
        publisher.join(0.3)
        assert closed == []
    publisher.join()
    assert closed == [False]


def test_two_publishers_cut_into_one_archive(desk):
    """Each without what the other cut out: else it would come back for good."""
    desk.bring(*range(6), days=1)
    desk.publish()
    standing = titles(desk.archives()[0])

    def meanwhile() -> None:
        desk.store.withdraw([key(5)], "operator", None, desk.now)
        desk.publish()

    desk.store.withdraw([key(4)], "operator", None, desk.now)
    publish(Meanwhile(desk.store, "archive", meanwhile), PRESS, desk.now)
    assert titles(desk.archives()[0]) == [title for title in standing if title not in ("no 4", "no 5")]
    assert {"no 4", "no 5"} <= set(standing)
    assert desk.store.leaving("s") == {}


def test_cutting_leaves_the_rest_byte_for_byte(desk):
    desk.bring(*range(5), days=1)
    desk.publish()
    body = desk.archives()[0]
    assert without(body, ["urn:nobody"]) == body
    assert titles(without(body, [f"urn:uuid:{key(3)}", f"urn:uuid:{key(0)}"])) == ["no 1", "no 2", "no 4"]
    assert titles(without(body, [f"urn:uuid:{key(number)}" for number in range(5)])) == []


def test_sections_that_become_one_do_so_whole_or_not_at_all(desk):
    """Broken off between the two, the second would be taken for a renaming when it is tried again: what the first brought would be gone."""
    desk.bring(*range(12), days=1)
    desk.publish()
    desk.store.follow({"s": [], "b": []}, desk.now)
    with pytest.raises(StoreError):
        desk.store.follow({"t": ["s", 5]}, desk.now)  # what no database takes ends it half-way
    assert (desk.store.last_archive("s"), desk.store.last_archive("t")) == (2, 0)
    desk.store.follow({"t": ["s", "b"]}, desk.now)
    desk.store.follow({"t": ["s", "b"]}, desk.now)
    assert (desk.store.last_archive("s"), desk.store.last_archive("t")) == (0, 2)
    assert desk.store.feed_name("t") == "s"
    assert desk.store.check(desk.now) == []
