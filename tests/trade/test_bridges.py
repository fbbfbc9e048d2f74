"""Several addresses for one source: which is used, which rests, and that entries are the same whichever brought them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr

from aggregator.app import pulling
from aggregator.config import Site as Pages
from aggregator.config import Source, load
from aggregator.config.model import Bridge
from aggregator.errors import Failing, Gone, TooMany
from aggregator.pipeline import refresh
from aggregator.pull.bridges import pull_any, rest, turns, unite
from aggregator.pull.order import Order
from aggregator.pull.source import pull as exchange
from aggregator.records import Bridges, Known, Resting, Unchanged
from aggregator.verbs.explain import explain
from feeds.clean.urls import normalise
from feeds.errors import NotAFeed
from feeds.records import Entry, Feed
from tests.trade.upstream import Site, serve

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
SITE = Pages(title="T", url="https://t.example")


def resting(hours: float) -> Resting:
    return Resting(failures=1, until=NOW + hours * HOUR, why="x")


@pytest.mark.parametrize(
    ("rests", "order"), [({}, "abc"), ({"a": 1}, "bc"), ({"a": -1}, "abc"), ({"a": 3, "b": 1, "c": 2}, "b"), ({"a": 0}, "abc")]
)
def test_whose_turn_it_is(rests, order):
    state = Bridges(used="c", resting={each: resting(hours) for each, hours in rests.items()})
    assert turns("abc", state, NOW) == list(order)


@pytest.mark.parametrize(
    ("error", "before", "minutes"),
    [
        (Failing("x"), 0, 30),
        (Failing("x"), 1, 60),
        (Failing("x"), 40, 1440),
        (NotAFeed("x"), 0, 30),
        (TooMany("x", retry_after=7200), 0, 120),
        (TooMany("x", retry_after=1e30), 0, 7 * 1440),
        (Gone("x"), 0, 7 * 1440),
    ],
)
def test_how_long_one_rests(error, before, minutes):
    found = rest(Resting(failures=before, until=NOW, why="") if before else None, error, NOW)
    assert (found.until - NOW, found.failures) == (timedelta(minutes=minutes), before + 1)


def test_validators_go_to_the_address_that_gave_them_alone():
    bridges = tuple(Bridge(url=f"https://{name}.example/", written=f"https://{name}.example/") for name in "ab")
    source = Source(key="s", title="S", url=bridges[0].url, bridges=bridges)
    known = Known(key="s", etag='"b"', last_modified="x", body_hash="x", bridges=Bridges(used=bridges[1].written))
    told: dict[str, str | None] = {}

    async def one(at: Source, known: Known) -> Unchanged:
        told[at.url] = known.etag
        if at.url == bridges[0].url:
            raise Failing("x")
        return Unchanged(why="304")

    async def read(*_: object) -> Feed:
        raise AssertionError

    asyncio.run(pull_any(source, known, one, read, NOW))
    assert told == {bridges[0].url: None, bridges[1].url: '"b"'}


@pytest.mark.parametrize("further", ["http://list.example/2.html", "https://list.example:444/2.html", "https://other.example/2.html"])
def test_secret_headers_go_to_no_other_origin(further):
    seen: list[Order] = []

    async def fetch(order: Order, _: object) -> Unchanged:
        seen.append(order)
        return Unchanged(why="304")

    source = Source(key="s", title="S", url="https://list.example/1.html", kind="page", headers={"X-Key": SecretStr("k")})
    ways = {"http": fetch, "https": fetch}
    for address in (further, "https://list.example/2.html"):
        asyncio.run(
            exchange(source, Known(key="s"), site=SITE, wire=None, fetchers=ways, read=None, seen=lambda _: (), further=address)  # type: ignore[arg-type]
        )
    assert [dict(order.secrets) for order in seen] == [{}, {"X-Key": "k"}]


def entry(uid: str, link: str | None = None) -> Entry:
    return Entry(uid=uid, title=uid, link=link)


def test_what_is_kept_under_another_id_is_the_same():
    kept = {normalise("https://mp.example/s/1"): "one", normalise("https://mp.example/s/2"): "two"}
    feed = Feed(
        kind="rss",
        link="https://mp.example/",
        entries=(
            entry("other-1", "http://mp.example/s/1"),
            entry("two", "https://mp.example/s/2"),
            entry("new", "https://mp.example/s/3"),
            entry("bare"),
        ),
    )
    united = unite(feed, kept, {"one", "two"})
    assert [each.uid for each in united.entries] == ["two", "new", "bare"]
    assert united.same == ("one",)


def test_a_link_that_names_no_entry_tells_nothing():
    kept = {normalise("https://a.example/"): "one", normalise("https://a.example/live"): "two"}
    entries = (entry("x", "https://a.example/"), entry("y", "https://a.example/live"), entry("z", "https://a.example/live"))
    united = unite(Feed(kind="rss", link="https://a.example/", entries=entries), kept, {"one", "two"})
    assert united.entries == entries


def atom(*numbers: int, ids: str = "") -> str:
    items = "".join(
        f"<item><title>第{n}篇</title><guid isPermaLink='false'>{ids}{n}</guid><link>https://mp.example/s/{n}</link></item>"
        for n in numbers
    )
    return f"<rss version='2.0'><channel><title>t</title><link>https://mp.example/</link>{items}</channel></rss>"


@pytest.fixture
def bridges(tmp_path) -> Iterator[tuple[Site, Site]]:
    with serve() as one, serve() as two:
        yield one, two


@pytest.fixture
def app(tmp_path, bridges):
    one, two = bridges
    config = {
        "site": {"title": "T", "url": "http://t.example"},
        "database": "sqlite:///haihe.db",
        "pull": {"spacing": "0s", "allow_private": ["127.0.0.0/8"]},
        "sections": {"news": {"title": "N"}},
        "sources": {
            "s": {
                "title": "津水微言",
                "kind": "feed",
                "url": ["${BRIDGE}/one.xml?key=hush", f"{two.base}/two.xml"],
                "sections": ["news"],
                "headers": {"X-Key": "k"},
            }
        },
    }
    (tmp_path / "config.yaml").write_text(json.dumps(config), encoding="utf-8")
    with pulling(load(tmp_path / "config.yaml", {"BRIDGE": one.base})) as app:
        yield app


def pull(app, times: int = 1):
    async def story():
        async with app.trade() as trade:
            return [await refresh(app.config.sources["s"], app.store.known("s"), trade, datetime.now(UTC)) for _ in range(times)]

    return asyncio.run(story())[-1]


def titles(app) -> list[str]:
    return sorted(item.entry.title for item in app.store.newest("news", 100))


def test_another_bridge_takes_over_and_nothing_is_doubled_or_lost(app, bridges, capsys):
    one, two = bridges
    one.pages["/one.xml?key=hush"] = atom(1, 2)
    two.pages["/two.xml"] = atom(1, 2, 3, ids="x-")
    assert len(pull(app).recorded.new) == 2
    assert two.asked == []
    one.pages["/one.xml?key=hush"] = 503
    taken = pull(app)
    assert (len(taken.recorded.new), len(taken.recorded.revised), taken.recorded.same) == (1, 0, 2)
    assert pull(app).unchanged.why == "304"
    assert [status for _, status in one.asked] == [200, 503]  # it rests
    assert [status for _, status in two.asked] == [200, 304]  # and validators went to whom gave them
    assert titles(app) == ["第1篇", "第2篇", "第3篇"]
    explain("s", app.config, app.store, app.walls, datetime.now(UTC), as_json=False)
    told = " ".join(capsys.readouterr().out.split())
    assert f"{two.base}/two.xml in use" in told
    assert "rests: the server is broken at the moment (503); asked again in" in told
    explain("s", app.config, app.store, app.walls, datetime.now(UTC), as_json=True)
    first, second = json.loads(capsys.readouterr().out)["addresses"]
    assert (first["url"], first["used"], first["failures"], second["used"]) == ("${BRIDGE}/one.xml?key=hush", False, 1, True)


@pytest.mark.parametrize("says", ["<html><body>log in</body></html>", atom()])
def test_an_answer_is_not_enough(app, bridges, says):
    """A login page is no feed, and where entries came an empty feed is no good answer."""
    one, two = bridges
    one.pages["/one.xml?key=hush"] = atom(1)
    two.pages["/two.xml"] = atom(1, 2)
    pull(app)
    one.pages["/one.xml?key=hush"] = says
    assert len(pull(app).recorded.new) == 1
    assert app.store.known("s").bridges.used == f"{two.base}/two.xml"


def test_where_all_fail_the_source_does_and_recovers(app, bridges):
    one, two = bridges
    one.pages["/one.xml?key=hush"], two.pages["/two.xml"] = 410, 503
    failed = pull(app)
    assert failed.error.kind == "Failing"  # there is hope yet
    known = app.store.known("s")
    assert (known.failures, known.next_pull_at is not None) == (1, True)
    two.pages["/two.xml"] = atom(1)
    assert len(pull(app).recorded.new) == 1
    assert app.store.known("s").failures == 0
