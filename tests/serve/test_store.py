"""The site over the real store: what is recorded and published is what is served, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from lxml import etree, html

from aggregator.plugins import load
from aggregator.publish import Press, publish
from aggregator.records import NextPull, Placed, Placement, Pulled
from aggregator.serve import create
from aggregator.store import Store
from feeds.records import Author, Content, Credit, Document, Entry, Precision, Role
from tests.serve.conftest import SECTIONS, SITE, SOURCES

NOW = datetime(2022, 9, 28, 4, tzinfo=UTC)


def entry(number: int) -> Entry:
    return Entry(
        uid=f"https://wenming.example/{number}",
        title=f"第{number}条：海河沿线“河小青”志愿者开展净滩行动",
        link=f"https://wenming.example/{number}",
        content=Content(value=f"<p>周末的海河岸边，第{number}队。</p>"),
        published=datetime.fromisoformat("2022-09-28T00:00:00+08:00"),
        precision=Precision.DAY,
        contributors=(Author(name="张丽", role=Role.EDITOR),),
        credit=Credit(source="津水微言", publisher="天津文明网"),
        fingerprint=f"1:{number}",
    )


@pytest.fixture
def store(database_url):
    store = Store.open(database_url)
    store.migrate()
    store.enrol({"wenming": "wenming.example", "jinshui": "bridge.example"}, NOW)
    placed = [
        Placed(entry=entry(number), placements=(Placement(section="jsjx", rule="source wenming names the section"),))
        for number in range(70)
    ]
    pulled = Pulled(document=Document(url="https://wenming.example/", body=b""), etag='"1"')
    store.record("wenming", pulled, (), placed, NextPull(at=NOW + timedelta(minutes=30), why="every 30m"), NOW)
    yield store
    store.close()


@pytest.fixture
def press():
    return Press(
        site=SITE,
        sections={**SECTIONS, "all": SECTIONS["jsjx"].model_copy(update={"key": "all"})},
        sources=SOURCES,
        formats=load("haihe.formats"),
    )


def test_pages_show_what_was_recorded(store):
    client = create(SITE, SECTIONS, SOURCES, store).test_client()
    address, seen = "/sections/jsjx/", []
    while address:
        page = html.document_fromstring(client.get(address).text)
        seen += page.xpath("//main//h2/a[starts-with(@href, '/entries/')]/@href")
        address = next(iter(page.xpath("//a[@rel='next']/@href")), None)
    assert len(seen) == len(set(seen)) == 70
    shown = html.document_fromstring(client.get(seen[0]).text)
    assert "稿源：津水微言　编辑：张丽" in shown.text_content()
    assert shown.xpath("//header//time/@datetime") == ["2022-09-28"]
    assert "下次抓取" in html.document_fromstring(client.get("/sources/").text).get_element_by_id("wenming").text_content()


def test_feeds_are_what_was_published(store, press):
    client = create(SITE, press.sections, SOURCES, store).test_client()
    assert client.get("/feeds/jsjx.atom").status_code == 503
    publish(store, press, NOW)
    for key in ("jsjx", "all"):
        for extension in ("rss", "atom", "json"):
            answer = client.get(f"/feeds/{key}.{extension}", headers={"Accept-Encoding": "gzip"})
            assert answer.status_code == 200
            assert answer.headers["Content-Encoding"] == "gzip"
            assert client.get(f"/feeds/{key}.{extension}", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    feed = etree.fromstring(client.get("/feeds/jsjx.atom").data)
    assert feed.find("{*}link[@rel='self']").get("href") == "https://feeds.example.org/feeds/jsjx.atom"
    assert client.get("/feeds/jsjx.atom").last_modified == NOW
