"""What is past its time, a portion at a time. An entry's record is emptied in place: the row stays, and with it the id that keeps the entry
from coming in again. Archives that hold nothing younger go as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, delete, func, select, tuple_, update

from aggregator.store import placing, withdrawal
from aggregator.store.tables import Moment, archived, archives, entries, placements, revisions
from aggregator.store.touch import grown, touch

REACHED = "retained"  # up to when entries are emptied: the search begins there, not at the first row


class Limits(NamedTuple):
    """What came in, was withdrawn or was revised before these moments is past its time; None: nothing ever is."""

    entries: datetime | None
    withdrawn: datetime
    revisions: datetime


_BEFORE: Any = bindparam("before", type_=Moment())
_IDS: Any = bindparam("ids", expanding=True)
_OLD = (
    select(entries.c.id, entries.c.first_seen_at)
    .where(entries.c.first_seen_at >= bindparam("since", type_=Moment()), entries.c.first_seen_at < _BEFORE, entries.c.record.is_not(None))
    .order_by(entries.c.first_seen_at)
    .limit(bindparam("most"))
)
_WITHDRAWN = (
    select(entries.c.id)
    .where(entries.c.withdrawn_at.is_not(None), entries.c.withdrawn_at < _BEFORE, entries.c.record.is_not(None))
    .limit(bindparam("most"))
)
_LOGGED = select(revisions.c.entry, revisions.c.number).where(revisions.c.at < _BEFORE).limit(bindparam("most"))
_EMPTY = update(entries).where(entries.c.id.in_(_IDS)).values(record=None)
_LEAVE = delete(placements).where(placements.c.entry.in_(_IDS)).returning(placements.c.entry, placements.c.section)
_FORGET = delete(revisions).where(revisions.c.entry.in_(_IDS))


def retain(connection: Connection, limits: Limits, most: int, now: datetime) -> int:
    """Empty at most so many of each kind; how many were."""
    gone = 0
    if limits.entries is not None:
        since = placing.applied_value(connection, REACHED)
        start = datetime.fromisoformat(since) if since else datetime.min.replace(tzinfo=now.tzinfo)
        rows = connection.execute(_OLD, {"since": start, "before": limits.entries, "most": most}).all()
        left = _empty(connection, [row.id for row in rows])
        touch(connection, {section for _, section in left}, now, grown(left, ()))
        reached = rows[-1].first_seen_at if rows else start
        if rows:
            placing.apply(connection, REACHED, reached.isoformat())
        gone += len(rows) + _drop_archives(connection, limits.entries)
    withdrawn = list(connection.scalars(_WITHDRAWN, {"before": limits.withdrawn, "most": most}))
    if withdrawn:
        # Their places stay: tombstones are told by section.
        connection.execute(_EMPTY, {"ids": withdrawn})
        connection.execute(_FORGET, {"ids": withdrawn})
    logged = [tuple(row) for row in connection.execute(_LOGGED, {"before": limits.revisions, "most": most})]
    if logged:
        connection.execute(delete(revisions).where(tuple_(revisions.c.entry, revisions.c.number).in_(logged)))
    return gone + len(withdrawn) + len(logged)


def _empty(connection: Connection, ids: Sequence[str]) -> list[tuple[str, str]]:
    """The places (entry, section) that they left."""
    if not ids:
        return []
    connection.execute(_EMPTY, {"ids": ids})
    connection.execute(_FORGET, {"ids": ids})
    withdrawal.forget(connection, ids)
    return [(row.entry, row.section) for row in connection.execute(_LEAVE, {"ids": ids})]


def _drop_archives(connection: Connection, before: datetime) -> int:
    """Those that were closed before anything came in that is still kept."""
    # The newest of a section stays, whatever its age: the next one is numbered after it.
    newest = select(archives.c.section, func.max(archives.c.number)).group_by(archives.c.section)
    past = (archives.c.closed_at < before, tuple_(archives.c.section, archives.c.number).not_in(newest))
    keys = delete(archives).where(*past).returning(archives.c.section, archives.c.number)
    gone = [(row.section, row.number) for row in connection.execute(keys)]
    if gone:
        connection.execute(delete(archived).where(tuple_(archived.c.section, archived.c.number).in_(gone)))
    return len(gone)
