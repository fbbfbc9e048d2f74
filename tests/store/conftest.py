"""A migrated store on each database, and short ways to say what a pull brought."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from aggregator.records import NextPull, Placed, Placement, Pulled, Recorded
from aggregator.store import Store, tables
from feeds.records import Content, Document, Entry

HOUR = timedelta(hours=1)


class Desk:
    """A store with one source, `a`, which is pulled every hour by a clock that moves when told to."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.now = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
        store.enrol({"a": "a.example"}, self.now)

    def later(self, by: timedelta = HOUR) -> datetime:
        self.now += by
        return self.now

    def due(self, why: str = "every hour") -> NextPull:
        return NextPull(at=self.now + HOUR, why=why)

    def record(self, *placed: Placed, key: str = "a", pulled: Pulled | None = None, notes: tuple[str, ...] = (), same: int = 0) -> Recorded:
        return self.store.record(key, pulled or self.pulled(), notes, placed, self.due(), self.now, same=same)

    def uids(self, section: str | None, limit: int = 100) -> list[str]:
        return [item.entry.uid for item in self.store.newest(section, limit)]

    def mark(self, entry: str, **values: object) -> None:
        """Set columns that other verbs own (withdraw, hold, retention)."""
        with self.store._database.write() as connection:
            assert connection.execute(update(tables.entries).where(tables.entries.c.id == entry).values(values)).rowcount == 1

    @staticmethod
    def pulled(
        etag: str | None = '"1"', body_hash: str | None = "hash-1", missed: tuple[str, ...] = (), moved_to: str | None = None
    ) -> Pulled:
        return Pulled(
            document=Document(url="https://a.example/feed", body=b"<feed/>"),
            etag=etag,
            last_modified="Sun, 01 Mar 2026 08:00:00 GMT",
            body_hash=body_hash,
            missed=missed,
            moved_to=moved_to,
        )

    @staticmethod
    def entry(uid: str, *sections: str, text: str = "first", published: datetime | None = None, iri: str | None = None) -> Placed:
        entry = Entry(
            uid=uid,
            id=iri,
            title=f"{uid}: {text}",
            link="https://a.example/entry",
            content=Content(value=f"<p>{text}</p>"),
            published=published,
            fingerprint=f"1:{text}",
        )
        return Placed(entry=entry, placements=tuple(Placement(section=section, rule=f"a goes to {section}") for section in sections))


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    store = Store.open(database_url)
    store.migrate()
    yield store
    store.close()


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store)
