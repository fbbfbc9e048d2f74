"""What is read apart from feeds: lists of articles, articles by themselves, and what there is to read at an address."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from msgspec import structs

from feeds.errors import NotAFeed
from feeds.read.finish import finish
from feeds.read.page import read_page
from feeds.read.parts import following, read_whole
from feeds.read.reading import Drawn
from feeds.read.survey import survey
from feeds.read.wechat import account_of
from feeds.records import LISTS, Author, Document, Feed, Hints


def read(
    kind: str,
    document: Document,
    hints: Hints,
    known: Mapping[str, str],
    articles: Mapping[str, Document] | None,
    reference: datetime | None,
) -> Feed:
    """A document of any `kind` but a feed, as `feeds.read.read` gives it. Raises `feeds.errors.FeedError`."""
    if kind in LISTS:
        listing = read_page(document, hints, known, articles, reference=reference)
        if articles is None:
            return listing
        drawn = Drawn(structs.replace(listing, entries=()), tuple((each, each.link or document.url) for each in listing.entries))
        return finish(drawn, hints, known)
    if kind == "survey":
        return survey(document, hints, reference=reference)
    if kind == "article":
        return finish(_article(document, articles or {}, hints), hints, known)
    raise NotAFeed(f"there is no reader for the kind {kind!r}")


def _article(document: Document, pages: Mapping[str, Document], hints: Hints) -> Drawn:
    """A feed of one entry whose `next_link` is the second page of the article, by the WeChat account that it is of."""
    entry = read_whole(document, pages, hints, None)
    account = account_of(document)
    alone = Feed(
        kind="article",
        title=entry.credit.publisher or "",
        authors=(Author(name=account),) if account else (),
        language=entry.language,
        next_link=following(document),
    )
    return Drawn(alone, ((entry, document.url),))
