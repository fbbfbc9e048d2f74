"""The benchmark measures what it says: every contender finds every item, and the same seed gives the same bytes."""

from __future__ import annotations

from benchmarks.corpus import samples
from benchmarks.reading import measure


def test_every_contender_finds_every_item() -> None:
    figures = measure(list(samples(4, seed=3)), rounds=1)
    assert figures.keys() >= {"feedparser", "reading", "sanitised", "whole", "known"}
    assert all(figure > 0 for figure in figures.values())


def test_the_corpus_is_the_same_each_time() -> None:
    assert list(samples(3, seed=5)) == list(samples(3, seed=5)) != list(samples(3, seed=6))
