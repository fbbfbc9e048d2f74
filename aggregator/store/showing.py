"""What pages, the API and people's questions ask of the store: entries, how sources and sections do, search, and whether there is news."""

from __future__ import annotations

from datetime import datetime, timedelta

from aggregator.records import Item, Revised, SectionState, SourceState, Stamp
from aggregator.store import revisions, search, secrets, shelf, watch
from aggregator.store.engine import Database
from aggregator.store.tables import ALL


class Showing:
    """A part of `Store`, whose database it uses."""

    _database: Database

    def revisions(self, id: str) -> list[Revised]:  # noqa: A002  the record's own word
        """What is still known of an entry's revisions, the oldest first."""
        with self._database.read() as connection:
            return revisions.of_entry(connection, id)

    def newest(
        self,
        section: str | None,
        limit: int,
        before: tuple[datetime, str] | None = None,
        *,
        source: str | None = None,
        since: datetime | None = None,
    ) -> list[Item]:
        """A section's items by (sort_at, id), newest first, `before` the last one seen; None means every section, each entry once. Of one
        source, and none whose `sort_at` is before `since`, where that is asked for.

        Withdrawn, held and unplaced entries never appear."""
        with self._database.read() as connection:
            return shelf.newest(connection, section or ALL, limit, before, source, since)

    def item(self, id: str) -> Item | None:  # noqa: A002  the record's own word
        """One item, also when it has no place; None when it is unknown, withdrawn or held."""
        with self._database.read() as connection:
            return shelf.item(connection, id)

    def search(self, query: str, limit: int, skip: int = 0, *, section: str | None = None, source: str | None = None) -> list[Item] | None:
        """Items that hold all that `query` names, the best first, of a section or a source where one is named; None when this database
        cannot search. Withdrawn, held and unplaced entries are never found."""
        with self._database.read() as connection:
            return search.search(connection, query, limit, skip, section, source)

    def index(self, limit: int = 200) -> int:
        """Take up to `limit` new or revised entries into what `search` looks through; how many there were."""
        with self._database.read() as connection:
            pending = search.pending(connection, limit)
        ready = search.prepare(pending)
        if ready:
            with self._database.write() as connection:
                search.fill(connection, ready)
        return len(ready)

    def find(self, word: str) -> list[Item]:
        """Items of that id, public IRI or link (in any of its spellings), the oldest first, 20 at most; the withdrawn and held ones too."""
        with self._database.read() as connection:
            return shelf.find(connection, word)

    def sources(self) -> list[SourceState]:
        """Every source that was ever enrolled, by key."""
        with self._database.read() as connection:
            return shelf.source_states(connection)

    def sections(self) -> list[SectionState]:
        """Every section that ever had an entry or was published, by name; `all` is among them, for it is published like the others."""
        with self._database.read() as connection:
            return shelf.section_states(connection)

    def secret(self, name: str) -> bytes:
        """The secret of that name, 32 bytes; made up when it is asked for the first time, and the same from then on."""
        with self._database.read() as connection:
            found = secrets.find(connection, name)
        if found is None:
            with self._database.write() as connection:
                secrets.make(connection, name)
                found = secrets.find(connection, name)
        return found or b""

    def news(self) -> bool:
        """Whether anything may have been published since the last time; cheap enough to be asked several times a second."""
        with self._database.read() as connection:
            return watch.news(connection)

    def stamps(self) -> dict[tuple[str, str], Stamp]:
        """(section, format) -> what tells the edition that is up from the next, of all that is up."""
        with self._database.read() as connection:
            return watch.stamps(connection)

    def pace(self, section: str) -> timedelta | None:
        """How often the quickest source of a section's newest entries is pulled at present; None where there is none."""
        with self._database.read() as connection:
            return watch.pace(connection, section)
