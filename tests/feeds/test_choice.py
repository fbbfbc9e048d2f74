"""Which links of a page are its list, where nothing but looking tells; and what is said against the choice."""

from __future__ import annotations

from time import process_time

import pytest

from feeds.read import dom
from feeds.read.choice import Choice, choose
from feeds.read.rows import date_beside, is_directory, is_numbered, is_slug, title_of
from feeds.records import Document

URL = "https://blog.example/category/news/"
TITLES = (
    "The ferry is back after the storm",
    "A reading room opens in the old mill",
    "What the council decided on Monday",
    "Volunteers wanted for the river clean-up",
    "Three new benches on the east bank",
    "How the bridge got its second name",
)
MENU = "".join(f"<li><a href='/{name}/'>{name.title()}</a></li>" for name in ("about", "services", "contact", "archive", "press", "jobs"))


def chosen(body: str, url: str = URL) -> Choice:
    return choose(dom.page(Document(url=url, body=f"<html><body>{body}</body></html>".encode(), content_type="text/html; charset=utf-8")))


def titles(body: str, url: str = URL) -> list[str]:
    return [title_of(row.link) for row in chosen(body, url).rows]


def slug(title: str) -> str:
    return "-".join(word for word in title.lower().split() if word.isalnum())


def posts(row: str, each: tuple[str, ...] = TITLES) -> str:
    return "".join(row.format(n=n, title=title, slug=slug(title)) for n, title in enumerate(each))


def test_the_headings_of_a_blog_without_dates_whose_rows_have_classes_of_their_own() -> None:
    kinds = ("category-news tag-menu", "category-press has-post-thumbnail", "category-news sticky", "tag-newsletter", "format-video", "x9")
    row = "<article class='post-{n} post {kind}'><h2 class='entry-title'><a href='/{slug}/index.html'>{title}</a></h2><p>…</p></article>"
    rows = "".join(
        row.format(n=n, kind=kind, title=title, slug=slug(title)) for n, (kind, title) in enumerate(zip(kinds, TITLES, strict=True))
    )
    assert titles(f"<ul>{MENU}</ul><div id='content'>{rows}</div>") == list(TITLES)


def test_pictures_and_read_more_that_lead_where_the_headline_leads_belong_to_its_row() -> None:
    row = (
        "<li><div><a href='/{slug}/'><img src='{n}.jpg'></a></div><div><a href='/{slug}/'>{title}</a></div>"
        "<div><a href='/{slug}/'>Read more</a></div><i>2024-03-0{n}</i></li>"
    )
    rows = posts(row.replace("0{n}", "1{n}"))
    assert titles(f"<ul>{rows}</ul>") == list(TITLES)


def test_a_menu_that_stands_at_a_like_place_as_the_rows() -> None:
    rows = posts("<li><a href='t2024031{n}_77{n}.html'>{title}</a></li>")
    assert titles(f"<div><div><ul>{MENU}{MENU}</ul></div><div><ul>{rows}</ul></div></div>") == list(TITLES)


def test_the_newest_articles_in_a_box_are_not_the_archive_of_a_year() -> None:
    row = (
        "<article class='media'><div class='media-content'><p class='title'><a href='/2017/10/1{n}/{slug}/'>{title}</a></p></div></article>"
    )
    old = posts(row, tuple(title.upper() for title in TITLES))
    new = posts(row.replace("/2017/", "/2024/").replace("</p>", "</p><time datetime='2024-11-1{n}'></time>"), TITLES[:4])
    box = f"<div class='column'><div class='card widget'><div class='card-content'>{new}</div></div></div>"
    assert titles(f"<div class='columns'><div class='column main'><div class='timeline'>{old}</div></div>{box}</div>") == [
        title.upper() for title in TITLES
    ]


def test_what_holds_most_of_the_page_is_no_menu_whatever_it_is_called() -> None:
    rows = posts(
        "<article><h1><a href='/2016/12/1{n}/{slug}/'>{title}</a></h1><p>" + "Word after word of the text. " * 9 + "</p></article>"
    )
    assert titles(f"<div class='menu-l'>{rows}</div>") == list(TITLES)


def test_the_date_below_a_row() -> None:
    row = "<tr><td>&gt;&gt;</td><td><a href='news.asp?id={n}'>{title}</a></td></tr><tr><td></td><td>[ 2013/12/0{n} ]</td></tr>"
    choice = chosen(f"<table>{posts(row.replace('0{n}', '1{n}'))}</table>")
    assert len(choice.rows) == len(TITLES)
    assert choice.doubts == ()


def test_a_diary_with_short_titles_is_known_by_its_dates() -> None:
    row = "<div class='sort-item'><time datetime='2025-10-1{n}'></time><a class='sort-title' href='/blog/{title}'>{title}</a></div>"
    diary = ("Rain", "Sun", "A very long and windy day at sea", "Fog", "Snow in October", "Calm")
    assert titles(f"<div>{posts(row, diary)}</div>") == list(diary)


def test_pinned_rows_with_shorter_titles_within_the_list() -> None:
    row = "<li class='thread'><div class='t'><a class='tit' href='/p/65000{n}'>{title}</a></div></li>"
    pinned = (
        "<li class='folder'><ul class='top'>" + posts(row.replace("65000", "64000"), ("Rules of the house", "Read me first")) + "</ul></li>"
    )
    assert titles(f"<ul class='list'>{pinned}{posts(row)}</ul>") == ["Rules of the house", "Read me first", *TITLES]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/the-ferry-is-back/", True),
        ("/the-ferry-is-back/index.html", True),
        ("/2024/03/ferry/", True),
        ("/posts/ferry/", True),
        ("/%E6%B2%B3%E7%95%94%E4%B9%A6%E5%B1%8B%E5%BC%80/", True),
        ("/category/%E6%96%B0%E9%97%BB/", False),
        ("/category/news/", False),
        ("/risk-analysis/", False),
        ("/", False),
    ],
)
def test_addresses_that_end_in_the_words_of_a_headline(path: str, expected: bool) -> None:
    assert is_slug(path) is expected
    assert is_directory(path) is not expected


@pytest.mark.parametrize(
    ("path", "expected"), [("/news/page/10/", False), ("/news/page/10", False), ("/news/10/", True), ("/page/771234/", True)]
)
def test_the_number_of_a_page_of_a_list_is_none_of_an_article(path: str, expected: bool) -> None:
    assert is_numbered(path) is expected


ARTICLE = "<article><header><h2><a href='/{slug}/'>{title}</a></h2></header></article>"


def test_articles_are_no_menu_though_the_column_beside_one_is_called_so() -> None:
    assert titles(f"<div class='left'><ul>{MENU}</ul></div><div class='menu-beside'>{posts(ARTICLE)}</div>") == list(TITLES)


@pytest.mark.parametrize("box", ["<div class='sidebar'>{}</div>", "<nav>{}</nav>", "<footer>{}</footer>"])
def test_articles_in_a_side_column_are_not_the_list(box: str) -> None:
    assert chosen(box.format(posts(ARTICLE)) + "<p>" + "What the council said, at length. " * 90 + "</p>") == Choice()


@pytest.mark.parametrize("name", ["related-posts", "recommend", "relation"])
def test_what_is_related_to_an_article_is_no_list_however_well_it_is_dated(name: str) -> None:
    row = "<li class='" + name + "'><h4><a href='/2024/03/1{n}/{slug}/'>{title}</a></h4><time datetime='2024-03-1{n}'>March</time></li>"
    assert chosen(f"<h1>The photograph of the ferry</h1><ul>{posts(row)}</ul>") == Choice()


def test_the_date_below_the_heading_of_an_article_that_is_shown_whole() -> None:
    row = (
        "<section><h2><a href='/{slug}/'>{title}</a></h2><div>By Ines | <span>Jul 2{n}, 2014</span></div><p>"
        + "Words of it. " * 70
        + "</p></section>"
    )
    found = chosen(posts(row, TITLES[:2]))
    assert [title_of(row.link) for row in found.rows] == list(TITLES[:2])
    assert [date_beside(row) for row in found.rows] == ["Jul 20, 2014", "Jul 21, 2014"]


def test_a_paragraph_below_a_heading_is_not_the_line_that_says_when() -> None:
    row = "<section><h2><a href='/{slug}/'>{title}</a></h2><p>On Jul 2{n}, 2014 " + "it was said again. " * 70 + "</p></section>"
    assert [date_beside(each) for each in chosen(posts(row)).rows] == [None] * len(TITLES)


def test_cards_that_link_to_their_column_and_author_are_known_by_their_dates() -> None:
    row = (
        "<div class='card'>\n"
        + " " * 400
        + "<a href='/{n}a/'><img src='{n}.jpg'><span class='card-title'>{title}</span></a>\n"
        + " " * 400
        + "<div><p>…</p>"
        "<div><span>2024-03-1{n}</span><a href='/columns/town/'>Town</a></div></div><div><a href='/tags/river/'>River</a></div></div>"
    )
    chinese = tuple(
        f"{each}的经过与后续安排"
        for each in ("渡轮雨后复航", "老磨坊开设阅览室", "周一议会决定", "清河志愿者招募", "东岸新添长椅", "桥改名")
    )
    assert titles(f"<ul>{MENU}</ul><main>{posts(row, chinese)}</main>") == list(chinese)


def test_a_very_short_title_among_dated_rows_is_a_row() -> None:
    row = "<div class='sort'><time datetime='2024-03-1{n}'>2024-03-1{n}</time><a class='t' href='/blog/{n}x/'>{title}</a></div>"
    mixed = (
        "河畔书屋重新开放的经过一览",
        "并查集",
        "清河志愿者招募工作今天开始了",
        "东岸新添三张长椅供人们休息",
        "桥的第二个名字的由来和传说",
    )
    assert titles(f"<div>{posts(row, mixed)}</div>") == list(mixed)


# --- doubts ---------------------------------------------------------------------------------------------------------------------------

GOOD = "<ul class='news'>" + posts("<li><a href='/2024/a{n}.html'>{title}</a> <i>2024-03-1{n}</i></li>") + "</ul>"

HOT = posts("<li><a href='/2023/b{n}.html'>Hot {title}</a> <i>2023-03-1{n}</i></li>", TITLES[:5])


def test_nothing_is_said_against_a_plain_list() -> None:
    assert chosen(GOOD).doubts == ()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (
            GOOD + "<ol class='hot'>" + HOT + "</ol>",
            (
                "another group of links is nearly as likely to be the list: 5 with titles like 'Hot The ferry is back after the storm'; "
                "the 6 that were chosen have titles like 'The ferry is back after the storm'"
            ),
        ),
        ("<div><h2><a href='/the-only-one-here/'>The only one that there is</a></h2> 2024-03-01</div>", "the list has only 1 row"),
        (posts("<h2><a href='/{slug}/'>{title}</a></h2>"), "no row says a date"),
        (posts("<h2><a href='https://other.example/2024/{slug}/'>{title}</a> 2024-03-1{n}</h2>"), "6 of its 6 rows lead to other sites"),
        (
            posts("<li><a href='/2024/03/1{n}/77{n}.html'>{title}</a></li>", ("Ferry news", "Mill opens", "The council", "River club")),
            "4 of its 4 titles are very short, as those of a menu are",
        ),
    ],
)
def test_what_speaks_against_the_choice_is_said(body: str, said: str) -> None:
    assert said in chosen(body).doubts


def test_a_page_without_a_list_has_neither() -> None:
    assert chosen(f"<ul>{MENU}</ul>") == Choice()


def test_a_paragraph_of_very_many_links_is_looked_at_once() -> None:
    links = "<a href='/a/b-c-d/'>The title of a row</a> 2024-01-01 " * 12_000
    started = process_time()
    assert chosen(f"<p>{links}</p>") == Choice()
    assert process_time() - started < 20  # a minute and more when each link had the whole of it counted
