"""robots.txt: what it forbids, for how long it holds, and what is done when it cannot be had (RFC 9309)."""

from __future__ import annotations

import asyncio
import threading
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.errors import Disallowed, StoreError, Unreachable
from aggregator.pull.robots import GIVEN_UP, KEPT, MOST, Gate, delay_of, rules_of
from aggregator.records import Robots

AGENT = "Haihe/1.0 (+https://feeds.example.org)"
NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Days:
    """A gate with a clock that moves when told to, and what it keeps."""

    def __init__(self, wire, agent: str = AGENT) -> None:
        self.now = NOW
        self.kept: dict[str, Robots] = {}
        self.wire, self.agent = wire, agent
        self.gate = self.restart()

    def restart(self) -> Gate:
        keep = lambda robots: self.kept.__setitem__(robots.origin, robots)  # noqa: E731
        self.gate = Gate(self.wire, agent=self.agent, clock=lambda: self.now, recall=self.kept.get, keep=keep)
        return self.gate

    async def may(self, address: str, after: timedelta = timedelta()) -> bool | None:
        """None: nobody can say."""
        self.now += after
        try:
            await self.gate.admit(address)
        except Disallowed:
            return False
        except Unreachable:
            return None
        return True


@pytest.fixture
def days(net, run):
    """Runs a story over a site whose robots.txt is `reply`."""

    def go(reply, story, **manners):
        async def whole():
            async with net.scripted({"/robots.txt": reply} if reply else {}) as server, net.wired(**manners) as wire:
                return await story(Days(wire), server)

        return run(whole())

    return go


@pytest.mark.parametrize(
    ("text", "path", "may"),
    [
        ("", "/a", True),
        ("User-agent: *\nDisallow: /", "/a", False),
        ("User-agent: *\nDisallow: /", "/robots.txt", True),
        ("User-agent: *\nDisallow:", "/a", True),
        ("\ufeffUser-agent: *\nDisallow: /a", "/a", False),
        ("user-AGENT :HAIHE\ndisallow:/a", "/a", False),
        ("User-agent: Haihe/9.9\nDisallow: /", "/a", False),
        ("User-agent: *\nDisallow: /\nUser-agent: haihe\nAllow: /", "/a", True),
        ("User-agent: otherbot\nDisallow: /", "/a", True),
        ("User-agent: otherbot\nUser-agent: haihe\nDisallow: /", "/a", False),
        ("User-agent: otherbot\nDisallow: /\n\nUser-agent: *\nAllow: /", "/a", True),
        ("User-agent: hai\nDisallow: /", "/a", True),
        ("User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/b/c", True),
        ("User-agent: *\nDisallow: /*.shtml$", "/x/1.shtml", False),
        ("User-agent: *\nDisallow: /*.shtml$", "/x/1.shtml?x", True),
        ("User-agent: *\nDisallow: /新闻/", "/%E6%96%B0%E9%97%BB/1.html", False),
        ("User-agent: *\nDisallow: /a%7Eb", "/a~b", False),
        ("User-agent: *\r\nDisallow: /a # why\r\n", "/a", False),
        ("<html><body>Not here</body></html>", "/a", True),
        ("User-agent: *\nDisallow: /a?b", "/a?b=1", False),
    ],
)
def test_what_it_says(days, net, text, path, may):
    async def story(days, server):
        return await days.may(server.base + path)

    assert days(net.answer(text.encode()), story) is may


@pytest.mark.parametrize(
    ("status", "may"),
    [
        ("404 N", True),
        ("403 N", True),
        ("401 N", True),
        ("410 N", True),
        ("204 N", True),
        ("500 N", None),
        ("503 N", None),
        ("429 N", None),
    ],
)
def test_what_its_absence_says(days, net, status, may):
    async def story(days, server):
        return await days.may(f"{server.base}/a"), len(server.requests)

    assert days(net.answer(status=status), story) == (may, 1)


def test_it_is_asked_once_a_day_conditionally_over_restarts_too(days, net):
    async def story(days, server):
        first = [await days.may(f"{server.base}/{n}") for n in range(3)]
        days.restart()
        later = [await days.may(f"{server.base}/a", 23 * HOUR), await days.may(f"{server.base}/b", 23 * HOUR)]
        server.replies["/robots.txt"] = net.answer(status="304 N", ETag='"2"')
        days.restart()
        last = [await days.may(f"{server.base}/a", after) for after in (2 * HOUR, 25 * HOUR, 25 * HOUR)]
        return first, later, last, [head.get("if-none-match") for _, head in server.requests]

    first, later, last, sent = days(net.answer(b"User-agent: *\nDisallow: /b", ETag='"1"'), story)
    assert (first, later, last) == ([True] * 3, [True, False], [True, True, True])
    assert sent == [None, '"1"', '"1"', '"2"']


def test_many_at_once_ask_once(days, net):
    async def story(days, server):
        await asyncio.gather(*(days.may(f"{server.base}/{n}") for n in range(20)))
        return len(server.requests)

    assert days(net.answer(b""), story) == 1


def test_what_was_read_before_holds_while_it_cannot_be_had(days, net):
    async def story(days, server):
        assert await days.may(f"{server.base}/b") is False
        server.replies["/robots.txt"] = net.answer(status="503 S")
        asked = []
        for _ in range(40):  # days
            asked.append((await days.may(f"{server.base}/b", KEPT), await days.may(f"{server.base}/a")))
        return asked, len(server.requests)

    asked, requests = days(net.answer(b"User-agent: *\nDisallow: /b"), story)
    assert set(asked) == {(False, True)}
    assert requests <= 42


def test_where_it_never_could_be_had_nothing_is_asked_for_and_not_for_ever(days, net):
    async def story(days, server):
        found = []
        while days.now < NOW + GIVEN_UP + 2 * KEPT:
            found.append(await days.may(f"{server.base}/a", timedelta(minutes=10)))
        return found, len(server.requests)

    found, requests = days(net.answer(status="500 S"), story)
    assert found[0] is None
    assert found[-1] is True
    assert found.index(True) >= GIVEN_UP / timedelta(minutes=10) - 1
    assert requests < 50  # ten minutes, twenty, forty … a day


def test_retry_after_is_heeded(days, net):
    async def story(days, server):
        await days.may(f"{server.base}/a")
        await days.may(f"{server.base}/a", 2 * HOUR)
        before = len(server.requests)
        await days.may(f"{server.base}/a", 2 * HOUR)
        return before, len(server.requests)

    assert days(net.answer(status="503 S", Retry_After="10800"), story) == (1, 2)


def test_a_redirect_chain_is_followed_five_hops_far(days, net):
    async def story(days, server):
        for n in range(8):
            server.replies[f"/r{n}"] = net.answer(status="302 F", Location=f"/r{n + 1}")
        server.replies["/r4"] = net.answer(b"User-agent: *\nDisallow: /")
        near = await days.may(f"{server.base}/a")
        server.replies["/r4"] = net.answer(status="302 F", Location="/r5")
        return near, await days.may(f"{server.base}/a", 25 * HOUR), len(server.requests)

    assert days(net.answer(status="301 M", Location="/r0"), story) == (False, True, 12)


def test_of_a_huge_one_the_first_half_mebibyte_counts(days, net):
    line = b"Disallow: /x%06d\n"
    body = b"User-agent: *\nDisallow: /first\n" + b"".join(line % n for n in range(200_000)) + b"Disallow: /last\n"

    async def story(days, server):
        return await days.may(f"{server.base}/first"), await days.may(f"{server.base}/last"), len(days.kept[server.base].text)

    first, last, size = days(net.answer(body), story, max_bytes=1_000_000)
    assert (first, last) == (False, True)
    assert size <= MOST


def test_crawl_delay_is_kept_for_all_that_goes_to_that_host(days, net):
    async def story(days, server):
        await days.may(f"{server.base}/a")
        days.wire.slow_down("127.0.0.1", 0.15)  # what a delay of seconds does, in less of them
        await asyncio.gather(*(days.wire.get(f"{server.base}/{n}") for n in range(3)))
        return [later - earlier for earlier, later in pairwise(server.starts[1:])], days.kept[server.base].delay

    # One at a time: the pause is measured from the end of an answer, so what arrives late makes it longer, never shorter.
    gaps, delay = days(net.answer(b"User-agent: *\nCrawl-delay: 2.5"), story, per_host=1)
    assert delay == 3
    assert min(gaps) >= 0.14


@pytest.mark.parametrize(
    ("said", "delay"),
    [
        ("Crawl-delay: 0", 0),
        ("Crawl-delay: 1e9", 60),
        ("Crawl-delay: -3", 0),
        ("Crawl-delay: nan", 0),
        ("Crawl-delay: x", 0),
        ("Request-rate: 1/20s", 20),
    ],
)
def test_how_long_a_delay_is(said, delay):
    assert delay_of(rules_of(f"User-agent: *\n{said}", AGENT), AGENT) == delay


def test_a_page_that_redirects_is_asked_about_at_each_hop(days, net):
    async def story(days, server):
        server.replies["/a"] = net.answer(status="302 F", Location="/secret")
        server.replies["/secret"] = net.answer(b"x")
        with pytest.raises(Disallowed):
            await days.wire.get(f"{server.base}/a", admit=days.gate.admit)
        return [path for path, _ in server.requests]

    assert days(net.answer(b"User-agent: *\nDisallow: /secret"), story) == ["/robots.txt", "/a"]


def test_it_is_not_asked_for_where_we_must_not_go(net, run):
    async def story():
        async with net.scripted({"/robots.txt": net.answer(b"")}) as server, net.wired(allowed=()) as wire:
            days = Days(wire)
            return await days.may(f"{server.base}/a"), server.requests

    assert run(story()) == (None, [])


def test_a_file_that_names_thousands_and_rules_for_each_costs_little():
    agents = "\n".join(f"user  agent a{n}" for n in range(12_000))
    rules = "\n".join(f"Allow: /{n}" for n in range(20_000))
    text = f"{agents}\n{agents}\n{rules}\nUser-agent: *\nDisallow: /x"
    assert len(text) > MOST * 0.9
    found = rules_of(text, AGENT)
    assert not found.can_fetch("https://a.example/x", AGENT)
    assert sum(len(each._rules) for each in found._user_agents.values()) < 50_000


BITS = ["User-agent: *", "User-agent: haihe", "Disallow: /", "Disallow: /*a*$", "Allow: /%zz", "Crawl-delay: 9e999", "Request-rate: 1/0",
        "Visit-time: 1-2", "Sitemap:", ":", "#", "\x85", "\ufeff"]  # fmt: skip


@given(st.text() | st.lists(st.sampled_from(BITS)).map("\n".join), st.text())
def test_any_text_can_be_read(text, path):
    rules = rules_of(text, AGENT)
    assert rules.can_fetch("https://a.example/" + path, AGENT) in (True, False)
    assert 0 <= delay_of(rules, AGENT) <= 60


def test_a_database_that_is_held_by_another_holds_up_nobody_else_nor_is_a_site_asked_again_for_it(net, run):
    async def story() -> None:
        waiting, free = threading.Event(), threading.Event()

        def keep(_: Robots) -> None:
            waiting.set()
            free.wait(20)
            raise StoreError("the database is locked")

        async with net.scripted({"/robots.txt": net.answer(b"User-agent: *\nDisallow: /secret")}) as server, net.wired() as wire:
            gate = Gate(wire, agent=AGENT, clock=lambda: NOW, keep=keep)
            first = asyncio.create_task(gate.admit(f"{server.base}/a"))
            while not waiting.is_set():
                await asyncio.sleep(0.01)
            assert not first.done()  # and the loop goes on
            free.set()
            with pytest.raises(StoreError):
                await first
            await gate.admit(f"{server.base}/a")
            with pytest.raises(Disallowed):
                await gate.admit(f"{server.base}/secret")
            assert [path for path, _ in server.requests] == ["/robots.txt"]

    run(story())
