"""Bylines and datelines in the texts of feeds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.clean.byline import Byline, dateline
from feeds.clean.byline import parse as parse_byline
from feeds.clean.labels import KINDS, mentions_label, opens_with_dateline
from feeds.clean.text import closing_lines, opening_line
from feeds.read import read
from feeds.read.signed import signed
from feeds.records import Author, Content, Document, Entry, Role


def test_a_byline_at_the_end_of_a_feeds_text_is_read():
    body = "<p>今年以来，支部共建。</p><p>稿源:津水微言&nbsp; 编辑:张丽</p>"
    entry = signed(Entry(uid="1", content=Content(value=body)))
    assert entry.credit.source == "津水微言"
    assert [(person.name, person.role) for person in entry.contributors] == [("张丽", Role.EDITOR)]
    assert entry.authors == ()
    assert [fact.where for fact in entry.credit.evidence if fact.field == "source"] == ["the end of the text"]


def test_prose_is_no_byline():
    entry = signed(Entry(uid="1", content=Content(value="<p>来源于生活的编辑工作让他成为一名好记者。</p>")))
    assert (entry.credit.source, entry.authors, entry.contributors) == (None, (), ())


def test_stated_authors_are_not_replaced_by_a_byline():
    entry = signed(Entry(uid="1", authors=(Author(name="吴晓莹"),), content=Content(value="<p>正文。</p><p>记者：李四</p>")))
    assert [person.name for person in entry.authors] == ["吴晓莹"]


def test_every_role_of_a_byline_is_kept_apart():
    body = "<p>正文。</p><p>来源：津云 记者：吴晓莹 通讯员：刘佳、孙可 编辑：张丽 审核：王强</p>"
    entry = signed(Entry(uid="1", content=Content(value=body)))
    assert entry.credit.source == "津云"
    assert [(person.name, person.role.value) for person in entry.people] == [
        ("吴晓莹", "reporter"),
        ("刘佳", "correspondent"),
        ("孙可", "correspondent"),
        ("张丽", "editor"),
        ("王强", "reviewer"),
    ]


def test_a_dateline_at_the_beginning_of_a_feeds_text_is_read():
    body = "<p>　　中新网天津9月28日电 (记者 王砚)流动献血车28日开进大学城。</p>" + "<p>首日三百余人挽袖。</p>" * 4
    entry = signed(Entry(uid="1", content=Content(value=body)))
    assert (entry.credit.agency, entry.credit.source) == ("中新网", None)  # a dateline is evidence, not the source
    assert [(person.name, person.role) for person in entry.authors] == [("王砚", Role.REPORTER)]
    assert {fact.where for fact in entry.credit.evidence} == {"the beginning of the text", "the beginning of the text, dateline"}
    brief = signed(Entry(uid="2", summary=Content(value="LONDON, May 4 (Reuters) - Dredgers returned on Saturday.", type="text")))
    assert brief.credit.agency == "Reuters"


def test_stated_authors_win_over_a_dateline_and_prose_is_none():
    stated = Entry(uid="1", authors=(Author(name="吴晓莹"),), content=Content(value="<p>本报讯（记者 李四）今天。</p>"))
    assert [person.name for person in signed(stated).authors] == ["吴晓莹"]
    prose = signed(Entry(uid="2", content=Content(value="<p>今天，记者从水务局获悉，堤岸修好了（见图）。</p>")))
    assert (prose.authors, prose.credit.agency) == ((), None)


@pytest.mark.parametrize(
    "body",
    [
        "<p>Said.</p><p><b>Source</b>: Reuters</p>",
        "<p>Said.</p><p>Source\xa0: Reuters</p>",
        "<p>Said.</p><p>Source：Reuters</p>",
        "Source: Reuters",
        "<p>" + "Long prose. " * 500 + "</p><p>Source: Reuters</p>  ",
    ],
)
def test_a_label_is_found_in_whatever_markup_it_stands(body: str):
    assert signed(Entry(uid="1", content=Content(value=body))).credit.source == "Reuters"


def test_both_kinds_of_feeds_are_signed():
    item = "<rss version='2.0'><channel><item><description>正文。&lt;p&gt;来源：津云&lt;/p&gt;</description></item></channel></rss>"
    told = '{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1","content_html":"<p>正文。</p><p>来源：津云</p>"}]}'
    for body in (item, told):
        (entry,) = read(Document(url="https://a.example/", body=body.encode())).entries
        assert entry.credit.source == "津云"


PARTS = st.lists(
    st.one_of(
        st.sampled_from(
            [*KINDS, ":", "：", " ", "\xa0", "\n", "<p>", "</p>", "<b>", "</b>", "(", "）", "by ", "By ", "本报讯", "LONDON, "]
        ),
        st.sampled_from(["(Reuters)", "津云", "张丽", "John Smith", "said", "http://a.example/", "9月28日电", "记者"]),
    ),
    max_size=25,
).map("".join)


@given(PARTS, st.booleans())
def test_the_quick_looks_pass_over_nothing(body: str, html: bool):
    ending, opening = closing_lines(body, html=html), opening_line(body, html=html)
    byline = parse_byline(ending, where="the end of the text") if mentions_label(ending) else Byline()
    if opens_with_dateline(opening):
        byline = byline.then(dateline(opening))
    found = signed(Entry(uid="1", content=Content(value=body, type="html" if html else "text")))
    assert found.credit.evidence == byline.evidence
