"""Atom 1.0 (RFC 4287), built with feedgen and put right by its extension hooks.

feedgen alone drops `rel`, `type` and `length` of entry links, knows two of the elements of atom:source and dates everything
now; its hooks hand over the live elements, so what it gets wrong is removed and written anew (`_EntryPart`, `_FeedPart`)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from html import escape

from feedgen.entry import FeedEntry
from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.feed import FeedGenerator
from lxml import etree

from feeds import plainness
from feeds.records import Author, Category, Content, Deleted, Entry, Feed, Source
from feeds.write import Format, attribution, media
from feeds.write.fragments import Fragments
from feeds.write.languages import language
from feeds.write.terms import terms
from feeds.write.xml import (
    ATOM,
    DC,
    GENERATOR,
    HISTORY,
    MEDIA,
    TERMS,
    TOMBSTONES,
    XML,
    chars,
    email,
    finish,
    is_markup,
    joined,
    lines,
    name,
    put,
    rfc3339,
    uri,
    words,
)

MEDIA_TYPE = "application/atom+xml"

# An entry as it stands in the bytes: markup within texts is escaped, so the first end is its own.
_ENTRY = re.compile(rb"<entry[ >].*?</entry>\n?", re.DOTALL)

# Only for a feed that has neither entries nor a time of its own; a moment from a clock would make its bytes differ.
_NEVER = datetime(1990, 1, 1, tzinfo=UTC)


def render(feed: Feed, fragments: Fragments | None = None) -> bytes:
    """The feed as an Atom document. Raises ValueError for a time without a zone."""
    undated = any(entry.updated is None for entry in feed.entries)
    around = (feed.language, rfc3339(_updated(feed)) if undated else None)
    written = (fragments or Fragments()).of(feed.entries, "atom", around, lambda some: _ENTRY.findall(_document(feed, some)))
    return joined(_document(feed, ()), written, b"</feed>")


def _document(feed: Feed, entries: Iterable[Entry]) -> bytes:
    """The feed with these entries of it only."""
    generator = FeedGenerator()
    generator.register_extension("haihe", _FeedPart, _EntryPart, atom=True, rss=False)
    generator.haihe.feed = feed
    generator.generator(GENERATOR)
    generator.id(attribution.feed_id(feed))
    generator.title(words(_title(feed)))
    generator.updated(_updated(feed))
    if feed.subtitle:
        generator.subtitle(words(feed.subtitle))
    if feed.rights:
        generator.rights(words(feed.rights))
    if tag := language(feed.language):
        generator.language(tag)
    if logo := uri(feed.image):
        generator.logo(logo)
    generator.author(_people(_authors(feed)))
    for relation, address, kind in (
        ("alternate", feed.link, "text/html"),
        ("self", feed.self_link, MEDIA_TYPE),
        ("next", feed.next_link, MEDIA_TYPE),
        ("current", feed.current, MEDIA_TYPE),
        ("prev-archive", feed.prev_archive, MEDIA_TYPE),
        ("next-archive", feed.next_archive, MEDIA_TYPE),
        *(("hub", hub, None) for hub in feed.hubs),
    ):
        if href := uri(address):
            generator.link({"rel": relation, "href": href} | ({"type": kind} if kind else {}))
    for entry in entries:
        _add(generator, entry, feed)
    return finish(generator.atom_str())


def without(document: bytes, ids: Collection[str]) -> bytes:
    """A document of ours with the entries of these ids cut out; all else stays byte for byte."""
    gone = {chars(id_).strip() for id_ in ids}
    names = [entry.findtext(f"{{{ATOM}}}id") for entry in etree.fromstring(document).iterchildren(f"{{{ATOM}}}entry")]
    found = iter(names)
    return _ENTRY.sub(lambda entry: b"" if next(found) in gone else entry[0], document)


FORMAT = Format(name="atom", media_type=MEDIA_TYPE, extension="atom", render=render)


def _title(feed: Feed) -> str:
    return next((text for text in (feed.title, feed.link, feed.self_link) if words(text)), None) or GENERATOR


def _updated(feed: Feed) -> datetime:
    times = [feed.updated, *(entry.updated for entry in feed.entries), *(gone.when for gone in feed.deleted)]
    return max((time for time in times if time is not None), default=None) or max(
        (at for entry in feed.entries if (at := attribution.published(entry)) is not None), default=_NEVER
    )


def _authors(feed: Feed) -> tuple[Author, ...]:
    """The feed's own; where an entry is signed by nobody, at least the feed must be (RFC 4287 §4.1.1)."""
    if feed.authors or all(attribution.signers(entry) for entry in feed.entries):
        return feed.authors
    return (Author(name=_title(feed)),)


def _add(generator: FeedGenerator, entry: Entry, feed: Feed) -> None:
    item: FeedEntry = generator.add_entry(order="append")
    item.haihe.entry, item.haihe.feed = entry, feed
    item.id(attribution.entry_id(entry))
    item.title(words(attribution.title(entry)))
    item.updated(entry.updated or attribution.published(entry) or _updated(feed))
    item.author(_people(attribution.signers(entry)))
    item.haihe.origin = origin = attribution.source(entry)
    item.contributor(_people(attribution.contributors(entry, origin.title if origin else None)))
    item.category([_category(category) for category in _distinct(entry.categories)])
    if told := words(attribution.rights(entry)):
        item.rights(told)
    summary, content = _texts(entry, feed)
    if summary is not None:
        item.summary(summary.value, type=summary.type)
    if content is not None:
        item.content(content.value, type=content.type)
    if link := uri(entry.link):
        item.link({"href": link, "rel": "alternate"})


def _texts(entry: Entry, feed: Feed) -> tuple[Content | None, Content | None]:
    """Summary and content. With neither, the credit is the summary; with no link, something must be the content (RFC 4287 §4.1.2)."""
    summary, content = attribution.written(entry.summary), attribution.written(entry.content)
    if summary is None and content is None and (line := attribution.credit_line(entry, feed)):
        summary = Content(value=line, type="text")
    if content is None and uri(entry.link) is None:
        content = summary or Content(value=attribution.title(entry), type="text")
        summary = None
    return _shown(summary) if summary else None, _shown(content) if content else None


def _shown(content: Content) -> Content:
    """A text that looks like HTML becomes the HTML that shows it (see `_say`)."""
    if content.type == "html":
        return Content(value=chars(content.value), type="html")
    if is_markup(text := chars(content.value).strip()):
        return Content(value=escape(text, quote=False).replace("\n", "<br>\n"), type="html")
    return Content(value=lines(content.value), type="text")


def _people(people: Iterable[Author]) -> list[dict[str, str]]:
    return [_person(person) for person in people if words(person.name)]


def _person(person: Author) -> dict[str, str]:
    facts = {"name": name(person.name), "uri": uri(person.uri), "email": email(person.email)}
    return {key: value for key, value in facts.items() if value}


def _distinct(categories: Iterable[Category]) -> list[Category]:
    return list({(category.term, category.scheme): category for category in categories if words(category.term)}.values())


def _category(category: Category) -> dict[str, str]:
    facts = {"term": name(category.term), "scheme": uri(category.scheme), "label": name(category.label)}
    return {key: value for key, value in facts.items() if value}


def _moment(element: etree._Element, tag: str, at: datetime | None) -> None:
    if at is not None:
        found = element.find(tag)
        (put(element, tag) if found is None else found).text = rfc3339(at)


def _say(element: etree._Element, tag: str, text: str | None) -> None:
    """A text construct (RFC 4287 §3.1) for a plain text. One that looks like HTML is written as the HTML that shows it, since some readers
    take every text for HTML whatever its type says."""
    if not words(text) or text is None:
        return
    looks = is_markup(chars(text))
    found = element.find(tag)
    construct = put(element, tag) if found is None else found
    construct.set("type", "html" if looks else "text")
    construct.text = words(escape(text, quote=False) if looks else text)


class _FeedPart(BaseExtension):  # type: ignore[misc]  # feedgen has no types
    feed: Feed

    def extend_ns(self) -> dict[str, str]:
        extra = {"at": TOMBSTONES} if self.feed.deleted else {}
        return {"dc": DC, "dcterms": TERMS, "media": MEDIA} | extra | ({"fh": HISTORY} if self.feed.archive else {})

    def extend_atom(self, root: etree._Element) -> etree._Element:
        for tag, text in (("title", _title(self.feed)), ("subtitle", self.feed.subtitle), ("rights", self.feed.rights)):
            _say(root, tag, text)
        _moment(root, "updated", _updated(self.feed))
        put(root, f"{{{TERMS}}}conformsTo", plainness.ATOM)
        root[-1].tail = "\n"
        if self.feed.archive:
            put(root, f"{{{HISTORY}}}archive").tail = "\n"
        for gone in self.feed.deleted:
            _deleted(root, gone)
        return root


class _EntryPart(BaseEntryExtension):  # type: ignore[misc]  # feedgen has no types
    entry: Entry
    origin: Source | None
    feed: Feed

    def extend_atom(self, element: etree._Element) -> etree._Element:
        entry = self.entry
        _say(element, "title", attribution.title(entry))
        _say(element, "rights", attribution.rights(entry))
        _moment(element, "updated", entry.updated or attribution.published(entry) or _updated(self.feed))
        _moment(element, "published", attribution.published(entry))
        if (tag := language(entry.language)) and tag != language(self.feed.language):
            element.set(f"{{{XML}}}lang", tag)
        self._links(element)
        if self.origin is not None:
            _source(put(element, "source"), self.origin)
        for enclosure in entry.enclosures:
            if enclosure.duration and uri(enclosure.url):  # which a link has no word for
                media.content(element, enclosure)
        if image := uri(entry.image):
            put(element, f"{{{MEDIA}}}thumbnail", url=image)
        if entry.credit.publisher:
            put(element, f"{{{DC}}}publisher", name(entry.credit.publisher))
        terms(element, entry, self.origin.title if self.origin else None)
        element.tail = "\n"
        return element

    def _links(self, element: etree._Element) -> None:
        for link in element.findall("link"):
            element.remove(link)
        if href := uri(self.entry.link):
            put(element, "link", rel="alternate", href=href)
        if found := attribution.via(self.entry):
            put(element, "link", rel="via", href=found[0], title=found[1])
        for enclosure in self.entry.enclosures:
            if href := uri(enclosure.url):
                put(
                    element,
                    "link",
                    rel="enclosure",
                    href=href,
                    type=media.stated(enclosure),
                    length=str(enclosure.length) if enclosure.length and enclosure.length > 0 else None,
                    title=name(enclosure.title) or None,
                )


def _deleted(root: etree._Element, gone: Deleted) -> None:
    """A tombstone (RFC 6721 §3)."""
    element = put(root, f"{{{TOMBSTONES}}}deleted-entry", ref=chars(gone.ref).strip(), when=rfc3339(gone.when))
    if by := words(gone.by):
        put(put(element, f"{{{TOMBSTONES}}}by"), "name", by)
    if comment := words(gone.comment):
        put(element, f"{{{TOMBSTONES}}}comment", comment)
    element.tail = "\n"


def _source(element: etree._Element, origin: Source) -> None:
    put(element, "id", chars(origin.id or ""))
    _say(element, "title", origin.title)
    _moment(element, "updated", origin.updated)
    for author in _people(origin.authors):
        person = put(element, "author")
        for tag in ("name", "email", "uri"):
            if tag in author:
                put(person, tag, author[tag])
    if origin.link:
        put(element, "link", rel="alternate", href=origin.link)
    if origin.feed:
        put(element, "link", rel="self", href=origin.feed)
    _say(element, "rights", origin.rights)
