"""A list page and the articles that it leads to, one after another and only those that are not known yet."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from dataclasses import replace

from aggregator.errors import Blocked, Gone, PullError, TimedOut, Unreachable
from aggregator.records import Pulled
from feeds.records import Document, Feed

AT_ONCE = 40  # new articles a pull: a backlog is worked off over several pulls instead of holding one host for an hour
IN_A_ROW = 3  # articles that hang one after another: a site that is down is left alone
PATIENCE = 300.0  # seconds for all articles of a pull, well within its lease
ROOM = 16 * 1024 * 1024  # bytes of articles that are held at a time

ReadList = Callable[[Document], Awaitable[Feed]]
FetchArticle = Callable[[str], Awaitable[Document]]


async def follow(pulled: Pulled, seen: Collection[str], read_list: ReadList, fetch_article: FetchArticle, at_most: int = AT_ONCE) -> Pulled:
    """`pulled` with the articles of its list that are not in `seen` (uids), `at_most` of them. What could not be had is named in
    `missed`."""
    from feeds.read.listing import leads_to_page  # brings the HTML parser, which a puller of feeds alone never needs

    listing = await read_list(pulled.document)
    links = [entry.link for entry in listing.entries if entry.link and entry.uid not in seen and leads_to_page(entry, pulled.document.url)]
    articles: dict[str, Document] = {}
    missed: list[str] = []
    tried = hung = size = 0
    clock = asyncio.get_running_loop().time
    end = clock() + PATIENCE
    for link in links[:at_most]:
        if hung == IN_A_ROW or size > ROOM or clock() > end:
            break
        tried += 1
        try:
            articles[link] = await fetch_article(link)
            hung, size = 0, size + len(articles[link].body)
        except PullError as error:
            hung = hung + 1 if isinstance(error, TimedOut | Unreachable) else 0
            # Dead links stand on real lists for years: they are no reason to ask for the whole list again and again.
            if not (isinstance(error, Gone | Blocked) or error.status == 404):
                missed.append(f"{link}: {error}")
    if len(links) > tried:
        missed.append(f"{len(links) - tried} more articles wait for the next pull")
    return replace(pulled, articles=articles, missed=tuple(missed))
