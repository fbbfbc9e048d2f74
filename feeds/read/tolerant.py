"""What feedparser made of a document -> our records. Its dates are read again from their text, for its own reading of them invents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from feeds import identity
from feeds.clean import text, urls
from feeds.read.facts import PORTRAIT, brief_of, enclosure, number, person, said, same, seconds, unique_categories, unique_people, unwrapped
from feeds.read.reading import Drawn, Reading, dated
from feeds.records import Author, Category, Content, Credit, Enclosure, Entry, Feed, Role, Source

Parsed = Mapping[str, object]


def read_parsed(parsed: Parsed, reading: Reading) -> Drawn:
    """The feed that feedparser found, its entries in document order."""
    head = _map(parsed.get("feed"))
    links = list(_links(head, reading.url))
    updated = reading.date(_text(head, "updated"), _text(head, "published"))
    feed = Feed(
        kind="feedparser",
        id=_text(head, "id") or None,
        title=text.plain(_text(head, "title")),
        subtitle=text.plain(_text(head, "subtitle")) or None,
        link=urls.absolute(reading.url, _text(head, "link")) or _rel(links, "alternate"),
        self_link=_rel(links, "self"),
        next_link=_rel(links, "next"),
        hubs=tuple(address for rel, address, _ in links if rel == "hub"),
        updated=updated.at if updated else None,
        authors=unique_people(_people(head, "authors", "author")),
        language=_text(head, "language") or None,
        rights=text.plain(_text(head, "rights")) or None,
        image=urls.absolute(reading.url, _text(_map(head.get("image")), "href")),
        generator=text.plain(_text(head, "generator")) or None,
        ttl=number(_text(head, "ttl")),
    )
    site = feed.link or reading.url
    atom = str(parsed.get("version") or "").startswith("atom")
    return Drawn(
        feed, tuple(_entry(each, reading, site, feed if atom else None) for each in reading.bounded(list(_maps(parsed, "entries"))))
    )


def _entry(each: Parsed, reading: Reading, site: str, inherit: Feed | None) -> tuple[Entry, str | None]:
    links = list(_links(each, site))
    stated = _text(each, "id")
    told = _text(each, "feedburner_origlink") or _text(each, "link")
    # A guid that stands in for the link is an address or nothing.
    link = urls.absolute("" if told == stated else site, told) or _rel(
        [item for item in links if _text(item[2], "href") != stated], "alternate"
    )
    content, summary = _texts(each)
    published, precision = dated(reading.date(_text(each, "published"), _text(each, "created"), "" if inherit else _text(each, "updated")))
    revised = reading.date(_text(each, "updated")) if inherit else None
    title = text.plain(_text(each, "title"))
    enclosures = tuple(_enclosures(each, site))
    entry = Entry(
        uid=identity.entry_uid(stated, link, title, published, content.value if content else summary.value if summary else ""),
        id=identity.iri(stated),
        title=title,
        link=link,
        summary=summary,
        content=content,
        published=published,
        precision=precision,
        updated=revised.at if revised else None,
        authors=unique_people(_people(each, "authors", "author")) or (inherit.authors if inherit else ()),
        contributors=unique_people(_people(each, "contributors", ""), Role.CONTRIBUTOR),
        categories=unique_categories(_categories(each)),
        enclosures=enclosures,
        image=_image(each, enclosures, site),
        rights=text.plain(_text(each, "rights")) or None,
        source=_source(each, site),
        credit=Credit(source=text.plain(_text(each, "dc_source")) or None, publisher=text.plain(_text(each, "publisher")) or None),
    )
    return entry, link or site


def _image(each: Parsed, enclosures: tuple[Enclosure, ...], site: str) -> str | None:
    """The widest picture that says how wide it is, else the first: of enclosures, of media, of the episode."""
    pictures = [(0, item.url) for item in enclosures if (item.type or "").startswith("image/")]
    for name in ("media_content", "media_thumbnail"):
        for item in _maps(each, name):
            if name == "media_thumbnail" or _text(item, "medium") == "image" or _text(item, "type").startswith("image/"):
                address = urls.absolute(site, _text(item, "url"))
                if address and not PORTRAIT.match(address):
                    pictures.append((number(_text(item, "width")) or 0, address))
    episode = urls.absolute(site, _text(_map(each.get("image")), "href"))
    if episode:
        pictures.append((0, episode))
    return max(pictures, key=lambda picture: picture[0])[1] if pictures else None


def _texts(each: Parsed) -> tuple[Content | None, Content | None]:
    full = next((item for item in _maps(each, "content") if _text(item, "value").strip()), None)
    brief = _text(each, "summary")
    if full is None:
        return said("", brief)
    value = unwrapped(_text(full, "value"))
    if _text(full, "type") == "text/plain":
        content: Content | None = Content(value=text.plain(value), type="text")
        return content, brief_of(brief) if brief and not same(brief, value) else None
    return said(value, brief)


def _links(each: Parsed, base: str) -> Iterator[tuple[str, str, Parsed]]:
    for link in _maps(each, "links"):
        if address := urls.absolute(base, _text(link, "href")):
            yield _text(link, "rel") or "alternate", address, link


def _rel(links: list[tuple[str, str, Parsed]], wanted: str) -> str | None:
    return next((address for rel, address, _ in links if rel == wanted), None)


def _enclosures(each: Parsed, base: str) -> Iterator[Enclosure]:
    duration = seconds(_text(each, "itunes_duration")) if _text(each, "itunes_duration") else None
    seen: set[str] = set()
    for rel, address, link in _links(each, base):
        made = (
            enclosure(address, _text(link, "type"), _text(link, "length"), _text(link, "title"), duration) if rel == "enclosure" else None
        )
        if made and made.url not in seen:
            seen.add(made.url)
            yield made
    thumbnails = {_text(item, "url") for item in _maps(each, "media_thumbnail")}
    for item in _maps(each, "media_content"):
        if _text(item, "url") in thumbnails:
            continue
        made = enclosure(urls.absolute(base, _text(item, "url")), _text(item, "type"), _text(item, "filesize"))
        if made and made.url not in seen and not PORTRAIT.match(made.url):
            seen.add(made.url)
            yield made


def _people(each: Parsed, many: str, one: str) -> Iterator[Author | None]:
    named = False
    if one and len(list(_maps(each, many))) == 1 and "@" in (told := _text(each, one)):
        uri = urls.absolute("", _text(next(_maps(each, many)), "href"))
        yield person(told, "", uri)  # read by ourselves: it cuts addresses off after four letters of the top-level domain
        return
    for item in _maps(each, many):
        author = person(_text(item, "name") or _text(item, "email"), _text(item, "email"), urls.absolute("", _text(item, "href")))
        named = named or author is not None
        yield author
    if one and not named and _text(each, one):
        yield person(_text(each, one))


def _categories(each: Parsed) -> Iterator[Category]:
    for tag in _maps(each, "tags"):
        yield Category(
            term=text.plain(_text(tag, "term")),
            scheme=_text(tag, "scheme").replace("http://www.itunes.com/", "") or None,
            label=text.plain(_text(tag, "label")) or None,
        )


def _source(each: Parsed, base: str) -> Source | None:
    found = _map(each.get("source"))
    title = text.plain(_text(found, "title")) or None
    link = urls.absolute(base, _text(found, "link"))
    feed = urls.absolute(base, _text(found, "href"))
    id_ = _text(found, "id") or None
    return Source(id=id_, title=title, link=link, feed=feed) if title or link or feed or id_ else None


def _map(found: object) -> Parsed:
    return found if isinstance(found, Mapping) else {}


def _maps(each: Parsed, key: str) -> Iterator[Parsed]:
    found = each.get(key)
    for item in found if isinstance(found, list) else ():
        if isinstance(item, Mapping):
            yield item


def _text(each: Parsed, key: str) -> str:
    found = each[key] if key in each else None  # noqa: SIM401 (its `get` invents `updated` from `published`)
    return found.strip() if isinstance(found, str) else ""
