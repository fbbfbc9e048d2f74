"""robots.txt (RFC 9309): the one home of protego.

It is heeded for pages, which nobody offered us: list pages, the articles behind them, sitemaps, and wherever they redirect. Not for
feeds: those are published to be fetched by programs, by an operator's explicit wish, as a browser follows what its user types. A site's
robots.txt is asked for over the same wire, through the same queue as all else there, once a day, conditionally, over restarts too.
"""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from msgspec import structs
from protego import Protego

from aggregator.errors import Disallowed, PullError, TooLarge, Unreachable
from aggregator.records import Robots
from aggregator.wire import Answer, Wire

MOST = 500 * 1024  # bytes that are read of it (RFC 9309 §2.5)
KEPT = timedelta(hours=24)  # how long it holds (§2.4); less where the server says so, but
LEAST = timedelta(hours=1)
REDIRECTS = 5  # more mean that there is none (§2.3.1.2)
FIRST_RETRY = timedelta(minutes=10)  # when it cannot be had, then twice as long each time, up to `KEPT`
LONGEST_RETRY = timedelta(days=7)  # a Retry-After beyond this is a mistake or a trap
GIVEN_UP = timedelta(days=30)  # that long out of reach is as if there were none (§2.3.1.4)
LONGEST_DELAY = 60.0  # seconds between two requests, whatever it says: 40 articles must come within an hour
AT_ONCE = 1000  # sites whose rules are held in memory

_AGENT = re.compile(r"\s*user[-\s]*agent\s*:?(.*)", re.IGNORECASE)
_OTHERS = "User-agent: others"


@dataclass(slots=True)
class _Site:
    """What is held of one origin; `lock` lets one of those who wait ask for all."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    robots: Robots | None = None
    rules: Protego | None = None


class Gate:
    """May we? `admit` lets an address pass or raises; whoever pulls pages asks before each request.

    `recall` and `keep` are the store's; `clock` tells the time; `agent` is the User-Agent that we go by."""

    def __init__(
        self,
        wire: Wire,
        *,
        agent: str,
        clock: Callable[[], datetime],
        recall: Callable[[str], Robots | None] = lambda _: None,
        keep: Callable[[Robots], None] = lambda _: None,
    ) -> None:
        self._wire, self._agent, self._clock, self._recall, self._keep = wire, agent, clock, recall, keep
        self._sites: dict[str, _Site] = {}

    async def admit(self, address: str, proxy: str | None = None) -> None:
        """Raises Disallowed where robots.txt keeps us away, Unreachable where nobody can say whether it does."""
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not (host := parts.hostname) or parts.path == "/robots.txt":
            return
        site = await self._site(Robots.origin_of(address), proxy)
        if site.robots is None or site.robots.unknown:
            why = f" ({site.robots.why})" if site.robots and site.robots.why else ""
            raise Unreachable(f"the robots.txt of {host} cannot be had{why}, so nothing else is asked for there")
        if site.robots.delay:
            self._wire.slow_down(host, site.robots.delay)
        if site.rules and not site.rules.can_fetch(address, self._agent):
            raise Disallowed(f"the robots.txt of {host} keeps us away from this page")

    async def _site(self, origin: str, proxy: str | None) -> _Site:
        if origin not in self._sites and len(self._sites) >= AT_ONCE:
            self._sites = {each: site for each, site in self._sites.items() if site.lock.locked()}
        site = self._sites.setdefault(origin, _Site())
        async with site.lock:
            if site.robots is None and (stored := self._recall(origin)):
                await self._take(site, stored)
            now = self._clock()
            if site.robots is None or not site.robots.asked_at - LEAST <= now < site.robots.good_until:
                robots = await ask(origin, site.robots, self._wire, self._agent, now, proxy)
                await self._take(site, robots)  # first: where it cannot be kept, it is not asked for again for that
                await asyncio.to_thread(self._keep, robots)  # a database that is held by another waits for seconds
        return site

    async def _take(self, site: _Site, robots: Robots) -> None:
        if site.robots is None or site.robots.text != robots.text:
            site.rules = await asyncio.to_thread(rules_of, robots.text, self._agent) if robots.text else None
        site.robots = robots


async def ask(origin: str, before: Robots | None, wire: Wire, agent: str, now: datetime, proxy: str | None) -> Robots:
    """One exchange about the robots.txt of `origin`, conditional where it can be."""
    sent = {"Accept": "text/plain, */*;q=0.5", "Accept-Encoding": "identity"}
    if before and before.text is not None:
        conditions = {"If-None-Match": before.etag, "If-Modified-Since": before.last_modified}
        sent |= {name: value for name, value in conditions.items() if value}
    try:
        answer = await wire.get(f"{origin}/robots.txt", sent, proxy=proxy, redirects=REDIRECTS, most=MOST)
    except TooLarge:  # more redirects than anybody means; a larger file is cut instead
        return _nothing(origin, now, KEPT)
    except PullError as error:
        return _failed(origin, before, str(error), now, error.retry_after)
    return judge(origin, before, answer, agent, now)


def judge(origin: str, before: Robots | None, answer: Answer, agent: str, now: datetime) -> Robots:
    """What an answer means (RFC 9309 §2.3.1): 4xx that there are no rules, 5xx that nobody knows; 429 says the latter in other words."""
    from aggregator.pull.http import freshness, validators

    said = freshness(answer.headers)
    if answer.status == 304 and before is not None:
        etag, modified = validators(answer.headers)
        return structs.replace(
            before,
            etag=etag or before.etag,
            last_modified=modified or before.last_modified,
            asked_at=now,
            good_until=now + _kept(said.max_age),
            failures=0,
            failing_since=None,
            why=None,
        )
    if answer.status == 200:
        text = answer.body[:MOST].decode("utf-8-sig", "replace")
        etag, modified = validators(answer.headers)
        kept = _kept(said.max_age)
        delay = delay_of(rules_of(text, agent), agent)
        return Robots(origin=origin, text=text, delay=delay, asked_at=now, good_until=now + kept, etag=etag, last_modified=modified)
    if answer.status == 429 or answer.status >= 500 or answer.status == 304:
        return _failed(origin, before, f"it answers {answer.status}", now, said.retry_after)
    return _nothing(origin, now, _kept(said.max_age))


def _kept(max_age: float | None) -> timedelta:
    return KEPT if max_age is None else min(max(timedelta(seconds=min(max_age, 1e6)), LEAST), KEPT)


def _nothing(origin: str, now: datetime, kept: timedelta) -> Robots:
    return Robots(origin=origin, text="", asked_at=now, good_until=now + kept)


def _failed(origin: str, before: Robots | None, why: str, now: datetime, retry_after: float | None) -> Robots:
    """Out of reach: what was read before still holds (§2.4); where nothing ever was, nothing may be asked for, but not for ever."""
    was = before or Robots(origin=origin, text=None, asked_at=now, good_until=now)
    failures, since = was.failures + 1, was.failing_since or now
    wait = min(FIRST_RETRY * 2 ** min(failures - 1, 16), KEPT)
    if retry_after:
        wait = max(wait, min(timedelta(seconds=min(retry_after, 1e9)), LONGEST_RETRY))
    text = "" if was.text is None and now - since >= GIVEN_UP else was.text
    return structs.replace(was, text=text, asked_at=now, good_until=now + wait, failures=failures, failing_since=since, why=why)


def rules_of(text: str, agent: str) -> Protego:
    """The rules for us, and those for everybody. Groups for others are put under one name first: a file may name thousands and give
    rules to each, and the product of the two would be too much."""
    ours = set(re.findall(r"[a-z_-]+", agent.lower()))
    return Protego.parse("\n".join(_for_us(text.splitlines(), ours)))


def _for_us(lines: Iterable[str], ours: set[str]) -> Iterable[str]:
    for line in lines:
        agent = _AGENT.match(line)
        if agent is None:
            yield line
            continue
        name = agent[1].partition("#")[0].partition("/")[0].strip().lower()
        yield f"User-agent: {name}" if name == "*" or name in ours else _OTHERS


def delay_of(rules: Protego, agent: str) -> int:
    """Whole seconds that are wanted between two requests: Crawl-delay, or Request-rate, which are in no standard but in wide use."""
    rate = rules.request_rate(agent)
    wanted = max(rules.crawl_delay(agent) or 0.0, rate.seconds / rate.requests if rate else 0.0)
    return math.ceil(min(wanted, LONGEST_DELAY))
