from __future__ import annotations

import gzip
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from lxml import etree

from aggregator.config import Section, Site, Source
from aggregator.config.publishers import Publishers, Record
from aggregator.plugins import load as plugins
from aggregator.publish import Press, compose, publish, unarchived
from aggregator.publish.policy import allowed, apply, stricter
from aggregator.records import NextPull, Placed, Placement, Pulled
from aggregator.store import Store
from feeds.records import Content, Credit, Document, Enclosure, Entry

NOW = datetime(2026, 3, 4, 10, 20, tzinfo=UTC)
SITE = Site(title="津门文明", url="https://feeds.example.org", language="zh-CN")
LONG = "海河管理中心党总支把支部共建作为推动河务管理的重要抓手。" * 20


@pytest.fixture
def store(tmp_path):
    store = Store.open(f"sqlite:///{tmp_path}/haihe.db")
    store.migrate()
    store.enrol({"wm": "wm.example"}, NOW)
    yield store
    store.close()


def press(body: str = "full", republish: str = "full") -> Press:
    return Press(
        site=SITE,
        sections={"jsjx": Section(key="jsjx", title="精神建设进行时", body=body), "zyfw": Section(key="zyfw", title="志愿服务")},
        sources={"wm": Source(key="wm", title="文明网", url="https://wm.example/feed", republish=republish)},
        formats=plugins("haihe.formats"),
    )


def bring(store: Store, *entries: Entry, at: datetime = NOW) -> None:
    pulled = Pulled(document=Document(url="https://wm.example/feed", body=b""))
    placed = [Placed(entry=entry, placements=(Placement(section="jsjx", rule="test"),)) for entry in entries]
    store.record("wm", pulled, (), placed, NextPull(at=at + timedelta(hours=1), why="test"), at)


def entry(number: int, **facts) -> Entry:
    settings = {
        "title": f"第{number}条",
        "link": f"https://wm.example/{number}",
        "content": Content(value=f"<p>{LONG}</p>"),
        "fingerprint": f"f{number}",
    }
    return Entry(uid=f"https://wm.example/{number}", credit=Credit(source="津水微言"), **(settings | facts))


def test_the_stricter_policy_wins():
    assert stricter("full", "summary") == "summary"
    assert stricter("none", "full") == "none"
    assert stricter("link", "summary") == "link"


def test_what_each_policy_lets_out():
    full = entry(1)
    assert apply(full, "full") is full
    short = apply(full, "summary")
    assert (short.content, short.summary.type) == (None, "text")
    assert 50 < len(short.summary.value) <= 200
    assert short.summary.value.endswith(("。", "…"))
    assert apply(full, "link").summary is None
    assert apply(full, "none") is None
    assert apply(full, "link").credit == full.credit  # the credit is never part of the bargain


def test_only_what_changed_is_rendered_and_the_same_content_keeps_its_tag(store):
    assert set(publish(store, press(), NOW)) == {"jsjx", "zyfw"}
    assert publish(store, press(), NOW) == ()
    bring(store, entry(1), entry(2))
    later = NOW + timedelta(minutes=5)
    assert publish(store, press(), later) == ("jsjx",)
    first = store.rendition("jsjx", "atom")
    assert first.updated_at == later
    assert publish(store, press(), later + timedelta(hours=1), everything=True) == ()
    assert store.rendition("jsjx", "atom") == first


def test_every_format_says_the_same_and_has_its_twin(store):
    bring(store, entry(1), entry(2))
    publish(store, press(), NOW)
    tags = set()
    for name, media in (("atom", "application/atom+xml"), ("rss", "application/rss+xml"), ("json", "application/feed+json")):
        rendition = store.rendition("jsjx", name)
        assert rendition.media_type == media
        assert gzip.decompress(rendition.encoded["gzip"]) == rendition.body
        for words in ("第1条", "第2条", "津水微言", f"https://feeds.example.org/feeds/jsjx.{name}"):
            assert words in rendition.body.decode(), f"{name} lacks {words}"
        tags.add(rendition.etag)
    assert len(tags) == 3


@pytest.mark.parametrize(("body", "republish"), [("summary", "full"), ("full", "summary"), ("link", "full"), ("full", "link")])
def test_no_more_text_leaves_the_house_than_both_allow(store, body, republish):
    bring(store, entry(1))
    publish(store, press(body, republish), NOW)
    for name in ("atom", "rss", "json"):
        text = store.rendition("jsjx", name).body.decode()
        assert LONG not in text
        assert ("海河管理中心" in text) == ("link" not in (body, republish))
        assert "第1条" in text


def test_of_a_source_without_pictures_no_format_has_any(store):
    picture, sound = "https://wm.example/a.jpg", "https://wm.example/a.mp3"
    enclosures = (Enclosure(url=picture, type="image/jpeg"), Enclosure(url=sound, type="audio/mpeg"))
    text = Content(value=f'<p>河<img src="{picture}" alt="河"></p>')
    bring(store, entry(1, content=text, summary=text, image=picture, enclosures=enclosures))
    for pictures in (None, "none"):
        usual = press()
        source = usual.sources["wm"].model_copy(update={"pictures": pictures})
        publish(store, replace(usual, sources={"wm": source}), NOW, everything=True)
        for name in ("atom", "rss", "json"):
            written = store.rendition("jsjx", name).body.decode()
            assert (picture in written) is (pictures is None), name
            assert ("&lt;img" in written or "<img" in written or "\\u003cimg" in written) is (pictures is None), name
            assert sound in written
            assert "河" in written


def test_a_source_that_allows_nothing_is_not_published(store):
    bring(store, entry(1))
    publish(store, press(republish="none"), NOW)
    assert "第1条" not in store.rendition("jsjx", "atom").body.decode()


def test_a_change_of_policy_is_published_at_the_next_start(store):
    bring(store, entry(1))
    publish(store, press("full"), NOW)
    assert LONG in store.rendition("jsjx", "atom").body.decode()
    assert publish(store, press("link"), NOW, everything=True) == ("jsjx",)
    assert LONG not in store.rendition("jsjx", "atom").body.decode()


def test_an_entry_that_two_sources_carry_under_one_id_stands_once(store):
    store.enrol({"wm": "wm.example", "two": "two.example"}, NOW)
    bring(store, entry(1, id="tag:wm.example,2022:1"))
    pulled = Pulled(document=Document(url="https://two.example/feed", body=b""))
    copy = Placed(entry=entry(1, id="tag:wm.example,2022:1"), placements=(Placement(section="jsjx", rule="test"),))
    store.record("two", pulled, (), [copy], NextPull(at=NOW, why="test"), NOW)
    publish(store, press(), NOW)
    assert store.rendition("jsjx", "atom").body.decode().count("<entry") == 1


def test_a_withdrawn_entry_leaves_every_format_and_a_tombstone_in_atom(store):
    bring(store, entry(1), entry(2))
    publish(store, press(), NOW)
    (one,) = [item.id for item in store.newest("jsjx", 5) if item.entry.title == "第1条"]
    gone = NOW + timedelta(minutes=5)
    store.withdraw([one], "upstream", "原文已删除", gone)
    assert publish(store, press(), gone) == ("jsjx",)
    for name in ("atom", "rss", "json"):
        text = store.rendition("jsjx", name).body.decode()
        assert "第1条" not in text
        assert "第2条" in text
    root = etree.fromstring(store.rendition("jsjx", "atom").body)
    (stone,) = root.findall("{http://purl.org/atompub/tombstones/1.0}deleted-entry")
    assert dict(stone.attrib) == {"ref": f"urn:uuid:{one}", "when": "2026-03-04T10:25:00Z"}
    assert stone.findtext("{*}by/{http://www.w3.org/2005/Atom}name") == "文明网"
    assert stone.findtext("{*}comment") == "原文已删除"
    assert root.findtext("{*}updated") == "2026-03-04T10:25:00Z"
    store.reinstate([one], gone + timedelta(minutes=5))
    publish(store, press(), gone + timedelta(minutes=5))
    text = store.rendition("jsjx", "atom").body.decode()
    assert ("第1条" in text, "deleted-entry" in text) == (True, False)


@pytest.mark.parametrize(
    ("stated", "theirs", "expected"),
    [
        ("津水微言", "link", "link"),
        ("津水微言", "full", "summary"),
        ("津水微言", None, "summary"),
        ("津云", "none", "summary"),
        (None, "none", "summary"),
    ],
)
def test_whoever_said_it_first_may_allow_less_than_whoever_carries_it(stated, theirs, expected):
    known = Publishers.of([(("津水微言",), Record(name="天津市水务局", republish=theirs))], [])
    portal = Source(key="wm", title="文明网", url="https://wm.example/", republish="summary", publishers=known)
    assert allowed(Entry(uid="1", credit=Credit(source=stated)), portal) == expected
    assert allowed(Entry(uid="1", credit=Credit(source=stated)), None) == "summary"


def test_a_correction_is_told_where_the_text_ends_and_only_what_counts_moves_updated(store):
    bring(store, entry(1), entry(2))
    publish(store, press(), NOW)
    later = NOW + timedelta(hours=1)
    counted = Content(value=f"<p>{LONG}</p><p>阅读 12</p>")
    bring(store, entry(1, title="第一条", fingerprint="f1b"), entry(2, content=counted, fingerprint="f2b"), at=later)
    publish(store, press(), later)
    for name in ("atom", "rss", "json"):
        assert store.rendition("jsjx", name).body.decode().count("更正（2026-03-04）：标题") == 1
    root = etree.fromstring(store.rendition("jsjx", "atom").body)
    updated = {one.findtext("{*}title"): one.findtext("{*}updated") for one in root.findall("{*}entry")}
    assert updated == {"第一条": "2026-03-04T11:20:00Z", "第2条": "2026-03-04T10:20:00.001Z"}
    publish(store, press("summary"), later, everything=True)
    assert "[更正（2026-03-04）：标题]" in store.rendition("jsjx", "json").body.decode()
    publish(store, press("link"), later, everything=True)
    assert "更正" not in store.rendition("jsjx", "json").body.decode()


def test_a_date_that_is_still_to_come_is_not_told(store):
    bring(store, entry(1, published=NOW + timedelta(days=300)), entry(2, published=NOW + timedelta(hours=10)))
    publish(store, press(), NOW)
    text = store.rendition("jsjx", "atom").body.decode()
    assert text.count("<published>") == 1
    assert "2026-03-04T20:20:00Z" in text


def narrow(size: int) -> Press:
    return replace(press(), sections={"jsjx": Section(key="jsjx", title="精神建设进行时", size=size, body="full")})


def titles(store: Store) -> list[str]:
    root = etree.fromstring(store.rendition("jsjx", "atom").body)
    return [one.findtext("{*}title") for one in root.findall("{*}entry")]


def test_a_feed_holds_what_came_in_within_a_day_up_to_four_times_its_size(store):
    bring(store, entry(0), at=NOW - timedelta(days=2))
    bring(store, *(entry(number) for number in range(1, 6)), at=NOW)
    publish(store, narrow(3), NOW)
    assert titles(store) == [f"第{number}条" for number in range(1, 6)]
    bring(store, *(entry(number) for number in range(6, 26)), at=NOW + timedelta(hours=1))
    publish(store, narrow(3), NOW + timedelta(hours=1))
    assert len(titles(store)) == 12
    while waiting := unarchived(store, narrow(3).sections.values()):
        assert publish(store, narrow(3), NOW + timedelta(hours=1), also=waiting) == ("jsjx",), "each closed archive is linked from the feed"
        assert len(titles(store)) == 12
    before = store.rendition("jsjx", "atom")
    unchanged = publish(store, narrow(3), NOW + timedelta(days=9), everything=True)
    assert unchanged == (), "the bytes follow from what happened, not from the clock"
    assert store.rendition("jsjx", "atom") == before
    bring(store, entry(26), at=NOW + timedelta(days=9))
    publish(store, narrow(3), NOW + timedelta(days=9))
    assert len(titles(store)) == 3


def test_a_first_pull_floods_nobody(store):
    old = (entry(number, published=NOW - timedelta(days=10 + number)) for number in range(20))
    bring(store, *old, at=NOW)
    publish(store, narrow(3), NOW)
    assert titles(store) == ["第0条", "第1条", "第2条"]


def test_two_sites_on_one_host_have_feeds_of_their_own():
    def named(url: str) -> str | None:
        return compose(Section(key="jsjx", title="X"), [], SITE.model_copy(update={"url": url}), {}, "jsjx", NOW).id

    assert named("https://example.org") == "tag:example.org,2026:feeds/jsjx"
    assert named("https://example.org/town/news") == "tag:example.org,2026:town/news/feeds/jsjx"
