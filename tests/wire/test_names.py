"""Names that lead to forbidden places: the guard looks at what was resolved, at each connect: no answer of a name server gets past it."""

from __future__ import annotations

import ipaddress
import socket

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from aggregator.errors import Blocked

OURS, CANARY = "127.0.0.5", "127.0.0.1"
ONLY_OURS = (ipaddress.ip_network(f"{OURS}/32"),)


class Names(AbstractResolver):
    """Says the next of `answers` each time, and the last one for ever."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers, self.asked = list(answers), 0

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC) -> list[ResolveResult]:
        found = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        return [
            ResolveResult(hostname=host, host=each, port=port, family=socket.AF_INET6 if ":" in each else socket.AF_INET, proto=0, flags=0)
            for each in found
        ]

    async def close(self) -> None:
        pass


@pytest.mark.parametrize(
    "there", [[CANARY], ["::ffff:127.0.0.1"], ["169.254.169.254"], ["0.0.0.0"], ["64:ff9b::7f00:1"], [CANARY, "10.0.0.1"]]
)
def test_a_name_that_leads_to_a_forbidden_place_is_not_followed(net, run, there):
    async def story() -> None:
        async with net.scripted({"/": net.answer(b"canary")}, CANARY) as canary, net.wired(ONLY_OURS, resolver=Names(there)) as wire:
            port = canary.base.rpartition(":")[2]
            with pytest.raises(Blocked, match=r"rebind\.example is a private or reserved address"):
                await wire.get(f"http://rebind.example:{port}/")
            assert canary.requests == []

    run(story())


def test_a_name_that_leads_to_both_leads_to_what_is_allowed_alone(net, run):
    async def story() -> None:
        async with net.scripted({"/": net.answer(b"ours")}, OURS) as ours:
            port = int(ours.base.rpartition(":")[2])
            with socket.socket() as canary:
                canary.bind((CANARY, port))
                canary.listen()
                canary.settimeout(0)
                async with net.wired(ONLY_OURS, resolver=Names([CANARY, OURS, "::1"])) as wire:
                    assert (await wire.get(f"http://rebind.example:{port}/")).body == b"ours"
                with pytest.raises(BlockingIOError):
                    canary.accept()

    run(story())


def test_a_name_that_changes_its_mind_between_two_requests_is_judged_anew(net, run):
    async def story() -> None:
        names = Names([OURS], [CANARY])
        replies = {"/": net.answer(b"ours"), "/away": net.answer(b"", "302 Found", Location="/")}
        async with net.scripted(replies, OURS) as ours:
            port = ours.base.rpartition(":")[2]
            address = f"http://rebind.example:{port}/"
            async with net.wired(ONLY_OURS, resolver=names) as wire:
                assert (await wire.get(address)).body == b"ours"
            async with net.wired(ONLY_OURS, resolver=names) as wire:
                for path in ("", "away"):
                    with pytest.raises(Blocked):
                        await wire.get(address + path)
            assert [path for path, _ in ours.requests] == ["/"]

    run(story())
