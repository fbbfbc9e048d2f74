"""When each source is due: who is enrolled, who takes it, and how a pull without entries ends."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain
from typing import NamedTuple
from urllib.parse import urlsplit

from sqlalchemy import Connection, Executable, RowMapping, bindparam, insert, not_, or_, select, update

from aggregator.errors import HaiheError, StoreError
from aggregator.records import Backfill, Known, Moved, NextPull, Unchanged
from aggregator.store import memory
from aggregator.store.engine import chunks
from aggregator.store.tables import sources
from feeds.errors import FeedError


class Rest(NamedTuple):
    """A pull that found nothing new."""

    key: str
    unchanged: Unchanged
    next_pull: NextPull
    now: datetime


class Fail(NamedTuple):
    """A pull that failed."""

    key: str
    error: HaiheError | FeedError
    next_pull: NextPull
    now: datetime


_KNOWN = (
    sources.c.key,
    sources.c.etag,
    sources.c.last_modified,
    sources.c.body_hash,
    sources.c.failures,
    sources.c.next_pull_at,
    sources.c.pulled_at,
    sources.c.changed_at,
    sources.c.wishes,
    sources.c.rhythm,
    sources.c.hung,
    sources.c.bridges,
    sources.c.tally,
)
_FIND = select(sources.c.key).where(sources.c.key == bindparam("of"))
_KNOWN_ONES = select(*_KNOWN).where(sources.c.key.in_(bindparam("of", expanding=True)))
_BACKFILL = select(sources.c.backfill).where(sources.c.key == bindparam("of"))
_ALTER = update(sources).where(sources.c.key == bindparam("of"))
_FAIL = _ALTER.values(failures=sources.c.failures + 1)
_ENROLLED = select(sources.c.key, sources.c.host, sources.c.enrolled, sources.c.address_hash)
_MOVED = select(*(sources.c[name] for name in memory.MOVED)).where(sources.c.key == bindparam("of"))
_WAITING = select(*_KNOWN).where(sources.c.enrolled, sources.c.next_pull_at.is_not(None)).order_by(sources.c.next_pull_at, sources.c.key)

# The inner statement is a CTE of its own: as a plain subquery PostgreSQL may run it again for each row and take more than `limit`.
_DUE = (
    select(sources.c.key)
    .where(
        sources.c.enrolled,
        sources.c.next_pull_at <= bindparam("now"),
        # A lease far beyond any that is given was written by a clock that was ahead.
        or_(sources.c.leased_until.is_(None), not_(sources.c.leased_until.between(bindparam("now"), bindparam("beyond")))),
    )
    .order_by(sources.c.next_pull_at)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
    .cte("due")
)
_CLAIM = update(sources).where(sources.c.key.in_(select(_DUE.c.key))).values(leased_until=bindparam("until")).returning(*_KNOWN)


def enrol(connection: Connection, addresses: Mapping[str, str], now: datetime, spread: float) -> None:
    known = {row.key: row for row in connection.execute(_ENROLLED)}
    new = [key for key in addresses if key not in known]
    if new:
        step = timedelta(seconds=spread / len(new))
        rows = [_newcomer(now + index * step) | {"key": key} | _place(addresses[key]) for index, key in enumerate(new)]
        connection.execute(insert(sources), rows)
    gone = [{"of": key, "enrolled": False} for key, row in known.items() if row.enrolled and key not in addresses]
    stay, edited = [], []
    for key, address in addresses.items():
        row = known.get(key)
        if row is None:
            continue
        if row.address_hash is not None and row.address_hash != _digest(address):
            edited.append({"of": key} | _place(address) | _afresh(now))
        elif not row.enrolled or row.address_hash is None:
            stay.append({"of": key} | _place(address))
    for changes in (gone, stay, edited):
        if changes:
            connection.execute(_ALTER, changes)


def compare(connection: Connection, addresses: Mapping[str, str]) -> dict[str, str]:
    known = {row.key: row for row in connection.execute(_ENROLLED)}
    found = {key: "gone" for key, row in known.items() if row.enrolled and key not in addresses}
    for key, address in addresses.items():
        if (row := known.get(key)) is None:
            found[key] = "new"
        elif row.address_hash is not None and row.address_hash != _digest(address):
            found[key] = "edited"
        elif not row.enrolled:
            found[key] = "back"
    return found


def _place(address: str) -> dict[str, object]:
    """What a row keeps of the configured address: its host, and a hash that tells when it was edited. It may hold secrets itself."""
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        host = ""
    return {"host": host, "enrolled": True, "address_hash": _digest(address)}


def _digest(address: str) -> str:
    return hashlib.blake2b(address.encode("utf-8", "replace"), digest_size=16).hexdigest()


def _afresh(now: datetime) -> dict[str, object]:
    """After an edit of its configuration: nothing that was said of the old address holds for the new one. Its entries and the rhythm of
    its news stay."""
    forgotten = ("etag", "last_modified", "body_hash", "wishes", "leased_until", "error_kind", "error_text", "hung", "bridges", "backfill")
    return dict.fromkeys(forgotten) | {
        **memory.moved_values(None),
        "failures": 0,
        "next_pull_at": now,
        "next_pull_why": "at once, because its configuration was edited",
    }


def _newcomer(due: datetime) -> dict[str, object]:
    return {"next_pull_at": due, "next_pull_why": "first pull", "failures": 0, "notes": "[]"}


def claim(connection: Connection, now: datetime, limit: int, lease: timedelta) -> list[Known]:
    rows = connection.execute(_CLAIM, {"now": now, "most": limit, "until": now + lease, "beyond": now + 2 * lease})
    claimed = [_known(row) for row in rows.mappings()]
    return sorted(claimed, key=lambda known: (known.next_pull_at or now, known.key))


def known(connection: Connection, keys: Iterable[str]) -> dict[str, Known]:
    found = chain.from_iterable(connection.execute(_KNOWN_ONES, {"of": some}).mappings() for some in chunks(keys))
    return {row["key"]: _known(row) for row in found}


def backfill(connection: Connection, key: str) -> Backfill | None:
    return memory.load_backfill(connection.scalar(_BACKFILL, {"of": key}))


def waiting(connection: Connection) -> list[Known]:
    return [_known(row) for row in connection.execute(_WAITING).mappings()]


def postpone(connection: Connection, due: Mapping[str, NextPull]) -> None:
    rows = [{"of": key, "next_pull_at": next_pull.at, "next_pull_why": next_pull.why} for key, next_pull in due.items()]
    if rows:
        connection.execute(_ALTER, rows)


def _known(row: RowMapping) -> Known:
    loaded = {
        "wishes": memory.load_wishes(row["wishes"]),
        "rhythm": memory.load_rhythm(row["rhythm"]),
        "hung": memory.load_hung(row["hung"]),
        "bridges": memory.load_bridges(row["bridges"]),
    }
    return Known(**{**row, **loaded})


def release(connection: Connection, keys: Iterable[str]) -> None:
    rows = [{"of": key, "leased_until": None} for key in keys]
    if rows:
        connection.execute(_ALTER, rows)


def release_all(connection: Connection) -> None:
    connection.execute(update(sources).where(sources.c.leased_until.is_not(None)).values(leased_until=None))


def settled(next_pull: NextPull, now: datetime) -> dict[str, object]:
    """What every end of a pull sets: when it was, when the next one is, and that nobody holds the source any more."""
    values: dict[str, object] = {"pulled_at": now, "next_pull_at": next_pull.at, "next_pull_why": next_pull.why, "leased_until": None}
    return values if next_pull.wishes is None else values | {"wishes": memory.dump_wishes(next_pull.wishes)}


def succeeded(next_pull: NextPull, moved: Moved | None, now: datetime) -> dict[str, object]:
    return settled(next_pull, now) | {"failures": 0, "error_kind": None, "error_text": None} | memory.moved_values(moved)


def rest(connection: Connection, rests: Iterable[Rest]) -> None:
    ends: list[dict[str, object]] = []
    for key, unchanged, next_pull, now in rests:
        # Few sources have moved: only for them is the proof so far looked up.
        before = connection.execute(_MOVED, {"of": key}).first() if unchanged.moved_to else None
        moved = Moved.seen(memory.moved(*before) if before else None, unchanged.moved_to, now)
        values = succeeded(next_pull, moved, now)
        # A 304 brings what has changed of the validators; what it leaves out still holds (RFC 9111 §4.3.4).
        if unchanged.etag is not None:
            values["etag"] = unchanged.etag
        if unchanged.last_modified is not None:
            values["last_modified"] = unchanged.last_modified
        if unchanged.bridges is not None:
            values["bridges"] = memory.dump_bridges(unchanged.bridges)
        ends.append({"of": key, **values})
    alter(connection, ends)


def fail(connection: Connection, fails: Iterable[Fail]) -> None:
    for key, error, next_pull, now in fails:
        _each(connection, _FAIL, [{"of": key, **settled(next_pull, now), "error_kind": error.kind, "error_text": str(error)}])


def alter(connection: Connection, rows: Iterable[Mapping[str, object]]) -> None:
    """Give sources (`of`) new values. Raises StoreError for one that is not there."""
    alike: dict[frozenset[str], list[Mapping[str, object]]] = {}
    for row in rows:
        alike.setdefault(frozenset(row), []).append(row)
    for some in alike.values():
        _each(connection, _ALTER, some)


def _each(connection: Connection, statement: Executable, rows: Sequence[Mapping[str, object]]) -> None:
    """One row of `sources` for each of `rows`. Raises StoreError when one of them is not there."""
    if connection.execute(statement, rows).rowcount != len(rows):
        missing = next((row["of"] for row in rows if connection.execute(_FIND, row).first() is None), rows[0]["of"])
        raise unknown(str(missing))


def unknown(key: str) -> StoreError:
    return StoreError(f"the source {key!r} is not in the database: enrol it before it is pulled")
