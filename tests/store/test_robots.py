"""What is kept of a robots.txt comes back as it was."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from msgspec import structs

from aggregator.records import Robots

NOW = datetime(2026, 3, 1, 8, 0, 0, 5, tzinfo=UTC)
FOUND = Robots(
    origin="https://a.example", text="User-agent: *\nDisallow: /新", asked_at=NOW, good_until=NOW + timedelta(days=1), delay=3, etag='W/"é"'
)


def test_it_is_kept_and_replaced(store):
    assert store.robots("https://a.example") is None
    store.keep_robots(FOUND)
    assert store.robots("https://a.example") == FOUND
    failing = structs.replace(FOUND, failures=2, failing_since=NOW, why="it answers 503", text=None, etag=None)
    store.keep_robots(failing)
    assert store.robots("https://a.example") == failing
    assert store.robots("https://a.example:8443") is None


def test_those_that_nobody_asked_for_any_more_go(store):
    store.keep_robots(FOUND)
    later = NOW + timedelta(days=200)
    store.keep_robots(structs.replace(FOUND, origin="https://b.example", asked_at=later, good_until=later))
    assert store.robots("https://a.example") is None
    assert store.robots("https://b.example") is not None
