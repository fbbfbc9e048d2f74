"""What is decided of entries that are kept: by rules that were edited, by editors, by time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from aggregator.records import Item, Placement
from aggregator.store import placing, retention, shelf, withdrawal
from aggregator.store.engine import Database
from aggregator.store.retention import Limits


class Deciding:
    """A part of `Store`, whose database it uses."""

    _database: Database

    def kept(self, after: str, limit: int) -> list[Item]:
        """Entries in the order of their id, from behind `after` on, the held ones too; not the withdrawn."""
        with self._database.read() as connection:
            return shelf.kept(connection, after, limit)

    def place(
        self, wanted: Sequence[tuple[str, Sequence[Placement]]], now: datetime, applied: tuple[str, str] | None = None
    ) -> frozenset[str]:
        """Give entries other places, beside those that an editor pinned, and note in the same transaction what is `applied` by that
        (name and value). The sections that changed."""
        with self._database.write() as connection:
            if applied:
                placing.apply(connection, *applied)
            return placing.place(connection, wanted, now)

    def pin(self, id: str, sections: Iterable[str], rule: str, now: datetime) -> None:  # noqa: A002  the record's own word
        """Keep an entry in these sections, whatever the rules say of it."""
        with self._database.write() as connection:
            placing.pin(connection, id, sections, rule, now)

    def unpin(self, ids: Iterable[str]) -> frozenset[str]:
        """Leave entries to the rules again; ids of those that were pinned. They stand where they stood until they are placed anew."""
        with self._database.write() as connection:
            return placing.unpin(connection, ids)

    def applied(self, name: str) -> str | None:
        with self._database.read() as connection:
            return placing.applied_value(connection, name)

    def apply(self, name: str, value: str) -> None:
        """Note what of the configuration the entries are in line with now."""
        with self._database.write() as connection:
            placing.apply(connection, name, value)

    def retain(self, limits: Limits, most: int, now: datetime) -> int:
        """Empty what is past its time, at most so many of each kind in one transaction; how many were. 0 means that all of it is."""
        with self._database.write() as connection:
            return retention.retain(connection, limits, most, now)

    def emptied(self, id: str) -> bool:  # noqa: A002  the record's own word
        """Whether retention has emptied an entry."""
        with self._database.read() as connection:
            return shelf.emptied(connection, id)

    def withdraw(self, ids: Iterable[str], by: str, reason: str | None, now: datetime) -> tuple[str, ...]:
        """Take entries back for good, with their copies under another id or source; ids of those that were not withdrawn before.

        `by` is ``operator`` or ``upstream``; `reason` is told in public. They leave every feed and page with the next publishing, and no
        pull brings them back, under whatever name."""
        with self._database.write() as connection:
            return withdrawal.withdraw(connection, ids, by, reason, now)

    def reinstate(self, ids: Iterable[str], now: datetime) -> tuple[str, ...]:
        """Undo withdrawals, those of the copies too; ids of those that are shown again, as revised now. For the operator alone."""
        with self._database.write() as connection:
            return withdrawal.reinstate(connection, ids, now)

    def hold_back(self, ids: Iterable[str], reason: str | None, now: datetime) -> tuple[str, ...]:
        """Show entries nowhere until they are released; pulls go on revising them. Ids of those that were shown before."""
        with self._database.write() as connection:
            return withdrawal.hold_back(connection, ids, reason, now)

    def show_again(self, ids: Iterable[str], now: datetime) -> tuple[str, ...]:
        """Release what was held back; ids of those that were."""
        with self._database.write() as connection:
            return withdrawal.show_again(connection, ids, now)
