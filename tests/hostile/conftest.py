"""One upstream, one application with its own store and its own reading pool, for all cases of a module's tests."""

from __future__ import annotations

import asyncio
import json
import time
import traceback
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from aggregator.app import App, now, pulling
from aggregator.config import load
from aggregator.pipeline import Outcome, Trade
from feeds.records import Entry
from tests.hostile.case import Case, Seen, answer, rss
from tests.hostile.cases import ALL
from tests.hostile.upstream import HOST, Talk, Upstream

SECTION = "hostile"


def healthy(talk: Talk) -> bytes:
    """A source that has one entry more each time."""
    return answer(rss(*(f"Healthy {number}" for number in range(talk.nth + 1, 0, -1))).encode(), headers=[("Content-Type", "text/xml")])


def config_of(cases: Sequence[Case], upstream: Upstream, **settings: Any) -> str:
    """A configuration of these cases and a healthy source."""
    sources: dict[str, Any] = {
        case.name: {
            "title": case.name,
            "kind": "feed",
            "url": case.address(upstream),
            "sections": [SECTION],
            "republish": "full",
            **case.source,
        }
        for case in cases
    }
    sources["healthy"] = {"title": "Healthy", "kind": "feed", "url": f"{upstream.base}/healthy/", "sections": ["fine"]}
    pull = {"timeout": "4s", "spacing": "0s", "per_host": 64, "allow_private": [f"{HOST}/32"]}
    whole = {
        "site": {"title": "Under attack", "url": "https://feeds.example.org"},
        "database": "sqlite:///haihe.db",
        "pull": pull,
        "sections": {
            SECTION: {"title": "Hostile", "body": "full", "size": 1000},
            "xss": {"title": "XSS", "body": "full", "size": 1000},
            "fine": {"title": "Fine"},
        },
        "sources": sources,
    }
    return json.dumps(whole | settings)


@dataclass
class River:
    """The application against the upstream. `pull` runs on one loop, which lives as long as the pool and the wire do."""

    upstream: Upstream
    app: App
    trade: Trade
    runner: asyncio.Runner
    done: dict[str, Seen] = field(default_factory=dict)

    def pull(self, cases: Sequence[Case]) -> tuple[list[Seen], Seen]:
        """All of these cases at once, each pulled as often as it says, and the healthy source beside them."""

        names = [case.name for case in cases]

        async def work() -> list[tuple[list[Outcome], list[float]]]:
            return await asyncio.gather(*(self._case(case.name, len(case.ends)) for case in cases), self._case("healthy", 1))

        pulled = self.runner.run(work())
        kept: dict[str, list[Entry]] = {}
        for item in self.app.store.newest(None, 1_000_000):
            kept.setdefault(item.source, []).append(item.entry)
        *seen, well = (self._seen(key, *each, kept.get(key, [])) for key, each in zip((*names, "healthy"), pulled, strict=True))
        return seen, well

    async def _case(self, key: str, times: int) -> tuple[list[Outcome], list[float]]:
        outcomes: list[Outcome] = []
        seconds: list[float] = []
        for _ in range(times):
            known = self.app.store.known(key)
            assert known
            begun = time.monotonic()
            try:
                outcomes.append(await self.app.refresh(known, self.trade))
            except Exception as error:  # to be told with its case: no upstream may bring this about
                raised = "".join(traceback.format_exception(error)[-3:])
                outcomes.append(Outcome(source=key, notes=(f"refresh raised: {raised}",)))
            seconds.append(time.monotonic() - begun)
        return outcomes, seconds

    def _seen(self, key: str, outcomes: list[Outcome], seconds: list[float], entries: list[Entry]) -> Seen:
        known = self.app.store.known(key)
        assert known
        return Seen(
            outcomes=outcomes,
            seconds=seconds,
            requests=tuple(self.upstream.requests.get(key, ())),
            entries=entries,
            known=known,
            next_pull=(known.next_pull_at - now()).total_seconds() if known.next_pull_at else -1,
            base=self.upstream.base,
        )


@pytest.fixture(scope="module")
def river(tmp_path_factory: pytest.TempPathFactory) -> Iterator[River]:
    upstream = Upstream({case.name: case.reply for case in ALL} | {"healthy": healthy})
    with ExitStack() as stack:
        stack.enter_context(upstream.served())
        path: Path = tmp_path_factory.mktemp("hostile") / "config.yaml"
        path.write_text(config_of(ALL, upstream), encoding="utf-8")
        app = stack.enter_context(pulling(load(path, {})))
        runner = stack.enter_context(asyncio.Runner())
        trading = app.trade()
        trade = runner.run(trading.__aenter__())
        stack.callback(lambda: runner.run(trading.__aexit__(None, None, None)))
        yield River(upstream, app, trade, runner)


@pytest.fixture
def get() -> Callable[[str], str]:
    def fetch(url: str) -> str:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.read().decode()

    return fetch
