"""Articles that are to be looked at again, until their schedule is over (see `aggregator.corrections`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from aggregator.corrections import Visit, Visited, first
from aggregator.store.engine import chunks
from aggregator.store.tables import entries, visits
from feeds import codec

_DUE = (
    select(visits, entries.c.uid, entries.c.link, entries.c.record, entries.c.first_seen_at)
    .select_from(visits.join(entries, entries.c.id == visits.c.entry))
    .where(visits.c.source == bindparam("of"), visits.c.due_at <= bindparam("now"))
    .order_by(visits.c.due_at)
    .limit(bindparam("most"))
)
_OVER = delete(visits).where(visits.c.entry.in_(bindparam("ids", expanding=True)))
_AGAIN = update(visits).where(visits.c.entry == bindparam("of"))


def plan(connection: Connection, new: Iterable[tuple[str, str]], now: datetime) -> None:
    """Visits for new entries, given as (id, source)."""
    rows = [{"entry": id_, "source": source, "due_at": first(now), "done": 0} for id_, source in new]
    if rows:
        connection.execute(insert(visits), rows)


def due(connection: Connection, source: str, now: datetime, most: int) -> list[Visit]:
    found = []
    for row in connection.execute(_DUE, {"of": source, "now": now, "most": most}):
        entry = codec.load(row.record) if row.record else None  # emptied by retention
        found.append(
            Visit(
                entry=row.entry,
                uid=entry.uid if entry else row.uid,
                link=row.link or "",
                title=entry.title if entry else "",
                published=entry.published if entry else None,
                precision=entry.precision if entry else None,
                first_seen_at=row.first_seen_at,
                origin=entry.source if entry else None,
                done=row.done,
                etag=row.etag,
                last_modified=row.last_modified,
                missing_since=row.missing_since,
            )
        )
    return found


def settle(connection: Connection, judged: Sequence[Visited]) -> None:
    for ids in chunks(one.visit.entry for one in judged if one.due_at is None):
        connection.execute(_OVER, {"ids": ids})
    again = [
        {
            "of": one.visit.entry,
            "due_at": one.due_at,
            "done": one.done,
            "etag": one.etag,
            "last_modified": one.last_modified,
            "missing_since": one.missing_since,
        }
        for one in judged
        if one.due_at is not None
    ]
    if again:
        connection.execute(_AGAIN, again)
