"""Feeds to write: the founding entry, and makers of others. Import-free for the tests: they ask for `entry` and `feed`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest

from feeds.records import Author, Category, Content, Credit, Entry, Feed, Precision, Role, Source

CHINA = timezone(timedelta(hours=8))


def make_entry(number: int = 0, **facts: object) -> Entry:
    """A reprint as it stands on a city's portal: credited source, editor, a bare day, an original elsewhere."""
    usual: dict[str, object] = {
        "uid": f"u{number}",
        "id": f"urn:uuid:0b9f3f5e-9a43-5d4c-8f0e-{number:012}",
        "title": "市水务局海河中心党总支“三通六联”打造共建共联新模式",
        "link": f"http://wenming.example/system/2022/09/28/{number}.shtml",
        "summary": Content(value="今年以来，海河管理中心党总支把支部共建作为推动河湖长制落实的抓手。", type="text"),
        "published": datetime(2022, 9, 28, tzinfo=CHINA),
        "precision": Precision.DAY,
        "updated": datetime(2022, 9, 29, 5, 3, 1, (number + 1) * 1000, tzinfo=UTC),
        "contributors": (Author(name="张丽", role=Role.EDITOR),),
        "categories": (Category(term="工作传真"),),
        "rights": "转载请注明来源",
        "source": Source(title="天津文明网", link="http://wenming.example/jsjx/index.shtml"),
        "credit": Credit(
            source="津水微言",
            publisher="天津文明网",
            homepage="http://wenming.example/",
            original_title="共建共联新模式",
            original_url="https://mp.example/s/k3Jm7QwZr0aYt5NbVxHd2g",
        ),
    }
    return Entry(**(usual | facts))  # type: ignore[arg-type]


def make_feed(*entries: Entry, **facts: object) -> Feed:
    usual: dict[str, object] = {
        "kind": "section",
        "id": "tag:feeds.example.org,2026:feeds/jsjx",
        "title": "精神建设进行时 - 津门文明",
        "link": "https://feeds.example.org/sections/jsjx/",
        "self_link": "https://feeds.example.org/feeds/jsjx.xml",
        "updated": datetime(2022, 9, 29, tzinfo=UTC),
        "authors": (Author(name="编辑部", email="desk@example.org", uri="https://feeds.example.org/"),),
        "language": "zh-CN",
        "hubs": ("https://feeds.example.org/hub",),
        "ttl": 30,
        "entries": entries,
    }
    return Feed(**(usual | facts))  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def entry() -> Callable[..., Entry]:
    return make_entry


@pytest.fixture(scope="session")
def feed() -> Callable[..., Feed]:
    return make_feed
