"""How many entries a source brought and a section holds is kept as they come and go, and is what there is, whatever was done."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from aggregator.records import Placement
from aggregator.store import ALL, Limits, tables

HOUR = timedelta(hours=1)
SECTIONS = ("s", "t", "u")


def counted(store) -> dict[str, int]:
    entries, placements = tables.entries.c, tables.placements.c
    with store._database.read() as connection:
        rows = [
            *connection.execute(select(entries.source, func.count()).group_by(entries.source)),
            *connection.execute(select("section " + placements.section, func.count()).group_by(placements.section)),
        ]
    return {str(name): int(count) for name, count in rows}


def kept(store) -> dict[str, int]:
    found = {state.key: state.entries for state in store.sources()} | {f"section {state.key}": state.entries for state in store.sections()}
    return {name: count for name, count in found.items() if count}


def some(chance: random.Random) -> tuple[str, ...]:
    return tuple(chance.sample(SECTIONS, chance.randint(0, len(SECTIONS))))


@pytest.mark.parametrize("seed", range(3))
def test_tallies_follow_whatever_is_done(desk, seed):
    chance = random.Random(seed)
    ids: set[str] = set()
    desk.store.enrol({"a": "a.example", "b": "b.example"}, desk.now)

    def bring(way):
        placed = [desk.entry(str(chance.randint(0, 15)), *some(chance), text=str(chance.random())) for _ in range(chance.randint(1, 5))]
        ids.update(way(placed).new)

    verbs = {
        "pull": lambda: bring(lambda placed: desk.record(*placed, key=chance.choice("ab"))),
        "amend": lambda: bring(lambda placed: desk.store.amend("a", placed, desk.now)),
        "place": lambda: desk.store.place(
            [(id_, [Placement(section=each, rule="b") for each in some(chance)]) for id_ in chance.sample(sorted(ids), min(4, len(ids)))],
            desk.now,
        ),
        "pin": lambda: desk.store.pin(chance.choice(sorted(ids)), some(chance) or ("u",), "c", desk.now),
        "unpin": lambda: desk.store.unpin(chance.sample(sorted(ids), min(2, len(ids)))),
        "withdraw": lambda: desk.store.withdraw([chance.choice(sorted(ids))], "operator", None, desk.now),
        "retain": lambda: desk.store.retain(Limits(desk.now - 30 * HOUR, desk.now, desk.now), 3, desk.now),
        "rename": lambda: desk.store.rename(*chance.sample(SECTIONS, 2), desk.now, live=chance.choice((True, False, None))),
        "publish": lambda: [desk.store.feed_name(each) for each in some(chance)],
    }
    verbs["pull"]()
    for _ in range(60):
        desk.later()
        done = chance.choice(list(verbs))
        verbs[done]()
        assert kept(desk.store) == counted(desk.store), done
    assert kept(desk.store)[f"section {ALL}"] > 5
