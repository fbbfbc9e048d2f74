"""What there is to read at an address: a list or an article, the feeds that it names, selectors that find the same list again."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from feeds.errors import FeedError
from feeds.read import read
from feeds.read.listing import read_list
from feeds.records import Document, Feed, Hints, ListSelectors

PAGES = Path(__file__).parent.parent / "pages"
TOLD = Hints(kind="survey", timezone="Asia/Shanghai")


def made(html: str, url: str = "https://site.example/news/") -> Document:
    return Document(url=url, body=html.encode(), content_type="text/html; charset=utf-8")


def survey(html: str, url: str = "https://site.example/news/") -> Feed:
    return read(made(html, url), TOLD)


@pytest.mark.parametrize("name", ["account-post", "bare-table", "civic-2013", "english", "ministry", "northeast"])
def test_an_article_is_told_from_a_list(name: str) -> None:
    body = (PAGES / f"{name}.html").read_bytes()
    found = read(Document(url=f"http://site.example/2022/{name}.html", body=body, content_type="text/html"), TOLD)
    assert found.kind == "article"
    assert len(found.entries) == 1


@pytest.mark.parametrize("name", ["list-boxes", "list-cards", "list-table"])
def test_selectors_are_given_that_find_the_same_list(name: str) -> None:
    document = Document(url=f"http://site.example/{name}.html", body=(PAGES / f"{name}.html").read_bytes(), content_type="text/html")
    found = read(document, TOLD)
    assert found.kind == "page"
    assert found.selectors is not None
    again = read_list(document, structs.replace(TOLD, kind="page", list=found.selectors))
    assert [(each.uid, each.title, each.published) for each in again.entries] == [
        (each.uid, each.title, each.published) for each in found.entries
    ]


ROWS = "".join(
    f'<li class="row-{number}"><a href="/n/{number}.html" title="第{number}件：河道两岸的志愿者今天又来巡河">第{number}件：河道两岸的…</a>'
    f'<span class="rq">2024-05-0{number}</span></li>'
    for number in range(1, 8)
)


def test_the_title_attribute_and_the_date_are_named_where_they_say_more() -> None:
    found = survey(
        f'<html><body><div class="nav"><ul><li><a href="/">首页</a></li></ul></div><ul class="news_list">{ROWS}</ul></body></html>'
    )
    assert found.selectors == ListSelectors(item="ul.news_list > li", title="a@title", date="span.rq")
    assert len(found.entries) == 7


def test_no_selector_is_given_that_stands_on_places_alone() -> None:
    found = survey(f"<html><body><div><div></div><div><ul>{ROWS}</ul></div></div></body></html>")
    assert found.selectors is None
    assert len(found.entries) == 7


def test_feeds_that_a_page_declares_and_links_to_come_once_and_in_order() -> None:
    found = survey(
        f"""<html><head><title>河畔</title><base href="https://site.example/x/">
        <link rel="alternate" type="application/rss+xml" title="全部" href="/rss.xml">
        <link rel="ALTERNATE" type="application/atom+xml;charset=utf-8" href="all.atom">
        <link rel="alternate" type="application/feed+json" href="javascript:alert(1)">
        <link rel="alternate" hreflang="en" href="/en/">
        </head><body><ul class="news_list">{ROWS}</ul>
        <a href="/rss.xml">RSS</a> <a href="/feed/local">本地新闻</a> <a href="/about-rss.html">关于 RSS</a>
        <a href="mailto:rss@x.example">RSS</a>
        </body></html>"""
    )
    assert [(each.xml_url, each.title) for each in found.leads] == [
        ("https://site.example/rss.xml", "全部"),
        ("https://site.example/x/all.atom", ""),
        ("https://site.example/feed/local", "本地新闻"),
    ]


def test_a_page_with_neither_says_why_and_still_names_its_feeds() -> None:
    found = survey('<html><head><link rel=alternate type=application/rss+xml href="/f"></head><body><p>建设中</p></body></html>')
    assert (found.kind, found.entries, len(found.leads)) == ("page", (), 1)
    assert "no list of articles" in found.repairs[-1]


@given(
    st.text(max_size=400),
    st.lists(st.sampled_from(["ul", "li", "a href=/1.html", "div class=x", "table", "/ul", "/li", "span"]), max_size=40),
)
def test_nothing_that_strangers_write_is_a_fault_of_ours(text: str, tags: list[str]) -> None:
    html = "".join(f"<{tag}>{text[:9]}" for tag in tags) + text
    try:
        found = survey(f"<html><body>{html}</body></html>")
    except FeedError:
        return
    assert found.kind in ("page", "article")


@pytest.mark.parametrize(
    "page",
    [
        "<a href='http://[x/rss.xml'>RSS</a><p>x",
        "<a href='https://caixin.e\ufffd\u210020<'>RSS</a><p>x",
        "<ul>"
        + "<o:p class=row><a href=/2026/01/0{0}.html>标题说的是第{0}件事情</a> <t;>2026-01-0{0}</t;></o:p>".replace("{0}", "%d")
        % ((1,) * 3)
        + "</ul>",
        "<!--<$[信息内容]>begin--><!--x--><!--<$[信息内容]>end--><h1>题</h1>",
        "<h1>题</h1><div id=zoom>" + "正文。" * 90 + "<a href='http://chinanews.exampl\u2100'>附件</a></div>",
    ],
)
def test_what_nobody_would_write_is_surveyed_too(page: str) -> None:
    for kind in ("survey", "article", "page"):
        with suppress(FeedError):
            read(Document(url="https://site.example/news/", body=page.encode()), Hints(kind=kind))


@pytest.mark.parametrize(
    ("html", "url", "leads"),
    [
        (
            "<div id=list data-url='./ds_7f3c.json'></div><script src=/a.js></script>",
            "https://site.example/tj/index.htm",
            ["/tj/ds_7f3c.json"],
        ),
        (
            "<script>load('/api/list.json?page=1', '/config.json', '/i18n/zh.json')</script>",
            "https://site.example/n/",
            ["/api/list.json?page=1"],
        ),
        ("<script>load('https://other.example/list.json')</script>", "https://site.example/n/", []),
        (
            "<script>window._CONFIG = {SITE_ID: '98', SID: '2001', TREE: [{ id: 153, name: '最新公开' }, {id: 7}]}</script>",
            "https://site.example/qu/gkmlpt/index",
            ["/qu/gkmlpt/api/all/153?page=1&sid=2001", "/qu/gkmlpt/api/all/7?page=1&sid=2001"],
        ),
    ],
)
def test_a_page_that_its_script_fills_leads_to_what_that_loads(html: str, url: str, leads: list[str]) -> None:
    found = survey(f"<html><head><title>新闻</title></head><body><div id=app></div>{html}</body></html>", url)
    assert (found.entries, [each.xml_url for each in found.leads]) == ((), [f"https://site.example{each}" for each in leads])


POST = "<article class='post'><h2><a href='/{slug}/'>{title}</a></h2><p>By Ada Brook</p><p>{text}</p></article>"
COLUMN = [
    ("the-ferry-is-back", "The ferry is back"),
    ("a-reading-room-opens", "A reading room opens"),
    ("new-benches-east", "New benches east"),
]


def column(text: str) -> str:
    rows = "".join(POST.format(slug=slug, title=title, text=text) for slug, title in COLUMN)
    return (
        f"<html><head><meta property='og:type' content='article'></head><body><h1>News</h1><div class='content'>{rows}</div></body></html>"
    )


@pytest.mark.parametrize(
    "text", ["Short.", "It runs again from Monday on, every ten minutes, as it did before the storm of the autumn. " * 6]
)
def test_a_column_of_a_blog_is_a_list_though_it_calls_itself_an_article(text: str) -> None:
    found = survey(column(text))
    assert (found.kind, [each.title for each in found.entries]) == ("page", [title for _, title in COLUMN])


def test_the_same_of_an_address_that_is_none_of_a_folder_is_an_article() -> None:
    assert survey(column("Short."), "https://site.example/news/2024/03/19/77213.html").kind == "article"


def test_a_further_page_of_a_list_is_none_though_it_calls_itself_an_article_and_has_a_time() -> None:
    row = "<li><h2><a href='/news/the-river-and-its-{n}-bridges/'>The river and its {n} bridges</a></h2></li>"
    head = "<meta property='og:type' content='article'><meta property='article:published_time' content='2024-03-01T08:15:00Z'>"
    text = "<div class='article-content'><p>" + "What this column is about, said at length. " * 14 + "</p></div>"
    html = f"<html><head>{head}<title>News</title></head><body><h1>News</h1>{text}<ul>{{}}</ul></body></html>"
    rows = "".join(row.format(n=n) for n in range(6))
    assert survey(html.format(rows), "https://site.example/news/page/10/").kind == "page"
    assert survey(html.format(rows[: rows.index("</li>")]), "https://site.example/news/page/10/").kind == "article"


def test_rows_without_elements_of_their_own_are_found_by_their_links() -> None:
    rows = "".join(
        f"<h2 class='t'><a href='/{slug}/'>{title}</a></h2><p>Text.</p><p>2024-03-1{n}</p>" for n, (slug, title) in enumerate(COLUMN)
    )
    page = f"<html><body><div id='posts'><div><h2>News</h2>{rows}</div></div></body></html>"
    found = survey(page)
    assert found.selectors is not None
    again = read_list(made(page), structs.replace(TOLD, kind="page", list=found.selectors))
    assert [each.title for each in again.entries] == [title for _, title in COLUMN]


def test_a_close_second_is_named_with_the_selector_that_finds_it() -> None:
    def rows(year: int, said: str) -> str:
        return "".join(f"<li><a href='/{year}/a{n}.html'>{said} of the town, number {n}</a> <i>{year}-03-1{n}</i></li>" for n in range(6))

    found = survey(f"<html><body><ul class='news'>{rows(2024, 'News')}</ul><ul class='tales'>{rows(2023, 'Tales')}</ul></body></html>")
    assert found.selectors is not None
    assert found.selectors.item == "ul.news > li"
    assert found.doubts[1:] == ("the other group is found with the list selector item: 'ul.tales > li'",)
