from __future__ import annotations

import json
from datetime import datetime

import pytest

from feeds.credit import facts
from feeds.errors import Malformed, NotAFeed
from feeds.read import read
from feeds.records import Author, Category, Content, Document, Enclosure, Entry, Feed, Hints, Precision, Role

V1_1 = "https://jsonfeed.org/version/1.1"


def feed(found: object) -> Feed:
    body = found if isinstance(found, bytes) else json.dumps(found, ensure_ascii=False).encode()
    return read(
        Document(url="https://example.org/feed.json", body=body, content_type="application/feed+json"), Hints(timezone="Asia/Shanghai")
    )


def item(**fields: object) -> Entry:
    return feed({"version": V1_1, "title": "t", "items": [{"id": "1", **fields}]}).entries[0]


def test_version_1_1() -> None:
    found = feed(
        {
            "version": V1_1,
            "title": "志愿服务网",
            "home_page_url": "/zyz/",
            "feed_url": "https://example.org/feed.json",
            "next_url": "?page=2",
            "language": "zh-CN",
            "icon": "/icon.png",
            "hubs": [{"type": "WebSub", "url": "https://hub.example/"}],
            "authors": [{"name": "项目部", "url": "https://example.org/a"}],
            "items": [
                {
                    "id": "88097",
                    "url": "act/88097",
                    "external_url": "https://origin.example/1",
                    "title": "题",
                    "content_html": "<p onclick=x()>文<img src=p.png></p>",
                    "content_text": "文",
                    "summary": "摘要",
                    "date_published": "2022-09-28T18:40:00+08:00",
                    "date_modified": "2022-09-28T19:00:00+08:00",
                    "tags": ["动态", "动态", 3],
                    "image": "i.png",
                    "language": "zh",
                    "attachments": [
                        {"url": "a.mp3", "mime_type": "audio/mpeg", "size_in_bytes": 9, "duration_in_seconds": 3.6, "title": "听"}
                    ],
                    "_source": {"name": "新华社"},
                }
            ],
        }
    )
    entry = found.entries[0]
    assert (found.kind, found.link, found.self_link) == ("json", "https://example.org/zyz/", "https://example.org/feed.json")
    assert (found.next_link, found.hubs) == ("https://example.org/feed.json?page=2", ("https://hub.example/",))
    assert (entry.uid, entry.id, entry.link) == ("88097", None, "https://example.org/zyz/act/88097")
    assert entry.content == Content(value='<p>文<img src="https://example.org/zyz/act/p.png"></p>')
    assert entry.summary == Content(value="摘要", type="text")
    assert (entry.published, entry.precision) == (datetime.fromisoformat("2022-09-28T18:40:00+08:00"), Precision.SECOND)
    assert entry.updated == datetime.fromisoformat("2022-09-28T19:00:00+08:00")
    assert entry.authors == (Author(name="项目部", uri="https://example.org/a"),)
    assert entry.categories == (Category(term="动态"),)
    assert entry.enclosures == (Enclosure(url="https://example.org/zyz/a.mp3", type="audio/mpeg", length=9, title="听", duration=4),)
    assert (entry.image, entry.language) == ("https://example.org/zyz/i.png", "zh")
    assert (entry.credit.source, entry.credit.original_url) == ("新华社", "https://origin.example/1")


def test_version_1_and_text_content() -> None:
    found = feed(
        {
            "version": "https://jsonfeed.org/version/1",
            "title": "t",
            "author": {"name": "甲"},
            "items": [{"id": 7, "content_text": "一\n二 <b>"}],
        }
    )
    entry = found.entries[0]
    assert (entry.uid, entry.authors, entry.published) == ("7", (Author(name="甲"),), None)
    assert entry.content == Content(value="一\n二 <b>", type="text")


def test_our_own_credit_is_read_back() -> None:
    entry = item(
        date_published="2022-09-28T00:00:00+08:00",
        authors=[{"name": "周蕙"}, {"name": "甲"}],
        _credit={
            "source": "津水微言",
            "source_url": "https://swj.example/",
            "publisher": "水务局",
            "reporters": ["周蕙"],
            "editors": ["张丽"],
            "reviewers": ["李岩"],
            "chain": ["津云"],
            "original_title": "原题",
            "original_url": "https://origin.example/1",
            "rights": "转载请注明来源",
            "precision": "day",
        },
    )
    assert entry.authors == (Author(name="周蕙", role=Role.REPORTER), Author(name="甲"))
    assert entry.contributors == (Author(name="张丽", role=Role.EDITOR), Author(name="李岩", role=Role.REVIEWER))
    assert (entry.rights, entry.precision) == ("转载请注明来源", Precision.DAY)
    back = facts(entry)
    assert (back["source"], back["publisher"], back["chain"], back["original_title"]) == ("津水微言", "水务局", ["津云"], "原题")
    assert (back["reporters"], back["editors"], back["reviewers"]) == (["周蕙"], ["张丽"], ["李岩"])


JUNK: tuple[object, ...] = (None, 1, 1.5, True, "x", [], {}, [None], [1], {"a": None}, [{"name": None}], [{"url": 3}], "\ud800", 1e308)


@pytest.mark.parametrize("junk", JUNK, ids=repr)
def test_junk_of_any_type_costs_only_its_field(junk: object) -> None:
    keys = (
        "url external_url title content_html summary image banner_image date_published date_modified authors author tags language "
        "attachments _credit _source"
    )
    found = feed(
        json.dumps(
            {
                **dict.fromkeys(("home_page_url", "feed_url", "next_url", "hubs", "authors", "icon", "language", "description"), junk),
                "version": V1_1,
                "title": junk,
                "items": [junk, {"id": junk, **dict.fromkeys((*keys.split(), "_credit", "_source"), junk), "content_text": "留下的字"}],
            }
        ).encode()
    )
    assert [entry for entry in found.entries if entry.content and entry.content.value == "留下的字"] or junk == "x"


def test_json_that_is_no_feed_is_told_what_it_is() -> None:
    with pytest.raises(NotAFeed, match="a list of 1"):
        read(Document(url="https://x.example/", body=b'[{"id": 1}]'), Hints(kind="feed"))
    with pytest.raises(NotAFeed, match="an object with total, articles"):
        read(Document(url="https://x.example/", body=b'{"total": 1, "articles": []}'), Hints(kind="feed"))


@pytest.mark.parametrize("body", [b'{"version": "https://jsonfeed.org/version/1.1", "items": [', b"[" * 100_000, b"{]"])
def test_broken_json(body: bytes) -> None:
    with pytest.raises(Malformed):
        read(Document(url="https://x.example/", body=body), Hints(kind="feed"))


def test_a_feed_that_forgot_its_version_is_known_by_its_items() -> None:
    assert feed({"title": "t", "items": [{"id": "1", "content_html": "x"}]}).entries[0].uid == "1"
