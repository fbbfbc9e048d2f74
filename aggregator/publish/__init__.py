"""Composing sections into feeds and rendering them once per change."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Protocol

from msgspec import structs

from aggregator.config import Section, Site, Source
from aggregator.publish import archive
from aggregator.publish.archive import keep
from aggregator.publish.compose import archive_address, compose, feed_address, publishable
from aggregator.publish.policy import stricter
from aggregator.publish.render import render
from aggregator.records import Item, Rendition, Stamp, Withdrawal
from feeds.records import Feed
from feeds.write import Format
from feeds.write.fragments import Fragments

__all__ = ["Press", "Shelf", "compose", "feed_address", "publish", "publishable", "tailor", "unarchived"]


ARRIVED = timedelta(days=1)  # what came in so long before a section's last change is in its feed, however much it is,
WIDEST = 4  # but for more than so many times its size
TOMBSTONES = 50
REMEMBERED = timedelta(days=30)  # how long before a section's last change a withdrawal still leaves a tombstone in its feed


class Shelf(archive.Shelf, Protocol):
    """The part of the store that publishing needs (stages do not import each other)."""

    def newest(self, section: str | None, limit: int, before: tuple[datetime, str] | None = None) -> list[Item]: ...
    def tombstones(self, section: str | None, limit: int) -> list[Withdrawal]: ...
    def changes(self) -> dict[str, datetime | None]: ...
    def stale(self, keys: Iterable[str]) -> list[str]: ...
    def rendition(self, section: str, format: str) -> Rendition | None: ...  # noqa: A002
    def stamps(self) -> dict[tuple[str, str], Stamp]: ...
    def publish(self, section: str, renditions: Sequence[Rendition], now: datetime, seen_changed_at: datetime | None) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """What is published, and how: the site, its sections (`all` among them), the sources' policies, the formats; and what was written
    already, so keep one press for as long as these are the same."""

    site: Site
    sections: Mapping[str, Section]
    sources: Mapping[str, Source]
    formats: Mapping[str, Format]
    fragments: Fragments = field(default_factory=Fragments, repr=False, compare=False)


def publish(shelf: Shelf, press: Press, now: datetime, *, also: Collection[str] = (), everything: bool = False) -> tuple[str, ...]:
    """Render the sections that changed since they were last published, and those named in `also` (or every one, after the configuration
    changed), and close archives of them.

    Returns the keys of those whose bytes are new. A rendition whose bytes are the same keeps its ETag and date."""
    due = list(press.sections) if everything else list(dict.fromkeys((*shelf.stale(press.sections), *also)))
    if not due:
        return ()
    changes, stamps = shelf.changes(), shelf.stamps()
    return tuple(key for key in due if _one(shelf, press, press.sections[key], now, changes.get(key), stamps))


def unarchived(shelf: Shelf, sections: Iterable[Section]) -> tuple[str, ...]:
    """The keys of those of which there is more to archive than one go took."""
    return tuple(section.key for section in sections if shelf.fills_archive(section.key, section.size))


def _one(
    shelf: Shelf, press: Press, section: Section, now: datetime, seen: datetime | None, stamps: Mapping[tuple[str, str], Stamp]
) -> bool:
    old = {name: stamps.get((section.key, name)) for name in press.formats}
    atom = press.formats.get("atom")
    since = next((stamp.updated_at for stamp in old.values() if stamp), now)
    newest = keep(shelf, section, press.site, press.sources, lambda closed: atom.render(closed, press.fragments), now) if atom else 0
    feed = _composed(shelf, press, section, since, seen, wide=True)
    if newest:
        feed = structs.replace(feed, prev_archive=archive_address(section.key, newest, press.site))
    fresh = []
    for name, form in press.formats.items():
        address, before = feed_address(section.key, form.extension, press.site), old[name]
        if rendition := render(section.key, feed, form, address, now, press.fragments, before.etag if before else None):
            fresh.append(rendition)
    shelf.publish(section.key, fresh, now, seen)
    return bool(fresh)


def tailor(shelf: Shelf, press: Press, section: str, format: str, limit: int | None, body: str | None, query: str) -> Rendition | None:  # noqa: A002
    """The section as it is published, but with `limit` entries and no more text than `body`; None while it is not published. `query` is
    what its address has behind the section's own.

    Dated as of the last change that is published, which may be of an entry that stands in no shorter edition."""
    published, stamp = shelf.rendition(section, format), shelf.stamps().get((section, format))
    if published is None or stamp is None:
        return None
    whole = press.sections[section]
    shown = stricter(whole.body, body or whole.body)
    form = press.formats[format]
    changed = max(published.updated_at, stamp.seen_changed_at or published.updated_at)
    tailored = whole.model_copy(update={"size": limit or whole.size, "body": shown})
    feed = _composed(shelf, press, tailored, published.updated_at, stamp.seen_changed_at, wide=limit is None)
    return render(section, feed, form, f"{feed_address(section, form.extension, press.site)}?{query}", changed, press.fragments)


def _composed(shelf: Shelf, press: Press, section: Section, empty_since: datetime, seen: datetime | None, *, wide: bool) -> Feed:
    key = None if section.key == "all" else section.key
    items = shelf.newest(key, section.size)
    if wide and seen is not None and len(items) == section.size and items[-1].sort_at > seen - ARRIVED:
        more = shelf.newest(key, (WIDEST - 1) * section.size, (items[-1].sort_at, items[-1].id))
        items += takewhile(lambda item: item.sort_at > seen - ARRIVED, more)
    # Counted from the last change and not from now: the bytes follow from what happened, on every machine and whenever they are made.
    withdrawn = [one for one in shelf.tombstones(key, TOMBSTONES) if seen is None or one.at > seen - REMEMBERED]
    return compose(section, items, press.site, press.sources, shelf.feed_name(section.key), empty_since, withdrawn)
