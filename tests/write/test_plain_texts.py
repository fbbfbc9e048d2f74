"""Texts that hold markup as text (a headline about ``<b>``) are the same to whoever reads our feeds back, wherever they stand."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from msgspec import structs

from feeds.clean.text import clean
from feeds.read import read
from feeds.records import Author, Category, Content, Credit, Document, Enclosure, Feed, Role, Source
from feeds.write import atom, jsonfeed, rss
from feeds.write.xml import chars
from tests.write.conftest import make_entry, make_feed

FORMATS = [atom.FORMAT, rss.FORMAT, jsonfeed.FORMAT]
MARKUP = [
    "<b>", "</b>", "< b>", "<p/>", "</p", "&amp;", "&lt;b&gt;", "&amp;lt;", "&#60;", "&#x26;", "&nbsp;", "&bogus;", "&", "<", ">", "]]>",
    "<![CDATA[x]]>", "<!-- x -->", "<?x?>", "<!DOCTYPE x>", "<script>alert(1)</script>", '<a href="/x">', "</title>", "<x:y>", "<x-y/>",
    "<style>", "<br>\n", "\x00\x08\x1f", "\ufeff\u2060\u202e", "\ud800", "\ufdd0\ufdd1\uffff", "\u3000", "\ufffd", "a", "志愿", " ",
    "; ", "=", "\\", '"', "'", "5 > 4", "AT&T",
]  # fmt: skip
as_text = st.lists(st.sampled_from(MARKUP) | st.text(st.characters(exclude_characters="@"), max_size=6), min_size=1, max_size=6).map(
    lambda parts: clean(chars("x" + "".join(parts)))
)


def again(form, feed: Feed) -> Feed:
    return read(Document(url="https://feeds.example.org/feeds/a", body=form.render(feed), content_type=form.media_type))


def without(credit: Credit) -> Credit:
    return structs.replace(credit, evidence=())


@settings(max_examples=150, deadline=None)
@given(texts=st.lists(as_text, min_size=16, max_size=16, unique=True))
def test_every_text_comes_back_as_it_was(texts):
    title, summary, author, helper, category, rights, origin, stated, agency, earlier, publisher, called, file, section, about, body = texts
    written = make_entry(
        title=title,
        summary=Content(value=summary, type="text"),
        authors=(Author(name=author, role=Role.REPORTER),),
        contributors=(Author(name=helper, role=Role.EDITOR),),
        categories=(Category(term=category),),
        rights=rights,
        source=Source(title=origin, feed="http://rm.example/rss.xml"),
        enclosures=(Enclosure(url="https://a.example/1.mp3", type="audio/mpeg", title=file),),
        credit=Credit(
            source=stated,
            agency=agency,
            chain=(earlier,),
            publisher=publisher,
            original_title=called,
            original_url="https://mp.example/s/1",
        ),
    )
    noted = make_entry(1, summary=Content(value=body, type="text"), content=Content(value="<p>正文</p>"))
    for form in FORMATS:
        feed = again(form, make_feed(written, noted, title=section, subtitle=about))
        found, full = feed.entries
        assert (feed.title, feed.subtitle) == (section, about), form.name
        for fact in ("title", "summary", "authors", "categories", "rights", "enclosures"):
            assert getattr(found, fact) == getattr(written, fact), (form.name, fact)
        assert set(written.contributors) <= set(found.contributors) <= {*written.contributors, Author(name=stated, role=Role.CONTRIBUTOR)}
        assert found.source.title == origin, form.name
        assert without(found.credit) == without(written.credit), form.name
        assert (full.summary, full.content) == (noted.summary, noted.content), form.name


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
@pytest.mark.parametrize(
    "title", ["<b> 与 <strong>：HTML 入门", "&lt;b&gt;", "AT&amp;T", "<!-- x -->", "<script>alert(1)</script>", "</title>"]
)
def test_a_title_about_markup_is_not_read_as_markup(form, title, feed, entry):
    assert again(form, feed(entry(title=title))).entries[0].title == title


def _rss(head: str) -> bytes:
    return (
        f"<rss version='2.0' xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:dcterms='http://purl.org/dc/terms/' "
        f"xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><channel><title>A &amp;amp; B</title><link>https://a.example/</link>"
        f"<description>&lt;i&gt;x&lt;/i&gt;</description>{head}<item><title>&lt;b&gt;On&lt;/b&gt; AT&amp;amp;T</title>"
        f"<link>https://a.example/?a=1&amp;b=2</link><dc:creator>R&amp;amp;D</dc:creator>"
        f"<description>&lt;p&gt;Text&lt;/p&gt;</description></item></channel></rss>"
    ).encode()


@pytest.mark.parametrize(
    "head",
    [
        "<dcterms:conformsTo>https://www.rssboard.org/rss-profile</dcterms:conformsTo>",
        "<dcterms:conformsTo>http://rssboard.org/rss-profile-1/</dcterms:conformsTo>",
        "<dcterms:conformsTo rdf:resource='https://www.rssboard.org/rss-profile'/>",
    ],
)
def test_a_publisher_who_keeps_the_profile_is_taken_at_its_word(head):
    feed = read(Document(url="https://a.example/feed", body=_rss(head)))
    assert (feed.title, feed.subtitle) == ("A &amp; B", "<i>x</i>")
    (found,) = feed.entries
    assert (found.title, found.authors[0].name) == ("<b>On</b> AT&amp;T", "R&amp;D")
    assert (found.link, found.content.value) == ("https://a.example/?a=1&b=2", "<p>Text</p>")


@pytest.mark.parametrize("head", ["", "<dcterms:conformsTo>https://a.example/rss-profile</dcterms:conformsTo>"])
def test_who_does_not_say_so_writes_html_as_most_do(head):
    feed = read(Document(url="https://a.example/feed", body=_rss(head)))
    assert (feed.title, feed.subtitle) == ("A & B", "x")
    (found,) = feed.entries
    assert (found.title, found.authors[0].name) == ("On AT&T", "R&D")


@pytest.mark.parametrize(("stated", "title"), [({"only_in": ["content_html"]}, "<b>On</b> AT&amp;T"), ({}, "On AT&T"), (None, "On AT&T")])
def test_a_json_feed_may_say_so_too(stated, title):
    item = {"id": "1", "title": "<b>On</b> AT&amp;T", "content_html": "<p>Text</p>", "authors": [{"name": 5}, "x"], "_credit": 3}
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "T", "_markup": stated, "items": [item]}
    (found,) = read(Document(url="https://a.example/feed", body=json.dumps(feed).encode())).entries
    assert (found.title, found.content.value) == (title, "<p>Text</p>")


def test_each_feed_says_once_that_its_texts_are_plain(feed, entry):
    terms = "{http://purl.org/dc/terms/}conformsTo"
    written = feed(entry(0), entry(1))
    assert [each.text for each in etree.fromstring(rss.FORMAT.render(written)).iter(terms)] == ["https://www.rssboard.org/rss-profile"]
    assert [each.text for each in etree.fromstring(atom.FORMAT.render(written)).iter(terms)] == ["https://www.rfc-editor.org/info/rfc4287"]
    assert json.loads(jsonfeed.FORMAT.render(written))["_markup"] == {"only_in": ["content_html"]}
