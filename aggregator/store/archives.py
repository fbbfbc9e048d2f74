"""Closed archives, and what is still to be archived: an entry's place is open until an archive of its section has it."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, tuple_, update

from aggregator.records import Archive
from aggregator.store import tables
from aggregator.store.engine import chunks
from aggregator.store.tables import archived, archives, entries, placements

_IDS: Any = bindparam("ids", expanding=True)
OPEN = (
    select(placements.c.entry)
    .select_from(placements.join(entries, entries.c.id == placements.c.entry))
    .where(
        placements.c.section == bindparam("of"),
        tables.OPEN,
        entries.c.withdrawn_at.is_(None),
        entries.c.held_at.is_(None),
        entries.c.record.is_not(None),
    )
    .order_by(placements.c.sort_at, placements.c.entry)
    .limit(bindparam("most"))
)
_LAST = select(func.max(archives.c.number)).where(archives.c.section == bindparam("of"))
_ONE = select(archives).where(archives.c.section == bindparam("of"), archives.c.number == bindparam("at"))
_LEAVING = (
    select(archived.c.number, entries.c.id, entries.c.iri)
    .select_from(archived.join(entries, entries.c.id == archived.c.entry))
    .where(archived.c.section == bindparam("of"), tables.LEAVING)
    .order_by(archived.c.number)
    .limit(1000)
)
# Locked where rows can be: who withdraws or revises one of them meanwhile waits, and finds it in the archive.
_SHOWN = (
    select(entries.c.id, entries.c.revisions)
    .where(entries.c.id.in_(_IDS), entries.c.withdrawn_at.is_(None), entries.c.held_at.is_(None), entries.c.record.is_not(None))
    .order_by(entries.c.id)
    .with_for_update(read=True)
)
_SHUT = update(placements).where(placements.c.entry.in_(_IDS), placements.c.section == bindparam("of")).values(archived=True)
_REOPEN = update(placements).where(placements.c.entry.in_(_IDS)).values(archived=False)
_TAKE_OUT = update(placements).where(placements.c.entry.in_(_IDS)).values(archived=True)
_LEAVE = update(archived).where(archived.c.entry.in_(_IDS)).values(leaves=True)


def last(connection: Connection, section: str) -> int:
    return connection.scalar(_LAST, {"of": section}) or 0


def get(connection: Connection, section: str, number: int) -> Archive | None:
    row = connection.execute(_ONE, {"of": section, "at": number}).first()
    return Archive(section=section, number=number, closed_at=row.closed_at, body=gzip.decompress(bytes(row.body))) if row else None


def fills(connection: Connection, section: str, size: int) -> bool:
    """Whether what is in no archive yet fills one."""
    return len(connection.scalars(OPEN, {"of": section, "most": size}).all()) == size


def close(connection: Connection, archive: Archive, ids: Mapping[str, int]) -> bool:
    """Keep a new archive with its entries (id -> which revision stands in it); False when another was here first, or when one of them was
    revised, withdrawn or held back meanwhile."""
    if last(connection, archive.section) != archive.number - 1:
        return False
    if {row.id: row.revisions for some in chunks(sorted(ids)) for row in connection.execute(_SHOWN, {"ids": some})} != ids:
        return False
    connection.execute(insert(archives), {"section": archive.section, "number": archive.number, **_packed(archive)})
    rows = [{"entry": id_, "section": archive.section, "number": archive.number, "leaves": False} for id_ in ids]
    connection.execute(insert(archived), rows)
    for some in chunks(ids):
        connection.execute(_SHUT, {"ids": some, "of": archive.section})
    return True


def leaving(connection: Connection, section: str) -> Mapping[int, dict[str, str]]:
    """Archive -> the entries that are to leave it, id -> public IRI."""
    found: dict[int, dict[str, str]] = {}
    for row in connection.execute(_LEAVING, {"of": section}):
        found.setdefault(row.number, {})[row.id] = row.iri
    return found


def amend(connection: Connection, archive: Archive, before: str, ids: Iterable[str]) -> bool:
    """Keep an archive without the entries that had to leave it; False when it has not the ETag `before` any more: another process has cut
    others out meanwhile, which would come back."""
    one = update(archives).where(archives.c.section == archive.section, archives.c.number == archive.number, archives.c.etag == before)
    if not connection.execute(one.values(**_packed(archive))).rowcount:
        return False
    gone = [(id_, archive.section, archive.number) for id_ in ids]
    keys = tuple_(archived.c.entry, archived.c.section, archived.c.number)
    connection.execute(archived.delete().where(keys.in_(gone)))
    return True


def take_out(connection: Connection, ids: Iterable[str]) -> None:
    """What is withdrawn or held back leaves the archives that it stands in, and goes into no other."""
    for some in chunks(ids):
        connection.execute(_LEAVE, {"ids": some})
        connection.execute(_TAKE_OUT, {"ids": some})


def put_back(connection: Connection, ids: Iterable[str]) -> None:
    """What is shown again comes into a later archive."""
    for some in chunks(ids):
        connection.execute(_REOPEN, {"ids": some})


def _packed(archive: Archive) -> dict[str, object]:
    return {"closed_at": archive.closed_at, "etag": archive.etag, "body": gzip.compress(archive.body, 6, mtime=0)}
