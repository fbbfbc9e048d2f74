"""Archives (RFC 5005 §4): what came into a section, in portions of its size, each closed once and for good.

An archive takes in the oldest of what is in none yet, so together with the feed itself they hold everything that is shown. What is revised
afterwards so that readers are to be told comes into a later archive again: of two copies of an entry the newer one counts. Its bytes never
change, with one exception: an entry that is withdrawn or held back is cut out of them, for it must be nowhere. Archives carry summaries at
most, so that a source which allows less from now on has not been published in full for good.

The address of the next archive stands in each, though it is there only once it is closed: until then it leads to the feed itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from msgspec import structs

from aggregator.config import Section, Site, Source
from aggregator.publish.compose import archive_address, compose, feed_address
from aggregator.publish.policy import stricter
from aggregator.records import Archive, Item
from feeds.records import Feed

ROUNDS = 100  # of cutting out: the store names a thousand entries at a time, and another process may cut into the same archive
AT_ONCE = 4  # archives of a section that are closed in one go; more wait for the next (`publish.unarchived`)


class Shelf(Protocol):
    def feed_name(self, section: str) -> str: ...
    def to_archive(self, section: str, limit: int) -> list[Item]: ...
    def last_archive(self, section: str) -> int: ...
    def archive(self, section: str, number: int) -> Archive | None: ...
    def close_archive(self, archive: Archive, ids: Mapping[str, int]) -> bool: ...
    def fills_archive(self, section: str, size: int) -> bool: ...
    def leaving(self, section: str) -> Mapping[int, Mapping[str, str]]: ...
    def amend_archive(self, archive: Archive, before: str, ids: Iterable[str]) -> bool: ...


def keep(shelf: Shelf, section: Section, site: Site, sources: Mapping[str, Source], render: Callable[[Feed], bytes], now: datetime) -> int:
    """Cut out what must leave, close what is full; the number of the newest archive, 0 when there is none."""
    _cut(shelf, section.key)
    number = shelf.last_archive(section.key)
    for _ in range(AT_ONCE):
        items = shelf.to_archive(section.key, section.size)
        if len(items) < section.size:
            break
        body = render(_feed(section, shelf.feed_name(section.key), number + 1, items, site, sources, now))
        archive = Archive(section=section.key, number=number + 1, closed_at=now, body=body)
        if not shelf.close_archive(archive, {item.id: item.revisions for item in items}):
            return shelf.last_archive(section.key)
        number += 1
    return number


def _cut(shelf: Shelf, section: str) -> None:
    from feeds.write.atom import without

    for _ in range(ROUNDS):
        leaving = shelf.leaving(section)
        if not leaving:
            return
        for number, gone in leaving.items():
            if archive := shelf.archive(section, number):
                shelf.amend_archive(structs.replace(archive, body=without(archive.body, gone.values())), archive.etag, gone)


def _feed(
    section: Section, name: str, number: int, items: Sequence[Item], site: Site, sources: Mapping[str, Source], now: datetime
) -> Feed:
    brief = section.model_copy(update={"body": stricter(section.body, "summary")})
    return structs.replace(
        compose(brief, reversed(items), site, sources, name, now),
        self_link=archive_address(section.key, number, site),
        current=feed_address(section.key, "atom", site),
        prev_archive=archive_address(section.key, number - 1, site) if number > 1 else None,
        next_archive=archive_address(section.key, number + 1, site),
        archive=True,
    )
