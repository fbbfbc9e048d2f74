"""The ways out and in: the wire with its guard, robots.txt before pages, the fetchers, and the readers in their pool. What keeps (`core`)
and what only tries (`tools`) go the same ways."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from aggregator.config import Config, Source, hints
from aggregator.config import Pull as PullSettings
from aggregator.errors import BadAnswer
from aggregator.plugins import load as plugins
from aggregator.pool import Readers
from aggregator.pull import AT_ONCE, Fetch, pull
from aggregator.pull.bridges import pull_any
from aggregator.pull.robots import Gate
from aggregator.records import Known, Pulled, Robots, Unchanged
from aggregator.wire import Guard, Manners, Wire
from feeds.records import Document, Feed, Hints

Seen = Callable[[str], Collection[str]]


def nothing(_: str) -> Collection[str]:
    """Nothing of a source was seen before."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """All of them raise PullError, and FeedError where something is read."""

    config: Config
    clock: Callable[[], datetime]
    wire: Wire
    gate: Gate
    fetchers: Mapping[str, Fetch]
    readers: Readers

    async def pull(self, source: Source, known: Known, seen: Seen = nothing, at_most: int = AT_ONCE) -> Pulled | Unchanged:
        """One exchange with a source, over whichever of its addresses answers well."""

        async def one(at: Source, told: Known) -> Pulled | Unchanged:
            return await self.exchange(at, told, seen, at_most)

        async def look(pulled: Pulled, at: Source) -> Feed:
            return await self.read_document(pulled.document, hints(at, self.config.site))

        return await (pull_any(source, known, one, look, self.clock()) if source.bridges else one(source, known))

    async def exchange(self, source: Source, known: Known, seen: Seen, at_most: int, further: str | None = None) -> Pulled | Unchanged:
        """One exchange with the address of a source, or with another page of it, `further`."""
        return await pull(
            source,
            known,
            site=self.config.site,
            wire=self.wire,
            fetchers=self.fetchers,
            read=self.read_document,
            seen=seen,
            at_most=at_most,
            admit=self.gate.admit,
            further=further,
        )

    async def read_document(self, document: Document, told: Hints) -> Feed:
        return await self.readers.read(document, told, reference=self.clock())

    async def read(self, pulled: Pulled, source: Source, known: Mapping[str, str]) -> Feed:
        """What a pull brought, with its articles; of what has the fingerprint that is `known` only the uid."""
        return await self.readers.read(pulled.document, hints(source, self.config.site), known, pulled.articles, self.clock())


@asynccontextmanager
async def opened_ways(
    config: Config,
    clock: Callable[[], datetime],
    recall: Callable[[str], Robots | None] = lambda _: None,
    keep: Callable[[Robots], None] = lambda _: None,
) -> AsyncIterator[Ways]:
    """The ways as the operator says, for as long as they are needed; `recall` and `keep` are where robots.txt is remembered."""
    settings, readers = config.pull, Readers()
    try:
        async with Wire(manners(settings), Guard(settings.allow_private)) as wire:
            gate = Gate(wire, agent=settings.user_agent, clock=clock, recall=recall, keep=keep)
            yield Ways(config=config, clock=clock, wire=wire, gate=gate, fetchers=plugins("haihe.fetchers"), readers=readers)
    finally:
        readers.close()


def whole(answer: Pulled | Unchanged) -> Pulled:
    """What was asked for without validators: BadAnswer where it is said to be unchanged."""
    if isinstance(answer, Unchanged):
        raise BadAnswer("the server says that nothing has changed, but we did not ask for changes")
    return answer


def manners(settings: PullSettings) -> Manners:
    """How we behave on the wire, as the operator says."""
    return Manners(
        user_agent=settings.user_agent,
        timeout=settings.timeout.total_seconds(),
        max_bytes=settings.max_bytes,
        per_host=settings.per_host,
        spacing=settings.spacing.total_seconds(),
    )
