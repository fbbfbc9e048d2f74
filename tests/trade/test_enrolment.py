"""What the operator's edits do to the schedule, from the file to the store."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from aggregator import app
from aggregator.app import App
from aggregator.config import load
from aggregator.errors import Gone
from aggregator.records import NextPull
from aggregator.store import Store

SOURCE = {"title": "A", "url": "https://a.example/", "kind": "page"}


@pytest.fixture
def desk(tmp_path):
    store = Store.open(f"sqlite:///{tmp_path}/haihe.db")
    store.migrate()

    def configured(env: dict[str, str] | None = None, **source: object):
        path = tmp_path / "config.yaml"
        written = "".join(f"    {name}: {value}\n" for name, value in (SOURCE | source).items())
        path.write_text(
            f'site: {{title: T, url: "https://t.example"}}\ndatabase: "sqlite:///{tmp_path}/haihe.db"\nsections: {{s: {{title: S}}}}\n'
            f"sources:\n  a:\n    sections: [s]\n{written}",
            encoding="utf-8",
        )
        return App(load(path, {"TOKEN": "one"} | (env or {})), store)

    yield configured, store
    store.close()


def stop(store: Store) -> None:
    now = datetime.now(UTC)
    store.fail("a", Gone(), NextPull(at=None, why="it has ended"), now)
    assert store.waiting() == []


@pytest.mark.parametrize(
    ("source", "env"),
    [
        ({"url": "https://a.example/new"}, {}),
        ({"list": '{item: "li"}'}, {}),
        ({"article": '{body: "#text"}'}, {}),
        ({"kind": "feed"}, {}),
        ({"timezone": "Asia/Shanghai"}, {}),
        ({"headers": '{X-Key: "other"}'}, {}),
        ({"headers": '{X-Key: "${TOKEN}"}'}, {"TOKEN": "two"}),
    ],
)
def test_what_may_have_mended_a_source_makes_it_due_at_once(desk, source, env):
    configured, store = desk
    before = {"headers": '{X-Key: "${TOKEN}"}'} if "TOKEN" in env else {}
    configured(**before).enrol()
    stop(store)
    configured(**before).enrol()
    assert store.waiting() == [], "nothing was edited"
    configured(env, **source).enrol()
    (known,) = store.waiting()
    assert (known.failures, known.next_pull_at <= datetime.now(UTC)) == (0, True)


@pytest.mark.parametrize("source", [{"title": "B"}, {"every": "2h"}, {"credit": "{rights: free}"}, {"republish": "full"}])
def test_what_has_nothing_to_do_with_its_failure_does_not(desk, source):
    configured, store = desk
    configured().enrol()
    stop(store)
    configured(**source).enrol()
    assert store.waiting() == []


def test_who_only_looks_enrols_nobody(desk, capsys):
    configured, store = desk
    configured().enrol()
    stop(store)
    edited = configured(url="https://a.example/new")
    app.status(edited.config, as_json=True)
    app.explain(edited.config, "a", as_json=True)
    assert store.waiting() == [], "the puller that runs would ask the old address, and forget the edit"
    edited.enrol()
    assert len(store.waiting()) == 1


def test_a_start_spreads_what_is_overdue_and_is_not_put_to_sleep_by_a_wrong_clock(desk):
    configured, store = desk
    app_ = configured()
    now = datetime.now(UTC)
    store.enrol({str(number): "https://a.example/" for number in range(100)}, now)
    for number in range(100):
        at = now - timedelta(hours=1) if number else now + timedelta(days=365)
        store.postpone({str(number): NextPull(at=at, why="so")})
        if number:
            store.fail(str(number), Gone(), NextPull(at=at, why="so"), now - timedelta(hours=2))
    app_.resume()
    due = [known.next_pull_at - now for known in store.waiting()]
    assert max(due) < timedelta(minutes=6)
    assert sum(wait < timedelta(minutes=1) for wait in due) < 60
