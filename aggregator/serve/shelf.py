"""What serving needs of the store: reading, and nothing else. `aggregator.store.Store` is one; so is any other shelf with these words."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

from aggregator.records import Archive, Item, Rendition, Revised, SectionState, SourceState, Stamp, Withdrawal


class Shelf(Protocol):
    def newest(
        self,
        section: str | None,
        limit: int,
        before: tuple[datetime, str] | None = None,
        *,
        source: str | None = None,
        since: datetime | None = None,
    ) -> list[Item]:
        """Items by (sort_at, id), newest first; `before` is the last one seen; section None means every section. Of one source, and from
        `since` on, where that is asked for."""
        ...

    def search(self, query: str, limit: int, skip: int = 0, *, section: str | None = None, source: str | None = None) -> list[Item] | None:
        """Items that hold all that `query` names, the best first; None where nothing can be searched."""
        ...

    def item(self, id: str) -> Item | None:  # noqa: A002  the record's own word
        ...

    def revisions(self, id: str) -> list[Revised]:  # noqa: A002
        """What is still known of an entry's revisions, the oldest first."""
        ...

    def withdrawal(self, id: str) -> Withdrawal | None:  # noqa: A002
        """When and why an entry was taken back; None for one that was not."""
        ...

    def withdrawn(self, since: datetime | None = None, limit: int = 100, after: str = "") -> list[Withdrawal]:
        """The oldest first, from `since` on; of that very moment only ids behind `after`."""
        ...

    def sources(self) -> list[SourceState]: ...

    def sections(self) -> list[SectionState]: ...

    def emptied(self, id: str) -> bool:  # noqa: A002
        """Whether an entry was kept for its time and is no more."""
        ...

    def archive(self, section: str, number: int) -> Archive | None:
        """A closed archive of a section."""
        ...

    def last_archive(self, section: str) -> int:
        """The number of a section's newest archive; 0 when there is none."""
        ...

    def published(self, section: str) -> bool:
        """Whether a section of that key was ever published, also if there is none any more."""
        ...

    def rendition(self, section: str, format: str) -> Rendition | None:  # noqa: A002  the record's own word
        ...

    def stamps(self) -> dict[tuple[str, str], Stamp]:
        """(section, format) -> what tells the edition that is up from the next."""
        ...

    def news(self) -> bool:
        """Whether anything may have been published since the last time."""
        ...

    def pace(self, section: str) -> timedelta | None:
        """How often the quickest source of a section's newest entries is pulled at present."""
        ...
