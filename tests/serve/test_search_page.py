"""The search page, and what it marks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from aggregator.records import Revised
from aggregator.serve import marks
from feeds.clean.terms import asked
from feeds.records import Content, Entry
from tests.serve.conftest import NOON, SECTIONS, SITE, Memory, item


def page(client, status=200, language="zh", **asked_for):
    answer = client.get("/search", query_string=asked_for, headers={"Accept-Language": language})
    assert answer.status_code == status
    return html.document_fromstring(answer.text)


def test_what_is_found_is_shown_with_its_credit_and_marked(client):
    found = page(client, q="社区")
    assert found.xpath("//h2/a")[0].text_content() == "[视频] 河东区社区夜校开班 上班族下班学非遗"
    assert {mark.text for mark in found.xpath("//mark")} == {"社区"}
    assert found.find_class("credit")
    assert found.xpath("//meta[@name='robots']/@content") == ["noindex"]
    assert found.xpath("//input[@id='q']/@value") == ["社区"]


def test_every_page_has_the_form_and_the_whole_works_without_scripts(client):
    for address in ("/", "/sections/jsjx/", "/entries/seed/", "/sources/", "/about", "/nope"):
        (form,) = html.document_fromstring(client.get(address).text).xpath("//form[@role='search']")
        assert (form.get("action"), form.method.lower()) == ("/search", "get")
    chosen = html.document_fromstring(client.get("/?lang=en", headers={"Accept-Language": "zh"}).text)
    assert chosen.xpath("//form//input[@name='lang']/@value") == ["en"]


@pytest.mark.parametrize(
    ("asked_for", "got"),
    [
        ({"q": "x", "section": "zyfw"}, ("x", 31, 0, "zyfw", None)),
        ({"q": " x ", "source": "wenming", "page": "3"}, ("x", 31, 60, None, "wenming")),
        ({"q": "x", "section": "nope", "source": "<b>", "page": "-7"}, ("x", 31, 0, None, None)),
        ({"q": "x" * 500, "page": "1e9"}, ("x" * 100, 31, 0, None, None)),
        ({"q": "x", "page": "999999999999999999999"}, ("x", 31, 570, None, None)),
    ],
)
def test_what_is_asked_of_the_store(client, shelf, asked_for, got):
    page(client, **asked_for)
    assert shelf.asked == got


def test_pages_of_matches(opened):
    client = opened(Memory(items=[item(f"n{number}", Entry(uid=str(number), title="社区")) for number in range(65)]))
    first = page(client, q="社区", section="jsjx")
    (more,) = first.xpath("//a[@rel='next']/@href")
    assert more == "/search?q=%E7%A4%BE%E5%8C%BA&section=jsjx&page=2"
    second = html.document_fromstring(client.get(more).text)
    assert second.xpath("//a[@rel='prev']/@href") == ["/search?q=%E7%A4%BE%E5%8C%BA&section=jsjx"]
    assert len(second.find_class("entry")) == 30


def test_what_may_not_be_shown_is_not(opened, shelf):
    text = "甲" * 300 + "海河" + "乙" * 300
    entry = Entry(uid="e", title="海河一", content=Content(value=f"<p>{text}</p>"))
    shelf.items = [item("e", entry, source=source) for source in ("jinshui", "geheim")]
    client = opened(shelf, sections={**SECTIONS, "jsjx": SECTIONS["jsjx"].model_copy(update={"body": "link"})})
    found = page(client, q="海河")
    assert len(found.find_class("entry")) == 1
    assert not found.find_class("teaser")
    summaries = page(opened(shelf), q="海河")
    assert summaries.find_class("teaser")
    assert "乙" not in summaries.find_class("teaser")[0].text_content()  # the beginning, however far behind it what was looked for stands


def test_nothing_found_and_nothing_to_search_are_said(opened, shelf):
    assert "没有找到" in page(opened(shelf), q="火星").text_content()
    shelf.broken = True
    assert "暂不支持搜索" in page(opened(shelf), q="社区").text_content()


def test_a_site_can_do_without(opened):
    client = opened(site=SITE.model_copy(update={"search": False}))
    page(client, 404, q="x")
    assert not html.document_fromstring(client.get("/").text).xpath("//form")


@pytest.mark.parametrize("q", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</title>", "{{7*7}}", "%", "\x00"])
def test_a_question_is_text(client, q):
    found = page(client, q=q)
    assert not found.xpath("//main//script | //img[@onerror]")
    assert ">49<" not in html.tostring(found).decode()


def test_revisions_that_count_are_told(opened, shelf):
    shelf.log = {
        "seed": [
            Revised(number=2, at=NOON, changed=("title",), significant=("title",), corrected=("title",), before={"title": "<b>旧题</b>"}),
            Revised(number=3, at=NOON, changed=("image",), significant=(), corrected=(), before={"image": "x"}),
        ]
    }
    (changes,) = html.document_fromstring(opened(shelf).get("/entries/seed/").text).find_class("changes")
    (told,) = changes.xpath(".//li")
    assert "".join(told.text_content().split()) == "2022年9月28日12:00：标题（更正）原为：<b>旧题</b>"


def test_the_piece_around_what_was_found():
    words = marks.pattern(asked("河岸 vol"))
    text = "开头。" + "甲" * 300 + "清理河岸的Volunteers。" + "乙" * 300
    piece = marks.around(text, words, 100)
    assert piece.startswith("…甲")
    assert len(piece) <= 101
    assert marks.marked("河岸 Volunteers, revolve <b>", words) == "<mark>河岸</mark> <mark>Volunteers</mark>, revolve &lt;b&gt;"
    assert marks.around("短", words, 100) == "短"
    assert marks.pattern(()) is None


@given(st.text(), st.text(max_size=20))
def test_marking_changes_no_text(text, query):
    marked = str(marks.marked(text, marks.pattern(asked(query))))
    assert marked.replace("<mark>", "").replace("</mark>", "") == str(marks.marked(text, None))
