"""One tick: give back what is finished, claim what is due, start it, publish what changed. It knows no stage; it is given callables."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field

from aggregator.records import Known

log = logging.getLogger("haihe.run")


@dataclass(slots=True, kw_only=True)
class Ticker:
    """`claim(n)` hands out at most n sources that are due; `work` refreshes one; `publish` renders what changed (in a thread: it is
    CPU work, and the wire should not wait for it); `release` gives claimed sources back; `look` is for whatever else needs a look."""

    claim: Callable[[int], Sequence[Known]]
    work: Callable[[Known], Awaitable[None]]
    publish: Callable[[], Iterable[str]]
    release: Callable[[Sequence[str]], None]
    at_once: int
    look: Callable[[], None]
    _tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _publishing: asyncio.Task[None] | None = None

    async def tick(self) -> None:
        """Never raises: an error here is said, and the next tick tries again."""
        self.look()
        try:
            free = self.at_once - len(self._tasks)
            for known in self.claim(free) if free > 0 else ():
                self._tasks[known.key] = asyncio.create_task(self._work(known), name=f"refresh {known.key}")
        except Exception:
            log.exception("the sources that are due could not be claimed; trying again")
        if self._publishing is None or self._publishing.done():
            self._publishing = asyncio.create_task(self._publish(), name="publish")
        await asyncio.sleep(0)

    async def _work(self, known: Known) -> None:
        try:
            await self.work(known)
        except Exception:
            # Ours, not the upstream's: the lease is kept, so that a fault which repeats does not repeat every second.
            log.exception("%s: refreshing it failed inside haihe; trying again when its lease ends", known.key)
        finally:
            self._tasks.pop(known.key, None)

    async def _publish(self) -> None:
        try:
            for section in await asyncio.to_thread(lambda: tuple(self.publish())):
                log.info("published %s", section)
        except Exception:
            log.exception("publishing failed; what was published last stays up")

    async def close(self, patience: float) -> None:
        """Let what is in flight finish for `patience` seconds, then cancel it and give it back."""
        running = dict(self._tasks)
        if running:
            await asyncio.wait(running.values(), timeout=patience)
        left = [key for key, task in running.items() if not task.done()]
        for key in left:
            running[key].cancel()
        await asyncio.gather(*running.values(), return_exceptions=True)
        if self._publishing:
            await asyncio.gather(self._publishing, return_exceptions=True)
        if left:
            self.release(left)
