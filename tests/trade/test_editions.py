"""Which revisions readers are told of, and which are corrections."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from aggregator.editions import compare, note
from feeds.records import Author, Category, Content, Credit, Entry, Role

TEXT = "今年以来，海河管理中心党总支把支部共建作为抓手。"
BEFORE = Entry(
    uid="1",
    title="市水务局“三通六联”打造共建新模式",
    link="https://a.example/1.html",
    content=Content(value=f'<p>{TEXT}</p><p><img src="https://img1.example/a.jpg"></p><p>阅读 1234 次 点赞(5)</p>'),
    authors=(Author(name="王喆", role=Role.REPORTER),),
    credit=Credit(source="津水微言", publisher="天津文明网"),
    fingerprint="1:a",
)


def revised(**facts: object):
    return compare(BEFORE, structs.replace(BEFORE, **facts))


def html(value: str) -> dict[str, object]:
    return {"content": Content(value=value)}


INSIGNIFICANT = {
    "the same with another fingerprint": {"fingerprint": "2:a"},
    "blanks in the title": {"title": "市水务局 “三通六联” 打造共建新模式"},
    "other quotation marks": {"title": '市水务局"三通六联"打造共建新模式'},
    "tracking parameters": {"link": "https://a.example/1.html?utm_source=feed"},
    "another host of the pictures": html(f'<p>{TEXT}</p><p><img src="https://img2.example/a.jpg"></p><p>阅读 1234 次 点赞(5)</p>'),
    "another reading counter": html(f"<p>{TEXT}</p><p>阅读 98.7万+ 次 点赞(612)</p>"),
    "other markup": html(f"<div><b>{TEXT}</b></div>\n\n<p>阅读&nbsp;1234 次 点赞(5)</p>"),
    "full-width characters": html(f"<p>{TEXT}</p><p>阅读　１２３４ 次 点赞（５）</p>"),
    "a category": {"categories": (Category(term="公益"),)},
    "a summary beside the text": {"summary": Content(value="今年以来", type="text")},
    "a picture": {"image": "https://img1.example/b.jpg"},
    "the operator's word on rights and publisher": {"rights": "x", "credit": Credit(source="津水微言", publisher="文明网")},
    "the summary where the whole text stood": {"content": None, "summary": Content(value="今年以来…", type="text")},
}


@pytest.mark.parametrize("facts", INSIGNIFICANT.values(), ids=INSIGNIFICANT)
def test_what_readers_need_not_be_told(facts):
    found = revised(**facts)
    assert (found.significant, found.corrected) == ((), ())
    assert set(found.changed) == set(facts) - {"fingerprint"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Read by 12 views", "Read by 12,345 views"),
        ("Views: 12 Comments: 0", "Views: 9k Comments: 17"),
        ("posted 3 minutes ago", "posted 2 hours ago"),
        ("发布于 3 分钟前", "发布于 2 小时前"),
        ("浏览次数：12", "浏览次数：1,200"),
        ("点击量:12 人", "点击量:13 人"),
        ("12次阅读", "340次阅读"),
        ("閱讀數 5", "閱讀數 6"),
        ("阅读 123 来源：津云", "阅读 98.7万+ 来源：津云"),
        ("今年以来", "今年以来 阅读 12 次"),
    ],
)
def test_counters_count_for_nothing(before, after):
    assert compare(Entry(uid="1", summary=Content(value=before)), Entry(uid="1", summary=Content(value=after))).significant == ()


SIGNIFICANT = {
    "another title": ({"title": "市水务局“四通六联”打造共建新模式"}, ("title",), ("title",)),
    "another text": (html("<p>去年以来，海河管理中心党总支把支部共建作为抓手。</p>"), ("text",), ("text",)),
    "a number that counts no readers but looks like it": (html(f"<p>{TEXT}阅读3本书</p><p>阅读 1234 次 点赞(5)</p>"), ("text",), ()),
    "a number that counts no readers": (html(f"<p>{TEXT.replace('今年', '2023年')}</p>"), ("text",), ("text",)),
    "another source": ({"credit": Credit(source="今晚报", publisher="天津文明网")}, ("credit",), ("credit",)),
    "a reporter less": ({"authors": ()}, ("credit",), ("credit",)),
    "an editor more": ({"contributors": (Author(name="张丽", role=Role.EDITOR),)}, ("credit",), ()),
    "all of it": (
        {"title": "x", "content": Content(value="y"), "credit": Credit(source="z")},
        ("title", "text", "credit"),
        ("title", "text", "credit"),
    ),
}


@pytest.mark.parametrize(("facts", "significant", "corrected"), SIGNIFICANT.values(), ids=SIGNIFICANT)
def test_what_readers_are_told(facts, significant, corrected):
    found = revised(**facts)
    assert (found.significant, found.corrected) == (significant, corrected)


def test_what_only_grows_or_is_filled_in_corrects_nothing():
    short = Entry(uid="1", title="", content=Content(value="<p>今天上午，</p>"))
    longer = Entry(uid="1", title="快讯", content=Content(value="<p>今天上午，海河开冰。</p>"), credit=Credit(source="津云"))
    assert compare(short, longer).significant == ("title", "text", "credit")
    assert compare(short, longer).corrected == ()
    cut = Entry(uid="1", summary=Content(value="今天上午…", type="text"))
    assert compare(cut, structs.replace(cut, summary=Content(value="今天上午，海河开冰。", type="text"))).corrected == ()
    assert compare(Entry(uid="1"), Entry(uid="1", content=Content(value="text"))).significant == ("text",)


def test_the_note_is_in_the_language_of_the_site():
    assert note(("title", "text"), "zh-CN", "2026-03-04") == "更正（2026-03-04）：标题、正文"
    assert note(("credit",), "en", "2026-03-04") == "Corrected (2026-03-04): credit"


texts = st.text(max_size=60)


@given(texts, texts)
def test_the_same_is_never_a_revision_and_a_correction_always_counts(one, two):
    before, after = (Entry(uid="1", title=text, content=Content(value=text, type="text")) for text in (one, two))
    found = compare(before, after)
    assert set(found.corrected) <= set(found.significant)
    if one == two:
        assert found == compare(after, before)
        assert found.changed == ()


def test_endless_digits_cost_no_more_than_other_text():
    before = Content(value="9" * 100_000 + " " + "9," * 100_000 + "阅读 " * 50_000)
    began = time.process_time()
    compare(Entry(uid="1", content=before), Entry(uid="1", content=Content(value=before.value + "x")))
    assert time.process_time() - began < 2
