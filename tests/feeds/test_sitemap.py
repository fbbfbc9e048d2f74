"""Sitemaps: news, plain, packed, listed, indexed; what is newest first; what is no sitemap."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.errors import FeedError, Malformed, NotAFeed, NothingFound, Refused
from feeds.read import look, read, sitemap
from feeds.records import Document, Hints, ListSelectors, Precision

URL = "https://town.example/sitemap.xml"
HERE = Hints(kind="sitemap", timezone="Asia/Shanghai")
SPACES = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
NEWS = f"""<?xml version="1.0" encoding="UTF-8"?><!-- made hourly -->
<urlset {SPACES}>
<url><loc>https://town.example/p/1.html</loc><news:news><news:publication><news:name>河口融媒</news:name><news:language>zh-cn</news:language>
</news:publication><news:publication_date>2022-09-27T12:30:00+08:00</news:publication_date>
<news:title>“流动网格员”上岗 &amp; 巡河</news:title></news:news></url>
<url><loc>https://town.example/p/2.html</loc><news:news><news:publication><news:name>河口融媒</news:name></news:publication>
<news:publication_date>2022-09-28</news:publication_date><news:title><![CDATA[一条河的逆袭]]></news:title></news:news></url></urlset>"""


def plain(*rows: tuple[str, str], root: str = "urlset", item: str = "url") -> str:
    inner = "".join(f"<{item}><loc>{loc}</loc>{f'<lastmod>{at}</lastmod>' if at else ''}</{item}>" for loc, at in rows)
    return f"<{root} {SPACES}>{inner}</{root}>"


def made(text: str | bytes, url: str = URL) -> Document:
    return Document(url=url, body=text if isinstance(text, bytes) else text.encode(), content_type="application/xml")


def links(document: Document, hints: Hints = HERE) -> list[str | None]:
    return [each.link for each in read(document, hints).entries]


def test_a_news_sitemap_states_headlines_dates_and_names() -> None:
    second, first = read(made(NEWS), Hints(timezone="Asia/Shanghai")).entries
    assert (first.title, first.credit.publisher, first.language) == ("“流动网格员”上岗 & 巡河", "河口融媒", "zh-cn")
    assert (first.published, first.precision) == (datetime(2022, 9, 27, 4, 30, tzinfo=UTC), Precision.SECOND)
    assert (second.title, second.precision) == ("一条河的逆袭", Precision.DAY)
    assert second.uid == "//town.example/p/2.html"


def test_lastmod_orders_and_is_no_date_of_publication() -> None:
    rows = [
        ("https://town.example/a/1", "2022-01-01"),
        ("https://town.example/a/2", ""),
        ("https://town.example/a/3", "2022-09-01T01:02:03Z"),
    ]
    feed = read(made(plain(*rows)), HERE)
    assert [each.link for each in feed.entries] == [rows[2][0], rows[0][0], rows[1][0]]
    assert {each.published for each in feed.entries} == {None}


def test_packed_listed_and_wrongly_spaced() -> None:
    rows = plain(("https://town.example/a/1", ""), ("https://town.example/a/2", ""))
    assert links(made(gzip.compress(rows.encode()))) == ["https://town.example/a/1", "https://town.example/a/2"]
    assert links(made("https://town.example/a/1\r\nhttps://town.example/a/2\n")) == ["https://town.example/a/1", "https://town.example/a/2"]
    assert links(made(rows.replace(SPACES, ""))) == ["https://town.example/a/1", "https://town.example/a/2"]
    assert links(made(rows[:-40]))[0] == "https://town.example/a/1"  # broken off on the way
    assert look(made(gzip.compress(rows.encode()))) == "sitemap"


def test_only_this_site_and_what_the_operator_wants() -> None:
    rows = [
        ("https://town.example/", ""),
        ("https://town.example/news/1", ""),
        ("https://town.example/about", ""),
        ("https://ads.example/x", ""),
    ]
    assert links(made(plain(*rows))) == ["https://town.example/news/1", "https://town.example/about"]
    wanted = Hints(kind="sitemap", list=ListSelectors(link="*/news/*"))
    assert links(made(plain(*rows)), wanted) == ["https://town.example/news/1"]
    with pytest.raises(NothingFound, match=r"none of the 4 addresses matches '\*/blog/\*'"):
        links(made(plain(*rows)), Hints(kind="sitemap", list=ListSelectors(link="*/blog/*")))


def test_an_index_names_its_newest_lists_those_of_news_first() -> None:
    rows = [(f"https://town.example/sitemap-{year}.xml", f"{year}-12-31") for year in range(2010, 2023)]
    index = made(plain(*rows, ("https://town.example/sitemap-news.xml", ""), (URL, ""), root="sitemapindex", item="sitemap"))
    feed = read(index, HERE)
    years = [f"https://town.example/sitemap-{year}.xml" for year in (2022, 2021, 2020, 2019)]
    assert feed.parts == ("https://town.example/sitemap-news.xml", *years)
    parts = {
        feed.parts[0]: made(NEWS, feed.parts[0]),
        feed.parts[1]: made(plain(("https://town.example/p/1.html", "2022-09-27")), feed.parts[1]),
    }
    page = "<h1>{}</h1><p>2022-09-28</p><div class='content'><p>{}</p></div>"
    article = made(
        page.format("一条河的逆袭", "河岸上的人们说起这条河，都要从二十年前讲起，那时候谁也不愿意开窗。" * 5),
        "https://town.example/p/2.html",
    )
    whole = read(index, HERE, {"//town.example/p/1.html": "x"}, parts | {"https://town.example/p/2.html": article})
    assert [each.title for each in whole.entries] == ["一条河的逆袭"]
    assert whole.same == ("//town.example/p/1.html",)


def test_a_thousand_of_them_are_looked_at() -> None:
    rows = [(f"https://town.example/a/{number}", f"2022-01-01T{number // 60 % 24:02d}:{number % 60:02d}:00Z") for number in range(1200)]
    feed = read(made(plain(*rows)), HERE)
    assert len(feed.entries) == sitemap.MOST
    assert feed.entries[0].link == "https://town.example/a/1199"
    assert any("newest 1,000" in note for note in feed.repairs)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("<html><body>no</body></html>", NotAFeed),
        ("nothing to see", NotAFeed),
        (plain(), NothingFound),
        (b"\x1f\x8b\x08\x00broken", Malformed),
    ],
)
def test_what_is_no_sitemap(text: str | bytes, error: type[FeedError]) -> None:
    with pytest.raises(error):
        read(made(text), HERE)


def test_what_unpacks_to_far_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemap, "LARGEST", 10_000)
    with pytest.raises(Refused, match="10,000 bytes"):
        read(made(gzip.compress(b"<urlset>" + b" " * 100_000)), HERE)


def test_entities_are_never_expanded() -> None:
    bomb = '<!DOCTYPE urlset [<!ENTITY a "https://town.example/secret"><!ENTITY f SYSTEM "file:///etc/passwd">]>'
    feed = read(made(bomb + plain(("https://town.example/a/1", ""), ("&f;", ""), ("&a;", ""))), HERE)
    assert [each.link for each in feed.entries] == ["https://town.example/a/1"]


@given(st.one_of(st.binary(max_size=300), st.builds(lambda soup: plain((soup, soup)).encode("utf-8", "replace"), st.text(max_size=80))))
def test_strangers_bytes_are_read_or_refused(body: bytes) -> None:
    try:
        feed = read(made(body), HERE)
    except FeedError:
        return
    assert all(each.link and each.uid for each in feed.entries) or feed.parts
