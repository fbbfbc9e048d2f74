"""What is asked often is found by an index, however much is kept: no statement of these reads a large table from end to end."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from aggregator.store import Limits, Store
from tests.store.conftest import Desk

LARGE = ("entries", "placements", "archived", "archives", "revisions", "searched")
_SCAN = {"sqlite": rf"^SCAN ({'|'.join(LARGE)})\b", "postgresql": rf"Seq Scan on ({'|'.join(LARGE)})\b"}
# An inner statement that runs once for what was found, over an index without the rows themselves.
_BORNE = "SCAN archives USING COVERING INDEX"


@contextmanager
def scans(store: Store) -> Iterator[list[str]]:
    """The large tables that statements inside would read whole, as each database's planner says. PostgreSQL is told to do so only where it
    must, for on a few rows it always would."""
    found: list[str] = []
    dialect = store._database.dialect

    def explain(connection: Any, cursor: Any, statement: str, values: Any, context: Any, many: bool) -> None:
        if many or not statement.lstrip().startswith(("SELECT", "WITH", "UPDATE", "DELETE")):
            return
        asks = connection.connection.driver_connection.cursor()
        if dialect == "postgresql":
            asks.execute("SET enable_seqscan = off")
        asks.execute(f"{'EXPLAIN QUERY PLAN' if dialect == 'sqlite' else 'EXPLAIN'} {statement}", values)
        lines = [str(row[-1]) for row in asks.fetchall()]
        found.extend(f"{line} in {statement}" for line in lines if re.search(_SCAN[dialect], line) and not line.startswith(_BORNE))

    event.listen(store._database.engine, "before_cursor_execute", explain)
    try:
        yield found
    finally:
        event.remove(store._database.engine, "before_cursor_execute", explain)


@pytest.mark.parametrize(
    "ask",
    [
        lambda desk: desk.store.newest("s", 50),
        lambda desk: desk.store.newest("s", 50, (desk.now, "x")),
        lambda desk: desk.store.newest(None, 50),
        lambda desk: desk.store.find("https://a.example/entry"),
        lambda desk: desk.store.item("x"),
        lambda desk: desk.store.to_archive("s", 50),
        lambda desk: desk.store.leaving("s"),
        lambda desk: desk.store.last_archive("s"),
        lambda desk: desk.store.archive("s", 1),
        lambda desk: desk.store.tombstones("s", 50),
        lambda desk: desk.store.tombstones(None, 50),
        lambda desk: desk.store.withdrawn(desk.now),
        lambda desk: desk.store.withdrawal("x"),
        lambda desk: desk.store.retain(Limits(desk.now, desk.now, desk.now), 100, desk.now),
        lambda desk: desk.store.withdraw(["x"], "operator", None, desk.now),
        lambda desk: desk.store.hold_back(["x"], None, desk.now),
        lambda desk: desk.store.pin("x", ["s"], "desk", desk.now),
        lambda desk: desk.store.fingerprints("a"),
        lambda desk: desk.store.kept_as("a"),
        lambda desk: desk.store.recent("a"),
        lambda desk: desk.store.settled("a", desk.now),
        lambda desk: desk.store.kept("", 100),
        lambda desk: desk.store.revisions("x"),
        lambda desk: desk.store.stale(["s"]),
        lambda desk: desk.store.waiting(),
        lambda desk: desk.store.visits("a", desk.now, 10),
        lambda desk: desk.record(desk.entry("2", "s", text="changed")),
    ],
)
def test_what_is_asked_often_reads_no_table_whole(desk: Desk, ask: Callable[[Desk], object]) -> None:
    desk.record(desk.entry("1", "s"), desk.entry("2", "s"))
    desk.later()
    with scans(desk.store) as found:
        ask(desk)
    assert found == []


def test_a_statement_without_an_index_would_be_seen(desk: Desk) -> None:
    with scans(desk.store) as found, desk.store._database.read() as connection:
        connection.exec_driver_sql("SELECT id FROM entries WHERE fingerprint = 'x'")
    assert len(found) == 1


def test_an_entry_is_found_by_each_of_its_names(desk: Desk) -> None:
    desk.record(desk.entry("plain", "s"), desk.entry("tag:a.example,2026:1", "s", iri="tag:a.example,2026:1"))
    plain, stated = sorted(desk.store.newest("s", 10), key=lambda item: item.entry.uid)
    assert plain.entry.id == f"urn:uuid:{plain.id}"
    for name in (plain.id, f"urn:uuid:{plain.id}"):
        assert [item.id for item in desk.store.find(name)] == [plain.id]
    for name in (stated.id, "tag:a.example,2026:1"):
        assert [item.id for item in desk.store.find(name)] == [stated.id]
    assert {item.id for item in desk.store.find("https://a.example/entry")} == {plain.id, stated.id}
    assert desk.store.find("plain") == []
    long = "tag:a.example,2026:" + "".join(f"{number:x}" for number in range(3000))
    for uid, iri in (("http://a.example/9", "https://a.example/9"), (long, long)):
        (id_,) = desk.record(desk.entry(uid, "s", iri=iri)).new
        assert [item.id for item in desk.store.find(iri)] == [id_]
        desk.store.withdraw([id_], "operator", None, desk.now)
