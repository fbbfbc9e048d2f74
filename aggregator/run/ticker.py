"""One tick: give back what is finished, claim what is due, start it, publish what changed. It knows no stage; it is given callables."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass, field

from aggregator.errors import StoreError
from aggregator.records import Known
from aggregator.run.trouble import Trouble

log = logging.getLogger("haihe.run")


@dataclass(slots=True, kw_only=True)
class Ticker:
    """`claim(n)` hands out at most n sources that are due; `work` refreshes one; `publish` renders what changed; `release` gives claimed
    sources back; `look` is for whatever else needs a look.

    `claim`, `publish` and `release` run in threads: a database that is held by another makes them wait for seconds, and the wire, the
    signals and the clock should not wait with them."""

    claim: Callable[[int], Sequence[Known]]
    work: Callable[[Known], Awaitable[None]]
    publish: Callable[[], Iterable[str]]
    release: Callable[[Sequence[str]], None]
    at_once: int
    look: Callable[[], None]
    _tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _claiming: asyncio.Task[None] | None = None
    _publishing: asyncio.Task[None] | None = None
    _closing: bool = False
    _unkept: dict[str, int] = field(default_factory=dict)  # key -> how often in a row what it brought could not be kept
    _back: set[str] = field(default_factory=set)  # claimed, and to be given back
    _claims: Trouble = field(default_factory=lambda: Trouble("what is due cannot be claimed; trying again"))
    _ends: Trouble = field(default_factory=lambda: Trouble("what was pulled cannot be kept; it is pulled again"))
    _prints: Trouble = field(default_factory=lambda: Trouble("publishing failed; what was published last stays up"))

    async def tick(self) -> None:
        """Never raises: an error here is said, and the next tick tries again."""
        try:
            self.look()
        except Exception:
            log.exception("looking after the others failed; trying again")
        self._claiming = self._unless_under_way(self._claiming, self._claim, self._ends, "claim")
        self._publishing = self._unless_under_way(self._publishing, self._publish, self._prints, "publish")
        await asyncio.sleep(0)

    def _unless_under_way(
        self, task: asyncio.Task[None] | None, begin: Callable[[], Coroutine[None, None, None]], trouble: Trouble, name: str
    ) -> asyncio.Task[None] | None:
        if self._closing or trouble.resting or (task is not None and not task.done()):
            return task
        return asyncio.create_task(begin(), name=name)

    async def _claim(self) -> None:
        # While nothing that is pulled can be kept one source is enough to try with: upstreams are not asked for nothing.
        free = min(self.at_once - len(self._tasks), 1 if self._ends.lasts else self.at_once)
        if free <= 0:
            return
        try:
            await self._give_back()
            taken = await asyncio.to_thread(self.claim, free)
        except Exception as error:
            self._claims.failed(error)
            return
        self._claims.fine()
        if self._closing:
            self._back.update(known.key for known in taken)
            return
        for known in taken:
            if known.key not in self._tasks:
                self._tasks[known.key] = asyncio.create_task(self._work(known), name=f"refresh {known.key}")

    async def _give_back(self) -> None:
        """What could not be kept because of the database is due again once the database works, and one of it while nothing else tells
        whether it does. Not twice in a row: what fails for a reason of its own must not be asked for every second."""
        back = tuple(self._back)[: 1 if self._ends.lasts else None]
        if back:
            await asyncio.to_thread(self.release, back)
            self._back.difference_update(back)

    async def _work(self, known: Known) -> None:
        try:
            await self.work(known)
        except StoreError as error:
            self._ends.failed(error)
            self._unkept[known.key] = self._unkept.get(known.key, 0) + 1
            if self._unkept[known.key] == 1:
                self._back.add(known.key)
        except Exception:
            # Ours, not the upstream's: the lease is kept, so that a fault which repeats does not repeat every second.
            log.exception("%s: refreshing it failed inside haihe; trying again when its lease ends", known.key)
        else:
            self._ends.fine()
            self._unkept.pop(known.key, None)
        finally:
            self._tasks.pop(known.key, None)

    async def _publish(self) -> None:
        try:
            for section in await asyncio.to_thread(lambda: tuple(self.publish())):
                log.info("published %s", section)
        except Exception as error:
            self._prints.failed(error)
        else:
            self._prints.fine()

    async def close(self, patience: float) -> None:
        """Let what is in flight finish for `patience` seconds, then cancel it and give it back."""
        self._closing = True
        running = dict(self._tasks)
        others = [task for task in (self._claiming, self._publishing) if task]
        if running or others:
            await asyncio.wait([*running.values(), *others], timeout=patience)
        self._back.update(key for key, task in running.items() if not task.done())
        for task in running.values():
            task.cancel()
        await asyncio.gather(*running.values(), return_exceptions=True)
        try:
            if self._back:
                await asyncio.to_thread(self.release, tuple(self._back))
        except StoreError as error:
            log.warning("%d sources could not be given back (%s); they are when haihe starts again", len(self._back), error)
