"""What is done once and then ends: a verb with its store, its wire, and what it is told of the configuration."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from aggregator.app.core import POLICIES, App, address, now, opened, pulling
from aggregator.app.service import run
from aggregator.config import Config, load
from aggregator.errors import StoreError
from aggregator.records import Finding
from aggregator.store import Store

if TYPE_CHECKING:
    from aggregator.config import Source


def pull(config: Config, sources: Mapping[str, Source], *, as_json: bool, pages: int = 0) -> bool:
    """`haihe pull`: pull these sources now, or so many pages of their lists, and publish what changed. Whether every one went well."""
    from aggregator.verbs.pull import pull as verb

    async def work(app: App) -> bool:
        async with app.trade() as trade:
            return await verb(sources, trade, config.pull.concurrency, as_json=as_json, pages=pages)

    with pulling(config) as app:
        app.settle()
        fine = asyncio.run(work(app))
        app.catch_up()
    return fine


def take(config: Config, url: str, key: str | None, *, as_json: bool) -> bool:
    """`haihe pull --url`: take one article and publish it. Whether it could be had."""
    from aggregator.verbs.single import single

    async def work(app: App) -> bool:
        async with app.trade() as trade:
            return await single(url, key, config, trade, now(), as_json=as_json)

    with pulling(config) as app:
        app.settle()
        fine = asyncio.run(work(app))
        app.catch_up()
    return fine


def status(config: Config, *, as_json: bool) -> None:
    """`haihe status`."""
    from aggregator.verbs.status import status as verb

    with opened(config) as app:
        verb(config, app.store.sources(), app.store.sections(), now(), as_json=as_json)


def explain(config: Config, word: str, *, as_json: bool) -> None:
    """`haihe explain`."""
    from aggregator.verbs.explain import explain as verb

    with opened(config) as app:
        verb(word, config, app.store, app.walls, now(), as_json=as_json)


def plan(config: Config, *, as_json: bool) -> bool:
    """`haihe plan`: what the configuration would change. Whether anything."""
    from aggregator.verbs.plan import plan as verb

    with opened(config) as app:
        addresses = {key: address(source) for key, source in config.active.items()}
        return verb(config, app.store, addresses, app.store.applied(POLICIES), as_json=as_json)


def decide(config: Config, verb: Callable[[Store, datetime], None]) -> None:
    """`haihe withdraw` and its like: what an editor decides, and then the sections that it changed, whether a puller is at work or not."""
    with opened(config) as app:
        verb(app.store, now())
        app.publish()


def check(config: Config, *, as_json: bool) -> bool:
    """`haihe check --store`: whether everything is true of the database that must be."""
    from aggregator.verbs.check import say as verb

    try:
        store = Store.open(config.database, make=False)
        try:
            findings = store.check(now())
        finally:
            store.close()
    except StoreError as error:
        findings = [Finding(where="the database", what=str(error), do="mend that, and look again")]
    return verb(findings, as_json=as_json)


def migrate(config: Config) -> list[str]:
    """`haihe migrate`: the names of the steps that were applied."""
    store = Store.open(config.database)
    try:
        return store.migrate()
    finally:
        store.close()


def demo(port: int) -> None:
    """`haihe demo`: everything against the bundled upstream site, in a folder that is gone afterwards."""
    from tempfile import TemporaryDirectory

    from aggregator import demo as bundled

    with bundled.serve() as upstream, TemporaryDirectory(prefix="haihe-demo-") as folder:
        run(load(bundled.write(Path(folder), upstream, port), os.environ))
