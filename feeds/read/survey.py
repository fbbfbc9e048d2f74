"""What there is to read at an address that nobody has described yet: the feeds that a page names, the list that it is, or the article.

Autodiscovery as readers do it (the WHATWG's ``link rel=alternate``), and links that are feeds by their address."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlsplit

from lxml.html import HtmlElement
from msgspec import structs

from feeds.clean import charset, urls
from feeds.errors import FeedError
from feeds.read import choice, datalist, dom, meta, rows, selectors
from feeds.read.article import read_article
from feeds.read.dom import Page, folded
from feeds.read.listing import read_list
from feeds.read.sitemap import looks_like_sitemap
from feeds.records import Document, Entry, Feed, Hints, ListSelectors, Outline, Precision

TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"})
MOST_LEADS = 12
MOST_LISTS = 4  # of JSON that a page's script may load
_FEED_PATH = re.compile(r"(?:^|[/._-])(?:rss|atom|feeds?)(?:[/._-]|\d|$)|\.(?:rss|atom|rdf)$", re.I)
_FEED_TEXT = re.compile(r"^\W*(?:rss(?: ?2\.0)?|atom|feed|rss ?订阅|订阅|訂閱)\W*$", re.I)
_NOT_A_FEED = re.compile(r"\.(?:html?|shtml|png|gif|svg|jpe?g|css|js|pdf)$", re.I)
_LINK = re.compile(r"<a\b.*?</a\s*>", re.I | re.S)
_TAG = re.compile(r"<[^>]*>|\s")
LIST = 2  # headlines that may make a list of a page
_READABLE = 120  # characters of text that make an article of a page


def survey(document: Document, hints: Hints, *, reference: datetime | None = None) -> Feed:
    """The page as a `Feed` of kind ``article`` (one entry as drawn) or ``page`` (stubs), with `leads` and, where a list was found by
    looking, the `selectors` that find the same. A page with neither has no entries. Raises `NotAFeed` for what is no page."""
    if looks_like_sitemap(document) or datalist.is_json(charset.decode(document.body, document.content_type).text):
        return read_list(document, hints, reference=reference)
    page = dom.page(document)
    leads = tuple(_leads(page))
    listing, why = _listing(document, hints, reference)
    entry = _article(document, hints)
    if entry and _is_article(page, entry, listing):
        return Feed(kind="article", title=page.document_title, link=document.url, entries=(entry,), leads=leads)
    if listing is None:
        # Its list may be what a script shows from JSON.
        leads = (*leads, *(Outline(text=each, xml_url=each, html_url=page.url) for each in _loaded_by_script(page)))
        return Feed(kind="page", title=page.document_title, link=document.url, leads=leads, repairs=(*page.repairs, why))
    chosen = choice.choose(page)
    found = _selectors(document, chosen, page, hints, listing, reference)
    return structs.replace(listing, leads=leads, selectors=found, doubts=(*listing.doubts, *_how(page, chosen, found, listing)))


def _how(page: Page, chosen: choice.Choice, found: ListSelectors | None, listing: Feed) -> Iterator[str]:
    """What an operator needs to know to choose himself."""
    if chosen.rival and (other := selectors.suggest(page, list(chosen.rival))):
        yield f"the other group is found with the list selector item: {other.item!r}"
    if chosen.rows and found is None and len(listing.entries) == len({row.link.get("href") for row in chosen.rows}):
        yield "no short selector finds just these rows, so none is given: the list will be found by looking at each pull"


def _listing(document: Document, hints: Hints, reference: datetime | None) -> tuple[Feed | None, str]:
    try:
        return read_list(document, hints, reference=reference), ""
    except FeedError as error:
        return None, str(error)


def _article(document: Document, hints: Hints) -> Entry | None:
    try:
        return read_article(document, hints)
    except FeedError:
        return None


def _is_article(page: Page, entry: Entry, listing: Feed | None) -> bool:
    """What a page calls itself decides, except where it is at the address of a folder and shows a list: systems for blogs call the
    indexes of their columns articles, too. Else its address, a time, a credit and a text of its own speak for an article, and an address
    of a folder and many headlines against it."""
    told = meta.read(page)
    kind = (told.first("og:type") or "").lower()
    content = entry.content.value if entry.content else ""
    text, unlinked = _length(content), _length(_LINK.sub("", content))
    titles = [each.title for each in listing.entries] if listing else []
    listed = sum(len(each) for each in titles)
    path = urlsplit(page.url).path
    claimed = kind == "article" or bool(told.first("publishdate", "pubdate", "articletitle", "article:published_time"))
    in_folder = rows.is_directory(path)
    if claimed and not (in_folder and len(titles) >= LIST):
        return True
    if kind == "website" or path in ("", "/") or (rows.is_further_page(path) and len(titles) >= choice.MANY):
        return False
    said = _TAG.sub("", content)
    shown = sum(_TAG.sub("", each) in said for each in titles)
    signs = (
        2 * claimed,
        2 * (rows.is_numbered(path) or meta.date_in(page.url, "UTC") is not None),
        entry.published is not None and entry.precision is not Precision.DAY,
        bool(entry.credit.source or entry.authors or entry.contributors),
        text >= _READABLE,
        -2 * in_folder,
        -2 * (unlinked * 2 < text),
        -2 * (listed > text and (text < _READABLE or listed > 2 * text)),
        -2 * (shown >= LIST and shown * 2 > len(titles)),  # its text is the list
    )
    return sum(signs) >= 2


def _length(markup: str) -> int:
    """Characters that are seen."""
    return len(_TAG.sub("", markup))


def _selectors(
    document: Document, chosen: choice.Choice, page: Page, hints: Hints, listing: Feed, reference: datetime | None
) -> ListSelectors | None:
    """Selectors that were tried on the page and found what looking had found."""
    found = selectors.suggest(page, list(chosen.rows))
    if found is None:
        return None
    for tried in (found, structs.replace(found, date=None), structs.replace(found, title=None, date=None)):
        try:
            again = read_list(document, structs.replace(hints, list=tried), reference=reference)
        except FeedError:
            continue
        if [_said(each) for each in again.entries] == [_said(each) for each in listing.entries]:
            return tried
    return None


def _said(entry: Entry) -> tuple[object, ...]:
    return entry.uid, entry.title, entry.published


# --- what a script loads --------------------------------------------------------------------------------------------------------------

_JSON = re.compile(r"[\"']([^\"'\s<>{}$+]+\.json(?:\?[^\"'\s<>]*)?)[\"']", re.I)
_SETTINGS = re.compile(r"(?:^|[/._-])(?:manifest|package|config|settings|locales?|i18n|lang|schema)[/._-]", re.I)
_PLATFORM = re.compile(r"^(?P<root>.*/gkmlpt)(?:/|$)")  # the disclosure platform of Guangdong: its lists are an API
_SITE_ID = re.compile(r"\bSID\s*[:=]\s*['\"]?(\d+)")
_COLUMN_ID = re.compile(r"[{,]\s*['\"]?id['\"]?\s*:\s*['\"]?(\d+)")


def _loaded_by_script(page: Page) -> list[str]:
    """Addresses on this site from which a script may load the list that the page itself does not hold."""
    said = [each for each in _JSON.findall(page.scripts) if not _SETTINGS.search(urls.parts(each).path)]
    for element in page.body.iter():
        if isinstance(element.tag, str):
            said += [value for name, value in element.attrib.items() if name.startswith("data-") and ".json" in value]
    platform, site = _PLATFORM.match(urlsplit(page.url).path), _SITE_ID.search(page.scripts)
    if platform and site:
        said += [f"{platform['root']}/api/all/{column}?page=1&sid={site[1]}" for column in _COLUMN_ID.findall(page.scripts)]
    found = (urls.absolute(page.base, each) for each in said)
    return list(dict.fromkeys(each for each in found if each and urls.same_site(each, page.url)))[:MOST_LISTS]


# --- feeds that a page names ----------------------------------------------------------------------------------------------------------


def _leads(page: Page) -> Iterator[Outline]:
    seen = {urls.normalise(page.url)}
    for element, title in (*_declared(page), *_linked(page)):
        address = urls.absolute(page.base, (element.get("href") or "").strip())
        if address and urls.normalise(address) not in seen and len(seen) <= MOST_LEADS:
            seen.add(urls.normalise(address))
            yield Outline(text=title or address, title=title, xml_url=address, html_url=page.url)


def _declared(page: Page) -> Iterator[tuple[HtmlElement, str]]:
    for each in page.root.iter("link"):
        rel = (each.get("rel") or "").lower().split()
        type_ = (each.get("type") or "").lower().partition(";")[0].strip()
        if ("alternate" in rel and type_ in TYPES) or "feed" in rel:
            yield each, folded(each.get("title") or "")


def _linked(page: Page) -> Iterator[tuple[HtmlElement, str]]:
    for each in page.root.iter("a", "area"):
        parts = urls.parts((each.get("href") or "").strip())
        if _NOT_A_FEED.search(parts.path) or parts.scheme not in ("", "http", "https", "feed"):
            continue
        text = folded(each.text_content())
        if _FEED_PATH.search(parts.path) or _FEED_TEXT.match(text):
            yield each, "" if _FEED_TEXT.match(text) else text[:80]
