"""`haihe explain`: what an operator reads of a source and of an entry, over a real store."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from msgspec import structs

from aggregator.app import App
from aggregator.cadence import after_failure, after_success
from aggregator.config import load
from aggregator.errors import ConfigError, Disallowed, Gone, TooMany
from aggregator.pipeline import attribute
from aggregator.records import Freshness, Known, NextPull, Placed, Placement, Pulled, Robots, Unchanged
from aggregator.store import Store
from aggregator.verbs.explain import explain
from aggregator.verbs.status import as_rows
from feeds.read.signed import signed
from feeds.records import Content, Document, Entry, Feed, Precision

NOW = datetime(2026, 3, 4, 1, 20, tzinfo=UTC)  # a Wednesday, 9:20 in Tianjin
CONFIG = """
site: {title: T, url: "https://feeds.example.org", timezone: Asia/Shanghai}
sections: {s: {title: News}}
sources:
  jinshui: {title: 津水微言, url: "https://jinshui.example/feed", kind: feed, sections: [s], credit: {rights: 转载请注明来源}}
  bridge: {title: Bridge, url: "${BRIDGE}", sections: [s], every: 2h}
  quiet: {title: Quiet, url: "https://quiet.example/", sections: [s]}
  open: {title: Open, url: "https://open.example/", kind: page, robots: {ignore: they allowed it}, sections: [s]}
  shut: {title: Shut, url: "https://shut.example/", sections: [s], enabled: false}
"""


@pytest.fixture
def desk(tmp_path, capsys):
    (tmp_path / "config.yaml").write_text(CONFIG)
    config = load(tmp_path / "config.yaml", {"BRIDGE": "https://bridge.example/feed?token=hush"})
    store = Store.open(f"sqlite:///{tmp_path}/haihe.db")
    store.migrate()
    app = App(config, store)
    app.enrol()

    def told(word: str, *, as_json: bool = False, now: datetime = NOW):
        explain(word, config, store, app.walls, now, as_json=as_json)
        text = capsys.readouterr().out
        return json.loads(text) if as_json else text

    def rest(key: str, at: datetime, **answer):
        unchanged = Unchanged(why="304", **answer)
        store.rest(key, unchanged, after_success(app.walls(config.sources[key]), store.known(key), unchanged, None, at), at)

    yield SimpleNamespace(config=config, store=store, app=app, told=told, rest=rest)
    store.close()


def document(*entries: Entry, **feed) -> tuple[Pulled, Feed]:
    pulled = Pulled(
        document=Document(url="https://jinshui.example/feed", body=b""),
        etag='W/"a\x1b[31m"',
        last_modified="Wed, 04 Mar 2026 01:00:00 GMT",
        freshness=Freshness(max_age=5400),
    )
    return pulled, Feed(kind="rss", title="津水", link="https://jinshui.example/", entries=entries, **feed)


def news(desk, at: datetime = NOW) -> None:
    """Six weeks of it, three a morning, as the store comes to know it by a first pull."""
    days = [at - timedelta(days=n) for n in range(42)]
    times = [day.replace(hour=hour, minute=10) for day in days if day.weekday() < 5 for hour in (0, 1, 2)]
    entries = [
        Entry(
            uid=str(n),
            title=f"News {n}",
            link=f"https://jinshui.example/{n}.html?b=2&a=1",
            published=time,
            precision=Precision.MINUTE,
            content=Content(value="<p>…</p><p>稿源：津沽文明 编辑：张丽</p>"),
            fingerprint="1",
        )
        for n, time in enumerate(time for time in times if time < at)
    ]
    pulled, feed = document(*entries, ttl=60, skip_hours=(17, 18), skip_days=("Sunday",))
    source = desk.config.sources["jinshui"]
    placed = [
        Placed(entry=entry, placements=(Placement(section="s", rule="named"),))
        for entry in attribute(structs.replace(feed, entries=tuple(map(signed, feed.entries))), source).entries
    ]
    due = after_success(desk.app.walls(source), Known(key="jinshui", pulled_at=at), pulled, feed, at)
    desk.store.record("jinshui", pulled, ("mended a date",), placed, due, at)


def test_a_source_that_was_never_asked(desk):
    text = desk.told("quiet", now=datetime.now(UTC))
    assert "first pull" in text
    assert "has not been read yet" in text
    assert "none yet" in text
    assert "it is off" in desk.told("shut")


def test_why_the_next_pull_is_when_it_is(desk):
    news(desk)
    text = desk.told("jinshui")
    assert "in 1 hour 3" in text
    assert "the server says that its answer is fresh for 1 hour 30 minutes" in text
    assert "its answers are fresh for 1 hour 30 minutes; ttl 60 minutes; skip the hours 17, 18 GMT; skip Sunday" in text
    assert "Last-Modified Wed, 04 Mar 2026 01:00:00 GMT" in text
    assert "usually brings something on weekdays between 8 and 11" in text
    assert "mended a date" in text
    (spark,) = (line for line in text.splitlines() if "█" in line)
    assert set(spark.strip()) <= set(" ▁▂▃▄▅▆▇█")
    assert "\x1b" not in text, "nobody's bytes command the terminal"

    facts = desk.told("jinshui", as_json=True)
    assert facts["next_pull_why"].startswith("the server says")
    assert facts["pace"] == {"every": "30m", "at_least": "5m", "at_most": "1d", "fixed": False}
    assert facts["asks"] == {"max_age": 5400, "ttl": 60, "skip_hours": [17, 18], "skip_days": ["sunday"]}
    assert facts["validators"]["etag"] == 'W/"a\x1b[31m"'
    assert len(facts["rhythm"]["by_hour"]) == 24
    assert facts["rhythm"]["zone"] == "Asia/Shanghai"


def test_what_went_wrong_and_what_to_do(desk):
    for error, says, do in (
        (TooMany("the server asks for fewer requests (429)", retry_after=7200.0), "Retry-After", "ever more rarely"),
        (Gone("the source has ended (410)"), "never: not again until you say so", "haihe pull jinshui"),
    ):
        known = desk.store.known("jinshui")
        desk.store.fail("jinshui", error, after_failure(desk.app.walls(desk.config.sources["jinshui"]), known, error, NOW), NOW)
        text = desk.told("jinshui")
        assert str(error) in text
        assert says in text
        assert do in text
    facts = desk.told("jinshui", as_json=True)
    assert (facts["health"], facts["error"]["advice"], facts["error"]["in_a_row"]) == ("ended", "stop", 2)
    assert "next_pull_at" not in facts


def test_a_proven_move_is_proposed_with_the_edit_to_make(desk):
    new = "https://new.example/feed"
    desk.rest("jinshui", NOW, moved_to=new)
    assert "edit" not in desk.told("jinshui", as_json=True)["moved"]
    for half_day in range(1, 6):
        desk.rest("jinshui", NOW + half_day * timedelta(hours=12), moved_to=new)
    edit = "sources.jinshui.url: https://jinshui.example/feed → https://new.example/feed"
    assert edit in desk.told("jinshui")
    assert desk.told("jinshui", as_json=True)["moved"] | {"edit": edit, "times": 6} == desk.told("jinshui", as_json=True)["moved"]
    (row,) = (row for row in as_rows(desk.config.sources, {s.key: s for s in desk.store.sources()}) if row["source"] == "jinshui")
    assert (row["moved_to"], row["edit"]) == (new, edit)


def test_a_secret_address_is_not_shown_by_way_of_its_redirect(desk):
    for half_day in range(7):
        desk.rest("bridge", NOW + half_day * timedelta(hours=12), moved_to="https://other.example/feed?token=hush")
    text = desk.told("bridge") + json.dumps(desk.told("bridge", as_json=True))
    status = json.dumps(as_rows(desk.config.sources, {state.key: state for state in desk.store.sources()}))
    assert "https://other.example/" in text
    assert "${BRIDGE} → https://other.example/" in text
    assert "hush" not in text + status
    assert "as configured for this source" in text


def test_an_entry_by_any_of_its_names(desk):
    news(desk)
    (item,) = desk.store.newest("s", 1)
    names = (
        item.id,
        f"/entries/{item.id}/",
        f"https://feeds.example.org/entries/{item.id}/",
        item.entry.id,
        item.entry.link,
        item.entry.link.replace("https:", "http:").replace("b=2&a=1", "a=1&b=2"),
    )
    found = [desk.told(name, as_json=True)["entries"] for name in names]
    assert all(each == found[0] for each in found)
    (facts,) = found[0]
    assert (facts["entry"], facts["source"], facts["revisions"]) == (item.id, "jinshui", 1)
    assert facts["credit"]["source"] == "津沽文明"
    assert facts["credit"]["editors"] == ["张丽"]
    evidence = facts["evidence"][0]
    assert (evidence["field"], evidence["where"], "津沽文明" in evidence["text"]) == ("source", "the end of the text", True)
    assert 0 < evidence["sure"] <= 1
    assert facts["sections"] == [{"section": "s", "title": "News", "rule": "named"}]
    assert facts["precision"] == "minute"
    text = desk.told(item.id)
    for said in ("津水微言", "津沽文明", "(the end of the text, ", "named", "2026-03-04 01:10:00+00:00 (to the minute)", "转载"):
        assert said in text


def test_an_entry_without_dates_or_places(desk):
    def record(**entry):
        return desk.store.record("quiet", document()[0], (), [Placed(entry=Entry(**entry))], NextPull(at=NOW, why="so"), NOW)

    bare, day = record(uid="y", fingerprint="1").new[0], {"published": NOW, "precision": Precision.DAY}
    text = desk.told(bare)
    assert all(said in text for said in ("(without a title)", "not stated", "no section"))
    marked = record(uid="x", title="X", fingerprint="1").new[0]
    assert record(uid="x", title="[red]X[/red]", fingerprint="2", **day).revised == (marked,)
    text = desk.told(marked)
    assert all(said in text for said in ("[red]X[/red]", "2026-03-04 (to the day)", "revised     1 time, last"))


def test_what_is_neither_is_said_so(desk):
    with pytest.raises(ConfigError, match=r"'jinshiu' is neither a source nor an entry that is kept; did you mean \"jinshui\""):
        desk.told("jinshiu")


def test_what_is_known_of_robots_txt(desk):
    assert "robots.txt" not in desk.told("quiet")
    found = Robots(
        origin="https://quiet.example",
        text="User-agent: *",
        delay=5,
        asked_at=NOW - timedelta(hours=2),
        good_until=NOW + timedelta(hours=22),
    )
    desk.store.keep_robots(found)
    assert "heeded, asked for 2 hours ago; it wants 5 s between two requests" in " ".join(desk.told("quiet").split())
    assert desk.told("quiet", as_json=True)["robots"]["delay"] == 5
    desk.store.keep_robots(structs.replace(found, text=None, why="it answers 503", delay=0))
    assert "but it cannot be had (it answers 503); again in 22 hours, and no page before that" in " ".join(desk.told("quiet").split())
    desk.store.keep_robots(structs.replace(found, text=""))
    assert "there is none, asked for 2 hours ago" in " ".join(desk.told("quiet").split())
    assert "not heeded: they allowed it" in desk.told("open")
    assert desk.told("open", as_json=True)["robots"] == {"ignored": "they allowed it"}


def test_a_page_that_robots_txt_keeps_from_us_is_explained(desk):
    walls = desk.app.walls(desk.config.sources["quiet"])
    error = Disallowed("the robots.txt of quiet.example keeps us away from this page")
    desk.store.fail("quiet", error, after_failure(walls, desk.store.known("quiet"), error, NOW), NOW)
    told = desk.told("quiet", as_json=True)
    assert (told["health"], told["error"]["kind"], told["error"]["advice"]) == ("failing", "Disallowed", "later")
    (row,) = [row for row in as_rows(desk.config.sources, {each.key: each for each in desk.store.sources()}) if row["source"] == "quiet"]
    assert row["says"] == str(error)
