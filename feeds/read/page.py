"""A page source: the stubs of its list joined with the article pages behind them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from feeds.errors import FeedError, NotAnArticle, Withheld
from feeds.read.article import read_article
from feeds.read.body import file_at
from feeds.read.listing import leads_to_page, read_list
from feeds.records import Document, Entry, Feed, Hints


def read_page(
    document: Document,
    hints: Hints,
    known: Mapping[str, str] | None = None,
    articles: Mapping[str, Document] | None = None,
    *,
    reference: datetime | None = None,
) -> Feed:
    """The entries of a list page, not yet sanitised and without fingerprints.

    `articles` are pages by the link that led to them; None gives the stubs. An entry with its page is whole; one without a page is in
    `Feed.same` when its uid is in `known`, stands as a stub when its link leads elsewhere (another site, a file), and is left out
    otherwise: it will be pulled next time. A page that cannot be read costs its own entry and a line in `Feed.repairs`, or in
    `Feed.withheld` when the site only keeps it back for the moment; when none at all
    can be read, `NotAnArticle` is raised, for then the site and not an article is in trouble."""
    listing = read_list(document, hints, reference=reference)
    if articles is None:
        return listing
    entries: list[Entry] = []
    same: list[str] = []
    failures: list[str] = []
    withheld: list[str] = []
    for stub in listing.entries:
        page = articles.get(stub.link or "")
        if page is not None:
            entry = _read(page, hints, stub, failures, withheld)
            entries += [entry] if entry else []
        elif stub.uid in (known or {}):
            same.append(stub.uid)
        elif not leads_to_page(stub, document.url):
            entries.append(_as_it_stands(stub, hints))
    unread = failures + withheld
    if unread and not entries and not same:
        raise NotAnArticle(f"none of the {len(unread)} article pages could be read; the first: {unread[0]}")
    return replace(listing, entries=tuple(entries), same=tuple(same), repairs=(*listing.repairs, *failures), withheld=tuple(withheld))


def _read(page: Document, hints: Hints, stub: Entry, failures: list[str], withheld: list[str]) -> Entry | None:
    try:
        return read_article(page, hints, stub)
    except Withheld as error:
        withheld.append(f"{stub.link}: {error}")
    except FeedError as error:
        failures.append(f"{stub.link}: {error}")
    except Exception as error:  # the isolation boundary between articles: strangers' markup must not cost the whole list
        failures.append(f"{stub.link}: {type(error).__name__}: {error}")
    return None


def _as_it_stands(stub: Entry, hints: Hints) -> Entry:
    file = file_at(stub.link or "", stub.title)
    return replace(stub, enclosures=(file,) if file else (), language=stub.language or hints.language)
