"""`haihe pull --url URL`: one article, recorded under the source that it belongs to.

Whose it is, is known by its account if it is of WeChat, else by its host. Where that names no source, or several, the operator is asked.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import takewhile
from urllib.parse import urlsplit

from msgspec import structs

from aggregator.attribute import attribute
from aggregator.config import Config, Source, unlisted
from aggregator.errors import ConfigError, PullError
from aggregator.pipeline import Outcome, Trade
from aggregator.records import Pulled
from aggregator.route import route
from aggregator.verbs.pull import choose, print_json, show
from feeds.clean import urls
from feeds.errors import FeedError

SHARED = frozenset({"mp.weixin.qq.com"})  # hosts where an address says nothing of who wrote there


async def single(url: str, key: str | None, config: Config, trade: Trade, now: datetime, *, as_json: bool) -> bool:
    """Take the article at `url` for the source `key`, and show what came of it. Whether it could be had. ConfigError when it cannot be
    known whose it is."""
    if urls.absolute("", url) is None:
        raise ConfigError(f"{url!r} is no web address; write it in full, like https://example.org/news/1.html")
    named = choose(config, [key])[key] if key else None
    source = named or (None if urlsplit(url).hostname in SHARED else by_host(url, config.active.values()))
    try:
        pulled = await trade.further(_alone(source or _nobody(url)), url, ())
        if source is None:
            source = await _by_account(pulled, url, config, trade)
        outcome = await _record(pulled, url, source, trade, now)
    except (PullError, FeedError) as error:
        outcome = Outcome(source=source.key if source else url, error=error)
    if as_json:
        print_json(outcome)
    else:
        show([outcome])
    return outcome.error is None


async def _record(pulled: Pulled, url: str, source: Source, trade: Trade, now: datetime) -> Outcome:
    """read -> attribute -> route -> record. An article that is known already is that entry, whatever its source calls it."""
    feed = await trade.read(pulled, _alone(source), {})
    known = next((item.entry.uid for item in trade.store.find(url) if item.source == source.key), None)
    entries = tuple(structs.replace(entry, uid=known or urls.normalise(url)) for entry in feed.entries)
    placed = route(attribute(structs.replace(feed, entries=entries), source).entries, source, trade.rules)
    recorded = trade.store.amend(source.key, placed, now)
    return Outcome(source=source.key, recorded=recorded, notes=(*feed.repairs, *(each.title for each in entries)))


async def _by_account(pulled: Pulled, url: str, config: Config, trade: Trade) -> Source:
    """The source of the WeChat account that wrote this."""
    feed = await trade.read(pulled, _alone(_nobody(url)), {})
    account = next((author.name for author in feed.authors), None)
    if account is None:
        raise _unknown(url, "its host belongs to no source, and it is of no account", ())
    found = [each for each in config.active.values() if account in (each.title, each.credit.source, each.credit.publisher, each.key)]
    if len(found) != 1:
        raise _unknown(url, f"it is of the account {account}, which {_which(found)}", found)
    return found[0]


def by_host(url: str, sources: Iterable[Source]) -> Source | None:
    """The source whose list stands on the same host, else on the same site; of several the one whose list is nearest in the tree; None
    where there is none."""
    sources = list(sources)
    host = urlsplit(url).netloc
    found = [each for each in sources if host in {urlsplit(address).netloc for address in _addresses(each)}]
    found = found or [each for each in sources if any(urls.same_site(url, address) for address in _addresses(each))]
    near = {each.key: max(_shared(url, address) for address in _addresses(each)) for each in found}
    nearest = [each for each in found if near[each.key] == max(near.values())]
    if len(nearest) > 1:
        raise _unknown(url, f"its host {_which(nearest)}", nearest)
    return nearest[0] if nearest else None


def _addresses(source: Source) -> list[str]:
    return [each for each in (source.base or source.url, source.credit.homepage) if each]


def _shared(one: str, other: str) -> int:
    """How many folders two addresses share."""
    folders = zip(*(urlsplit(each).path.split("/")[:-1] for each in (one, other)), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], folders))


def _which(sources: list[Source]) -> str:
    return f"could be {', '.join(each.key for each in sources)}" if sources else "belongs to no source"


def _unknown(url: str, why: str, sources: Iterable[Source]) -> ConfigError:
    keys = [each.key for each in sources]
    return ConfigError(f"whose article is {url}? {why}; say it with --source {keys[0] if keys else 'KEY'}")


def _alone(source: Source) -> Source:
    """The source as the reader of one of its articles sees it."""
    return source.model_copy(update={"kind": "article"})


def _nobody(url: str) -> Source:
    return unlisted(url, "nobody", urlsplit(url).hostname)
