"""Places that are decided again after the entries came: by rules that were edited, or by an editor's own hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache

from sqlalchemy import BindParameter, Connection, Executable, bindparam, delete, or_, select, update

from aggregator.records import Placement
from aggregator.store.engine import chunks, insert_into
from aggregator.store.tables import ALL, applied, entries, placements
from aggregator.store.touch import grown, touch

_IDS: BindParameter[str] = bindparam("ids", expanding=True)
_LEAVE = delete(placements).where(placements.c.entry.in_(_IDS), placements.c.pinned.is_(False)).returning(placements)
_STAND = select(entries.c.id, entries.c.sort_at).where(entries.c.id.in_(_IDS))
_PINNED = select(placements.c.entry, placements.c.section).where(placements.c.entry.in_(_IDS), placements.c.pinned)
_STOOD = select(placements.c.entry, placements.c.section).where(placements.c.entry.in_(_IDS))
_PIN = update(placements).where(
    placements.c.entry == bindparam("of"), or_(placements.c.section == bindparam("at"), placements.c.section == ALL)
)
_UNPIN = update(placements).where(placements.c.entry.in_(_IDS), placements.c.pinned).returning(placements.c.entry)
_APPLIED = select(applied.c.value).where(applied.c.name == bindparam("of"))


@cache
def _place(dialect: str) -> Executable:
    return insert_into(placements, dialect).on_conflict_do_nothing()


@cache
def _apply(dialect: str) -> Executable:
    statement = insert_into(applied, dialect)
    return statement.on_conflict_do_update(index_elements=[applied.c.name], set_={"value": statement.excluded.value})


def place(connection: Connection, wanted: Sequence[tuple[str, Sequence[Placement]]], now: datetime) -> frozenset[str]:
    """Give entries these places, beside those that an editor pinned; the sections that changed."""
    touched: set[str] = set()
    growth: Counter[str] = Counter()
    of = dict(wanted)
    for ids in chunks(of):
        left = {(row.entry, row.section): row.archived for row in connection.execute(_LEAVE, {"ids": ids})}
        touched.update(section for _, section in left)
        pinned = {(row.entry, row.section) for row in connection.execute(_PINNED, {"ids": ids})}
        by_hand = {id_ for id_, _ in pinned}
        rows = [
            {"section": section, "entry": row.id, "sort_at": row.sort_at, "rule": rule, "archived": left.get((row.id, section), False)}
            for row in connection.execute(_STAND, {"ids": ids})
            for section, rule in _rules(of[row.id], pinned=row.id in by_hand)
        ]
        if rows:
            connection.execute(_place(connection.dialect.name), rows)
            touched.update(str(row["section"]) for row in rows)
        growth.update(grown(left, {(row["entry"], row["section"]) for row in rows} - pinned))
    touch(connection, touched, now, growth)
    return frozenset(touched - {ALL})


def _rules(places: Iterable[Placement], *, pinned: bool) -> list[tuple[str, str]]:
    rules = {place.section: place.rule for place in places}
    return [*rules.items(), *([(ALL, "")] if rules or pinned else [])]


def pin(connection: Connection, id_: str, sections: Iterable[str], rule: str, now: datetime) -> None:
    at = connection.execute(_STAND, {"ids": [id_]}).first()
    if at is None:
        return
    named = list(dict.fromkeys(sections))
    row = {"entry": id_, "sort_at": at.sort_at, "pinned": True}
    rows = [*({"section": section, "rule": rule} | row for section in named), {"section": ALL, "rule": ""} | row]
    stood = {(row.entry, row.section) for row in connection.execute(_STOOD, {"ids": [id_]})}
    connection.execute(_place(connection.dialect.name), rows)
    connection.execute(_PIN, [{"of": id_, "at": section, "pinned": True} for section in named])
    touch(connection, {*named, ALL}, now, grown((), {(id_, section) for section in (*named, ALL)} - stood))


def unpin(connection: Connection, ids: Iterable[str]) -> frozenset[str]:
    found = (row.entry for some in chunks(ids) for row in connection.execute(_UNPIN.values(pinned=False), {"ids": some}))
    return frozenset(found)


def applied_value(connection: Connection, name: str) -> str | None:
    return connection.scalar(_APPLIED, {"of": name})


def apply(connection: Connection, name: str, value: str) -> None:
    connection.execute(_apply(connection.dialect.name), {"name": name, "value": value})
