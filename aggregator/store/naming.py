"""What a section's feed is called for good, and what follows a section to its new key."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, bindparam, delete, exists, func, select, update

from aggregator.store.engine import insert_into
from aggregator.store.tables import archived, archives, entries, placements, sections
from aggregator.store.touch import touch

_NAME = select(sections.c.feed_name).where(sections.c.name == bindparam("of"))
_TAKEN = select(sections.c.name).where(sections.c.feed_name == bindparam("of"))
_WITHDRAWN = placements.c.entry.in_(select(entries.c.id).where(entries.c.withdrawn_at.is_not(None)))
_SET = update(sections).where(sections.c.name == bindparam("of"))


def feed_name(connection: Connection, section: str) -> str | None:
    return connection.scalar(_NAME, {"of": section})


def name_feed(connection: Connection, section: str) -> str:
    """Its key, unless a section that had that key before took it along: two feeds must never have one id."""
    if found := feed_name(connection, section):
        return found
    name, number = section, 1
    while connection.scalar(_TAKEN, {"of": name}) is not None:
        number += 1
        name = f"{section}~{number}"
    # Where another publisher was here first, its name stands.
    statement = insert_into(sections, connection.dialect.name)
    first = func.coalesce(sections.c.feed_name, statement.excluded.feed_name)
    upsert = statement.on_conflict_do_update(index_elements=[sections.c.name], set_={"feed_name": first}).returning(sections.c.feed_name)
    return str(connection.scalar(upsert, {"name": section, "feed_name": name}))


def rename(connection: Connection, old: str, new: str, now: datetime, *, live: bool | None) -> bool:
    """The name of a section's feed, its archives and its places follow it to its new key; what a closed section left there goes.

    False where nothing is left to follow, and where one section was merged into another that goes on: `live` says whether `new` was the
    key of a section already (None: nobody knows). What was withdrawn leaves its tombstones under the new key even then: the rules place
    anew only what is shown."""
    name, theirs = feed_name(connection, old), feed_name(connection, new)
    if name is None or (theirs is not None and live is not False):
        if moved := _move_places(connection, old, new, _WITHDRAWN):
            touch(connection, [old, new], now, {old: -moved, new: moved})
        return False
    for table in (archives, archived):
        connection.execute(delete(table).where(table.c.section == new))
        connection.execute(update(table).where(table.c.section == old).values(section=new))
    # What the closed section left stays in place until the rules are asked again, open to the archives of the one that comes.
    connection.execute(update(placements).where(placements.c.section == new).values(archived=False))
    moved = _move_places(connection, old, new)
    touch(connection, [old, new], now, {old: -moved, new: moved})
    for key, value in ((old, None), (new, name)):
        connection.execute(_SET, {"of": key, "feed_name": value})
    return True


def _move_places(connection: Connection, old: str, new: str, *only: ColumnElement[bool]) -> int:
    """How many moved; an entry that stands in both sections keeps both places."""
    other = placements.alias()
    there = exists().where(other.c.entry == placements.c.entry, other.c.section == new).correlate(placements)
    return connection.execute(update(placements).where(placements.c.section == old, ~there, *only).values(section=new)).rowcount
