"""A list and the articles that it leads to, one after another and only those that are not known yet."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from types import MappingProxyType

from msgspec import structs

from aggregator.errors import Blocked, Disallowed, Failing, Gone, PullError, TimedOut, Unreachable
from aggregator.records import Pulled
from aggregator.wire import Room, Stack
from feeds.clean import urls
from feeds.errors import FeedError
from feeds.records import Document, Entry, Feed

AT_ONCE = 40  # new articles a pull: a backlog is worked off over several pulls instead of holding one host for an hour
IN_A_ROW = 3  # articles that hang one after another: a site that is down is left alone
LET_BE = 8  # times that an article may hang before it counts as dead
PATIENCE = 300.0  # seconds for all articles of a pull, well within its lease
MOST = 8 * 1024 * 1024  # bytes of articles after which the rest waits for the next pull
MOST_LISTS = 24 * 1024 * 1024  # bytes of an index and its lists after which the rest is left out: all of it is read at once in the end

_FIRST = ""  # what a pull began with, among what it led to

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
    room: Room | None = None,
) -> Pulled:
    """`pulled` with the lists of its index, `at_most` of the articles that are not in `seen` (uids), and the further pages of these. What
    could not be had is named in `missed`. An article without a body is one that we were not let have; where robots.txt forbids it `left`
    says so. `hung` are the articles that did not answer before, with how often in a row. `room` is that of large documents: whoever calls
    this holds on to none, also not to the one of `pulled`."""
    from feeds.read.listing import leads_to_page  # brings the HTML parser, which a puller of feeds alone never needs

    with Stack(room) as articles:
        listing = await read_list(pulled.document)
        articles.put(_FIRST, pulled.document)
        pulled = pulled.emptied()
        missed: list[str] = []
        left: list[str] = []
        entries = [*listing.entries, *await _listed(listing.parts, read_list, fetch_article, articles, missed, left)]
        listed = dict.fromkeys(entry.link for entry in entries if entry.link and entry.uid not in seen and leads_to_page(entry))
        # What hung before comes after what was never tried, so that it cannot stand in the way of what is below it on the list.
        links = sorted((link for link in listed if hung.get(link, 0) < LET_BE), key=lambda link: hung.get(link, 0))
        hanging = {link: times for link, times in hung.items() if link in listed}
        tried = row = 0
        most = articles.size + MOST
        clock = asyncio.get_running_loop().time
        end = clock() + PATIENCE
        for link in links[:at_most]:
            if row >= (1 if link in hung else IN_A_ROW) or articles.size > most or clock() > end:
                break
            tried += 1
            try:
                articles.step_out()
                articles.put(link, await fetch_article(link))
                row = 0
                hanging.pop(link, None)
                await _follow_on(link, read_article, fetch_article, articles)
            except PullError as error:
                if isinstance(error, Disallowed):
                    left.append(f"{link}: {error}")
                if isinstance(error, Disallowed) or not urls.same_site(link, pulled.document.url):
                    # Another site may refuse us for its own reasons: then the entry stands with what the list says of it.
                    articles.put(link, Document(url=link, body=b""))
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
        documents = await articles.all()
        return structs.replace(
            pulled, document=documents.pop(_FIRST), articles=documents, missed=tuple(missed), left=tuple(left), hung=hanging
        )


async def with_pages(pulled: Pulled, read_article: ReadList, fetch: FetchArticle, room: Room | None = None) -> Pulled:
    """An article with its further pages, by address."""
    with Stack(room) as pages:
        pages.put(_FIRST, pulled.document)
        pulled = pulled.emptied()
        await _follow_on(_FIRST, read_article, fetch, pages)
        documents = await pages.all()
    return structs.replace(pulled, document=documents.pop(_FIRST), articles=documents)


async def _listed(
    parts: Sequence[str], read_list: ReadList, fetch: FetchArticle, documents: Stack, missed: list[str], left: list[str]
) -> list[Entry]:
    """The entries of the lists that an index names; their documents go to `documents`."""
    entries: list[Entry] = []
    for at, address in enumerate(parts):
        if documents.size > MOST_LISTS:
            left.append(f"the last {len(parts) - at} lists of the index are left out: those before them fill what is read at once")
            break
        try:
            documents.step_out()
            documents.put(address, await fetch(address))
            entries += (await read_list(documents.get(address))).entries
        except (PullError, FeedError) as error:
            # What another list of the index brings is no worse for it.
            if isinstance(error, TimedOut | Unreachable | Failing):
                missed.append(f"{address}: {error}")
    return entries


async def _follow_on(article: str, read_article: ReadList, fetch: FetchArticle, documents: Stack) -> None:
    """The further pages of an article into `documents`, by address. An article that breaks off is better than none, so that a page that
    cannot be had ends it."""
    from feeds.read.parts import MOST as PAGES
    from feeds.read.parts import may_go_on

    here, most = article, documents.size + MOST
    for _ in range(PAGES - 1):
        if documents.size > most or not may_go_on(documents.get(here)):
            break
        try:
            address = (await read_article(documents.get(here))).next_link
            if not address or address in documents:
                break
            documents.step_out()
            documents.put(address, await fetch(address))
        except (PullError, FeedError):
            break
        here = address
