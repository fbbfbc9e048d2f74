"""The one home of pebble: documents are read in worker processes, so that a poisonous one costs itself alone.

A worker that hangs is killed after `seconds`, one that grows is stopped by its memory limit, one that crashes is replaced; whatever
else waits goes on. The first worker starts with the first document and each further one when documents wait for long, since a start takes
as long as reading fifty feeds does. They end themselves when their parent is gone.

A pool can break as a whole: when a worker is killed while it has nothing to do, or while it holds the way on which documents come.
Then it is given up for a new one, and what waited is read there.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from concurrent.futures import TimeoutError as OutOfTime
from concurrent.futures.process import BrokenProcessPool
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from importlib.machinery import ModuleSpec
from typing import TYPE_CHECKING

from aggregator.heap import give_back
from aggregator.reader import MEMORY, SMALL, Parcel, Task, read_all, said, settle_in
from feeds.errors import FeedError, Refused
from feeds.records import Document, Feed, Hints

if TYPE_CHECKING:
    from pebble import ProcessFuture, ProcessPool

LARGEST = 64 * 1024 * 1024  # bytes: what could not even be handed over within that
TOGETHER = 512 * 1024  # bytes, about, that go together
QUICK = 3.0  # seconds that they have together before each is read by itself
LARGE = 1024 * 1024  # bytes: of these, one at a time is read, so that small ones always find a worker
RETURN = 0.5  # seconds after a large document in which this process keeps what that took
GRACE = 5.0  # seconds beyond `seconds` after which a pool that finishes nothing is taken to be stuck
SOON = 1.0  # seconds that documents may wait before another worker is started for them
TRIES = 3  # readers that a document may lose, by what was hardly its own doing, before it is refused


class _GivenUp(Exception):
    """the pool broke before it came to a document, or somebody ended the worker that was at it"""


@dataclass(frozen=True, slots=True, eq=False)
class _Small:
    """A small document, its size in bytes, and who waits for it."""

    task: Task
    size: int
    answer: asyncio.Future[Feed]


class Readers:
    """Up to `workers` processes: one more whenever documents have waited for `soon` seconds. One document may take `seconds`. Close it in
    the end, which is quick: it does not wait for work."""

    def __init__(self, workers: int | None = None, seconds: float = 30.0, soon: float = SOON) -> None:
        self.workers = workers or min(4, os.cpu_count() or 1)
        self.seconds, self.soon = seconds, soon
        self._pool: ProcessPool | None = None
        self._closed = False
        self._large = asyncio.Semaphore(1)
        self._small: deque[_Small] = deque()
        self._trips: set[asyncio.Task[None]] = set()
        self._returning: asyncio.TimerHandle | None = None
        self._given = self._newest = 0  # documents are numbered as they are given to workers, which take them in that order
        self._waiting = 0
        self._started, self._started_at = 0, 0.0  # workers of this pool, and when the last of them was
        self._moved = 0.0  # when the pool last finished something, or got something to do after nothing

    async def read(
        self,
        document: Document,
        hints: Hints,
        known: Mapping[str, str] | None = None,
        articles: Mapping[str, Document] | None = None,
        reference: datetime | None = None,
    ) -> Feed:
        """`feeds.read.read` in a worker. Raises its FeedError, or Refused when the worker ran out of time or memory or died."""
        size = len(document.body) + sum(len(each.body) for each in (articles or {}).values())
        if size > LARGEST:
            raise Refused(f"{size:,} bytes are more than is read at once")
        if size > LARGE and not self._returning:
            # Its entries are recorded by then, and the document itself is gone.
            self._returning = asyncio.get_running_loop().call_later(RETURN, self._return)
        task = (document, hints, known, articles, reference)
        if size <= SMALL:
            small = _Small(task, size, asyncio.get_running_loop().create_future())
            self._small.append(small)
            self._send()
            return await small.answer
        async with self._large if size > LARGE else nullcontext():
            return await self._alone(task)

    def _send(self) -> None:
        """Small documents on their way, as long as workers can have something to do; the longer the queue, the more of them together."""
        while self._small and len(self._trips) < 2 * self.workers:
            batch, size = [self._small.popleft()], 0
            while self._small and (size := size + batch[-1].size) + self._small[0].size <= TOGETHER:
                batch.append(self._small.popleft())
            trip = asyncio.create_task(self._together(batch))
            self._trips.add(trip)
            trip.add_done_callback(self._back)

    def _back(self, trip: asyncio.Task[None]) -> None:
        self._trips.discard(trip)
        self._send()

    async def _together(self, batch: Sequence[_Small]) -> None:
        """Each gets its answer; whatever happens on the common trip, each is then tried by itself. Never raises."""
        there = [small for small in batch if not small.answer.done()]
        if len(there) > 1:
            try:
                feeds = await self._read([small.task for small in there], min(self.seconds, QUICK))
            except (FeedError, BrokenProcessPool, _GivenUp):
                pass  # one of them was poisonous, or none
            else:
                for small, feed in zip(there, feeds, strict=True):
                    _answer(small.answer, feed)
        await asyncio.gather(*(self._by_itself(small) for small in there if not small.answer.done()))

    async def _by_itself(self, small: _Small) -> None:
        reading = asyncio.ensure_future(self._alone(small.task))
        small.answer.add_done_callback(lambda _: reading.cancel())  # whoever goes away takes it along
        await asyncio.wait({reading})
        if not reading.cancelled():
            _answer(small.answer, reading.exception() or reading.result())

    async def _alone(self, task: Task) -> Feed:
        for _ in range(TRIES):
            try:
                (found,) = await self._read([task], self.seconds)
            except (BrokenProcessPool, _GivenUp):
                continue
            if isinstance(found, FeedError):
                raise found
            return found
        raise Refused(f"its reader was lost {TRIES} times, before it was read or while it was")

    async def _read(self, tasks: list[Task], seconds: float) -> list[Feed | FeedError]:
        from pebble import ProcessExpired

        pool = self._start()
        try:
            future: ProcessFuture[list[Feed | FeedError]] = pool.schedule(
                read_all,  # type: ignore[arg-type]  # a parcel comes out as a list
                args=(Parcel(tasks),),
                timeout=seconds,
            )
        except RuntimeError as error:  # it broke in this very moment
            raise _GivenUp from error
        self._given += 1
        try:
            answers = await self._result(pool, future, self._given)
            found = list(answers)
            answers.clear()  # the pool remembers these too
            return found
        except (FeedError, BrokenProcessPool, _GivenUp):
            raise
        except OutOfTime as error:
            raise Refused(f"reading it took longer than {seconds:g} s") from error
        except MemoryError as error:
            raise Refused(f"reading it took more than {MEMORY >> 20} MiB of memory") from error
        except ProcessExpired as error:
            if error.exitcode in (-signal.SIGTERM, -signal.SIGKILL):
                # No document does that. Service managers and operators do, and a system out of memory, which takes whom it finds: what a
                # document itself may take is bounded.
                raise _GivenUp from error
            raise Refused(f"reading it ended the reader (exit code {error.exitcode})") from error
        except Exception as error:  # the isolation boundary: a fault in a reader is a fault of this one document
            raise Refused(f"the reader failed on it ({said(error)})") from error

    async def _result(self, pool: ProcessPool, future: ProcessFuture[list[Feed | FeedError]], number: int) -> list[Feed | FeedError]:
        """What comes back; but the pool itself does not notice when a worker dies over taking a document, or holding the way to all."""
        clock, patience = asyncio.get_running_loop().time, self.seconds + GRACE
        given = clock()
        waiting = asyncio.wrap_future(future)
        if not self._waiting:
            self._moved = given
        self._waiting += 1
        try:
            while not (await asyncio.wait({waiting}, timeout=self.soon))[0]:
                if self._pool is not pool:
                    raise _GivenUp
                self._add_worker(pool)
                if clock() - given < patience:
                    continue
                if clock() - self._moved > patience:
                    self._give_up(pool)
                    raise _GivenUp
                if not future.running() and self._newest > number:
                    raise Refused("reading it ended the reader before it began")
            self._moved, self._newest = clock(), max(self._newest, number)
            return waiting.result()
        finally:
            self._waiting -= 1
            waiting.cancel()  # when whoever waited is gone: a worker that is at it is ended

    def _start(self) -> ProcessPool:
        if self._closed:
            raise _GivenUp
        if self._pool is not None and not self._pool.active:
            self._give_up(self._pool)
        if self._pool is None:
            from pebble import ProcessPool  # with the first document: often no source has a new one

            # Workers begin afresh: this process has threads and an event loop, which a fork would tear.
            context = multiprocessing.get_context("spawn")
            _be_modest()
            # The mask goes from here to pebble's threads and from them to the workers: Ctrl-C and a closed terminal are ours to answer,
            # never theirs, not even while they are still importing.
            ours = {signal.SIGINT, signal.SIGHUP}
            before = signal.pthread_sigmask(signal.SIG_BLOCK, ours)
            try:
                _start_tracker()
                signal.pthread_sigmask(signal.SIG_BLOCK, ours)  # its start lets Ctrl-C through again
                self._pool = ProcessPool(max_workers=1, context=context, initializer=settle_in)
                self._pool.active  # noqa: B018 - asking starts it
            finally:
                signal.pthread_sigmask(signal.SIG_SETMASK, before)
            self._started, self._started_at = 1, asyncio.get_running_loop().time()
        return self._pool

    def _add_worker(self, pool: ProcessPool) -> None:
        """One more, where more documents are to be read than there are workers, and those that there are had time to start."""
        now = asyncio.get_running_loop().time()
        if self._started < min(self.workers, self._waiting) and now - self._started_at >= self.soon:
            self._started, self._started_at = self._started + 1, now
            # The pool replaces workers that ended until there are so many. It has no public way to be told another number.
            pool._pool_manager.worker_manager.workers_number = self._started

    def _return(self) -> None:
        self._returning = None
        give_back()

    def _give_up(self, pool: ProcessPool) -> None:
        """Its threads may be stuck with it, so nobody waits for its end."""
        if self._pool is pool:
            self._pool = None
        threading.Thread(target=_end, args=(pool,), name="end a broken pool", daemon=True).start()

    def close(self) -> None:
        self._closed = True
        if self._returning is not None:
            self._returning.cancel()
        for trip in self._trips:
            trip.remove_done_callback(self._back)
            trip.cancel()
        if self._pool is not None:
            _end(self._pool)
            self._pool = None


def _answer(waiting: asyncio.Future[Feed], said: Feed | BaseException) -> None:
    if waiting.done():
        return
    if isinstance(said, Feed):
        waiting.set_result(said)
    else:
        waiting.set_exception(said)


def _end(pool: ProcessPool) -> None:
    pool.stop()  # type: ignore[no-untyped-call]
    pool.join()


def _be_modest() -> None:
    """Workers would run this program's main script again for what it defines. They need nothing of it, and it imports a lot."""
    main = sys.modules["__main__"]
    if getattr(main, "__spec__", None) is None:
        main.__spec__ = ModuleSpec("haihe.__main__", None)  # main modules of packages are left alone


def _start_tracker() -> None:
    """The process in which multiprocessing remembers what to clear away after us. When we are killed it would speak of leaks, which it then
    mends."""
    from multiprocessing import resource_tracker

    quiet = "ignore:resource_tracker"
    sys.warnoptions.append(quiet)
    try:
        resource_tracker.ensure_running()
    finally:
        sys.warnoptions.remove(quiet)
