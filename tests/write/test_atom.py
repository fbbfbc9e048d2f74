"""Atom as it leaves the house: each fact where RFC 4287 puts it, each trap of the builder under us closed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import feedparser
import pytest
from lxml import etree

from feeds.records import Author, Category, Content, Credit, Deleted, Enclosure, Role, Source
from feeds.write import atom

A = "{http://www.w3.org/2005/Atom}"


def parse(feed):
    return etree.fromstring(atom.FORMAT.render(feed))


def entries(feed):
    return parse(feed).findall(f"{A}entry")


def only(feed):
    (found,) = entries(feed)
    return found


def text(element, path):
    return element.findtext("/".join(f"{A}{step}" for step in path.split("/")))


def links(element, rel):
    return [dict(link.attrib) for link in element.findall(f"{A}link") if link.get("rel") == rel]


def test_the_format_says_what_it_is():
    assert (atom.FORMAT.name, atom.FORMAT.media_type, atom.FORMAT.extension) == ("atom", "application/atom+xml", "atom")


def test_the_founding_entry_carries_every_credit(feed, entry):
    found = only(feed(entry()))
    assert text(found, "id") == "urn:uuid:0b9f3f5e-9a43-5d4c-8f0e-000000000000"
    assert text(found, "title") == "市水务局海河中心党总支“三通六联”打造共建共联新模式"
    assert text(found, "published") == "2022-09-28T00:00:00+08:00"
    assert text(found, "updated") == "2022-09-29T05:03:01.001Z"
    assert text(found, "author/name") == "津水微言"
    assert text(found, "contributor/name") == "张丽"
    assert text(found, "rights") == "转载请注明来源"
    assert text(found, "source/title") == "天津文明网"
    assert links(found, "alternate") == [{"rel": "alternate", "href": "http://wenming.example/system/2022/09/28/0.shtml"}]
    assert links(found, "via") == [{"rel": "via", "href": "https://mp.example/s/k3Jm7QwZr0aYt5NbVxHd2g", "title": "共建共联新模式"}]
    assert found.findtext("{http://purl.org/dc/elements/1.1/}publisher") == "天津文明网"


def test_feedparser_reads_the_same(feed, entry):
    parsed = feedparser.parse(atom.FORMAT.render(feed(entry())))
    assert parsed.bozo is False
    assert parsed.version == "atom10"
    item = parsed.entries[0]
    assert (item.author, item.contributors[0]["name"], item.source.title) == ("津水微言", "张丽", "天津文明网")
    assert item.link == "http://wenming.example/system/2022/09/28/0.shtml"
    assert item.title_detail.type == "text/plain"


def test_the_head_of_the_feed(feed, entry):
    root = parse(
        feed(
            entry(),
            subtitle="每日更新",
            rights="保留权利",
            image="https://feeds.example.org/logo.png",
            next_link="https://feeds.example.org/2",
        )
    )
    assert text(root, "id") == "tag:feeds.example.org,2026:feeds/jsjx"
    assert text(root, "subtitle") == "每日更新"
    assert text(root, "rights") == "保留权利"
    assert text(root, "logo") == "https://feeds.example.org/logo.png"
    assert text(root, "generator") == "Haihe"
    assert root.find(f"{A}generator").attrib == {}
    assert text(root, "author/email") == "desk@example.org"
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "zh-CN"
    assert links(root, "self") == [{"rel": "self", "href": "https://feeds.example.org/feeds/jsjx.xml", "type": "application/atom+xml"}]
    assert [link["href"] for rel in ("alternate", "hub", "next") for link in links(root, rel)] == [
        "https://feeds.example.org/sections/jsjx/",
        "https://feeds.example.org/hub",
        "https://feeds.example.org/2",
    ]


def test_entries_keep_their_order(feed, entry):
    assert [text(found, "id")[-1] for found in entries(feed(*map(entry, (3, 1, 2))))] == ["3", "1", "2"]


def test_the_feed_is_as_new_as_its_newest_entry(feed, entry):
    early, late = datetime(2020, 1, 1, tzinfo=UTC), datetime(2024, 1, 1, tzinfo=UTC)
    assert text(parse(feed(entry(updated=late), updated=early)), "updated") == "2024-01-01T00:00:00Z"
    assert text(parse(feed(entry(updated=early), updated=late)), "updated") == "2024-01-01T00:00:00Z"
    assert text(parse(feed(entry(updated=early), updated=None)), "updated") == "2020-01-01T00:00:00Z"


def test_links_keep_rel_type_and_length(feed, entry):
    enclosures = (
        Enclosure(url="https://a.example/talk.mp3", type="audio/mpeg", length=123, title="录音"),
        Enclosure(url="https://a.example/film.mp4"),
        Enclosure(url="/not-absolute.mp4"),
    )
    assert links(only(feed(entry(enclosures=enclosures))), "enclosure") == [
        {"rel": "enclosure", "href": "https://a.example/talk.mp3", "type": "audio/mpeg", "length": "123", "title": "录音"},
        {"rel": "enclosure", "href": "https://a.example/film.mp4", "type": "video/mp4"},
    ]


def test_texts_say_that_they_are_text_and_html_that_it_is_html(feed, entry):
    found = only(feed(entry(content=Content(value="<p>正文 &amp; ]]&gt;</p>"))))
    assert [found.find(f"{A}{tag}").get("type") for tag in ("title", "summary", "rights", "content")] == ["text", "text", "text", "html"]
    assert text(found, "content") == "<p>正文 &amp; ]]&gt;</p>"
    assert b"CDATA" not in atom.FORMAT.render(feed(entry(content=Content(value="<p>x]]></p>"))))


def test_the_source_feed_is_kept_whole(feed, entry):
    origin = Source(
        id="tag:swj.example,2020:feed",
        title="天津水务",
        link="https://swj.example/",
        feed="https://swj.example/atom.xml",
        updated=datetime(2022, 9, 1, tzinfo=UTC),
        authors=(Author(name="水务局", uri="https://swj.example/about"),),
        rights="版权所有",
    )
    found = only(feed(entry(source=origin))).find(f"{A}source")
    assert [text(found, tag) for tag in ("id", "title", "updated", "rights")] == [
        "tag:swj.example,2020:feed",
        "天津水务",
        "2022-09-01T00:00:00Z",
        "版权所有",
    ]
    assert (text(found, "author/name"), text(found, "author/uri")) == ("水务局", "https://swj.example/about")
    assert [link["href"] for link in links(found, "alternate") + links(found, "self")] == [
        "https://swj.example/",
        "https://swj.example/atom.xml",
    ]


def test_a_site_without_a_feed_is_a_source_by_its_address(feed, entry):
    found = only(feed(entry(source=None))).find(f"{A}source")
    assert (text(found, "id"), text(found, "title")) == ("http://wenming.example/", "天津文明网")
    assert text(found, "updated") == "2022-09-28T00:00:00+08:00"


def test_a_source_that_is_a_name_only_gets_one_lasting_id(feed, entry):
    def source_id():
        return text(only(feed(entry(source=Source(title="某报"), credit=Credit()))), "source/id")

    assert source_id().startswith("urn:uuid:")
    assert source_id() == source_id()


def test_nothing_known_of_the_source_is_nothing_said(feed, entry):
    assert only(feed(entry(source=None, credit=Credit()))).find(f"{A}source") is None


def test_the_stated_source_is_named_beside_the_authors(feed, entry):
    people = (Author(name="李强", role=Role.REPORTER), Author(name="王芳", email="wang@example.org"))
    found = only(feed(entry(authors=people, credit=Credit(source="天津日报", source_url="https://tjrb.example/", agency="新华社"))))
    assert [name.text for name in found.findall(f"{A}author/{A}name")] == ["李强", "王芳"]
    assert [name.text for name in found.findall(f"{A}contributor/{A}name")] == ["张丽", "天津日报", "新华社"]
    assert links(found, "via") == [{"rel": "via", "href": "https://tjrb.example/", "title": "天津日报"}]


def test_an_unsigned_entry_is_signed_by_the_feed(feed, entry):
    unsigned = entry(source=None, credit=Credit(), contributors=())
    assert only(feed(unsigned)).find(f"{A}author") is None
    assert text(parse(feed(unsigned, authors=())), "author/name") == "精神建设进行时 - 津门文明"
    assert parse(feed(entry(), authors=())).find(f"{A}author") is None


def test_categories_with_scheme_and_label(feed, entry):
    categories = (
        Category(term="zyfw", scheme="https://feeds.example.org/sections/", label="志愿服务"),
        Category(term="zyfw", scheme="https://feeds.example.org/sections/", label="志愿服务"),
        Category(term="视频", scheme="no address"),
        Category(term=" "),
    )
    assert [dict(found.attrib) for found in only(feed(entry(categories=categories))).findall(f"{A}category")] == [
        {"term": "zyfw", "scheme": "https://feeds.example.org/sections/", "label": "志愿服务"},
        {"term": "视频"},
    ]


def test_without_a_link_the_text_is_the_content(feed, entry):
    found = only(feed(entry(link=None)))
    assert (found.find(f"{A}summary"), text(found, "content")[:4]) == (None, "今年以来")
    found = only(feed(entry(link=None, summary=None, credit=Credit(), contributors=(), source=None)))
    assert text(found, "content") == text(found, "title")


def test_a_bare_link_still_says_whose_it_is(feed, entry):
    assert "津水微言" in text(only(feed(entry(summary=None))), "summary")


def test_an_untitled_note_is_called_by_how_it_begins(feed, entry):
    assert text(only(feed(entry(title=""))), "title").startswith("今年以来，海河管理中心")
    assert text(only(feed(entry(title="\x01 ", summary=None))), "title") == "http://wenming.example/system/2022/09/28/0.shtml"
    assert text(only(feed(entry(title="", summary=None, link=None))), "title").startswith("urn:uuid:")


def test_an_entry_in_another_language_says_so(feed, entry):
    lang = "{http://www.w3.org/XML/1998/namespace}lang"
    assert [found.get(lang) for found in entries(feed(entry(0, language="en"), entry(1, language="zh-CN"), entry(2, language="?!")))] == [
        "en",
        None,
        None,
    ]


def test_the_picture_is_a_thumbnail(feed, entry):
    found = only(feed(entry(image="https://a.example/图 1.jpg")))
    assert found.find("{http://search.yahoo.com/mrss/}thumbnail").get("url") == "https://a.example/%E5%9B%BE%201.jpg"


def test_times_are_rfc_3339(feed, entry):
    odd = datetime(1991, 1, 1, 8, 5, 43, tzinfo=timezone(timedelta(hours=8, minutes=5, seconds=43)))
    assert text(only(feed(entry(published=odd))), "published") == "1991-01-01T00:00:00Z"
    for micros, stamp in ((0, "2022-09-28T01:02:03Z"), (4000, "2022-09-28T01:02:03.004Z"), (4005, "2022-09-28T01:02:03.004005Z")):
        at = datetime(2022, 9, 28, 1, 2, 3, micros, tzinfo=UTC)
        found = only(feed(entry(published=at, updated=at)))
        assert text(found, "updated") == stamp
        assert text(found, "published") == "2022-09-28T01:02:03Z"  # as exact as RSS can say it
    assert only(feed(entry(published=None))).find(f"{A}published") is None
    with pytest.raises(ValueError, match="without a zone"):
        atom.FORMAT.render(feed(entry(published=datetime(2022, 1, 1))))  # noqa: DTZ001


def test_ids_are_never_rewritten(feed, entry):
    assert text(only(feed(entry(id="http://例.example/文?a=1#x"))), "id") == "http://例.example/文?a=1#x"
    minted = text(only(feed(entry(id=None))), "id")
    assert minted.startswith("urn:uuid:")
    assert minted == text(only(feed(entry(id=None))), "id")


def test_no_address_that_acts_in_the_reader(feed, entry):
    hostile = entry(
        link="javascript:alert(1)",
        image="data:image/svg+xml,<svg/>",
        authors=(Author(name="x", uri=" JavaScript:alert(1)"),),
        enclosures=(Enclosure(url="vbscript:x"),),
        credit=Credit(original_url="javascript:alert(2)", source_url="https://ok.example/"),
    )
    body = atom.FORMAT.render(feed(hostile))
    assert b"script:" not in body.lower()
    assert b"data:" not in body
    assert links(only(feed(hostile)), "via") == [{"rel": "via", "href": "https://ok.example/"}]


def test_an_empty_feed_is_a_feed(feed):
    root = parse(feed())
    assert (root.findall(f"{A}entry"), text(root, "updated")) == ([], "2022-09-29T00:00:00Z")


@pytest.mark.parametrize(
    ("origin", "name"),
    [
        (Source(id="tag:a.example,2020:f", link="https://a.example"), "tag:a.example,2020:f"),
        (Source(id="not an iri", feed="https://a.example/feed x", link="https://a.example"), "https://a.example/feed%20x"),
        (Source(link="https://a.example"), "https://a.example/"),
        (Source(link="https://a.example?x"), "https://a.example/?x"),
    ],
)
def test_a_source_is_named_by_its_id_else_its_address(feed, entry, origin, name):
    assert text(only(feed(entry(source=origin))), "source/id") == name


def test_plain_text_keeps_its_lines(feed, entry):
    found = only(feed(entry(content=Content(value="一 < 二\r\n三\n", type="text"))))
    assert (text(found, "content"), found.find(f"{A}content").get("type")) == ("一 < 二\n三", "text")


def test_tombstones_say_what_is_gone_when_by_whom_and_why(feed, entry):
    when = datetime(2022, 10, 1, 8, tzinfo=UTC)
    gone = (Deleted(ref="urn:x:1", when=when, by="编辑部", comment="a <b> & c\x08"), Deleted(ref="urn:x:2", when=when + timedelta(days=1)))
    root = parse(feed(entry(), deleted=gone))
    first, second = root.findall("{http://purl.org/atompub/tombstones/1.0}deleted-entry")
    assert dict(first.attrib) == {"ref": "urn:x:1", "when": "2022-10-01T08:00:00Z"}
    assert first.findtext(f"{{*}}by/{A}name") == "编辑部"
    assert first.findtext("{*}comment") == "a <b> & c"
    assert (dict(second.attrib), len(second)) == ({"ref": "urn:x:2", "when": "2022-10-02T08:00:00Z"}, 0)
    parsed = feedparser.parse(atom.FORMAT.render(feed(entry(), deleted=gone)))
    assert (parsed.bozo, len(parsed.entries)) == (False, 1)
    assert b"tombstones" not in atom.FORMAT.render(feed(entry()))


def test_a_text_that_looks_like_html_is_written_as_the_html_that_shows_it(feed, entry):
    found = only(feed(entry(title="怎样用 <b>粗体</b>", summary=Content(value="一 &amp; 二\n</p>", type="text"), rights="<i>转载</i>")))
    for name, shown in (
        ("title", "怎样用 &lt;b&gt;粗体&lt;/b&gt;"),
        ("summary", "一 &amp;amp; 二<br>\n&lt;/p&gt;"),
        ("rights", "&lt;i&gt;转载&lt;/i&gt;"),
    ):
        element = found.find(f"{A}{name}")
        assert (element.get("type"), element.text) == ("html", shown)
    plain = only(feed(entry(title="AT&T：5 < 6"))).find(f"{A}title")
    assert (plain.get("type"), plain.text) == ("text", "AT&T：5 < 6")


def test_a_date_that_stands_for_none_is_left_out(feed, entry):
    for year in (1, 1900, 1970):
        assert only(feed(entry(published=datetime(year, 1, 2, tzinfo=UTC)))).find(f"{A}published") is None


def test_a_source_without_a_sound_id_has_one_made_of_its_address(feed, entry):
    def named(**facts):
        return only(feed(entry(source=Source(title="甲", **facts), credit=Credit()))).findtext(f"{A}source/{A}id")

    assert named(id="https://a.example", feed="https://a.example/feed") == "https://a.example/feed"
    assert named(id="tag:a.example,2020:", link="https://a.example") == "tag:a.example,2020:"
    assert named(link="https://a.example") == "https://a.example/"
    assert named(id="yt:channel:1", feed="https://a.example/%7e").startswith("urn:uuid:")
