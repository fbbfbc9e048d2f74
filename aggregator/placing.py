"""What an edit of the rules does to the entries that are kept: `haihe plan` tells it, `haihe run` and `haihe pull` do it.

A hash of all that routing follows from says whether anything is to be done. Then every entry is looked at once, in batches, in the order
of its id, so that a restart goes on where the last one stopped. Where an editor pinned an entry it stays.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from aggregator.config import Config
from aggregator.records import Item, Placement
from aggregator.route import Rules, places
from aggregator.store import Store

DONE, UNDER_WAY = "placed", "placing"  # names under which the store keeps what was applied
BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """An entry whose sections are to change: its places by the rules of now, the sections where it appears and those that it leaves. A
    section that was only renamed is neither."""

    item: Item
    placements: tuple[Placement, ...]
    appears: tuple[str, ...] = ()
    leaves: tuple[str, ...] = ()


def moves(items: Iterable[Item], config: Config, rules: Rules) -> Iterator[Move]:
    """Those of `items` that the rules place otherwise than they stand. What came from a source that the configuration no longer names stays
    where it is: nothing says where it should go."""
    renamed = _renamed(config)
    for item in items:
        source = config.sources.get(item.source)
        if source is None:
            continue
        wanted = places(item.entry, source, rules)
        goal = {place.section for place in wanted}
        pinned = {place.section for place in item.placements if place.pinned}
        stands = {place.section for place in item.placements}
        if goal | pinned == stands:
            continue
        known = {renamed.get(section, section) for section in stands}
        yield Move(item=item, placements=wanted, appears=tuple(sorted(goal - known)), leaves=tuple(sorted(known - goal - pinned)))


def step(store: Store, config: Config, now: datetime, batch: int = BATCH) -> bool:
    """Place the next batch of entries by the rules of now; whether there may be more. One transaction: batch and progress together."""
    wanted = fingerprint(config)
    if store.applied(DONE) == wanted:
        return False
    under_way, _, cursor = (store.applied(UNDER_WAY) or "").partition(" ")
    items = store.kept(cursor if under_way == wanted else "", batch)
    if not items:
        store.apply(DONE, wanted)
        return False
    moved = [(move.item.id, move.placements) for move in moves(items, config, Rules.of(config.sections, config.routes))]
    store.place(moved, now, applied=(UNDER_WAY, f"{wanted} {items[-1].id}"))
    return True


def fingerprint(config: Config) -> str:
    """Of all that decides where an entry goes. Where a rule stands in its file does not count."""
    deciding = {
        "sections": {key: [section.title, *section.aliases] for key, section in config.sections.items()},
        "routes": [route.model_dump(mode="json", exclude={"name"}) for route in config.routes],
        "sources": {key: [source.title, *source.sections] for key, source in config.sources.items()},
    }
    return hashlib.blake2b(json.dumps(deciding, ensure_ascii=False).encode(), digest_size=16).hexdigest()


def _renamed(config: Config) -> Mapping[str, str]:
    return {old: key for key, section in config.sections.items() for old in section.was if old not in config.sections}
