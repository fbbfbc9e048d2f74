"""A list source: the stubs of its list joined with the article pages behind them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from itertools import pairwise

from msgspec import structs

from feeds.clean import text as plain
from feeds.clean import urls
from feeds.errors import FeedError, NotAnArticle, NothingFound, Removed, Withheld
from feeds.read.article import read_article
from feeds.read.body import file_at
from feeds.read.listing import leads_to_page, read_list
from feeds.read.parts import read_whole, unfound
from feeds.records import Content, Document, Entry, Feed, Hints

EXCERPT = 300  # characters of what another site wrote: its text is not this source's to hand on
_ALIKE = 0.3
_LETTERS = re.compile(r"\w")


def read_page(
    document: Document,
    hints: Hints,
    known: Mapping[str, str] | None = None,
    articles: Mapping[str, Document] | None = None,
    *,
    reference: datetime | None = None,
) -> Feed:
    """The entries of a list, not yet sanitised and without fingerprints.

    `articles` are documents by the link that led to them (the articles, their further pages, the lists of an index); one without a body
    could not be had and will not be; None gives the stubs. An entry with its page is whole; one without a page is in `Feed.same` when its
    uid is in `known`, stands as a stub when its link leads to a file, or to another site that does not let it be read, and is left out
    otherwise: it will be pulled next time. A page that cannot be read costs its own entry and a line in `Feed.repairs`, or in
    `Feed.withheld` when the site only keeps it back for the moment; its uid is in `Feed.gone` when it says that it was taken down. When
    none at all can be read, `NotAnArticle` is raised, for then the site and not an article is in trouble."""
    listing = read_list(document, hints, reference=reference)
    if articles is None:
        return listing
    listing = _with_parts(listing, articles, hints, reference)
    entries: list[Entry] = []
    same: list[str] = []
    gone: list[str] = []
    failures: list[str] = []
    withheld: list[str] = []
    for stub in listing.entries:
        page = articles.get(stub.link or "")
        own = listing.kind == "wechat" or urls.same_site(stub.link or "", document.url)
        if page is not None:
            try:
                entries += [read_whole(page, articles, hints, stub) if own else _read_elsewhere(page, hints, stub)]
            except Withheld as error:
                withheld.append(f"{stub.link}: {error}")
            except Removed as error:
                gone.append(stub.uid)
                failures.append(f"{stub.link}: {error}")
            except FeedError as error:
                failures.append(f"{stub.link}: {error}")
            except Exception as error:  # the isolation boundary between articles: strangers' markup must not cost the whole list
                failures.append(f"{stub.link}: {type(error).__name__}: {error}")
        elif stub.uid in (known or {}):
            same.append(stub.uid)
        elif not leads_to_page(stub):
            entries.append(_as_it_stands(stub, hints))
    unread = failures + withheld
    if unread and not entries and not same and len(gone) < len(unread):
        raise NotAnArticle(f"none of the {len(unread)} article pages could be read; the first: {unread[0]}")
    own_pages = [page for link, page in articles.items() if urls.same_site(link, document.url)]
    return structs.replace(
        listing,
        entries=tuple(entries),
        same=tuple(same),
        gone=tuple(gone),
        repairs=(*listing.repairs, *failures, *unfound(own_pages, hints.article)),
        withheld=tuple(withheld),
    )


def _with_parts(listing: Feed, documents: Mapping[str, Document], hints: Hints, reference: datetime | None) -> Feed:
    """An index with the entries of those of its lists that came."""
    stubs = {each.uid: each for each in listing.entries}
    repairs = list(listing.repairs)
    for address in listing.parts:
        if document := documents.get(address):
            try:
                part = read_list(document, hints, reference=reference)
            except FeedError as error:
                repairs.append(f"{address}: {error}")
                continue
            repairs += part.repairs
            for each in part.entries:
                before = stubs.get(each.uid)
                stubs[each.uid] = before if before and before.title else each
    if listing.parts and not stubs:
        raise NothingFound(f"none of the {len(listing.parts)} lists of this index leads anywhere; {'; '.join(repairs[:1])}")
    return structs.replace(listing, entries=tuple(stubs.values()), repairs=tuple(repairs))


def _read_elsewhere(page: Document, hints: Hints, stub: Entry) -> Entry:
    """What the page of another site says, credited there; the stub as it stands where that page is not the article that was promised."""
    told = Hints(timezone=hints.timezone)
    try:
        entry = read_article(page, told, stub) if page.body else None
    except (Withheld, Removed):
        raise
    except FeedError:
        entry = None
    if entry is None or not _alike(entry.title, stub.title):
        return _as_it_stands(stub, hints)
    said = plain.excerpt(plain.plain(entry.content.value), EXCERPT) if entry.content else ""
    summary = entry.summary or (Content(value=said, type="text") if said else None)
    return structs.replace(entry, content=None, summary=summary, enclosures=())


def _alike(one: str, other: str) -> bool:
    """Do two headlines share enough pairs of letters to be of one article?"""
    pairs = [set(pairwise(_LETTERS.findall(title.lower()))) for title in (one, other)]
    shorter = min(map(len, pairs))
    return not other or (shorter > 0 and len(pairs[0] & pairs[1]) >= _ALIKE * shorter)


def _as_it_stands(stub: Entry, hints: Hints) -> Entry:
    file = file_at(stub.link or "", stub.title)
    return structs.replace(stub, updated=None, enclosures=(file,) if file else (), language=stub.language or hints.language)
