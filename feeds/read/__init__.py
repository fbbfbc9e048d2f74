"""bytes -> Feed. `read` decides what a document is by looking at it, calls the one reader for that, and makes the result clean."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from feeds.errors import NotAFeed
from feeds.read import bridged
from feeds.read.finish import finish
from feeds.read.jsonfeed import read_jsonfeed
from feeds.read.page import read_page
from feeds.read.parts import following, read_whole
from feeds.read.reading import Drawn
from feeds.read.signed import signed
from feeds.read.sitemap import looks_like_sitemap
from feeds.read.survey import survey
from feeds.read.syndication import looks_like_feed, read_syndication
from feeds.read.wechat import account_of
from feeds.records import LISTS, Author, Document, Feed, Hints

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
    if kind in LISTS:
        listing = read_page(document, hints, known, articles, reference=reference)
        if articles is None:
            return listing
        return finish(
            Drawn(replace(listing, entries=()), tuple((each, each.link or document.url) for each in listing.entries)), hints, known or {}
        )
    if kind == "survey":
        return survey(document, hints, reference=reference)
    if kind == "article":
        entry = read_whole(document, articles or {}, hints, None)
        account = account_of(document)
        alone = Feed(
            kind="article",
            title=entry.credit.publisher or "",
            authors=(Author(name=account),) if account else (),
            language=entry.language,
            next_link=following(document),
        )
        return finish(Drawn(alone, ((entry, document.url),)), hints, known or {})
    if kind != "feed":
        raise NotAFeed(f"there is no reader for the kind {kind!r}")
    drawn = read_jsonfeed(document, hints, reference) if _is_json(document) else read_syndication(document, hints, reference)
    feed = finish(bridged.mended(drawn, document, hints), hints, known or {})
    return bridged.of_accounts(replace(feed, entries=tuple(signed(entry) for entry in feed.entries)))


def look(document: Document) -> str:
    """What kind of source a document is of: ``feed`` where the first element of the markup is one of a feed's or the JSON says so,
    ``sitemap`` and ``json`` by the same signs, all else is a ``page``."""
    if _is_json(document):
        said = b"jsonfeed.org" in document.body[:4000] or (b'"items"' in document.body and _ITEMS.search(document.body))
        return "feed" if said else "json"
    if looks_like_sitemap(document):
        return "sitemap"
    return "feed" if looks_like_feed(document) else "page"


def _is_json(document: Document) -> bool:
    return _JSON.match(document.body[:200]) is not None
