"""What is opened, and what each part is handed. It opens what has an end (store, wire, readers) and hands each part its
callables; decisions live elsewhere.

Parts are imported where they are put together: a web worker never loads the wire, and `haihe status` loads neither."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable, Collection, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from functools import cached_property
from time import monotonic
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from aggregator.config import Config, Section
from aggregator.store import Store

if TYPE_CHECKING:
    from aggregator.cadence import Walls
    from aggregator.config import Source
    from aggregator.pipeline import Outcome, Trade
    from aggregator.publish import Press
    from aggregator.publish.policy import Stated
    from aggregator.records import Known, Pulled, Rendition, Unchanged
    from aggregator.run.family import Child
    from aggregator.serve.asked import Asked

log = logging.getLogger("haihe")

POLICIES = "policies"  # the name under which the store keeps those by which everything was published last
ALL = "all"  # the reserved section that holds every entry
ALL_SIZE = 100
A_PAGE = 500  # articles of one page of a list, where pages are read one after another; only absurd ones have more
RETAINING = 600.0  # seconds between two looks for what is past its time
PORTION = 200  # entries that are emptied in one go
SETTLING = 0.2  # seconds of a tick that go into placing what is kept by rules that were edited
TAKEN = 200  # entries that search takes in at once
LOOKING = 9  # times as long as it took, until search looks again for what is new: a tenth of the time at most, however much is kept
INDEXING = 2.0  # seconds that a verb which pulled spends on search
PATIENCE = 3.0  # seconds that pulls in flight have when the end comes
SET_BACK = timedelta(minutes=1)  # a clock that goes back by less is being kept right
PAUSED = timedelta(minutes=2)  # a tick comes every second
LEASE = timedelta(minutes=10)  # longer than any pull takes; only a machine that died lets one run out


def now() -> datetime:
    """The clock, read here and at the verbs and nowhere deeper."""
    return datetime.now(UTC)


class App:
    """One configuration with its open store."""

    def __init__(self, config: Config, store: Store) -> None:
        self.config, self.store = config, store
        self._settled = self._policed = False
        self._retain_at = 0.0

    def enrol(self) -> None:
        """Tell the store which sources there are now; those that left the configuration rest with their history."""
        self.store.enrol({key: address(source) for key, source in self.config.active.items()}, now())

    def resume(self, at: datetime | None = None) -> None:
        """Take up the schedule after a pause: what is long overdue comes one after the other, what a wrong clock put far off comes back."""
        from aggregator.cadence import after_restart

        self.store.postpone(after_restart(self.store.waiting(), self.config.pace.at_most, at or now()))

    def walls(self, source: Source) -> Walls:
        """What the operator says of a source's pace."""
        from aggregator.cadence import Walls

        pace = self.config.pace
        return Walls(
            every=source.every or pace.every,
            at_least=pace.at_least,
            at_most=pace.at_most,
            fixed=source.every is not None,
            zone=ZoneInfo(source.timezone or self.config.site.timezone),
            web=not source.url.startswith("file:"),
        )

    @cached_property
    def press(self) -> Press:
        from aggregator.plugins import load as plugins
        from aggregator.publish import Press

        config = self.config
        return Press(site=config.site, sections=self._sections(), sources=config.sources, formats=plugins("haihe.formats"))

    def _sections(self) -> dict[str, Section]:
        """Those of the configuration, and `all`."""
        site = self.config.site
        return {**self.config.sections, ALL: Section(key=ALL, title=site.title, description=site.description, size=ALL_SIZE)}

    def settle(self, patience: float | None = None) -> bool:
        """Place what is kept by the rules of now, where they were edited, for as many seconds as `patience`; whether all of it is."""
        from aggregator.placing import step

        if not self._settled:
            self.store.follow({key: section.was for key, section in self.config.sections.items()}, now())
        end = None if patience is None else monotonic() + patience
        while not self._settled and (end is None or monotonic() < end):
            self._settled = not step(self.store, self.config, now())
        return self._settled

    def retain(self) -> int:
        """Empty some of what is past its time; how much it was."""
        from aggregator.store import Limits

        keep, at = self.config.retention, now()
        limits = Limits(at - keep.entries if keep.entries else None, at - keep.withdrawn, at - keep.revisions)
        return self.store.retain(limits, PORTION, at)

    def keeping_up(self) -> Callable[[], tuple[str, ...]]:
        """What each tick of the puller does beside pulling. Search takes in what is new, and archives what is old, bit by bit, so that
        nothing waits for them."""
        from aggregator.publish import unarchived

        wanted = behind = self.config.site.search
        sections = self._sections().values()
        waiting = unarchived(self.store, sections)
        look_at = 0.0

        def keep_up() -> tuple[str, ...]:
            nonlocal behind, waiting, look_at
            self.settle(SETTLING)
            if monotonic() >= self._retain_at and not self.retain():
                self._retain_at = monotonic() + RETAINING
            changed = self.publish(waiting)
            if changed or waiting:
                waiting = unarchived(self.store, sections)
            behind = wanted and (behind or bool(changed))
            if behind and (began := monotonic()) >= look_at:
                behind = self.store.index(TAKEN) == TAKEN
                look_at = 0.0 if behind else monotonic() + LOOKING * (monotonic() - began)
            return changed

        return keep_up

    def catch_up(self) -> None:
        """What a verb that pulled does in the end, in one go: the rest of what `keeping_up` does bit by bit. Of a first pull of thousands
        search takes in what it can within INDEXING, and some archives are closed; `haihe run`, or the next pull that brings something, goes
        on with the rest."""
        while self.retain():
            pass
        self.publish()
        end = monotonic() + INDEXING
        while self.config.site.search and self.store.index() and monotonic() < end:
            pass

    def publish(self, also: Collection[str] = (), *, everything: bool = False) -> tuple[str, ...]:
        """Render what changed, and these; keys of the sections whose bytes are new. Where a policy was edited that is everything: nothing
        may stay up that its source allows no more."""
        if not self._policed:
            edited = json.dumps(self.policies, sort_keys=True, ensure_ascii=False)
            if edited != self.store.applied(POLICIES):
                changed = self._publish(also, everything=True)
                self.store.apply(POLICIES, edited)
                self._policed = True
                return changed
            self._policed = True
        return self._publish(also, everything=everything)

    @property
    def policies(self) -> Stated:
        from aggregator.publish.policy import stated

        return stated(self.config.sections, self.config.sources, self.config.publishers)

    def _publish(self, also: Collection[str], *, everything: bool) -> tuple[str, ...]:
        if not everything and not also and not self.store.stale([*self.config.sections, ALL]):
            return ()  # before anything is loaded that writes feeds
        from aggregator.publish import publish

        return publish(self.store, self.press, now(), also=also, everything=everything)

    def tailor(self, section: str, format: str, asked: Asked) -> Rendition | None:  # noqa: A002  the record's own word
        """A section in one format as somebody asks for it."""
        from aggregator.publish import tailor

        return tailor(self.store, self.press, section, format, asked.limit, asked.body, asked.query)

    @asynccontextmanager
    async def trade(self) -> AsyncIterator[Trade]:
        """What `refresh` works with, for as long as the wire and the readers are open."""
        from aggregator.app.ways import opened_ways, whole
        from aggregator.heap import keep_going, keep_little
        from aggregator.pipeline import Trade
        from aggregator.records import Known
        from aggregator.route import Rules

        keep_little()
        keep_going()
        config, store = self.config, self.store
        async with opened_ways(config, now, store.robots, store.keep_robots) as ways, store.writer() as writer:

            async def pull(source: Source, known: Known) -> Pulled | Unchanged:
                return await ways.pull(source, known, lambda key: store.settled(key, now()))

            async def look(source: Source, told: Known, address: str, seen: Collection[str] = ()) -> Pulled | Unchanged:
                return await ways.exchange(source, told, lambda _: seen, A_PAGE, address)

            async def further(source: Source, address: str, seen: Collection[str]) -> Pulled:
                return whole(await look(source, Known(key=source.key), address, seen))  # no validators: they are those of the first page

            rules = Rules.of(config.sections, config.routes)
            yield Trade(
                store=store,
                writer=writer,
                pull=pull,
                further=further,
                look=look,
                read=ways.read,
                rules=rules,
                walls=self.walls,
                room=ways.wire.room,
            )

    async def refresh(self, known: Known, trade: Trade) -> Outcome:
        from aggregator.revisit import tend

        return await tend(self.config.active[known.key], known, trade, now())

    def claimer(self, clock: Callable[[], datetime] = now) -> Callable[[int], list[Known]]:
        """What claims sources; where the clock was set back since the last time, the schedule is taken up anew."""
        from aggregator.cadence import words

        last = clock()

        def claim(free: int) -> list[Known]:
            nonlocal last
            before, last = last, clock()
            if last < before - SET_BACK:
                log.warning("the clock was set back by %s; what was planned by it is planned again", words(before - last))
                self.resume(last)
            elif last > before + PAUSED:
                self.resume(last)  # the machine slept: what came due meanwhile does not all go out in one second
            return self.store.claim(last, free, LEASE)

        return claim

    async def tick(self, child: Child | None) -> None:
        """Pull, read and publish until a signal ends it; `child` is looked after meanwhile, and told first when the end comes."""
        from aggregator.run.embedded import run as every_second
        from aggregator.run.family import announce, told_to_stop
        from aggregator.run.ticker import Ticker

        async with self.trade() as trade:

            async def work(known: Known) -> None:
                say(await self.refresh(known, trade))

            ticker = Ticker(
                claim=self.claimer(),
                work=work,
                publish=self.keeping_up(),
                release=self.store.release,
                at_once=self.config.pull.concurrency,
                look=child.look_after if child else lambda: None,
            )
            with told_to_stop() as stop:
                waiting = asyncio.create_task(announce(self.config.serve.host, self.config.serve.port)) if child else None
                await every_second(ticker.tick, stop)
            if child and waiting:
                waiting.cancel()
                child.ask_to_end()
            await ticker.close(PATIENCE)


def address(source: Source) -> str:
    """The address of a source with whatever else decides what comes from there and how it is read, as a fragment (which never goes over
    the wire): the store keeps a hash of it, so that a source begins afresh once the operator has mended it. It holds secrets."""
    deciding = source.model_dump(
        mode="json", include={"base", "kind", "list", "article", "timezone", "language", "robots"}, exclude_defaults=True
    )
    secrets: list[object] = [source.secret_headers()]
    secrets += [proxy] if (proxy := source.proxy_address()) else []
    secrets += [[each.url for each in source.bridges]] if source.bridges else []
    return f"{source.url}#{json.dumps([deciding, *secrets], sort_keys=True, ensure_ascii=False)}"


@contextmanager
def opened(config: Config) -> Iterator[App]:
    """The application with its database migrated, closed in the end."""
    store = Store.open(config.database)
    try:
        store.migrate()
        yield App(config, store)
    finally:
        store.close()


@contextmanager
def pulling(config: Config) -> Iterator[App]:
    """The application as the one that pulls. It alone enrols sources: a verb that only looks may have read a configuration that the
    puller does not know yet, and an edit must be news to whoever pulls by it."""
    with opened(config) as app, app.store.hold():
        app.enrol()
        yield app


def say(outcome: Outcome) -> None:
    """One line a refresh that brought something or failed; one that found nothing new is only worth a debug line."""
    if outcome.error is not None:
        log.warning("%s: %s", outcome.source, outcome.error)
    elif outcome.recorded is not None:
        recorded = outcome.recorded
        log.info("%s: %d new, %d revised, %d the same", outcome.source, len(recorded.new), len(recorded.revised), recorded.same)
        for note in outcome.notes:
            log.info("%s: %s", outcome.source, note)
    elif outcome.unchanged is not None:
        log.debug("%s: unchanged (%s)", outcome.source, outcome.unchanged.why)
