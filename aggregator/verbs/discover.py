"""`haihe discover`: what there is to subscribe to at an address, each tried, and a stanza for the configuration that is ready to paste.

Feeds that the page names come first, then the list that the page is. Where there is neither, a few addresses that many systems use, and
the sitemaps of the site."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress
from dataclasses import dataclass, field

from msgspec import structs
from rich.progress import Progress, SpinnerColumn, TextColumn
from rich.table import Table
from rich.text import Text

from aggregator.config import Config, ListConfig, Source, hints, unlisted
from aggregator.errors import PullError
from aggregator.verbs import draft
from aggregator.verbs.counted import counted
from aggregator.verbs.screen import err, out, plain
from aggregator.verbs.stanza import in_full, stanza, titled, untitled
from aggregator.verbs.trial import Tools, Trial, attempt, judged
from feeds import credit
from feeds.clean.urls import absolute, normalise, same_site
from feeds.errors import FeedError
from feeds.records import Document, Feed, Hints

MOST_FEEDS = 6  # named feeds that are tried
MOST_SITEMAPS = 3  # that are tried
ARTICLES = 2  # of a list, to show what its pages give
SAMPLE = 5  # entries of an offer that are shown
USUAL = ("feed", "rss.xml", "atom.xml", "feed.json", "index.xml", "rss")  # below the root of a site

_SITEMAP = re.compile(r"^\s*sitemap\s*:\s*(\S+)", re.I | re.M)  # RFC 9309 leaves it to others: sitemaps.org


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Something to subscribe to: as a source, what it listed, and what came of trying it."""

    source: Source
    listed: Feed
    trial: Trial


@dataclass(slots=True)
class Found:
    """What was found at an address; `said` is what an operator should know besides."""

    offers: list[Offer] = field(default_factory=list)
    said: list[str] = field(default_factory=list)


async def discover(address: str, config: Config, tools: Tools, *, as_json: bool) -> bool:
    """Look, try and show. Whether anything was found. ConfigError when `address` is none."""
    address = address if "://" in address or address.startswith("file:") else f"https://{address}"
    columns = (SpinnerColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal or as_json) as progress:
        task = progress.add_task("")
        found = Found()
        async for step in _steps(address, config, tools, found):
            progress.update(task, description=plain(step))
    if as_json:
        print(json.dumps(_facts(found, config), ensure_ascii=False, indent=2))  # noqa: T201 - the command's output
    else:
        _show(found, config)
    return bool(found.offers)


# --- looking --------------------------------------------------------------------------------------------------------------------------


async def _steps(address: str, config: Config, tools: Tools, found: Found) -> AsyncIterator[str]:
    """Fill `found`, and say what is being tried."""
    from feeds.read import look  # brings every reader, which no other verb of this module's neighbours needs

    bare = unlisted(address, "page")
    yield f"reading {address}"
    try:
        document = (await tools.fetch(address)).document
    except PullError as error:
        found.said.append(f"{address}: {error}")
        return
    if look(document) == "feed":
        await _feed(document, config, tools, found)
        return
    try:
        page = await tools.read(document, structs.replace(hints(bare, config.site), kind="survey", name=None))
    except FeedError as error:
        found.said.append(f"{address}: {error}")
        return
    leads = [each.xml_url for each in page.leads if each.xml_url][:MOST_FEEDS]
    for lead in leads:
        yield f"trying {lead}"
        await _lead(lead, config, tools, found, title=page.title)
    if page.kind == "article":
        found.said.append(
            f"{address} is one article; give the address of the list that leads to it, or see what it gives with `haihe preview`"
        )
    elif page.entries:
        yield f"trying the list at {document.url}"
        await _list(document, page, config, tools, found)
    elif page.repairs and not found.offers:
        found.said.append(page.repairs[-1])
    if not found.offers and page.kind != "article":
        for guess in _web(document.url, (f"/{name}" for name in USUAL)):
            yield f"trying {guess}"
            await _lead(guess, config, tools, found, quiet=True)
    if not found.offers and page.kind != "article":
        for guess in await _sitemaps(document.url, tools):
            yield f"trying {guess}"
            if await _sitemap(guess, config, tools, found):
                break


async def _sitemaps(address: str, tools: Tools) -> list[str]:
    """The sitemaps that a site's robots.txt names, those of news first, and the usual address."""
    said = ""
    for robots in _web(address, ["/robots.txt"]):
        with suppress(PullError):
            said = (await tools.fetch(robots)).document.body.decode("utf-8", "replace")
    named = _web(address, (*_SITEMAP.findall(said), "/sitemap.xml"))
    return sorted(dict.fromkeys(named), key=lambda each: "news" not in each)[:MOST_SITEMAPS]


def _web(base: str, links: Iterable[str]) -> list[str]:
    """Those of the links that lead to the web: what strangers name is never a file of this machine."""
    return [address for link in links if (address := absolute(base, link))]


async def _sitemap(address: str, config: Config, tools: Tools, found: Found) -> bool:
    """Offer the sitemap at an address, if there is one. Whether there is."""
    from feeds.read.sitemap import looks_like_sitemap

    try:
        document = (await tools.fetch(address)).document
        if not looks_like_sitemap(document):
            return False
        listed = await tools.read(document, Hints(kind="survey", timezone=config.site.timezone))
    except (PullError, FeedError):
        return False
    if not listed.entries:
        return False
    await _list(document, listed, config, tools, found)
    return True


async def _lead(address: str, config: Config, tools: Tools, found: Found, *, title: str = "", quiet: bool = False) -> None:
    """Offer what an address leads to: a feed, or a list that the script of a page called `title` loads as JSON."""
    from feeds.read import look

    try:
        document = (await tools.fetch(address)).document
        kind = look(document)
        if normalise(document.url) in {normalise(each.source.url) for each in found.offers}:
            return
        if kind == "feed":
            await _feed(document, config, tools, found)
        elif kind == "json" and title:
            listed = await tools.read(document, Hints(kind="survey", timezone=config.site.timezone))
            await _list(document, listed, config, tools, found, title)
    except PullError as error:
        if not quiet:
            found.said.append(f"the page names {address}, but {error}")
    except FeedError:
        pass  # JSON that is no list


async def _feed(document: Document, config: Config, tools: Tools, found: Found) -> None:
    source = untitled(document.url, "feed", _taken(config, found))
    try:
        feed = await tools.read(document, structs.replace(hints(source, config.site), kind="feed"))
    except FeedError as error:
        found.said.append(f"{document.url}: {error}")
        return
    stated = [each.credit.publisher for each in feed.entries if each.credit.publisher]
    publisher = stated[0] if stated else await _site_behind(feed, document.url, config, tools)
    # Where each entry says whose it is (a bridge to several accounts) there is nothing to add.
    source = titled(source, feed.title, None, None if len(set(stated)) > 1 else publisher, config)
    found.offers.append(Offer(source=source, listed=feed, trial=judged(source, config, feed, feed.repairs, {})))


async def _site_behind(feed: Feed, address: str, config: Config, tools: Tools) -> str | None:
    """What the site calls itself on the page of the feed's newest entry: feeds are often called after a column."""
    link = next((each.link for each in feed.entries if each.link and same_site(each.link, address)), None)
    if link is None:
        return None
    try:
        page = await tools.read((await tools.fetch(link)).document, Hints(kind="article", timezone=config.site.timezone))
    except (PullError, FeedError):
        return None
    return next((in_full(each.credit.publisher, page.entries) for each in page.entries if each.credit.publisher), None)


async def _list(document: Document, page: Feed, config: Config, tools: Tools, found: Found, title: str = "") -> None:
    """Offer a list. `title` is that of the page which shows it, where it is no page itself."""
    chosen = page.selectors
    selectors = ListConfig(item=chosen.item, link=chosen.link, title=chosen.title, date=chosen.date) if chosen else ListConfig()
    source = untitled(document.url, page.kind, _taken(config, found)).model_copy(update={"list": selectors})
    trial = await attempt(source, config, tools, ARTICLES, {})
    read = trial.feed.entries if trial.feed else ()
    publishers = Counter(each.credit.publisher for each in read if each.credit.publisher and same_site(each.link or "", document.url))
    columns = {each.column for each in page.entries}
    publisher = in_full(publishers.most_common(1)[0][0], read) if publishers else None
    source = titled(source, page.title or title, columns.pop() if len(columns) == 1 else None, publisher, config)
    if trial.feed is not None:
        trial = judged(source, config, trial.feed, trial.notes, {})
    found.offers.append(Offer(source=source, listed=page, trial=trial))


def _taken(config: Config, found: Found) -> set[str]:
    return {*config.sources, *(each.source.key for each in found.offers)}


# --- showing --------------------------------------------------------------------------------------------------------------------------


def _facts(found: Found, config: Config) -> dict[str, object]:
    return {
        "offers": [
            {
                "kind": each.source.kind,
                "url": each.source.url,
                "title": each.source.title,
                "format": each.listed.kind,
                "entries": len(each.listed.entries),
                "sure": not each.listed.doubts,
                "doubts": list(each.listed.doubts),
                "stanza": stanza(each.source),
                "notes": [*each.trial.notes, *([str(each.trial.error)] if each.trial.error else [])],
                "sample": [
                    draft.facts(placed, verdict, each.source, config)
                    for placed, verdict in zip(each.trial.placed[:SAMPLE], each.trial.verdicts, strict=False)
                ],
            }
            for each in found.offers
        ],
        "notes": found.said,
    }


def _show(found: Found, config: Config) -> None:
    for offer in found.offers:
        _show_offer(offer, config)
    for said in found.said:
        out.print(Text(plain(said), "yellow"))
    if not found.offers:
        out.print(
            "nothing to subscribe to was found; with list selectors a page can still be a source (docs/configuration.md)", style="red"
        )
        return
    out.print(f"put {'one of these' if len(found.offers) > 1 else 'this'} below `sources:` in {config.path}", style="bold")
    for offer in found.offers:
        out.print()
        out.print(Text(stanza(offer.source)))
        if offer.listed.doubts and offer.source.list.item is None:
            out.print(Text('    # list: {item: "…"}  # which rows are meant, where the guess is wrong', "dim"))
        if not offer.source.sections and config.sections:
            out.print(Text(f"    sections: []  # of: {', '.join(config.sections)}", "dim"))


def _show_offer(offer: Offer, config: Config) -> None:
    feed, entries = offer.listed, offer.listed.entries
    dated = [each.published for each in entries if each.published]
    newest = f", the newest of {max(dated):%Y-%m-%d}" if dated else ", without dates"
    out.print(
        Text.assemble(
            (plain(offer.source.title), "bold"), f"  {feed.kind}, {counted(len(entries), 'entry')}{newest}  ", (offer.source.url, "dim")
        )
    )
    table = Table(box=None, show_header=False, pad_edge=False)
    for placed in offer.trial.placed[:SAMPLE]:
        entry = placed.entry
        told = Text(plain(credit.line(entry, config.site.language)), "dim")
        table.add_row(" ", draft.when(entry), Text(plain(entry.title)), told)
    rest = {placed.entry.uid for placed in offer.trial.placed}
    for stub in [each for each in entries if each.uid not in rest][: SAMPLE - len(rest)]:
        table.add_row(" ", draft.when(stub), Text(plain(stub.title)), "")
    out.print(table)
    for doubt in feed.doubts:
        out.print(Text(plain(f"not sure: {doubt}"), "yellow"))
    if feed.doubts:
        seen = f"see every row with `haihe preview {offer.source.key}` once it is in the configuration"
        out.print(Text(plain(f"{seen}; `list: {{item: …}}` says which rows are meant"), "dim"))
    if offer.trial.error is not None:
        out.print(Text(plain(f"its articles could not be read: {offer.trial.error}"), "red"))
    out.print()
