"""Feeds of bridges to WeChat accounts: each with what it writes amiss, as its source has it; the same post is one entry through all."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from html import escape

import pytest

from feeds.read import read
from feeds.records import Document, Entry, Feed, Hints

BEIJING = timezone(timedelta(hours=8))
HERE = Hints(timezone="Asia/Shanghai")
TOKEN = "Qz7_kLm0-aBcDeFgHiJkLm"
POST = f"https://mp.weixin.qq.com/s/{TOKEN}"
LONG = "http://mp.weixin.qq.com/s?__biz=MzA5&amp;mid=2247&amp;idx=1&amp;sn=ab12&amp;chksm=ff&amp;scene=27#rd"
COVER = "https://mmbiz.qpic.cn/sz_mmbiz_jpg/AbC/0"
WHEN = datetime(2023, 4, 18, 10, 30, 5, tzinfo=UTC)
BODY = '<div class="rich_media_content" id="js_content" style="visibility: hidden"><p>渠首闸今早开启，春灌用水三天后到田头。</p></div>'
PAGE = f"""<!DOCTYPE html><html><head><title>渠首开闸</title></head><body><h1 id="activity-name">渠首开闸</h1><a id="js_name">渠水清清</a>
<span id="js_author_name">苗青</span>{BODY}<script>var biz = "MzA5"; var ct = "1681813805";</script></body></html>"""
GONE = "<html><head><title></title></head><body><div class='weui-msg'>该内容已被发布者删除</div></body></html>"


def wewe_atom(content: str = BODY) -> bytes:
    return f"""<feed xmlns="http://www.w3.org/2005/Atom"><id>https://b.example/feeds/MP_WXS_3.atom</id>
    <title>渠水清清</title><updated>2023-04-18T10:30:05.000Z</updated><generator>WeWe-RSS</generator><author><name>渠水清清</name></author>
    <link rel="alternate" href="https://b.example/feeds/MP_WXS_3.atom"/><entry><title type="html">渠首开闸</title><id>{TOKEN}</id>
    <link href="{POST}"/><link rel="enclosure" href="{COVER}" type="image//sz_mmbiz_jpg/AbC/0"/><updated>2023-04-18T10:30:05.000Z</updated>
    <content type="html"><![CDATA[{content}]]></content></entry></feed>""".encode()


def wewe_json() -> bytes:
    item = {
        "id": TOKEN,
        "url": POST,
        "title": "渠首开闸",
        "content_html": BODY,
        "image": COVER,
        "date_modified": "2023-04-18T10:30:05.000Z",
    }
    head = {"version": "https://jsonfeed.org/version/1", "title": "渠水清清", "home_page_url": "https://b.example/feeds/MP_WXS_3.json"}
    return json.dumps(head | {"items": [item]}).encode()


def wewe_rss() -> bytes:
    return f"""<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>渠水清清</title>
    <link>https://b.example/feeds/MP_WXS_3.rss</link><item><title>渠首开闸</title><link>{POST}</link><guid>{POST}</guid>
    <pubDate>Tue, 18 Apr 2023 10:30:05 GMT</pubDate><content:encoded><![CDATA[{BODY}]]></content:encoded>
    <enclosure length="0" type="image//sz_mmbiz_jpg/AbC/0" url="{COVER}"/></item></channel></rss>""".encode()


def werss() -> bytes:
    return f"""<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>渠水清清</title><link>https://w.example</link>
    <item><id>3-2247_1</id><title>渠首开闸</title><description>渠首开闸</description><guid>{POST}</guid><link>{POST}</link>
    <pubDate>Tue, 18 Apr 2023 18:30:05 </pubDate><enclosure url="{COVER}" length="0" type="image/jpeg"/>
    <content:encoded>{escape("<![CDATA[" + BODY + "]]>")}</content:encoded></item></channel></rss>""".encode()


def wechat2rss() -> bytes:
    return f"""<rss version="2.0"><channel><title>渠水清清</title><link>https://mp.weixin.qq.com/</link><generator>wechat2rss</generator>
    <item><title>渠首开闸</title><link>{POST}?scene=1</link><guid isPermaLink="true">{POST}?scene=1</guid>
    <pubDate>Tue, 18 Apr 2023 18:30:05 +0800</pubDate><description>{escape(BODY)}</description></item></channel></rss>""".encode()


def rsshub() -> bytes:
    return f"""<rss version="2.0"><channel><title>渠水清清</title><link>https://mp.weixin.qq.com/mp/appmsgalbum?album_id=1</link>
    <generator>RSSHub</generator><item><title>渠首开闸</title><description>{escape(BODY)}</description><link>{POST}</link>
    <guid isPermaLink="false">{POST}</guid><pubDate>Tue, 18 Apr 2023 10:30:05 GMT</pubDate>
    <author>苗青</author></item></channel></rss>""".encode()


def fed(body: bytes) -> Feed:
    return read(Document(url="https://b.example/feeds/MP_WXS_3.atom", body=body), HERE)


def alone(body: bytes) -> Entry:
    (entry,) = fed(body).entries
    return entry


@pytest.mark.parametrize("bridge", [wewe_atom, wewe_json, wewe_rss, werss, wechat2rss, rsshub])
def test_one_post_is_one_entry_through_every_bridge(bridge) -> None:
    entry = alone(bridge())
    assert (entry.uid, entry.title, entry.published, entry.updated) == (f"//mp.weixin.qq.com/s/{TOKEN}", "渠首开闸", WHEN, None)
    assert entry.content is not None
    assert "春灌用水" in entry.content.value
    assert "hidden" not in entry.content.value
    assert "CDATA" not in entry.content.value
    assert entry.summary is None
    assert {each.type for each in entry.enclosures} <= {"image/jpeg"}


@pytest.mark.parametrize("bridge", [wewe_atom, wewe_rss, werss])
def test_a_bridge_is_known_by_what_it_writes_and_not_by_a_host(bridge) -> None:
    assert alone(bridge().replace(b"https://mp.weixin.qq.com/s/", b"https://mirror.example/wx/s/")).uid == f"//mirror.example/wx/s/{TOKEN}"


def test_what_was_put_right_is_said() -> None:
    feed = fed(wewe_atom())
    assert feed.link is None
    assert [said.split(";")[0] for said in feed.repairs] == [
        "the feed's link to its page was the feed itself",
        "the bridge states the time of publishing as that of a revision",
        "posts are named by their own addresses, whatever the bridge calls them",
    ]


def test_the_whole_page_as_a_text_is_read_as_the_page_that_it_is() -> None:
    entry = alone(wewe_atom(PAGE))
    assert entry.content is not None
    assert entry.content.value.count("渠首") == 1
    assert [each.name for each in entry.authors] == ["苗青"]
    assert entry.credit.source == "渠水清清"


@pytest.mark.parametrize("failure", ["获取全文失败，请重试~", GONE])
def test_a_failure_is_no_text(failure: str) -> None:
    assert alone(wewe_atom(failure)).content is None


def test_the_time_of_a_grab_is_no_date() -> None:
    link = LONG.replace("&amp;", "&")
    items = [{"id": link, "url": link, "title": "渠首开闸", "date_modified": f"2023-05-01T00:00:0{at}Z"} for at in range(2)]
    (entry,) = fed(json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "渠水清清", "items": items}).encode()).entries
    assert (entry.published, entry.updated) == (None, None)
    assert entry.uid == "//mp.weixin.qq.com/s?__biz=MzA5&idx=1&mid=2247&sn=ab12"


def test_a_temporary_address_names_nothing() -> None:
    def told(stamp: int) -> Entry:
        link = f"https://mp.weixin.qq.com/s?src=11&amp;timestamp={stamp}&amp;ver=1&amp;signature=x*{stamp}"
        item = f"<item><title>渠首开闸</title><link>{link}</link><pubDate>Tue, 18 Apr 2023 10:30:05 GMT</pubDate></item>"
        return alone(f"<rss version='2.0'><channel><title>t</title><link>https://s.example</link>{item}</channel></rss>".encode())

    assert told(1).uid == told(2).uid
    assert "signature" not in told(1).uid


def test_other_feeds_are_left_alone() -> None:
    body = wewe_atom().replace(TOKEN.encode(), b"urn:a:1").replace(b"https://mp.weixin.qq.com/s/", b"https://blog.example/")
    feed = fed(body)
    assert (feed.entries[0].published, feed.repairs) == (None, ())
    assert feed.entries[0].updated == WHEN


SCRIPTS = 'var biz = "MzA5"; var ct = "1681813805"; var nickname = "渠水清清"; var msg_title = \'清明的渠\'; '


def post(script: str, inside: str = "") -> Entry:
    html = f"<html><head><title></title></head><body>{inside}<script>{SCRIPTS}{script}</script></body></html>"
    document = Document(url=POST, body=html.encode(), content_type="text/html")
    (entry,) = read(document, Hints(kind="article", timezone="Asia/Shanghai")).entries
    assert (entry.title, entry.credit.source, entry.published) == ("清明的渠", "渠水清清", WHEN)
    return entry


def body(entry: Entry) -> str:
    assert entry.content is not None
    return entry.content.value


def test_a_post_of_pictures() -> None:
    entry = post(
        'window.item_show_type = "8"; window.desc = "柳芽\\x0a桃花"; window.picture_page_info_list = [{ width: 1, watermark_info: '
        "{ cdn_url: 'https://mmbiz.qpic.cn/mark/0' }, cdn_url: 'https://mmbiz.qpic.cn/a/0?wx_fmt=png\\x26amp;tp=webp' }];"
    )
    assert "<p>柳芽</p><p>桃花</p>" in body(entry)
    assert "mark" not in body(entry)
    assert "https://mmbiz.qpic.cn/a/0?wx_fmt=png&amp;tp=webp" in body(entry)


@pytest.mark.parametrize(
    ("kind", "said"), [("10", "content_noencode: '渠水到了，\\x0a插秧吧。'"), ("17", 'var msg_desc = htmlDecode("渠水到了，")')]
)
def test_a_text_alone(kind: str, said: str) -> None:
    assert "<p>渠水到了，</p>" in body(post(f'var item_show_type = "{kind}"; {said};'))


def test_a_video_shows_its_cover() -> None:
    made = body(post(f'var item_show_type = "5"; var msg_cdn_url = "{COVER}"; window.desc = "航拍春灌";'))
    assert "航拍春灌" in made
    assert COVER in made


def test_a_voice_is_an_enclosure_and_a_player() -> None:
    voice = '<div id="js_content"><p>听一听渠边的早晨。</p><mpvoice voice_encode_fileid="MzA5Xzg4" name="渠边的早晨"></mpvoice></div>'
    entry = post('var item_show_type = "7";', voice)
    assert [(each.type, each.title) for each in entry.enclosures] == [("audio/mpeg", "渠边的早晨")]
    assert f'<audio controls="" src="{entry.enclosures[0].url}"' in body(entry) or entry.enclosures[0].url in body(entry)


def test_what_a_short_post_passes_on() -> None:
    shared = f'<div id="js_content"><p>转一篇好文。</p></div><a id="js_share_source" data-url="{LONG}">阅读全文</a>'
    assert post('var item_show_type = "17";', shared).credit.original_url == LONG.replace("&amp;", "&")


def test_a_temporary_address_gives_way_to_the_lasting_one() -> None:
    html = f'<html><body><h1>清明的渠</h1>{BODY}<script>{SCRIPTS}var msg_link = "{LONG}";</script></body></html>'
    document = Document(url="https://mp.weixin.qq.com/s?src=11&timestamp=1&ver=1&signature=x", body=html.encode())
    (entry,) = read(document, Hints(kind="article", timezone="Asia/Shanghai")).entries
    assert entry.uid == "//mp.weixin.qq.com/s?__biz=MzA5&idx=1&mid=2247&sn=ab12"
