"""Documents of megabytes that no feed is: read to their beginning, or refused, in little time and memory."""

from __future__ import annotations

import time

import pytest

from feeds.errors import FeedError, Refused
from feeds.read import read
from feeds.records import Document, Feed, Hints

HEAD = "<rss version='2.0'><channel><title>t</title>"
ITEM = HEAD + "<item><title>t</title><description>"
TAIL = "</channel></rss>"
END = "</description></item>" + TAIL
SIZE = 3_000_000


def feed(head: str, unit: str, tail: str) -> Feed:
    return read(Document(url="https://a.example/", body=(head + unit * (SIZE // len(unit)) + tail).encode()), Hints(kind="feed"))


@pytest.mark.parametrize("unit", ["word ", "&amp;", "x&nbsp;", "&x ", "&lt;p&gt;x"])
def test_a_text_without_end_is_kept_to_its_beginning(unit: str) -> None:
    found = feed(ITEM, unit, END)
    (entry,) = found.entries
    said = entry.content or entry.summary
    assert found.kind == "rss"
    assert said is not None
    assert len(said.value) < 4_000_000
    assert any("absurdly long" in repair for repair in found.repairs)


def test_markup_is_cut_at_the_end_of_a_block_and_stays_markup() -> None:
    (entry,) = feed(ITEM + "<![CDATA[", '<p>one <a href="https://a.example/">two</a></p>', "]]>" + END).entries
    assert entry.content is not None
    assert entry.content.type == "html"
    assert len(entry.content.value) > 450_000
    assert entry.content.value.endswith("</p>…")


def test_of_items_without_number_the_first_are_read() -> None:
    found = feed(HEAD, "<item><title>x</title></item>", TAIL)
    assert "it has more than 20,000 items; what stands behind them was passed over" in found.repairs


def test_items_that_never_end_take_no_time() -> None:
    begin = time.process_time()
    assert feed(HEAD, "<item><title>x<link>", "").kind == "rss"
    assert time.process_time() - begin < 5


@pytest.mark.parametrize(
    ("head", "unit", "tail"),
    [(HEAD + "<item ", 'a="x" ', "/>" + TAIL), (HEAD, "<", TAIL), (HEAD + "<item a='", "x", "'/>" + TAIL)],
    ids=["attributes", "brackets", "an attribute"],
)
def test_what_would_only_cost_time_is_refused(head: str, unit: str, tail: str) -> None:
    with pytest.raises(Refused):
        feed(head, unit, tail)


def test_prefixes_by_the_thousand_are_refused() -> None:
    body = HEAD + "".join(f"<p{number}:x/>" for number in range(SIZE // 12)) + TAIL
    with pytest.raises(FeedError):
        read(Document(url="https://a.example/", body=body.encode()), Hints(kind="feed"))
