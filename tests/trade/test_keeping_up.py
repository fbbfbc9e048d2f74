"""What each tick does beside pulling, over a real store."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from aggregator.app import pulling
from aggregator.app.core import TAKEN
from aggregator.config import load
from aggregator.records import NextPull, Placed, Placement, Pulled
from feeds.records import Document, Entry

NOW = datetime(2026, 3, 4, 10, 20, tzinfo=UTC)
TICKS = 20_000  # far more than it takes: a pause is measured in milliseconds here


def placed(number: int, title: str) -> Placed:
    entry = Entry(uid=f"u{number}", title=title, link=f"https://a.example/{number}", fingerprint=f"{number}{title}")
    return Placed(entry=entry, placements=(Placement(section="s", rule="test"),))


def test_search_takes_in_what_is_new_bit_by_bit_however_often_it_changes(tmp_path):
    told = {
        "site": {"title": "Site", "url": "https://feeds.example.org"},
        "database": "sqlite:///haihe.db",
        "sections": {"s": {"title": "S"}},
        "sources": {"a": {"title": "A", "url": "https://a.example/feed", "sections": ["s"]}},
    }
    (tmp_path / "config.yaml").write_text(json.dumps(told), "utf-8")
    with pulling(load(tmp_path / "config.yaml", {})) as app:
        keep_up = app.keeping_up()

        def bring(*entries: Placed) -> None:
            pulled = Pulled(document=Document(url="https://a.example/feed", body=b""))
            app.store.record("a", pulled, (), entries, NextPull(at=NOW, why="test"), NOW)

        bring(*(placed(number, "river bank") for number in range(2 * TAKEN + 1)))
        for _ in range(3):  # no pause while there is more
            keep_up()
        assert app.store.index() == 0
        for word in ("lantern", "harbour"):
            bring(placed(1, word))
            assert any(keep_up() is not None and app.store.search(word, 1) for _ in range(TICKS))
