"""A news sitemap (sitemaps.org 0.9 with Google's news extension): the pages of the last two days, for search engines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from lxml import etree

from feeds.write.xml import chars, put, rfc3339

MEDIA_TYPE = "application/xml"
RECENT = timedelta(days=2)
MOST = 1000

_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_NEWS = "http://www.google.com/schemas/sitemap-news/0.9"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of news: its address, its title, when it was published, the language tag of its text."""

    address: str
    title: str
    published: datetime
    language: str


def render(publication: str, pages: Iterable[Page]) -> bytes:
    """At most `MOST` pages, in their order."""
    root = etree.fromstring(f'<urlset xmlns="{_SITEMAP}" xmlns:news="{_NEWS}"/>')
    for page, _ in zip(pages, range(MOST), strict=False):
        url = put(root, f"{{{_SITEMAP}}}url")
        put(url, f"{{{_SITEMAP}}}loc", page.address)
        news = put(url, f"{{{_NEWS}}}news")
        house = put(news, f"{{{_NEWS}}}publication")
        put(house, f"{{{_NEWS}}}name", chars(publication))
        put(house, f"{{{_NEWS}}}language", language(page.language))
        put(news, f"{{{_NEWS}}}publication_date", rfc3339(page.published))
        put(news, f"{{{_NEWS}}}title", chars(page.title))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def language(tag: str) -> str:
    """ISO 639, but ``zh-cn`` and ``zh-tw`` for the two ways to write Chinese."""
    parts = tag.lower().split("-")
    if parts[0] != "zh":
        return parts[0]
    return "zh-tw" if {"hant", "tw", "hk", "mo"} & set(parts) and "hans" not in parts else "zh-cn"
