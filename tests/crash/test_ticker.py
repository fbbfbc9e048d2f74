"""The tick while the database fails: nothing raises, little is said, upstreams are left in peace, and nothing claimed is forgotten."""

import asyncio
import itertools
import logging

import pytest

from aggregator.errors import StoreError
from aggregator.records import Known
from aggregator.run.ticker import Ticker
from aggregator.run.trouble import LONGEST_PAUSE, REPEAT, SELDOM, Trouble

FULL = StoreError("the database file x cannot grow, the disk is full: make room")


class Shop:
    """A store of sources by name that can be broken: claims and writes fail then."""

    def __init__(self, *keys: str) -> None:
        self.due = list(keys)
        self.leased: list[str] = []
        self.asked: list[str] = []
        self.kept: list[str] = []
        self.claims_fail = self.writes_fail = False
        self.gate = asyncio.Event()
        self.gate.set()

    def claim(self, most: int) -> list[Known]:
        if self.claims_fail:
            raise FULL
        taken, self.due = self.due[:most], self.due[most:]
        self.leased += taken
        return [Known(key=key) for key in taken]

    async def work(self, known: Known) -> None:
        self.asked.append(known.key)
        await self.gate.wait()
        if self.writes_fail:
            raise FULL
        self.leased.remove(known.key)
        self.kept.append(known.key)

    def release(self, keys) -> None:
        if self.claims_fail:
            raise FULL
        self.leased = [key for key in self.leased if key not in keys]
        self.due = [*keys, *self.due]

    def ticker(self, at_once: int = 4) -> Ticker:
        return Ticker(claim=self.claim, work=self.work, publish=lambda: (), release=self.release, at_once=at_once, look=lambda: None)


async def ticks(ticker: Ticker, number: int) -> None:
    """As the scheduler does, and each to its end; the pauses of a trouble are no matter of time here."""
    for _ in range(number):
        ticker._ends._try_at = ticker._prints._try_at = float("-inf")
        await ticker.tick()
        await asyncio.wait({task for task in (ticker._claiming, ticker._publishing) if task})
        for _ in range(5):
            await asyncio.sleep(0)


def lines(caplog) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == "haihe.run"]


def test_claims_that_fail_are_said_once_and_then_go_on(caplog):
    caplog.set_level(logging.INFO)

    async def work() -> None:
        shop = Shop("a", "b")
        shop.claims_fail = True
        ticker = shop.ticker()
        await ticks(ticker, 20)
        assert lines(caplog) == [f"what is due cannot be claimed; trying again: {FULL}"]
        assert not any(record.exc_info for record in caplog.records)
        shop.claims_fail = False
        await ticks(ticker, 1)
        assert shop.kept == ["a", "b"]
        assert lines(caplog)[1:] == ["what is due cannot be claimed; trying again: it works again, after 0 s"]

    asyncio.run(work())


def test_while_nothing_can_be_kept_one_source_is_enough_to_try_with(caplog):
    async def work() -> None:
        shop = Shop(*(str(number) for number in range(40)))
        shop.writes_fail = True
        ticker = shop.ticker()
        await ticks(ticker, 6)
        assert len(shop.asked) == 4 + 5
        assert len(lines(caplog)) == 1
        shop.writes_fail = False
        await ticks(ticker, 30)
        assert sorted([*shop.kept, *shop.leased], key=int) == [str(number) for number in range(40)]
        assert len(shop.leased) <= 5, "those that were tried with twice"

    asyncio.run(work())


def test_what_fails_for_a_reason_of_its_own_waits_for_its_lease(caplog):
    async def work() -> None:
        shop = Shop("bad", "good")

        async def picky(known: Known) -> None:
            shop.asked.append(known.key)
            if known.key == "bad":
                raise FULL
            shop.leased.remove(known.key)
            shop.due.append(known.key)

        ticker = shop.ticker()
        ticker.work = picky
        await ticks(ticker, 30)
        assert shop.asked.count("bad") == 2
        assert shop.asked.count("good") > 20
        assert shop.leased == ["bad"]

    asyncio.run(work())


def test_while_there_is_nothing_else_one_of_those_that_failed_is_tried(caplog):
    async def work() -> None:
        shop = Shop("a", "b", "c")
        shop.writes_fail = True
        ticker = shop.ticker()
        await ticks(ticker, 2)
        shop.writes_fail = False
        await ticks(ticker, 5)
        assert len(shop.kept) >= 2
        assert sorted([*shop.kept, *shop.leased]) == ["a", "b", "c"]

    asyncio.run(work())


def test_at_the_end_what_hangs_is_given_back(caplog):
    async def work() -> None:
        shop = Shop("a", "b")
        shop.gate.clear()
        ticker = shop.ticker()
        await ticks(ticker, 1)
        await ticker.close(0.01)
        assert shop.leased == []
        assert sorted(shop.due) == ["a", "b"]
        await ticks_after_close(ticker)
        assert sorted(shop.due) == ["a", "b"], "nothing begins after the end"

    asyncio.run(work())


async def ticks_after_close(ticker: Ticker) -> None:
    await ticker.tick()
    await asyncio.sleep(0)


def test_at_the_end_of_a_broken_database_nothing_raises(caplog):
    async def work() -> None:
        shop = Shop("a")
        shop.gate.clear()
        ticker = shop.ticker()
        await ticks(ticker, 1)
        shop.claims_fail = True
        await ticker.close(0.01)
        assert "1 sources could not be given back" in lines(caplog)[-1]

    asyncio.run(work())


def test_a_look_that_fails_ends_nothing(caplog):
    async def work() -> None:
        shop = Shop("a")
        ticker = shop.ticker()
        ticker.look = lambda: 1 / 0
        await ticks(ticker, 1)
        assert shop.kept == ["a"]

    asyncio.run(work())


def test_a_trouble_is_repeated_seldom(caplog):
    """A day of failures every second: a line at first, then after one minute, two, four … an hour."""
    second = [0.0]
    trouble = Trouble("writing", clock=lambda: second[0])
    said = []
    for second[0] in map(float, range(86_400)):
        trouble.failed(FULL)
        if caplog.records:
            said.append(second[0])
            caplog.clear()
    assert said[:4] == [0, REPEAT, 3 * REPEAT, 7 * REPEAT]
    assert len(said) < 35
    assert max(later - earlier for earlier, later in itertools.pairwise(said)) <= SELDOM


def test_another_error_is_said_at_once_and_the_pause_is_bounded(caplog):
    second = [0.0]
    trouble = Trouble("writing", clock=lambda: second[0])
    trouble.failed(FULL)
    assert trouble.resting
    second[0] = 1.0
    assert not trouble.resting
    trouble.failed(StoreError("the database file x is held by another process"))
    assert len(caplog.records) == 2
    for _ in range(50):
        trouble.failed(FULL)
    second[0] += LONGEST_PAUSE
    assert not trouble.resting
    trouble.fine()
    assert not trouble.lasts


def test_a_fault_of_ours_shows_where_it_is_once(caplog):
    trouble = Trouble("publishing")
    for _ in range(5):
        trouble.failed(ZeroDivisionError("x"))
    assert [bool(record.exc_info) for record in caplog.records] == [True]


@pytest.mark.parametrize("error", [FULL, ZeroDivisionError()])
def test_flickering_is_not_said_each_time(caplog, error):
    """Now it fails, now it works: the same words wait until they have waited long enough."""
    second = [0.0]
    trouble = Trouble("writing", clock=lambda: second[0])
    for second[0] in map(float, range(60)):
        trouble.failed(error)
        trouble.fine()
    assert sum(record.levelno == logging.ERROR for record in caplog.records) == 1
