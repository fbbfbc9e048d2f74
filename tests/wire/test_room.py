"""What large bodies take together is bounded, whoever sends them however slowly, and waiting for that costs no pull its deadline."""

from __future__ import annotations

import asyncio
import gzip

from aggregator.wire.room import ROOM, Room
from aggregator.wire.spool import LARGE

BODY = bytes(ROOM // 3 + 1)  # of these there is room for two
TWO = 2


def test_large_bodies_are_in_memory_a_few_at_a_time_and_small_ones_pass_them(net, run):
    async def story() -> None:
        replies = {
            "/plain": net.answer(BODY),
            "/packed": net.answer(gzip.compress(BODY), Content_Encoding="gzip"),
            "/small": net.answer(b"small"),
        }
        held = most = 0
        leave, full = asyncio.Event(), asyncio.Event()

        async def pull(path: str) -> None:
            nonlocal held, most
            got = await wire.get(script.base + path)
            assert got.body == BODY
            held += 1
            most = max(most, held)
            if held == TWO:
                full.set()
            await leave.wait()  # as long as it is read and kept
            held -= 1

        async with net.scripted(replies) as script, net.wired(per_host=16, timeout=2.0) as wire:
            pulls = [asyncio.create_task(pull(path)) for path in ["/plain", "/packed"] * 4]
            await full.wait()
            await asyncio.sleep(2.2)  # longer than a pull may take
            assert (await wire.get(script.base + "/small")).body == b"small"
            assert not any(one.done() for one in pulls)
            leave.set()
            await asyncio.gather(*pulls)
        assert most == TWO

    run(story())


def test_a_pull_that_takes_several_large_documents_waits_once(net, run):
    async def story() -> None:
        async with net.scripted({"/plain": net.answer(BODY)}) as script, net.wired() as wire:

            async def pull() -> int:
                return sum([len((await wire.get(script.base + "/plain")).body) for _ in range(4)])

            assert await asyncio.gather(*(pull() for _ in range(3))) == [4 * len(BODY)] * 3

    run(story())


def test_those_that_never_end_keep_no_other_large_body_waiting(net, run):
    """Ten senders that stop in the middle of what would fill the room several times over."""

    async def story() -> None:
        stuck, begun = asyncio.Event(), 0

        async def hang(writer: asyncio.StreamWriter) -> None:
            nonlocal begun
            writer.write(net.answer(BODY)[: 2 * LARGE])
            await writer.drain()
            begun += 1
            await stuck.wait()

        async with net.scripted({"/hang": hang, "/plain": net.answer(BODY)}) as script, net.wired(per_host=16, timeout=60.0) as wire:
            hanging = [asyncio.create_task(wire.get(script.base + "/hang")) for _ in range(10)]
            while begun < len(hanging):
                await asyncio.sleep(0.01)
            assert (await wire.get(script.base + "/plain")).body == BODY
            assert not any(one.done() for one in hanging)
            stuck.set()
            for one in hanging:
                one.cancel()
            await asyncio.gather(*hanging, return_exceptions=True)

    run(story())


def test_a_large_one_is_not_passed_for_ever_and_who_gives_up_leaves_no_gap(run):
    async def story() -> None:
        room, order = Room(10), []

        async def visit(name: str, size: int, leave: asyncio.Event) -> None:
            await room.enter(size)
            order.append(name)
            await leave.wait()

        first, rest = asyncio.Event(), asyncio.Event()
        one = asyncio.create_task(visit("one", 4, first))
        await asyncio.sleep(0)
        large = asyncio.create_task(visit("large", 99, rest))  # more than there is: it gets all of it
        gone = asyncio.create_task(visit("gone", 10, rest))
        small = asyncio.create_task(visit("small", 1, rest))
        for _ in range(5):
            await asyncio.sleep(0)
        assert order == ["one"]
        gone.cancel()
        first.set()
        while "large" not in order:
            await asyncio.sleep(0)
        assert order == ["one", "large"]
        rest.set()
        await asyncio.gather(one, large, small)
        assert order == ["one", "large", "small"]
        await asyncio.wait({asyncio.create_task(visit("after", 10, rest))})
        assert order[-1] == "after"

    run(story())
