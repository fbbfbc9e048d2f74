"""Every document is valid by the rules of its format, whatever strangers wrote: Atom by its schema, JSON Feed by its text."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from feeds.records import Feed
from feeds.write import atom, jsonfeed
from tests.write.conftest import make_entry, make_feed
from tests.write.test_any_text import addresses, entries, maybe, texts

SCHEMA = etree.RelaxNG(etree.parse(Path(__file__).with_name("atom.rng")))
A = "{http://www.w3.org/2005/Atom}"
STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
URL = re.compile(r"[a-z][a-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x20]+", re.I)
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")
TEXT = {"title", "summary", "content_html", "content_text"}
FEED_KEYS = {
    *("version", "title", "home_page_url", "feed_url", "description", "user_comment", "next_url", "icon", "favicon"),
    *("authors", "language", "expired", "hubs", "items"),
}
ITEM_KEYS = {
    *("id", "url", "external_url", "title", "content_html", "content_text", "summary", "image", "banner_image"),
    *("date_published", "date_modified", "authors", "tags", "language", "attachments"),
}
ATTACHMENT_KEYS = {"url", "mime_type", "title", "size_in_bytes", "duration_in_seconds"}

feeds = st.builds(
    Feed,
    kind=st.just("section"),
    id=st.just("tag:feeds.example.org,2026:feeds/a"),
    title=texts,
    subtitle=maybe | texts,
    link=st.just("https://feeds.example.org/sections/a/"),
    self_link=st.just("https://feeds.example.org/feeds/a"),
    next_link=maybe | addresses,
    rights=maybe | texts,
    image=maybe | addresses,
    language=maybe | texts | st.just("zh-CN"),
    updated=st.just(make_feed().updated),
    entries=st.lists(entries, max_size=3, unique_by=lambda entry: entry.uid).map(tuple),
)


def check_atom(document: bytes) -> None:
    """The schema of RFC 4287, and what its text says beside it (the Schematron rules of its Appendix B, and more)."""
    root = etree.fromstring(document)
    assert SCHEMA.validate(root), SCHEMA.error_log
    signed = root.find(f"{A}author") is not None
    for entry in root.iter(f"{A}entry"):
        assert signed or entry.find(f"{A}author") is not None or entry.find(f"{A}source/{A}author") is not None
        links = entry.findall(f"{A}link")
        alternates = [(link.get("type"), link.get("hreflang")) for link in links if link.get("rel", "alternate") == "alternate"]
        assert len(alternates) == len(set(alternates))
        assert entry.find(f"{A}content") is not None or alternates
    for element in root.iter(f"{A}id", f"{A}name", f"{A}uri"):
        assert element.text
        assert element.text.strip() == element.text
    for element in root.iter(f"{A}updated", f"{A}published"):
        assert STAMP.fullmatch(element.text)


def check_json(document: bytes) -> None:
    """JSON Feed 1.1, as strictly as it can be read: every key known or an extension, every value of its type, nothing empty."""

    def known(thing: dict, keys: set[str]) -> None:
        for key, value in thing.items():
            assert key in keys or re.fullmatch(r"_[A-Za-z][^.]*", key), key
            assert value not in (None, "", [], {}) or key == "items", f"{key} is empty"

    def person(author: dict) -> None:
        known(author, {"name", "url", "avatar"})
        assert author
        assert all(isinstance(value, str) for value in author.values())

    feed = json.loads(document.decode("utf-8"))
    known(feed, FEED_KEYS)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert isinstance(feed["title"], str)
    assert feed.get("next_url") != feed["feed_url"]
    for key in ("home_page_url", "feed_url", "next_url", "icon"):
        assert key not in feed or URL.fullmatch(feed[key])
    assert "language" not in feed or LANGUAGE.fullmatch(feed["language"])
    for author in feed.get("authors", ()):
        person(author)
    for item in feed["items"]:
        known(item, ITEM_KEYS)
        assert isinstance(item["id"], str)
        assert ("content_html" in item) != ("content_text" in item)
        assert all(isinstance(item[key], str) for key in TEXT & item.keys())
        for key in ("url", "external_url", "image"):
            assert key not in item or URL.fullmatch(item[key])
        for key in ("date_published", "date_modified"):
            assert key not in item or (STAMP.fullmatch(item[key]) and datetime.fromisoformat(item[key]).tzinfo)
        for author in item.get("authors", ()):
            person(author)
        assert all(isinstance(tag, str) and tag for tag in item.get("tags", ()))
        assert "language" not in item or LANGUAGE.fullmatch(item["language"])
        for attachment in item.get("attachments", ()):
            known(attachment, ATTACHMENT_KEYS)
            assert URL.fullmatch(attachment["url"])
            assert re.fullmatch(r"[^\s/;]+/[^\s/;]+", attachment["mime_type"])
            assert all(attachment.get(key, 1) > 0 for key in ("size_in_bytes", "duration_in_seconds"))


@settings(max_examples=40)
@given(feeds)
def test_whatever_is_written_is_valid_atom(feed):
    check_atom(atom.FORMAT.render(feed))


@settings(max_examples=40)
@given(feeds)
def test_whatever_is_written_is_valid_json_feed(feed):
    check_json(jsonfeed.FORMAT.render(feed))


@pytest.mark.parametrize("count", [0, 1, 5])
def test_an_ordinary_feed_is_valid(count):
    feed = make_feed(*map(make_entry, range(count)))
    check_atom(atom.FORMAT.render(feed))
    check_json(jsonfeed.FORMAT.render(feed))


def test_the_checks_find_what_is_wrong():
    good = atom.FORMAT.render(make_feed(make_entry())).decode()
    check_atom(good.encode())
    for old, new in (
        ('type="text"', 'type="CDATA"'),
        ("<updated>2022-09-29T05", "<updated>yesterday"),
        ("</id>", "</id><id>again</id>"),
        ("<author>", "<author><name>again</name>"),
    ):
        assert old in good
        with pytest.raises(AssertionError):
            check_atom(good.replace(old, new, 1).encode())
    item = json.loads(jsonfeed.FORMAT.render(make_feed(make_entry())))
    for key, value in (("id", 1), ("title", ""), ("date_published", "yesterday"), ("author", {"name": "x"}), ("_a.b", 1), ("tags", [""])):
        broken = item | {"items": [item["items"][0] | {key: value}]}
        with pytest.raises(AssertionError):
            check_json(json.dumps(broken).encode())
