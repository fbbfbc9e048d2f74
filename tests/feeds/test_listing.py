"""List pages: by selector and by looking; what is left alone; what is said when nothing is found."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.errors import FeedError, Malformed, NotAnArticle, NothingFound, Removed, Withheld
from feeds.read.listing import leads_to_page, read_list
from feeds.records import Document, Entry, Hints, ListSelectors, Precision

PAGES = Path(__file__).parent.parent / "pages"
BEIJING = timezone(timedelta(hours=8))
HERE = Hints(timezone="Asia/Shanghai")
URL = "http://www.binhe.example/rd/index.shtml"


def page(name: str) -> Document:
    return Document(url=URL, body=(PAGES / name).read_bytes())


def made(html: str, url: str = URL) -> Document:
    return Document(url=url, body=html.encode(), content_type="text/html; charset=utf-8")


def day(year: int, month: int, date: int) -> datetime:
    return datetime(year, month, date, tzinfo=BEIJING)


TABLE = [
    ("河畔书屋延长夜读时间 退休教师轮流值守到深夜", "http://www.binhe.example/system/2023/03/09/010000009.shtml", day(2023, 3, 9)),
    ("[图]巷口小黑板写满好人好事", "http://www.binhe.example/system/2023/03/08/010000008.shtml", day(2023, 3, 8)),
    ("邻城启动“净河日”联动行动", "http://m.other.example/a/77.html", day(2023, 3, 7)),
    ("三月好人候选名单公示（附件）", "http://www.binhe.example/files/202303/gongshi.pdf", day(2023, 3, 6)),
]


@pytest.mark.parametrize(
    "selectors",
    [
        ListSelectors(),
        ListSelectors(item="table.lb tr", link="a", date="td:nth-child(2)"),
        ListSelectors(item="table.lb td"),
        ListSelectors(item="//table[@class='lb']//tr", link="./td/a", title="./td/a", date="./td[2]"),
        ListSelectors(link="table.lb a"),
        ListSelectors(date="td + td"),
    ],
)
def test_a_table_of_news(selectors: ListSelectors) -> None:
    feed = read_list(page("list-table.html"), Hints(timezone="Asia/Shanghai", list=selectors))
    assert [(each.title, each.link, each.published) for each in feed.entries] == TABLE
    assert {each.precision for each in feed.entries} == {Precision.DAY}
    assert feed.entries[1].title_prefix == "[图]"
    assert feed.entries[0].uid == "//www.binhe.example/system/2023/03/09/010000009.shtml"
    assert feed.next_link == "http://www.binhe.example/rd/index_2.shtml"
    assert feed.kind == "page"


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("环境异常，完成验证后即可继续访问", Withheld),
        ("该内容已被发布者删除", Removed),
        ("请先登录", NotAnArticle),
        ("暂无内容", NothingFound),
    ],
)
def test_a_notice_in_the_place_of_a_list_is_told(said: str, kind: type[FeedError]) -> None:
    with pytest.raises(kind) as told:
        read_list(made(f"<html><head><title>t</title></head><body><div>{said}</div></body></html>"), HERE)
    assert type(told.value) is kind


def test_which_links_are_pulled_as_articles() -> None:
    feed = read_list(page("list-table.html"), HERE)
    assert [leads_to_page(each) for each in feed.entries] == [True, True, True, False]
    assert not leads_to_page(Entry(uid="1"))


def test_boxes_with_the_day_first_and_a_base_address() -> None:
    feed = read_list(page("list-boxes.html"), HERE)
    assert [(each.title, each.link, each.published) for each in feed.entries] == [
        ("东风渠完成秋季清淤首段验收", "https://slj.example/gzdt/202209/t20220928_11.html", day(2022, 9, 28)),
        ("小学生走进泵站 摸一摸会唱歌的水表", "https://slj.example/gzdt/202209/t20220926_10.html", day(2022, 9, 26)),
        ("护河员交流会上的三个土办法", "https://slj.example/gzdt/202209/t20220921_09.html", day(2022, 9, 21)),
    ]


def test_cards_of_an_english_site() -> None:
    feed = read_list(page("list-cards.html"), Hints())
    assert [each.title for each in feed.entries] == [
        "Volunteers restore the tidal mill",
        "Quay lamps return after forty years of darkness",
        "A school garden that feeds three streets",
    ]
    assert feed.entries[0].published == datetime(2023, 5, 4, 6, 30, tzinfo=UTC)
    assert feed.next_link == "http://www.binhe.example/news?page=2"


def test_a_definition_list_keeps_its_dates_beside_the_terms() -> None:
    feed = read_list(page("list-dl.html"), HERE)
    assert [(each.title, each.link, each.published) for each in feed.entries] == [
        ("百名志愿者为走失老人点亮回家的灯", "http://zy.example/system/2017/10/19/33.shtml", day(2017, 10, 19)),
        ("旧校服变成了图书馆的坐垫", "http://www.binhe.example/system/2017/10/18/32.shtml", day(2017, 10, 18)),
    ]


def test_records_that_a_script_renders() -> None:
    feed = read_list(page("list-script.html"), HERE)
    assert feed.title == "部门动态"
    assert [(each.title, each.link, each.published) for each in feed.entries] == [
        ("乡镇书屋“夜灯”亮到十点", "http://www.binhe.example/art/2021/3/9/art_77_101.html", day(2021, 3, 9)),
        ("村口的修鞋摊免费了", "http://www.binhe.example/art/2021/3/8/art_77_100.html", day(2021, 3, 8)),
    ]


def test_a_json_list() -> None:
    first = {"showTitle": "<a href='/x'>One &amp; only</a>", "LinkUrl": "/n/1.html", "publishTime": "2022-09-28 16:20:15"}
    second = {"title": "Two", "url": "//b.example/2", "create_time": 1663895700}
    body = json.dumps({"total": 2, "data": {"tags": ["a"], "list": [first, second, {"title": "no address"}]}}).encode()
    feed = read_list(Document(url="https://a.example/api/list", body=body, content_type="application/json"), HERE)
    assert [(each.title, each.link) for each in feed.entries] == [
        ("One & only", "https://a.example/n/1.html"),
        ("Two", "https://b.example/2"),
    ]
    assert feed.entries[0].published == datetime(2022, 9, 28, 16, 20, 15, tzinfo=BEIJING)
    assert feed.entries[1].published == datetime(2022, 9, 23, 1, 15, tzinfo=UTC)


@pytest.mark.parametrize(("body", "error"), [(b'{"list": [', Malformed), (b'{"list": [{"a": 1}]}', NothingFound), (b"[]", NothingFound)])
def test_json_without_a_list(body: bytes, error: type[FeedError]) -> None:
    with pytest.raises(error):
        read_list(Document(url="https://a.example/api", body=body), HERE)


ROW = "<li><a href='{href}'{title}>{text}</a> {date}</li>"


def rows(*made_of: tuple[str, str, str, str]) -> str:
    items = "".join(
        ROW.format(href=href, title=f' title="{title}"' if title else "", text=text, date=date) for href, title, text, date in made_of
    )
    return f"<html><body><ul>{items}</ul></body></html>"


@pytest.mark.parametrize(
    ("text", "attribute", "title"),
    [
        ("·海河两岸添“书香驿站”", "", "海河两岸添“书香驿站”"),
        ("海河两岸添“书香...", "海河两岸添“书香驿站”市民可借阅", "海河两岸添“书香驿站”市民可借阅"),
        ("海河两岸添“书香…", "海河两岸添“书香驿站”", "海河两岸添“书香驿站”"),
        ("海河两岸添", "海河两岸添“书香驿站”", "海河两岸添“书香驿站”"),
        ("", "海河两岸添“书香驿站”", "海河两岸添“书香驿站”"),
        ("海河两岸添“书香驿站”", "点击打开新窗口", "海河两岸添“书香驿站”"),
        ("修鞋摊前的“暖心凳”~~~一条板凳坐热半条街", "", "修鞋摊前的“暖心凳”"),
        ("海河两岸添“书香驿站”<span>2022-09-28</span>", "", "海河两岸添“书香驿站”"),
    ],
)
def test_the_full_headline(text: str, attribute: str, title: str) -> None:
    feed = read_list(made(rows(("/a/2022/09/28/1.html", attribute, text, "2022-09-28"))), HERE)
    assert feed.entries[0].title == title


@pytest.mark.parametrize(
    ("said", "href", "when"),
    [
        ("[2022-09-28]", "/a/77001.html", day(2022, 9, 28)),
        ("09-28 08:03", "/a/2022/09/28/1.html", datetime(2022, 9, 28, 8, 3, tzinfo=BEIJING)),
        ("<em>2022</em> 09/28", "/a/77001.html", day(2022, 9, 28)),
        ("", "/a/2022/09/28/1.html", day(2022, 9, 28)),
        ("09-28", "/a/77001.html", None),
    ],
)
def test_dates_beside_the_link(said: str, href: str, when: datetime | None) -> None:
    feed = read_list(
        made(rows((href, "", "一条足够长的新闻标题在这里呢", said), ("/a/77002.html", "", "又一条足够长的新闻标题在这里", said))), HERE
    )
    assert feed.entries[0].published == when


@pytest.mark.parametrize(
    ("reference", "when"),
    [
        (None, day(2022, 9, 28)),
        (datetime(2022, 9, 28, 20, 30, tzinfo=BEIJING), datetime(2022, 9, 28, 11, 30, tzinfo=BEIJING)),
        (datetime(2022, 12, 1, 8, 0, tzinfo=BEIJING), day(2022, 9, 28)),  # a page that a cache kept
    ],
)
def test_hours_ago_count_from_when_the_list_came(reference: datetime | None, when: datetime) -> None:
    html = rows(*((f"/a/2022/09/28/{number}.html", "", f"第{number}条足够长的新闻标题在这里呢", "9小时前") for number in (1, 2)))
    assert [each.published for each in read_list(made(html), HERE, reference=reference).entries] == [when, when]


SHARE = "".join(f'<li><a href="https://share{number}.example/">分享{number}</a></li>' for number in range(8))
FOCUS = "".join(
    f'<li><a href="/photo/{number}.html"><img alt="" src="/{number}.jpg">图集里的大幅照片说明{number}</a></li>' for number in range(4)
)


def test_many_rows_beat_a_gallery_though_each_row_has_buttons_to_share_it() -> None:
    stream = "".join(
        f'<div class="row"><h3><a href="/22/0928/20/FG{number}HO51U0001899O.html">第{number}条滚动消息写得比较完整</a></h3>'
        f'<p class="tags"><a href="/k/1/">标签</a><a href="/k/2/">词语</a></p><span class="time">{number}分钟前</span>'
        f'<div class="share"><ul>{SHARE}</ul></div></div>'
        for number in range(10, 40)
    )
    feed = read_list(made(f'<body><div class="focus"><ul>{FOCUS}</ul></div><div class="stream">{stream}</div></body>'), HERE)
    assert [each.title for each in feed.entries] == [f"第{number}条滚动消息写得比较完整" for number in range(10, 40)]
    assert {each.published for each in feed.entries} == {day(2022, 9, 28)}


@pytest.mark.parametrize(
    "row", ["<tr><td>{n}</td><td><a href='{a}'>{t}</a></td><td>{n}0524</td></tr>", "<tr><td><i>{n}</i><a href='{a}'>{t}</a></td></tr>"]
)
def test_a_ranking_of_several_tabs_is_a_list_without_dates(row: str) -> None:
    tabs = ""
    for tab in "日周月":
        told = "".join(row.format(n=n, a=f"/story/{tab}{n}x", t=f"{tab}榜第{n}名的新闻标题写在这里") for n in range(1, 6))
        tabs += f'<div class="tab"><table>{told}</table></div>'
    feed = read_list(made(f'<body><ul class="nav"><li><a href="/x/">首页</a></li></ul><div class="tabs">{tabs}</div></body>'), HERE)
    assert [each.title for each in feed.entries] == [f"{tab}榜第{n}名的新闻标题写在这里" for tab in "日周月" for n in range(1, 6)]
    assert all(each.published is None for each in feed.entries)


@pytest.mark.parametrize(
    ("path", "when"), [("/22/0928/20/x.html", day(2022, 9, 28)), ("/22/1328/20/x.html", None), ("/99/0928/x.html", None)]
)
def test_a_year_of_two_digits_in_an_address(path: str, when: datetime | None) -> None:
    html = rows((path, "", "一条足够长的新闻标题在这里呢里", "1. 名"), (f"{path}?2", "", "又一条足够长的新闻标题在这里呢", ""))
    items = read_list(made(html), Hints(timezone="Asia/Shanghai", list=ListSelectors(item="li"))).entries
    assert {each.published for each in items} == {when}


def test_a_date_without_a_year_needs_a_reference() -> None:
    html = rows(
        ("/a/77001.html", "", "一条足够长的新闻标题在这里呢", "09-28"), ("/a/77002.html", "", "又一条足够长的新闻标题在这里", "09-27")
    )
    feed = read_list(made(html), HERE, reference=datetime(2022, 10, 1, tzinfo=BEIJING))
    assert [each.published for each in feed.entries] == [day(2022, 9, 28), day(2022, 9, 27)]


def test_equal_links_are_merged_and_addresses_made_absolute() -> None:
    html = rows(
        ("//b.example/a/10001.html", "", "第一条新闻标题写得比较长", "2022-09-28"),
        ("../zx/a/10002.html", "", "第二条新闻标题写得也比较长", "2022-09-27"),
        ("https://b.example/a/10001.html?utm_source=x#top", "", "第一条新闻标题写得比较长而且更完整", "2022-09-28"),
        ("mailto:a@b.example", "", "第三条不是新闻而是一个邮箱", "2022-09-26"),
        ("#", "", "第四条不是新闻而是一个锚点", "2022-09-26"),
        ("javascript:open()", "", "第五条不是新闻而是一段脚本", "2022-09-26"),
    )
    feed = read_list(made(html), HERE)
    assert [each.link for each in feed.entries] == ["http://b.example/a/10001.html", "http://www.binhe.example/zx/a/10002.html"]
    assert feed.entries[0].title == "第一条新闻标题写得比较长而且更完整"


@pytest.mark.parametrize(
    ("selectors", "message"),
    [
        (ListSelectors(item="ul.gone li"), "item 'ul.gone li' finds nothing"),
        (ListSelectors(item="table.lb tr", link="b.gone"), "link 'b.gone' finds no link"),
        (ListSelectors(link="a.gone"), "link 'a.gone' finds nothing"),
    ],
)
def test_the_selector_that_finds_nothing_is_named(selectors: ListSelectors, message: str) -> None:
    with pytest.raises(NothingFound, match=message):
        read_list(page("list-table.html"), Hints(list=selectors))


@pytest.mark.parametrize(
    "html",
    [
        "<html><body><div id='list' data-url='x.json'></div><script>render()</script></body></html>",
        "<html><body><div class='nav'><a href='/a/'>首页</a><a href='/b/'>新闻中心</a><a href='/c/index.html'>公告</a></div></body></html>",
        f"<html><body><p>正文里提到了<a href='/2022/09/28/1.html'>一条很长很长很长的新闻</a>{'，这只是一段文字' * 7}。</p></body></html>",
    ],
)
def test_a_page_without_a_list_says_so(html: str) -> None:
    with pytest.raises(NothingFound, match="set list selectors"):
        read_list(made(html), HERE)


_TAGS = ["<ul>", "</ul>", "<li>", "<table><tr><td>", "</td></tr></table>", "</a>", "<div class='nav list'>", "</div>", "</script>"]
_LINKS = ["<a href='/a/2022/09/28/1.html'>", "<a href='http://['>", "<a href='//'>", "<a title='t…'>"]
_RECORD = ["<script type='text/xml'><datastore><record><![CDATA[", "]]></record>", "{", "[", "\x00"]
_BITS = st.sampled_from([*_TAGS, *_LINKS, *_RECORD, "一条足够长的新闻标题在这里呢", "2022-09-28"])


@settings(deadline=None)
@given(st.lists(st.one_of(_BITS, st.text(max_size=8)), max_size=40).map("".join))
def test_strangers_markup_is_read_or_refused(soup: str) -> None:
    try:
        feed = read_list(made(soup), HERE)
    except FeedError:
        return
    assert feed.entries
    assert len({each.uid for each in feed.entries}) == len(feed.entries)
    assert all(each.title and each.link and each.link.startswith("http") for each in feed.entries)
