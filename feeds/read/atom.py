"""Atom 1.0 (RFC 4287) and 0.3, straight from the tree: the fast path of `feeds.read.syndication`."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator

from feeds import identity
from feeds.clean import text, urls
from feeds.read.elements import MOST_LINKS, XML_LANG, Children, Element, children, first, inner, is_plain, line, tell_plainly, value
from feeds.read.facts import NO_TEXT, brief_of, enclosure, origin, said, same, unique_categories, unique_people, unwrapped
from feeds.read.media import joined, media, titled
from feeds.read.people import CITED, atom_person, cited, credit
from feeds.read.reading import Drawn, Reading, dated, exactness
from feeds.records import Author, Category, Content, Credit, Enclosure, Entry, Feed, Role, Source

_TEXT, _HTML = "text", "html"


def read_atom(root: Element, reading: Reading) -> Drawn:
    """The feed under ``<feed>``, or the one entry of an entry document."""
    head = children(root)
    if "atom:entry" not in head and root.tag.endswith("}entry"):
        return Drawn(Feed(kind="atom"), (_entry(root, reading, Feed(kind="atom")),))
    entries = reading.bounded([*head.pop("atom:entry", []), *head.pop("atom:item", [])])
    if is_plain(head):
        for each in entries:
            tell_plainly(each)
    feed = _feed(root, head, reading)
    return Drawn(feed, tuple(_entry(each, reading, feed) for each in entries))


def _feed(root: Element, head: Children, reading: Reading) -> Feed:
    base = reading.base(root, reading.url)
    links = list(_links(head, base, reading))
    updated = reading.date(first(head, "atom:updated", "atom:modified"))
    picture = first(head, "atom:logo", "atom:icon")
    return Feed(
        kind="atom",
        id=first(head, "atom:id") or None,
        title=_plain(head, "atom:title", "dc:title"),
        subtitle=_plain(head, "atom:subtitle", "atom:tagline") or None,
        link=_alternate(links),
        self_link=next((address for rel, address, _ in links if rel == "self"), None),
        next_link=next((address for rel, address, _ in links if rel == "next"), None),
        hubs=tuple(address for rel, address, _ in links if rel == "hub"),
        updated=updated.at if updated else None,
        authors=unique_people(atom_person(each) for each in head.get("atom:author", ())),
        language=root.get(XML_LANG) or line(head, "dc:language") or None,
        rights=_plain(head, "atom:rights", "atom:copyright") or None,
        image=urls.absolute(base, picture),
        generator=line(head, "atom:generator") or None,
    )


def _entry(element: Element, reading: Reading, feed: Feed) -> tuple[Entry, str | None]:
    found = children(element)
    base = reading.base(element, feed.link or reading.url)
    links = list(_links(found, base, reading))
    link = urls.absolute(base, first(found, "feedburner:origlink")) or _alternate(links)
    stated = first(found, "atom:id")
    link = link or (urls.absolute("", stated) if stated else None)
    content = _content(found.get("atom:content", []))
    summary = _summary(found.get("atom:summary", []), content)
    beside, image = media(found, base)
    enclosures = _enclosed(links, beside)
    if content is None and summary is None:
        content, summary = _described(found)
    published, precision = dated(reading.date(first(found, "atom:published", "atom:issued", "atom:created", "dc:date", "dcterms:issued")))
    if "dcterms:created" in found:
        precision = exactness(published, precision, reading.date(first(found, "dcterms:created")))
    revised = reading.date(first(found, "atom:updated", "atom:modified", "dcterms:modified"))
    source = _source(found, reading, base)
    own = unique_people(atom_person(each) for each in found.get("atom:author", ()))
    own = own or unique_people(_named(found)) or (source.authors if source else ()) or feed.authors
    others: tuple[Author, ...] = ()
    if "atom:contributor" in found:
        others = unique_people((atom_person(each) for each in found["atom:contributor"]), Role.CONTRIBUTOR)
    if "media:credit" in found:
        own, others = credit(own, others, found)
    title = _plain(found, "atom:title", "dc:title") or titled(found, beside)
    entry = Entry(
        uid=identity.entry_uid(stated, link, title, published or (revised.at if revised else None), content.value if content else ""),
        id=identity.iri(stated),
        title=title,
        link=link,
        summary=summary,
        content=content,
        published=published,
        precision=precision,
        updated=revised.at if revised else None,
        authors=own,
        contributors=others,
        categories=unique_categories(_categories(found)),
        enclosures=enclosures,
        image=image or next((each.url for each in enclosures if (each.type or "").startswith("image/")), None),
        language=element.get(XML_LANG),
        rights=_plain(found, "atom:rights", "atom:copyright") or (source.rights if source else None),
        source=source,
        credit=_credit(found, links),
    )
    if CITED in found:
        entry = cited(entry, line(found, CITED))
    return entry, _content_base(found, reading, element, link or base)


def _content_base(found: Children, reading: Reading, element: Element, otherwise: str) -> str:
    body = (found.get("atom:content") or found.get("atom:summary") or [element])[0]
    return reading.base(body, otherwise)


def _links(found: Children, base: str, reading: Reading) -> Iterator[tuple[str, str, Element]]:
    for each in found.get("atom:link", [])[:MOST_LINKS]:
        if address := urls.absolute(reading.base(each, base), each.get("href") or ""):
            rel = (each.get("rel") or "alternate").strip().lower().removeprefix("http://www.iana.org/assignments/relation/")
            yield rel, address, each


def _alternate(links: list[tuple[str, str, Element]]) -> str | None:
    """The page: HTML before other types, and never the feed itself where there is a choice."""
    pages = [(address, (each.get("type") or "text/html").lower()) for rel, address, each in links if rel == "alternate"]
    return next((address for address, media_type in pages if "html" in media_type), pages[0][0] if pages else None)


def _plain(found: Children, *names: str) -> str:
    """A text construct as one line of plain text (RFC 4287 §3.1): what is stated as text keeps its angle brackets."""
    for name in names:
        for each in found.get(name, ()):
            told, kind = _construct(each)
            if not told and each.text:
                told, kind = _untyped(each.text)
            if made := text.clean_text(told) if kind == _TEXT else text.plain(told):
                return made
    return ""


def _construct(each: Element) -> tuple[str, str]:
    """(value, ``text`` or ``html``) of a text construct; the ``mode`` and media types of Atom 0.3 too."""
    stated = (each.get("type") or _TEXT).strip().lower()
    mode = (each.get("mode") or "").lower()
    if mode == "base64":
        return _unpacked(each.text or ""), _HTML if "html" in stated else _TEXT
    if stated in ("xhtml", "application/xhtml+xml") or (mode == "xml" and len(each)):
        return _unboxed(each), _HTML
    if len(each):
        return inner(each), _HTML
    if stated in (_HTML, "text/html") or "html" in stated:
        return each.text or "", _HTML
    if stated in (_TEXT, "plain") or stated.startswith("text/"):
        return each.text or "", _TEXT
    if "/" not in stated:  # no type at all, so that what stands there shows what it is
        return each.text or "", _HTML if text.has_markup(each.text or "") else _TEXT
    return "", _TEXT


def _untyped(told: str) -> tuple[str, str]:
    """What a title is that states to be some application's: text, in Base64 where it came so."""
    told = _unpacked(told.strip()) or told
    return told, _HTML if text.has_markup(told) else _TEXT


def _unpacked(told: str) -> str:
    """Atom 0.3 may carry text in Base64."""
    try:
        return b64decode("".join(told.split()), validate=True).decode("utf-8")
    except ValueError:
        return ""


def _unboxed(each: Element) -> str:
    """XHTML content is what is within its one div (RFC 4287 §3.1.1.3)."""
    boxes = list(each)
    if len(boxes) == 1 and boxes[0].tag.endswith("}div") and not (each.text or "").strip():
        return inner(boxes[0])
    return inner(each)


def _content(elements: list[Element]) -> Content | None:
    for each in elements:
        told, kind = _construct(each)
        told = unwrapped(told)
        if told and not (len(told) < 100 and text.plain(told) in NO_TEXT):
            return Content(value=told, type=kind)
    return None


def _summary(elements: list[Element], content: Content | None) -> Content | None:
    made = _content(elements)
    if made is None:
        return None
    if content is not None and same(made.value, content.value):
        return None
    if made.type == _TEXT:
        return Content(value=text.clean_text(made.value), type=_TEXT)
    return brief_of(made.value)


def _described(found: Children) -> tuple[Content | None, Content | None]:
    """What Media RSS says of a video, or another module of an entry without text."""
    groups = [found, *(children(each) for each in found.get("media:group", ()))]
    told = next((told for group in groups if (told := first(group, "media:description"))), "")
    if told:
        return Content(value=told, type=_TEXT), None
    return said(first(found, "content:encoded"), first(found, "dc:description"))


def _named(found: Children) -> Iterator[Author | None]:
    for each in found.get("dc:creator", ()):
        told = text.plain(value(each))
        yield Author(name=told) if told else None


def _categories(found: Children) -> Iterator[Category]:
    for each in found.get("atom:category", ()):
        term = text.clean(each.get("term") or "")
        label = text.clean(each.get("label") or "") or None
        yield Category(term=term or label or "", scheme=(each.get("scheme") or "").strip() or None, label=label if term else None)
    for each in found.get("dc:subject", ()):
        yield Category(term=text.plain(value(each)))


def _source(found: Children, reading: Reading, base: str) -> Source | None:
    for each in found.get("atom:source", ()):
        parts = children(each)
        links = list(_links(parts, base, reading))
        updated = reading.date(first(parts, "atom:updated"))
        return Source(
            id=first(parts, "atom:id") or None,
            title=_plain(parts, "atom:title") or None,
            link=_alternate(links),
            feed=next((address for rel, address, _ in links if rel == "self"), None),
            updated=updated.at if updated else None,
            authors=unique_people(atom_person(each) for each in parts.get("atom:author", ())),
            rights=_plain(parts, "atom:rights") or None,
        )
    return None


def _credit(found: Children, links: list[tuple[str, str, Element]]) -> Credit:
    told, publisher = line(found, "dc:source", "dcterms:provenance"), line(found, "dc:publisher")
    via = next((address for rel, address, _ in links if rel == "via"), None)
    return origin(told, publisher, line(found, "dcterms:alternative"), via)


def _enclosed(links: list[tuple[str, str, Element]], others: tuple[Enclosure, ...]) -> tuple[Enclosure, ...]:
    made: dict[str, Enclosure] = {}
    for rel, address, each in links:
        if rel == "enclosure" and (found := enclosure(address, each.get("type"), each.get("length"), each.get("title"))):
            made[address] = found
    for other in others:
        made[other.url] = joined(made[other.url], other) if other.url in made else other
    return tuple(made.values())
