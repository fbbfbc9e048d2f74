"""A list page and the articles that it leads to, one after another and only those that are not known yet."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from dataclasses import replace

from aggregator.errors import Blocked, Gone, PullError
from aggregator.records import Pulled
from feeds.read.listing import leads_to_page
from feeds.records import Document, Feed

AT_ONCE = 40  # new articles a pull: a backlog is worked off over several pulls instead of holding one host for an hour

ReadList = Callable[[Document], Awaitable[Feed]]
FetchArticle = Callable[[str], Awaitable[Document]]


async def follow(pulled: Pulled, seen: Collection[str], read_list: ReadList, fetch_article: FetchArticle) -> Pulled:
    """`pulled` with the articles of its list that are not in `seen` (uids). What could not be had is named in `missed`."""
    listing = await read_list(pulled.document)
    links = [entry.link for entry in listing.entries if entry.link and entry.uid not in seen and leads_to_page(entry, pulled.document.url)]
    articles: dict[str, Document] = {}
    missed: list[str] = []
    for link in links[:AT_ONCE]:
        try:
            articles[link] = await fetch_article(link)
        except PullError as error:
            # Dead links stand on real lists for years: they are no reason to ask for the whole list again and again.
            if not (isinstance(error, Gone | Blocked) or error.status == 404):
                missed.append(f"{link}: {error}")
    if len(links) > AT_ONCE:
        missed.append(f"{len(links) - AT_ONCE} more articles wait for the next pull")
    return replace(pulled, articles=articles, missed=tuple(missed))
