"""What the pages and feeds are made from, and how an item is prepared for a template: no more text than its policy lets out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from aggregator.config import Section, Site, Source
from aggregator.publish.policy import ORDER, allowed, apply, stricter
from aggregator.records import Item
from aggregator.serve import dates, facts, links, marks
from aggregator.serve.facts import Change, Fact, Proof
from aggregator.serve.pictures import Policy, Signer
from aggregator.serve.shelf import Shelf
from aggregator.serve.words import Words
from feeds.clean.terms import asked
from feeds.clean.text import excerpt, plain
from feeds.records import Content, Entry

ALL = "all"  # the reserved key of the feed that holds every section
TEASER = 200  # characters below a title in a list
UNTITLED = 60  # characters of its text by which an untitled note is called
_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")  # a language as BCP 47 writes it; strangers write anything


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """An item for a list. `title` is never empty; `original` and `image` are checked web addresses."""

    id: str
    title: str
    prefix: str | None
    original: str | None
    original_host: str | None
    teaser: str | None
    image: str | None
    language: str | None
    source_key: str
    source_title: str
    credit: tuple[tuple[str, str], ...]  # label and names, in the order of the line
    moment: dates.Moment
    dated: bool
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """An item for its own page. `body` is set only where the full text may stand here; then `canonical` is the original."""

    card: Card
    body: Markup | None
    canonical: str | None
    facts: tuple[Fact, ...]
    proofs: tuple[Proof, ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Surface:
    site: Site
    named: Mapping[str, Section]  # without `all`
    sources: Mapping[str, Source]
    shelf: Shelf
    signer: Signer | None = None

    @cached_property
    def pictures(self) -> Policy:
        return Policy(self.sources, self.signer, self.base)

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.site.timezone)

    @cached_property
    def base(self) -> str:
        """The public address of the site without a slash at its end."""
        return self.site.url.rstrip("/")

    @cached_property
    def renamed(self) -> Mapping[str, str]:
        """Keys that sections had before -> the key that they have now."""
        return {old: key for key, section in self.named.items() for old in section.was if old not in self.named}

    def closed(self, key: str) -> bool:
        """Whether there was a section of that key, which the configuration no longer names (410, RFC 9110 §15.5.11)."""
        return key not in self.named and key not in self.renamed and self.shelf.published(key)

    def moment(self, at: datetime, words: Words) -> dates.Moment:
        return dates.moment(at, None, self.zone, words.locale)

    def places(self, item: Item) -> tuple[Section, ...]:
        """The sections in which an item stands, of those that there are."""
        return tuple(self.named[placed.section] for placed in item.placements if placed.section in self.named)

    def policy(self, item: Item, section: Section | None = None) -> str:
        """What may be shown of an item: in a section as that shows its entries, on its own page as its most open section does."""
        within = section or self.most_open(item)
        return stricter(allowed(item.entry, self.sources.get(item.source)), within.body if within else "none")

    def most_open(self, item: Item) -> Section | None:
        """Of the sections in which an item stands, the one that shows most of its entries."""
        return max(self.places(item), key=lambda place: ORDER.index(place.body), default=None)

    def cards(self, items: list[Item], section: Section, words: Words) -> list[Card]:
        """Without those that may not be shown at all."""
        policy = {item.id: self.policy(item, section) for item in items}
        return [self.card(item, policy[item.id], words) for item in items if policy[item.id] != "none"]

    def card(self, item: Item, policy: str, words: Words) -> Card:
        entry = item.entry
        source = self.sources.get(item.source)
        original = links.web(entry.link)
        return Card(
            id=item.id,
            title=_title(entry, policy, item.id),
            prefix=entry.title_prefix,
            original=original,
            original_host=links.host(original),
            teaser=_teaser(entry, policy),
            image=self.pictures.address(entry.image, item.source) if policy in ("summary", "full") else None,
            language=entry.language if entry.language and _TAG.fullmatch(entry.language) else None,
            source_key=item.source,
            source_title=source.title if source else entry.credit.publisher or item.source,
            credit=facts.line(entry, words),
            moment=dates.moment(
                entry.published or item.first_seen_at, entry.precision if entry.published else None, self.zone, words.locale
            ),
            dated=entry.published is not None,
            sections=self.places(item),
        )

    def hits(self, items: list[Item], query: str, words: Words) -> list[Card]:
        """What was found, with what was looked for marked; no more text than each item's own page shows."""
        looked_for = marks.pattern(asked(query))
        found = []
        for item in items:
            policy = self.policy(item)
            if policy != "none" and self.places(item):
                card = self.card(item, policy, words)
                piece = marks.around(_whole(item.entry, policy), looked_for, TEASER)
                found.append(
                    replace(card, title=marks.marked(card.title, looked_for), teaser=marks.marked(piece, looked_for) if piece else None)
                )
        return found

    def sheet(self, item: Item, words: Words) -> Sheet | None:
        """None for an item that stands in no section, or may not be shown at all."""
        policy = self.policy(item)
        shown = apply(item.entry, policy)
        if shown is None or not self.places(item):
            return None
        card = self.card(item, policy, words)
        body = _body(shown.content or shown.summary) if policy == "full" else None
        return Sheet(
            card=card,
            body=self.pictures.body(body, item.source) if body else None,
            canonical=card.original if body else None,
            facts=facts.of(item, self.zone, words),
            proofs=facts.proofs(item.entry, words),
            changes=facts.changes(self.shelf.revisions(item.id) if item.revisions > 1 else (), self.zone, words),
        )


def _title(entry: Entry, policy: str, id_: str) -> str:
    """The title without its prefix, which the page sets apart, or for an untitled note how it begins, where that may be shown."""
    title = entry.title.strip()
    rest = title.removeprefix(entry.title_prefix).strip() if entry.title_prefix else title
    return rest or title or (excerpt(_teaser(entry, policy) or "", UNTITLED)) or links.host(entry.link) or id_


def _teaser(entry: Entry, policy: str) -> str | None:
    shown = apply(entry, policy)
    for content in (shown.summary, shown.content) if shown else ():
        if content and (text := excerpt(_plain(content), TEASER)):
            return text
    return None


def _whole(entry: Entry, policy: str) -> str:
    """All the text that may be shown of an entry."""
    shown = apply(entry, policy)
    content = (shown.content or shown.summary) if shown else None
    return _plain(content) if content else ""


def _plain(content: Content) -> str:
    return plain(content.value) if content.type == "html" else content.value.strip()


def _body(content: Content | None) -> Markup | None:
    """HTML as the sanitiser left it (see feeds.records); text in paragraphs."""
    if content is None or not content.value.strip():
        return None
    if content.type == "html":
        return Markup(content.value)  # noqa: S704  sanitised when it was read, and nowhere else
    return Markup("\n").join(Markup("<p>{}</p>").format(escape(line.strip())) for line in content.value.splitlines() if line.strip())
