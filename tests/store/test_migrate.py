"""The way to the present shape: from nothing and from every step before, twice, by two at once, and from the future."""

import threading
from pathlib import Path

import pytest
from sqlalchemy import Boolean, DateTime, Integer, LargeBinary, String, UniqueConstraint, func, insert, inspect, select

from aggregator.errors import StoreError, StoreTooNew
from aggregator.store import Store, migrations, tables
from aggregator.store.engine import connect
from aggregator.store.tables import Moment


@pytest.fixture
def database(database_url):
    database = connect(database_url)
    yield database
    database.close()


def test_every_table_is_told_of_in_the_design():
    told = (Path(__file__).parents[2] / "docs/design.md").read_text(encoding="utf-8")
    assert [name for name in tables.metadata.tables if f"`{name}`" not in told] == []


def test_migrating_is_idempotent(database_url):
    store = Store.open(database_url)
    assert store.migrate() == [f"{number:03d} {step.__name__}" for number, step in enumerate(migrations.STEPS, 1)]
    assert store.migrate() == []
    store.close()
    again = Store.open(database_url)
    assert again.migrate() == []
    again.close()


@pytest.mark.parametrize("steps", range(1, len(migrations.STEPS) + 1))
def test_a_database_of_any_age_comes_to_the_present_shape(database, steps):
    assert len(migrations.migrate(database, migrations.STEPS[:steps])) == steps
    assert len(migrations.migrate(database)) == len(migrations.STEPS) - steps
    assert_shape(database)


def test_two_at_once_apply_each_step_once(database_url):
    gate = threading.Barrier(4)
    applied: list[str] = []
    failures: list[BaseException] = []

    def run():
        try:
            gate.wait()
            store = Store.open(database_url)
            applied.extend(store.migrate())
            store.close()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert sorted(applied) == [f"{number:03d} {step.__name__}" for number, step in enumerate(migrations.STEPS, 1)]


def test_a_database_from_the_future_is_left_alone(database, database_url):
    migrations.migrate(database)
    version = len(migrations.STEPS) + 1
    with database.write() as connection:
        connection.execute(insert(tables.schema), {"version": version, "name": "to come", "applied_at": moment(connection)})
    store = Store.open(database_url)
    with pytest.raises(StoreTooNew, match=rf"schema {version}.* Install that version again, or restore a backup"):
        store.migrate()
    store.close()


def test_a_step_that_fails_leaves_nothing_of_itself(database):
    def breaks(connection):
        connection.exec_driver_sql("CREATE TABLE half (id integer)")
        connection.exec_driver_sql("INSERT INTO no_such_table VALUES (1)")

    with pytest.raises(StoreError):
        migrations.migrate(database, (*migrations.STEPS, breaks))
    with database.read() as connection:
        assert connection.scalar(select(func.max(tables.schema.c.version))) == len(migrations.STEPS)
        assert not inspect(connection).has_table("half")


def test_a_database_that_was_never_migrated_says_what_to_do(database_url):
    store = Store.open(database_url)
    with pytest.raises(StoreError, match="run haihe migrate"):
        store.sources()
    store.close()


def moment(connection):
    return connection.scalar(select(func.max(tables.schema.c.applied_at)))


def assert_shape(database):
    """What the steps made is what `tables` says: columns, kinds, nulls, keys, indices."""
    with database.read() as connection:
        found = inspect(connection)
        assert {name for name in found.get_table_names() if not name.startswith("searched_terms")} == set(tables.metadata.tables)
        for name, table in tables.metadata.tables.items():
            columns = {column["name"]: column for column in found.get_columns(name)}
            assert list(columns) == [column.name for column in table.columns], name
            for column in table.columns:
                there = columns[column.name]
                assert isinstance(there["type"], kind(column, database.engine.dialect)), (name, column.name, there["type"])
                assert column.primary_key or there["nullable"] == column.nullable, (name, column.name)
            assert found.get_pk_constraint(name)["constrained_columns"] == [column.name for column in table.primary_key.columns], name
            uniques = {tuple(unique["column_names"]) for unique in found.get_unique_constraints(name)}
            assert uniques == {tuple(one.columns.keys()) for one in table.constraints if isinstance(one, UniqueConstraint)}, name
            indices = {index["name"] for index in found.get_indexes(name) if not index["unique"]}
            assert indices == {index.name for index in table.indexes}, name
            foreign = {(key["constrained_columns"][0], key["referred_table"]) for key in found.get_foreign_keys(name)}
            assert foreign == {(key.parent.name, key.column.table.name) for key in table.foreign_keys}, name


def kind(column, dialect):
    if isinstance(column.type, Moment):
        return Integer if dialect.name == "sqlite" else DateTime
    return next((kind for kind in (Boolean, Integer, LargeBinary) if isinstance(column.type, kind)), String)
