"""Composing sections into feeds and rendering them once per change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from aggregator.config import Section, Site, Source
from aggregator.publish.compose import compose, feed_address, publishable
from aggregator.publish.render import render
from aggregator.records import Item, Rendition, SectionState, Withdrawal
from feeds.write import Format

__all__ = ["Press", "Shelf", "compose", "feed_address", "publish", "publishable"]


TOMBSTONES = 50
REMEMBERED = timedelta(days=30)  # how long before a section's last change a withdrawal still leaves a tombstone in its feed


class Shelf(Protocol):
    """The part of the store that publishing needs (stages do not import each other)."""

    def newest(self, section: str | None, limit: int, before: tuple[datetime, str] | None = None) -> list[Item]: ...
    def tombstones(self, section: str | None, limit: int) -> list[Withdrawal]: ...
    def sections(self) -> list[SectionState]: ...
    def stale(self, keys: Iterable[str]) -> list[str]: ...
    def rendition(self, section: str, format: str) -> Rendition | None: ...  # noqa: A002
    def publish(self, section: str, renditions: Sequence[Rendition], now: datetime, seen_changed_at: datetime | None) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """What is published, and how: the site, its sections (`all` among them), the sources' policies, the formats."""

    site: Site
    sections: Mapping[str, Section]
    sources: Mapping[str, Source]
    formats: Mapping[str, Format]


def publish(shelf: Shelf, press: Press, now: datetime, *, everything: bool = False) -> tuple[str, ...]:
    """Render the sections that changed since they were last published (or every one, after the configuration changed).

    Returns the keys of those whose bytes are new. A rendition whose bytes are the same keeps its ETag and date."""
    states = {state.key: state for state in shelf.sections()}
    done = []
    for key in press.sections if everything else shelf.stale(press.sections):
        seen = states[key].changed_at if key in states else None
        if _one(shelf, press, press.sections[key], now, seen):
            done.append(key)
    return tuple(done)


def _one(shelf: Shelf, press: Press, section: Section, now: datetime, seen: datetime | None) -> bool:
    old = {name: shelf.rendition(section.key, name) for name in press.formats}
    since = next((rendition.updated_at for rendition in old.values() if rendition), now)
    key = None if section.key == "all" else section.key
    items = shelf.newest(key, section.size)
    # Counted from the last change and not from now: the bytes follow from what happened, on every machine and whenever they are made.
    withdrawn = [one for one in shelf.tombstones(key, TOMBSTONES) if seen is None or one.at > seen - REMEMBERED]
    feed = compose(section, items, press.site, press.sources, since, withdrawn)
    fresh = []
    for name, form in press.formats.items():
        rendition = render(section.key, feed, form, feed_address(section.key, form.extension, press.site), now)
        before = old[name]
        if before is None or before.etag != rendition.etag:
            fresh.append(rendition)
    shelf.publish(section.key, fresh, now, seen)
    return bool(fresh)
