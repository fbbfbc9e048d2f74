"""The one home of APScheduler: one tick a second, and the table is the schedule (`next_pull_at`), so nothing is lost with the process."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from apscheduler.schedulers.asyncio import AsyncIOScheduler

Tick = Callable[[], Awaitable[None]]
EVERY = 1.0  # seconds between ticks; a tick that is late is run once, not caught up


async def run(tick: Tick, stop: asyncio.Event) -> None:
    """Tick until `stop` is set. A tick never overlaps itself; its errors are its own business (it must not raise)."""

    async def once() -> None:
        with suppress(asyncio.CancelledError):  # the end came in the middle of it, which the scheduler would show as a traceback
            await tick()

    scheduler = AsyncIOScheduler(timezone="UTC")
    # The default grace of one second drops jobs that are late; a tick is never too late to be useful.
    scheduler.add_job(once, "interval", seconds=EVERY, misfire_grace_time=None, coalesce=True, max_instances=1)
    scheduler.start()
    try:
        await tick()
        await stop.wait()
    finally:
        # A job that was handed out and has not begun would be cancelled before it can say so itself: it takes two turns of the loop.
        scheduler.pause()
        for _ in range(3):
            await asyncio.sleep(0)
        scheduler.shutdown(wait=False)
