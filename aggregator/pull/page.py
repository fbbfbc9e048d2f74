"""A list and the articles that it leads to, one after another and only those that are not known yet."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from aggregator.errors import Blocked, Disallowed, Failing, Gone, PullError, TimedOut, Unreachable
from aggregator.records import Pulled
from feeds.clean import urls
from feeds.errors import FeedError
from feeds.records import Document, Entry, Feed

AT_ONCE = 40  # new articles a pull: a backlog is worked off over several pulls instead of holding one host for an hour
IN_A_ROW = 3  # articles that hang one after another: a site that is down is left alone
LET_BE = 8  # times that an article may hang before it counts as dead
PATIENCE = 300.0  # seconds for all articles of a pull, well within its lease
ROOM = 16 * 1024 * 1024  # bytes of articles that are held at a time

ReadList = Callable[[Document], Awaitable[Feed]]
FetchArticle = Callable[[str], Awaitable[Document]]


async def follow(
    pulled: Pulled,
    seen: Collection[str],
    read_list: ReadList,
    read_article: ReadList,
    fetch_article: FetchArticle,
    at_most: int = AT_ONCE,
    hung: Mapping[str, int] = MappingProxyType({}),
) -> Pulled:
    """`pulled` with the lists of its index, `at_most` of the articles that are not in `seen` (uids), and the further pages of these. What
    could not be had is named in `missed`. An article without a body is one that we were not let have; where robots.txt forbids it `left`
    says so. `hung` are the articles that did not answer before, with how often in a row."""
    from feeds.read.listing import leads_to_page  # brings the HTML parser, which a puller of feeds alone never needs

    listing = await read_list(pulled.document)
    articles: dict[str, Document] = {}
    missed: list[str] = []
    left: list[str] = []
    entries = [*listing.entries, *await _listed(listing.parts, read_list, fetch_article, articles, missed)]
    listed = dict.fromkeys(entry.link for entry in entries if entry.link and entry.uid not in seen and leads_to_page(entry))
    # What hung before comes after what was never tried, so that it cannot stand in the way of what is below it on the list.
    links = sorted((link for link in listed if hung.get(link, 0) < LET_BE), key=lambda link: hung.get(link, 0))
    hanging = {link: times for link, times in hung.items() if link in listed}
    tried = row = size = 0
    clock = asyncio.get_running_loop().time
    end = clock() + PATIENCE
    for link in links[:at_most]:
        if row >= (1 if link in hung else IN_A_ROW) or size > ROOM or clock() > end:
            break
        tried += 1
        try:
            articles[link] = await fetch_article(link)
            row, size = 0, size + len(articles[link].body)
            hanging.pop(link, None)
            size += await _follow_on(articles[link], read_article, fetch_article, articles)
        except PullError as error:
            if isinstance(error, Disallowed):
                left.append(f"{link}: {error}")
            if isinstance(error, Disallowed) or not urls.same_site(link, pulled.document.url):
                # Another site may refuse us for its own reasons: then the entry stands with what the list says of it.
                articles[link] = Document(url=link, body=b"")
                continue
            if isinstance(error, TimedOut | Unreachable):
                row, hanging[link] = row + 1, hung.get(link, 0) + 1
            else:
                row = 0
                hanging.pop(link, None)
            # Dead links stand on real lists for years: they are no reason to ask for the whole list again and again.
            if not (isinstance(error, Gone | Blocked) or error.status == 404):
                missed.append(f"{link}: {error}")
    if len(links) > tried:
        missed.append(f"{len(links) - tried} more articles wait for the next pull")
    return replace(pulled, articles=articles, missed=tuple(missed), left=tuple(left), hung=hanging)


async def pages_of(first: Document, read_article: ReadList, fetch: FetchArticle) -> dict[str, Document]:
    """The further pages of one article, by address."""
    pages: dict[str, Document] = {}
    await _follow_on(first, read_article, fetch, pages)
    return pages


async def _listed(
    parts: Sequence[str], read_list: ReadList, fetch: FetchArticle, documents: dict[str, Document], missed: list[str]
) -> list[Entry]:
    """The entries of the lists that an index names; their documents go to `documents`."""
    entries: list[Entry] = []
    for address in parts:
        try:
            documents[address] = await fetch(address)
            entries += (await read_list(documents[address])).entries
        except (PullError, FeedError) as error:
            # What another list of the index brings is no worse for it.
            if isinstance(error, TimedOut | Unreachable | Failing):
                missed.append(f"{address}: {error}")
    return entries


async def _follow_on(first: Document, read_article: ReadList, fetch: FetchArticle, documents: dict[str, Document]) -> int:
    """The further pages of an article into `documents`, by address; how many bytes they have. An article that breaks off is better than
    none, so that a page that cannot be had ends it."""
    from feeds.read.parts import MOST, may_go_on

    size, page, pages = 0, first, 1
    while pages < MOST and size < ROOM and may_go_on(page):
        try:
            address = (await read_article(page)).next_link
            if not address or address in documents:
                break
            documents[address] = page = await fetch(address)
        except (PullError, FeedError):
            break
        size, pages = size + len(page.body), pages + 1
    return size
