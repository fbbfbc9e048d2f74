"""That a section changed: what publishing waits for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from types import MappingProxyType

from sqlalchemy import ColumnElement, Connection, Executable, case, literal_column

from aggregator.store.engine import insert_into
from aggregator.store.tables import sections

_NOTHING: Mapping[str, int] = MappingProxyType({})


def tick(dialect: str, microseconds: int) -> ColumnElement[datetime]:
    """What is added to a moment, as each database keeps them (see `tables.Moment`)."""
    return literal_column(str(microseconds) if dialect == "sqlite" else f"interval '{microseconds} microseconds'")


@cache
def _touch(dialect: str) -> Executable:
    """A change is always later than the one before it, even if another machine's clock is behind or its transaction ended later:
    else a change that comes in while a section is rendered could pass for one that is published already."""
    statement = insert_into(sections, dialect)
    after = sections.c.changed_at + tick(dialect, 1)
    ours = statement.excluded.changed_at
    return statement.on_conflict_do_update(
        index_elements=[sections.c.name],
        set_={"changed_at": case((sections.c.changed_at >= ours, after), else_=ours), "tally": sections.c.tally + statement.excluded.tally},
    )


def grown(left: Iterable[tuple[str, str]], came: Iterable[tuple[str, str]]) -> Counter[str]:
    """Section -> how many more entries stand in it, from the places (entry, section) that were left and those that were taken."""
    growth = Counter(section for _, section in came)
    growth.subtract(section for _, section in left)
    return growth


def touch(connection: Connection, names: Iterable[str], now: datetime, growth: Mapping[str, int] = _NOTHING) -> None:
    """In order of name, so that two writers never wait for each other in a circle. `growth` is how many more entries stand in them now."""
    if rows := [{"name": name, "changed_at": now, "tally": growth.get(name, 0)} for name in sorted(names)]:
        connection.execute(_touch(connection.dialect.name), rows)
