"""bytes -> Feed. `read` decides what a document is by looking at it, calls the one reader for that, and makes the result clean.

What reads feeds is imported here. All else (`apart`) is imported with the first document that is no feed: most sources are feeds, and
readers of pages are most of what a reading process takes time and memory for as it starts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from msgspec import structs

from feeds.read import bridged
from feeds.read.finish import finish
from feeds.read.jsonfeed import read_jsonfeed
from feeds.read.signed import signed
from feeds.read.syndication import looks_like_feed, read_syndication
from feeds.records import Document, Feed, Hints

_UNTOLD = Hints()
_ITEMS = re.compile(rb'"(?:content_html|content_text|date_published|date_modified)"')
_JSON = re.compile(rb"^(?:\xef\xbb\xbf)?\s*[\[{]")


def read(
    document: Document,
    hints: Hints = _UNTOLD,
    known: Mapping[str, str] | None = None,
    articles: Mapping[str, Document] | None = None,
    *,
    reference: datetime | None = None,
) -> Feed:
    """The feed in a document, its entries clean and in document order. Raises `feeds.errors.FeedError`.

    `known` maps uids to the fingerprints of last time: an entry that is as known goes to `Feed.same`. `hints.kind` overrules the look of
    the bytes; ``article`` reads one article page by itself, as a feed of one entry whose `next_link` is its second page and
    whose author is the WeChat account that it is of, and ``survey``
    says what there is to read (`feeds.read.survey`). A list gives stubs, or with `articles` (link -> page) whole entries. `reference` is
    when the document came: it gives meaning to 昨天 and to dates without a year, and dates that lie after it are not believed."""
    kind = hints.kind or ("page" if articles is not None else look(document))
    if kind != "feed":
        from feeds.read import apart

        return apart.read(kind, document, hints, known or {}, articles, reference)
    drawn = read_jsonfeed(document, hints, reference) if _is_json(document) else read_syndication(document, hints, reference)
    feed = finish(bridged.mended(drawn, document, hints), hints, known or {})
    return bridged.of_accounts(structs.replace(feed, entries=tuple(signed(entry) for entry in feed.entries)))


def look(document: Document) -> str:
    """What kind of source a document is of: ``feed`` where the first element of the markup is one of a feed's or the JSON says so,
    ``sitemap`` and ``json`` by the same signs, all else is a ``page``."""
    if _is_json(document):
        said = b"jsonfeed.org" in document.body[:4000] or (b'"items"' in document.body and _ITEMS.search(document.body))
        return "feed" if said else "json"
    if looks_like_feed(document):
        return "feed"
    from feeds.read.sitemap import looks_like_sitemap

    return "sitemap" if looks_like_sitemap(document) else "page"


def _is_json(document: Document) -> bool:
    return _JSON.match(document.body[:200]) is not None
