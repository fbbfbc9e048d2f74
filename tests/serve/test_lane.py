"""The lane in front of the application: feeds from memory, never behind what is published, and up while the store is down."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from msgspec import structs
from werkzeug.test import Client

from aggregator.plugins import load
from aggregator.publish import Press, publish, tailor
from aggregator.records import NextPull, Placed, Placement, Pulled, Rendition
from aggregator.serve.asked import Asked
from aggregator.serve.lane import Lane
from aggregator.serve.newsstand import Newsstand
from aggregator.store import Store
from feeds.records import Document, Entry
from tests.serve.conftest import NOON, SECTIONS, SITE, SOURCES, Memory

FEED = "/feeds/jsjx.atom"
FORMATS = ("rss", "atom", "json")


def behind(environ, start_response):
    start_response("418 I am the application behind", [])
    return [b"behind"]


@contextmanager
def lane(shelf, render=None, *, follow=True, room=1 << 26) -> Iterator[Client]:
    stand = Newsstand(shelf, SECTIONS, FORMATS, render, room=room)
    if follow:
        stand.follow()
    try:
        yield Client(Lane(behind, stand, []))
    finally:
        stand.close()


def soon(true, within: float = 1.0) -> bool:
    """Whether it becomes true within so many seconds."""
    end = time.monotonic() + within
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def change(shelf: Memory, text: str = "new") -> bytes:
    body = f"<feed>{text}</feed>".encode()
    shelf.renditions["jsjx", "atom"] = structs.replace(
        shelf.renditions["jsjx", "atom"], body=body, encoded={}, etag=Rendition.tag(body), updated_at=NOON + timedelta(hours=1)
    )
    return body


def test_what_is_no_feed_goes_to_the_application_behind(shelf):
    with lane(shelf) as client:
        for address in ("/", "/feeds/nope.rss", "/feeds/jsjx.csv", "/feeds/jsjx.atom/", "/feeds.opml", "/feeds/jsjx", "//feeds/jsjx.atom"):
            assert client.get(address).status_code == 418, address
        assert client.post(FEED).status_code == 418
        assert client.options(FEED).status_code == 418


def test_a_feed_that_is_in_memory_is_served_without_the_store(shelf):
    with lane(shelf) as client:
        before = client.get(FEED)
        shelf.broken = True
        after = client.get(FEED)
        assert (after.status_code, after.data, dict(after.headers)) == (200, before.data, dict(before.headers))
        assert client.get(FEED, headers={"If-None-Match": before.headers["ETag"]}).status_code == 304


def test_without_a_store_and_nothing_in_memory_it_asks_for_patience(shelf):
    shelf.broken = True
    with lane(shelf) as client:
        for address in (FEED, f"{FEED}?limit=10"):
            answer = client.get(address)
            assert answer.status_code == 503
            assert int(answer.headers["Retry-After"]) > 0
            assert answer.headers["Access-Control-Allow-Origin"] == "*"
            assert "ETag" not in answer.headers
        shelf.broken = False
        assert soon(lambda: client.get(FEED).status_code == 200)


def test_a_change_that_could_not_be_read_is_taken_up_when_it_can(shelf):
    with lane(shelf) as client:
        old = client.get(FEED).data
        shelf.broken = True
        new = change(shelf)
        assert not soon(lambda: client.get(FEED).data != old, within=0.6)
        shelf.broken = False
        assert soon(lambda: client.get(FEED).data == new)


def test_a_feed_that_is_taken_down_is_gone(shelf):
    with lane(shelf) as client:
        assert client.get(FEED).status_code == 200
        del shelf.renditions["jsjx", "atom"]
        assert soon(lambda: client.get(FEED).status_code == 503)


def test_the_memory_is_bounded_and_everything_is_served_all_the_same(shelf):
    for form in FORMATS:
        shelf.renditions["jsjx", form] = structs.replace(shelf.renditions["jsjx", form], body=form.encode() * 1000, encoded={})
    stand = Newsstand(shelf, SECTIONS, FORMATS, room=7000)
    client = Client(Lane(behind, stand, []))
    stand.look()
    stand.following = True
    for _ in range(2):
        for form in FORMATS:
            assert client.get(f"/feeds/jsjx.{form}").data == form.encode() * 1000
            assert sum(edition.size for edition in stand.ready.values()) <= 7000


def test_a_key_in_any_script_is_an_address():
    shelf = Memory()
    shelf.renditions["海河", "rss"] = Rendition(
        section="海河", format="rss", media_type="application/rss+xml", etag='"1"', updated_at=NOON, body=b"x"
    )
    client = Client(Lane(behind, Newsstand(shelf, ["海河"], FORMATS), []))
    assert client.get("/feeds/海河.rss").data == b"x"
    assert client.get("/feeds/%E6%B5%B7%E6%B2%B3.rss").data == b"x"


# -- parameters --------------------------------------------------------------------------------------------------------------------------


class Desk:
    """Makes renditions that say what was asked for, and counts."""

    def __init__(self, shelf: Memory) -> None:
        self.shelf, self.made, self.started = shelf, [], threading.Event()
        self.go_on = threading.Event()
        self.go_on.set()

    def __call__(self, section: str, form: str, asked: Asked) -> Rendition | None:
        self.made.append(asked)
        self.started.set()
        assert self.go_on.wait(5)
        base = self.shelf.rendition(section, form)
        body = asked.query.encode() + base.body
        return structs.replace(base, body=body, encoded={}, etag=Rendition.tag(body))


def test_a_rendition_that_somebody_asks_for_is_made_once_and_kept_until_the_section_changes(shelf):
    desk = Desk(shelf)
    with lane(shelf, desk) as client:
        first = client.get(f"{FEED}?limit=10")
        assert first.data.startswith(b"limit=10<feed>")
        assert client.get(f"{FEED}?utm_source=a&limit=10&_=3").data == first.data
        assert client.get(f"{FEED}?limit=10", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
        assert client.head(f"{FEED}?limit=10").headers["Content-Length"] == str(len(first.data))
        assert desk.made == [Asked(limit=10)]
        new = change(shelf)
        assert soon(lambda: client.get(f"{FEED}?limit=10").data == b"limit=10" + new)
        assert desk.made == [Asked(limit=10)] * 2
        shelf.broken = True
        assert client.get(f"{FEED}?limit=10").status_code == 200


def test_every_answer_says_which_address_is_its_own(shelf):
    with lane(shelf, Desk(shelf)) as client:
        own = {"": "jsjx.atom", "?utm_source=a": "jsjx.atom", "?body=link&limit=10": "jsjx.atom?limit=10&body=link"}
        for query, location in own.items():
            answer = client.get(FEED + query)
            assert answer.headers["Content-Location"] == location
            again = client.get(FEED + query, headers={"If-None-Match": answer.headers["ETag"]})
            assert (again.status_code, again.headers["Content-Location"]) == (304, location)  # RFC 9110 §15.4.5


def test_a_rendition_that_many_ask_for_at_once_is_made_once(shelf):
    desk = Desk(shelf)
    desk.go_on.clear()
    with lane(shelf, desk) as client, ThreadPoolExecutor(8) as pool:
        asking = [pool.submit(client.get, f"{FEED}?body=link") for _ in range(8)]
        assert desk.started.wait(5)
        desk.go_on.set()
        assert {answer.result().status_code for answer in asking} == {200}
    assert desk.made == [Asked(body="link")]


def test_what_is_not_known_leads_to_the_same_bytes(shelf):
    desk = Desk(shelf)
    with lane(shelf, desk) as client:
        plain = client.get(FEED)
        for query in ("utm_source=x", "_=1", "&&", "%", "Limit=3", "a=limit=10", "q=%FF", "body[]=x"):
            answer = client.get(f"{FEED}?{query}")
            assert (answer.data, answer.headers["ETag"]) == (plain.data, plain.headers["ETag"]), query
    assert desk.made == []


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=11",
        "limit=010",
        "limit=",
        "limit=ten",
        "limit=-10",
        "body=full",
        "body=",
        "limit=10&limit=20",
        "limit=１０",
        "limit",
    ],
)
def test_a_value_that_cannot_be_is_said_plainly(shelf, query):
    with lane(shelf, Desk(shelf)) as client:
        answer = client.get(f"{FEED}?{query}")
        assert answer.status_code == 400
        assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
        assert query.partition("=")[0] in answer.text
        assert answer.headers["Access-Control-Allow-Origin"] == "*"


# -- over the real store -----------------------------------------------------------------------------------------------------------------

START = datetime(2026, 3, 1, 8, tzinfo=UTC)


@pytest.fixture
def store(database_url):
    store = Store.open(database_url)
    store.migrate()
    store.enrol({"wenming": "wenming.example"}, START)
    yield store
    store.close()


@pytest.fixture
def press():
    return Press(site=SITE, sections=SECTIONS, sources=SOURCES, formats=load("haihe.formats"))


def bring(store: Store, numbers: range, now: datetime, text: str = "") -> None:
    placed = [
        Placed(
            entry=Entry(
                uid=f"u{number}", title=f"第{number}条{text}", link=f"https://wenming.example/{number}", fingerprint=f"1:{number}{text}"
            ),
            placements=(Placement(section="jsjx", rule="test"),),
        )
        for number in numbers
    ]
    pulled = Pulled(document=Document(url="https://wenming.example/", body=b""))
    store.record("wenming", pulled, (), placed, NextPull(at=now + timedelta(minutes=20), why="every 20m"), now)


def test_what_others_publish_is_seen_within_a_second(store, press, database_url):
    bring(store, range(3), START)
    publish(store, press, START)
    worker = Store.open(database_url)
    with lane(worker) as client:
        answer = client.get(FEED)
        assert "第2条" in answer.text
        assert answer.headers["Cache-Control"] == "public, max-age=1200"
        bring(store, range(3, 4), START + timedelta(hours=1))
        publish(store, press, START + timedelta(hours=1))
        assert soon(lambda: "第3条" in client.get(FEED).text)
        assert client.get(FEED).headers["Last-Modified"] == "Sun, 01 Mar 2026 09:00:00 GMT"
    worker.close()


def test_only_what_is_committed_by_somebody_is_news(store, press, database_url):
    worker = Store.open(database_url)
    assert worker.news()
    assert not worker.news()
    publish(store, press, START)
    assert worker.news()
    assert not worker.news()
    worker.close()


def test_a_longer_and_a_shorter_edition_of_a_section(store, press):
    bring(store, range(25), START - timedelta(days=2))
    bring(store, range(25, 70), START)  # fewer than the section's size: what arrives within a day stands there whatever the size
    publish(store, press, START)

    def render(section: str, form: str, asked: Asked) -> Rendition | None:
        return tailor(store, press, section, form, asked.limit, asked.body, asked.query)

    client = Client(Lane(behind, Newsstand(store, SECTIONS, FORMATS, render), []))
    assert len(client.get("/feeds/jsjx.json").json["items"]) == 50
    for limit in (10, 20, 50, 100):
        document = client.get(f"/feeds/jsjx.json?limit={limit}").json
        assert len(document["items"]) == min(limit, 70)
        assert document["feed_url"] == f"https://feeds.example.org/feeds/jsjx.json?limit={limit}"
    same, own = client.get("/feeds/jsjx.json?body=summary").json, client.get("/feeds/jsjx.json").json
    assert (same["items"], same["feed_url"]) == (own["items"], f"{own['feed_url']}?body=summary")  # each knows its own address
    long = client.get("/feeds/jsjx.json?limit=100")
    later = START + timedelta(hours=2)
    bring(store, range(65, 66), later, text="，更正")  # it stands in no shorter edition
    publish(store, press, later)
    changed = client.get("/feeds/jsjx.json?limit=100", headers={"If-None-Match": long.headers["ETag"]})
    assert changed.status_code == 200
    assert "更正" in changed.text
    assert changed.headers["Last-Modified"] == "Sun, 01 Mar 2026 10:00:00 GMT"
    assert client.get("/feeds/jsjx.json?limit=10").last_modified == later
