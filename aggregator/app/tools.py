"""The operator's tools: they pull and read as `run` does, and store nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from aggregator.app.core import manners, now
from aggregator.config import Config, Source, hints
from aggregator.errors import StoreError
from aggregator.records import Known, Pulled, Unchanged
from aggregator.store import Store

if TYPE_CHECKING:
    from aggregator.verbs.trial import Tools
    from feeds.records import Document, Feed, Hints


@asynccontextmanager
async def workshop(config: Config) -> AsyncIterator[Tools]:
    """The wire and the readers, for as long as they are needed."""
    from aggregator.errors import BadAnswer
    from aggregator.plugins import load as plugins
    from aggregator.pool import Readers
    from aggregator.pull import pull
    from aggregator.pull.bridges import pull_any
    from aggregator.pull.robots import Gate
    from aggregator.verbs.trial import Tools
    from aggregator.wire import Guard, Wire

    fetchers = plugins("haihe.fetchers")
    readers = Readers()

    async def read(document: Document, told: Hints) -> Feed:
        return await readers.read(document, told, reference=now())

    async def feed(pulled: Pulled, source: Source) -> Feed:
        return await readers.read(pulled.document, hints(source, config.site), {}, pulled.articles, now())

    try:
        async with Wire(manners(config.pull), Guard(config.pull.allow_private)) as wire:
            gate = Gate(wire, agent=config.pull.user_agent, clock=now)

            async def bring(source: Source, at_most: int) -> Pulled:
                unknown = Known(key=source.key)  # no validators: the whole document is wanted

                async def one(at: Source, known: Known) -> Pulled | Unchanged:
                    return await pull(
                        at,
                        known,
                        site=config.site,
                        wire=wire,
                        fetchers=fetchers,
                        read=read,
                        seen=lambda _: (),
                        at_most=at_most,
                        admit=gate.admit,
                    )

                if source.bridges:
                    pulled = await pull_any(source, unknown, one, lambda found, at: read(found.document, hints(at, config.site)), now())
                else:
                    pulled = await one(source, unknown)
                if isinstance(pulled, Unchanged):
                    raise BadAnswer("the server says that nothing has changed, but we did not ask for changes")
                return pulled

            async def fetch(address: str) -> Pulled:
                return await bring(Source(key="address", title=address, url=address, kind="feed"), 0)

            yield Tools(fetch=fetch, pull=bring, read=read, feed=feed)
    finally:
        readers.close()


def preview(config: Config, word: str, *, limit: int, number: int | None, as_json: bool) -> bool:
    """`haihe preview`: whether it went well."""
    from aggregator.verbs.preview import preview as verb

    async def work() -> bool:
        async with workshop(config) as tools:
            return await verb(word, config, tools, lambda key: _kept(config, key), limit=limit, number=number, as_json=as_json)

    return asyncio.run(work())


def _kept(config: Config, key: str) -> Mapping[str, str]:
    """The fingerprints of what is kept of a source; none where there is no database yet."""
    try:
        store = Store.open(config.database, make=False)
        try:
            return store.fingerprints(key)
        finally:
            store.close()
    except StoreError:
        return {}


def discover(config: Config, address: str, *, as_json: bool) -> bool:
    """`haihe discover`: whether there is anything to subscribe to."""
    from aggregator.verbs.discover import discover as verb

    async def work() -> bool:
        async with workshop(config) as tools:
            return await verb(address, config, tools, as_json=as_json)

    return asyncio.run(work())


def check_online(config: Config, *, as_json: bool) -> tuple[bool, bool]:
    """`haihe check --online`: whether all sources answered well, and whether the operator has nothing to mend."""
    from aggregator.verbs.online import check as verb

    async def work() -> tuple[bool, bool]:
        async with workshop(config) as tools:
            return await verb(config, tools, as_json=as_json)

    return asyncio.run(work())
