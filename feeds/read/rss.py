"""RSS 0.9x, 1.0 (RDF) and 2.0 with the modules that are in use, straight from the tree: the fast path of `feeds.read.syndication`.

Passed over, because no page or feed of ours would show it: places (georss), threads of comments (thr, slash, wfw), transcripts and chapters
of podcasts."""

from __future__ import annotations

from collections.abc import Iterator

from feeds import identity
from feeds.clean import text, urls
from feeds.clean.dates import When
from feeds.read.elements import (
    MOST_LINKS,
    RDF_ABOUT,
    XML_LANG,
    Children,
    Element,
    children,
    first,
    href,
    is_plain,
    line,
    name_of,
    tell_plainly,
    value,
)
from feeds.read.facts import number, origin, person, said, unique_categories, unique_people
from feeds.read.media import media, titled
from feeds.read.people import CITED, cited, people
from feeds.read.reading import Drawn, Reading, dated, exactness
from feeds.records import UNCREDITED, Category, Content, Credit, Entry, Feed, Source

_PERIODS = {"hourly": 3600, "daily": 86_400, "weekly": 604_800, "monthly": 2_592_000, "yearly": 31_536_000}
_DAYS = {day.lower(): day for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")}
# Elements of the modules, by what they say, the likeliest first.
_PUBLISHED = (
    "pubdate",
    "dc:date",
    "dcterms:issued",
    "dcterms:created",
    "atom:published",
    "prism:publicationdate",
    "published",
    "date",
    "dcterms:date",
)
_UPDATED = ("atom:updated", "dcterms:modified")
_RIGHTS = (
    "dc:rights",
    "dcterms:rights",
    "copyright",
    "media:copyright",
    "prism:copyright",
    "cc:license",
    "media:license",
    "dcterms:license",
)
_SUBJECTS = ("dc:subject", "dcterms:subject", "prism:section")
_ORIGINS = frozenset({"dc:source", "dcterms:source", "dc:publisher", "dcterms:publisher", "atom:link"})
_KEYWORDS = ("itunes:keywords", "media:keywords")
_CATEGORISED = frozenset({"category", "atom:category", *_SUBJECTS, *_KEYWORDS})


def read_rss(root: Element, reading: Reading) -> Drawn | None:
    """The feed under ``<rss>``, ``<rdf:RDF>`` or a bare ``<channel>``; None if there is neither a channel nor an item of ours in it."""
    rdf = name_of(root.tag) in ("rdf:rdf", "rdf")
    channel = root if name_of(root.tag) == "channel" else next((each for each in root if name_of(each.tag) == "channel"), root)
    head = children(channel)
    items = [*head.pop("item", []), *children(root).get("item", [])] if channel is not root else head.pop("item", [])
    if channel is root and not items and name_of(root.tag) != "channel":
        return None
    bounded = reading.bounded(_with_nested(items, root))
    if is_plain(head):
        for item in bounded:
            tell_plainly(item)
        for name in ("title", "description"):
            for each in head.get(name, ()):
                tell_plainly(each, "description")
    feed = _channel(channel, head, root, reading, "rdf" if rdf else "rss")
    site = feed.link or reading.url
    return Drawn(feed, tuple(_item(item, reading, site) for item in bounded))


def _with_nested(items: list[Element], root: Element) -> list[Element]:
    """Items, with those that stand within others behind these."""
    if not items or sum(1 for _ in root.iter(*{item.tag for item in items})) == len(items):
        return items
    return [each for item in items for each in item.iter(item.tag)]


def _channel(channel: Element, head: Children, root: Element, reading: Reading, kind: str) -> Feed:
    base = reading.base(channel, reading.url)
    links = _links(head, base)
    image = children(head["image"][0]) if head.get("image") and len(head["image"][0]) else children(root).get("image", [])
    pictures = image if isinstance(image, dict) else children(image[0]) if image else {}
    updated = reading.date(first(head, "lastbuilddate"), first(head, "pubdate", "dc:date", "atom:updated", "dcterms:modified"))
    return Feed(
        kind=kind,
        id=identity.iri(channel.get(RDF_ABOUT) or first(head, "atom:id")),
        title=line(head, "title", "dc:title"),
        subtitle=line(head, "description", "itunes:summary", "itunes:subtitle", "abstract") or None,
        link=urls.absolute(base, _link(head) or _own_address(channel, head)) or links.get("alternate"),
        self_link=links.get("self"),
        next_link=links.get("next"),
        hubs=tuple(address for rel, address in _atom_links(head, base) if rel == "hub"),
        updated=updated.at if updated else None,
        authors=unique_people(
            person(value(each)) for name in ("dc:creator", "itunes:author", "managingeditor") for each in head.get(name, ())
        ),
        language=line(head, "language", "dc:language") or root.get(XML_LANG) or channel.get(XML_LANG),
        rights=line(head, "copyright", "dc:rights") or None,
        image=urls.absolute(base, first(pictures, "url")) or urls.absolute(base, href(head, "itunes:image")),
        generator=line(head, "generator") or None,
        ttl=number(first(head, "ttl")),
        interval=_interval(head),
        skip_hours=_skip_hours(head),
        skip_days=_skip_days(head),
    )


def _interval(head: Children) -> int | None:
    period = _PERIODS.get(first(head, "sy:updateperiod").lower())
    if period is None:
        return None
    return max(1, period // (number(first(head, "sy:updatefrequency")) or 1))


def _skip_hours(head: Children) -> tuple[int, ...]:
    hours = {number(value(each)) for skip in head.get("skiphours", ()) for each in skip}
    return tuple(sorted({hour % 24 for hour in hours if hour is not None and hour <= 24}))


def _skip_days(head: Children) -> tuple[str, ...]:
    days = [value(each).strip().lower() for skip in head.get("skipdays", ()) for each in skip]
    return tuple(name for day, name in _DAYS.items() if day in days)


def _item(item: Element, reading: Reading, site: str) -> tuple[Entry, str | None]:
    found = children(item)
    base = reading.base(item, site)
    guid = found.get("guid", [None])[0]
    stated = value(guid).strip() if guid is not None else first(found, "atom:id", "id")
    link = urls.absolute(base, _link(found) or _own_address(item, found)) or _links(found, base).get("alternate")
    if link is None and guid is not None and _is_permalink(guid):
        link = urls.absolute("", stated)
    stated = stated or (item.get(RDF_ABOUT) or "").strip()
    content, summary = said(
        first(found, "content:encoded", "xhtml:body", "atom:content", "content", "body", "fulltext"),
        first(found, "description", "dc:description", "atom:summary", "abstract"),
    )
    if (
        content is None
        and summary is None
        and (brief := line(found, "itunes:summary", "itunes:subtitle", "dcterms:abstract", "media:description"))
    ):
        summary = Content(value=brief, type="text")
    published, precision = dated(_date(found, reading, _PUBLISHED) or reading.date(item.get("LASTMOD") or item.get("lastmod") or ""))
    if "dcterms:created" in found:
        precision = exactness(published, precision, _date(found, reading, ("dcterms:created",)))
    updated = _date(found, reading, _UPDATED)
    enclosures, image = media(found, base)
    title = line(found, "title", "dc:title", "itunes:title") or titled(found, enclosures)
    authors, contributors = people(found)
    entry = Entry(
        uid=identity.entry_uid(stated, link, title, published, content.value if content else summary.value if summary else ""),
        id=identity.iri(stated),
        title=title,
        link=link,
        summary=summary,
        content=content,
        published=published,
        precision=precision,
        updated=updated.at if updated else None,
        authors=authors,
        contributors=contributors,
        categories=() if _CATEGORISED.isdisjoint(found) else unique_categories(_categories(found)),
        enclosures=enclosures,
        image=image,
        language=line(found, "dc:language") or item.get(XML_LANG),
        rights=line(found, *_RIGHTS) or None,
        source=_source(found, base) if "source" in found else None,
        credit=UNCREDITED if _ORIGINS.isdisjoint(found) else _credit(found),
    )
    if CITED in found:
        entry = cited(entry, line(found, CITED))
    return entry, reading.base(item, link or site)


def _is_permalink(guid: Element) -> bool:
    return (guid.get("isPermaLink") or guid.get("ispermalink") or "true").strip().lower() != "false"


def _date(found: Children, reading: Reading, names: tuple[str, ...]) -> When | None:
    """The first moment that one of these elements states."""
    for name in names:
        if name in found:
            for each in found[name]:
                if when := reading.date(value(each).strip()):
                    return when
    return None


def _link(found: Children) -> str:
    """The item's own address; behind a link of FeedBurner's, the true one."""
    if told := first(found, "feedburner:origlink", "link"):
        return told
    return href(found, "link")


def _own_address(item: Element, found: Children) -> str:
    """Where CDF has it: in an attribute of the item, or in an ``a``."""
    return item.get("HREF") or item.get("href") or next((each.get("HREF") or each.get("href") or "" for each in found.get("a", ())), "")


def _atom_links(found: Children, base: str) -> Iterator[tuple[str, str]]:
    for each in found.get("atom:link", [])[:MOST_LINKS]:
        if address := urls.absolute(base, each.get("href") or ""):
            yield (each.get("rel") or "alternate").strip().lower(), address


def _links(found: Children, base: str) -> dict[str, str]:
    links: dict[str, str] = {}
    for rel, address in _atom_links(found, base):
        links.setdefault(rel, address)
    return links


def _categories(found: Children) -> Iterator[Category]:
    for each in found.get("category", ()):
        domain = each.get("domain")
        yield Category(term=text.plain(value(each)), scheme=(domain.strip() or None) if domain else None)
    for name in _SUBJECTS:
        for each in found.get(name, ()):
            yield Category(term=text.plain(value(each)))
    for name in _KEYWORDS:
        for each in found.get(name, ()):
            yield from (Category(term=text.plain(word)) for word in value(each).replace("，", ",").split(","))
    for each in found.get("atom:category", ()):
        yield Category(term=text.clean(each.get("term") or ""), scheme=each.get("scheme"), label=each.get("label"))


def _source(found: Children, base: str) -> Source | None:
    for each in found.get("source", ()):
        title = text.plain(value(each))
        address = urls.absolute(base, each.get("url") or "")
        if title or address:
            return Source(title=title or None, feed=address)
    return None


def _credit(found: Children) -> Credit:
    told, publisher = line(found, "dc:source", "dcterms:source", "dcterms:provenance"), line(found, "dc:publisher", "dcterms:publisher")
    via = next((address for rel, address in _atom_links(found, "") if rel == "via"), None)
    return origin(told, publisher, line(found, "dcterms:alternative"), via)
