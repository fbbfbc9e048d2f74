"""Articles that do not answer: they hold back nobody, and are not asked for again and again."""

from __future__ import annotations

import asyncio
from collections import Counter

from aggregator.errors import TimedOut
from aggregator.pull.page import AT_ONCE, IN_A_ROW, LET_BE, follow
from aggregator.records import Pulled
from feeds.records import Document, Entry, Feed

BASE = "https://a.example/list/"


class Town:
    """A list of `count` articles, of which those in `hangs` never answer. What was read is kept, as the store would."""

    def __init__(self, count: int, hangs) -> None:
        self.links = [f"https://a.example/2026/03/01/{n}.html" for n in range(count)]
        self.hangs = {self.links[n] for n in hangs}
        self.read: set[str] = set()
        self.hung: dict[str, int] = {}
        self.asked: list[list[str]] = []

    def pull(self) -> Pulled:
        asked: list[str] = []

        async def read_list(_: Document) -> Feed:
            return Feed(kind="page", entries=tuple(Entry(uid=link, title="t", link=link) for link in self.links))

        async def fetch(link: str) -> Document:
            asked.append(link)
            if link in self.hangs:
                raise TimedOut("no complete answer within 20 s")
            return Document(url=link, body=b"<p>text</p>")

        pulled = Pulled(document=Document(url=BASE, body=b""))
        done = asyncio.run(follow(pulled, self.read, read_list, read_list, fetch, AT_ONCE, self.hung))
        self.read |= set(done.articles or {})
        self.hung = dict(done.hung)
        self.asked.append(asked)
        return done


def test_the_newest_that_hang_do_not_hold_back_the_older_ones():
    town = Town(10, hangs=[0, 1, 2])
    first = town.pull()
    assert (len(town.asked[0]), first.complete) == (IN_A_ROW, False)
    town.pull()
    assert len(town.read) == 7


def test_each_pull_makes_progress_however_many_hang():
    town = Town(40, hangs=range(30))
    for _ in range(12):
        town.pull()
    assert len(town.read) == 10


def test_what_hangs_is_asked_for_once_a_pull_and_let_be_in_the_end():
    town = Town(6, hangs=[0, 1, 2])
    for _ in range(40):
        last = town.pull()
    assert Counter(link for asked in town.asked for link in asked if link in town.hangs) == dict.fromkeys(town.hangs, LET_BE)
    assert all(sum(link in town.hangs for link in asked) <= 1 for asked in town.asked[2:])
    assert last.complete  # so that the list can be asked for by its validators again


def test_a_site_that_comes_back_is_read_whole_at_once():
    town = Town(10, hangs=range(10))
    for _ in range(3):
        town.pull()
    town.hangs = set()
    town.pull()
    assert len(town.read) == 10
    assert town.hung == {}


def test_what_left_the_list_is_forgotten():
    town = Town(3, hangs=[0])
    town.pull()
    town.links = town.links[1:]
    town.pull()
    assert town.hung == {}
