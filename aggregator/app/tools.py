"""The operator's tools: they pull and read as `run` does, and store nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from aggregator.app.core import now
from aggregator.config import Config, Source, unlisted
from aggregator.errors import BadAnswer, ConfigError, StoreError
from aggregator.records import Known, Pulled
from aggregator.store import Store

if TYPE_CHECKING:
    from aggregator.verbs.trial import Tools
    from feeds.records import Feed


@asynccontextmanager
async def workshop(config: Config) -> AsyncIterator[Tools]:
    """The ways out and in, for as long as they are needed."""
    from aggregator.app.ways import nothing, opened_ways, whole
    from aggregator.verbs.trial import Tools

    async with opened_ways(config, now) as ways:

        async def bring(source: Source, at_most: int) -> Pulled:
            return whole(await ways.pull(source, Known(key=source.key), nothing, at_most))  # no validators: the whole document is wanted

        async def fetch(address: str) -> Pulled:
            try:
                source = unlisted(address, "address")
            except ConfigError as error:  # where it was not typed but found: nobody's mistake here
                raise BadAnswer(str(error)) from error
            return await bring(source.model_copy(update={"kind": "feed"}), 0)

        async def feed(pulled: Pulled, source: Source) -> Feed:
            return await ways.read(pulled, source, {})

        yield Tools(fetch=fetch, pull=bring, read=ways.read_document, feed=feed)


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
