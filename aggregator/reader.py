"""What goes on in a worker of `aggregator.pool`: documents in, feeds or what is said of them out, until the parent is gone."""

from __future__ import annotations

import gc
import multiprocessing
import os
import resource
import signal
import threading
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Generic, TypeVar

from aggregator.heap import RESTING, give_back, keep_going, keep_little
from feeds.errors import FeedError, Refused
from feeds.records import Document, Feed, Hints

MEMORY = 512 * 1024 * 1024  # bytes of address space a worker
SMALL = 256 * 1024  # bytes: of these, what waits for a worker goes to it together, for each trip costs as much as reading ten kilobytes
# Bytes that it may keep from one small document to the next: to give back takes a tenth of the time in which one is read.
WORKING = 96 * 1024 * 1024
WATCH_EVERY = 0.5  # seconds between looks at the parent
BUSY = 0.1  # seconds of work between two looks that make it one that has something to do

Task = tuple[Document, Hints, Mapping[str, str] | None, Mapping[str, Document] | None, datetime | None]
Given = TypeVar("Given")


class Parcel(Generic[Given]):
    """A list that goes to another process, once. The pool remembers the last task that it sent, and a worker the last one that it had,
    until the next one comes: neither shall hold a document so long."""

    def __init__(self, content: list[Given]) -> None:
        self._content = content

    def __reduce__(self) -> tuple[type[list[Given]], tuple[list[Given]]]:
        content, self._content = self._content, []
        return list, (content,)


def settle_in() -> None:
    """Memory is bounded, and no parent means no work."""
    # The pool would have Python answer it, with an exit code that says nothing of a signal, and only once a library gives it a turn.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    keep_little()
    gc.disable()  # nothing of what a start makes is garbage
    import feeds.read  # noqa: F401 - ready before the first document comes

    gc.enable()
    keep_going()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    # Whom it is of it was told as it was started: by now that one may be gone, and init in its place, which never ends.
    if (parent := multiprocessing.parent_process()) is not None:
        threading.Thread(target=_watch, args=(parent.pid,), name="watch the parent", daemon=True).start()


def _watch(parent: int) -> None:
    spent = given_back_at = 0.0  # seconds of work
    while os.getppid() == parent:
        threading.Event().wait(WATCH_EVERY)
        before, spent = spent, time.process_time()
        if spent - before < BUSY <= spent - given_back_at:  # what was found has gone over by now
            give_back()
            given_back_at = spent = time.process_time()
    os._exit(0)


def _read(
    document: Document, hints: Hints, known: Mapping[str, str] | None, articles: Mapping[str, Document] | None, reference: datetime | None
) -> Feed:
    """The readers and their libraries are imported here: the parent, which imports this module, never holds them."""
    from feeds.read import read

    try:
        return read(document, hints, known, articles, reference=reference)
    except (FeedError, MemoryError):
        raise
    except Exception as error:
        # Not every error survives the way back, and one that does not would break the pool.
        raise Refused(f"the reader failed on it ({said(error)})") from None
    finally:
        give_back(WORKING if len(document.body) <= SMALL else RESTING)


def read_all(tasks: list[Task]) -> Parcel[Feed | FeedError]:
    """Documents, each with its own end. What ends the worker, or takes its memory, ends them all."""
    tasks.reverse()
    return Parcel([_read_or_say(tasks.pop()) for _ in range(len(tasks))])


def _read_or_say(task: Task) -> Feed | FeedError:
    try:
        return _read(*task)
    except FeedError as error:
        return error


def said(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
