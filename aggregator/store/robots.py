"""What is kept of the robots.txt of each origin, so that a restart asks for none again."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection, bindparam, delete, select

from aggregator.records import Robots
from aggregator.store.engine import insert_into
from aggregator.store.tables import robots

STALE = timedelta(days=90)  # nobody asked for it that long: its source is gone

_FIND = select(robots).where(robots.c.origin == bindparam("of"))
_OLD = delete(robots).where(robots.c.good_until < bindparam("before"))


def find(connection: Connection, origin: str) -> Robots | None:
    row = connection.execute(_FIND, {"of": origin}).mappings().first()
    return Robots(**row) if row else None


def keep(connection: Connection, found: Robots) -> None:
    values = {column.name: getattr(found, column.name) for column in robots.columns}
    statement = insert_into(robots, connection.dialect.name).values(values)
    others = {name: value for name, value in values.items() if name != "origin"}
    connection.execute(statement.on_conflict_do_update(index_elements=[robots.c.origin], set_=others))
    connection.execute(_OLD, {"before": found.asked_at - STALE})
