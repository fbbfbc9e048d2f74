"""What one pull brought, in one transaction: entries, their places, the sections that changed, the source and its validators.

New, revised, same and withdrawn are told apart by one upsert, where the race is. Whatever `first` and `now` are, a fact is set once:
`first_seen_at`, `sort_at`, the public id; a revision changes what the entry says, and moves `updated_at` where readers are to be told.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import chain
from typing import Any, NamedTuple

from msgspec import structs
from sqlalchemy import ColumnElement, Connection, Dialect, Row, and_, bindparam, case, delete, func, literal_column, or_, select

from aggregator import editions, rhythm
from aggregator.editions import Revision
from aggregator.records import Backfill, Moved, NextPull, Placed, Pulled, Recorded
from aggregator.rhythm import Rhythm
from aggregator.store import memory, revisions, visits, withdrawal
from aggregator.store.engine import chunks, insert_into
from aggregator.store.many import Many
from aggregator.store.schedule import alter, succeeded, unknown
from aggregator.store.tables import ALL, entries, placements, sources, storable
from aggregator.store.touch import grown, tick, touch
from feeds import codec, identity
from feeds.clean import urls
from feeds.records import Entry

LONGEST_KEY = 1000  # bytes; PostgreSQL indexes nothing above 2704
MILLISECOND = timedelta(milliseconds=1)
MICROSECOND = timedelta(microseconds=1)

GATE = "quality"  # who holds, where no editor does
# What an editor held or released, no reading undoes. Words and numbers stand in the statement itself (see `Many`).
_BY_HAND = or_(*(entries.c.held_by == literal_column(f"'{by}'") for by in ("operator", "released")))
_ONE: ColumnElement[int] = literal_column("1")
_HELD = ("held_at", "held_why", "held_by")

_REVISED = ("fingerprint", "link", "canonical", "record")
_MADE = ("id", "source", "uid", "iri", "first_seen_at", "updated_at", "sort_at", "revisions", "edition", "corrected", "corrected_at")
_ENTRY = frozenset({*_MADE, *_REVISED, *_HELD})
_PLACE = frozenset({"section", "entry", "sort_at", "rule", "pinned", "archived"})

# Two recorders of one source, in two processes, come one after the other: what is first is decided here.
_SOURCES = (
    select(*(sources.c[name] for name in ("key", "tally", "changed_at", "pulled_at", "rhythm", *memory.MOVED)))
    .where(sources.c.key.in_(bindparam("of", expanding=True)))
    .order_by(sources.c.key)  # so that two of them never wait for each other in a circle
    .with_for_update()
)
_OLDEST = select(func.min(entries.c.sort_at)).where(entries.c.source == bindparam("of"))
_LEAVE = (
    delete(placements)
    .where(placements.c.entry.in_(bindparam("ids", expanding=True)), placements.c.pinned.is_(False))
    .returning(placements.c.entry, placements.c.section, placements.c.archived)
)
_PINNED = select(placements.c.entry, placements.c.section, placements.c.archived).where(
    placements.c.entry.in_(bindparam("ids", expanding=True)), placements.c.pinned
)


@lru_cache(maxsize=4)
def _upsert(dialect: Dialect, *, told: bool) -> Many:
    statement = insert_into(entries, dialect.name)
    new = statement.excluded
    ours = new.updated_at
    # Where the clock was set back: a revision that seemed older than the one before it would never be looked at by subscribers.
    edition = {
        "edition": entries.c.edition + _ONE,
        "updated_at": case((entries.c.updated_at >= ours, entries.c.updated_at + tick(dialect.name, 1000)), else_=ours),
        "corrected": func.coalesce(new.corrected, entries.c.corrected),
        "corrected_at": func.coalesce(new.corrected_at, entries.c.corrected_at),
    }
    upsert = statement.on_conflict_do_update(
        index_elements=[entries.c.source, entries.c.uid],
        set_={name: new[name] for name in _REVISED}
        | {name: case((_BY_HAND, entries.c[name]), else_=new[name]) for name in _HELD}
        | {"revisions": entries.c.revisions + _ONE}
        | (edition if told else {}),
        # An entry without its record was emptied by retention; like a withdrawn one it does not come back.
        where=and_(
            entries.c.fingerprint.is_distinct_from(new.fingerprint), entries.c.withdrawn_at.is_(None), entries.c.record.is_not(None)
        ),
    )
    return Many(upsert.returning(entries.c.id, entries.c.revisions, entries.c.sort_at), _ENTRY, dialect)


@lru_cache(maxsize=2)
def _place(dialect: Dialect) -> Many:
    """Where an editor pinned an entry it stands already."""
    return Many(insert_into(placements, dialect.name).on_conflict_do_nothing(), _PLACE, dialect)


@dataclass(frozen=True, slots=True)
class Kept:
    """A placed entry as its row, with the id that the row has; `record`, the bulk of it, is made only where it is asked for."""

    id: str
    placed: Placed
    entry: Entry
    row: dict[str, object]

    @property
    def record(self) -> str:
        return codec.dump(self.entry)


class Written(NamedTuple):
    """A kept entry that is new (its first revision) or revised."""

    kept: Kept
    revisions: int
    sort_at: datetime
    told: bool = True  # readers are told of it: it is news for the archives too

    @property
    def new(self) -> bool:
        return self.revisions == 1


class Brought(NamedTuple):
    """What one pull of a source brought."""

    key: str
    pulled: Pulled
    notes: tuple[str, ...]
    placed: Sequence[Placed]
    next_pull: NextPull
    now: datetime
    same: int = 0


def record(connection: Connection, pulls: Sequence[Brought]) -> list[Recorded]:
    """The pulls of several sources, each source once, with as many statements as one takes."""
    before = _sources(connection, pulls)
    kept = [_rows(pull.key, pull.placed, pull.now, first=before[pull.key].changed_at is None) for pull in pulls]
    now = max(pull.now for pull in pulls)
    seen = [one.id for pull, of_source in zip(pulls, kept, strict=True) if before[pull.key].changed_at for one in of_source]
    old = revisions.records(connection, seen)
    written = _write_entries(connection, [one for of_source in kept for one in of_source], old, now)
    changed = _without_stillborn(connection, written, now)
    touched, growth = _write_places(connection, changed)
    recorded = [_recorded(of_source, changed, touched, pull.same) for pull, of_source in zip(pulls, kept, strict=True)]
    alter(
        connection,
        [
            {"of": pull.key, **_source_values(pull, before[pull.key], [changed[id_].kept.placed.entry for id_ in said.new])}
            | {"tally": before[pull.key].tally + _new(of_source, written)}
            | ({"changed_at": pull.now} if any(one.id in written for one in of_source) else {})
            for pull, of_source, said in zip(pulls, kept, recorded, strict=True)
        ],
    )
    visits.plan(connection, chain.from_iterable(_to_visit(pull, said, changed) for pull, said in zip(pulls, recorded, strict=True)), now)
    # At the end of it all: who has touched a section keeps others from it.
    touch(connection, set().union(*touched.values()), now, growth)
    return recorded


def _to_visit(pull: Brought, said: Recorded, changed: Mapping[str, Written]) -> Iterator[tuple[str, str]]:
    """What came from pages of its own, not from a feed and not as a file."""
    for id_ in said.new if pull.pulled.articles is not None else ():
        entry = changed[id_].kept.entry
        if entry.link and all(each.url != entry.link for each in entry.enclosures):
            yield id_, pull.key


def amend(connection: Connection, key: str, placed: Sequence[Placed], now: datetime, backfill: Backfill | None) -> Recorded:
    """Entries that came by another way than a pull. They stand where their own dates put them, and say nothing of the source's rhythm."""
    source = connection.execute(_SOURCES, {"of": [key]}).first()
    if source is None:
        raise unknown(key)
    kept = _at_their_dates(_rows(key, placed, now, first=True), connection.scalar(_OLDEST, {"of": key}))
    old = revisions.records(connection, [one.id for one in kept])
    written = _write_entries(connection, kept, old, now)
    changed = _without_stillborn(connection, written, now)
    touched, growth = _write_places(connection, changed)
    reached = {"backfill": memory.dump_backfill(backfill)} if backfill is not None else {}
    alter(connection, [{"of": key, "tally": source.tally + _new(kept, written)} | reached])
    touch(connection, set().union(*touched.values()), now, growth)
    return _recorded(kept, changed, touched)


def _new(kept: Iterable[Kept], written: Mapping[str, Written]) -> int:
    return sum(one.id in written and written[one.id].new for one in kept)


def _at_their_dates(kept: Sequence[Kept], oldest: datetime | None) -> list[Kept]:
    """What states no date is as old as the oldest of those beside it, or of all that is kept; it must not pass for news."""
    dates = [one.placed.entry.published for one in kept if one.placed.entry.published is not None]
    floor = min(dates, default=oldest)
    if floor is None:
        return list(kept)
    return [
        one if one.placed.entry.published else replace(one, row=one.row | {"sort_at": floor - (index + 1) * MILLISECOND})
        for index, one in enumerate(kept)
    ]


def _sources(connection: Connection, pulls: Sequence[Brought]) -> dict[str, Row[Any]]:
    found = chain.from_iterable(connection.execute(_SOURCES, {"of": some}) for some in chunks(pull.key for pull in pulls))
    rows = {row.key: row for row in found}
    for pull in pulls:
        if pull.key not in rows:
            raise unknown(pull.key)
    return rows


def _recorded(kept: Sequence[Kept], changed: Mapping[str, Written], touched: Mapping[str, set[str]], same: int = 0) -> Recorded:
    ours = [changed[one.id] for one in kept if one.id in changed]
    return Recorded(
        new=tuple(one.kept.id for one in ours if one.new),
        revised=tuple(one.kept.id for one in ours if not one.new),
        same=same + len(kept) - len(ours),
        sections=frozenset(chain.from_iterable(touched.get(one.kept.id, ()) for one in ours)) - {ALL},
    )


def _rows(key: str, placed: Sequence[Placed], now: datetime, *, first: bool) -> list[Kept]:
    merged = _merged(placed)
    sort_at = _first_order(merged, now) if first else _later_order(merged, now)
    return [_kept(key, uid, one, now, sort_at[uid], now + index * MILLISECOND) for index, (uid, one) in enumerate(merged.items())]


def _merged(placed: Sequence[Placed]) -> dict[str, Placed]:
    """Each uid once. The first one wins: documents list what is new first, so the later twin is the older one."""
    merged: dict[str, Placed] = {}
    for one in placed:
        merged.setdefault(bounded(storable(one.entry.uid)), one)
    return merged


def bounded(text: str) -> str:
    """As an indexed column keeps it."""
    encoded = text.encode()
    return text if len(encoded) <= LONGEST_KEY else f"sha256:{hashlib.sha256(encoded).hexdigest()}"


def canonical(link: str) -> str:
    """An address as it is compared: one for all its spellings, and no longer than an index takes."""
    return bounded(urls.normalise(storable(link)))


def _first_order(merged: Mapping[str, Placed], now: datetime) -> dict[str, datetime]:
    """What was there before we came stands by its own dates; what has none follows the order of the document."""
    return {uid: min(one.entry.published or now - index * MILLISECOND, now) for index, (uid, one) in enumerate(merged.items())}


def _later_order(merged: Mapping[str, Placed], now: datetime) -> dict[str, datetime]:
    """What comes later is new when we see it, whatever date it claims; within the batch (microseconds) the newest of it is first."""
    dated = {uid: one.entry.published for uid, one in merged.items() if one.entry.published is not None}
    uids = sorted(merged, key=dated.__getitem__, reverse=True) if len(dated) == len(merged) else list(merged)
    return {uid: now - index * MICROSECOND for index, uid in enumerate(uids)}


def _kept(key: str, uid: str, placed: Placed, now: datetime, sort_at: datetime, updated_at: datetime) -> Kept:
    said = storable(placed.entry.uid)
    entry = placed.entry if said == placed.entry.uid else structs.replace(placed.entry, uid=said)
    if entry.id != (public := identity.public_id(entry, key)):
        entry = structs.replace(entry, id=public)
    id_ = identity.entry_id(key, said)
    return Kept(
        id=id_,
        placed=placed,
        entry=entry,
        row={
            "id": id_,
            "source": key,
            "uid": uid,
            "iri": entry.id,
            "fingerprint": entry.fingerprint,
            "revisions": 1,
            "edition": 1,
            "link": entry.link,
            "canonical": canonical(entry.link) if entry.link else None,
            "sort_at": sort_at,
            "first_seen_at": now,
            "updated_at": updated_at,
            "held_at": now if placed.held else None,
            "held_why": placed.held,
            "held_by": GATE if placed.held else None,
        },
    )


def _write_entries(connection: Connection, kept: Sequence[Kept], before: Mapping[str, str], now: datetime) -> dict[str, Written]:
    """Those that are new or revised, by id. The records that stood there `before` are compared first: the source's row is ours, so nobody
    else revises them meanwhile."""
    compared = ((one.id, _compared(one, before.get(one.id))) for one in kept)
    found = {id_: revision for id_, revision in compared if revision is not None}
    counts = {one.id for one in kept if one.id not in found or found[one.id].significant}
    told = ({**one.row, "record": one.record, **_corrected(found.get(one.id), now)} for one in kept if one.id in counts)
    amended = ({**one.row, "record": one.record, **_corrected(None, now)} for one in kept if one.id not in counts)
    dialect = connection.dialect
    of = {one.id: one for one in kept}
    rows = chain(
        _upsert(dialect, told=True).returning(connection, told),
        _upsert(dialect, told=False).returning(connection, amended) if len(counts) < len(kept) else (),
    )
    written = {id_: Written(of[id_], number, sort_at, id_ in counts) for id_, number, sort_at in rows}
    revisions.log(connection, ((id_, written[id_].revisions, found[id_], before[id_]) for id_ in found if id_ in written), now)
    return written


def _compared(one: Kept, before: str | None) -> Revision | None:
    """None for what is new, and for what cannot be compared: a damaged record is told of by `check` and mended by the next version."""
    if before is None or before == one.record:
        return None
    try:
        return editions.compare(codec.load(before), one.entry)
    except ValueError:
        return None


def _corrected(revision: Revision | None, now: datetime) -> dict[str, object]:
    corrected = revision.corrected if revision else ()
    return {"corrected": " ".join(corrected) or None, "corrected_at": now if corrected else None}


def _without_stillborn(connection: Connection, written: Mapping[str, Written], now: datetime) -> dict[str, Written]:
    gone = set(withdrawal.follow(connection, [one.kept.row for one in written.values() if one.new], now))
    return {id_: one for id_, one in written.items() if id_ not in gone}


def _write_places(connection: Connection, changed: Mapping[str, Written]) -> tuple[dict[str, set[str]], Counter[str]]:
    """Places follow the newest attributes. All sections that gain, keep or lose one of these entries have changed: they are given back
    by its id; and by how many entries each of them grew."""
    touched: dict[str, set[str]] = {id_: set() for id_ in changed}
    archived: set[tuple[str, str]] = set()
    left: set[tuple[str, str]] = set()
    pinned: set[tuple[str, str]] = set()
    for ids in chunks(id_ for id_, one in changed.items() if not one.new):
        for statement, stood in ((_LEAVE, left), (_PINNED, pinned)):
            for place in connection.execute(statement, {"ids": ids}):
                stood.add((place.entry, place.section))
                touched[place.entry].add(place.section)
                if place.archived and not changed[place.entry].told:
                    archived.add((place.entry, place.section))
    rows = list(chain.from_iterable(_places(one.kept, one.sort_at) for one in changed.values()))
    for row in rows:
        row["archived"] = (row["entry"], row["section"]) in archived
    for some in chunks(rows):
        _place(connection.dialect).execute(connection, some)
    placed = {(str(row["entry"]), str(row["section"])) for row in rows}
    for id_, section in placed:
        touched[id_].add(section)
    return touched, grown(left, placed - pinned)


def _places(kept: Kept, sort_at: datetime) -> Iterator[dict[str, object]]:
    rules = {place.section: place.rule for place in reversed(kept.placed.placements)}
    if rules:
        rules[ALL] = ""
    for section, rule in rules.items():
        yield {"section": section, "entry": kept.id, "sort_at": sort_at, "rule": rule, "pinned": False}


def _rhythm(before: Rhythm | None, came: Sequence[Entry], last: datetime, now: datetime) -> Rhythm:
    return rhythm.begin(came, now) if before is None else rhythm.grow(before, came, last, now)


def _source_values(pull: Brought, before: Row[Any], came: Sequence[Entry]) -> dict[str, object]:
    pulled = pull.pulled
    proof = memory.moved(before.moved_to, before.moved_since, before.moved_last, before.moved_times)
    values = succeeded(pull.next_pull, Moved.seen(proof, pulled.moved_to, pull.now), pull.now)
    values["notes"] = json.dumps(list(dict.fromkeys((*pull.notes, *pulled.missed))), ensure_ascii=False)
    # Validators stand for entries that are kept. Where an article is missing none do, so the next pull must look again.
    values["etag"] = pulled.etag if pulled.complete else None
    values["last_modified"] = pulled.last_modified if pulled.complete else None
    values["body_hash"] = pulled.body_hash if pulled.complete else None
    values["hung"] = memory.dump_hung(pulled.hung)
    values["bridges"] = memory.dump_bridges(pulled.bridges)
    if came or before.rhythm is None:
        known = memory.load_rhythm(before.rhythm)
        values["rhythm"] = memory.dump_rhythm(_rhythm(known, came, before.pulled_at or pull.now, pull.now))
    return values
