"""Laws of credits on pages: whatever template a page is made by, what it states is read back; whatever is done to its bytes, it is read
or refused, quickly, and what is handed out was there."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.clean.byline import is_credit, parse
from feeds.errors import FeedError
from feeds.read.article import read_article
from feeds.records import Document, Entry, Hints, Role

PAGES = sorted((Path(__file__).parent.parent / "pages" / "signed").glob("*.html"))
HERE = Hints(timezone="Asia/Shanghai")
WORDS = "".join(f"<p>第{n}段写得很长，里面有逗号，也有句号。大家都说，这样的段落才像正文，读起来也舒服。</p>" for n in "一二三四")

_SURNAMES = "张王李赵陈刘杨黄周吴徐孙胡朱高林何郭马罗"
_NAMES = st.one_of(
    st.builds(lambda s, g: s + g, st.sampled_from(_SURNAMES), st.text("丽明伟芳娜敏静强磊洋艳勇军杰娟涛", min_size=1, max_size=2)),
    st.sampled_from(["阿依古丽·买买提", "欧阳若男", "尕藏·卓玛", "次仁旺堆"]),
)
_GROUP = st.lists(_NAMES, min_size=1, max_size=2, unique=True)
_SOURCE = st.sampled_from(["津水微言", "渤海早报", "山城日报", "新华社", "禾山发布", "河西融媒", "青湖新闻网"])
_BRACKETS = st.sampled_from(["{}", "（{}）", "({})", "【{}】", "[ {} ]"])
_COLON = st.sampled_from([":", "：", "： ", "｜", " | "])


@st.composite
def pages(draw: st.DrawFn) -> tuple[str, str | None, list[str], list[str]]:
    """A page with its source, those who signed it, and those who edited it."""
    source, authors, editors = draw(st.none() | _SOURCE), draw(st.just([]) | _GROUP), draw(_GROUP)
    editors = [each for each in editors if each not in authors]
    colon = draw(_COLON)
    facts = [f"来源{colon}{source}"] if source else []
    facts += [f"{draw(st.sampled_from(['作者', '记者', '撰文']))}{colon}{'、'.join(authors)}"] if authors else []
    editor = (
        f"{draw(st.sampled_from(['编辑', '责任编辑', '责编']))}{colon}{draw(st.sampled_from(['、', ' ', '，'])).join(editors)}"
        if editors
        else ""
    )
    facts.insert(draw(st.integers(0, len(facts))), "2023-05-06 08:18")
    element = draw(st.sampled_from(["span", "li", "div", "td"]))
    row = "".join(f"<{element}>{fact}</{element}>" for fact in facts)
    info = {"td": "<table><tr>{}</tr></table>", "li": "<ul class=info>{}</ul>"}.get(element, "<div class=info>{}</div>").format(row)
    below = f"<p class={draw(st.sampled_from(['editor', 'r', 'footer-edit']))}>{draw(_BRACKETS).format(editor)}</p>" if editor else ""
    inside = draw(st.booleans())
    body = f"<div class=nr>{WORDS}{below if inside else ''}</div>{'' if inside else below}"
    side = "<div class=related><a href=/1>别的新闻</a> 来源：别的报 编辑：别人</div>" if draw(st.booleans()) else ""
    title = "一个标题够长了吧，不短"
    return f"<html><head><title>{title}_某网</title></head><body><h1>{title}</h1>{info}{body}{side}</body></html>", source, authors, editors


@settings(deadline=None, max_examples=60)
@given(pages())
def test_what_a_template_writes_is_read_back(made: tuple[str, str | None, list[str], list[str]]) -> None:
    html, source, authors, editors = made
    entry = read_article(Document(url="https://site.example/n/1.html", body=html.encode(), content_type="text/html; charset=utf-8"), HERE)
    assert entry.credit.source == source
    assert [each.name for each in entry.authors] == authors
    assert [each.name for each in entry.contributors] == editors
    assert "编辑" not in (entry.content.value if entry.content else "")


def _hurt(body: bytes, cuts: list[tuple[float, int, bytes]]) -> bytes:
    for where, length, instead in cuts:
        at = int(where * len(body))
        body = body[:at] + instead + body[at + length :]
    return body


_INSTEAD = st.one_of(
    st.binary(max_size=6),
    st.sampled_from(
        [b"</div>", b"<div>", b"<!--", b"-->", b"<td>", "编辑：".encode(), "来源".encode(), "（".encode(), b"<script>", b"\x00", b"&#0;"]
    ),
)
_CUTS = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 60), _INSTEAD), min_size=1, max_size=6)


@settings(deadline=None, max_examples=100)
@given(st.sampled_from(PAGES), _CUTS)
def test_a_broken_page_is_read_or_refused(path: Path, cuts: list[tuple[float, int, bytes]]) -> None:
    body = _hurt(path.read_bytes().partition(b"-->\n")[2], cuts)
    try:
        entry = read_article(Document(url="https://site.example/n/1.html", body=body, content_type="text/html"), HERE)
    except FeedError:
        return
    _lawful(entry)


def _lawful(entry: Entry) -> None:
    assert entry.title
    for each in entry.people:
        assert each.name == each.name.strip()
        assert 0 < len(each.name) <= 120
    assert not {each.role for each in entry.authors} & {Role.EDITOR, Role.DUTY_EDITOR, Role.REVIEWER}
    assert all(0 < each.sure <= 1 and each.where for each in entry.credit.evidence)
    assert entry.published is None or entry.published.tzinfo


@pytest.mark.parametrize(
    "text",
    ["记者" * 4000, "（" * 8000, "来源：" * 4000, "编辑 张丽 " * 2000, "|" * 8000, "张" * 8000, "By A " * 3000,
     "新华社" * 4000 + "电", "文/" * 6000],
    ids=lambda text: text[:4],
)  # fmt: skip
def test_long_lines_take_their_time_in_proportion(text: str) -> None:
    """CPU time, so that a busy machine does not count; what is quadratic takes many times as long."""
    began = time.process_time()
    parse(text, name="滨河网")
    is_credit(text)
    assert time.process_time() - began < 2.0
