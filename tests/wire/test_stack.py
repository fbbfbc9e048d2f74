"""Articles of lists, which come over minutes: they wait on the disk, and take up room only when all are there to be read."""

from __future__ import annotations

import asyncio
import random
import tempfile

import pytest

from aggregator.pull.page import MOST, MOST_LISTS, follow
from aggregator.records import Pulled
from aggregator.wire import Room, Stack
from aggregator.wire.spool import LARGE
from feeds.records import Document, Entry, Feed

LINKS = [f"https://a.example/2026/03/01/{number}.html" for number in range(12)]


def document(name: str, size: int) -> Document:
    return Document(url=name, body=random.Random(name).randbytes(size), content_type="text/html")


SIZES = [0, 1, LARGE // 2, LARGE, 3, 2 * LARGE, 10]


@pytest.mark.parametrize("disk", ["there", "missing"])
def test_what_was_put_on_it_comes_back_as_it_was(run, disk, tmp_path, monkeypatch):
    if disk == "missing":
        monkeypatch.setenv("TMPDIR", str(tmp_path / "gone"))
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))

    async def story() -> None:
        documents = {name: document(name, size) for name, size in zip(LINKS, SIZES, strict=False)}
        with Stack() as stack:
            for name, each in documents.items():
                stack.put(name, each)
                assert all(stack.get(known) == documents[known] for known in documents if known in stack)
            assert stack.size == sum(SIZES)
            assert await stack.all() == documents

    run(story())


def test_articles_on_their_way_leave_the_room_to_others_and_wait_for_it_when_all_are_there(run):
    async def story() -> None:
        room = Room(MOST)
        on_the_way, let_come, entered, leave = (asyncio.Event() for _ in range(4))

        async def read(_: Document) -> Feed:
            return Feed(kind="page", entries=tuple(Entry(uid=link, title="t", link=link) for link in LINKS))

        async def fetch(link: str) -> Document:
            if link == LINKS[5]:
                on_the_way.set()
                await let_come.wait()
            await room.enter(MOST // 8)  # as the wire does for a large one
            return document(link, MOST // 8)

        async def other() -> None:
            await room.enter(MOST)
            entered.set()
            await leave.wait()

        first = Pulled(document=document("https://a.example/", MOST // 2))
        pulling = asyncio.create_task(follow(first, (), read, read, fetch, room=room))
        await on_the_way.wait()
        inside = asyncio.create_task(other())
        await entered.wait()  # which holds all of it, though six articles and their list are there
        let_come.set()
        for _ in range(50):
            await asyncio.sleep(0)
        assert not pulling.done()
        leave.set()
        pulled = await pulling
        await inside
        assert pulled.document == first.document
        articles = pulled.articles or {}
        assert articles == {link: document(link, MOST // 8) for link in LINKS[: len(articles)]}
        assert len(articles) == 9  # the one that goes beyond MOST is the last
        assert pulled.missed == ("3 more articles wait for the next pull",)

    run(story())


def test_of_an_index_as_many_lists_are_asked_for_as_can_be_read_at_once(run):
    async def story() -> None:
        parts = tuple(f"https://a.example/{number}.xml" for number in range(5))
        asked: list[str] = []

        async def read(asked_for: Document) -> Feed:
            return Feed(kind="sitemap", parts=parts if asked_for.url == "https://a.example/" else ())

        async def fetch(link: str) -> Document:
            asked.append(link)
            return document(link, MOST_LISTS // 3)

        pulled = await follow(Pulled(document=document("https://a.example/", 10)), (), read, read, fetch)
        assert asked == [*parts[:3]]
        assert list(pulled.articles or {}) == asked
        assert pulled.left == ("the last 2 lists of the index are left out: those before them fill what is read at once",)
        assert pulled.complete, "they are no reason to ask for all of it each time"

    run(story())
