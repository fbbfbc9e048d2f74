"""The words that every other module speaks: one frozen record a thing, in the terms of Atom (RFC 4287).

Each field cites the elements that it is read from. Datetimes are aware or None; a fact that the source does not state
is None or empty, never invented. Text fields hold plain text (markup removed, entities decoded, controls dropped);
`Content.value` and `Entry.summary` of type ``html`` hold sanitised HTML with absolute links.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any

import msgspec
from msgspec import Struct


class Precision(StrEnum):
    """How exactly a source states a time; a bare day is kept as 00:00 in the source's zone and says so."""

    SECOND = "second"
    MINUTE = "minute"
    DAY = "day"


class Role(StrEnum):
    """What a person did, as the byline says it. The first three sign as authors, the others contribute."""

    AUTHOR = "author"
    REPORTER = "reporter"
    CORRESPONDENT = "correspondent"
    EDITOR = "editor"
    DUTY_EDITOR = "duty_editor"
    REVIEWER = "reviewer"
    CONTRIBUTOR = "contributor"


class Record(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What is stated, as it was stated: `msgspec.structs.replace` makes another one. Nothing in it can lead back to it, so the collector
    need not look."""


class Author(Record, frozen=True, kw_only=True):
    """A person or body. Atom ``author``/``contributor``, RSS ``author``, ``dc:creator``, ``dc:contributor``, JSON Feed ``authors``."""

    name: str
    email: str | None = None
    uri: str | None = None
    role: Role = Role.AUTHOR


class Category(Record, frozen=True, kw_only=True):
    """Atom ``category`` (RFC 4287 §4.2.2), RSS ``category``, ``dc:subject``, JSON Feed ``tags``, a page's breadcrumb."""

    term: str
    scheme: str | None = None
    label: str | None = None


class Content(Record, frozen=True, kw_only=True):
    """Atom ``content``/``summary``, RSS ``description``, ``content:encoded``, JSON Feed ``content_html``/``content_text``.

    `type` is ``text`` or ``html``; HTML is sanitised and its links are absolute."""

    value: str
    type: str = "html"


class Enclosure(Record, frozen=True, kw_only=True):
    """A related resource to download. RSS ``enclosure``, Atom ``link rel=enclosure``, ``media:content``, JSON Feed ``attachments``.

    `length` in bytes, `duration` in seconds (``itunes:duration``)."""

    url: str
    type: str | None = None
    length: int | None = None
    title: str | None = None
    duration: int | None = None


class Source(Record, frozen=True, kw_only=True):
    """The feed in which an entry first stood: Atom ``source`` (RFC 4287 §4.2.11), RSS ``source`` (title and feed address)."""

    id: str | None = None
    title: str | None = None
    link: str | None = None
    feed: str | None = None
    updated: datetime | None = None
    authors: tuple[Author, ...] = ()
    rights: str | None = None


class Evidence(Record, frozen=True, kw_only=True):
    """Where a stated fact was found, so that an operator can check it: `field` of the entry, `where` on the page, the `text` as it stood
    there, and how sure the reading is (0 to 1)."""

    field: str
    where: str
    text: str
    sure: float = 1.0


class Credit(Record, frozen=True, kw_only=True):
    """Who said it first and whose page it was taken from, as the source states it (people are the entry's authors and contributors).

    `source` is the stated 来源/稿源 (``dc:source``, a byline), `organization` whose account or page that is where the operator knows it,
    `publisher` the site or account that carries the page, `agency` the
    news agency of a dateline, `chain` the earlier sources of a two-step credit, nearest last."""

    source: str | None = None
    source_url: str | None = None
    organization: str | None = None
    publisher: str | None = None
    homepage: str | None = None
    agency: str | None = None
    chain: tuple[str, ...] = ()
    original_title: str | None = None
    original_url: str | None = None
    evidence: tuple[Evidence, ...] = ()


UNCREDITED = Credit()


class Correction(Record, frozen=True, kw_only=True):
    """When an entry was corrected last, and in which `facts`: ``title``, ``text``, ``credit``."""

    at: datetime
    facts: tuple[str, ...] = ()


class Entry(Record, frozen=True, kw_only=True):
    """One item, the same record for reader, store and publisher.

    `uid` is what names the entry within its source: the guid or atom:id, else its normalised link, else a hash of what it says.
    `id` is its permanent public IRI (RFC 4287 §4.2.6): the upstream's own where it is an IRI, else minted once by the recorder.
    `published` and `updated` are what the source states (RSS ``pubDate``, ``dc:date``, Atom ``published``/``updated``); our own
    revision time is not here, it belongs to the store. `link` is Atom ``link rel=alternate``, RSS ``link``, JSON Feed ``url``.
    `corrected` is for whoever publishes it, and never read: a correction elsewhere is a revision here.
    `fingerprint` is of the entry as read, before sanitising, and of the sanitiser's version."""

    uid: str
    id: str | None = None
    title: str = ""
    title_prefix: str | None = None
    link: str | None = None
    summary: Content | None = None
    content: Content | None = None
    published: datetime | None = None
    precision: Precision | None = None
    updated: datetime | None = None
    authors: tuple[Author, ...] = ()
    contributors: tuple[Author, ...] = ()
    categories: tuple[Category, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    image: str | None = None
    language: str | None = None
    rights: str | None = None
    source: Source | None = None
    credit: Credit = UNCREDITED
    column: str | None = None
    corrected: Correction | None = None
    fingerprint: str = ""

    @property
    def people(self) -> Iterator[Author]:
        yield from self.authors
        yield from self.contributors


class Deleted(Record, frozen=True, kw_only=True):
    """An entry that is no longer there, for those who still keep it: ``at:deleted-entry`` (RFC 6721). `ref` is its id, `by` a name."""

    ref: str
    when: datetime
    by: str | None = None
    comment: str | None = None


class Feed(Record, frozen=True, kw_only=True):
    """A document of entries: Atom ``feed``, RSS ``channel``, a JSON Feed, a list page, a sitemap.

    `entries` are the new and the changed ones; `same` are the uids that stood in the document exactly as known; `gone` are those of which
    their site says that they were taken down. `next_link` is where the document goes on (RFC 5005, JSON Feed ``next_url``, the next page
    of a list); `parts` are the addresses of the lists that an index consists of. `ttl` in minutes (RSS), `interval` in seconds
    (``sy:updatePeriod``/``sy:updateFrequency``); `skip_hours` in GMT, `skip_days` as English names. `repairs` says in words what had to
    be mended to read it; `kind` names the reader that did. `withheld` says which articles of a list the site kept back for the moment (a
    verification, too many requests): they are to be asked for again. `doubts` says what
    speaks against a list that was found by looking. Where a page was surveyed, `leads` are the feeds that it names and
    `selectors` those that find its list."""

    kind: str
    id: str | None = None
    title: str = ""
    subtitle: str | None = None
    link: str | None = None
    self_link: str | None = None
    next_link: str | None = None
    current: str | None = None
    prev_archive: str | None = None
    next_archive: str | None = None
    archive: bool = False
    parts: tuple[str, ...] = ()
    hubs: tuple[str, ...] = ()
    updated: datetime | None = None
    authors: tuple[Author, ...] = ()
    language: str | None = None
    rights: str | None = None
    image: str | None = None
    generator: str | None = None
    ttl: int | None = None
    interval: int | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[str, ...] = ()
    entries: tuple[Entry, ...] = ()
    deleted: tuple[Deleted, ...] = ()
    same: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    repairs: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    leads: tuple[Outline, ...] = ()
    selectors: ListSelectors | None = None

    def __reduce__(self) -> str | tuple[Any, ...]:
        """A feed goes from process to process as one text: pickle would take five times as long over all the records in it. But whoever
        gets the text holds it beside what it says, which is too much of a large one."""
        if sum(len(each.content.value) for each in self.entries if each.content) > _LARGE:
            return super().__reduce__()
        return _feed, (msgspec.json.encode(self),)

    @property
    def listed(self) -> bool:
        """Was this read from web pages, whose bylines were read where they stand, rather than from a feed?"""
        return self.kind in LISTED


_LARGE = 1_000_000  # characters of its texts


def _feed(packed: bytes) -> Feed:
    return _feeds().decode(packed)


@cache
def _feeds() -> msgspec.json.Decoder[Feed]:
    return msgspec.json.Decoder(Feed)


LISTS = frozenset({"page", "sitemap", "json", "wechat"})  # kinds that lead to articles
LISTED = LISTS | {"article"}


class Document(Record, frozen=True, kw_only=True):
    """Bytes as they came: the address after redirects, the body with content codings removed, the ``Content-Type`` as sent."""

    url: str
    body: bytes
    content_type: str | None = None


class ListSelectors(Record, frozen=True, kw_only=True):
    """Where the entries of a list page are (CSS, or XPath when it begins with ``/`` or ``.//``; ``sel@attr`` takes an attribute), and
    `next`, where it goes on. Of JSON lists they are dotted paths, or templates (``https://x.example/{id}.html``); of a sitemap, `link` is
    a pattern."""

    item: str | None = None
    link: str | None = None
    title: str | None = None
    date: str | None = None
    next: str | None = None


class ArticleSelectors(Record, frozen=True, kw_only=True):
    """Where the parts of an article page are; what is left out is found by looking."""

    title: str | None = None
    date: str | None = None
    body: str | None = None
    byline: str | None = None
    column: str | None = None


class Hints(Record, frozen=True, kw_only=True):
    """What the operator tells the reader about a source. `kind` is ``feed``, a list (``page``, ``sitemap``, ``json``, ``wechat``),
    ``article`` (one page by itself), ``survey`` (what there is to read of a page) or None (found by looking); `timezone` an IANA name
    that zone-less dates are read in; `name` what the operator calls the source, `publisher` who publishes its pages by the operator's word,
    whatever they say themselves (either is what 本网 and 本站 mean); `column` what column its pages are of by his word, unless a selector
    finds one."""

    kind: str | None = None
    timezone: str = "UTC"
    language: str | None = None
    name: str | None = None
    publisher: str | None = None
    column: str | None = None
    list: ListSelectors = ListSelectors()
    article: ArticleSelectors = ArticleSelectors()


class Outline(Record, frozen=True, kw_only=True):
    """One feed in an OPML list: `text` and `title` as readers show it, its `xmlUrl` and `htmlUrl`. `categories` are the folders that it
    stands in, outermost first, or what its ``category`` attribute names."""

    text: str
    title: str = ""
    xml_url: str | None = None
    html_url: str | None = None
    categories: tuple[str, ...] = ()
