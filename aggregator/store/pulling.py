"""What pulling asks of the store: who is due and who takes it, what a pull brought, what stands beside it (robots.txt, articles to look at
again, how far back a list was read)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from aggregator.corrections import Visit, Visited
from aggregator.errors import HaiheError
from aggregator.records import Backfill, Known, NextPull, Placed, Pulled, Recorded, Robots, Unchanged
from aggregator.store import record, robots, schedule, shelf, visits
from aggregator.store.engine import Database
from aggregator.store.writer import Writer
from feeds.errors import FeedError
from feeds.records import Entry

AGAIN = timedelta(days=3)  # an article that was read badly is asked for again so long


class Pulling:
    """A part of `Store`, whose database it uses."""

    _database: Database

    def enrol(self, addresses: Mapping[str, str], now: datetime, spread: float = 0.0) -> None:
        """Make `addresses` (source -> its address as configured, with whatever else decides what comes from there) the ones that are
        pulled. New ones are due in their order from now on, spread over `spread` seconds; those not named any more rest with all their
        history, and take it up again if they return. One whose address was edited is due at once and begins afresh: without validators,
        failures or a stop. Only a hash of the address is kept. For whoever is about to pull, since others may know an older or a newer
        configuration."""
        with self._database.write() as connection:
            schedule.enrol(connection, addresses, now, spread)

    def waiting(self) -> list[Known]:
        """Every enrolled source that has a next pull, the longest due first."""
        with self._database.read() as connection:
            return schedule.waiting(connection)

    def compare(self, addresses: Mapping[str, str]) -> dict[str, str]:
        """What `enrol` with these addresses would do: source -> ``new``, ``edited``, ``back`` or ``gone``; those that stay are left out."""
        with self._database.read() as connection:
            return schedule.compare(connection, addresses)

    def postpone(self, due: Mapping[str, NextPull]) -> None:
        """Give sources another time for their next pull, earlier or later."""
        with self._database.write() as connection:
            schedule.postpone(connection, due)

    def claim(self, now: datetime, limit: int, lease: timedelta) -> list[Known]:
        """Up to `limit` enrolled sources that are due and that nobody holds, the longest due first; ours until the lease ends."""
        with self._database.write() as connection:
            return schedule.claim(connection, now, limit, lease)

    def release(self, keys: Iterable[str]) -> None:
        """Give sources back unpulled; they are due as before."""
        with self._database.write() as connection:
            schedule.release(connection, keys)

    def recover(self) -> None:
        """Give back what a process that died still held; for whoever is inside `hold`, since then nobody else can hold anything.

        On PostgreSQL others may be at work: there the leases of a dead machine run out by themselves."""
        if self._database.path is not None:
            with self._database.write() as connection:
                schedule.release_all(connection)

    def known(self, key: str) -> Known | None:
        return self.known_of([key]).get(key)

    def known_of(self, keys: Iterable[str]) -> dict[str, Known]:
        """What is known of sources by key, of those that were ever enrolled."""
        with self._database.read() as connection:
            return schedule.known(connection, keys)

    def writer(self) -> Writer:
        """What keeps the ends of many pulls at a time, without its callers waiting for the database one by one (see `Writer`)."""
        return Writer(self._database)

    def rest(self, key: str, unchanged: Unchanged, next_pull: NextPull, now: datetime) -> None:
        """The pull found nothing new. New validators are kept, those that are not given stay."""
        with self._database.write() as connection:
            schedule.rest(connection, [schedule.Rest(key, unchanged, next_pull, now)])

    def fail(self, key: str, error: HaiheError | FeedError, next_pull: NextPull, now: datetime) -> None:
        """The pull failed: one failure more in a row. Validators and entries stay as they are."""
        with self._database.write() as connection:
            schedule.fail(connection, [schedule.Fail(key, error, next_pull, now)])

    def robots(self, origin: str) -> Robots | None:
        """The robots.txt of an origin, as it was had last."""
        with self._database.read() as connection:
            return robots.find(connection, origin)

    def keep_robots(self, found: Robots) -> None:
        with self._database.write() as connection:
            robots.keep(connection, found)

    def fingerprints(self, key: str, limit: int = 2000) -> dict[str, str]:
        """uid -> fingerprint of the newest `limit` entries of a source, the withdrawn ones too."""
        with self._database.read() as connection:
            return shelf.fingerprints(connection, key, limit)

    def kept_as(self, key: str, limit: int = 2000) -> dict[str, str]:
        """Normalised link -> uid of the newest `limit` entries of a source."""
        with self._database.read() as connection:
            return shelf.kept_as(connection, key, limit)

    def recent(self, key: str, limit: int = 20) -> list[Entry]:
        """The newest entries of a source that are shown, as they are kept."""
        with self._database.read() as connection:
            return shelf.recent(connection, key, limit)

    def settled(self, key: str, now: datetime, limit: int = 2000) -> frozenset[str]:
        """The uids of a source whose articles are not to be asked for again: all but those that a bad reading holds back, for some days."""
        with self._database.read() as connection:
            return shelf.settled(connection, key, now - AGAIN, limit)

    def record(
        self,
        key: str,
        pulled: Pulled,
        feed_notes: tuple[str, ...],
        placed: Sequence[Placed],
        next_pull: NextPull,
        now: datetime,
        *,
        same: int = 0,
    ) -> Recorded:
        """All that a pull brought, or nothing of it: entries, places, changed sections, validators (if it is complete), the next pull.

        `placed` are the entries in the document's order, `same` how many more stood there exactly as known. `Recorded.sections` leaves
        out `all`, which changes whenever any section does."""
        with self._database.write() as connection:
            (recorded,) = record.record(connection, [record.Brought(key, pulled, feed_notes, placed, next_pull, now, same)])
            return recorded

    def amend(self, key: str, placed: Sequence[Placed], now: datetime, *, backfill: Backfill | None = None) -> Recorded:
        """Entries that came by another way than a pull of their source: from further back in its list (`backfill`: how far that is read
        now), or by name. They stand where their own dates put them, and nothing else of the source changes."""
        with self._database.write() as connection:
            return record.amend(connection, key, placed, now, backfill)

    def visits(self, key: str, now: datetime, most: int) -> list[Visit]:
        """Articles of a source that are due for another look, the longest due first."""
        with self._database.read() as connection:
            return visits.due(connection, key, now, most)

    def visited(self, key: str, placed: Sequence[Placed], judged: Sequence[Visited], now: datetime) -> Recorded:
        """What looking again brought, in one transaction with when it is done next."""
        with self._database.write() as connection:
            visits.settle(connection, judged)
            return record.amend(connection, key, placed, now, None)

    def backfill(self, key: str) -> Backfill | None:
        """How far back the source's list was read; None where nobody has asked for that."""
        with self._database.read() as connection:
            return schedule.backfill(connection, key)
