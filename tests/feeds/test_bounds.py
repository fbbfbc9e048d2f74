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
    [(HEAD + "<item ", 'a="x" ', ""), (HEAD, "<", TAIL), (HEAD + "<item a='", "x", "<" + TAIL)],
    ids=["attributes", "brackets", "an attribute"],
)
def test_what_would_only_cost_time_is_refused(head: str, unit: str, tail: str) -> None:
    with pytest.raises(Refused):
        feed(head, unit, tail)


@pytest.mark.parametrize(
    ("tag", "unit", "end"),
    [("<x ", 'a="x" ', "/>"), ("<x a='", "x", "'></x>"), ("<x", "x", "/>"), ("<![CDATA[<img src='data:image/png;base64,", "iVBO", "'>]]>")],
    ids=["attributes", "an attribute", "a name", "a picture"],
)
def test_a_tag_of_absurd_length_costs_only_its_attributes(tag: str, unit: str, end: str) -> None:
    text = "<item><guid>{}</guid><title>{}</title><description>Said.{}</description></item>"
    head, tail = text.format(1, "One", tag + "\0" + end).split("\0")
    found = feed(HEAD + head, unit, tail + text.format(2, "Two", "") + TAIL)
    assert [entry.title for entry in found.entries] == ["One", "Two"]
    assert all((entry.content or entry.summary).value.startswith("Said.") for entry in found.entries)
    assert "an element in it is absurdly long; its attributes were passed over" in found.repairs


def test_prefixes_by_the_thousand_are_refused() -> None:
    body = HEAD + "".join(f"<p{number}:x/>" for number in range(SIZE // 12)) + TAIL
    with pytest.raises(FeedError):
        read(Document(url="https://a.example/", body=body.encode()), Hints(kind="feed"))


ATOM = "<feed xmlns='http://www.w3.org/2005/Atom'><title>t</title>"
BOX = "<entry><id>{}</id><content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>{}</div></content></entry>"


def test_of_elements_without_number_the_first_items_are_read() -> None:
    items = "".join(BOX.format(n, "<b>x</b> " * n * 100_000) for n in range(4))
    found = read(Document(url="https://a.example/", body=(ATOM + items + "</feed>").encode()), Hints(kind="feed"))
    assert [entry.uid for entry in found.entries] == ["0", "1"]
    assert "it has more than 500,000 tags; the items behind them were passed over" in found.repairs


def test_one_item_of_elements_without_number_is_refused() -> None:
    with pytest.raises(Refused, match="an item in it has more elements"):
        read(
            Document(url="https://a.example/", body=(ATOM + BOX.format("x", "<b>x</b> " * 260_000) + "</feed>").encode()),
            Hints(kind="feed"),
        )


def test_tags_in_sections_of_text_are_no_elements() -> None:
    items = "".join(f"<item><guid>{n}</guid><description><![CDATA[{'< y' * 160_000}]]></description></item>" for n in range(6))
    found = read(Document(url="https://a.example/", body=(HEAD + items + TAIL).encode()), Hints(kind="feed"))
    assert len(found.entries) == 6
    assert not any("tags" in repair for repair in found.repairs)


def test_texts_of_more_tags_than_any_feed_has_are_left_out_and_the_items_stay() -> None:
    items = "".join(
        f"<item><guid>{n}</guid><title>No. {n}</title><description><![CDATA[{'<p>x</p>' * 10_000}]]></description></item>"
        for n in range(30)
    )
    document = Document(url="https://a.example/", body=(HEAD + items + TAIL).encode())
    found = read(document, Hints(kind="feed"))
    assert [entry.title for entry in found.entries] == [f"No. {n}" for n in range(30)]
    assert [entry.content is not None for entry in found.entries] == [True] * 25 + [False] * 5
    assert "5 items were left without text: together they have more tags than any feed's" in found.repairs
    again = read(document, Hints(kind="feed"), {entry.uid: entry.fingerprint for entry in found.entries})
    assert len(again.same) == 30
    last = read(Document(url="https://a.example/", body=(HEAD + items[len(items) // 2 :].partition("</item>")[2] + TAIL).encode()))
    assert all(entry.content for entry in last.entries)


def test_texts_behind_a_million_of_angle_brackets_are_passed_over_and_the_items_stay() -> None:
    items = "".join(f"<item><guid>{n}</guid><title><![CDATA[{'a<x>' * 100_000}]]></title></item>" for n in range(12))
    found = read(Document(url="https://a.example/", body=(HEAD + items + TAIL).encode()), Hints(kind="feed"))
    assert [entry.title != "" for entry in found.entries] == [True] * 9 + [False] * 3
    assert any(repair.startswith("3 texts in it were passed over") for repair in found.repairs)


def test_ten_megabytes_as_dense_as_the_densest_feeds_keep_all_texts() -> None:
    text = '<p>one two <a href="https://a.example/2026/11/23/">three</a> &mdash; four</p>'  # a mark in seventeen characters; feeds have 23
    items = "".join(f"<item><guid>{n}</guid><description><![CDATA[{text * 1000}]]></description></item>" for n in range(95))
    found = read(Document(url="https://a.example/", body=(HEAD + items + TAIL).encode()), Hints(kind="feed"))
    assert all(entry.content for entry in found.entries)
    assert not found.repairs


def test_references_without_number_take_no_time() -> None:
    items = "".join(f"<item><guid>{n}</guid><description><![CDATA[{'&a&lt;' * 40_000}]]></description></item>" for n in range(10))
    found = read(Document(url="https://a.example/", body=(HEAD + items + TAIL).encode()), Hints(kind="feed"))
    assert all(entry.content and entry.content.value == "&a<" * 40_000 for entry in found.entries)


def test_xhtml_without_end_is_kept_to_its_beginning() -> None:
    body = ATOM + BOX.format("x", "<p>one two three four</p>" * 80_000) + "</feed>"
    (entry,) = read(Document(url="https://a.example/", body=body.encode()), Hints(kind="feed")).entries
    assert entry.content is not None
    assert 100_000 < len(entry.content.value) < 600_000


def test_long_texts_without_a_tag_take_no_time() -> None:
    """Each is below what is cut, all of them together are not: escaped markup has no angle brackets."""
    text = "&lt;p&gt;word by word&lt;/p&gt; " * 16_000
    items = "".join(f"<item><guid>{n}</guid><description>{text}</description></item>" for n in range(4))
    begin = time.process_time()
    found = read(Document(url="https://a.example/", body=(HEAD + items + TAIL).encode()), Hints(kind="feed"))
    assert time.process_time() - begin < 10  # half a second on an idle machine; to look for what to cut at each character took minutes
    assert len(found.entries) == 4
    assert not any("absurdly long" in repair for repair in found.repairs)


PARAGRAPHS = "<p>这是一段很长的正文,讲了一些事情。</p>" * 20
PAGE = "<html><head><title>题目</title>{}</head><body><h1>题目</h1><div>" + PARAGRAPHS + "{}</div></body></html>"


@pytest.mark.parametrize("unit", ["a", "_", "a.", "年", "张", "a@", "、", "编辑:"])
def test_what_a_page_states_of_itself_without_end_takes_no_time(unit: str) -> None:
    meta = f'<meta name="author" content="{unit * (300_000 // len(unit))}">'
    begin = time.process_time()
    (entry,) = read(Document(url="https://a.example/1.html", body=PAGE.format(meta, "").encode()), Hints(kind="article")).entries
    assert time.process_time() - begin < 5  # a tenth of a second on an idle machine, minutes with nothing to stop it
    assert entry.title == "题目"


@pytest.mark.parametrize("unit", ["·", "&nbsp;x", "é", "&amp;"])
def test_signs_without_number_take_no_time_and_stay_text(unit: str) -> None:
    body = HEAD + f"<item><guid>1</guid><description><![CDATA[<b>{unit * (590_000 // len(unit))}</b>]]></description></item>" + TAIL
    begin = time.process_time()
    (entry,) = read(Document(url="https://a.example/", body=body.encode()), Hints(kind="feed")).entries
    assert time.process_time() - begin < 2  # the square of them took twice that, for each text of ten or more
    assert entry.content is not None
    assert len(entry.content.value) > 100_000
