"""OPML both ways: what we export, and the exports of others, however they wrote them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from feeds.errors import FeedError, NotAFeed, Refused
from feeds.read import opml as reader
from feeds.records import Author, Outline
from feeds.write import opml

OUTLINES = (
    Outline(
        text="精神建设进行时",
        title="精神建设进行时",
        xml_url="https://f.example/feeds/jsjx.atom",
        html_url="https://f.example/sections/jsjx/",
    ),
    Outline(text="A & B <c>", title="A & B", xml_url="https://f.example/a?x=1&y=2", categories=("天津", "水务")),
    Outline(text="志愿服务", title="志愿服务", xml_url="https://f.example/feeds/zyfw.atom"),
    Outline(text="河湖", title="河湖", xml_url="https://f.example/h", categories=("天津",)),
)


def test_what_is_written_is_read_again():
    document = opml.render("津门文明", OUTLINES)
    assert set(reader.read(document)) == set(OUTLINES)
    assert document == opml.render("津门文明", OUTLINES)


def test_the_document():
    owner = Author(name="编辑部", email="desk@example.org", uri="https://f.example/")
    root = etree.fromstring(opml.render("津门 & 文明", OUTLINES, owner=owner, created=datetime(2024, 5, 1, tzinfo=UTC)))
    assert root.get("version") == "2.0"
    assert [(child.tag, child.text) for child in root.find("head")] == [
        ("title", "津门 & 文明"),
        ("dateCreated", "Wed, 01 May 2024 00:00:00 GMT"),
        ("ownerName", "编辑部"),
        ("ownerEmail", "desk@example.org"),
        ("ownerId", "https://f.example/"),
    ]
    first, folder, *_ = root.find("body")
    assert dict(first.attrib) == {
        "text": "精神建设进行时",
        "title": "精神建设进行时",
        "type": "rss",
        "xmlUrl": "https://f.example/feeds/jsjx.atom",
        "htmlUrl": "https://f.example/sections/jsjx/",
    }
    assert (folder.get("text"), [child.get("text") for child in folder]) == ("天津", ["水务", "河湖"])


def test_a_page_without_a_feed_is_a_link():
    (found,) = etree.fromstring(opml.render("x", [Outline(text="主页", html_url="https://f.example/")])).find("body")
    assert (found.get("type"), found.get("url")) == ("link", "https://f.example/")


def test_no_time_is_made_up():
    assert b"dateCreated" not in opml.render("x", OUTLINES)


def read(body: str) -> list[tuple[str, str | None, tuple[str, ...]]]:
    return [(outline.text, outline.xml_url, outline.categories) for outline in reader.read(f"<opml><body>{body}</body></opml>".encode())]


def test_attributes_in_any_case_and_nesting_at_any_depth():
    assert read(
        '<outline TEXT="新闻"><OUTLINE Text="地方"><outline text="a" XMLURL="http://a.example/f"/></OUTLINE>'
        '<outline title="b" type="atom" url="http://b.example/f"/></outline><outline xmlUrl="http://c.example/f"/>'
    ) == [
        ("a", "http://a.example/f", ("新闻", "地方")),
        ("b", "http://b.example/f", ("新闻",)),
        ("http://c.example/f", "http://c.example/f", ()),
    ]


def test_the_category_attribute_stands_in_for_folders():
    assert read('<outline text="a" xmlUrl="http://a.example/f" category="/新闻/地方,水务"/>')[0][2] == ("新闻", "地方", "水务")


def test_feeds_in_feeds():
    body = '<outline text="a" xmlUrl="http://a.example/f"><outline text="b" xmlUrl="http://b.example/f"/></outline>'
    assert [text for text, _, _ in read(body)] == ["a", "b"]


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("http://a.example/?a=1&b=2&copy=3", "http://a.example/?a=1&b=2&copy=3"),
        ("http://a.example/?a=1&amp;b=2", "http://a.example/?a=1&b=2"),
        ("feed:https://a.example/f", "https://a.example/f"),
        ("feed://a.example/f", "http://a.example/f"),
        (" https://a.example/f\n", "https://a.example/f"),
    ],
)
def test_addresses_as_they_come(written, address):
    assert [found for _, found, _ in read(f'<outline text="a" xmlUrl="{written}"/>')] == [address]


@pytest.mark.parametrize("written", ["", "javascript:alert(1)", "/etc/passwd", "file:///etc/passwd", "a.example/f"])
def test_what_is_no_feed_address_is_left_out(written):
    assert read(f'<outline text="a" xmlUrl="{written}"/>') == []


def test_repeated_feeds_count_once():
    assert len(read('<outline text="a" xmlUrl="http://a.example/f"/><outline text="b" xmlUrl="http://a.example/f"/>')) == 1


def test_broken_files_give_what_they_have():
    feed = '<outline text="caf&eacute; &nbsp;&bogus; R&D" xmlUrl="http://a.example/f">'
    body = f'<?xml version="1.0"?><opml><head><title>x</head><body>{feed}<outline text="b'
    assert [outline.text for outline in reader.read(body.encode())] == ["café &bogus; R&D"]


def test_other_encodings():
    body = '<?xml version="1.0" encoding="gb2312"?><opml><body><outline text="海河" xmlUrl="http://a.example/f"/></body></opml>'
    assert reader.read(body.encode("gb18030"))[0].text == "海河"
    assert reader.read(("\ufeff" + body.replace("gb2312", "utf-16")).encode("utf-16-le"))[0].text == "海河"


def test_comments_and_namespaces_do_no_harm():
    body = '<o:opml xmlns:o="urn:x"><!-- <outline/> --><?pi?><o:outline o:text="a" xmlUrl="http://a.example/f"/></o:opml>'
    assert reader.read(body.encode())[0].text == "a"


@pytest.mark.parametrize("body", ["", " ", "<html><body>Sign in</body></html>", '{"version": 1}', "<rss><channel/></rss>", "\x00\x01"])
def test_other_things_are_not_opml(body):
    with pytest.raises(NotAFeed):
        reader.read(body.encode())


@pytest.mark.parametrize(
    "prolog",
    [
        '<!DOCTYPE opml [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>',
        '<!doctype opml SYSTEM "x" [ ]>',
        '<!DOCTYPE opml [<!ENTITY % x SYSTEM "file:///etc/passwd"> %x;]>',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused(prolog, encoding):
    body = f'{prolog}<opml><body><outline text="&b;" xmlUrl="http://a.example/f"/></body></opml>'
    with pytest.raises(Refused):
        reader.read(body.encode(encoding))


def test_an_outside_document_type_is_passed_over():
    body = '<!DOCTYPE opml SYSTEM "http://127.0.0.1:9/opml.dtd"><opml><outline text="a" xmlUrl="http://a.example/f"/></opml>'
    assert reader.read(body.encode())[0].text == "a"


def test_depth_costs_no_stack():
    body = "<opml>" + '<outline text="x">' * 20_000 + '<outline text="a" xmlUrl="http://a.example/f"/>'
    reader.read(body.encode())


@settings(deadline=None)
@given(
    st.binary()
    | st.text().map(lambda text: f"<opml><outline text='{text}' xmlUrl='http://a.example/{text}'/>".encode("utf-8", "surrogatepass"))
)
def test_whatever_comes_it_answers_or_refuses(body):
    try:
        outlines = reader.read(body)
    except FeedError:
        return
    assert all(outline.xml_url and outline.text for outline in outlines)


@settings(deadline=None)
@given(st.text(alphabet=st.characters()), st.lists(st.text(), max_size=3))
def test_any_text_is_written(text, folders):
    outline = Outline(text=text, title=text, xml_url="https://f.example/" + text, html_url=text, categories=tuple(folders))
    document = opml.render(text, [outline], owner=Author(name=text, email=text))
    assert etree.fromstring(document).get("version") == "2.0"
