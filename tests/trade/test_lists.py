"""Sources without feeds, pulled whole over HTTP: sitemaps, JSON lists, articles on several pages, links to other sites and to files."""

from __future__ import annotations

import json

from feeds.records import Entry
from tests.trade.upstream import TEXT, Desk, article


def kept(desk: Desk) -> dict[str, Entry]:
    return {item.entry.title: item.entry for item in desk.store.newest("news", 50)}


def test_an_index_of_sitemaps_is_read_to_its_articles(start, site) -> None:
    urls = "<urlset>{}</urlset>".format
    site.pages = {
        "/sitemap.xml": "<sitemapindex>"
        + "".join(f"<sitemap><loc>{site.base}/{name}.xml</loc></sitemap>" for name in ("a", "lost"))
        + "</sitemapindex>",
        "/a.xml": urls("".join(f"<url><loc>{site.base}/p/{n}.html</loc><lastmod>2022-09-2{n}</lastmod></url>" for n in (1, 2))),
        "/p/1.html": article("河畔夜校开课第一天"),
        "/p/2.html": article("老楼换新颜的三个办法"),
    }
    desk = start("/sitemap.xml")
    outcome = desk.pull()
    assert outcome.error is None
    assert set(kept(desk)) == {"河畔夜校开课第一天", "老楼换新颜的三个办法"}
    assert kept(desk)["河畔夜校开课第一天"].credit.source == "津水微言"
    asked = len(site.asked)
    desk.pull()
    assert site.paths()[asked:] == ["/sitemap.xml"]  # and no article again


def test_a_json_list_with_a_template(start, site) -> None:
    site.pages = {
        "/api/list.json": json.dumps(
            {"data": {"rows": [{"docId": 7, "meta": {"t": "河长巡河记"}, "at": "2022-09-28"}]}}, ensure_ascii=False
        ),
        "/d/7.html": article("河长巡河记"),
    }
    desk = start("/api/list.json", kind="json", list={"item": "data.rows", "title": "meta.t", "link": "/d/{docId}.html", "date": "at"})
    assert desk.pull().error is None
    assert [each.name for each in kept(desk)["河长巡河记"].contributors] == ["张丽"]


def test_an_article_on_three_pages_is_pulled_whole_and_once(start, site) -> None:
    more = "<a href='7_{}.html'>下一页</a>".format
    site.pages = {
        "/list.html": "<ul><li><a href='/2022/09/28/7.html'>修好一条路一共要几步</a><span>2022-09-28</span></li></ul>",
        "/2022/09/28/7.html": article("修好一条路一共要几步", TEXT, more(2), foot=""),
        "/2022/09/28/7_2.html": article("修好一条路一共要几步", "第二页说的是路边的老人。" * 6, more(3), foot=""),
        "/2022/09/28/7_3.html": article("修好一条路一共要几步", "第三页说的是一场大雨。" * 6, foot="来源：津水微言 编辑：张丽"),
    }
    desk = start("/list.html", kind="page")
    assert desk.pull().error is None
    (entry,) = kept(desk).values()
    assert entry.content is not None
    assert [mark in entry.content.value for mark in ("支部共建", "第二页", "第三页")] == [True] * 3
    assert (entry.credit.source, [each.name for each in entry.contributors]) == ("津水微言", ["张丽"])
    assert len(site.asked) == 5  # with robots.txt


def test_other_sites_are_read_and_credited_there_and_files_are_enclosures(start, site, elsewhere) -> None:
    rows = [
        (f"{site.base}/2022/09/28/1.html", "河畔夜校开课第一天"),
        (f"{elsewhere.base}/x/20220927_5.html", "海河两岸添了书香驿站"),
        (f"{elsewhere.base}/x/20220926_4.html", "这一篇在别处已经没有了"),
        ("/files/202209/gongshi.pdf", "九月好人候选名单公示"),
    ]
    items = "".join(f"<li><a href='{link}'>{title}</a><span>2022-09-28</span></li>" for link, title in rows)
    site.pages = {"/list.html": f"<html><body><ul>{items}</ul></body></html>", "/2022/09/28/1.html": article("河畔夜校开课第一天")}
    named = article("海河两岸添了书香驿站", foot="来源：新华网 记者：陈晨").replace(
        "<head>", "<head><meta name='SiteName' content='新华网'>"
    )
    elsewhere.pages = {"/x/20220927_5.html": named}
    desk = start("/list.html", kind="page")
    outcome = desk.pull()
    assert outcome.error is None
    entries = kept(desk)
    assert set(entries) == {title for _, title in rows}
    there = entries["海河两岸添了书香驿站"]
    assert (there.credit.publisher, there.credit.source, there.content) == ("新华网", "新华网", None)
    assert entries["这一篇在别处已经没有了"].content is None
    assert [each.type for each in entries["九月好人候选名单公示"].enclosures] == ["application/pdf"]
    desk.pull()
    assert elsewhere.paths() == ["/robots.txt", "/x/20220927_5.html", "/x/20220926_4.html"]


def test_a_selector_that_finds_nothing_is_a_note_on_the_source(start, site) -> None:
    site.pages = {
        "/list.html": "<ul><li><a href='/2022/09/28/1.html'>河畔夜校开课第一天</a><b>2022-09-28</b></li></ul>",
        "/2022/09/28/1.html": article("河畔夜校开课第一天"),
    }
    desk = start("/list.html", kind="page", list={"item": "li", "date": "span.rq"}, article={"byline": "//p[@class='ly']"})
    desk.pull()
    (state,) = desk.store.sources()
    assert any("list selector date 'span.rq' finds nothing" in note for note in state.notes)
    assert any("article selector byline" in note for note in state.notes)
