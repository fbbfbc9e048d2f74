"""Who carries a page and which column it is of: the operator's word, the page's, its list's; the account that a bridge is of."""

from __future__ import annotations

import pytest

from feeds.read import read
from feeds.read.article import read_article
from feeds.read.listing import read_list
from feeds.records import ArticleSelectors, Author, Document, Entry, Hints, Role

URL = "http://swj.qinghe.example/xwzx/gzdt/202304/t20230404_418.html"
TITLE = "灌区春灌用上“明白账”"
BODY = "<p>4月3日，灌区三十六个用水户协会领到了今年的用水明细，每亩用了多少、花了多少，一目了然。</p>"


def article(head: str, hints: Hints, above: str = "") -> Entry:
    body = f"{above}<h1>{TITLE}</h1><p>2023-04-04 来源：青河晚报</p><div>{BODY}</div>"
    html = f"<html><head><meta charset=utf-8>{head}</head><body>{body}</body></html>"
    return read_article(Document(url=URL, body=html.encode(), content_type="text/html"), hints)


SUFFIX = f"<title>{TITLE}_工作动态_青河市水务局</title>"


@pytest.mark.parametrize(
    ("head", "hints", "publisher"),
    [
        (SUFFIX, Hints(), "青河市水务局"),
        (SUFFIX, Hints(name="工作动态_青河市水务局"), "青河市水务局"),
        (SUFFIX, Hints(name="青河水务"), "青河水务"),  # the operator's title, where the page only hints at another
        ("<meta name=SiteName content=青河市人民政府>", Hints(name="青河水务"), "青河市人民政府"),
        ("<meta name=SiteName content=首页>" + SUFFIX, Hints(), "青河市水务局"),
        ("<meta property=og:site_name content=青河在线>", Hints(publisher="青河市水务局", name="青河水务"), "青河市水务局"),
        (
            '<script type="application/ld+json">{"@type": "NewsArticle", "publisher": {"name": "青河融媒"}}</script>',
            Hints(name="要闻"),
            "青河融媒",
        ),
        ("", Hints(), None),
    ],
)
def test_who_publishes_a_page(head: str, hints: Hints, publisher: str | None) -> None:
    entry = article(head, hints)
    assert entry.credit.publisher == publisher
    assert entry.credit.source == "青河晚报"
    assert [each.text for each in entry.credit.evidence if each.field == "publisher"] == ([publisher] if publisher else [])


ROWS = "".join(
    f'<li>{{mark}}<a href="/a/202304/t20230{n}01_{n}.html">春灌第{n}周各闸站用水情况通报</a><span>2023-04-0{n}</span></li>'
    for n in range(1, 5)
)


def columns(head: str, mark: str = "", url: str = "http://swj.qinghe.example/xwzx/gzdt/index.html", above: str = "") -> set[str | None]:
    html = f"<html><head>{head}</head><body>{above}<ul class=list>{ROWS.format(mark=mark)}</ul></body></html>"
    found = read_list(Document(url=url, body=html.encode(), content_type="text/html; charset=utf-8"), Hints(name="青河通讯"))
    assert len(found.entries) == 4
    assert all((each.column,) == tuple(one.term for one in each.categories) or each.column is None for each in found.entries)
    return {each.column for each in found.entries}


@pytest.mark.parametrize(
    ("head", "mark", "column"),
    [
        ("<title>工作动态_青河市水务局</title>", "", "工作动态"),
        ("<title>本网要闻--青河频道--大河网</title>", "", "本网要闻"),
        ("<title>今日青河-青河通讯</title>", "", "今日青河"),
        ("<meta name=ColumnName content=通知公告><title>工作动态_青河市水务局</title>", "", "通知公告"),
        ("<title>滚动新闻</title>", "", None),  # that may be the site as well as the column
        ("<title>青河在线_青河地区新闻门户</title>", "", None),
        ("<title>滚动</title>", "<div class=lm>[<a href='/sh/'>社会</a>]</div> ", "社会"),
        ("<title>工作动态_青河市水务局</title>", "<span>【水文】</span>", "水文"),
        ("<title>滚动</title>", "<span>[置顶]</span>", None),
        ("<title>滚动</title>", "[<a href='/sh/'>社会</a>] ", "社会"),
    ],
)
def test_the_column_of_a_list_and_of_its_rows(head: str, mark: str, column: str | None) -> None:
    assert columns(head, mark) == {column}


def test_a_breadcrumb_above_the_list_names_its_column_and_a_front_page_is_of_none() -> None:
    crumb = "<div class=pos>您当前的位置：<a href=/>首页</a> &gt; <a href=/xwzx/>新闻中心</a> &gt; 基层快讯</div>"
    assert columns("<title>青河市水务局</title>", above=crumb) == {"基层快讯"}
    assert columns("<title>首页_青河市水务局</title>", url="http://swj.qinghe.example/") == {None}


def test_an_article_without_a_column_is_of_its_lists_and_one_with_a_column_keeps_it() -> None:
    listed = (
        f"<html><head><title>今日青河_大河网</title></head><body><ul><li><a href='{URL}'>{TITLE}</a> 2023-04-04</li></ul></body></html>"
    )
    document = Document(url="http://swj.qinghe.example/jrqh/index.html", body=listed.encode(), content_type="text/html; charset=utf-8")
    for head, column in (("", "今日青河"), ("<meta name=ColumnName content=春灌>", "春灌")):
        page = f"<html><head>{head}</head><body><h1>{TITLE}</h1><p>2023-04-04 来源：青河晚报</p><div>{BODY}</div></body></html>"
        articles = {URL: Document(url=URL, body=page.encode(), content_type="text/html; charset=utf-8")}
        (entry,) = read(document, Hints(kind="page", timezone="Asia/Shanghai"), {}, articles).entries
        assert entry.column == column
        assert "今日青河" in [each.term for each in entry.categories]


# --- bridges --------------------------------------------------------------------------------------------------------------------------

POST = "https://mp.weixin.qq.com/s/Qz7_kLm0-aBcDeFgHiJkLm"
TAIL = "<p>END</p><p>供稿丨渠首管理所</p><p>编辑丨苗青</p><p>审核丨田野</p><p>长按二维码关注“渠水清清”</p>"


def bridged(title: str, author: str, tail: str = TAIL, headline: str = "渠首开闸") -> Entry:
    named = f"<author>{author}</author>" if author else ""
    text = f"<description><![CDATA[<p>渠首闸今早开启，春灌用水三天后到田头。</p>{tail}]]></description>"
    item = f"<item><title>{headline}</title><link>{POST}</link>{named}{text}</item>"
    document = Document(
        url="https://b.example/1.rss", body=f"<rss version='2.0'><channel><title>{title}</title>{item}</channel></rss>".encode()
    )
    (entry,) = read(document).entries
    return entry


@pytest.mark.parametrize(
    ("title", "author"),
    [
        ("渠水清清", "渠水清清"),
        ("渠水清清", ""),
        ("WeWe-RSS All", "渠水清清"),
        ("微信公众号 - 渠水清清", ""),
        ("渠水清清 - 公众号", "渠水清清"),
    ],
)
def test_the_account_of_a_bridge_carries_its_posts_and_is_nobody_who_wrote_them(title: str, author: str) -> None:
    entry = bridged(title, author, tail="<p>编辑丨苗青</p>")
    assert (entry.credit.publisher, entry.credit.source, entry.authors) == ("渠水清清", "渠水清清", ())
    assert entry.contributors == (Author(name="苗青", role=Role.EDITOR),)


def test_the_credits_at_the_end_of_a_post_are_read_to_the_first_of_them() -> None:
    entry = bridged("渠水清清", "渠水清清")
    assert (entry.credit.publisher, entry.credit.source, entry.credit.chain) == ("渠水清清", "渠水清清", ())
    roles = [(Role.EDITOR, "苗青"), (Role.REVIEWER, "田野"), (Role.CONTRIBUTOR, "渠首管理所")]
    assert [(each.role, each.name) for each in entry.contributors] == roles


def test_a_post_that_came_from_elsewhere_names_that_first() -> None:
    entry = bridged("渠水清清", "渠水清清", tail="<p>来源：青河晚报</p><p>END</p><p>编辑丨苗青</p>", headline="最美管水人 | 一把闸钥匙")
    assert (entry.credit.source, entry.credit.chain, entry.credit.publisher) == ("青河晚报", ("青河晚报",), "渠水清清")
    assert entry.title_prefix == "最美管水人 |"


def test_a_person_who_wrote_a_post_stays_its_author() -> None:
    assert bridged("渠水清清", "苗青", tail="").authors == (Author(name="苗青"),)
    assert bridged("渠水清清", "苗青", tail="").credit.publisher == "渠水清清"


def test_films_and_voices_that_a_bridge_delivers_lead_to_where_they_are() -> None:
    frame = '<iframe class="video_iframe" data-src="https://v.qq.com/iframe/preview.html?vid=q0999abcdef"></iframe>'
    entry = bridged("渠水清清", "", tail=f'{frame}<mpvoice voice_encode_fileid="MzA5_1" name="听渠水"></mpvoice>')
    assert entry.content is not None
    assert entry.content.value.startswith("<p>渠首闸今早开启，春灌用水三天后到田头。</p>")
    assert '<a href="https://v.qq.com/x/page/q0999abcdef.html"' in entry.content.value
    assert [(each.title, each.type) for each in entry.enclosures] == [("听渠水", "audio/mpeg")]


@pytest.mark.parametrize(
    "tail",
    [
        "</div></section><mpvoice>",
        "<mpvoice voice_encode_fileid=x>&#1;",
        '<iframe class="video_iframe" data-src="//[">',
        '<iframe class="video_iframe" data-cover="https://a.example/%00%1f%ff.jpg" data-desc="&amp;#1;&amp;#xffff;"></iframe>',
        '<mpvideo data-url="https://a.example/%00" data-desc="&#0;"></mpvideo>',
    ],
)
def test_broken_players_cost_no_post(tail: str) -> None:
    entry = bridged("渠水清清", "", tail=tail)
    assert entry.content is not None
    assert "渠首闸今早开启" in entry.content.value


CRUMBS = "<div class=pos>当前位置：<a href=/>青河市水务局</a> &gt; <a href=/xwzx/>新闻中心</a> &gt; <a href=/xwzx/gzdt/>工作动态</a></div>"


@pytest.mark.parametrize(
    ("above", "column", "selector", "found", "where"),
    [
        (CRUMBS, None, None, "工作动态", "the breadcrumb"),
        (CRUMBS, "灌区", None, "灌区", "the configuration"),  # the operator's word before every guess
        (CRUMBS, "灌区", ".pos", "工作动态", "the selector .pos"),  # after what he told us to look at
        ("", "灌区", ".pos", "灌区", "the configuration"),
        ("", None, ".pos", None, None),
    ],
)
def test_the_column_by_selector_by_word_and_by_looking(
    above: str, column: str | None, selector: str | None, found: str | None, where: str | None
) -> None:
    entry = article("", Hints(column=column, article=ArticleSelectors(column=selector)), above)
    assert entry.column == found
    assert [each.where for each in entry.credit.evidence if each.field == "column"] == ([where] if where else [])


def test_the_operators_column_goes_before_that_of_the_list() -> None:
    html = f"<html><head></head><body><ul class=list>{ROWS.format(mark='<span>【水文】</span>')}</ul></body></html>"
    page = Document(url="http://swj.qinghe.example/xwzx/gzdt/index.html", body=html.encode(), content_type="text/html; charset=utf-8")
    assert {each.column for each in read_list(page, Hints()).entries} == {"水文"}
    assert {each.column for each in read_list(page, Hints(column="灌区")).entries} == {"灌区"}
