"""Where lists and articles go on: links, script calls, counting scripts, records, page numbers; and where they end."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.errors import FeedError
from feeds.read import dom, paging, read
from feeds.read.listing import read_list
from feeds.records import Document, Hints, ListSelectors

URL = "http://gov.example/xw/gzdt/index.html"


def page(html: str, url: str = URL) -> dom.Page:
    return dom.from_text(f"<html><body>{html}</body></html>", url)


def call(text: str) -> str:
    return f"<script>{text}</script>"


ROW = "<div class='p'><a href='{0}index.html'>1</a><span>2</span><a href='{0}index_2.html'>3</a><a href='{0}index_3.html'>4</a></div>"
OPTIONS = "<select><option value='index.html' selected>第1页</option><option value='index_1.html'>第2页</option></select>"
CLASSIC = 'var countPage = 34; var currentPage = {}; document.write("<a href=\\"index_" + nextPage + ".html\\">");'


@pytest.mark.parametrize(
    ("url", "html", "following"),
    [
        (URL, "<a href='index_1.html'>下一页</a>", "http://gov.example/xw/gzdt/index_1.html"),
        (URL, "<a href='index_1.html'>下一頁 »</a>", "http://gov.example/xw/gzdt/index_1.html"),
        (URL, "<a href='?p=2'><b>Next</b> &rsaquo;</a>", "http://gov.example/xw/gzdt/index.html?p=2"),
        (URL, "<a href='/page/2/'>« Older posts</a>", "http://gov.example/page/2/"),
        (URL, "<a class='nxt' title='下一页' href='forum-2-2.html'><i></i></a>", "http://gov.example/xw/gzdt/forum-2-2.html"),
        (URL, "<a href='2.html' rel='next'>more of it</a>", "http://gov.example/xw/gzdt/2.html"),
        (URL, "<a href='javascript:go(2)'>下一页</a>" + OPTIONS, "http://gov.example/xw/gzdt/index_1.html"),
        (URL, "<a href='#'>下一页</a><a href='https://ads.example/x'>Next</a><a href='index.html'>下一页</a>", None),
        (URL, "<a href='b.html'>下一篇：春灌</a>", None),
        (URL, call('createPageHTML(3, 0, "index", "html");'), "http://gov.example/xw/gzdt/index_1.html"),
        (URL, call("createPageHTML(3,1,'index','shtml')"), "http://gov.example/xw/gzdt/index_2.shtml"),
        (URL, call('createPageHTML(3, 2, "index", "html");'), None),
        (URL, call("var n = 5;\nvar c = 0;\ncreatePageHTML(n, c, 'list', 'htm')"), "http://gov.example/xw/gzdt/list_1.htm"),
        (URL, call("createPageHTML('pages', 25, 1, 'fenye', 'shtml', 366)"), "http://gov.example/xw/gzdt/fenye_2.shtml"),
        (URL, call("createPageHTML('pages', 25, 25, 'fenye', 'shtml', 366)"), None),
        (URL, call(CLASSIC.format(0)), "http://gov.example/xw/gzdt/index_1.html"),
        ("http://gov.example/a/index_7.html", call(CLASSIC.format(7)), "http://gov.example/a/index_8.html"),
        (URL, call(CLASSIC.format(33)), None),
        ("http://gov.example/xw/gzdt/index_1.html", ROW.format(""), "http://gov.example/xw/gzdt/index_2.html"),
        (URL, "<p><b>1</b> <a href='l.asp?page=2'>[2]</a> <a href='l.asp?page=3'>[3]</a></p>", "http://gov.example/xw/gzdt/l.asp?page=2"),
        (URL, "<ul><li><a href='/2022/'>2022</a></li><li><a href='/2021/'>2021</a></li></ul>", None),
        (URL, "<script src='/system/count/0017001/009/count_page_list_0017001009.js'></script>",
         "http://gov.example/system/count/0017001/009/count_page_list_0017001009.js"),
        ("http://gov.example/system/more/17001/0035/17001_00003500.shtml", "", "http://gov.example/system/more/17001/0034/17001_00003499.shtml"),
        ("http://gov.example/system/more2/17001/0100/17001_00010000.shtml", "", "http://gov.example/system/more/17001/0099/17001_00009999.shtml"),
        ("http://gov.example/system/more/17001/0001/17001_00000001.shtml", "<script src='count_page_list_1.js'></script>", None),
        ("http://gov.example/system/count//0008016/000/000/002/c0008016_000000000200.shtml", "",
         "http://gov.example/system/count//0008016/000/000/001/c0008016_000000000199.shtml"),
    ],
)  # fmt: skip
def test_where_a_list_goes_on(url: str, html: str, following: str | None) -> None:
    assert paging.next_page(page(html, url)) == following


@pytest.mark.parametrize(
    ("text", "following"),
    [
        ('var maxpage = 3560;\nvar channel_id = "17001009";', "/system/more/17001009/0035/17001009_00003560.shtml"),
        ("var maxpage = 12034;", "/system/more2/17001009/0120/17001009_00012034.shtml"),
        ('var maxpage=2; var u="/system/more/17001/0001/17001_" + n;', "/system/more/17001/0001/17001_00000002.shtml"),
        ("var maxpage = 0;", None),
    ],
)
def test_a_script_that_counts_leads_to_the_newest_of_the_older_pages(text: str, following: str | None) -> None:
    url = "http://news.example/system/count/0017001/009/count_page_list_0017001009.js"
    feed = read_list(Document(url=url, body=text.encode()), Hints())
    assert feed.entries == ()
    assert feed.next_link == (f"http://news.example{following}" if following else None)


RECORD = (
    "<record><![CDATA[<li><a href='/art/2022/9/{0}/art_1_{0}.html' title='村口的修鞋摊免费了{0}'>村口…</a>"
    "<span>2022-09-{0}</span></li>]]></record>"
)
JPAGE = """<html><body><div id="9"></div><script type="text/xml"><datastore><recordset>{records}</recordset></datastore></script>
<script>$('#9').jpage({{perPage:2, totalRecord:{total}, groupSize:2, proxyUrl:'/module/web/jpage/dataproxy.jsp',
ajaxParam:{{col:1, columnid:5236, unitid:'9'}}}});</script></body></html>"""


def asked(address: str | None) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address or "").query).items()}


def test_records_go_on_where_their_script_would_ask() -> None:
    first = JPAGE.format(records="".join(RECORD.format(day) for day in (28, 27, 26, 25)), total=7)
    feed = read_list(Document(url="http://gov.example/col/col5236/index.html", body=first.encode()), Hints(timezone="Asia/Shanghai"))
    assert len(feed.entries) == 4
    assert feed.next_link is not None
    assert feed.next_link.startswith("http://gov.example/module/web/jpage/dataproxy.jsp?")
    assert asked(feed.next_link) == {"startrecord": "5", "endrecord": "7", "perpage": "2", "col": "1", "columnid": "5236", "unitid": "9"}
    answer = (
        f"<datastore><recordset>{''.join(RECORD.format(day) for day in (24, 23, 22))}</recordset><totalrecord>7</totalrecord></datastore>"
    )
    last = read_list(Document(url=feed.next_link, body=answer.encode()), Hints())
    assert len(last.entries) == 3
    assert last.next_link is None
    untold = Document(url=feed.next_link, body=answer.replace("totalrecord", "x").encode())
    assert asked(read_list(untold, Hints()).next_link)["startrecord"] == "8"  # as many as were asked for: there may be more
    short = Document(url=feed.next_link, body=answer.replace("totalrecord", "x").replace(RECORD.format(22), "").encode())
    assert read_list(short, Hints()).next_link is None


def test_the_operators_word_comes_first() -> None:
    rows = "<ul><li><a href='/a/20220928_1.html'>河畔夜校开课第一天</a></li></ul>"
    html = f"{rows}<a href='x.html'>下一页</a><a class='o' href='y.html'>vorige</a>"
    hints = Hints(list=ListSelectors(item="li", next="a.o"))
    feed = read_list(Document(url=URL, body=f"<html><body>{html}</body></html>".encode()), hints)
    assert feed.next_link == "http://gov.example/xw/gzdt/y.html"


ARTICLE = "http://gov.example/xw/202209/t20220928_599.html"
BODY = """<h1>修好一条路要几步</h1><p>2022-09-28 来源：{source}</p>
<div class='TRS_Editor'><p>{text}</p><p><a href='{file}'>附件</a></p></div><div>{pager}</div>"""
FIRST, LAST = "先把路边的老人请来，问清楚哪一段最难走，哪一处积水最深。" * 4, "最后一步是等一场雨，看水往哪里去，再把砖一块一块敲实。" * 4


def part(url: str, pager: str, text: str = FIRST, source: str = "", foot: str = "", file: str = "a.pdf") -> Document:
    body = BODY.format(source=source, text=text, pager=pager, file=file)
    return Document(url=url, body=f"<html><title>修好一条路要几步</title><body>{body}{foot}</body></html>".encode("gbk"))


@pytest.mark.parametrize(
    ("pager", "second"),
    [
        ("<a href='t20220928_599_2.html'>下一页</a>", "http://gov.example/xw/202209/t20220928_599_2.html"),
        ("<script>createPageHTML(2, 0, 't20220928_599', 'html')</script>", "http://gov.example/xw/202209/t20220928_599_1.html"),
        ("<b>1</b> <a href='t20220928_599.html?page=2'>2</a>", "http://gov.example/xw/202209/t20220928_599.html?page=2"),
    ],
)
def test_an_article_on_several_pages_is_one(pager: str, second: str) -> None:
    first = part(ARTICLE, "第1页/共2页" + pager)
    alone = read(first, Hints(kind="article", timezone="Asia/Shanghai"))
    assert alone.next_link == second
    last = part(second, "<a href='t20220928_599.html'>上一页</a>", LAST, foot="<p>（责任编辑：张丽）</p>", file="b.pdf")
    (entry,) = read(first, Hints(kind="article", timezone="Asia/Shanghai"), {}, {second: last}).entries
    assert entry.content is not None
    assert entry.content.value.index("先把路边") < entry.content.value.index("最后一步")
    assert [each.name for each in entry.contributors] == ["张丽"]
    assert [each.url.rpartition("/")[2] for each in entry.enclosures] == ["a.pdf", "b.pdf"]


@pytest.mark.parametrize(
    "pager",
    [
        "<a href='t20220928_600.html' rel='next'>下一页</a>",
        "<a href='t20220928_600.html'>下一篇：春灌开闸</a>",
        "<script>createPageHTML(1, 0, 't20220928_599', 'html')</script>",
        "<a href='t20220928_599.html'>下一页</a>",
    ],
)
def test_the_next_article_is_no_further_page(pager: str) -> None:
    assert read(part(ARTICLE, pager), Hints(kind="article", timezone="Asia/Shanghai")).next_link is None


def test_pages_in_a_circle_end() -> None:
    second = ARTICLE.replace("_599", "_599_2")
    pages = {
        second: part(second, "<a href='t20220928_599.html'>下一页</a>", LAST),
        ARTICLE: part(ARTICLE, "<a href='t20220928_599_2.html'>下一页</a>"),
    }
    (entry,) = read(pages[ARTICLE], Hints(kind="article", timezone="Asia/Shanghai"), {}, pages).entries
    assert entry.content is not None
    assert entry.content.value.count("最后一步") == LAST.count("最后一步")


@given(
    st.lists(
        st.sampled_from(
            ["<a href='index_1.html'>", "下一页", "</a>", "<script>", "createPageHTML(", "9", ",", "'x'", ")", "</script>", "<b>1</b>",
             "maxpage=", "proxyUrl:'/dataproxy.jsp'", "totalRecord:5", "<option value='?page=2'>2", "<datastore>",
             "<record><![CDATA[<a href=x>x</a>]]></record>"]
        ),
        max_size=25,
    )
)  # fmt: skip
def test_any_page_goes_on_elsewhere_or_ends(pieces: list[str]) -> None:
    html = "".join(pieces)
    try:
        found = page(html)
    except FeedError:
        return
    for following in (paging.next_page(found), paging.next_part(found), paging.next_records(html, URL, found.scripts, 3)):
        assert following is None or (following.startswith("http://gov.example/") and following != URL)
