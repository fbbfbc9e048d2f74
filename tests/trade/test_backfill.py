"""Lists read back page by page: to the end, to known ground, interrupted and taken up again, without flooding; and single articles."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import parse_qsl

import pytest

from aggregator.errors import ConfigError
from aggregator.pipeline import Outcome
from aggregator.records import Backfill
from aggregator.verbs.backfill import backfill
from aggregator.verbs.single import single
from tests.trade.upstream import TEXT, Desk, Site, article

DAYS = 9
FEW = 3  # entries of a page


ROW = "<li><a href='/2022/09/{0:02d}/5300{0:02d}.html'>河畔夜校开课第{0}天</a><i>2022-09-{0:02d}</i></li>"


def fill(site: Site, newest: int = DAYS) -> None:
    """A list of `newest` days, three to a page: /list.html, /list_1.html, …, and no link from page to page."""
    pages = -(-newest // FEW)
    for number in range(pages):
        days = range(newest - FEW * number, max(newest - FEW * (number + 1), 0), -1)
        rows = "".join(
            f"<li><a href='/2022/09/{day:02d}/5300{day:02d}.html'>河畔夜校开课第{day}天</a><i>2022-09-{day:02d}</i></li>" for day in days
        )
        call = f"<script>createPageHTML({pages}, {number}, 'list', 'html')</script>"
        site.pages[f"/list_{number}.html" if number else "/list.html"] = f"<html><body><ul>{rows}</ul>{call}</body></html>"
    for day in range(1, newest + 1):
        site.pages[f"/2022/09/{day:02d}/5300{day:02d}.html"] = article(f"河畔夜校开课第{day}天").replace("2022-09-28", f"2022-09-{day:02d}")


def walk(desk: Desk, pages: int) -> Outcome:
    return desk.run(backfill(desk.source, pages, desk.trade, lambda: datetime.now(UTC), lambda: None))


def days(desk: Desk) -> list[int]:
    return [int(item.entry.title.removeprefix("河畔夜校开课第").removesuffix("天")) for item in desk.store.newest("news", 100)]


def test_a_list_is_read_back_in_bounds_taken_up_again_and_to_its_end(start, site) -> None:
    fill(site)
    desk = start("/list.html", kind="page")
    desk.pull()
    assert days(desk) == [9, 8, 7]
    first = walk(desk, 2)
    assert (len(first.recorded.new), first.recorded.same, first.error) == (3, 3, None)
    assert days(desk) == [9, 8, 7, 6, 5, 4]  # older than what was there, however late they came
    assert desk.store.backfill("s") == Backfill(next=f"{site.base}/list_2.html", pages=2)
    assert "2 pages read" in first.notes[0]
    asked = len(site.asked)
    second = walk(desk, 20)
    assert site.paths()[asked] == "/list_2.html"
    assert (len(second.recorded.new), "the list ends there" in second.notes[0]) == (3, True)
    assert days(desk) == list(range(9, 0, -1))
    assert desk.store.backfill("s") == Backfill(next=None, pages=3, ended=True)


def test_after_a_gap_it_stops_on_known_ground(start, site) -> None:
    fill(site)
    desk = start("/list.html", kind="page")
    walk(desk, 20)
    fill(site, 15)
    desk.pull()  # the first page alone: six came, three are on it
    assert 12 not in days(desk)
    asked = len(site.asked)
    outcome = walk(desk, 20)
    assert "what comes before is known" in outcome.notes[0]
    assert sorted(days(desk)) == list(range(1, 16))
    assert [path for path in site.paths()[asked:] if "list" in path] == ["/list.html", "/list_1.html", "/list_2.html"]


def test_where_the_site_fails_the_walk_goes_on_later(start, site) -> None:
    fill(site)
    desk = start("/list.html", kind="page")
    site.pages["/list_2.html"] = 503
    assert walk(desk, 20).error.kind == "Failing"
    assert len(days(desk)) == 6
    fill(site)
    assert walk(desk, 20).error is None
    assert days(desk) == list(range(9, 0, -1))


@pytest.mark.parametrize("beyond", [404, "<html><body><p>没有更多了</p></body></html>", "again"])
def test_a_list_that_never_says_where_it_ends(start, site, beyond) -> None:
    fill(site, 3)
    more = "<a href='/list.html?page=2'>下一页</a></body>"
    site.pages["/list.html"] = site.pages["/list.html"].replace("</body>", more)
    site.pages["/list.html?page=2"] = site.pages["/list.html"] if beyond == "again" else beyond
    desk = start("/list.html", kind="page")
    assert walk(desk, 20).error is None
    assert days(desk) == [3, 2, 1]
    assert desk.store.backfill("s").ended
    assert len([path for path in site.paths() if "page=2" in path]) == 1


def test_a_script_that_counts_pages_is_no_page(start, site) -> None:
    fill(site, 3)
    row = ROW.replace("09", "08").format
    count = "/system/count/0017001/009/count_page_list_0017001009.js"
    site.pages["/list.html"] = site.pages["/list.html"].replace("</body>", f"<script src='{count}'></script></body>")
    site.pages[count] = "var maxpage = 2;"
    for page, day in ((2, 28), (1, 27)):
        older = f"/system/more/17001009/0000/17001009_{page:08d}.shtml"
        site.pages[older] = f"<html><body><ul>{row(day)}</ul></body></html>"
        site.pages[f"/2022/08/{day}/5300{day}.html"] = article(f"河畔夜校开课第{day}天").replace("2022-09-28", f"2022-08-{day}")
    desk = start("/list.html", kind="page")
    outcome = walk(desk, 20)
    assert outcome.notes[0] == "3 pages read; the list ends there"
    assert days(desk) == [3, 2, 1, 28, 27]


def test_an_edited_source_begins_at_its_first_page(start, site) -> None:
    fill(site)
    desk = start("/list.html", kind="page")
    walk(desk, 2)
    desk.store.enrol({"s": "http://elsewhere.example/list.html"}, datetime.now(UTC))
    assert desk.store.backfill("s") is None


# --- one article ----------------------------------------------------------------------------------------------------------------------


POST = """<html><head><meta property="og:title" content="{title}"></head><body>
<h1 id="activity-name">{title}</h1><a id="js_name">津水微言</a>
<div id="js_content" style="visibility:hidden">{text}</div><script>var biz = "MzA"; var ct = "1664359200";</script></body></html>"""


def take(desk: Desk, url: str, key: str | None = None) -> bool:
    return desk.run(single(url, key, desk.app.config, desk.trade, datetime.now(UTC), as_json=True))


def test_one_article_goes_to_the_source_of_its_host_once(start, site, capsys) -> None:
    fill(site, 3)
    desk = start("/list.html", kind="page")
    url = f"{site.base}/2022/09/02/530002.html"
    assert take(desk, url)
    assert days(desk) == [2]
    (item,) = desk.store.newest("news", 9)
    assert (item.source, item.entry.credit.source, item.sort_at) == ("s", "津水微言", item.entry.published)
    site.pages["/2022/09/02/530002.html?utm_source=x"] = site.pages["/2022/09/02/530002.html"]
    assert take(desk, url + "?utm_source=x")
    desk.pull()
    assert sorted(days(desk)) == [1, 2, 3]
    assert site.paths().count("/2022/09/02/530002.html") == 1  # the list's pull knows it
    assert '"new": 1' in capsys.readouterr().out


def test_an_article_of_nobodys_host_asks_for_its_source(start, site, elsewhere) -> None:
    desk = start("/list.html", kind="page")
    elsewhere.pages["/x/20220928_1.html"] = article("海河两岸添了书香驿站")
    with pytest.raises(ConfigError, match="belongs to no source, and it is of no account; say it with --source KEY"):
        take(desk, f"{elsewhere.base}/x/20220928_1.html")
    assert take(desk, f"{elsewhere.base}/x/20220928_1.html", "s")
    assert [item.entry.title for item in desk.store.newest("news", 9)] == ["海河两岸添了书香驿站"]


def test_an_article_of_an_account_goes_to_the_source_of_that_name(start, site, elsewhere) -> None:
    desk = start("/list.html", kind="page", credit={"source": "津水微言"})
    elsewhere.pages["/s/k3Jm7"] = POST.format(title="秋日海河，美成一幅画", text=TEXT)
    assert take(desk, f"{elsewhere.base}/s/k3Jm7")
    (item,) = desk.store.newest("news", 9)
    assert (item.source, item.entry.title) == ("s", "秋日海河，美成一幅画")
    elsewhere.pages["/s/other"] = POST.format(title="冬天", text=TEXT).replace("津水微言", "别的账号")
    with pytest.raises(ConfigError, match="it is of the account 别的账号, which belongs to no source"):
        take(desk, f"{elsewhere.base}/s/other")


def test_what_was_taken_down_is_an_error_and_nothing_is_kept(start, site) -> None:
    desk = start("/list.html", kind="page")
    site.pages["/s/gone.html"] = "<html><title>提示</title><body><p>该内容已被发布者删除</p></body></html>"
    assert not take(desk, f"{site.base}/s/gone.html")
    assert desk.store.newest("news", 9) == []


JPAGE = """<html><body><div id="9"><script type="text/xml"><datastore><recordset>{rows}</recordset></datastore></script></div>
<script>$('#9').jpage({{perPage:1, totalRecord:3, groupSize:1, proxyUrl:'/module/web/jpage/dataproxy.jsp',
ajaxParam:{{columnid:9,unitid:'5',webid:1}}}});</script></body></html>"""
RECORD = "<record><![CDATA[" + ROW + "]]></record>"


@pytest.mark.parametrize("posts", [True, False])
def test_records_are_asked_for_by_a_form_and_by_address_where_the_server_takes_none(start, site, posts: bool) -> None:
    fill(site, 3)
    site.pages["/col/9.html"] = JPAGE.format(rows=RECORD.format(3))

    def records(asked: str) -> str:
        first = int(dict(parse_qsl(asked.partition("?")[2] or asked))["startrecord"])
        return f"<datastore><totalrecord>3</totalrecord><recordset>{RECORD.format(4 - first)}</recordset></datastore>"

    proxy = "/module/web/jpage/dataproxy.jsp"
    if posts:
        site.forms[proxy] = records
    query = f"{proxy}?startrecord={{0}}&endrecord={{0}}&perpage=1&columnid=9&unitid=5&webid=1"
    site.pages |= {query.format(n): "<datastore><recordset></recordset></datastore>" if posts else records(query.format(n)) for n in (2, 3)}
    desk = start("/col/9.html", kind="page")
    outcome = walk(desk, 9)
    assert outcome.error is None, outcome
    assert days(desk) == [3, 2, 1], site.asked
    methods = {path.partition(" ")[0] == "POST" for path in site.paths() if "dataproxy" in path}
    assert methods == ({True} if posts else {True, False})


def test_an_index_of_many_sitemaps_is_walked_to_its_oldest(start, site) -> None:
    fill(site, 7)
    maps = "".join(f"<sitemap><loc>{site.base}/map-{n}.xml</loc><lastmod>2022-09-0{n}</lastmod></sitemap>" for n in range(1, 8))
    site.pages["/sitemap.xml"] = f"<sitemapindex>{maps}</sitemapindex>"
    for n in range(1, 8):
        site.pages[f"/map-{n}.xml"] = f"<urlset><url><loc>{site.base}/2022/09/0{n}/53000{n}.html</loc></url></urlset>"
    desk = start("/sitemap.xml", kind="sitemap")
    desk.pull()
    assert sorted(days(desk)) == [3, 4, 5, 6, 7]
    outcome = walk(desk, 9)
    assert outcome.notes[0] == "2 pages read; the list ends there"
    assert sorted(days(desk)) == [1, 2, 3, 4, 5, 6, 7]
