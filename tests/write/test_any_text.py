"""Laws of every format: no text breaks it, and the same feed gives the same bytes, whoever renders it and wherever."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from feeds.records import Author, Category, Content, Credit, Enclosure, Entry, Feed, Role, Source
from feeds.write import atom, jsonfeed, rss

FORMATS = (atom.FORMAT, rss.FORMAT, jsonfeed.FORMAT)
HOSTILE = (
    "\x00\x08\x0b\x1f\x7f",
    "]]>",
    "<![CDATA[x]]>",
    "\ud800",
    "\udfff\ud800",
    "\ufdd0\ufdd1",
    "\ufffe\uffff",
    "👩‍👩‍👧‍👦\U0010ffff",
    "\u202eمرحبا\u202c",
    "&amp;&#x26;&bogus;<b>&#0;",
    "\r\n\u2028\x85",
    "<?xml version='1.0'?><!DOCTYPE x>",
    "晴\ue000\uf8ff",
    "",
    " ",
    "\u3000",
)

texts = st.sampled_from(HOSTILE) | st.text(alphabet=st.characters(), max_size=30)
addresses = texts | texts.map(lambda text: "https://a.example/" + text) | texts.map(lambda text: f"http://{text}/?{text}#{text}")
zones = st.sampled_from(
    (UTC, timezone(timedelta(hours=8)), timezone(timedelta(hours=5, minutes=45)), timezone(-timedelta(minutes=211, seconds=7)))
)
times = st.datetimes(min_value=datetime(2, 1, 1), max_value=datetime(9998, 1, 1), timezones=zones)  # noqa: DTZ001
maybe = st.none()
people = st.lists(st.builds(Author, name=texts, email=maybe | texts, uri=maybe | addresses, role=st.sampled_from(Role)), max_size=2).map(
    tuple
)
contents = maybe | st.builds(Content, value=texts, type=st.sampled_from(("html", "text")))
entries = st.builds(
    Entry,
    uid=texts,
    id=maybe | texts,
    title=texts,
    link=maybe | addresses,
    summary=contents,
    content=contents,
    published=maybe | times,
    updated=maybe | times,
    authors=people,
    contributors=people,
    categories=st.lists(st.builds(Category, term=texts, scheme=maybe | addresses, label=maybe | texts), max_size=2).map(tuple),
    enclosures=st.lists(
        st.builds(
            Enclosure,
            url=addresses,
            type=maybe | texts | st.just("audio/mpeg"),
            length=maybe | st.integers(),
            title=maybe | texts,
            duration=maybe | st.integers(),
        ),
        max_size=2,
    ).map(tuple),
    image=maybe | addresses,
    language=maybe | texts,
    rights=maybe | texts,
    source=maybe
    | st.builds(
        Source, id=maybe | texts, title=maybe | texts, link=maybe | addresses, feed=maybe | addresses, updated=maybe | times, authors=people
    ),
    credit=st.builds(
        Credit,
        source=maybe | texts,
        source_url=maybe | addresses,
        publisher=maybe | texts,
        homepage=maybe | addresses,
        agency=maybe | texts,
        chain=st.lists(texts, max_size=2).map(tuple),
        original_title=maybe | texts,
        original_url=maybe | addresses,
    ),
)
feeds = st.builds(
    Feed,
    kind=st.just("section"),
    id=maybe | texts,
    title=texts,
    subtitle=maybe | texts,
    link=maybe | addresses,
    self_link=maybe | addresses,
    next_link=maybe | addresses,
    hubs=st.lists(addresses, max_size=2).map(tuple),
    updated=maybe | times,
    authors=people,
    language=maybe | texts,
    rights=maybe | texts,
    image=maybe | addresses,
    ttl=maybe | st.integers(),
    entries=st.lists(entries, max_size=3).map(tuple),
)


@settings(max_examples=150, deadline=None)
@given(feeds)
def test_any_feed_is_written_well_formed_and_the_same_twice(feed):
    for form in FORMATS:
        body = form.render(feed)
        assert body == form.render(feed)
        assert body.endswith(b"\n")
        if form is jsonfeed.FORMAT:
            document = json.loads(body)
            assert len(document["items"]) == len(feed.entries)
            assert all(item["id"] and (item.get("content_html") or item.get("content_text")) for item in document["items"])
        else:
            root = etree.fromstring(body)
            assert len(root.findall("{*}entry") or root.findall("channel/item")) == len(feed.entries)


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_one_hostile_text_costs_no_other_entry(form, text, feed, entry):
    hostile = entry(
        0, title=text, content=Content(value=f"<p>{text}</p>"), authors=(Author(name=text),), rights=text, link=f"https://a.example/{text}"
    )
    body = form.render(feed(hostile, entry(1), title=f"海河{text}", subtitle=text))
    assert "三通六联".encode() in body
    assert not any(control in body for control in (b"\x00", b"\x08", b"\x0b", b"\x1f", b"\x7f"))
    assert body.decode("utf-8")


_ELSEWHERE = """
import hashlib, locale, sys, importlib.util
try:
    locale.setlocale(locale.LC_ALL, "")
except locale.Error:
    pass
spec = importlib.util.spec_from_file_location("makers", sys.argv[1])
makers = importlib.util.module_from_spec(spec)
spec.loader.exec_module(makers)
from feeds.write import atom, jsonfeed, rss
feed = makers.make_feed(*(makers.make_entry(number) for number in range(5)), rights="x", image="https://a.example/i.png")
for form in (atom.FORMAT, rss.FORMAT, jsonfeed.FORMAT):
    print(hashlib.sha256(form.render(feed)).hexdigest())
"""


@pytest.mark.process
@pytest.mark.parametrize(
    "environment",
    [
        {"TZ": "Asia/Shanghai", "LC_ALL": "C", "PYTHONHASHSEED": "1"},
        {"TZ": "America/St_Johns", "LC_ALL": "C.utf8", "PYTHONHASHSEED": "2"},
        {"TZ": "Pacific/Kiritimati", "LC_ALL": "zh_CN.UTF-8", "PYTHONHASHSEED": "3", "PYTHONUTF8": "0"},
    ],
    ids=lambda environment: environment["TZ"],
)
def test_every_process_writes_the_same_bytes(environment, feed, entry):
    makers = Path(__file__).with_name("conftest.py")
    ran = subprocess.run(
        [sys.executable, "-c", _ELSEWHERE, str(makers)],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    here = feed(*map(entry, range(5)), rights="x", image="https://a.example/i.png")
    assert ran.stdout.split() == [hashlib.sha256(form.render(here)).hexdigest() for form in FORMATS]
