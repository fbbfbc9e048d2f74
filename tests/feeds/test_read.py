from __future__ import annotations

from contextlib import suppress
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds import codec
from feeds.errors import FeedError, NotAFeed
from feeds.read import read
from feeds.records import Document, Feed, Hints

HINTS = Hints(timezone="Asia/Shanghai", language="zh")


def document(body: str, url: str = "https://example.org/feed") -> Document:
    return Document(url=url, body=body.encode(), content_type="text/html")


def rss(*items: str) -> Document:
    return document(f"<rss><channel><title>源</title>{''.join(f'<item>{item}</item>' for item in items)}</channel></rss>")


def known(found: Feed) -> dict[str, str]:
    return {entry.uid: entry.fingerprint for entry in found.entries}


def test_the_kind_is_seen_in_the_bytes_whatever_the_header_says() -> None:
    assert read(document("<!-- x --><?xml-stylesheet?><rss><channel/></rss>"), HINTS).kind == "rss"
    assert read(document('{"version": "https://jsonfeed.org/version/1.1", "items": []}'), HINTS).kind == "json"


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(NotAFeed, match="sitemap"):
        read(rss(), Hints(kind="sitemap"))


def test_entries_come_in_document_order_with_the_sources_language() -> None:
    found = read(rss("<guid>b</guid>", "<guid>a</guid>", "<guid>c</guid>"), HINTS)
    assert [entry.uid for entry in found.entries] == ["b", "a", "c"]
    assert found.language == "zh"


def test_what_is_as_known_is_in_same() -> None:
    first = read(rss("<guid>1</guid><title>a</title>", "<guid>2</guid><title>b</title>"), HINTS)
    again = read(rss("<guid>2</guid><title>B</title>", "<guid>1</guid><title>a</title>", "<guid>3</guid>"), HINTS, known(first))
    assert [entry.uid for entry in again.entries] == ["2", "3"]
    assert again.same == ("1",)


def test_a_site_that_moves_to_tls_keeps_its_entries() -> None:
    first = read(rss("<guid>http://example.org/1</guid><title>a</title>"), HINTS)
    again = read(rss("<guid>https://example.org/1</guid><title>a</title>"), HINTS, known(first))
    assert (again.entries, again.same) == ((), ("http://example.org/1",))


def test_repeated_items_are_merged_and_different_ones_told_apart() -> None:
    one, two = "<guid>1</guid><title>a</title>", "<guid>1</guid><title>b</title>"
    found = read(rss(one, one, two), HINTS)
    assert [entry.title for entry in found.entries] == ["a", "b"]
    assert len({entry.uid for entry in found.entries}) == 2
    assert {entry.id for entry in found.entries} == {None}
    assert any("merged" in repair for repair in found.repairs)
    assert any("told apart" in repair for repair in found.repairs)


def test_relative_dates_have_meaning_only_with_a_reference() -> None:
    body = rss("<guid>1</guid><pubDate>昨天 08:00</pubDate>", "<guid>2</guid><pubDate>2099-01-01</pubDate>")
    assert read(body, HINTS).entries[0].published is None
    found = read(body, HINTS, reference=datetime.fromisoformat("2022-09-28T12:00:00+08:00"))
    assert found.entries[0].published == datetime.fromisoformat("2022-09-27T08:00:00+08:00")
    assert found.entries[1].published is None


def test_nothing_of_a_script_survives() -> None:
    found = read(
        rss(
            "<guid>1</guid><title>&lt;img src=x onerror=alert(1)&gt;题</title><link>javascript:alert(1)</link>"
            "<description>&lt;p onclick=x()&gt;文&lt;script&gt;alert(1)&lt;/script&gt;"
            "&lt;a href='javascript:x'&gt;链&lt;/a&gt;</description>"
        ),
        HINTS,
    )
    entry = found.entries[0]
    assert (entry.title, entry.link) == ("题", None)
    assert entry.content is not None
    assert entry.content.value == '<p>文<a rel="noopener noreferrer">链</a></p>'


RSS = (
    "<rss version='2.0'><channel><title>t</title><item><title>a</title><link>/1</link><guid>1</guid><pubDate>2022-09-28</pubDate>"
    "<description>&lt;p&gt;x&lt;/p&gt;</description></item><item><title>b</title></item></channel></rss>"
)
ATOM = (
    "<feed xmlns='http://www.w3.org/2005/Atom' xml:base='/x/'><title>t</title><entry><id>urn:1</id><link href='1'/>"
    "<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><p>x</p></div></content></entry></feed>"
)
JSON = '{"version": "https://jsonfeed.org/version/1.1", "title": "t", "items": [{"id": "1", "content_html": "<p>x</p>", "tags": ["a"]}]}'
MARKS = ["<", ">", "&", "]]>", "<![CDATA[", "<!--", "-->", '"', "'", "{", "}", "null", "\x00", "&#1;", "&#xD800;", "&nbsp;", "&a;"]
PARTS = [
    "</item>",
    "<item>",
    "<x:y>",
    "<html>",
    '<!DOCTYPE x [<!ENTITY a "b">]>',
    "xml:base='http://[bad/'",
    "type='xhtml'",
    "\\ud800",
    "1e999",
]
SPLINTERS = st.sampled_from([*MARKS, *PARTS]) | st.text(max_size=4)


@settings(max_examples=300)
@given(st.sampled_from([RSS, ATOM, JSON]), st.lists(st.tuples(st.floats(0, 1), st.integers(0, 9), SPLINTERS), max_size=5))
def test_whatever_comes_is_read_or_refused(shape: str, wounds: list[tuple[float, int, str]]) -> None:
    for where, cut, splinter in wounds:
        at = int(where * len(shape))
        shape = shape[:at] + splinter + shape[at + cut :]
    try:
        found = read(Document(url="https://example.org/f", body=shape.encode("utf-8", "replace")), Hints(kind="feed"))
    except FeedError:
        return
    assert len({entry.uid for entry in found.entries}) == len(found.entries)
    for entry in found.entries:
        assert codec.load(codec.dump(entry)) == entry
        assert entry.link is None or entry.link.startswith("http")


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    with suppress(FeedError):
        read(Document(url="https://example.org/f", body=body), Hints(kind="feed"))
