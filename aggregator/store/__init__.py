"""The one home of SQLAlchemy: what happened, kept in SQLite or PostgreSQL behind one `Store`.

The store as its users see it, a file for each of them:

    pulling     who is due, and what a pull brought
    deciding    what rules, editors and time decide of kept entries
    publishing  what changed, feeds and archives, what is up
    showing     what pages, the API and people's questions read

and what these are made of, a file for each matter:

    schedule    who is due, who takes it, pulls that bring no entries
    record      what a pull brought, in one transaction
    writer      the one thread that writes what the puller has, many sources a transaction
    archives    closed archives, and what is to be archived
    naming      what a section's feed is called for good, through renamings
    placing     places that are decided again: rules that were edited, pins
    retention   what is past its time
    revisions   what each revision changed
    withdrawal  what is taken back or held back, by whom and why
    shelf       what publishing and serving read; renditions
    search      the index of what is shown, and what is found in it
    watch       what is up, and whether that changed
    invariants  what must be true of every database, asked for by hand
    visits      articles that are to be looked at again
    robots      the robots.txt of each origin; `secrets` what is made up once and kept

They stand on `tables`, `migrations`, `engine`, `presence`, `lock`, `memory`, `touch` and `troubles`.

Times are aware datetimes, given back in UTC; ``now`` is always an argument. Every method is one transaction and may be called from any
thread. Raises `aggregator.errors.StoreError` in plain words.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from aggregator.records import Finding
from aggregator.store import invariants, lock, migrations
from aggregator.store.deciding import Deciding
from aggregator.store.engine import Database, connect
from aggregator.store.publishing import Publishing
from aggregator.store.pulling import Pulling
from aggregator.store.retention import Limits
from aggregator.store.showing import Showing
from aggregator.store.tables import ALL
from aggregator.store.writer import Writer

__all__ = ["ALL", "Limits", "Store", "Writer"]


class Store(Pulling, Deciding, Publishing, Showing):
    """The database of one installation. Open it with `Store.open`, bring it into shape with `migrate`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @classmethod
    def open(cls, url: str, *, make: bool = True) -> Store:
        """``sqlite:///path`` (it and its folder are made, if `make`) or ``postgresql+psycopg://user@host/name``.

        Raises StoreError, never with a password."""
        return cls(connect(url, make=make))

    def close(self) -> None:
        self._database.close()

    def migrate(self) -> list[str]:
        """Bring the database into the present shape; names of the steps that were missing. Safe for two processes at once.

        Raises StoreTooNew when a newer version wrote it."""
        return migrations.migrate(self._database)

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Be the one process that pulls into this SQLite file. Raises StoreBusy, which names the other process.

        PostgreSQL needs no such thing: there any number of processes share the sources by their leases."""
        if self._database.path is None:
            yield
            return
        with lock.hold(self._database.path):
            self._database.held = True
            try:
                yield
            finally:
                self._database.held = False

    def check(self, now: datetime) -> list[Finding]:
        """Everything that must be true of a database and is not in this one. Only reads, in one snapshot, row by row."""
        with self._database.read() as connection:
            return invariants.check(connection, now)
