"""What the store costs at size: the newest of a section, keys and whole entries; lookups, states, archives; upserts.

    python benchmarks/store.py [--entries 10000 1000000] [--database URL] [--rounds 30] [--json]

Fills a database with so many entries of about 1.5 KB, in twenty sections and `all`, five thousand a source; a fifth of the entries are
of the section that is asked, and all but the newest are archived. Milliseconds, the best of some rounds in each row: of CPU with SQLite
(they survive a busy machine), of wall time with PostgreSQL (`--database postgresql+psycopg://…`, an empty one), for the server's part is
in them. SQLite lies in a folder that is gone afterwards.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from msgspec import structs
from publishing import entries as written
from sqlalchemy import bindparam, insert, text

from aggregator.records import NextPull, Placed, Placement, Pulled
from aggregator.store import ALL, Limits, Store, tables
from feeds import codec
from feeds.records import Document, Entry

START = datetime(2026, 3, 1, 8, tzinfo=UTC)
SECTION = "s0"  # a fifth of all entries
OF_A_SOURCE = 5000
OPEN = 100  # newest entries of each section that no archive has yet


def fill(store: Store, count: int) -> None:
    """Rows as `Store.record` writes them, made by the database itself of one entry: a million would take our side of it an hour. The older
    the higher the number; the order of the ids says nothing, as in life."""
    store.enrol({f"source-{number}": f"https://{number}.example/feed" for number in range(-(-count // OF_A_SOURCE))}, START)
    here = written(1, 500)[0]
    record = codec.dump(structs.replace(here, uid="#", id="#", link="#.html", published=START))
    with store._database.write() as connection:
        tongue = TONGUES[connection.dialect.name]
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA cache_size = -500000")
        values = {"count": count, "start": START, "record": record, "source": OF_A_SOURCE, "open": OPEN, "section": SECTION}
        for statement in (_ENTRIES, _PLACES, _ALL):
            made = text(statement.format_map(tongue)).bindparams(bindparam("start", type_=tables.Moment()))
            connection.execute(made, {name: value for name, value in values.items() if f":{name}" in made.text})
        touched = [{"name": key, "changed_at": START} for key in (ALL, *(f"s{number}" for number in range(20)))]
        connection.execute(insert(tables.sections), touched)
        for statement in _TALLIES:
            connection.exec_driver_sql(statement)
    with store._database.write() as connection:
        connection.exec_driver_sql("ANALYZE")
    store._database.engine.dispose()  # and with it the large cache


TONGUES = {
    "sqlite": {"id": "printf('%020x', i * 2654435761 % 1099511627776)", "at": ":start - i * 60000000", "false": "0"},
    "postgresql": {
        "id": "lpad(to_hex(i * 2654435761 % 1099511627776), 20, '0')",
        "at": "CAST(:start AS timestamptz) - i * interval '1 minute'",
        "false": "false",
    },
}
_NUMBERS = "WITH RECURSIVE n (i) AS (SELECT CAST(0 AS bigint) UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :count) "
_ENTRIES = (
    "INSERT INTO entries (id, source, uid, iri, fingerprint, revisions, edition, link, canonical, sort_at, first_seen_at, "
    "updated_at, record) "
    + _NUMBERS
    + "SELECT {id}, 'source-' || (i / :source), u, u, '1:' || i, 1, 1, u || '.html', u || '.html', {at}, {at}, {at}, "
    "replace(:record, '#', u) FROM (SELECT i, 'https://source.example/' || i AS u FROM n) AS m"
)
_PLACES = (
    "INSERT INTO placements (section, entry, sort_at, rule, pinned, archived) "
    + _NUMBERS
    + "SELECT CASE WHEN i % 5 = 0 THEN :section ELSE 's' || (1 + i % 19) END, {id}, {at}, 'a', {false}, "
    "i >= :open * CASE WHEN i % 5 = 0 THEN 5 ELSE 20 END FROM n"
)
_ALL = (
    f"INSERT INTO placements (section, entry, sort_at, rule, pinned, archived) {_NUMBERS}SELECT '{ALL}', {{id}}, {{at}}, '', {{false}}, "
    "i >= :open FROM n"
)

_TALLIES = (
    "UPDATE sources SET tally = (SELECT count(*) FROM entries WHERE source = sources.key)",
    "UPDATE sections SET tally = (SELECT count(*) FROM placements WHERE section = sections.name)",
)


def _brought(some: Iterable[Entry]) -> tuple[Placed, ...]:
    places = (Placement(section=SECTION, rule="a"),)
    return tuple(Placed(entry=entry, placements=places) for entry in some)


def _upserts(store: Store) -> Callable[[], object]:
    """One pull of fifty new entries, another fifty each time."""
    batch = iter(range(10**6))
    samples = written(50, 500)
    pulled = Pulled(document=Document(url="https://source-0.example/feed", body=b""), etag=None, last_modified=None, body_hash=None)

    def once() -> None:
        turn = next(batch)
        now = START + timedelta(minutes=turn + 1)
        some = _brought(structs.replace(one, uid=f"{one.uid}/{turn}", link=f"{one.link}?{turn}") for one in samples)
        store.record("source-0", pulled, (), some, NextPull(at=now, why="benchmark"), now)

    return once


def _best(rounds: int, clock: Callable[[], float], once: Callable[[], object]) -> float:
    """Milliseconds; few rounds where one takes long."""
    best, ends = float("inf"), time.monotonic() + 3
    for turn in range(rounds):
        before = clock()
        once()
        best = min(best, (clock() - before) * 1000)
        if turn >= 2 and time.monotonic() > ends:
            break
    return best


def measure(store: Store, rounds: int) -> dict[str, float]:
    best = partial(_best, rounds, time.thread_time if store._database.path else time.perf_counter)
    keys = text(
        "SELECT p.entry FROM placements AS p JOIN entries AS e ON e.id = p.entry WHERE p.section = :of AND e.withdrawn_at IS NULL "
        "AND e.held_at IS NULL AND e.record IS NOT NULL ORDER BY p.sort_at DESC, p.entry DESC LIMIT 50"
    )
    records = text(str(keys).replace("SELECT p.entry", "SELECT p.entry, e.record"))
    item = store.newest(SECTION, 1)[0]
    deep = store.newest(SECTION, 1000)[-1]
    past = Limits(entries=START - timedelta(days=100_000), withdrawn=START - timedelta(days=1), revisions=START - timedelta(days=1))
    found: dict[str, float] = {}
    with store._database.read() as connection:
        found["newest 50: keys"] = best(lambda: connection.execute(keys, {"of": SECTION}).all())
        found["newest 50: keys and records"] = best(lambda: connection.execute(records, {"of": SECTION}).all())
    calls: dict[str, Callable[[], object]] = {
        "newest 50: items": lambda: store.newest(SECTION, 50),
        "50 items behind the 1000th": lambda: store.newest(SECTION, 50, (deep.sort_at, deep.id)),
        "newest 50 of all: items": lambda: store.newest(None, 50),
        "find by id": lambda: store.find(item.id),
        "find by address": lambda: store.find(str(item.entry.link)),
        "find by public id": lambda: store.find(str(item.entry.id)),
        "to archive: 50": lambda: store.to_archive(SECTION, 50),
        "leaving the archives": lambda: store.leaving(SECTION),
        "tombstones: 50": lambda: store.tombstones(SECTION, 50),
        "withdrawn: 100": store.withdrawn,
        "retain: nothing past its time": lambda: store.retain(past, 100, START),
        "stale": lambda: store.stale([SECTION, ALL]),
        "waiting": store.waiting,
        "states of the sources": store.sources,
        "states of the sections": store.sections,
        "known uids of a source": lambda: store.fingerprints("source-0"),
        "a pull of 50 new entries": _upserts(store),
    }
    for name, call in calls.items():
        found[name] = best(call)
    return found


def run(database: str | None, count: int, rounds: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="haihe-store-") as folder:
        store = Store.open(database or f"sqlite:///{folder}/store.db")
        try:
            store.migrate()
            before = time.perf_counter()
            fill(store, count)
            seconds = time.perf_counter() - before
            return measure(store, rounds) | {"filled, entries a second": count / seconds}
        finally:
            store.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, nargs="+", default=[10_000, 1_000_000])
    parser.add_argument("--database", help="an empty PostgreSQL database; for one count of entries")
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    if asked.database and len(asked.entries) > 1:
        parser.error("--database is filled once: name one count with --entries")
    found: dict[int, dict[str, Any]] = {count: run(asked.database, count, asked.rounds) for count in asked.entries}
    if asked.json:
        print(json.dumps({"unit": "ms", "database": "postgresql" if asked.database else "sqlite", "entries": found}, indent=1))
        return
    print(f"{'ms':32}" + "".join(f"{count:>14,}" for count in found))
    for name in next(iter(found.values())):
        print(f"{name:32}" + "".join(f"{row[name]:14.3f}" for row in found.values()))


if __name__ == "__main__":
    main()
