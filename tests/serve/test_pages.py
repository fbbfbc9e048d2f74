"""The pages as a reader finds them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from flask.testing import FlaskClient
from lxml import html
from msgspec import structs

from feeds import credit
from feeds.records import Content, Entry, Precision
from tests.serve.conftest import CHINA, NOON, SECTIONS, SITE, SOURCES, Memory, item

PAGES = ("/", "/sections/jsjx/", "/entries/seed/", "/sources/", "/about")


def dom(client: FlaskClient, address: str, language: str = "zh-CN", status: int = 200) -> html.HtmlElement:
    answer = client.get(address, headers={"Accept-Language": language})
    assert answer.status_code == status
    return html.document_fromstring(answer.text)


@pytest.mark.parametrize("address", PAGES)
def test_every_page_can_be_kept_and_asked_for_again(client: FlaskClient, address):
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert answer.headers["Vary"] == "Accept-Language, Accept-Encoding"
    again = client.get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert "Content-Type" not in again.headers
    assert client.head(address).headers["ETag"] == answer.headers["ETag"]
    assert client.get(address).data == answer.data


@pytest.mark.parametrize(
    ("address", "key"),
    [("/", "all"), ("/sections/jsjx/", "jsjx"), ("/sections/wcnr/", "wcnr"), ("/entries/yishi/", "wmcs"), ("/sources/", "all")],
)
def test_a_reader_app_finds_the_feeds(client: FlaskClient, address, key):
    found = dom(client, address).xpath("//head/link[@rel='alternate'][not(contains(@type, 'oembed'))]")
    assert [(link.get("type"), link.get("href")) for link in found] == [
        ("application/rss+xml", f"/feeds/{key}.rss"),
        ("application/atom+xml", f"/feeds/{key}.atom"),
        ("application/feed+json", f"/feeds/{key}.json"),
    ]
    assert all(link.get("title") for link in found)


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_entry_shows_its_credit_and_leads_to_the_original(client: FlaskClient, shelf: Memory, language):
    for kept in shelf.items:
        line = credit.line(kept.entry, language[:2])
        assert line
        for address in ("/", f"/entries/{kept.id}/", *(f"/sections/{place.section}/" for place in kept.placements)):
            page = dom(client, address, language)
            assert line in [text.text_content() for text in page.find_class("credit")], (kept.id, address)
            assert kept.entry.link in page.xpath("//main//a/@href")


def test_the_front_page_shows_sections_with_their_newest(client: FlaskClient):
    page = dom(client, "/")
    blocks = page.find_class("block")
    assert [block.find(".//h2").text_content().strip() for block in blocks] == ["精神建设进行时", "志愿服务", "文明城市", "我们的节日"]
    assert page.find_class("waiting")[0].xpath(".//li/a/@href") == ["/sections/wcnr/"]
    assert [link.text_content() for link in blocks[0].xpath(".//h3/a")] == [
        "市水务局海河中心党总支“三通六联”打造共建共联新模式",
        "[视频] 河东区社区夜校开班 上班族下班学非遗",
    ]


def test_a_list_tells_what_when_and_from_whom(client: FlaskClient):
    entry = dom(client, "/sections/zyfw/").find_class("entry")[0]
    assert entry.find_class("from")[0].text_content() == "天津文明网"
    assert entry.find_class("teaser")[0].text_content().startswith("晚上七点，河东区向阳楼社区活动室灯火通明")
    assert "精神建设进行时" in entry.find_class("facts")[0].text_content()
    image = entry.find(".//img")
    assert image.get("src") == "https://wenming.example/pics/yexiao.jpg"
    assert (image.get("loading"), image.get("referrerpolicy"), image.get("alt")) == ("lazy", "no-referrer", "")
    assert image.get("width")
    assert image.get("height")


@pytest.mark.parametrize(
    ("id_", "zh", "en", "iso"),
    [
        ("seed", "2022年9月28日", "28 September 2022", "2022-09-28"),
        ("yaoxiang", "2022年9月26日 10:51", "26 September 2022, 10:51", "2022-09-26T10:51+08:00"),
    ],
)
def test_a_time_is_as_exact_as_the_source_states_it(client: FlaskClient, id_, zh, en, iso):
    for language, text in (("zh", zh), ("en", en)):
        shown = dom(client, f"/entries/{id_}/", language).xpath("//header//time")[0]
        assert (shown.text_content(), shown.get("datetime")) == (text, iso)


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Pacific/Kiritimati"])
def test_a_day_stays_that_day_in_every_zone(opened, zone):
    client = opened(site=SITE.model_copy(update={"timezone": zone}))
    assert dom(client, "/entries/seed/").xpath("//header//time/@datetime") == ["2022-09-28"]


def test_a_day_that_was_kept_in_utc_is_shown_in_the_site_s_zone(opened, shelf):
    day = datetime(2022, 9, 28, tzinfo=CHINA).astimezone(timezone(timedelta()))
    shelf.items = [item("d", Entry(uid="d", title="日", published=day, precision=Precision.DAY))]
    assert dom(opened(shelf), "/entries/d/").xpath("//header//time/@datetime") == ["2022-09-28"]


@pytest.mark.parametrize(
    "at", [datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=8))), datetime(9999, 12, 31, 23, 59, tzinfo=timezone(timedelta(hours=-8)))]
)
def test_the_edge_of_the_calendar_breaks_nothing(opened, shelf, at):
    shelf.items = [item("d", Entry(uid="d", title="日", published=at))]
    assert dom(opened(shelf), "/sections/jsjx/").xpath("//main//time")


def test_an_undated_entry_says_when_it_was_collected(client: FlaskClient):
    page = dom(client, "/entries/zhongqiu/", "en")
    assert "collected 16 September 2022, 12:00" in " ".join(page.xpath("//header")[1].text_content().split())
    assert "the source states no date" in page.text_content()


def test_the_whole_credit_stands_on_the_entry_page(client: FlaskClient):
    rows = {
        row.find("dt").text_content(): [value.text_content().strip() for value in row.findall("dd")]
        for row in dom(client, "/entries/seed/").xpath("//dl/div")
    }
    assert rows["稿源"] == ["津水微言"]
    assert rows["发布单位"] == ["天津文明网"]
    assert rows["此前来源"] == ["津云", "津水微言"]
    assert rows["记者"] == ["王喆"]
    assert rows["通讯员"] == ["刘映"]
    assert rows["编辑"] == ["张丽"]
    assert rows["版权"] == ["转载请注明来源"]
    assert rows["原标题"] == ["“三通六联”共建共联"]
    assert rows["原文"] == ["https://wenming.example/2022/09/28/1.shtml"]
    assert rows["发布时间"] == ["2022年9月28日"]
    assert rows["时间精度"] == ["来源只注明日期"]
    assert rows["本站修订"] == ["2022年9月28日 12:00"]
    assert rows["所在栏目"][0].startswith("精神建设进行时")
    assert "依据：其来源归入本栏目" in rows["所在栏目"][0]
    assert not {"审核", "值班编辑", "作者", "通讯社"} & set(rows)


@pytest.mark.parametrize(
    ("republish", "body", "shown"),
    [
        ("full", "full", "full"),
        ("full", "summary", "summary"),
        ("summary", "full", "summary"),
        ("link", "full", "link"),
        ("full", "link", "link"),
        ("none", "full", "none"),
    ],
)
def test_no_more_of_a_text_is_shown_than_both_sides_allow(opened, shelf, republish, body, shown):
    text = "".join(f"这是第{number}句很长的话，用来看清正文有没有整篇登出来。" for number in range(40))
    shelf.items = [
        item(
            "e",
            Entry(uid="e", title="题", link="https://a.example/1", content=Content(value=f"<p>{text}</p><p>末段</p>")),
            sections=("jsjx",),
        )
    ]
    client = opened(
        shelf,
        sections={**SECTIONS, "jsjx": SECTIONS["jsjx"].model_copy(update={"body": body})},
        sources={"jinshui": SOURCES["jinshui"].model_copy(update={"republish": republish})},
    )
    listed = client.get("/sections/jsjx/").text
    answer = client.get("/entries/e/")
    assert ("第0句" in listed) is (shown in ("full", "summary"))
    assert "末段" not in listed
    if shown == "none":
        assert answer.status_code == 404
        assert "entries/e/" not in listed
        return
    page = html.document_fromstring(answer.text)
    assert ("末段" in answer.text) is (shown == "full")
    assert ("第0句" in answer.text) is (shown in ("full", "summary"))
    assert page.xpath("//a[contains(., '阅读原文')]/@href") == ["https://a.example/1"]
    canonical = "https://a.example/1" if shown == "full" else "https://feeds.example.org/entries/e/"
    assert page.xpath("//link[@rel='canonical']/@href") == [canonical]


def test_an_entry_of_a_source_that_was_dropped_keeps_to_its_summary(opened, shelf):
    client = opened(shelf, sources={})
    assert "<table" not in client.get("/entries/yishi/").text
    assert client.get("/entries/yishi/").status_code == 200


def test_an_entry_that_stands_nowhere_has_no_page(opened, shelf):
    shelf.items = [item("e", Entry(uid="e", title="题"), sections=()), item("f", Entry(uid="f", title="题"), sections=("forgotten",))]
    client = opened(shelf)
    assert client.get("/entries/e/").status_code == client.get("/entries/f/").status_code == 404


def test_an_untitled_note_is_called_by_its_beginning(opened, shelf):
    shelf.items = [item("e", Entry(uid="e", link="https://a.example/1", content=Content(value="<p>今天的河很静。</p>")))]
    assert dom(opened(shelf), "/sections/jsjx/").xpath("//h2/a/text()")[0] == "今天的河很静。"


@pytest.mark.parametrize(
    ("changes", "link"),
    [
        ({}, "mailto:desk@example.org?subject="),
        ({"contact": "rights@example.org"}, "mailto:rights@example.org?subject="),
        ({"contact": "https://example.org/contact"}, "https://example.org/contact"),
        ({"author": None}, "/about#corrections"),
    ],
)
def test_there_is_a_way_to_ask_for_a_correction(opened, changes, link):
    client = opened(site=SITE.model_copy(update=changes))
    amends = dom(client, "/entries/seed/", "en").find_class("amends")[0]
    assert amends.find("a").get("href").startswith(link)
    assert "\n" not in amends.find("a").get("href")
    assert dom(client, "/about", "en").xpath("//*[@id='corrections']")


def many(count: int) -> Memory:
    """Pairs of entries with one time each, as a batch of a list page has."""
    return Memory(
        items=[
            item(f"n{number:03d}", Entry(uid=str(number), title=f"第{number}条"), at=NOON - timedelta(hours=number // 2))
            for number in range(count)
        ]
    )


def test_pages_go_on_where_the_last_one_ended(opened):
    shelf = many(125)
    client = opened(shelf)
    seen: list[str] = []
    address = "/sections/jsjx/"
    for turn in range(3):
        page = dom(client, address)
        seen += page.xpath("//main//h2/a[starts-with(@href, '/entries/')]/@href")
        if turn == 0:  # what arrives meanwhile moves nothing
            shelf.items.append(item("late", Entry(uid="late", title="新到"), at=NOON + timedelta(hours=1)))
        older = page.xpath("//a[@rel='next']/@href")
        assert older == page.xpath("//link[@rel='next']/@href")
        address = older[0] if older else ""
    assert not address
    assert len(seen) == len(set(seen)) == 125


def test_a_full_last_page_leads_nowhere(opened):
    assert not dom(opened(many(30)), "/sections/jsjx/").xpath("//a[@rel='next']")


@pytest.mark.parametrize(
    "before",
    [
        "",
        "x",
        "20220928T040000.000000Z",
        "20220928T040000.000000Z~",
        "~n001",
        "99999999T040000.000000Z~n001",
        "20220928T040000.000000Z~" + "x" * 300,
    ],
)
def test_a_mangled_place_is_said_to_be_one(client: FlaskClient, before):
    answer = client.get("/sections/jsjx/", query_string={"before": before})
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"


def test_a_place_beyond_the_end_is_empty_but_there(client: FlaskClient):
    page = dom(client, "/sections/jsjx/?before=10000101T000000.000000Z~a", "en")
    assert "nothing older" in page.text_content()


def test_an_empty_section_says_why(opened, shelf):
    client = opened(shelf)
    assert "first pull is under way" in dom(client, "/sections/wcnr/", "en").find_class("empty")[0].text_content()
    assert "正在进行首次抓取" in dom(client, "/sections/wcnr/").find_class("empty")[0].text_content()


def test_an_empty_site_says_what_to_do(opened):
    assert "name the first one in the configuration" in dom(opened(Memory(), sources={}), "/", "en").find_class("empty")[0].text_content()
    assert "first pull is under way" in dom(opened(Memory()), "/", "en").find_class("empty")[0].text_content()
    assert "No source is set up" in dom(opened(Memory(), sources={}), "/sources/", "en").find_class("empty")[0].text_content()


def test_sources_whose_pulls_all_fail_are_blamed(opened, shelf):
    broken = [
        structs.replace(state, failures=3, error_kind="TimedOut") for state in shelf.source_states if state.key in ("jinshui", "wenming")
    ]
    client = opened(Memory(source_states=broken))
    assert "cannot be read at the moment" in dom(client, "/sections/jsjx/", "en").find_class("empty")[0].text_content()


def test_sources_are_reported_in_plain_words(client: FlaskClient):
    def row(key: str, language: str = "en") -> str:
        return " ".join(dom(client, "/sources/", language).get_element_by_id(key).text_content().split())

    assert "Fine" in row("jinshui")
    assert "天津市水务局" in row("jinshui")
    assert "转载请注明来源" in row("jinshui")
    assert "Next try 28 September 2022, 12:30" in row("jinshui")
    assert "Its server cannot be reached" in row("quanwen")
    assert "The last 4 tries failed; its entries stay" in row("quanwen")
    assert "secret" not in row("quanwen")
    assert "Last news 25 September 2022, 12:00" in row("quanwen")
    assert "It has ended" in row("shequ")
    assert "Switched off by the editors" in row("jiu")
    assert "Not pulled yet" in row("xin")
    assert "尚未抓取" in row("xin", "zh")
    assert dom(client, "/sources/").xpath("//li[@id='jinshui']//h2/a/@href") == ["https://swj.example/"]


@pytest.mark.parametrize("address", ["/nope", "/sections/unknown/", "/entries/unknown/", "/entries/%00/", "/sections/%E2%80%AE/"])
def test_what_is_not_there_is_404(client: FlaskClient, address):
    page = dom(client, address, "en", 404)
    assert page.find(".//h1").text_content() == "There is no such page"
    assert dom(client, address, "zh", 404).find(".//h1").text_content() == "没有这个页面"


def test_a_page_cannot_be_written(client: FlaskClient):
    answer = client.post("/sources/", headers={"Accept-Language": "en"})
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]
    assert "This page can only be read" in answer.text


def test_a_broken_shelf_is_an_error_in_plain_words(opened):
    class Broken(Memory):
        def item(self, id: str):  # noqa: A002
            raise OSError("disk I/O error at /var/secret/place")

    answer = opened(Broken()).get("/entries/x/", headers={"Accept-Language": "en"})
    assert answer.status_code == 500
    assert "Something broke on our side" in answer.text
    assert "secret" not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_reserved_section_is_the_front_page(client: FlaskClient):
    assert client.get("/sections/all/").headers["Location"] == "/"


def test_health_robots_and_style(client: FlaskClient):
    assert client.get("/healthz").text == "ok\n"
    assert client.get("/healthz").headers["Cache-Control"] == "no-store"
    assert client.get("/healthz?json").json == {"status": "ok", "sections": 5, "sources": 7}
    assert client.get("/robots.txt").text.startswith("User-agent: *")
    linked = dom(client, "/").xpath("//link[@rel='stylesheet']/@href")[0]
    style = client.get(linked)
    assert style.headers["Content-Type"] == "text/css; charset=utf-8"
    assert "max-age=31536000" in style.headers["Cache-Control"]
    assert client.get("/style.css").headers["Cache-Control"] == "public, max-age=300"
    assert client.get("/style.css", headers={"If-None-Match": style.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize("asked", ["/", "/news/"])
def test_a_site_below_a_path_keeps_to_it(opened, asked):
    """Whether the proxy in front passes its path on or not."""
    client = opened(site=SITE.model_copy(update={"url": "https://example.org/news"}))
    links = dom(client, asked).xpath("//a/@href[starts-with(., '/')]")
    assert links
    assert all(link.startswith("/news/") for link in links)
    assert client.get("/news/feeds/jsjx.rss").status_code == client.get("/feeds/jsjx.rss").status_code == 200


def test_a_prefix_is_set_apart_and_not_said_twice(client):
    page = client.get("/").text
    assert '<span class="prefix">[视频]</span>' in page
    assert "</span> [视频]" not in page
