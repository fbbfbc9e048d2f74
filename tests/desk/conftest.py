"""The command as an editor types it, in this process, over a site of two sources whose news are known."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from aggregator import app
from aggregator.cli import main
from aggregator.config import Config, load
from aggregator.pipeline import attribute, route
from aggregator.records import Item, NextPull, Pulled, Recorded
from aggregator.route import Rules
from aggregator.store import Store
from feeds.records import Content, Document, Entry, Feed

CONFIG = """
site: {title: Town, url: "https://feeds.example.org", timezone: Asia/Shanghai}
database: "DATABASE"
sections:
  news: {title: News}
  help: {title: 志愿服务}
sources:
  herald: {title: Herald, url: "https://herald.example/feed", sections: [news], republish: full}
  bridge: {title: Bridge, url: "https://bridge.example/feed", sections: [help]}
routes:
  - {when: {title: 志愿}, to: [help]}
"""


def entry(number: int, title: str = "", **facts: object) -> Entry:
    usual: dict[str, object] = {
        "uid": f"u{number}",
        "title": title or f"News {number}",
        "link": f"https://herald.example/{number}.html",
        "content": Content(value=f"<p>Text {number}</p>"),
        "fingerprint": f"1:{number}:{title}",
    }
    return Entry(**(usual | facts))  # type: ignore[arg-type]


@dataclass
class Town:
    path: Path
    store: Store

    @property
    def config(self) -> Config:
        return load(self.path, {})

    def edit(self, old: str, new: str) -> None:
        text = self.path.read_text(encoding="utf-8")
        assert old in text
        self.path.write_text(text.replace(old, new), encoding="utf-8")

    def bring(self, *entries: Entry, source: str = "herald", at: datetime | None = None) -> Recorded:
        """As a pull would, by the rules of the configuration."""
        config, at = self.config, at or datetime.now(UTC)
        found = config.sources[source]
        fed = attribute(Feed(kind="rss", entries=entries), found)
        placed = route(fed.entries, found, Rules.of(config.sections, config.routes))
        pulled = Pulled(document=Document(url=found.url, body=b""))
        return self.store.record(source, pulled, (), placed, NextPull(at=at + timedelta(hours=1), why="test"), at)

    def say(self, *words: str) -> Result:
        """Run the command."""
        return CliRunner().invoke(main, ["--config", str(self.path), *words])

    def json(self, *words: str) -> dict[str, object]:
        done = self.say(*words, "--json")
        assert done.exit_code == 0, done.output
        found: dict[str, object] = json.loads(done.stdout)
        return found

    def published(self, section: str, form: str = "atom") -> str:
        rendition = self.store.rendition(section, form)
        return rendition.body.decode() if rendition else ""

    def item(self, title: str) -> Item:
        return next(item for item in self.store.newest(None, 100) if item.entry.title == title)


@pytest.fixture
def town(database_url: str, tmp_path: Path) -> Iterator[Town]:
    path = tmp_path / "config.yaml"
    path.write_text(CONFIG.replace("DATABASE", database_url.replace("\\", "/")), encoding="utf-8")
    config = load(path, {})
    store = Store.open(config.database)
    store.migrate()
    app.App(config, store).enrol()
    yield Town(path, store)
    store.close()


@pytest.fixture
def news() -> Callable[..., Entry]:
    return entry
