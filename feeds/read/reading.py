"""What the reading of one document knows, remembers and gives back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import TypeVar

from feeds.clean import dates, text, urls
from feeds.read.elements import XML_BASE, Element
from feeds.records import Entry, Feed, Precision

# What programs write where they have no date: year 0, year 1, the epoch.
_PLACEHOLDER = re.compile(r"\b(?:000[01]|1970)\b|^0+$|^-")

MOST_ENTRIES = 5000  # of one document: more are an archive or a flood, and would hold up every other source

Item = TypeVar("Item")


@dataclass(slots=True)
class Reading:
    """What the reading of one document needs to know and to remember."""

    url: str
    timezone: str
    reference: datetime | None = None
    based: bool = False  # xml:base occurs in the document
    unread: list[str] = field(default_factory=list)
    repairs: list[str] = field(default_factory=list)

    def base(self, element: Element, otherwise: str) -> str:
        """The address that relative links in an element are seen from (XML Base)."""
        if self.based:
            stated = element.base
            if stated and any(each.get(XML_BASE) for each in (element, *element.iterancestors())):
                return urls.absolute(self.url, stated) or otherwise
        return otherwise

    def date(self, *texts: str) -> dates.When | None:
        """The first of the texts that states a moment; those that should and do not are remembered."""
        for told in texts:
            if told:
                if when := dates.parse(told, self.timezone, reference=self.reference):
                    return when
                if not _PLACEHOLDER.search(told):
                    self.unread.append(told)
        return None

    def bounded(self, items: Sequence[Item], more: int = 0) -> Sequence[Item]:
        """As many of a document's items as are read; if that is not all of them (`more` are not even here), it is remembered."""
        if len(items) + more > MOST_ENTRIES:
            self.repairs.append(f"of {len(items) + more:,} items the first {MOST_ENTRIES:,} were read")
        return items[:MOST_ENTRIES]

    def notes(self) -> tuple[str, ...]:
        """The repairs, with one word about the dates that could not be read."""
        if not self.unread:
            return tuple(self.repairs)
        count = len(self.unread)
        some = text.excerpt(self.unread[0], 60)
        return (*self.repairs, f"{count} date{'s' if count > 1 else ''} could not be read and left out, such as {some!r}")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A feed as read, its entries not yet sanitised: for each of them the address that its relative links are seen from."""

    feed: Feed
    entries: tuple[tuple[Entry, str | None], ...]


def exactness(published: datetime | None, precision: Precision | None, created: dates.When | None) -> Precision | None:
    """How exactly a time is known of which ``dcterms:created`` says the same with less: a day beside a midnight, or a minute."""
    if published is None or created is None:
        return precision
    if created.precision is Precision.DAY:
        return Precision.DAY if created.at.date() == published.date() and published.time() == time() else precision
    return created.precision if created.at == published else precision


def dated(when: dates.When | None) -> tuple[datetime | None, Precision | None]:
    return (when.at, when.precision) if when else (None, None)
