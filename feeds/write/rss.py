"""RSS 2.0 with Dublin Core, Media RSS, content:encoded and atom:link, built with feedgen and put right by its extension hooks.

feedgen takes the last link for the channel's, leaves hubs out, and writes dates by switching the language of the whole
process; its hooks hand over the live elements (`_ChannelPart`, `_ItemPart`), and it is never given a date to write."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from html import escape

from feedgen.entry import FeedEntry
from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.feed import FeedGenerator
from lxml import etree

from feeds import plainness
from feeds.records import Content, Entry, Feed
from feeds.write import Format, attribution, media
from feeds.write.fragments import Fragments
from feeds.write.languages import language
from feeds.write.terms import terms
from feeds.write.xml import ATOM, DC, GENERATOR, MEDIA, TERMS, chars, email, finish, joined, name, put, rfc822, rfc3339, uri, words

MEDIA_TYPE = "application/rss+xml"

# What an enclosure may be fetched from (RSS 2.0: "it must be an http url"), with a host that has a name as DNS has them.
_ENCLOSED = re.compile(r"https?://(?:[a-z0-9-]+\.)+[a-z0-9][a-z0-9-]*(?::[0-9]+)?(?:/|$)", re.I)
# An item as it stands in the bytes: markup within texts is escaped, so the first end is its own.
_ITEM = re.compile(rb"<item>.*?</item>\n?", re.DOTALL)
_IMAGES = frozenset({"image/gif", "image/jpeg", "image/png"})


class _Unset(datetime):
    """feedgen dates every channel, with now() if it is told nothing; a date that is false it leaves out."""

    def __bool__(self) -> bool:
        return False


def render(feed: Feed, fragments: Fragments | None = None) -> bytes:
    """The feed as an RSS document. Raises ValueError for a time without a zone."""
    written = (fragments or Fragments()).of(feed.entries, "rss", feed.language, lambda some: _ITEM.findall(_document(feed, some)))
    return joined(_document(feed, ()), written, b"</channel></rss>")


def _document(feed: Feed, entries: Iterable[Entry]) -> bytes:
    """The feed with these entries of it only."""
    generator = FeedGenerator()
    generator.register_extension("haihe", _ChannelPart, _ItemPart, atom=False, rss=True)
    generator.haihe.feed = feed
    generator.generator(GENERATOR)
    generator.lastBuildDate(_Unset(1970, 1, 1, tzinfo=UTC))
    title = name(feed.title) or name(feed.link or feed.self_link) or GENERATOR
    generator.title(title)
    generator.description(name(feed.subtitle) or title)
    if self_link := uri(feed.self_link):
        generator.link({"rel": "self", "href": self_link, "type": MEDIA_TYPE})
    page = uri(feed.link) or self_link or attribution.feed_id(feed)
    generator.link({"rel": "alternate", "href": page})
    if feed.rights:
        generator.rights(words(feed.rights))
    if tag := language(feed.language):
        generator.language(tag)
    if feed.ttl and feed.ttl > 0:
        generator.ttl(feed.ttl)
    # RSS knows these three kinds of image only (RSS 2.0, <image>).
    if (image := uri(feed.image)) and media.guess(image) in _IMAGES | {None}:
        generator.image(image, title=title, link=page)
    if editor := next((author for author in feed.authors if email(author.email)), None):
        generator.managingEditor(f"{email(editor.email)} ({name(editor.name) or title})")
    for entry in entries:
        _add(generator, entry, feed)
    return finish(generator.rss_str())


FORMAT = Format(name="rss", media_type=MEDIA_TYPE, extension="rss", render=render)


def _add(generator: FeedGenerator, entry: Entry, feed: Feed) -> None:
    item: FeedEntry = generator.add_entry(order="append")
    item.haihe.entry, item.haihe.feed = entry, feed
    description, content = _texts(entry, feed)
    if words(entry.title) or not description:
        item.title(words(attribution.title(entry)))
    link = uri(entry.link)
    if link:
        item.link({"href": link, "rel": "alternate"})
    guid = attribution.entry_id(entry)
    item.guid(guid, permalink=guid == link and guid.startswith(("http://", "https://")))
    if description:
        item.description(description)
    if content:
        item.content(content)
    for category in {(category.term, category.scheme): category for category in entry.categories if words(category.term)}.values():
        facts = {"term": name(category.label) or name(category.term)}
        item.category([facts | ({"scheme": words(category.scheme)} if words(category.scheme) else {})])


def _texts(entry: Entry, feed: Feed) -> tuple[str, str]:
    """The HTML of description and of content:encoded. Readers that know the second take the first for a teaser, so beside a full text
    stands its summary or how it begins; a text without words (pictures only) stands in the description alone."""
    summary, content = attribution.written(entry.summary), attribution.written(entry.content)
    if content is None:
        return (_html(summary) if summary else _escaped(attribution.credit_line(entry, feed))), ""
    teaser = _html(summary) if summary else _escaped(attribution.opening(content))
    return (teaser, _html(content)) if teaser else (_html(content), "")


def _html(content: Content) -> str:
    return chars(content.value) if content.type == "html" else _escaped(content.value)


def _escaped(text: str) -> str:
    """Plain text as the HTML that a description is; its lines stay lines."""
    return escape(chars(text).strip(), quote=False).replace("\n", "<br>\n")


class _ChannelPart(BaseExtension):  # type: ignore[misc]  # feedgen has no types
    feed: Feed

    def extend_ns(self) -> dict[str, str]:
        return {"dc": DC, "dcterms": TERMS, "media": MEDIA}

    def extend_rss(self, root: etree._Element) -> etree._Element:
        channel, feed = root[0], self.feed
        for relation, address in (("next", feed.next_link), *(("hub", hub) for hub in feed.hubs)):
            if href := uri(address):
                put(channel, f"{{{ATOM}}}link", rel=relation, href=href)
        times = [time for time in (feed.updated, *(entry.updated for entry in feed.entries)) if time is not None]
        if times:
            put(channel, "lastBuildDate", rfc822(max(times)))
        put(channel, f"{{{TERMS}}}conformsTo", plainness.RSS)
        channel[-1].tail = "\n"
        return root


class _ItemPart(BaseEntryExtension):  # type: ignore[misc]  # feedgen has no types
    entry: Entry
    feed: Feed

    def extend_rss(self, item: etree._Element) -> etree._Element:
        entry = self.entry
        if (published := attribution.published(entry)) is not None:
            put(item, "pubDate", rfc822(published))
        if entry.updated is not None:
            put(item, f"{{{ATOM}}}updated", rfc3339(entry.updated))
        self._people(item, origin := self._origin(item))
        terms(item, entry, origin)
        self._media(item)
        if (tag := language(entry.language)) and tag != language(self.feed.language):
            put(item, f"{{{DC}}}language", tag)
        item.tail = "\n"
        return item

    def _origin(self, item: etree._Element) -> str | None:
        """`source` names the feed that it came from (RSS 2.0); a place without one is named by dc:source. Never both. Returns the name."""
        if found := attribution.via(self.entry):
            put(item, f"{{{ATOM}}}link", rel="via", href=found[0], title=found[1])
        if publisher := name(self.entry.credit.publisher):
            put(item, f"{{{DC}}}publisher", publisher)
        origin = attribution.source(self.entry)
        if origin is not None and origin.feed:
            put(item, "source", name(origin.title), url=origin.feed)
            return origin.title
        stated = attribution.stated_source(self.entry)
        if stated:
            put(item, f"{{{DC}}}source", name(stated))
        return stated

    def _people(self, item: etree._Element, elsewhere: str | None) -> None:
        for author in attribution.signers(self.entry):
            put(item, f"{{{DC}}}creator", name(author.name))
        for person in attribution.contributors(self.entry, elsewhere):
            put(item, f"{{{DC}}}contributor", name(person.name))
        if rights := name(attribution.rights(self.entry)):
            put(item, f"{{{DC}}}rights", rights)

    def _media(self, item: etree._Element) -> None:
        """One enclosure an item, as RSS has it; the others, and the picture, by Media RSS."""
        enclosures = [enclosure for enclosure in self.entry.enclosures if uri(enclosure.url)]
        first = next((enclosure for enclosure in enclosures if _ENCLOSED.match(uri(enclosure.url) or "")), None)
        if first is not None:
            kind = media.stated(first) or media.UNKNOWN
            put(item, "enclosure", url=uri(first.url), length=str(max(first.length or 0, 0)), type=kind)
        for enclosure in enclosures:
            if enclosure is not first or enclosure.duration or enclosure.title:  # which `enclosure` has no words for
                media.content(item, enclosure)
        if image := uri(self.entry.image):
            if image not in {uri(enclosure.url) for enclosure in enclosures}:
                put(item, f"{{{MEDIA}}}content", url=image, medium="image", type=media.guess(image))
            put(item, f"{{{MEDIA}}}thumbnail", url=image)
