"""Articles of lists that are known are not asked for again, except on a schedule (`aggregator.corrections`): for what was corrected since,
and for what was taken down. The change is seen in the article as it is read, not in the bytes of its page."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, replace
from datetime import datetime

from msgspec import structs

from aggregator import corrections
from aggregator.attribute import attribute
from aggregator.config import ListConfig, Source
from aggregator.corrections import Found, Visit, Visited
from aggregator.errors import PullError
from aggregator.pipeline import Outcome, Trade, refresh
from aggregator.pull.page import MOST
from aggregator.quality import gate
from aggregator.records import Known, Placed, Pulled, Recorded, Unchanged
from aggregator.route import route
from aggregator.wire import Stack
from feeds.clean import urls
from feeds.errors import FeedError
from feeds.records import Document, Feed, Precision

NOTHING = Recorded()
WHY = "the site has taken it down"


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What looking again came to: entries revised, and the ids of those that were withdrawn upstream."""

    recorded: Recorded = NOTHING
    withdrawn: tuple[str, ...] = ()


async def tend(source: Source, known: Known, trade: Trade, now: datetime) -> Outcome:
    """Refresh a source, and look again at what is due of it."""
    outcome = await refresh(source, known, trade, now)
    if outcome.error is not None:
        return outcome
    looked = await revisit(source, trade, now)
    if not looked.withdrawn and not looked.recorded.revised:
        return outcome
    before = outcome.recorded or Recorded()
    recorded = structs.replace(
        before, revised=before.revised + looked.recorded.revised, sections=before.sections | looked.recorded.sections
    )
    taken = len(looked.withdrawn)
    notes = (f"{taken} {'entries were' if taken > 1 else 'entry was'} withdrawn: {WHY}",) if taken else ()
    return Outcome(source=source.key, recorded=recorded, notes=outcome.notes + notes)


async def revisit(source: Source, trade: Trade, now: datetime) -> Looked:
    """Look again at the few articles of the source that are due."""
    if source.kind == "feed":
        return Looked()
    due = await asyncio.to_thread(trade.store.visits, source.key, now, corrections.AT_ONCE)
    if not due:
        return Looked()
    with Stack(trade.room) as pages:
        visits = await _look(source, due, trade, pages)
        feed = await _read(source, due, pages, trade)
    gone = set(feed.gone) if feed else set()
    judged = corrections.judge([replace(one, found=Found.GONE) if urls.normalise(one.visit.link) in gone else one for one in visits], now)
    placed = await asyncio.to_thread(_placed, source, feed, due, trade) if feed else ()
    # Withdrawn first: a crash in between only means that these are looked at once more.
    ids = [one.visit.entry for one in judged if one.found is Found.GONE]
    withdrawn = await asyncio.to_thread(trade.store.withdraw, ids, "upstream", WHY, now) if ids else ()
    recorded = await asyncio.to_thread(trade.store.visited, source.key, placed, judged, now)
    return Looked(recorded=recorded, withdrawn=withdrawn)


async def _look(source: Source, due: list[Visit], trade: Trade, pages: Stack) -> list[Visited]:
    """Each page asked for, conditionally, until there is much to read; those that came are put on `pages`, by address, with the further
    pages of their articles."""
    visits: list[Visited] = []
    alone = source.model_copy(update={"kind": "article"})
    for visit in due:
        if pages.size > MOST:
            break  # the others stay due
        pages.step_out()
        kept = Visited(visit=visit, found=Found.KEPT, etag=visit.etag, last_modified=visit.last_modified)
        told = Known(key=source.key, etag=visit.etag, last_modified=visit.last_modified)
        try:
            answer = await trade.look(alone, told, visit.link)
        except PullError as error:
            found = Found.GONE if error.status == 410 else Found.MISSING if error.status == 404 else Found.FAILED
            visits.append(replace(kept, found=found))
            continue
        if isinstance(answer, Unchanged):
            visits.append(replace(kept, etag=answer.etag or visit.etag, last_modified=answer.last_modified or visit.last_modified))
            continue
        for link, document in {visit.link: answer.document, **(answer.articles or {})}.items():
            pages.put(link, document)
        visits.append(replace(kept, etag=answer.etag, last_modified=answer.last_modified))
        del answer, document  # on the disk while the next one comes
    return visits


async def _read(source: Source, due: list[Visit], came: Stack, trade: Trade) -> Feed | None:
    """The pages read as they were read when they were new: behind a list that says of them what theirs said. None where none came, or
    none can be read."""
    pages = await came.all()
    if not pages:
        return None
    rows = [{"title": each.title, "url": each.link, "date": _date(each)} for each in due if each.link in pages]
    listed = Document(url=source.base or source.url, body=json.dumps(rows).encode(), content_type="application/json")
    kind = "wechat" if source.kind == "wechat" else "json"
    told = source.model_copy(update={"kind": kind, "list": ListConfig()})
    known = await asyncio.to_thread(trade.store.fingerprints, source.key, 100_000)
    try:
        feed = await trade.read(Pulled(document=listed, articles=pages), told, known)
    except FeedError:
        return None
    of = {urls.normalise(each.link): each for each in due}
    entries = [(each, of.get(urls.normalise(each.link or "")) or of.get(each.uid)) for each in feed.entries]
    renamed = (structs.replace(each, uid=visit.uid, source=visit.origin) for each, visit in entries if visit)
    return structs.replace(feed, entries=tuple(renamed))


def _placed(source: Source, feed: Feed, due: list[Visit], trade: Trade) -> tuple[Placed, ...]:
    """Attributed, routed, and no worse than what is kept: a correction that is no article corrects nothing."""
    placed = route(attribute(feed, source).entries, source, trade.rules)
    return gate(placed, trade.store.recent(source.key), {each.uid for each in due}).placed


def _date(visit: Visit) -> str | None:
    if visit.published is None:
        return None
    return visit.published.date().isoformat() if visit.precision is Precision.DAY else visit.published.isoformat()
