"""RSS as it leaves the house: what its readers and the profile of the RSS Advisory Board expect."""

from __future__ import annotations

import locale
from datetime import UTC, datetime, timedelta, timezone

import feedparser
import pytest
from lxml import etree

from feeds.records import Author, Category, Content, Credit, Enclosure, Role, Source
from feeds.write import rss

ATOM = "{http://www.w3.org/2005/Atom}"
DC = "{http://purl.org/dc/elements/1.1/}"
MEDIA = "{http://search.yahoo.com/mrss/}"
ENCODED = "{http://purl.org/rss/1.0/modules/content/}encoded"


def channel(feed):
    return etree.fromstring(rss.FORMAT.render(feed))[0]


def only(feed):
    (found,) = channel(feed).findall("item")
    return found


def texts(element, tag):
    return [found.text for found in element.findall(tag)]


def tags(element):
    return [child.tag for child in element]


def test_the_format_says_what_it_is():
    assert (rss.FORMAT.name, rss.FORMAT.media_type, rss.FORMAT.extension) == ("rss", "application/rss+xml", "rss")


def test_the_founding_entry_carries_every_credit(feed, entry):
    item = only(feed(entry()))
    assert item.findtext("title") == "市水务局海河中心党总支“三通六联”打造共建共联新模式"
    assert item.findtext("link") == "http://wenming.example/system/2022/09/28/0.shtml"
    assert item.findtext("pubDate") == "Wed, 28 Sep 2022 00:00:00 +0800"
    assert (texts(item, f"{DC}creator"), texts(item, f"{DC}contributor")) == (["津水微言"], ["张丽"])
    assert (texts(item, f"{DC}source"), texts(item, f"{DC}publisher"), texts(item, f"{DC}rights")) == (
        ["津水微言"],
        ["天津文明网"],
        ["转载请注明来源"],
    )
    assert item.find("source") is None
    assert item.find("author") is None
    assert dict(item.find(f"{ATOM}link").attrib) == {
        "rel": "via",
        "href": "https://mp.example/s/k3Jm7QwZr0aYt5NbVxHd2g",
        "title": "共建共联新模式",
    }


def test_feedparser_reads_the_same(feed, entry):
    parsed = feedparser.parse(rss.FORMAT.render(feed(entry())))
    assert (parsed.bozo, parsed.version) == (False, "rss20")
    assert parsed.feed.link == "https://feeds.example.org/sections/jsjx/"
    assert parsed.entries[0].author == "津水微言"
    assert parsed.entries[0].published_parsed[:5] == (2022, 9, 27, 16, 0)


def test_the_head_of_the_channel(feed, entry):
    found = channel(feed(entry(), subtitle="每日更新", rights="保留权利", image="https://feeds.example.org/logo.png"))
    assert texts(found, "link") == ["https://feeds.example.org/sections/jsjx/"]
    assert found.findtext("description") == "每日更新"
    assert found.findtext("copyright") == "保留权利"
    assert found.findtext("language") == "zh-CN"
    assert found.findtext("ttl") == "30"
    assert found.findtext("generator") == "Haihe"
    assert found.findtext("managingEditor") == "desk@example.org (编辑部)"
    assert found.findtext("lastBuildDate") == "Thu, 29 Sep 2022 05:03:01 GMT"
    assert [found.find("image").findtext(tag) for tag in ("url", "title", "link")] == [
        "https://feeds.example.org/logo.png",
        "精神建设进行时 - 津门文明",
        "https://feeds.example.org/sections/jsjx/",
    ]
    assert [dict(link.attrib) for link in found.findall(f"{ATOM}link")] == [
        {"href": "https://feeds.example.org/feeds/jsjx.xml", "rel": "self", "type": "application/rss+xml"},
        {"rel": "hub", "href": "https://feeds.example.org/hub"},
    ]


def test_what_looks_like_markup_in_the_channel_is_taken_apart(feed):
    found = channel(feed(title="A <b>bold</b> name & more", subtitle="</title> <i>x</i>"))
    assert found.findtext("title") == "A <b>bold<\u2060/b> name & more"
    assert found.findtext("description") == "<\u2060/title> <i>x<\u2060/i>"


def test_the_channel_comes_before_its_items(feed, entry):
    order = tags(channel(feed(entry(0), entry(1), next_link="https://feeds.example.org/2")))
    assert order[-2:] == ["item", "item"]
    assert "item" not in order[:-2]


def test_an_image_that_rss_does_not_know_is_left_out(feed):
    assert channel(feed(image="https://feeds.example.org/logo.svg")).find("image") is None


def test_a_channel_without_a_time_has_none(feed):
    assert channel(feed(updated=None)).find("lastBuildDate") is None


def test_entries_keep_their_order(feed, entry):
    assert [item.findtext("guid")[-1] for item in channel(feed(*map(entry, (3, 1, 2)))).findall("item")] == ["3", "1", "2"]


@pytest.mark.parametrize(
    ("name", "link", "permalink"),
    [
        ("https://a.example/p?x=1&y=2", "https://a.example/p?x=1&y=2", "true"),
        ("https://a.example/p", "https://a.example/q", "false"),
        ("https://a.example/文", "https://a.example/文", "false"),
        ("urn:uuid:0b9f3f5e-9a43-5d4c-8f0e-000000000001", None, "false"),
        ("7", "https://a.example/", "false"),
    ],
)
def test_a_guid_is_a_permalink_only_where_it_is_the_link(feed, entry, name, link, permalink):
    guid = only(feed(entry(id=name, link=link))).find("guid")
    assert (guid.text, guid.get("isPermaLink")) == (name, permalink)


def test_titles_are_written_in_hexadecimal_references(feed, entry):
    body = rss.FORMAT.render(feed(entry(title="AT&T: 5 < 6 &amp; <b>"), title="Q&A"))
    assert b"<title>AT&#x26;T: 5 &#x3C; 6 &#x26;amp; &#x3C;b&gt;</title>" in body
    assert b"<title>Q&#x26;A</title>" in body
    assert only(feed(entry(title="AT&T: 5 < 6"))).findtext("title") == "AT&T: 5 < 6"


def test_the_letters_that_stand_in_for_them_cannot_be_smuggled_in(feed, entry):
    assert only(feed(entry(title="a\ufdd0b\ufdd1c\ufdefd"))).findtext("title") == "abcd"


def test_emoji_of_old_telephones_survive(feed, entry):
    assert only(feed(entry(title="晴\ue04a"))).findtext("title") == "晴\ue04a"


def test_summary_alone_is_the_description(feed, entry):
    item = only(feed(entry(summary=Content(value="<p>a &amp; b</p>"))))
    assert (item.findtext("description"), item.find(ENCODED)) == ("<p>a &amp; b</p>", None)
    assert only(feed(entry(summary=Content(value="5 < 6 & 7", type="text")))).findtext("description") == "5 &lt; 6 &amp; 7"


def test_full_text_follows_its_description(feed, entry):
    item = only(feed(entry(content=Content(value="<p>正文</p>"))))
    assert (item.findtext("description")[:4], item.findtext(ENCODED)) == ("今年以来", "<p>正文</p>")
    assert tags(item).index("description") < tags(item).index(ENCODED)


def test_full_text_without_a_summary_is_described_by_how_it_begins(feed, entry):
    long = "<p>" + "海河管理中心党总支把支部共建作为抓手。" * 40 + "</p>"
    item = only(feed(entry(summary=None, content=Content(value=long))))
    assert item.findtext("description").startswith("海河管理中心")
    assert len(item.findtext("description")) <= 200
    assert item.findtext(ENCODED) == long


def test_pictures_alone_are_the_description(feed, entry):
    pictures = '<p><img src="https://a.example/1.jpg" alt=""></p>'
    item = only(feed(entry(summary=None, content=Content(value=pictures))))
    assert (item.findtext("description"), item.find(ENCODED)) == (pictures, None)


def test_a_bare_link_still_says_whose_it_is(feed, entry):
    assert "津水微言" in only(feed(entry(summary=None))).findtext("description")


def test_an_untitled_note_needs_no_title(feed, entry):
    assert only(feed(entry(title=""))).find("title") is None
    assert only(feed(entry(title="", summary=None, credit=Credit(), contributors=(), source=None, link=None))).find("title") is not None


def test_a_source_with_a_feed_is_a_source_and_no_other(feed, entry):
    origin = Source(title="人民网", feed="http://rm.example/rss.xml?a=1&b=2")
    item = only(feed(entry(source=origin, authors=(Author(name="李强"),))))
    assert (item.findtext("source"), item.find("source").get("url")) == ("人民网", "http://rm.example/rss.xml?a=1&b=2")
    assert item.find(f"{DC}source") is None
    assert texts(item, f"{DC}contributor") == ["张丽", "津水微言"], "who is credited is still named"


def test_authors_by_name_each_in_an_element(feed, entry):
    people = (
        Author(name="李强", role=Role.REPORTER),
        Author(name="王芳", email="wang@example.org"),
        Author(name="李强"),
        Author(name="\x00"),
    )
    item = only(feed(entry(authors=people)))
    assert texts(item, f"{DC}creator") == ["李强", "王芳"]
    assert item.find("author") is None


def test_one_enclosure_and_the_rest_as_media(feed, entry):
    enclosures = (
        Enclosure(url="ftp://a.example/film.bin"),
        Enclosure(url="https://a.example/talk.mp3", type="audio/mpeg"),
        Enclosure(url="https://a.example/film", type="video/mp4; codecs=x", length=9, duration=61, title="影片 & 花絮"),
        Enclosure(url="https://a.example/paper.bin", type="rubbish"),
    )
    item = only(feed(entry(enclosures=enclosures, image="https://a.example/p.jpg")))
    assert [dict(found.attrib) for found in item.findall("enclosure")] == [
        {"url": "https://a.example/talk.mp3", "length": "0", "type": "audio/mpeg"}
    ]
    assert [dict(found.attrib) for found in item.findall(f"{MEDIA}content")] == [
        {"url": "ftp://a.example/film.bin"},
        {"url": "https://a.example/film", "type": "video/mp4", "medium": "video", "fileSize": "9", "duration": "61"},
        {"url": "https://a.example/paper.bin"},
        {"url": "https://a.example/p.jpg", "medium": "image", "type": "image/jpeg"},
    ]
    assert item.findtext(f"{MEDIA}content/{MEDIA}title") == "影片 & 花絮"
    assert item.find(f"{MEDIA}thumbnail").get("url") == "https://a.example/p.jpg"


def test_categories_with_their_domain(feed, entry):
    categories = (
        Category(term="zyfw", scheme="https://a.example/", label="志愿服务"),
        Category(term="zyfw", scheme="https://a.example/"),
        Category(term="视频"),
    )
    found = only(feed(entry(categories=categories))).findall("category")
    assert [(category.text, category.get("domain")) for category in found][-1] == ("视频", None)
    assert len(found) == 2
    assert found[0].get("domain") == "https://a.example/"


@pytest.mark.parametrize(
    ("zone", "stamp"),
    [
        (timezone(timedelta(hours=8)), "Wed, 28 Sep 2022 09:05:07 +0800"),
        (timezone(timedelta(hours=5, minutes=30)), "Wed, 28 Sep 2022 09:05:07 +0530"),
        (timezone(timedelta(hours=5, minutes=45)), "Wed, 28 Sep 2022 03:20:07 GMT"),
        (timezone(timedelta(0), "Europe/London"), "Wed, 28 Sep 2022 09:05:07 GMT"),
        (UTC, "Wed, 28 Sep 2022 09:05:07 GMT"),
    ],
)
def test_dates_are_rfc_822(feed, entry, zone, stamp):
    assert only(feed(entry(published=datetime(2022, 9, 28, 9, 5, 7, 999, tzinfo=zone)))).findtext("pubDate") == stamp


def test_an_undated_entry_says_when_it_was_revised_instead(feed, entry):
    item = only(feed(entry(published=None)))
    assert (item.find("pubDate"), item.findtext(f"{ATOM}updated")) == (None, "2022-09-29T05:03:01.001Z")


def test_the_language_of_the_process_is_never_touched(feed, entry, monkeypatch):
    def touched(*arguments):
        raise AssertionError(arguments)

    monkeypatch.setattr(locale, "setlocale", touched)  # it belongs to every thread of the process
    rss.FORMAT.render(feed(entry()))


def test_addresses_are_uris(feed, entry):
    item = only(feed(entry(link="http://文明.example/路/a b?q=[1]&x=<y>#片#段")))
    assert item.findtext("link") == "http://xn--7dvrl.example/%E8%B7%AF/a%20b?q=%5B1%5D&x=%3Cy%3E#%E7%89%87%23%E6%AE%B5"
    assert only(feed(entry(link="http://a.example:8/a?x=100%"))).findtext("link") == "http://a.example:8/a?x=100%25"
    for nowhere in ("relative", "http:///a", "http://[oops/a", "http://[::1]:8/a", "https:?a"):
        assert only(feed(entry(link=nowhere))).find("link") is None


def test_passwords_in_addresses_are_not_published(feed, entry):
    body = rss.FORMAT.render(
        feed(entry(link="https://u:secret@a.example/x@y", source=Source(title="a", feed="HTTPS://u:secret@a.example:8/文")))
    )
    assert b"secret" not in body
    assert b"https://a.example/x@y" in body
    assert b"https://a.example:8/%E6%96%87" in body


def test_plain_text_keeps_its_lines(feed, entry):
    item = only(feed(entry(content=Content(value="一 < 二\r\n三\n", type="text"))))
    assert item.findtext(ENCODED) == "一 &lt; 二<br>\n三"


def test_a_name_is_never_taken_for_markup(feed, entry):
    item = only(feed(entry(authors=(Author(name="</script>AT&T\ufffd"),))))
    assert item.findtext("{http://purl.org/dc/elements/1.1/}creator") == "<\u2060/script>AT&T□"


def test_an_enclosure_is_at_a_host_with_a_name(feed, entry):
    odd = tuple(
        Enclosure(url=url, type="audio/mpeg") for url in ("http://a_b.example/1.mp3", "http://localhost/2.mp3", "ftp://a.example/3.mp3")
    )
    item = only(feed(entry(enclosures=(*odd, Enclosure(url="https://a.example/4.mp3", type="audio/mpeg")))))
    assert [found.get("url") for found in item.findall("enclosure")] == ["https://a.example/4.mp3"]
    assert len(item.findall("{http://search.yahoo.com/mrss/}content")) == 3
