"""JSON Feed 1.1. Keys stand in one fixed order, absent facts are left out, people and places are in `_credit` too."""

from __future__ import annotations

import json
from collections.abc import Iterable

from feeds import credit, plainness
from feeds.records import Author, Enclosure, Entry, Feed, Source
from feeds.write import Format, attribution, media
from feeds.write.fragments import Fragments
from feeds.write.languages import language
from feeds.write.xml import GENERATOR, chars, email, rfc3339, uri

MEDIA_TYPE = "application/feed+json"
VERSION = "https://jsonfeed.org/version/1.1"

_Object = dict[str, object]
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def render(feed: Feed, fragments: Fragments | None = None) -> bytes:
    """The feed as a JSON Feed document. Raises ValueError for a time without a zone."""
    items = (fragments or Fragments()).of(feed.entries, "json", feed.language, lambda some: [_bytes(_item(entry, feed)) for entry in some])
    document: _Object = {
        "version": VERSION,
        "title": _line(feed.title) or _line(feed.link or feed.self_link) or GENERATOR,
        "home_page_url": uri(feed.link),
        "feed_url": uri(feed.self_link),
        "description": _line(feed.subtitle),
        "next_url": uri(feed.next_link) if feed.next_link != feed.self_link else None,
        "icon": uri(feed.image),
        "authors": _authors(feed.authors),
        "language": language(feed.language),
        "hubs": [{"type": "WebSub", "url": hub} for hub in map(uri, feed.hubs) if hub],
        plainness.JSON_KEY: plainness.JSON_MARKUP,
    }
    head = _bytes(_stated(document)).removesuffix(b"}")
    return b"".join((head, b',"items":[', b",".join(items), b"]}\n"))


def _bytes(value: _Object) -> bytes:
    return _ENCODER.encode(value).encode()


FORMAT = Format(name="json", media_type=MEDIA_TYPE, extension="json", render=render)


def _item(entry: Entry, feed: Feed) -> _Object:
    link, original = uri(entry.link), uri(entry.credit.original_url)
    return _stated(
        {
            "id": attribution.entry_id(entry),
            "url": link,
            "external_url": original if original != link else None,
            "title": _line(entry.title),
            **_texts(entry, feed),
            "image": uri(entry.image),
            "date_published": rfc3339(published) if (published := attribution.published(entry)) else None,
            "date_modified": rfc3339(entry.updated) if entry.updated else None,
            "authors": _authors(attribution.signers(entry)),
            "tags": list(dict.fromkeys(tag for category in entry.categories if (tag := _line(category.label) or _line(category.term)))),
            "language": language(entry.language) if language(entry.language) != language(feed.language) else None,
            "attachments": [_attachment(enclosure) for enclosure in entry.enclosures if uri(enclosure.url)],
            "_credit": _legal(credit.facts(entry)),
            "_source": _source(attribution.source(entry)),
            "_corrected": {"at": rfc3339(entry.corrected.at), "facts": list(entry.corrected.facts)} if entry.corrected else None,
        }
    )


def _texts(entry: Entry, feed: Feed) -> _Object:
    """An item must have a content (JSON Feed 1.1), and readers drop those without: where the full text may not be published it is the
    summary, and where that may not be either, the credit or the title."""
    summary, content = attribution.written(entry.summary), attribution.written(entry.content)
    body = content or summary
    if body is None:
        line = _line(attribution.credit_line(entry, feed) or attribution.title(entry))
        return {"content_text": line, "summary": line}
    key = "content_html" if body.type == "html" else "content_text"
    return {key: chars(body.value), "summary": _line(attribution.said(summary))}


def _source(origin: Source | None) -> _Object:
    """The feed that it first stood in, as atom:source and RSS `source` have it."""
    if origin is None or not origin.feed:
        return {}
    return _stated({"title": _line(origin.title), "home_page_url": origin.link, "feed_url": origin.feed})


def _authors(people: Iterable[Author]) -> list[_Object]:
    authors = [_stated({"name": _line(person.name), "url": uri(person.uri) or _mailto(person)}) for person in people]
    return [author for author in authors if author]


def _mailto(person: Author) -> str | None:
    address = email(person.email)
    return f"mailto:{address}" if address else None


def _attachment(enclosure: Enclosure) -> _Object:
    return _stated(
        {
            "url": uri(enclosure.url),
            "mime_type": media.stated(enclosure) or media.UNKNOWN,
            "title": _line(enclosure.title),
            "size_in_bytes": enclosure.length if enclosure.length and enclosure.length > 0 else None,
            "duration_in_seconds": enclosure.duration if enclosure.duration and enclosure.duration > 0 else None,
        }
    )


def _line(text: str | None) -> str:
    return " ".join(chars(text).split()) if text else ""


def _stated(facts: _Object) -> _Object:
    """Only what is stated: no nulls, no empty texts, lists or objects."""
    return {key: value for key, value in facts.items() if value}


def _legal(value: object) -> object:
    """With nothing in a text that a reader's XML half would choke on."""
    if isinstance(value, str):
        return chars(value)
    if isinstance(value, list | tuple):
        return [item for item in map(_legal, value) if item]
    if isinstance(value, dict):
        return _stated({key: _legal(each) for key, each in value.items()})
    return value
