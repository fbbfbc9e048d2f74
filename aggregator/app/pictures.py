"""How a web worker fetches a picture: a wire in a thread of its own, opened when the first one is asked for and not before."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import TimeoutError as TooLong
from typing import TYPE_CHECKING

from aggregator.config import Pull
from aggregator.errors import TimedOut

if TYPE_CHECKING:
    from aggregator.wire import Wire

LARGEST = 8 * 1024 * 1024  # bytes
SECONDS = 10.0  # for one picture with all its redirects
PATIENCE = 15.0  # with the wait for one's turn at its host
PER_HOST = 4
TYPES = "image/avif,image/webp,image/png,image/jpeg,image/gif;q=0.9,*/*;q=0.1"


class Pictures:
    def __init__(self, settings: Pull) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._open: tuple[asyncio.AbstractEventLoop, Wire] | None = None

    def __call__(self, address: str) -> tuple[int, bytes]:
        """Status and body. Raises PullError."""
        loop, wire = self._wire()
        coming = asyncio.run_coroutine_threadsafe(wire.get(address, headers={"Accept": TYPES}, redirects=3), loop)
        try:
            answer = coming.result(PATIENCE)
        except TooLong as error:
            coming.cancel()
            raise TimedOut(f"no picture within {PATIENCE:g} s") from error
        return answer.status, answer.body

    def _wire(self) -> tuple[asyncio.AbstractEventLoop, Wire]:
        with self._lock:
            if self._open is None:
                from aggregator.wire import Guard, Manners, Wire

                loop = asyncio.new_event_loop()
                self._thread = threading.Thread(target=loop.run_forever, name="haihe-pictures", daemon=True)
                self._thread.start()
                agent = self._settings.user_agent
                manners = Manners(user_agent=agent, timeout=SECONDS, max_bytes=LARGEST, per_host=PER_HOST, spacing=0.0)
                wire = Wire(manners, Guard(self._settings.allow_private))
                asyncio.run_coroutine_threadsafe(wire.__aenter__(), loop).result()
                self._open = loop, wire
            return self._open

    def close(self) -> None:
        """Let go of what is open. A web worker ends without."""
        with self._lock:
            if self._open is not None:
                loop, wire = self._open
                asyncio.run_coroutine_threadsafe(wire.__aexit__(), loop).result()
                loop.call_soon_threadsafe(loop.stop)
                self._thread.join()
                loop.close()
                self._open = None
