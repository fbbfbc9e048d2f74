"""What others read to know what there is: the news sitemap, and the sources as OPML."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from flask import Blueprint, Response, request

from aggregator.serve import answers
from aggregator.serve.surface import Surface
from feeds.records import Author, Outline
from feeds.write import opml, sitemap

AGE = 300  # seconds


def lists(surface: Surface) -> Blueprint:
    blueprint = Blueprint("lists", __name__)
    site, base = surface.site, surface.site.url.rstrip("/")

    @blueprint.get("/sitemap-news.xml")
    def news() -> Response:
        return _answer(sitemap.render(site.title, _pages(surface, datetime.now(UTC))), sitemap.MEDIA_TYPE)

    @blueprint.get("/sources.opml")
    def sources() -> Response:
        """Those whose address may be shown, for another reader."""
        owner = Author(name=site.author.name if site.author else site.title, uri=f"{base}/")
        outlines = (
            Outline(text=source.title, title=source.title, xml_url=source.public_url, html_url=source.credit.homepage)
            for source in surface.sources.values()
            if source.public_url and source.kind in (None, "feed")
        )
        return _answer(opml.render(site.title, outlines, owner=owner), opml.MEDIA_TYPE)

    return blueprint


def _pages(surface: Surface, now: datetime) -> Iterator[sitemap.Page]:
    """What was published within two days, by its own date or, where it states none, by when it came in."""
    base, site = surface.site.url.rstrip("/"), surface.site
    for item in surface.shelf.newest(None, sitemap.MOST):
        published = item.entry.published or item.first_seen_at
        if now - sitemap.RECENT <= published <= now and surface.places(item) and surface.policy(item) != "none":
            title = item.entry.title.strip() or item.entry.credit.publisher or item.id
            language = item.entry.language or site.language
            yield sitemap.Page(address=f"{base}/entries/{item.id}/", title=title, published=published, language=language)


def _answer(body: bytes, media_type: str) -> Response:
    kind = f"{media_type}; charset=utf-8"
    return answers.packed(request, answers.Packed(body), content_type=kind, max_age=AGE, vary="Accept-Encoding")
