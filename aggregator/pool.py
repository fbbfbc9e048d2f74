"""The one home of pebble: documents are read in worker processes, so that a poisonous one costs itself alone.

A worker that hangs is killed after `seconds`, one that grows is stopped by its memory limit, one that crashes is replaced; whatever
else waits goes on. Workers start when the first document comes, and end themselves when their parent is gone.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import resource
import signal
import threading
from collections.abc import Mapping
from concurrent.futures import CancelledError
from concurrent.futures import TimeoutError as OutOfTime
from datetime import datetime

from pebble import ProcessExpired, ProcessPool

from feeds.errors import FeedError, Refused
from feeds.records import Document, Feed, Hints

MEMORY = 1024 * 1024 * 1024  # bytes of address space a worker
WATCH_EVERY = 0.5  # seconds between looks at the parent


class Readers:
    """`workers` processes; `seconds` is what one document may take. Close it in the end (`close` is quick: it does not wait for work)."""

    def __init__(self, workers: int | None = None, seconds: float = 30.0) -> None:
        self.workers = workers or min(4, os.cpu_count() or 1)
        self.seconds = seconds
        self._pool: ProcessPool | None = None

    async def read(
        self,
        document: Document,
        hints: Hints,
        known: Mapping[str, str] | None = None,
        articles: Mapping[str, Document] | None = None,
        reference: datetime | None = None,
    ) -> Feed:
        """`feeds.read.read` in a worker. Raises its FeedError, or Refused when the worker ran out of time or memory or died."""
        future = self._start().schedule(_read, args=(document, hints, known, articles, reference), timeout=self.seconds)
        try:
            feed: Feed = await asyncio.wrap_future(future)
        except (FeedError, CancelledError, asyncio.CancelledError):
            raise
        except OutOfTime as error:
            raise Refused(f"reading it took longer than {self.seconds:g} s") from error
        except MemoryError as error:
            raise Refused(f"reading it took more than {MEMORY >> 20} MiB of memory") from error
        except ProcessExpired as error:
            raise Refused(f"reading it ended the reader (exit code {error.exitcode})") from error
        except Exception as error:  # the isolation boundary: a fault in a reader is a fault of this one document
            raise Refused(f"the reader failed on it ({type(error).__name__}: {error})") from error
        return feed

    def _start(self) -> ProcessPool:
        if self._pool is None:
            # Workers begin afresh: this process has threads and an event loop, which a fork would tear.
            context = multiprocessing.get_context("spawn")
            # The mask goes from here to pebble's threads and from them to the workers: Ctrl-C and a closed terminal are ours to answer,
            # never theirs, not even while they are still importing.
            before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGHUP})
            try:
                self._pool = ProcessPool(max_workers=self.workers, context=context, initializer=_settle_in)
                self._pool.active  # noqa: B018 - asking starts it
            finally:
                signal.pthread_sigmask(signal.SIG_SETMASK, before)
        return self._pool

    def close(self) -> None:
        if self._pool is not None:
            self._pool.stop()  # type: ignore[no-untyped-call]
            self._pool.join()
            self._pool = None


def _read(
    document: Document, hints: Hints, known: Mapping[str, str] | None, articles: Mapping[str, Document] | None, reference: datetime | None
) -> Feed:
    """In the worker. The readers and their libraries are imported here, so that this process never holds them."""
    from feeds.read import read

    return read(document, hints, known, articles, reference=reference)


def _settle_in() -> None:
    """In the worker: memory is bounded, and no parent means no work."""
    import feeds.read  # noqa: F401 - ready before the first document comes

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    threading.Thread(target=_watch, args=(os.getppid(),), name="watch the parent", daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        threading.Event().wait(WATCH_EVERY)
    os._exit(0)
