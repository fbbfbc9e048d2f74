"""The same records give the same bytes: in whatever process, under whatever hash seed and time zone, on either database."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aggregator.config import Section, Site, Source
from aggregator.plugins import load as plugins
from aggregator.publish import Press, publish, tailor
from aggregator.records import NextPull, Placed, Placement, Pulled
from aggregator.store import Store
from feeds.records import Author, Category, Content, Credit, Document, Enclosure, Entry, Role

NOW = datetime(2026, 3, 4, 10, 20, tzinfo=UTC)
SOURCES = ("tide", "wm", "津水")


def press() -> Press:
    return Press(
        site=Site(title="津门文明", url="https://feeds.example.org", language="zh-CN"),
        sections={key: Section(key=key, title=key, body="full", size=10) for key in ("jsjx", "zyfw", "all")},
        sources={key: Source(key=key, title=key, url=f"https://{index}.example/feed") for index, key in enumerate(SOURCES)},
        formats=plugins("haihe.formats"),
    )


def fill(store: Store) -> None:
    """Many entries of one moment, some of them under one public id, with everything in them that has an order; one is withdrawn."""
    store.migrate()
    store.enrol({key: key for key in SOURCES}, NOW)
    for key in SOURCES:
        entries = [
            Entry(
                uid=f"https://a.example/#{number}" if number < 4 else f"{key}-{number}",
                id=f"https://a.example/#{number}" if number < 4 else None,
                title=f"第{number}条",
                link=f"https://{number}.example/{number % 3}",
                content=Content(value="<p>正文 &amp; 图</p>" * 30),
                published=NOW - timedelta(days=3),
                authors=tuple(Author(name=name, role=Role.REPORTER) for name in ("李强", "王芳")),
                contributors=tuple(Author(name=name, role=Role.REVIEWER) for name in ("周四", "吴五")),
                categories=tuple(Category(term=term) for term in ("水务", "志愿", "Rivers")),
                enclosures=tuple(Enclosure(url=f"https://a.example/{part}.mp3", duration=9) for part in (2, 1)),
                credit=Credit(source="津水微言", agency="新华社", chain=("甲报", "乙报")),
                fingerprint=f"{number}",
            )
            for number in range(9)
        ]
        placed = [
            Placed(entry=entry, placements=(Placement(section=("jsjx", "zyfw")[index % 4 == 0], rule="test"),))
            for index, entry in enumerate(entries)
        ]
        store.record(key, Pulled(document=Document(url=key, body=b"")), (), placed, NextPull(at=NOW, why="test"), NOW)
    gone = store.find("https://a.example/#0")[0].id
    store.withdraw([gone], "operator", "by mistake", NOW + timedelta(minutes=1))


def tags(store: Store, now: datetime) -> dict[str, str]:
    """What is published and what is made on demand, by section and format."""
    desk = press()
    publish(store, desk, now, everything=True)
    found = {f"{section}.{form}": stamp.etag for (section, form), stamp in store.stamps().items()}
    for form in desk.formats:
        made = tailor(store, desk, "all", form, 20, "link", "limit=20&body=link")
        assert made is not None
        found[f"tailored {form}"] = made.etag
    archives = [store.archive("all", number) for number in range(1, store.last_archive("all") + 1)]
    return found | {f"archive {one.number}": one.etag for one in archives if one}


def test_every_replica_publishes_the_same_bytes(database_url, tmp_path):
    store = Store.open(database_url)
    fill(store)
    first = tags(store, NOW + timedelta(minutes=2))
    assert len(set(first.values())) > 12
    done = subprocess.run(
        [sys.executable, "-m", __name__, database_url],
        cwd=Path(__file__).parents[2],
        env=os.environ | {"PYTHONHASHSEED": "1", "TZ": "America/St_Johns"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout) == first
    assert tags(store, NOW + timedelta(hours=1)) == first
    store.close()
    other = Store.open(f"sqlite:///{tmp_path}/other.db")
    fill(other)
    assert tags(other, NOW + timedelta(minutes=2)) == first
    other.close()


if __name__ == "__main__":
    again = Store.open(sys.argv[1])
    print(json.dumps(tags(again, NOW + timedelta(days=1))))  # noqa: T201
    again.close()
