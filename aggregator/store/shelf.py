"""What is read by those who publish and serve: items, the states of sources and sections, renditions."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Executable, Row, Select, and_, bindparam, func, not_, select, tuple_, union_all

from aggregator.records import Edition, Item, Placement, Rendition, SectionState, SourceState
from aggregator.store import memory
from aggregator.store.engine import chunks, insert_into
from aggregator.store.record import canonical
from aggregator.store.tables import ALL, APART, Moment, Words, entries, placements, renditions, sections, sources
from feeds import codec
from feeds.records import Entry

CODINGS = ("gzip", "br", "zstd")

_ITEM = (
    entries.c.id,
    entries.c.source,
    entries.c.iri,
    entries.c.record,
    entries.c.first_seen_at,
    entries.c.updated_at,
    entries.c.sort_at,
    entries.c.revisions,
    entries.c.edition,
    entries.c.corrected,
    entries.c.corrected_at,
    entries.c.withdrawn_at,
    entries.c.withdrawn_by,
    entries.c.withdrawn_why,
    entries.c.held_at,
    entries.c.held_why,
)
SHOWN = (entries.c.withdrawn_at.is_(None), entries.c.held_at.is_(None), entries.c.record.is_not(None))
_ONE = select(*_ITEM).where(entries.c.id == bindparam("of"), *SHOWN)
_THOSE = select(*_ITEM).where(entries.c.id.in_(bindparam("ids", expanding=True)), *SHOWN)
# Whatever an operator may call an entry, the withdrawn and the held ones too: each name by its own index. An address is found as it is
# compared. A public id was made of ours, or is the entry's own: then it is its uid too (found by source), but for some.
_WORD = bindparam("word", type_=Words())
_FIND = (
    select(*_ITEM)
    .where(
        entries.c.record.is_not(None),
        entries.c.id.in_(
            union_all(
                select(entries.c.id).where(entries.c.id.in_([_WORD, bindparam("minted", type_=Words())])),
                select(entries.c.id).where(entries.c.canonical == bindparam("at")),
                select(entries.c.id).where(entries.c.source.in_(select(sources.c.key)), entries.c.uid == _WORD, entries.c.iri == _WORD),
                select(entries.c.id).where(entries.c.iri == _WORD, APART),
            )
        ),
    )
    .order_by(entries.c.first_seen_at, entries.c.id)
    .limit(20)
)
_NEWEST = (
    select(*_ITEM)
    .select_from(placements.join(entries, entries.c.id == placements.c.entry))
    .where(placements.c.section == bindparam("of"), *SHOWN)
    .order_by(placements.c.sort_at.desc(), placements.c.entry.desc())
    .limit(bindparam("most"))
)
# What `newest` may be asked for beside a section, each with the names of its values.
_BEFORE = tuple_(placements.c.sort_at, placements.c.entry) < tuple_(bindparam("at", type_=Moment()), bindparam("id", type_=Words()))
_FROM = entries.c.source == bindparam("source")
_SINCE = placements.c.sort_at >= bindparam("since", type_=Moment())
_PLACES = (
    select(placements.c.entry, placements.c.section, placements.c.rule, placements.c.pinned)
    .where(placements.c.entry.in_(bindparam("ids", expanding=True)), placements.c.section != ALL)
    .order_by(placements.c.entry, placements.c.section)
)
_ONES = select(*_ITEM).where(entries.c.id.in_(bindparam("ids", expanding=True)))
_KEPT = (
    select(*_ITEM)
    .where(entries.c.id > bindparam("after"), entries.c.withdrawn_at.is_(None), entries.c.record.is_not(None))
    .order_by(entries.c.id)
    .limit(bindparam("most"))
)
_FINGERPRINTS = (
    select(entries.c.uid, entries.c.fingerprint)
    .where(entries.c.source == bindparam("of"))
    .order_by(entries.c.first_seen_at.desc())
    .limit(bindparam("most"))
)
_KEPT_AS = (
    select(entries.c.canonical, entries.c.uid)
    .where(entries.c.source == bindparam("of"), entries.c.canonical.is_not(None))
    .order_by(entries.c.first_seen_at.desc())
    .limit(bindparam("most"))
)
_HELD_BACK = (
    select(entries.c.source, entries.c.held_why, func.count().label("times"))
    .where(entries.c.held_at.is_not(None), entries.c.withdrawn_at.is_(None))
    .group_by(entries.c.source, entries.c.held_why)
    .order_by(entries.c.source, func.count().desc(), entries.c.held_why)
)
_RECENT = (
    select(entries.c.record)
    .where(entries.c.source == bindparam("of"), *SHOWN)
    .order_by(entries.c.first_seen_at.desc(), entries.c.sort_at.desc(), entries.c.id)
    .limit(bindparam("most"))
)
_SETTLED = (
    select(entries.c.uid)
    .where(
        entries.c.source == bindparam("of"),
        not_(and_(entries.c.held_by == "quality", entries.c.held_at.is_not(None), entries.c.held_at > bindparam("since", type_=Moment()))),
    )
    .order_by(entries.c.first_seen_at.desc())
    .limit(bindparam("most"))
)
_SOURCES = select(sources).order_by(sources.c.key)
_SECTIONS = select(sections).order_by(sections.c.name)
_EMPTIED = select(entries.c.id).where(entries.c.id == bindparam("of"), entries.c.record.is_(None))
_PUBLISHED = select(sections.c.name).where(sections.c.name == bindparam("of"), sections.c.published_at.is_not(None))
_RENDITION = select(renditions).where(renditions.c.section == bindparam("of"), renditions.c.format == bindparam("as"))


@cache
def _publish(dialect: str) -> Executable:
    statement = insert_into(sections, dialect)
    ours = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=[sections.c.name],
        set_={"seen_changed_at": ours.seen_changed_at, "published_at": ours.published_at},
        where=sections.c.seen_changed_at.is_(None) | (sections.c.seen_changed_at <= ours.seen_changed_at),
    ).returning(sections.c.name)


@cache
def _render(dialect: str) -> Executable:
    statement = insert_into(renditions, dialect)
    rest = ("media_type", "etag", "updated_at", "body", *CODINGS)
    return statement.on_conflict_do_update(
        index_elements=[renditions.c.section, renditions.c.format], set_={name: statement.excluded[name] for name in rest}
    )


def newest(
    connection: Connection, section: str, limit: int, before: tuple[datetime, str] | None, source: str | None, since: datetime | None
) -> list[Item]:
    asked: dict[str, object] = {"of": section, "most": limit}
    asked |= {"at": before[0], "id": before[1]} if before else {}
    asked |= {"source": source} if source is not None else {}
    asked |= {"since": since} if since is not None else {}
    return _items(connection, connection.execute(_newest(before is not None, source is not None, since is not None), asked).all())


@cache
def _newest(before: bool, source: bool, since: bool) -> Select[Any]:
    return _NEWEST.where(*(rule for asked, rule in ((before, _BEFORE), (source, _FROM), (since, _SINCE)) if asked))


def item(connection: Connection, id_: str) -> Item | None:
    found = _items(connection, connection.execute(_ONE, {"of": id_}).all())
    return found[0] if found else None


def items(connection: Connection, ids: Sequence[str]) -> list[Item]:
    """Those of `ids` that are shown, in their order."""
    found = {one.id: one for some in chunks(ids) for one in _items(connection, connection.execute(_THOSE, {"ids": some}).all())}
    return [found[id_] for id_ in ids if id_ in found]


def find(connection: Connection, word: str) -> list[Item]:
    names = {"word": word, "minted": word.removeprefix("urn:uuid:"), "at": canonical(word)}
    return _items(connection, connection.execute(_FIND, names).all())


def kept(connection: Connection, after: str, limit: int) -> list[Item]:
    return _items(connection, connection.execute(_KEPT, {"after": after, "most": limit}).all())


def in_order(connection: Connection, ids: Executable, values: Mapping[str, object]) -> list[Item]:
    """The items that a statement names, in its order."""
    named = list(connection.scalars(ids, values))
    found: dict[str, Item] = {}
    for some in chunks(named):
        found |= {one.id: one for one in _items(connection, connection.execute(_ONES, {"ids": some}).all())}
    return [found[id_] for id_ in named]


def _items(connection: Connection, rows: Sequence[Row[*tuple[Any, ...]]]) -> list[Item]:
    places: defaultdict[str, list[Placement]] = defaultdict(list)
    for ids in chunks(row.id for row in rows):
        for entry, section, rule, pinned in connection.execute(_PLACES, {"ids": ids}):
            places[entry].append(Placement(section=section, rule=rule, pinned=pinned))
    return [_item(row, tuple(places[row.id])) for row in rows]


def _item(row: Row[*tuple[Any, ...]], places: tuple[Placement, ...]) -> Item:
    return Item(
        id=row.id,
        source=row.source,
        entry=codec.load(row.record, id=row.iri),
        first_seen_at=row.first_seen_at,
        updated_at=row.updated_at,
        sort_at=row.sort_at,
        revisions=row.revisions,
        edition=Edition(number=row.edition, corrected=tuple((row.corrected or "").split()), corrected_at=row.corrected_at),
        placements=places,
        withdrawn_at=row.withdrawn_at,
        withdrawn_by=row.withdrawn_by,
        withdrawn_why=row.withdrawn_why,
        held_at=row.held_at,
        held_why=row.held_why,
    )


def fingerprints(connection: Connection, key: str, limit: int) -> dict[str, str]:
    return {row.uid: row.fingerprint for row in connection.execute(_FINGERPRINTS, {"of": key, "most": limit})}


def kept_as(connection: Connection, key: str, limit: int) -> dict[str, str]:
    return {row.canonical: row.uid for row in connection.execute(_KEPT_AS, {"of": key, "most": limit})}


def recent(connection: Connection, key: str, limit: int) -> list[Entry]:
    return [codec.load(row.record) for row in connection.execute(_RECENT, {"of": key, "most": limit})]


def settled(connection: Connection, key: str, since: datetime, limit: int) -> frozenset[str]:
    return frozenset(row.uid for row in connection.execute(_SETTLED, {"of": key, "since": since, "most": limit}))


def source_states(connection: Connection) -> list[SourceState]:
    held: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for row in connection.execute(_HELD_BACK):
        held[row.source][row.held_why or "by an editor"] = row.times
    return [
        SourceState(
            key=row.key,
            enrolled=row.enrolled,
            entries=row.tally,
            next_pull_at=row.next_pull_at,
            next_pull_why=row.next_pull_why,
            pulled_at=row.pulled_at,
            changed_at=row.changed_at,
            failures=row.failures,
            error_kind=row.error_kind,
            error_text=row.error_text,
            moved=memory.moved(row.moved_to, row.moved_since, row.moved_last, row.moved_times),
            notes=tuple(json.loads(row.notes)),
            held=held.get(row.key, {}),
        )
        for row in connection.execute(_SOURCES)
    ]


def section_states(connection: Connection) -> list[SectionState]:
    return [
        SectionState(key=row.name, entries=row.tally, changed_at=row.changed_at, published_at=row.published_at)
        for row in connection.execute(_SECTIONS)
    ]


def changes(connection: Connection) -> dict[str, datetime | None]:
    return {row.name: row.changed_at for row in connection.execute(_SECTIONS)}


def emptied(connection: Connection, id_: str) -> bool:
    return connection.execute(_EMPTIED, {"of": id_}).first() is not None


def published(connection: Connection, section: str) -> bool:
    return connection.execute(_PUBLISHED, {"of": section}).first() is not None


def stale(connection: Connection, keys: Iterable[str]) -> list[str]:
    rows = {row.name: row for row in connection.execute(_SECTIONS)}
    return [key for key in keys if key not in rows or _is_stale(rows[key].changed_at, rows[key].seen_changed_at, rows[key].published_at)]


def _is_stale(changed_at: datetime | None, seen: datetime | None, published_at: datetime | None) -> bool:
    return published_at is None or (changed_at is not None and (seen is None or changed_at > seen))


def publish(connection: Connection, section: str, ready: Sequence[Rendition], now: datetime, seen: datetime | None) -> None:
    row = {"name": section, "seen_changed_at": seen, "published_at": now}
    if connection.execute(_publish(connection.dialect.name), row).first() is None:
        return  # another publisher, who saw more, was here first
    rows = [_rendition_row(section, rendition) for rendition in ready]
    if rows:
        connection.execute(_render(connection.dialect.name), rows)


def _rendition_row(section: str, rendition: Rendition) -> dict[str, object]:
    if strange := set(rendition.encoded) - set(CODINGS):
        raise ValueError(f"no column for the content coding {sorted(strange)}; known are {', '.join(CODINGS)}")
    return {
        "section": section,
        "format": rendition.format,
        "media_type": rendition.media_type,
        "etag": rendition.etag,
        "updated_at": rendition.updated_at,
        "body": rendition.body,
        **{coding: rendition.encoded.get(coding) for coding in CODINGS},
    }


def rendition(connection: Connection, section: str, format_: str) -> Rendition | None:
    row = connection.execute(_RENDITION, {"of": section, "as": format_}).first()
    if row is None:
        return None
    return Rendition(
        section=row.section,
        format=row.format,
        media_type=row.media_type,
        etag=row.etag,
        updated_at=row.updated_at,
        body=bytes(row.body),
        encoded={coding: bytes(value) for coding in CODINGS if (value := getattr(row, coding)) is not None},
    )
