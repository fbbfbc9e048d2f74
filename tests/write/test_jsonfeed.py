"""JSON Feed as it leaves the house: version 1.1 to the letter, nothing empty, every credit."""

from __future__ import annotations

import json

from feeds.records import Author, Category, Content, Credit, Enclosure, Role
from feeds.write import jsonfeed


def parse(feed):
    return json.loads(jsonfeed.FORMAT.render(feed))


def only(feed):
    (found,) = parse(feed)["items"]
    return found


def test_the_format_says_what_it_is():
    assert (jsonfeed.FORMAT.name, jsonfeed.FORMAT.media_type, jsonfeed.FORMAT.extension) == ("json", "application/feed+json", "json")


def test_the_founding_entry_carries_every_credit(feed, entry):
    assert only(feed(entry())) == {
        "id": "urn:uuid:0b9f3f5e-9a43-5d4c-8f0e-000000000000",
        "url": "http://wenming.example/system/2022/09/28/0.shtml",
        "external_url": "https://mp.example/s/k3Jm7QwZr0aYt5NbVxHd2g",
        "title": "市水务局海河中心党总支“三通六联”打造共建共联新模式",
        "content_text": "今年以来，海河管理中心党总支把支部共建作为推动河湖长制落实的抓手。",
        "summary": "今年以来，海河管理中心党总支把支部共建作为推动河湖长制落实的抓手。",
        "date_published": "2022-09-28T00:00:00+08:00",
        "date_modified": "2022-09-29T05:03:01.001Z",
        "authors": [{"name": "津水微言"}],
        "tags": ["工作传真"],
        "_credit": {
            "source": "津水微言",
            "publisher": "天津文明网",
            "homepage": "http://wenming.example/",
            "editors": ["张丽"],
            "original_title": "共建共联新模式",
            "original_url": "https://mp.example/s/k3Jm7QwZr0aYt5NbVxHd2g",
            "rights": "转载请注明来源",
            "precision": "day",
        },
    }


def test_the_head_of_the_feed(feed):
    assert parse(feed(subtitle="每日更新", image="https://feeds.example.org/logo.png", next_link="https://feeds.example.org/2")) == {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "精神建设进行时 - 津门文明",
        "home_page_url": "https://feeds.example.org/sections/jsjx/",
        "feed_url": "https://feeds.example.org/feeds/jsjx.xml",
        "description": "每日更新",
        "next_url": "https://feeds.example.org/2",
        "icon": "https://feeds.example.org/logo.png",
        "authors": [{"name": "编辑部", "url": "https://feeds.example.org/"}],
        "language": "zh-CN",
        "hubs": [{"type": "WebSub", "url": "https://feeds.example.org/hub"}],
        "_markup": {"only_in": ["content_html"]},
        "items": [],
    }


def test_the_next_page_is_never_this_one(feed):
    assert "next_url" not in parse(feed(next_link="https://feeds.example.org/feeds/jsjx.xml"))


def test_full_text_as_html_with_its_summary_as_text(feed, entry):
    found = only(feed(entry(content=Content(value="<p>正文 &amp; 图</p>"), summary=Content(value="<b>概要</b> &amp; 其他"))))
    assert (found["content_html"], found["summary"]) == ("<p>正文 &amp; 图</p>", "概要 & 其他")
    assert "content_text" not in found


def test_every_item_has_a_content(feed, entry):
    assert only(feed(entry(summary=Content(value="<p>概要</p>"))))["content_html"] == "<p>概要</p>"
    assert "津水微言" in only(feed(entry(summary=None)))["content_text"]
    silent = entry(summary=None, credit=Credit(), contributors=(), source=None)
    assert only(feed(silent))["content_text"] == silent.title


def test_attachments_and_picture(feed, entry):
    enclosures = (
        Enclosure(url="https://a.example/talk.mp3", type="audio/mpeg", length=9, duration=61, title="录音"),
        Enclosure(url="https://a.example/x", length=0),
        Enclosure(url="nowhere"),
    )
    found = only(feed(entry(enclosures=enclosures, image="https://a.example/p.jpg")))
    assert found["image"] == "https://a.example/p.jpg"
    assert found["attachments"] == [
        {"url": "https://a.example/talk.mp3", "mime_type": "audio/mpeg", "title": "录音", "size_in_bytes": 9, "duration_in_seconds": 61},
        {"url": "https://a.example/x", "mime_type": "application/octet-stream"},
    ]


def test_people_and_tags(feed, entry):
    people = (Author(name="李强", role=Role.REPORTER, uri="https://a.example/li"), Author(name="王芳", email="wang@example.org"))
    tags = (Category(term="zyfw", label="志愿服务"), Category(term="志愿服务"), Category(term=""))
    found = only(feed(entry(authors=people, categories=tags)))
    assert found["authors"] == [{"name": "李强", "url": "https://a.example/li"}, {"name": "王芳", "url": "mailto:wang@example.org"}]
    assert found["tags"] == ["志愿服务"]
    assert (found["_credit"]["authors"], found["_credit"]["reporters"]) == (["王芳"], ["李强"])


def test_nothing_is_null_or_empty(feed, entry):
    def empties(value):
        if isinstance(value, dict):
            return any(map(empties, value.values())) or value == {}
        if isinstance(value, list):
            return any(map(empties, value)) or value == []
        return value in (None, "")

    bare = entry(
        title="", summary=None, link=None, published=None, credit=Credit(source=""), contributors=(), categories=(), rights="", source=None
    )
    assert not empties(parse(feed(entry(), bare, language="", subtitle="\x00", authors=(Author(name=""),), hubs=())))


def test_letters_not_escapes_and_one_end_of_line(feed, entry):
    body = jsonfeed.FORMAT.render(feed(entry(title="控\x08制\ud800 & <b>")))
    assert "控制 & <b>".encode() in body
    assert body.endswith(b"}\n")
    assert body.count(b"\n") == 1


def test_an_original_that_is_the_link_is_not_elsewhere(feed, entry):
    link = "http://wenming.example/system/2022/09/28/0.shtml"
    assert "external_url" not in only(feed(entry(credit=Credit(original_url=link))))
