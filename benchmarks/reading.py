"""How long it takes to read a feed, beside feedparser, on one core and over the same bytes in memory.

    python benchmarks/reading.py [--feeds 60] [--rounds 5] [--seed 1] [--json]

`reading` is bytes to records, dates included; `sanitised` is what feedparser does as well and a fingerprint: read, normalise, sanitise;
`whole` also looks for what the texts state of themselves (`稿源:津水微言  编辑:张丽`), as a pull does. `known` is a pull that finds every
entry as it was. The figures are CPU milliseconds a feed: of each document the best of all rounds, in which the
contenders take turns, so that a busy machine slows them alike.
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import feedparser

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from benchmarks.corpus import Sample, samples
from feeds.read import read
from feeds.read.finish import finish
from feeds.read.syndication import read_syndication
from feeds.records import Document, Hints

_HINTS = Hints(kind="feed", timezone="Asia/Shanghai")
_PEER = "feedparser"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of the table")
    told = parser.parse_args()
    corpus = list(samples(told.feeds, told.seed))
    figures = measure(corpus, told.rounds)
    if told.json:
        print(json.dumps({"feeds": len(corpus), "bytes": sum(len(each.body) for each in corpus), "ms_per_feed": figures}))
        return
    print(f"{len(corpus)} feeds, {sum(each.items for each in corpus)} items, {sum(len(each.body) for each in corpus) / 1e6:.1f} MB\n")
    print(f"{'':28}{'ms a feed':>10}{'of feedparser':>16}")
    for name, figure in figures.items():
        print(f"{name:28}{figure:10.2f}{'' if name == _PEER else f'1/{figures[_PEER] / figure:.1f}':>16}")


def contenders(corpus: list[Sample]) -> dict[str, Callable[[Sample], int]]:
    """What is measured: of a sample, how many items were found."""
    known = {each.name: {entry.uid: entry.fingerprint for entry in read(_document(each), _HINTS).entries} for each in corpus}
    return {
        _PEER: lambda each: len(feedparser.parse(each.body).entries),
        "feedparser, unsanitised": lambda each: len(feedparser.parse(each.body, sanitize_html=False, resolve_relative_uris=False).entries),
        "reading": lambda each: len(read_syndication(_document(each), _HINTS).entries),
        "sanitised": lambda each: len(finish(read_syndication(_document(each), _HINTS), _HINTS, {}).entries),
        "whole": lambda each: len(read(_document(each), _HINTS).entries),
        "known": lambda each: len(read(_document(each), _HINTS, known[each.name]).same),
    }


def measure(corpus: list[Sample], rounds: int) -> dict[str, float]:
    """CPU milliseconds a feed by contender. AssertionError if one of them does not find the items that are there."""
    running = contenders(corpus)
    best = {name: dict.fromkeys((each.name for each in corpus), float("inf")) for name in running}
    for _ in range(rounds):
        for name, run in running.items():
            gc.collect()
            for each in corpus:
                begin = time.process_time()
                found = run(each)
                best[name][each.name] = min(best[name][each.name], time.process_time() - begin)
                if found != each.items:
                    raise AssertionError(f"{name} found {found} items of {each.items} in {each.name}")
    return {name: round(sum(times.values()) / len(corpus) * 1000, 3) for name, times in best.items()}


def _document(each: Sample) -> Document:
    return Document(url=f"https://{each.name}.example/feed", body=each.body)


if __name__ == "__main__":
    main()
