"""What publishing a section costs, 50 entries in every format and every coding: written anew as a whole (as after a start), when one of
its entries was revised, and when nothing changed.

    python benchmarks/publishing.py [--entries 50] [--rounds 5] [--json]

CPU milliseconds of this process (they survive a busy machine), the best of some rounds. Entries come from a seed, so that figures can be
compared; nothing is fetched. The store is SQLite in a folder that is gone afterwards.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import structs

from aggregator.config import Section, Site, Source
from aggregator.plugins import load
from aggregator.publish import Press, publish
from aggregator.publish.render import pack
from aggregator.records import NextPull, Placed, Placement, Pulled
from aggregator.store import Store
from feeds.records import Author, Category, Content, Credit, Document, Entry, Role
from feeds.write.fragments import Fragments

START = datetime(2026, 3, 1, 8, tzinfo=UTC)
WORDS = (
    *("海河", "志愿者", "社区", "净滩", "活动", "周末", "居民", "议事", "老楼", "共建", "文明", "实践", "学校", "节日", "讲述", "河岸"),
    *("the ", "of ", "a ", "river ", "town ", "library ", "volunteers ", "reading "),
)


def entries(count: int, characters: int, seed: int = 1) -> list[Entry]:
    """Entries with about so many characters of text each."""
    chance = random.Random(seed)

    def text(length: int) -> str:
        said = ""
        while len(said) < length:
            said += chance.choice(WORDS) + chance.choice(("", "", "，", "。", chr(chance.randrange(0x4E00, 0x9000))))
        return said[:length]

    return [
        Entry(
            uid=f"https://source.example/{number}",
            title=text(28),
            link=f"https://source.example/{number}.html",
            content=Content(value="".join(f"<p>{text(120)}</p>" for _ in range(max(1, characters // 127)))),
            published=START - timedelta(minutes=number),
            authors=(Author(name=text(3), role=Role.REPORTER),),
            contributors=(Author(name=text(3), role=Role.EDITOR),),
            categories=(Category(term=text(4)),),
            credit=Credit(
                source=text(5), publisher=text(6), homepage="https://source.example/", original_url=f"https://origin.example/{number}"
            ),
            fingerprint=f"1:{number}",
        )
        for number in range(count)
    ]


def press(body: str, size: int) -> Press:
    return Press(
        site=Site(title="Bench", url="https://feeds.example.org", language="zh-CN"),
        sections={"news": Section(key="news", title="News", size=size, body=body)},
        sources={"source": Source(key="source", title="Source", url="https://source.example/feed", republish="full")},
        formats=load("haihe.formats"),
    )


def fill(store: Store, brought: list[Entry]) -> None:
    store.migrate()
    store.enrol({"source": "source.example"}, START)
    bring(store, brought, START)


def bring(store: Store, brought: list[Entry], now: datetime) -> None:
    placed = [Placed(entry=entry, placements=(Placement(section="news", rule="bench"),)) for entry in brought]
    due = NextPull(at=START + timedelta(minutes=30), why="bench")
    store.record("source", Pulled(document=Document(url="https://source.example/feed", body=b"")), (), placed, due, now)


def cost(work: Callable[[int], object], rounds: int, first: Callable[[int], object] = lambda _: None) -> float:
    """CPU milliseconds of one call, the best of `rounds`; what comes `first` each time does not count."""
    best = float("inf")
    for number in range(rounds):
        first(number)
        before = time.process_time()
        work(number)
        best = min(best, time.process_time() - before)
    return best * 1000


def measure(body: str, characters: int, count: int, rounds: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="haihe-bench-") as folder:
        store = Store.open(f"sqlite:///{folder}/haihe.db")
        brought = entries(count, characters)
        fill(store, brought)
        desk = press(body, count)

        def anew(number: int) -> None:
            # Another title of the site makes other bytes; a press of its own remembers nothing that was written.
            publish(
                store,
                replace(desk, site=Site(**{**desk.site.model_dump(), "title": f"{number}"}), fragments=Fragments()),
                START,
                everything=True,
            )

        def revise(number: int) -> None:
            one = structs.replace(brought[count // 2], title=f"Revised {number}", fingerprint=f"revised {number}")
            bring(store, [one], START + timedelta(minutes=1 + number))

        def changed(number: int) -> None:
            if publish(store, desk, START + timedelta(minutes=1 + number)) != ("news",):
                raise AssertionError("the revised entry was not published")

        anew(-1)
        whole = cost(anew, rounds)
        publish(store, desk, START, everything=True)
        revised = cost(changed, rounds, revise)
        bodies = [rendition.body for name in desk.formats if (rendition := store.rendition("news", name))]
        packing = cost(lambda _: [pack(body) for body in bodies], rounds)
        unchanged = cost(lambda _: publish(store, desk, START), rounds)
        store.close()
    return {
        "section": f"{count} entries, body: {body}",
        "kilobytes": [round(len(each) / 1000) for each in bodies],
        "anew_ms": round(whole, 1),
        "changed_ms": round(revised, 1),
        "of_it_packing_ms": round(packing, 1),
        "unchanged_ms": round(unchanged, 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    options = parser.parse_args()
    for body, characters in (("summary", 1700), ("full", 1700)):
        found = measure(body, characters, options.entries, options.rounds)
        if options.json:
            print(json.dumps(found))
            continue
        sizes = "/".join(map(str, found["kilobytes"]))
        print(
            f"{found['section']:28} {sizes:>12} KB   anew {found['anew_ms']:>5}   one revised {found['changed_ms']:>5} "
            f"(of both, packing {found['of_it_packing_ms']})   unchanged {found['unchanged_ms']} ms"
        )


if __name__ == "__main__":
    main()
