"""A source with several addresses (bridges to one account, mirrors of one site): the first that answers well is used.

One that fails rests, longer each time, and is tried again in its turn afterwards. Where all fail the source does, and its own back-off
counts. What another address brings of an entry that is kept is no news, whatever it calls it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import structs

from aggregator.config import Source
from aggregator.errors import BadAnswer, PullError
from aggregator.records import Bridges, Known, Pulled, Resting, Unchanged
from feeds.clean import urls
from feeds.errors import Advice, FeedError
from feeds.records import Feed

FIRST_REST = timedelta(minutes=30)  # then twice as long each time, up to
LONGEST_REST = timedelta(days=1)
LONGEST_RETRY = timedelta(days=7)  # also for one that has ended (410)
_HOPE: tuple[Advice, ...] = ("soon", "wait", "later", "stop")

PullOne = Callable[[Source, Known], Awaitable[Pulled | Unchanged]]
ReadFeed = Callable[[Pulled, Source], Awaitable[Feed]]


def turns(addresses: Sequence[str], state: Bridges, now: datetime) -> list[str]:
    """Whom to try, in order: the configured one, without those that rest; if all do, the one whose rest ends first."""
    awake = [each for each in addresses if each not in state.resting or state.resting[each].until <= now]
    return awake or sorted(addresses, key=lambda each: state.resting[each].until)[:1]


def rest(before: Resting | None, error: PullError | FeedError, now: datetime) -> Resting:
    failures = (before.failures if before else 0) + 1
    wait = LONGEST_RETRY if error.advice == "stop" else min(FIRST_REST * 2 ** min(failures - 1, 16), LONGEST_REST)
    if isinstance(error, PullError) and error.retry_after:
        wait = max(wait, min(timedelta(seconds=min(error.retry_after, 1e9)), LONGEST_RETRY))
    return Resting(failures=failures, until=now + wait, why=str(error))


async def pull_any(source: Source, known: Known, pull_one: PullOne, read: ReadFeed, now: datetime) -> Pulled | Unchanged:
    """The answer of the first address that answers well: with a document that can be read and, where entries came before, has some.

    Validators are sent to the address that gave them only. Raises the most hopeful of the errors when none does."""
    state = known.bridges or Bridges()
    resting = {each: one for each, one in state.resting.items() if each in source.addresses}
    errors: list[PullError | FeedError] = []
    for written in turns(source.addresses, state, now):
        here = known if written == state.used else structs.replace(known, etag=None, last_modified=None, body_hash=None)
        try:
            answer = await _well(source.at(written), here, pull_one, read)
        except (PullError, FeedError) as error:
            errors.append(error)
            resting[written] = rest(resting.get(written), error, now)
            continue
        resting.pop(written, None)
        # Several addresses take turns, so that no row of redirects proves anything of one.
        return structs.replace(answer, moved_to=None, bridges=Bridges(used=written, resting=resting))
    raise min(errors, key=lambda error: _HOPE.index(error.advice))


async def _well(source: Source, known: Known, pull_one: PullOne, read: ReadFeed) -> Pulled | Unchanged:
    answer = await pull_one(source, known)
    if isinstance(answer, Pulled) and not (await read(answer, source)).entries and not known.first:
        raise BadAnswer("it brings no entries any more")
    return answer


def unite(feed: Feed, kept: Mapping[str, str], known: Collection[str]) -> Feed:
    """The feed without the entries that are kept under another uid. `kept` are the links of what is kept (normalised) with its uid,
    `known` the uids. A link that several entries share, or that is the feed's own, names none of them."""
    links = Counter(urls.normalise(entry.link) for entry in feed.entries if entry.link)
    own = urls.normalise(feed.link) if feed.link else None

    def twin(link: str | None, uid: str) -> str | None:
        if link is None or uid in known:
            return None
        name = urls.normalise(link)
        return kept.get(name) if links[name] == 1 and name != own else None

    twins = {entry.uid: twin(entry.link, entry.uid) for entry in feed.entries}
    new = tuple(entry for entry in feed.entries if twins[entry.uid] is None)
    return structs.replace(feed, entries=new, same=(*feed.same, *(uid for uid in twins.values() if uid is not None)))
