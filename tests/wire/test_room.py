"""Large bodies come into memory a few at a time, and waiting for that costs no pull its deadline."""

from __future__ import annotations

import asyncio
import gzip

from aggregator.wire.room import BODIES, LARGE

BODY = bytes(3 * LARGE)


def test_large_bodies_are_in_memory_a_few_at_a_time_and_small_ones_pass_them(net, run):
    async def story() -> None:
        replies = {
            "/plain": net.answer(BODY),
            "/packed": net.answer(gzip.compress(BODY), Content_Encoding="gzip"),
            "/small": net.answer(b"small"),
        }
        held = most = 0
        leave = asyncio.Event()

        async def pull(path: str) -> None:
            nonlocal held, most
            got = await wire.get(script.base + path)
            assert got.body == BODY
            held += 1
            most = max(most, held)
            await leave.wait()  # as long as it is read and kept
            held -= 1

        async with net.scripted(replies) as script, net.wired(per_host=16, timeout=1.0) as wire:
            pulls = [asyncio.create_task(pull(path)) for path in ["/plain", "/packed"] * 4]
            while held < BODIES:
                await asyncio.sleep(0.01)
            await asyncio.sleep(1.2)  # longer than a pull may take
            assert (await wire.get(script.base + "/small")).body == b"small"
            assert not any(one.done() for one in pulls)
            leave.set()
            await asyncio.gather(*pulls)
        assert most == BODIES

    run(story())


def test_a_pull_that_takes_several_large_documents_waits_once(net, run):
    async def story() -> None:
        async with net.scripted({"/plain": net.answer(BODY)}) as script, net.wired() as wire:

            async def pull() -> int:
                return sum([len((await wire.get(script.base + "/plain")).body) for _ in range(4)])

            assert await asyncio.gather(*(pull() for _ in range(3))) == [4 * len(BODY)] * 3

    run(story())
