"""What the modules of real feeds say, as far as an entry has a place for it."""

from __future__ import annotations

from feeds.read import read
from feeds.records import Author, Category, Document, Entry, Feed, Hints, Role

SPACES = (
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:media="http://search.yahoo.com/mrss/" '
    'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:podcast="https://podcastindex.org/namespace/1.0" '
    'xmlns:cc="http://backend.userland.com/creativeCommonsRssModule" xmlns:prism="http://prismstandard.org/namespaces/basic/2.0/" '
    'xmlns:atom="http://www.w3.org/2005/Atom"'
)


def feed(items: str, head: str = "") -> Feed:
    body = f'<rss version="2.0" {SPACES}><channel><title>源</title><link>https://a.example/</link>{head}{items}</channel></rss>'
    return read(Document(url="https://a.example/feed", body=body.encode()), Hints(kind="feed", timezone="Asia/Shanghai"))


def entry(inner: str) -> Entry:
    (found,) = feed(f"<item><title>题</title><guid isPermaLink='false'>1</guid>{inner}</item>").entries
    return found


def test_the_people_of_a_picture_have_their_roles() -> None:
    found = entry(
        '<dc:creator>李强</dc:creator><media:content url="https://a.example/p.jpg" type="image/jpeg">'
        '<media:credit role="photographer">王芳</media:credit><media:credit role="Editor">张丽</media:credit></media:content>'
    )
    assert found.authors == (Author(name="李强"),)
    assert found.contributors == (Author(name="王芳", role=Role.CONTRIBUTOR), Author(name="张丽", role=Role.EDITOR))


def test_a_credit_of_an_author_signs_where_nobody_else_does() -> None:
    assert entry('<media:credit role="author">李强</media:credit>').authors == (Author(name="李强"),)


def test_people_of_a_podcast() -> None:
    found = entry(
        '<podcast:person role="host" href="https://a.example/li">李强</podcast:person><podcast:person role="guest">王芳</podcast:person>'
    )
    assert found.authors == (Author(name="李强", uri="https://a.example/li"),)
    assert found.contributors == (Author(name="王芳", role=Role.CONTRIBUTOR),)


def test_a_licence_is_a_right() -> None:
    assert (
        entry("<cc:license>https://creativecommons.org/licenses/by/4.0/</cc:license>").rights
        == "https://creativecommons.org/licenses/by/4.0/"
    )
    assert entry("<prism:copyright>© 报社</prism:copyright>").rights == "© 报社"


def test_dublin_core_terms() -> None:
    found = entry(
        "<dcterms:creator>李强</dcterms:creator><dcterms:contributor>王芳</dcterms:contributor><dcterms:subject>水</dcterms:subject>"
        "<dcterms:publisher>文明网</dcterms:publisher><dcterms:source>津水微言</dcterms:source><dcterms:rights>署名</dcterms:rights>"
        "<dcterms:modified>2023-10-17T08:00:00+08:00</dcterms:modified><dcterms:created>2023-10-16</dcterms:created>"
    )
    assert found.authors == (Author(name="李强"),)
    assert [person.name for person in found.contributors] == ["王芳"]
    assert found.categories == (Category(term="水"),)
    assert (found.credit.publisher, found.credit.source, found.rights) == ("文明网", "津水微言", "署名")
    assert found.published is not None
    assert found.updated is not None


def test_prism_dates_and_sections() -> None:
    found = entry("<prism:publicationDate>2023-10-16T08:00:00+08:00</prism:publicationDate><prism:section>要闻</prism:section>")
    assert found.published is not None
    assert found.categories == (Category(term="要闻"),)


def test_the_channel_definition_format() -> None:
    body = (
        b'<?XML VERSION="1.0"?><CHANNEL HREF="http://a.example/"><TITLE>C</TITLE><ABSTRACT>about</ABSTRACT>'
        b'<ITEM HREF="http://a.example/1" LASTMOD="2001-02-03T04:05"><TITLE>one</TITLE><ABSTRACT>text</ABSTRACT></ITEM>'
        b'<ITEM><A HREF="http://a.example/2">x</A><TITLE>two</TITLE></ITEM></CHANNEL>'
    )
    found = read(Document(url="http://a.example/c.cdf", body=body))
    assert (found.title, found.link, found.subtitle) == ("C", "http://a.example/", "about")
    one, two = found.entries
    assert (one.link, two.link) == ("http://a.example/1", "http://a.example/2")
    assert one.summary is not None
    assert one.published is not None
