"""Ten megabytes of everything (`benchmarks/bounds.py`): whatever they are, reading or refusing them takes little time and memory."""

from __future__ import annotations

import pytest

from benchmarks.bounds import MEMORY, MIB, SECONDS, measured
from benchmarks.large import KINDS
from feeds.errors import FeedError
from feeds.read import read
from feeds.records import Document, Hints

BUSY = 4  # how many times slower than a quiet machine one may be that runs other tests at the same time


@pytest.mark.long
@pytest.mark.parametrize("name", KINDS)
def test_ten_megabytes_take_little(name: str) -> None:
    took, peak, said = measured(name, 10 * MIB)
    assert took < BUSY * SECONDS, said
    assert peak < MEMORY, said


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_is_read_or_refused(name: str) -> None:
    kind, make = KINDS[name]
    try:
        feed = read(Document(url="http://a.example/2026/x.html", body=make(20_000)), Hints(kind=kind, timezone="Asia/Shanghai"))
    except FeedError:
        return
    assert all(entry.uid for entry in feed.entries)
