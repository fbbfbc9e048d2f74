"""The one thread that writes what pulls bring: whoever waits for it goes on with other sources while the database is busy, and what
comes in within a few milliseconds goes into one transaction.

A transaction that fails with several sources in it is taken back, and each is written by itself: one that cannot be kept costs itself
alone."""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Self, cast

from sqlalchemy import Connection

from aggregator.errors import HaiheError
from aggregator.records import NextPull, Placed, Pulled, Recorded, Unchanged
from aggregator.store import record, schedule
from aggregator.store.engine import Database
from aggregator.store.record import Brought
from aggregator.store.schedule import Fail, Rest
from feeds.errors import FeedError

GATHER = 0.02  # seconds in which what comes in goes along: a transaction of its own costs as much as what one feed brings
MOST = 200  # sources in one transaction: others wait for its end


@dataclass(frozen=True, slots=True, eq=False)
class _End:
    """How one source's pull ended, and who waits until that is kept."""

    what: Rest | Fail | Brought
    waiting: asyncio.Future[Recorded | None]


class Writer:
    """`rest`, `fail` and `record` are those of `Store`, and return once they are committed. An asynchronous context manager; at its end
    what was given to it is written."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._ends: queue.SimpleQueue[_End | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="write", daemon=True)
        self._turns = count()

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        self._thread.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._ends.put(None)
        await asyncio.to_thread(self._thread.join)

    async def rest(self, key: str, unchanged: Unchanged, next_pull: NextPull, now: datetime) -> None:
        await self._kept(Rest(key, unchanged, next_pull, now))

    async def fail(self, key: str, error: HaiheError | FeedError, next_pull: NextPull, now: datetime) -> None:
        await self._kept(Fail(key, error, next_pull, now))

    async def record(
        self,
        key: str,
        pulled: Pulled,
        feed_notes: tuple[str, ...],
        placed: Sequence[Placed],
        next_pull: NextPull,
        now: datetime,
        *,
        same: int = 0,
    ) -> Recorded:
        brought = Brought(key, pulled, feed_notes, placed, next_pull, _own(now, next(self._turns)), same)
        return cast("Recorded", await self._kept(brought))

    async def _kept(self, what: Rest | Fail | Brought) -> Recorded | None:
        end = _End(what, self._loop.create_future())
        self._ends.put(end)
        return await end.waiting

    # -- in the thread -------------------------------------------------------------------------------------------------------------

    def _work(self) -> None:
        busy = False
        while (first := self._ends.get()) is not None:
            if busy:  # where one comes after the other there is nothing to wait for
                time.sleep(GATHER)
            ends = [first, *self._others()]
            busy = len(ends) > 1
            # Whoever went away meanwhile (a pull that was given up) is pulled again.
            ready = [end for end in ends if not end.waiting.cancelled()]
            if ready:
                self._tell(ready, self._keep(ready))
            del first, ends, ready  # what was brought is not kept in memory until more comes

    def _others(self) -> Iterator[_End]:
        """What else is there by now."""
        for _ in range(MOST):
            try:
                end = self._ends.get_nowait()
            except queue.Empty:
                return
            if end is None:
                self._ends.put(None)
                return
            yield end

    def _keep(self, ends: Sequence[_End]) -> list[Recorded | Exception | None]:
        """What becomes of each: its result, or the error that it ends with."""
        if len(ends) > len({end.what.key for end in ends}):
            return [answer for end in ends for answer in self._keep([end])]  # a source comes once in a transaction
        begun = False
        try:
            with self._database.write() as connection:
                begun = True
                return [*_write(connection, ends)]
        except Exception as error:
            if len(ends) == 1 or not begun:  # a database that cannot be written would be waited for again and again
                return [error] * len(ends)
        return [answer for end in ends for answer in self._keep([end])]

    def _tell(self, ends: Sequence[_End], answers: Sequence[Recorded | Exception | None]) -> None:
        with suppress(RuntimeError):  # the loop has ended, and with it whoever waited
            self._loop.call_soon_threadsafe(_settle, ends, answers)


def _write(connection: Connection, ends: Sequence[_End]) -> Sequence[Recorded | None]:
    schedule.rest(connection, [end.what for end in ends if isinstance(end.what, Rest)])
    schedule.fail(connection, [end.what for end in ends if isinstance(end.what, Fail)])
    brought = [end.what for end in ends if isinstance(end.what, Brought)]
    recorded = dict(zip((one.key for one in brought), record.record(connection, brought), strict=True)) if brought else {}
    return [recorded.get(end.what.key) for end in ends]


def _settle(ends: Sequence[_End], answers: Sequence[Recorded | Exception | None]) -> None:
    for end, answer in zip(ends, answers, strict=True):
        if end.waiting.cancelled():
            continue
        if isinstance(answer, Exception):
            end.waiting.set_exception(answer)
        else:
            end.waiting.set_result(answer)


def _own(now: datetime, turn: int) -> datetime:
    """The same millisecond, in microseconds that no other of a thousand pulls has. The entries of one pull are a millisecond apart; like
    this those of several share no `updated` either, which readers take for the mark of a revision."""
    return now.replace(microsecond=now.microsecond // 1000 * 1000 + turn % 1000)
