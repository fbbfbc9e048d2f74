"""The one home of SQLAlchemy: what happened, kept in SQLite or PostgreSQL behind one `Store`.

    schedule   who is due, who takes it, pulls that bring no entries
    record     what a pull brought, in one transaction
    writer     the one thread that writes what the puller has, many sources a transaction
    archives   closed archives, and what is to be archived
    naming     what a section's feed is called for good, through renamings
    placing    places that are decided again: rules that were edited, pins
    retention  what is past its time
    revisions  what each revision changed
    withdrawal what is taken back or held back, by whom and why
    shelf      what publishing and serving read; renditions
    search     the index of what is shown, and what is found in it
    watch      what is up, and whether that changed
    invariants what must be true of every database, asked for by hand
    tables, migrations, engine, presence, lock, troubles     what these stand on

Times are aware datetimes, given back in UTC; ``now`` is always an argument. Every method is one transaction and may be called from any
thread. Raises `aggregator.errors.StoreError` in plain words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from aggregator.corrections import Visit, Visited
from aggregator.errors import HaiheError
from aggregator.records import (
    Archive,
    Backfill,
    Finding,
    Item,
    Known,
    NextPull,
    Placed,
    Placement,
    Pulled,
    Recorded,
    Rendition,
    Revised,
    Robots,
    SectionState,
    SourceState,
    Stamp,
    Unchanged,
    Withdrawal,
)
from aggregator.store import (
    archives,
    invariants,
    lock,
    migrations,
    naming,
    placing,
    record,
    retention,
    revisions,
    robots,
    schedule,
    search,
    secrets,
    shelf,
    visits,
    watch,
    withdrawal,
)
from aggregator.store.engine import Database, connect
from aggregator.store.retention import Limits
from aggregator.store.tables import ALL
from aggregator.store.writer import Writer
from feeds.errors import FeedError
from feeds.records import Entry

__all__ = ["ALL", "Limits", "Store", "Writer"]


AGAIN = timedelta(days=3)  # an article that was read badly is asked for again so long

SECTIONS = "sections"  # the keys that there were when what is kept was last brought in line


class Store:
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

    # -- schedule ------------------------------------------------------------------------------------------------------------------

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

    # -- record --------------------------------------------------------------------------------------------------------------------

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

    def revisions(self, id: str) -> list[Revised]:  # noqa: A002  the record's own word
        """What is still known of an entry's revisions, the oldest first."""
        with self._database.read() as connection:
            return revisions.of_entry(connection, id)

    # -- places ----------------------------------------------------------------------------------------------------------------------

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

    # -- archives --------------------------------------------------------------------------------------------------------------------

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

    def close_archive(self, archive: Archive, ids: Sequence[str]) -> bool:
        """Keep an archive that is closed now, with the entries of these ids; False when another process closed one meanwhile, or
        took one of them back."""
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
        if not any(was.values()) and self.applied(SECTIONS) == wanted:
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

    def retain(self, limits: Limits, most: int, now: datetime) -> int:
        """Empty what is past its time, at most so many of each kind in one transaction; how many were. 0 means that all of it is."""
        with self._database.write() as connection:
            return retention.retain(connection, limits, most, now)

    def emptied(self, id: str) -> bool:  # noqa: A002  the record's own word
        """Whether retention has emptied an entry."""
        with self._database.read() as connection:
            return shelf.emptied(connection, id)

    # -- what is taken back ----------------------------------------------------------------------------------------------------------

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

    # -- shelf ---------------------------------------------------------------------------------------------------------------------

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

    def secret(self, name: str) -> bytes:
        """The secret of that name, 32 bytes; made up when it is asked for the first time, and the same from then on."""
        with self._database.read() as connection:
            found = secrets.find(connection, name)
        if found is None:
            with self._database.write() as connection:
                secrets.make(connection, name)
                found = secrets.find(connection, name)
        return found or b""

    # -- watch ---------------------------------------------------------------------------------------------------------------------

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
