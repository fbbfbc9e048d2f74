"""A picture for whoever asks: from the cabinet, else fetched once for all, a few at a time, so that slow hosts never take all the threads
that pages and feeds are answered by. What cannot be had is remembered for some minutes."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future

from aggregator.errors import PullError
from aggregator.serve.pictures.cabinet import Cabinet
from aggregator.serve.pictures.look import look

AGAIN = 300.0  # seconds in which what failed is not tried again
REMEMBERED = 5000  # failures

Fetch = Callable[[str], tuple[int, bytes]]  # an address -> status and body; raises PullError


class NoPicture(Exception):
    """it cannot be had; `status` is for who asked"""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Busy(Exception):
    """as many wait already as may"""


class Studio:
    """`at_once` threads may wait for hosts."""

    def __init__(self, fetch: Fetch, cabinet: Cabinet, at_once: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._fetch, self._cabinet, self._clock = fetch, cabinet, clock
        self._free = threading.BoundedSemaphore(at_once)
        self._lock = threading.Lock()
        self._coming: dict[str, Future[bytes]] = {}
        self._failed: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def picture(self, address: str) -> bytes:
        """Raises NoPicture or Busy."""
        if (kept := self._cabinet.find(address)) is not None:
            return kept
        if not self._free.acquire(blocking=False):
            raise Busy
        try:
            return self._wait(address)
        finally:
            self._free.release()

    def _wait(self, address: str) -> bytes:
        with self._lock:
            until, status = self._failed.get(address, (0.0, 0))
            if self._clock() < until:
                raise NoPicture(status)
            coming = self._coming.get(address)
            mine = coming is None
            if coming is None:
                coming = self._coming[address] = Future()
        if mine:
            try:
                coming.set_result(self._bring(address))
            except BaseException as error:
                coming.set_exception(error)
            finally:
                with self._lock:
                    self._coming.pop(address, None)
        return coming.result()

    def _bring(self, address: str) -> bytes:
        if (kept := self._cabinet.find(address)) is not None:  # somebody brought it between our look and our turn
            return kept
        try:
            status, body = self._fetch(address)
        except PullError:
            raise self._no(address, 502) from None
        found = look(body) if status == 200 else None
        if found is None or not found.fits:
            raise self._no(address, 502 if status >= 500 else 404)
        self._cabinet.keep(address, body)
        return body

    def _no(self, address: str, status: int) -> NoPicture:
        with self._lock:
            self._failed[address] = (self._clock() + AGAIN, status)
            while len(self._failed) > REMEMBERED:
                self._failed.popitem(last=False)
        return NoPicture(status)
