from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.clean.text import beginning, clean, clean_text, excerpt, has_markup, legal, plain


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" a \n\t b\u00a0\u3000c ", "a b c"),
        ("a\x00b\x08c\x0b\ufffe", "abc"),
        ("safe\u202egpj.exe\u202c \u2066x\u2069", "safegpj.exe x"),
        ("\ufeffzero\u200bwidth", "zerowidth"),
        ("👩\u200d👧 naïve", "👩\u200d👧 naïve"),
    ],
)
def test_clean(text: str, expected: str) -> None:
    assert clean(text) == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>一</p><p>二</p>", "一 二"),
        ("A&amp;B &lt;b&gt; &#8217;", "A&B <b> ’"),
        ("5 < 6 & 7 > 3", "5 < 6 & 7 > 3"),
        ("Vec<T> explained, I <3 you", "Vec<T> explained, I <3 you"),
        ("<img src=x onerror=alert(1)>标题注入", "标题注入"),
        ("x<script>alert('</p>')</script>y<style>p{}</style>", "xy"),
        ("x<script>never closed", "x"),
        ("x<!-- > comment -->y<![CDATA[z]]>", "xyz"),
        ("<a title='a>b'>linked</a>", "linked"),
        ("<section><my-widget>text</my-widget></section>", "text"),
        ("in<b>li</b>ne", "inline"),
        ("?page=1&copy=2&amp;sect=3 &copy; &copy", "?page=1&copy=2&sect=3 © ©"),
        ("&copy;" * 1200 + "&reg" * 10, "©" * 1200 + "®" * 10),
    ],
)
def test_plain(html: str, expected: str) -> None:
    assert plain(html) == expected


@pytest.mark.parametrize(("text", "marked"), [("<b>x", True), ("a < b > c", False), ("Vec<T>", False), ("<!-- x -->", True), ("", False)])
def test_has_markup(text: str, marked: bool) -> None:
    assert has_markup(text) is marked


@pytest.mark.parametrize("piece", ["<a '", '<p title="', "<script>", "<!--", "<![CDATA[", "<", "<a x=", "</p"])
def test_plain_takes_time_in_proportion(piece: str) -> None:
    begin = time.perf_counter()
    plain(piece * 100_000)
    assert time.perf_counter() - begin < 3


def test_a_short_text_is_its_own_excerpt() -> None:
    assert excerpt("短。 text", 20) == "短。 text"


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        (
            "市水务局开展巡河检查，登记阻水物台账。随后组织应急演练。参演人员共三百人，历时两天。",
            24,
            "市水务局开展巡河检查，登记阻水物台账。…",
        ),
        ("他说：“大家都来巡河。”第二天就有人来修井盖了，心里十分痛快。", 16, "他说：“大家都来巡河。”…"),
        ("Version 1.2 came out today. It mends the reader and the writer alike.", 40, "Version 1.2 came out today.…"),
        ("one two three four five six seven", 20, "one two three four…"),
    ],
)
def test_an_excerpt_ends_where_a_sentence_does(text: str, limit: int, expected: str) -> None:
    assert excerpt(text, limit) == expected


@given(st.text(max_size=400), st.integers(10, 120))
def test_excerpts_keep_their_limit(text: str, limit: int) -> None:
    short = excerpt(text, limit)
    assert len(short) <= limit
    assert short.endswith("…") or short == clean(text)


@given(st.text(max_size=200))
def test_clean_and_legal_are_stable(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert legal(legal(text)) == legal(text)
    plain(text)


_EDGES = (
    "\x00\x08\t\n\x0b\x0c\r\x0e\x1f ~\x7f\x80\x84\x85\x86\x9f\xa0\xbf"
    "\ud7ff\ud800\udbff\udc00\udfff\ue000\ufffd\ufffe\uffff\U00010000\U0001fffe"
)


def _may_stand(letter: str) -> bool:
    """XML 1.0 §2.2 Char, without the controls that it discourages but for NEL."""
    code = ord(letter)
    return code in (9, 10, 13, 0x85) or 0x20 <= code < 0x7F or 0xA0 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or code >= 0x10000


@given(st.text(st.sampled_from(_EDGES) | st.characters(codec=None), max_size=20))
def test_legal_text_lacks_what_xml_forbids_and_nothing_else(text: str) -> None:
    assert legal(text) == "".join(filter(_may_stand, text))


@pytest.mark.parametrize(
    ("stated", "meant"),
    [("a&nbsp;b &#8217; &hellip;", "a b ’ …"), ("&lt;b&gt; &amp; &#60; &#x3c;", "&lt;b&gt; &amp; &#60; &#x3c;"), ("R&D; x", "R&D; x")],
)
def test_what_is_stated_as_text_keeps_its_signs_but_no_references_to_others(stated: str, meant: str) -> None:
    assert clean_text(stated) == meant


_SOUP = ("<p>", "</p>", "<b>", "</b>", "<br>", "<!-- x", "-->", "<script>", "</script>", "&amp;", "&nbsp;", "<img alt='a>b'>", "5 < 6 ")


@given(st.lists(st.sampled_from((*_SOUP, "海河边的图书馆，", "Rivers rise. ", "  \n", "\u200b")), max_size=120), st.integers(5, 60))
def test_the_beginning_of_html_is_the_excerpt_of_its_text(parts, limit):
    html = "".join(parts)
    assert beginning(html, limit) == excerpt(plain(html), limit)


def test_the_beginning_of_a_long_text_is_found_without_reading_it_all():
    endless = "<p>河水清清。</p>" * 400_000
    begun = time.process_time()
    assert beginning(endless, 200) == excerpt("河水清清。 " * 60)
    assert time.process_time() - begun < 0.05


@pytest.mark.parametrize(
    ("told", "end"),
    [
        ("水清了。" * 30, "水清了。…"),
        ("“好。”他说。" * 12, "“好。”他说。…"),
        ("He said hi. " * 9, "He said hi.…"),
        ("He met Dr. Who and Mrs. Li of the U.S. Navy, e.g. " * 3, "Mrs. Li of…"),
        ("由 3.14159 起 " * 12, "起 由…"),
        ("一二三四五" * 20, "三四…"),
    ],
)
def test_a_cut_is_made_at_the_end_of_a_sentence(told: str, end: str) -> None:
    made = excerpt(told, 80)
    assert made.endswith(end)
    assert 40 < len(made) <= 80
    assert made.count("“") == made.count("”")
