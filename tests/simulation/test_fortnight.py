"""A fortnight with 500 sources on a virtual clock, through the real decisions, the real store and the real sorting of answers.

Simulated are only the clock and the wire's `get`. The paces are slower than the defaults (every 8 hours, between 30 minutes and a day) so
that a fortnight is some 13,000 pulls. The gaps between two requests to one host are the wire's, in real time: tests/wire shows them.
"""

from __future__ import annotations

import asyncio
import os
from bisect import bisect_right
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from statistics import mean

import pytest
from sqlalchemy import func, select

from aggregator.cadence import Walls, after_restart, proposal
from aggregator.config import Site, Source, hints
from aggregator.pipeline import Trade, refresh
from aggregator.pull import pull
from aggregator.pull.http import fetch
from aggregator.route import Rules as Routes
from aggregator.store import Store
from aggregator.store.tables import sources as rows
from feeds.read import read

from .judge import Rules, judge
from .world import DAY, HOUR, LISTED, START, Request, Upstream, World, town

SITE = Site(title="Sim", url="https://sim.example", timezone="Asia/Shanghai")
WALLS = Walls(every=8 * HOUR, at_least=HOUR / 2, at_most=DAY)
LEASE = timedelta(minutes=10)
TICK, FINE_TICK = timedelta(minutes=5), timedelta(seconds=10)
DAYS = float(os.environ.get("HAIHE_SIMULATED_DAYS", "14"))
COUNT = int(os.environ.get("HAIHE_SIMULATED_SOURCES", "500"))


@dataclass
class Puller:
    """What `haihe run` is, but for its clock: claims what is due each tick and refreshes it."""

    url: str
    world: World
    sources: dict[str, Source]

    def run(self, until: datetime) -> None:
        """One life of the process, from opening the store to its end."""
        store = Store.open(self.url)
        store.migrate()
        store.enrol({key: source.url for key, source in self.sources.items()}, self.world.now)
        store.recover()
        store.postpone(after_restart(store.waiting(), WALLS.at_most, self.world.now))
        try:
            asyncio.run(self._work(store, until))
        finally:
            store.close()

    async def _work(self, store: Store, until: datetime) -> None:
        started = self.world.now
        async with store.writer() as writer:
            trade = Trade(
                store=store,
                writer=writer,
                pull=self._pull(store),
                further=None,
                look=None,
                read=self._read,
                rules=Routes.of({}, ()),
                walls=lambda _: WALLS,
            )
            while self.world.now < until:
                for known in store.claim(self.world.now, 10_000, LEASE):
                    await refresh(self.sources[known.key], known, trade, self.world.now)
                self.world.now += FINE_TICK if self.world.now < started + timedelta(minutes=10) else TICK
                self.world.now = max(self.world.now, min(until, self._next(store)))

    def _pull(self, store: Store):
        async def one(source, known):
            fetchers = {"https": fetch}
            return await pull(source, known, site=SITE, wire=self.world, fetchers=fetchers, read=None, seen=store.fingerprints)

        return one

    @staticmethod
    async def _read(pulled, source, known):
        return read(pulled.document, hints(source, SITE), known)

    @staticmethod
    def _next(store: Store) -> datetime:
        with store._database.read() as connection:
            return connection.scalar(select(func.min(rows.c.next_pull_at)))


@pytest.fixture(scope="module")
def fortnight(tmp_path_factory):
    """The log of it: with a night's stop in the middle, and a quick restart in a busy hour."""
    world = World(town(COUNT, DAYS))
    sources = {key: Source(key=key, title=key, url=upstream.url, kind="feed", sections=("s",)) for key, upstream in world.upstreams.items()}
    url = f"sqlite:///{tmp_path_factory.mktemp('fortnight')}/haihe.db"
    puller = Puller(url, world, sources)
    away = (START + 6 * DAY + 12 * HOUR, START + 7 * DAY)
    puller.run(away[0])
    world.now = away[1]
    puller.run(START + 9 * DAY + 2 * HOUR)
    puller.run(START + DAYS * DAY)
    rules = Rules(every=WALLS.every, at_least=WALLS.at_least, at_most=WALLS.at_most, away=[away], end=world.now)
    store = Store.open(url)
    yield world, rules, store
    store.close()


def test_no_rule_of_politeness_is_broken(fortnight):
    world, rules, _ = fortnight
    assert len(world.log) > COUNT * DAYS, "there is something to judge"
    assert judge(world.log, world.upstreams, rules) == []
    report(world, rules)


def test_nothing_that_was_published_is_lost_or_doubled(fortnight):
    world, _, store = fortnight
    held = {state.key: state.entries for state in store.sources()}
    shown: defaultdict[str, set[int]] = defaultdict(set)
    for request in world.log:
        upstream = world.upstreams[request.source]
        if request.status == 200 and not upstream.trouble(request.at):
            count = bisect_right(upstream.news, request.at)
            shown[request.source].update(range(max(0, count - LISTED), count))
    assert held == {key: len(shown[key]) for key in world.upstreams}


def test_the_operator_hears_of_those_that_moved_for_good_and_of_no_others(fortnight):
    world, _, store = fortnight
    proposed = {state.key: proposal(state.moved) for state in store.sources() if proposal(state.moved)}
    assert proposed == {key: upstream.moved for key, upstream in world.upstreams.items() if upstream.moved and not upstream.wanders}


def test_news_comes_sooner_than_at_an_even_pace_with_as_many_requests(fortnight):
    """What the rhythm is for: sources with office hours are asked when there is news."""
    world, _, _ = fortnight
    healthy = {key for key in world.upstreams if key.split("-")[0] in ("both", "etag", "modified")}
    late, asked = [], Counter(request.source for request in world.log if request.source in healthy)
    for key in healthy:
        times = [request.at for request in world.log if request.source == key and request.at > START + 3 * DAY]
        news = [time for time in world.upstreams[key].news if times[0] < time <= times[-1]]
        even = (times[-1] - times[0]) / len(times) / 2  # how late news is on average at an even pace
        late += [(min(at for at in times if at >= time) - time) / even for time in news]
    assert asked
    assert mean(late) < 0.8


def report(world: World, rules: Rules) -> None:
    """The figures, for `pytest -s`."""
    log, upstreams = world.log, world.upstreams
    seen: set[str] = set()
    could = sent = 0
    for request in log:
        if request.source in seen:
            could += 1
            sent += bool(request.headers)
        if request.given and not upstreams[request.source].expired:
            seen.add(request.source)
    minutes = Counter(request.at.replace(second=0, microsecond=0) for request in log if request.at > START + HOUR)
    gap = (rules.end - START) * len(upstreams) / len(log)
    print(  # noqa: T201
        f"\n{len(log)} requests to {len(upstreams)} sources in {DAYS:g} days, mean gap {gap}; "
        f"{dict(sorted(Counter(request.status for request in log).items()))}; "
        f"conditional {sent} of {could} that could be; at most {max(minutes.values())} in a minute"
    )


# -- the judge himself -------------------------------------------------------------------------------------------------------------

RULES = Rules(every=HOUR, at_least=HOUR / 2, at_most=DAY, end=START + DAY)
TAG = {"If-None-Match": '"1"'}
FORBIDDEN = lambda _: {"status": 503}  # noqa: E731


def line(hours: float, status: int = 304, headers=TAG, given=TAG, **more) -> Request:
    values = {"source": "a", "host": "a.example", "at": START + hours * HOUR, "url": "https://a.example/a.xml", "asks": 0.0} | more
    return Request(status=status, headers=headers, given=given, **values)


@pytest.mark.parametrize(
    ("log", "upstream", "said"),
    [
        ([line(0, 200, {}), line(0.4)], {}, "below the floor"),
        ([line(0, 200, {}), line(1), line(2, headers={})], {}, "given was"),
        ([line(0, 200, {}), line(1, headers={"If-None-Match": "1"})], {}, "given was"),
        ([line(0, 200, {}), line(1, given={"If-None-Match": '"2"'}), line(2)], {}, "given was"),
        ([line(0, 200, {}), line(1, headers={**TAG, "Cookie": "x"})], {}, "nobody asked"),
        ([line(0, 200, {}), line(1, url="https://new.example/")], {}, "not the configured address"),
        ([line(0, 200, {}, {}), line(1.5, 200, {}, {})], {"etag": False, "modified": False}, "a whole document"),
        ([line(0, 200, {}, asks=7200.0), line(1.5)], {}, "it asked for"),
        ([line(0, 503, {}, {}, asks=7200.0), line(1.5, 503, {}, {})], {"trouble": FORBIDDEN}, "Retry-After"),
        ([line(n * 0.6, 503, {}, {}) for n in range(4)], {"trouble": FORBIDDEN}, "no backoff"),
        ([line(0, 429, {}, {}), line(0.9, 429, {}, {})], {"trouble": FORBIDDEN}, "as often as before"),
        ([line(0, 410, {}, {}), line(20, 410, {}, {})], {"trouble": FORBIDDEN}, "after 410"),
        ([line(0, 200, {}), line(14.5)], {"skip_hours": (14,)}, "wants skipped"),
        ([line(0, 200, {}), line(5.5 * 24)], {"skip_days": ("Saturday",)}, "wants skipped"),
        ([line(0, 200, {}), line(100)], {}, "asleep"),
        ([], {}, "never asked"),
    ],
)
def test_the_judge_sees_it(log, upstream, said):
    a = Upstream(key="a", host="a.example", news=[], **({"modified": False} | upstream))
    found = judge(log, {"a": a}, RULES)
    assert any(said in what for what in found), found
    polite = [line(0, 200, {}), *(line(n * 2.0) for n in range(1, 8))]
    assert judge(polite, {"a": replace(a, etag=True, trouble=lambda _: None, skip_hours=(), skip_days=())}, RULES) == []


def test_the_judge_sees_a_storm():
    log = [line(0, 200, {}, source=f"s{n}", url=f"https://a.example/s{n}.xml") for n in range(200)]
    later = [replace(request, at=START + 5 * HOUR, headers=TAG, status=304) for request in log]
    upstreams = {f"s{n}": Upstream(key=f"s{n}", host="a.example", news=[], modified=False) for n in range(200)}
    assert judge(log, upstreams, RULES) == [], "first pulls are no storm"
    assert judge([*log, *later], upstreams, RULES) == [f"200 requests at {START + 5 * HOUR}"]
