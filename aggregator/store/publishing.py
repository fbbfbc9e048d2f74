"""What publishing asks of the store: which sections changed, what goes into their feeds and archives, and what is up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from aggregator.records import Archive, Item, Rendition, Withdrawal
from aggregator.store import archives, naming, placing, shelf, withdrawal
from aggregator.store.engine import Database

SECTIONS = "sections"  # the keys that there were when what is kept was last brought in line


class Publishing:
    """A part of `Store`, whose database it uses."""

    _database: Database

    def to_archive(self, section: str, limit: int) -> list[Item]:
        """Shown entries of a section that are in no archive of it, the oldest first."""
        with self._database.read() as connection:
            return shelf.in_order(connection, archives.OPEN, {"of": section, "most": limit})

    def last_archive(self, section: str) -> int:
        """The number of the newest archive; 0 when there is none."""
        with self._database.read() as connection:
            return archives.last(connection, section)

    def archive(self, section: str, number: int) -> Archive | None:
        with self._database.read() as connection:
            return archives.get(connection, section, number)

    def fills_archive(self, section: str, size: int) -> bool:
        """Whether the shown entries of a section that are in no archive of it are so many."""
        with self._database.read() as connection:
            return archives.fills(connection, section, size)

    def close_archive(self, archive: Archive, ids: Mapping[str, int]) -> bool:
        """Keep an archive that is closed now, with the entries of these ids in these revisions; False when another process closed one
        meanwhile, or one of them was revised or taken back."""
        with self._database.write() as connection:
            return archives.close(connection, archive, ids)

    def leaving(self, section: str) -> Mapping[int, Mapping[str, str]]:
        """Archive -> the entries (id -> public IRI) that were withdrawn or held back, and still stand in it."""
        with self._database.read() as connection:
            return archives.leaving(connection, section)

    def amend_archive(self, archive: Archive, before: str, ids: Iterable[str]) -> bool:
        """Keep an archive without these entries; False when another process has amended the one of the ETag `before` meanwhile."""
        with self._database.write() as connection:
            return archives.amend(connection, archive, before, ids)

    def rename(self, old: str, new: str, now: datetime, *, live: bool | None = None) -> bool:
        """The name of a section's feed, its archives and its places follow it to its new key, once; whether they did now.

        `live` says whether `new` was the key of a section already, so that `old` was merged into it and only tombstones follow; None: not
        known, then it is live if it was ever published."""
        with self._database.write() as connection:
            return naming.rename(connection, old, new, now, live=live)

    def follow(self, was: Mapping[str, Sequence[str]], now: datetime) -> None:
        """What belongs to a section follows it to its new key; `was` names every section with the keys that it had before. Which keys there
        were tells a section that was renamed from one that was merged into another, so that is noted in the same transaction: after a
        crash in between, a second renaming into one section would be taken for the first, and throw away what that one had brought."""
        wanted = " ".join(sorted(was))
        with self._database.read() as connection:
            if not any(was.values()) and placing.applied_value(connection, SECTIONS) == wanted:
                return
        with self._database.write() as connection:
            known = placing.applied_value(connection, SECTIONS)
            live = None if known is None else set(known.split())
            for key, before in was.items():
                there = None if live is None else key in live
                for old in before:  # the first that comes makes the section; those after it are merged into it
                    there = naming.rename(connection, old, key, now, live=there) or there
            if known != wanted:
                placing.apply(connection, SECTIONS, wanted)

    def feed_name(self, section: str) -> str:
        """What the id of a section's feed is made of, for good: given when it is first asked for, and kept through every renaming."""
        with self._database.read() as connection:
            if found := naming.feed_name(connection, section):
                return found
        with self._database.write() as connection:
            return naming.name_feed(connection, section)

    def withdrawn(self, since: datetime | None = None, limit: int = 100, after: str = "") -> list[Withdrawal]:
        """What was withdrawn from `since` on, the oldest first; of one moment those whose id comes behind `after`."""
        with self._database.read() as connection:
            return withdrawal.listed(connection, since, limit, after)

    def tombstones(self, section: str | None, limit: int) -> list[Withdrawal]:
        """What was withdrawn from a section, the newest first; None means every section."""
        with self._database.read() as connection:
            return withdrawal.of_section(connection, section, limit)

    def withdrawal(self, id: str) -> Withdrawal | None:  # noqa: A002  the record's own word
        with self._database.read() as connection:
            return withdrawal.of_entry(connection, id)

    def changes(self) -> dict[str, datetime | None]:
        """Section -> when it last changed; of all that ever had an entry or were published."""
        with self._database.read() as connection:
            return shelf.changes(connection)

    def published(self, section: str) -> bool:
        """Whether a section of that key was ever published, also if there is none any more."""
        with self._database.read() as connection:
            return shelf.published(connection, section)

    def stale(self, keys: Iterable[str]) -> list[str]:
        """Those of `keys`, in their order, that changed after what their publisher saw, or that were never published."""
        with self._database.read() as connection:
            return shelf.stale(connection, keys)

    def publish(self, section: str, renditions: Sequence[Rendition], now: datetime, seen_changed_at: datetime | None) -> None:
        """Put renditions up; other formats stay. `seen_changed_at` is the section's `changed_at` read *before* its items were, so that
        what came in meanwhile leaves it stale. Does nothing when a publisher who saw a later change was here first."""
        with self._database.write() as connection:
            shelf.publish(connection, section, renditions, now, seen_changed_at)

    def rendition(self, section: str, format: str) -> Rendition | None:  # noqa: A002  the format's name, as in the record
        with self._database.read() as connection:
            return shelf.rendition(connection, section, format)
