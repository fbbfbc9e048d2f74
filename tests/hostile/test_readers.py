"""The pool of readers: whatever happens to a worker costs at most the document that it was at."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeVar

import psutil
import pytest

from aggregator.pool import LARGEST, Readers
from feeds.errors import FeedError, NotAFeed, Refused
from feeds.records import Document, Feed, Hints
from tests.hostile.case import rss

Result = TypeVar("Result")
FEED = Hints(kind="feed")


def document(body: str | bytes) -> Document:
    return Document(url="https://up.example/feed", body=body.encode() if isinstance(body, str) else body)


def slow_document(items: int) -> Document:
    """Takes a reader about half a second an item, on a machine with nothing else to do: tags of many attributes."""
    attributes = " ".join(f"a{n}=1" for n in range(50_000))
    return document(rss(*map(str, range(items)), item=f"<description>&lt;p {attributes}&gt;x</description>"))


SLOW = slow_document(12)
QUICK = document(rss("One", "Two"))


def workers() -> list[psutil.Process]:
    found = []
    for one in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):  # it ended while we looked
            if any("spawn_main" in word for word in one.cmdline()):
                found.append(one)
    return found


def busy() -> list[psutil.Process]:
    """Those that run or wait for a processor to run on, however little of it others leave them."""
    found = []
    for one in workers():
        with suppress(psutil.NoSuchProcess):
            if any(one.status() == psutil.STATUS_RUNNING for _ in range(5) if not time.sleep(0.005)):
                found.append(one)
    return found


async def at_rest(readers: Readers) -> None:
    """Both workers have started (where `soon` is little) and have nothing to do. One that waits for the disk while it starts does not run
    either; the last thing in its start is the thread that watches its parent."""
    while len(workers()) < 2:
        await asyncio.gather(*(titles(readers) for _ in range(4)))
    while sum(one.num_threads() > 1 for one in workers()) < 2 or busy():
        await asyncio.sleep(0.01)


async def at_work() -> psutil.Process:
    """The worker that is at a document, once there is one: it goes on and on, while the other one wakes now and then to look around."""
    while not (found := [one for one in busy() if all(one in busy() for _ in range(3))]):
        await asyncio.sleep(0.01)
    return found[0]


def run(story: Callable[[Readers], Awaitable[Result]], **settings: float) -> Result:
    async def bounded() -> Result:
        readers = Readers(workers=2, **settings)  # type: ignore[arg-type]
        try:
            return await asyncio.wait_for(story(readers), 120)
        finally:
            readers.close()

    return asyncio.run(bounded())


async def titles(readers: Readers) -> list[str]:
    feed: Feed = await readers.read(QUICK, FEED)
    return [entry.title for entry in feed.entries]


def test_where_little_is_to_be_read_there_is_one_worker():
    async def story(readers: Readers) -> None:
        assert workers() == []
        for _ in range(3):
            assert await asyncio.gather(*(titles(readers) for _ in range(30))) == [["One", "Two"]] * 30
        assert len(workers()) == 1

    run(story, soon=60.0)  # however long this machine takes


def test_what_waits_behind_a_slow_document_is_read_by_another_worker():
    async def story(readers: Readers) -> None:
        slow = asyncio.create_task(readers.read(SLOW, FEED))
        await at_work()
        assert await asyncio.gather(*(titles(readers) for _ in range(3))) == [["One", "Two"]] * 3
        assert not slow.done()
        assert len(workers()) == 2

    run(story, soon=0.1)


def test_a_worker_that_dies_over_a_document_costs_that_document_alone():
    async def story(readers: Readers) -> None:
        await at_rest(readers)
        slow = asyncio.create_task(readers.read(SLOW, FEED))
        worker = await at_work()
        others = [asyncio.create_task(titles(readers)) for _ in range(20)]
        worker.send_signal(signal.SIGSEGV)
        with pytest.raises(Refused, match="ended the reader"):
            await slow
        assert await asyncio.gather(*others) == [["One", "Two"]] * 20
        assert await titles(readers) == ["One", "Two"]

    run(story, soon=0.01)


def test_a_document_whose_reader_somebody_kills_is_read_by_another_but_not_for_ever():
    async def story(readers: Readers) -> None:
        await at_rest(readers)
        slow = asyncio.create_task(readers.read(slow_document(3), FEED))
        (await at_work()).kill()
        assert len((await slow).entries) == 3

        slow = asyncio.create_task(readers.read(SLOW, FEED))
        killed = 0
        while not slow.done():
            for one in busy():
                with suppress(psutil.NoSuchProcess):
                    one.kill()
                    killed += 1
            await asyncio.sleep(0.01)
        with pytest.raises(Refused, match="lost 3 times"):
            await slow
        assert killed >= 3
        assert await titles(readers) == ["One", "Two"]

    run(story, soon=0.01)


def test_workers_that_are_killed_while_they_have_nothing_to_do_are_replaced():
    async def story(readers: Readers) -> None:
        for _ in range(3):
            await titles(readers)
            for one in workers():
                os.kill(one.pid, signal.SIGKILL)
            assert await titles(readers) == ["One", "Two"]

    run(story, seconds=3.0)  # one of them may have held the way on which documents come


def test_a_pool_that_is_stuck_is_given_up_and_what_waited_is_read():
    """A stopped worker that holds the way on which documents come holds up all: as one does that was killed there."""

    async def story(readers: Readers) -> None:
        await titles(readers)
        for one in workers():
            os.kill(one.pid, signal.SIGSTOP)
        assert await asyncio.gather(*(titles(readers) for _ in range(5))) == [["One", "Two"]] * 5

    run(story, seconds=3.0)


def test_a_document_that_takes_too_long_is_refused_and_the_others_are_read():
    async def story(readers: Readers) -> None:
        await titles(readers)
        slow = asyncio.create_task(readers.read(SLOW, FEED))
        assert await titles(readers) == ["One", "Two"]
        with pytest.raises(Refused, match="longer than 3 s"):
            await slow
        assert await titles(readers) == ["One", "Two"]

    run(story, seconds=3.0)


def test_a_document_that_needs_too_much_memory_is_refused_and_the_others_are_read():
    greedy = document(b"<rss><channel><title>x</title>" + b"<a/>" * 12_000_000 + b"</channel></rss>")

    async def story(readers: Readers) -> None:
        await titles(readers)
        large = asyncio.create_task(readers.read(greedy, FEED))
        assert await titles(readers) == ["One", "Two"]
        with pytest.raises(FeedError):
            await large
        with pytest.raises(Refused, match="more than is read"):
            await readers.read(document(b" " * (LARGEST + 1)), FEED)
        assert await titles(readers) == ["One", "Two"]

    run(story)


def test_whoever_goes_away_takes_the_document_along():
    async def story(readers: Readers) -> None:
        await at_rest(readers)
        slow = [asyncio.create_task(readers.read(SLOW, FEED)) for _ in range(2)]
        await at_work()
        for task in slow:
            task.cancel()
        assert await titles(readers) == ["One", "Two"]

    run(story, soon=0.01)


def test_small_documents_go_together_and_each_has_its_own_end():
    broken = document("this is no feed")

    async def story(readers: Readers) -> None:
        many = [readers.read(each, FEED) for each in [QUICK, broken, QUICK] * 20]
        found = await asyncio.gather(*many, return_exceptions=True)
        assert [isinstance(one, Feed) for one in found] == [True, False, True] * 20
        assert {type(one) for one in found if not isinstance(one, Feed)} == {NotAFeed}

    run(story)


def test_a_worker_that_is_killed_over_small_documents_costs_none_of_them():
    async def story(readers: Readers) -> None:
        await at_rest(readers)
        for _ in range(3):
            many = [asyncio.create_task(titles(readers)) for _ in range(60)]
            await asyncio.sleep(0.005)
            while not (there := workers()):  # those of the last round are being replaced
                await asyncio.sleep(0.005)
            there[0].kill()
            assert await asyncio.gather(*many) == [["One", "Two"]] * 60

    run(story, seconds=8.0, soon=0.01)
