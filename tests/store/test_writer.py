"""The writer: many sources in one transaction, one that cannot be kept costs itself alone, and nobody's loop is held."""

from __future__ import annotations

import asyncio
import gc
import threading
from contextlib import contextmanager

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from aggregator.errors import Failing, StoreError
from aggregator.records import Placed, Unchanged
from tests.store.conftest import Desk

KEYS = [f"s{number}" for number in range(40)]
SAME = Unchanged(why="304", etag='"2"')


@pytest.fixture
def desk(store) -> Desk:
    desk = Desk(store)
    store.enrol(dict.fromkeys(["a", *KEYS], "a.example"), desk.now)
    return desk


@contextmanager
def held(store, release: threading.Event):
    """Another writer, until `release`."""
    begun = threading.Event()

    def hold() -> None:
        with store._database.write() as connection:
            connection.exec_driver_sql("UPDATE sources SET host = host")
            begun.set()
            release.wait(10)

    thread = threading.Thread(target=hold)
    thread.start()
    begun.wait(10)
    try:
        yield
    finally:
        release.set()
        thread.join()


async def record(desk: Desk, writer, key: str):
    return await writer.record(key, desk.pulled(), (), [desk.entry(f"{key}-1", "news")], desk.due(), desk.now)


def test_what_comes_in_together_is_kept_in_few_transactions(desk):
    commits = []
    event.listen(desk.store._database.engine, "commit", commits.append)

    async def story():
        async with desk.store.writer() as writer:
            ends = [record(desk, writer, key) for key in KEYS[:10]]
            ends += [writer.rest(key, SAME, desk.due(), desk.now) for key in KEYS[10:30]]
            ends += [writer.fail(key, Failing("broken"), desk.due(), desk.now) for key in KEYS[30:]]
            return await asyncio.gather(*ends)

    recorded = asyncio.run(story())[:10]
    assert len(commits) <= 5
    assert [len(one.new) for one in recorded] == [1] * 10
    assert {one.sections for one in recorded} == {frozenset({"news"})}
    assert sorted(desk.uids("news")) == sorted(f"{key}-1" for key in KEYS[:10])
    known = desk.store.known_of(KEYS)
    assert [known[key].etag for key in KEYS[5:15]] == ['"1"'] * 5 + ['"2"'] * 5
    assert [known[key].failures for key in KEYS[28:32]] == [0, 0, 1, 1]
    assert {known[key].next_pull_at for key in KEYS} == {desk.due().at}
    assert set(desk.store.stale(["news"])) == {"news"}


def test_what_sources_bring_in_one_moment_never_shares_its_time_of_revision(desk):
    async def story():
        async with desk.store.writer() as writer:
            brought = [[desk.entry(f"{key}-{number}", "news") for number in range(30)] for key in KEYS]
            ends = [writer.record(key, desk.pulled(), (), placed, desk.due(), desk.now) for key, placed in zip(KEYS, brought, strict=True)]
            return await asyncio.gather(*ends)

    new = [id_ for recorded in asyncio.run(story()) for id_ in recorded.new]
    assert len(new) == 30 * len(KEYS)
    assert len({desk.store.item(id_).updated_at for id_ in new}) == len(new)


def test_a_database_that_cannot_be_written_is_asked_once_for_many(desk):
    """Each try may take the whole patience that there is with another writer."""
    asked = []

    def refuse(connection) -> None:
        asked.append(connection)
        raise OperationalError("BEGIN", {}, Exception("busy"))

    async def story():
        async with desk.store.writer() as writer:
            ends = [writer.rest(key, SAME, desk.due(), desk.now) for key in KEYS]
            return await asyncio.gather(*ends, return_exceptions=True)

    event.listen(desk.store._database.engine, "begin", refuse)
    said = asyncio.run(story())
    event.remove(desk.store._database.engine, "begin", refuse)
    assert {type(one) for one in said} == {StoreError}
    assert len(asked) <= 5


def test_one_that_cannot_be_kept_costs_itself_alone(desk):
    async def story():
        async with desk.store.writer() as writer:
            ends = [writer.rest(key, SAME, desk.due(), desk.now) for key in (*KEYS[:3], "nobody", *KEYS[3:6])]
            ends += [record(desk, writer, key) for key in ("nobody", "a")]
            naive = writer.rest(KEYS[6], SAME, desk.due(), desk.now.replace(tzinfo=None))
            return await asyncio.gather(*ends, naive, return_exceptions=True)

    *rests, unknown, recorded, naive = asyncio.run(story())
    assert isinstance(rests.pop(3), StoreError)
    assert rests == [None] * 6
    assert "'nobody' is not in the database" in str(unknown)
    assert len(recorded.new) == 1
    assert isinstance(naive, ValueError)
    assert {desk.store.known(key).etag for key in KEYS[:6]} == {'"2"'}
    assert desk.store.known(KEYS[6]).etag is None
    assert desk.uids("news") == ["a-1"]


def test_a_database_that_is_held_does_not_hold_the_loop(desk):
    release = threading.Event()

    async def story():
        async with desk.store.writer() as writer:
            with held(desk.store, release):
                ends = [asyncio.create_task(record(desk, writer, key)) for key in KEYS]
                for _ in range(50):  # the loop turns meanwhile
                    await asyncio.sleep(0.002)
                done = sum(end.done() for end in ends)
                release.set()
            await asyncio.gather(*ends)
            return done

    assert asyncio.run(story()) == 0
    assert len(desk.uids("news")) == len(KEYS)


def test_what_nobody_waits_for_any_more_is_not_written_and_what_was_given_is(desk):
    release = threading.Event()

    async def story():
        async with desk.store.writer() as writer:
            with held(desk.store, release):
                first = asyncio.create_task(record(desk, writer, "a"))
                await asyncio.sleep(0.05)  # the writer is at it
                given, gone = (asyncio.create_task(record(desk, writer, key)) for key in KEYS[:2])
                await asyncio.sleep(0)
                gone.cancel()
        assert first.done()
        assert given.done()

    asyncio.run(story())
    assert sorted(desk.uids("news")) == ["a-1", "s0-1"]


def test_what_was_brought_is_not_kept_in_memory_until_more_comes(desk):
    async def story():
        async with desk.store.writer() as writer, asyncio.timeout(20):
            await record(desk, writer, "s1")
            while any(isinstance(one, Placed) and one.entry.uid == "s1-1" for one in gc.get_objects()):
                await asyncio.sleep(0.01)  # its thread has told us, and goes back to waiting

    asyncio.run(story())
