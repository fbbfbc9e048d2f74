"""Large bodies are in memory a few at a time, each until the task that asked for it has ended: by then it is read and kept."""

from __future__ import annotations

import asyncio

LARGE = 1024 * 1024  # bytes; below that, what all pulls hold together is little
BODIES = 2


class Room:
    """Waiting for it costs no memory: what comes over the wire meanwhile stays with the sender (TCP's own flow control)."""

    def __init__(self, bodies: int = BODIES) -> None:
        self._slots = asyncio.Semaphore(bodies)
        self._inside: set[asyncio.Task[object]] = set()

    async def enter(self) -> None:
        """Once a task: the documents of one pull come one after the other."""
        task = asyncio.current_task()
        if task is None or task in self._inside:
            return
        await self._slots.acquire()
        self._inside.add(task)
        task.add_done_callback(self._leave)

    def _leave(self, task: asyncio.Task[object]) -> None:
        self._inside.discard(task)
        self._slots.release()
