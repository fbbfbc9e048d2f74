"""An INSERT for many rows says the same as one row at a time would, on both databases."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Boolean, Column, Integer, MetaData, Table, literal_column, select

from aggregator.store.engine import Database, connect, insert_into
from aggregator.store.many import AT_ONCE, Many
from aggregator.store.tables import Moment, Words

EAST = timezone(timedelta(hours=8))
NOW = datetime(2026, 3, 1, 8, 0, 0, 123456, tzinfo=UTC)

things = Table(
    "things",
    MetaData(),
    Column("name", Words, primary_key=True),
    Column("times", Integer, nullable=False),
    Column("at", Moment),
    Column("shown", Boolean, nullable=False, default=True),
    Column("said", Words),
)
ALL = ("name", "times", "at", "shown", "said")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = connect(database_url)
    with database.write() as connection:
        things.create(connection)
    yield database
    database.close()


def thing(name: str, **said: object) -> dict[str, object]:
    return {"name": name, "times": 1, "at": NOW, "shown": False, "said": None} | said


def counted(database: Database) -> Many:
    """Keeps things, and counts those that are there already."""
    statement = insert_into(things, database.dialect)
    again = statement.on_conflict_do_update(
        index_elements=[things.c.name], set_={"times": things.c.times + literal_column("1"), "at": statement.excluded.at}
    )
    return Many(again.returning(things.c.name, things.c.times, things.c.at), ALL, database.engine.dialect)


@pytest.mark.parametrize("number", [0, 1, AT_ONCE - 1, AT_ONCE, AT_ONCE + 1, 3 * AT_ONCE + 2])
def test_each_row_is_kept_and_answered_for(database, number):
    rows = [thing(str(each), at=NOW + timedelta(microseconds=each)) for each in range(number)]
    with database.write() as connection:
        first = list(counted(database).returning(connection, iter(rows)))
        second = list(counted(database).returning(connection, rows[: number // 2]))
    assert sorted(first) == sorted((row["name"], 1, row["at"]) for row in rows)
    assert sorted(second) == sorted((row["name"], 2, row["at"]) for row in rows[: number // 2])


def test_values_are_kept_as_their_columns_keep_them(database):
    rows = [
        thing("a\0b", at=NOW.astimezone(EAST), shown=True, said="\ud800"),
        thing("%s ? %(name)s", at=None, said="'; --"),
        thing("津", at=datetime(1, 1, 1, tzinfo=EAST), said=""),
    ]
    with database.write() as connection:
        keep = Many(insert_into(things, database.dialect).on_conflict_do_nothing(), ALL, database.engine.dialect)
        keep.execute(connection, rows)
        keep.execute(connection, [thing("津", said="a second time")])
        keep.execute(connection, [])
    with database.read() as connection:
        kept = {row.name: tuple(row)[1:] for row in connection.execute(select(things))}
    assert kept == {
        "a\ufffdb": (1, NOW, True, "\ufffd"),
        "%s ? %(name)s": (1, None, False, "'; --"),
        "津": (1, datetime(1, 1, 1, tzinfo=UTC), False, ""),
    }


def test_a_time_without_a_zone_is_refused(database):
    with pytest.raises(ValueError, match="has no time zone"), database.write() as connection:
        list(counted(database).returning(connection, [thing("a", at=NOW.replace(tzinfo=None))]))


def test_what_a_row_leaves_out_is_told_at_once(database):
    statement = insert_into(things, database.dialect)
    with pytest.raises(ValueError, match="a row of things takes other values than name, times"):
        Many(statement, ("name", "times"), database.engine.dialect)  # `shown` has a value by default
    with pytest.raises(ValueError, match="other values"):
        Many(statement, (*ALL, "colour"), database.engine.dialect)
    counts = statement.on_conflict_do_update(index_elements=[things.c.name], set_={"times": things.c.times + 1})
    with pytest.raises(ValueError, match="other values"):
        Many(counts, ALL, database.engine.dialect)  # a value of the statement itself
