"""What who serves from memory needs to know: whether anything was published since, what is up, and how often that may change."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import timedelta

from sqlalchemy import Connection, bindparam, select

from aggregator.records import Stamp
from aggregator.store.tables import entries, placements, renditions, sections, sources

_STAMPS = select(
    renditions.c.section, renditions.c.format, renditions.c.etag, renditions.c.updated_at, sections.c.seen_changed_at
).select_from(renditions.outerjoin(sections, sections.c.name == renditions.c.section))
_PUBLISHED = select(sections.c.name, sections.c.published_at).order_by(sections.c.name)
_LATELY = (
    select(entries.c.source)
    .select_from(placements.join(entries, entries.c.id == placements.c.entry))
    .where(placements.c.section == bindparam("of"))
    .order_by(placements.c.sort_at.desc(), placements.c.entry.desc())
    .limit(50)
    .subquery()
)
_PACES = select(sources.c.pulled_at, sources.c.next_pull_at).where(
    sources.c.key.in_(select(_LATELY.c.source)), sources.c.enrolled, sources.c.pulled_at.is_not(None), sources.c.next_pull_at.is_not(None)
)


def state(connection: Connection) -> Hashable:
    """Equal to what it was for this connection while nothing was published; on SQLite it also changes with other writes.

    SQLite counts for each connection what others committed (``PRAGMA data_version``), at no cost; elsewhere the sections are asked."""
    if connection.dialect.name == "sqlite":
        return connection.exec_driver_sql("PRAGMA data_version").scalar_one()  # type: ignore[no-any-return]  # an integer
    return tuple((row.name, row.published_at) for row in connection.execute(_PUBLISHED))


def news(connection: Connection) -> bool:
    """Whether anything may have been published since this connection was last asked; always True for a new one."""
    seen, now = connection.info.get("published"), state(connection)
    connection.info["published"] = now
    return bool(seen != now)


def stamps(connection: Connection) -> dict[tuple[str, str], Stamp]:
    return {
        (row.section, row.format): Stamp(etag=row.etag, updated_at=row.updated_at, seen_changed_at=row.seen_changed_at)
        for row in connection.execute(_STAMPS)
    }


def pace(connection: Connection, section: str) -> timedelta | None:
    waits = [row.next_pull_at - row.pulled_at for row in connection.execute(_PACES, {"of": section})]
    return min((wait for wait in waits if wait > timedelta(0)), default=None)
