"""A list joined with its articles: what becomes a whole entry, what stands as it is, what waits, what is the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from feeds.errors import NotAnArticle
from feeds.read.page import read_page
from feeds.records import ArticleSelectors, Document, Hints, ListSelectors, Role

PAGES = Path(__file__).parent.parent / "pages"
URL = "http://www.binhe.example/rd/index.shtml"
ELSEWHERE = "http://m.other.example/a/77.html"
HERE = Hints(kind="page", timezone="Asia/Shanghai", name="滨河文明网")
LIST = Document(url=URL, body=(PAGES / "list-table.html").read_bytes())
FIRST = "http://www.binhe.example/system/2023/03/09/010000009.shtml"
SECOND = "http://www.binhe.example/system/2023/03/08/010000008.shtml"


def article(title: str, url: str, body: str = "") -> Document:
    text = body or "<p>今年以来，居民们把楼道收拾得干干净净，还养了花。</p><p>大家都说，这样的日子有滋有味，也更有奔头。</p>"
    head = f"<head><title>{title}-滨河文明网</title></head>"
    foot = "<div class='laiyuan'>稿源:津水微言&nbsp; 编辑:张丽</div>"
    html = f"<html>{head}<body><h2>{title}</h2><div id='Zoom'>{text}</div>{foot}</body></html>"
    return Document(url=url, body=html.encode("gbk"), content_type="text/html; charset=gb2312")


def test_without_articles_the_stubs() -> None:
    assert len(read_page(LIST, HERE).entries) == 4


def test_whole_entries_same_ones_and_those_that_lead_elsewhere() -> None:
    articles = {FIRST: article("河畔书屋延长夜读时间 退休教师轮流值...", FIRST), ELSEWHERE: Document(url=ELSEWHERE, body=b"")}
    feed = read_page(LIST, HERE, {"//www.binhe.example/system/2023/03/08/010000008.shtml": "f"}, articles)
    whole, elsewhere, file = feed.entries
    assert whole.title == "河畔书屋延长夜读时间 退休教师轮流值守到深夜"
    assert whole.uid == "//www.binhe.example/system/2023/03/09/010000009.shtml"
    assert whole.credit.source == "津水微言"
    assert [(each.role, each.name) for each in whole.contributors] == [(Role.EDITOR, "张丽")]
    assert whole.published is not None
    assert whole.published.isoformat() == "2023-03-09T00:00:00+08:00"
    assert whole.content is not None
    assert elsewhere.link == ELSEWHERE
    assert elsewhere.content is None
    assert [each.type for each in file.enclosures] == ["application/pdf"]
    assert feed.same == ("//www.binhe.example/system/2023/03/08/010000008.shtml",)


def test_what_another_site_wrote_is_credited_there_and_only_summed_up() -> None:
    other = (
        article("邻城启动“净河日”联动行动", ELSEWHERE).body.decode("gbk").replace("滨河文明网", "邻城在线").replace("津水微言", "邻城日报")
    )
    feed = read_page(LIST, HERE, {}, {ELSEWHERE: Document(url=ELSEWHERE, body=other.encode())})
    (entry,) = [each for each in feed.entries if each.link == ELSEWHERE]
    assert (entry.credit.publisher, entry.credit.source) == ("邻城在线", "邻城日报")
    assert entry.content is None
    assert entry.summary is not None
    assert entry.summary.value.startswith("今年以来")


@pytest.mark.parametrize("body", ["<html><title>请登录</title><form><input type=password></form></html>", "另一篇毫不相干的文章", ""])
def test_where_another_site_shows_something_else_the_list_is_believed(body: str) -> None:
    page = article("十条实用的护肤建议", ELSEWHERE) if body.startswith("另") else Document(url=ELSEWHERE, body=body.encode())
    feed = read_page(LIST, HERE, {}, {ELSEWHERE: page})
    (entry,) = [each for each in feed.entries if each.link == ELSEWHERE]
    assert (entry.title, entry.content, entry.authors, entry.credit.source) == ("邻城启动“净河日”联动行动", None, (), None)


def test_what_is_neither_pulled_nor_known_waits_for_the_next_pull() -> None:
    feed = read_page(LIST, HERE, {}, {SECOND: article("[图]巷口小黑板写满好人好事", SECOND)})
    assert [each.link for each in feed.entries if each.content] == [SECOND]
    assert FIRST not in {each.link for each in feed.entries}
    assert feed.same == ()


def test_a_bad_article_costs_itself_alone() -> None:
    notice = Document(url=FIRST, body=(PAGES / "notice.html").read_bytes())
    feed = read_page(LIST, HERE, {}, {FIRST: notice, SECOND: article("[图]巷口小黑板写满好人好事", SECOND)})
    assert FIRST not in {each.link for each in feed.entries}
    assert [each.title for each in feed.entries if each.content] == ["[图]巷口小黑板写满好人好事"]
    assert any(FIRST in note and "该内容已被发布者删除" in note for note in feed.repairs)
    assert feed.gone == ("//www.binhe.example/system/2023/03/09/010000009.shtml",)


def test_when_no_article_can_be_read_the_source_is_in_trouble() -> None:
    selectors = ListSelectors(item="table.lb tr:nth-child(-n+2)")
    guard = Document(url=FIRST, body="<html><title>安全验证</title><body>请完成验证</body></html>".encode())
    with pytest.raises(NotAnArticle, match="none of the 2 article pages"):
        read_page(LIST, Hints(timezone="Asia/Shanghai", list=selectors), {}, {FIRST: guard, SECOND: guard})


@pytest.mark.parametrize(
    ("listing", "chosen"),
    [
        (ListSelectors(), ArticleSelectors()),
        (ListSelectors(item="tr", link="a", title="a@title", date="td + td"), ArticleSelectors(body="#Zoom", byline=".laiyuan")),
        (ListSelectors(item="td"), ArticleSelectors(title="h2", body="#Zoom", byline="//div[@class='laiyuan']")),
    ],
)
def test_the_configured_and_the_found_agree(listing: ListSelectors, chosen: ArticleSelectors) -> None:
    hints = Hints(timezone="Asia/Shanghai", name="滨河文明网", list=listing, article=chosen)
    feed = read_page(LIST, hints, {}, {FIRST: article("河畔书屋延长夜读时间 退休教师轮流值守到深夜", FIRST)})
    entry = next(each for each in feed.entries if each.link == FIRST)
    assert entry.title == "河畔书屋延长夜读时间 退休教师轮流值守到深夜"
    assert (entry.credit.source, entry.credit.publisher) == ("津水微言", "滨河文明网")
    assert [each.name for each in entry.contributors] == ["张丽"]
    assert entry.authors == ()


def test_a_selector_that_finds_nothing_is_named() -> None:
    hints = Hints(timezone="Asia/Shanghai", list=ListSelectors(item="tr", date=".rq"), article=ArticleSelectors(body="#Zoom", byline=".ly"))
    feed = read_page(LIST, hints, {}, {FIRST: article("河畔书屋延长夜读时间", FIRST)})
    assert any("list selector date '.rq' finds nothing" in note for note in feed.repairs)
    assert any("article selector byline '.ly' finds nothing on 1 article page" in note for note in feed.repairs)
    assert not any("'#Zoom'" in note or "'tr'" in note for note in feed.repairs)
