"""What claims the sources that are due, by a clock that is set back, jumps ahead, or is being kept right."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.app import App
from aggregator.config import load
from aggregator.records import NextPull, Unchanged
from aggregator.store import Store

START = datetime(2026, 3, 10, 8, tzinfo=UTC)
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
KEYS = [f"s{n}" for n in range(30)]


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def app(tmp_path) -> Iterator[App]:
    sources = "".join(f"  {key}: {{title: {key}, url: 'https://{key}.example/'}}\n" for key in KEYS)
    (tmp_path / "config.yaml").write_text(f"site: {{title: T, url: 'https://t.example'}}\nsources:\n{sources}", encoding="utf-8")
    config = load(tmp_path / "config.yaml", {})
    store = Store.open(f"sqlite:///{tmp_path}/haihe.db")
    store.migrate()
    store.enrol({key: source.url for key, source in config.active.items()}, START)
    yield App(config, store)
    store.close()


def pulled(app: App, claimed, now: datetime) -> None:
    for known in claimed:
        app.store.rest(known.key, Unchanged(why="304"), NextPull(at=now + HOUR, why="every hour"), now)


def test_a_clock_that_is_set_back_by_days_stops_nothing(app, caplog):
    clock = Clock()
    claim = app.claimer(clock)
    pulled(app, claim(100), clock.now)
    clock.now -= timedelta(days=5)
    with caplog.at_level(logging.WARNING):
        assert claim(100) == []  # each wait keeps its length, counted from now
    assert "the clock was set back by 5 days; what was planned by it is planned again" in caplog.text
    clock.now += HOUR + SECOND
    assert len(claim(100)) == len(KEYS)


def test_a_clock_that_is_kept_right_by_seconds_is_no_news(app, caplog):
    clock = Clock()
    claim = app.claimer(clock)
    pulled(app, claim(100), clock.now)
    clock.now -= 30 * SECOND
    with caplog.at_level(logging.WARNING):
        assert claim(100) == []
    assert caplog.text == ""


def test_a_machine_that_slept_does_not_ask_everybody_in_one_second(app):
    clock = Clock()
    claim = app.claimer(clock)
    pulled(app, claim(100), clock.now)
    clock.now += timedelta(days=2)
    first = claim(100)
    assert len(first) <= 2
    taken = {known.key for known in first}
    for _ in range(5 * 60 // 10 + 1):
        clock.now += 10 * SECOND
        taken |= {known.key for known in claim(100)}
    assert taken == set(KEYS)
