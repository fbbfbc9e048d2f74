"""JSON Feed 1.0 and 1.1 (jsonfeed.org), junk types forgiven."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from html import escape
from itertools import chain

from msgspec import structs

from feeds import credit, identity, plainness
from feeds.clean import charset, text, urls
from feeds.errors import Malformed, NotAFeed
from feeds.read.facts import NO_TEXT, enclosure, person, same, unique_categories, unique_people
from feeds.read.objects import beginning
from feeds.read.reading import MOST_ENTRIES, Drawn, Reading, dated
from feeds.records import Author, Category, Content, Credit, Document, Enclosure, Entry, Feed, Hints, Source

Object = Mapping[str, object]

_MOST_LISTED = MOST_ENTRIES  # of anything that a feed or an item has a list of


def read_jsonfeed(document: Document, hints: Hints, reference: datetime | None = None) -> Drawn:
    """The feed in a JSON document, entries unsanitised. Raises Malformed if it is no JSON, NotAFeed if it is other JSON."""
    decoded = charset.decode(document.body, document.content_type)
    try:
        found, more = beginning(decoded.text, "items", MOST_ENTRIES)
    except (ValueError, RecursionError) as error:
        raise Malformed(f"the JSON cannot be read: {text.excerpt(str(error), 120)}") from error
    if not isinstance(found, dict) or not isinstance(found.get("items"), list) or not _claims(found):
        raise NotAFeed(f"this is JSON, but not a JSON Feed: {_looks(found)}")
    reading = Reading(url=document.url, timezone=hints.timezone, reference=reference, repairs=list(decoded.repairs))
    if found.get(plainness.JSON_KEY) == plainness.JSON_MARKUP:
        for each in (found, *_objects(found, "items")):
            _tell_plainly(each)
    feed = _feed(found, reading)
    site = feed.link or reading.url
    items = tuple(_item(each, reading, site, feed.authors) for each in reading.bounded(found["items"], more) if isinstance(each, dict))
    return Drawn(structs.replace(feed, repairs=reading.notes()), items)


def _claims(found: Object) -> bool:
    """It says that it is one, or its items look as if it forgot to."""
    version = found.get("version")
    if isinstance(version, str) and "jsonfeed" in version.lower():
        return True
    items = found.get("items")
    marks = {"content_html", "content_text", "date_published", "date_modified"}
    return (
        isinstance(items, list)
        and isinstance(found.get("title"), str)
        and any(isinstance(each, dict) and marks & each.keys() for each in items)
    )


def _looks(found: object) -> str:
    if isinstance(found, list):
        return f"a list of {len(found)}"
    if isinstance(found, dict):
        keys = ", ".join(list(found)[:6])
        return f"an object with {text.excerpt(text.clean(keys), 100)}" if keys else "an empty object"
    return "a single value"


def _tell_plainly(found: dict[str, object]) -> None:
    """Write those plain texts of a feed or an item as HTML that will be read as if they held it."""
    stated_credit = found.get("_credit")
    places = [(found, "title"), *((each, "name") for each in _objects(found, "authors"))]
    if isinstance(stated_credit, dict):
        places.append((stated_credit, "rights"))
    for each, key in places:
        told = each.get(key)
        if isinstance(told, str):
            each[key] = escape(told, quote=False)


def _feed(found: Object, reading: Reading) -> Feed:
    link = urls.absolute(reading.url, _text(found, "home_page_url"))
    hubs = (urls.absolute(reading.url, _text(each, "url")) for each in _objects(found, "hubs"))
    return Feed(
        kind="json",
        id=_text(found, "feed_url") or None,
        title=text.plain(_text(found, "title")),
        subtitle=text.clean(_text(found, "description")) or None,
        link=link,
        self_link=urls.absolute(reading.url, _text(found, "feed_url")),
        next_link=urls.absolute(reading.url, _text(found, "next_url")),
        hubs=tuple(address for address in hubs if address),
        authors=_authors(found),
        language=_text(found, "language") or None,
        image=urls.absolute(reading.url, _text(found, "icon") or _text(found, "favicon")),
        generator=_text(found, "generator") or None,
    )


def _item(found: Object, reading: Reading, site: str, inherited: tuple[Author, ...]) -> tuple[Entry, str | None]:
    stated = _id(found.get("id"))
    link = urls.absolute(site, _text(found, "url")) or urls.absolute("", stated)
    external = urls.absolute(site, _text(found, "external_url"))
    content, summary = _texts(found)
    published, precision = dated(reading.date(_moment(found, "date_published")))
    revised = reading.date(_moment(found, "date_modified"))
    title = text.plain(_text(found, "title"))
    stated_credit = found.get("_credit")
    facts: Object = stated_credit if isinstance(stated_credit, dict) else {}
    credited, signing, others, rights = credit.from_facts(facts)
    entry = Entry(
        uid=identity.entry_uid(stated, link or external, title, published, content.value if content else ""),
        id=identity.iri(stated),
        title=title,
        link=link or external,
        summary=summary,
        content=content,
        published=published,
        precision=(credit.precision(facts) or precision) if published else None,
        updated=revised.at if revised else None,
        authors=_signed(found, signing) or inherited,
        contributors=tuple(structs.replace(each, name=text.clean(each.name)) for each in others),
        categories=unique_categories(Category(term=text.clean(tag)) for tag in _strings(found, "tags")),
        enclosures=tuple(_attachments(found, site)),
        image=urls.absolute(site, _text(found, "image") or _text(found, "banner_image")),
        language=_text(found, "language") or None,
        rights=text.plain(rights or "") or None,
        source=_source(found.get("_source")),
        credit=_credit(credited, external if link else None, found.get("_source")),
    )
    return entry, entry.link or site


def _id(told: object) -> str:
    """A string, or what others than strings are coerced to (JSON Feed 1.1, "id")."""
    if isinstance(told, bool) or told is None:
        return ""
    if isinstance(told, int):
        return str(told)
    if isinstance(told, float):
        return str(int(told)) if told.is_integer() else str(told)
    return text.legal(told).strip() if isinstance(told, str) else ""


def _texts(found: Object) -> tuple[Content | None, Content | None]:
    html, plain = _text(found, "content_html"), _text(found, "content_text").strip()
    if text.plain(html[:200]) in NO_TEXT:
        html = ""
    content = Content(value=html) if html else Content(value=plain, type="text") if plain and plain not in NO_TEXT else None
    brief = text.clean(_text(found, "summary"))
    if not brief or brief in NO_TEXT:
        return content, None
    if content and same(brief, content.value):  # an item must have a content, so that one without has its summary there
        return (None, Content(value=brief, type="text")) if content.type == "text" else (content, None)
    return content, Content(value=brief, type="text")


def _authors(found: Object) -> tuple[Author, ...]:
    """1.1 has a list; 1.0 had one."""
    listed = [*_objects(found, "authors")]
    single = found.get("author")
    if isinstance(single, dict) and not listed:
        listed = [single]
    named = [single] if isinstance(single, str) and not listed else _strings(found, "authors")
    made = (person(_text(each, "name") or _text(each, "url"), "", urls.absolute("", _text(each, "url"))) for each in listed)
    return unique_people(chain(made, (person(name) for name in named)))


def _signed(found: Object, signing: tuple[Author, ...]) -> tuple[Author, ...]:
    """The item's own authors, with the roles that `_credit` gives to the same names."""
    merged = {each.name: each for each in _authors(found)}
    for each in signing:
        name = text.clean(each.name)
        merged[name] = structs.replace(merged.get(name, Author(name=name)), role=each.role)
    return tuple(merged.values())


def _credit(told: Credit, external: str | None, origin: object) -> Credit:
    stated: Object = origin if isinstance(origin, dict) else {}
    return structs.replace(
        told,
        source=text.clean(told.source or _text(stated, "name")) or None,
        source_url=urls.absolute("", told.source_url or _text(stated, "url")),
        publisher=text.clean(told.publisher or "") or None,
        homepage=urls.absolute("", told.homepage or ""),
        agency=text.clean(told.agency or "") or None,
        chain=tuple(text.clean(each) for each in told.chain),
        original_title=text.clean(told.original_title or "") or None,
        original_url=urls.absolute("", told.original_url or "") or external,
    )


def _source(origin: object) -> Source | None:
    """Some feeds say where an item first stood in ``_source`` with a feed address of its own."""
    stated = origin if isinstance(origin, dict) else {}
    feed = urls.absolute("", _text(stated, "feed_url"))
    return Source(title=text.clean(_text(stated, "name") or _text(stated, "title")) or None, feed=feed) if feed else None


def _attachments(found: Object, base: str) -> Iterator[Enclosure]:
    for each in _objects(found, "attachments"):
        length, duration = each.get("size_in_bytes"), each.get("duration_in_seconds")
        made = enclosure(
            urls.absolute(base, _text(each, "url")),
            _text(each, "mime_type"),
            str(int(length)) if isinstance(length, int | float) and 0 < length < 1e18 else None,
            _text(each, "title"),
            round(duration) if isinstance(duration, int | float) and 0 < duration < 1e8 else None,
        )
        if made:
            yield made


def _text(found: Object, key: str) -> str:
    told = found.get(key)
    return text.legal(told) if isinstance(told, str) else ""


def _moment(found: Object, key: str) -> str:
    """A date as it is told, in words or as a number of seconds or milliseconds since 1970."""
    told = found.get(key)
    return str(int(told)) if isinstance(told, int | float) and 0 < told < 1e18 else _text(found, key)


def _objects(found: Object, key: str) -> Iterator[dict[str, object]]:
    told = found.get(key)
    return (each for each in (told[:_MOST_LISTED] if isinstance(told, list) else ()) if isinstance(each, dict))


def _strings(found: Object, key: str) -> list[str]:
    told = found.get(key)
    listed = [told] if isinstance(told, str) else told[:_MOST_LISTED] if isinstance(told, list) else []
    return [text.legal(each) for each in listed if isinstance(each, str)]
