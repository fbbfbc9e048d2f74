"""What we write we read again: an instance that pulls another's feed loses no fact that the format can carry."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from lxml import etree
from msgspec import structs

from feeds.clean.markup import sanitise
from feeds.read import read
from feeds.records import Author, Category, Content, Correction, Credit, Document, Enclosure, Precision, Role, Source
from feeds.write import atom, jsonfeed, rss

CHINA = timezone(timedelta(hours=8))


def again(form, feed):
    return read(Document(url="https://feeds.example.org/feeds/jsjx.xml", body=form.render(feed), content_type=form.media_type))


@pytest.fixture
def full(entry):
    return entry(
        title="AT&T：三通六联 & 5 > 4",
        content=Content(value=sanitise('<p>正文 &amp; <a href="https://a.example/?a=1&amp;b=2">图</a></p>', None)),
        authors=(Author(name="李强"), Author(name="王芳")),
        contributors=(Author(name="张丽", role=Role.EDITOR),),
        categories=(Category(term="志愿服务"), Category(term="水务")),
        enclosures=(Enclosure(url="https://a.example/talk.mp3", type="audio/mpeg", length=9),),
        source=Source(
            title="人民网", link="http://rm.example/", feed="http://rm.example/rss.xml", updated=datetime(2022, 9, 1, tzinfo=UTC)
        ),
        credit=Credit(publisher="天津文明网", original_url="https://mp.example/s/1"),
    )


def names(people):
    return [person.name for person in people]


@pytest.mark.parametrize("form", [atom.FORMAT, rss.FORMAT, jsonfeed.FORMAT], ids=lambda form: form.name)
def test_every_format_carries_the_entry(form, feed, full):
    (found,) = again(form, feed(full)).entries
    for fact in ("id", "title", "link", "content", "published", "enclosures", "rights"):
        assert getattr(found, fact) == getattr(full, fact), fact
    assert names(found.authors) == ["李强", "王芳"]
    assert "张丽" in names(found.contributors)
    assert [category.term for category in found.categories] == ["志愿服务", "水务"]
    assert found.credit.publisher == "天津文明网"


@pytest.mark.parametrize("form", [atom.FORMAT, rss.FORMAT, jsonfeed.FORMAT], ids=lambda form: form.name)
def test_the_feed_that_it_came_from_comes_along(form, feed, full):
    (found,) = again(form, feed(full)).entries
    assert (found.source.title, found.source.feed) == ("人民网", "http://rm.example/rss.xml")


def test_atom_carries_the_whole_source_and_our_revision(feed, full):
    (found,) = again(atom.FORMAT, feed(full)).entries
    assert found.source == structs.replace(full.source, id="http://rm.example/rss.xml")
    assert found.updated == full.updated
    assert found.credit.original_url == "https://mp.example/s/1"


FORMATS = [atom.FORMAT, rss.FORMAT, jsonfeed.FORMAT]


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_every_format_carries_who_did_what(form, feed, entry):
    authors = (Author(name="李强", role=Role.REPORTER), Author(name="赵一", role=Role.CORRESPONDENT), Author(name="钱二"))
    roles = (Role.EDITOR, Role.DUTY_EDITOR, Role.REVIEWER, Role.CONTRIBUTOR)
    others = tuple(Author(name=name, role=role) for name, role in zip(("张丽", "孙三", "周四", "吴五"), roles, strict=True))
    (found,) = again(form, feed(entry(authors=authors, contributors=others, credit=Credit()))).entries
    assert {(each.name, each.role) for each in found.authors} == {(each.name, each.role) for each in authors}
    assert {(each.name, each.role) for each in found.contributors} == {(each.name, each.role) for each in others}


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_every_format_carries_who_did_two_things(form, feed, entry):
    both = (Author(name="张丽", role=Role.EDITOR), Author(name="张丽", role=Role.REVIEWER), Author(name="孙三", role=Role.EDITOR))
    (found,) = again(form, feed(entry(contributors=both, credit=Credit()))).entries
    assert {(each.name, each.role) for each in found.contributors} == {(each.name, each.role) for each in both}


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
@pytest.mark.parametrize("origin", [None, Source(title="人民网", feed="http://rm.example/rss.xml")], ids=["page", "feed"])
def test_every_format_carries_the_rest_of_the_credit(form, origin, feed, entry):
    stated = Credit(source="津水微言", organization="天津市水务局", publisher="天津文明网", agency="新华社", chain=("甲报; b=c", r"乙\报"))
    (found,) = again(form, feed(entry(source=origin, credit=stated))).entries
    assert structs.replace(found.credit, evidence=()) == stated
    assert "新华社" not in names(found.contributors) or form is jsonfeed.FORMAT


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_every_format_carries_all_that_is_known_of_a_file(form, feed, entry):
    files = (
        Enclosure(url="https://a.example/1.mp3", type="audio/mpeg", length=9, title="第一集", duration=61),
        Enclosure(url="https://a.example/2.pdf", type="application/pdf"),
        Enclosure(url="https://a.example/3.mp4", type="video/mp4", duration=3600),
    )
    (found,) = again(form, feed(entry(enclosures=files))).entries
    assert found.enclosures == files


def test_every_format_says_when_an_entry_was_corrected(feed, entry):
    at = datetime(2026, 3, 4, 8, 30, tzinfo=UTC)
    corrected = feed(entry(corrected=Correction(at=at, facts=("title", "credit"))))
    for form in (atom.FORMAT, rss.FORMAT):
        root = etree.fromstring(form.render(corrected))
        assert root.findtext(".//{http://purl.org/dc/terms/}modified") == "2026-03-04T08:30:00Z"
    (item,) = json.loads(jsonfeed.FORMAT.render(corrected))["items"]
    assert item["_corrected"] == {"at": "2026-03-04T08:30:00Z", "facts": ["title", "credit"]}


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
@pytest.mark.parametrize("origin", [None, Source(title="人民网", feed="http://rm.example/rss.xml")], ids=["page", "feed"])
def test_every_format_carries_the_stated_source_and_what_it_called_the_text(form, origin, feed, entry):
    stated = Credit(source="津水微言", publisher="天津文明网", original_title="共建 & 共联", original_url="https://mp.example/s/1")
    (found,) = again(form, feed(entry(source=origin, credit=stated))).entries
    assert structs.replace(found.credit, evidence=()) == stated


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
@pytest.mark.parametrize(
    ("at", "precision"),
    [
        (datetime(2022, 9, 28, tzinfo=CHINA), Precision.DAY),
        (datetime(2022, 9, 28, 8, 30, tzinfo=CHINA), Precision.MINUTE),
        (datetime(2022, 9, 28, 8, 30, 5, tzinfo=CHINA), Precision.SECOND),
    ],
)
def test_every_format_carries_how_exactly_a_time_is_known(form, at, precision, feed, entry):
    (found,) = again(form, feed(entry(published=at, precision=precision))).entries
    assert (found.published, found.precision) == (at, precision)


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
@pytest.mark.parametrize("paragraphs", [1, 40])
def test_a_text_without_a_summary_comes_back_without_one(form, paragraphs, feed, entry):
    text = Content(value=sanitise("<p>河水清清，岸上有人读书。</p>" * paragraphs, None))
    (found,) = again(form, feed(entry(content=text, summary=None))).entries
    assert (found.content, found.summary) == (text, None)


SAME = ("id", "title", "link", "summary", "content", "published", "updated", "categories", "enclosures", "image", "language", "rights")


@pytest.mark.parametrize("policy", ["full", "summary", "link"])
def test_the_three_formats_say_the_same(policy, feed, entry):
    """For whoever reads them back; what RSS has beside a full text that came without a summary is how that begins."""
    written = entry(
        content=Content(value=sanitise("<p>正文 &amp; 图</p>", None)) if policy == "full" else None,
        summary=Content(value="摘要", type="text") if policy != "link" else None,
        published=datetime(2022, 9, 28, 8, 30, 1, 250_000, tzinfo=UTC),
        image="https://a.example/1.jpg",
        language="en",
        enclosures=(Enclosure(url="https://a.example/talk.mp3", type="audio/mpeg", length=9),),
        source=Source(title="人民网", feed="http://rm.example/rss.xml"),
        credit=Credit(source="津水微言", publisher="天津文明网", homepage="https://wm.example/", original_url="https://mp.example/s/1"),
    )
    found = [again(form, feed(written)).entries[0] for form in (atom.FORMAT, rss.FORMAT, jsonfeed.FORMAT)]
    for fact in SAME:
        assert len({repr(getattr(each, fact)) for each in found}) == 1, [getattr(each, fact) for each in found]
    assert {each.credit.original_url for each in found} == {"https://mp.example/s/1"}
    assert {each.credit.publisher for each in found} == {"天津文明网"}
    assert {(each.source.title, each.source.feed) for each in found} == {("人民网", "http://rm.example/rss.xml")}
    assert {tuple(names(each.authors)) for each in found} == {("津水微言",)}


@pytest.mark.parametrize("form", [atom.FORMAT, rss.FORMAT, jsonfeed.FORMAT], ids=lambda form: form.name)
def test_a_home_page_is_no_original(form, feed, entry):
    (found,) = again(form, feed(entry(credit=Credit(publisher="天津文明网", homepage="https://wm.example/")))).entries
    assert found.credit.original_url is None
