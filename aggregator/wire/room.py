"""What large bodies take together is bounded: each is in memory until the task that asked for it has ended, for by then it is read and
kept, and comes in only when there is room."""

from __future__ import annotations

import asyncio

ROOM = 12 * 1024 * 1024  # bytes


class Room:
    """Waiting for it costs no memory: a body that waits lies in its `Spool`."""

    def __init__(self, size: int = ROOM) -> None:
        self._size = self._free = size
        self._first = asyncio.Lock()
        self._left = asyncio.Event()
        self._inside: dict[asyncio.Task[object], int] = {}

    async def enter(self, size: int) -> None:
        """Once a task, until it leaves: the documents of one pull come one after the other. More than there is at all gets all of it."""
        task = asyncio.current_task()
        if task is None or task in self._inside:
            return
        size = min(size, self._size)
        async with self._first:  # in the order in which they came, so that small ones do not pass a large one for ever
            while self._free < size:
                self._left.clear()
                await self._left.wait()
            self._free -= size
            self._inside[task] = size
        task.add_done_callback(self._leave)

    def leave(self) -> None:
        """Before the task ends, since it holds none of what it came in with."""
        if (task := asyncio.current_task()) is not None:
            self._leave(task)

    def _leave(self, task: asyncio.Task[object]) -> None:
        task.remove_done_callback(self._leave)
        self._free += self._inside.pop(task, 0)
        self._left.set()
