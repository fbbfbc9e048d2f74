"""Known articles are asked for again on a schedule only: corrections are seen in the article, what was taken down is withdrawn."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator import corrections
from aggregator.config import Source
from aggregator.corrections import Found, Visit, Visited
from aggregator.pull.page import MOST
from aggregator.records import Known, Pulled, Unchanged
from aggregator.revisit import revisit
from aggregator.wire import Room
from aggregator.wire.room import ROOM
from aggregator.wire.spool import LARGE
from feeds.records import Feed
from tests.trade.upstream import Desk, Site, article

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
ROW = "<li><a href='/2022/09/{0:02d}/5300{0:02d}.html'>河畔夜校开课第{0}天</a><i>2022-09-{0:02d}</i></li>"
PATH = "/2022/09/01/530001.html"


def visit(found: Found, done: int = 0, missing_since: datetime | None = None) -> Visited:
    made = Visit(
        entry="e",
        uid="u",
        link="http://x.example/1",
        title="t",
        published=None,
        precision=None,
        first_seen_at=NOW - HOUR,
        done=done,
        missing_since=missing_since,
    )
    return Visited(visit=made, found=found)


def judged(*visits: Visited) -> list[tuple[Found, datetime | None, int]]:
    return [(one.found, one.due_at, one.done) for one in corrections.judge(visits, NOW)]


def test_an_hour_a_day_and_a_week_after_it_came() -> None:
    day, week = NOW - HOUR + timedelta(days=1), NOW - HOUR + timedelta(days=7)
    assert judged(visit(Found.KEPT)) == [(Found.KEPT, day, 1)]
    assert judged(visit(Found.FAILED, 1)) == [(Found.FAILED, week, 2)]
    assert judged(visit(Found.KEPT, 2)) == [(Found.KEPT, None, 3)]


def test_what_is_missing_is_looked_for_twice() -> None:
    assert judged(visit(Found.MISSING)) == [(Found.MISSING, NOW + HOUR, 0)]
    assert judged(visit(Found.MISSING, missing_since=NOW - HOUR)) == [(Found.GONE, None, 0)]
    assert judged(visit(Found.GONE)) == [(Found.GONE, None, 0)]


def test_a_site_that_misses_nearly_everything_is_not_believed() -> None:
    missing = [visit(Found.MISSING, missing_since=NOW - HOUR)] * 3
    assert {found for found, _, _ in judged(*missing, visit(Found.KEPT))} == {Found.FAILED, Found.KEPT}
    assert [found for found, _, _ in judged(*missing, *[visit(Found.KEPT)] * 3)].count(Found.GONE) == 3


@given(st.lists(st.tuples(st.sampled_from(Found), st.integers(0, 5), st.booleans()), max_size=10))
def test_a_schedule_ends_and_never_hurries(cases: list[tuple[Found, int, bool]]) -> None:
    for one in corrections.judge([visit(found, done, NOW - HOUR if before else None) for found, done, before in cases], NOW):
        assert one.due_at is None or one.due_at >= NOW + corrections.AGAIN
        assert one.due_at is None or one.done > one.visit.done or one.missing_since is not None


@pytest.fixture
def desk(start, site: Site) -> Desk:
    site.pages = {"/list.html": f"<html><body><ul>{''.join(ROW.format(day) for day in (3, 2, 1))}</ul></body></html>"}
    for day in (1, 2, 3):
        site.pages[f"/2022/09/{day:02d}/5300{day:02d}.html"] = article(f"河畔夜校开课第{day}天").replace("2022-09-28", f"2022-09-{day:02d}")
    desk: Desk = start("/list.html", kind="page")
    desk.pull()
    return desk


def test_a_page_that_changes_around_its_article_brings_no_revision(desk: Desk, site: Site) -> None:
    asked = len(site.asked)
    desk.pull(later=HOUR / 2)
    assert "/list.html" in site.paths()[asked:]
    assert PATH not in site.paths()[asked:]
    site.pages[PATH] = str(site.pages[PATH]).replace("</body>", "<div class='side'>热点 <a href='/x'>另一条新闻</a></div></body>")
    outcome = desk.pull(later=HOUR)
    assert site.paths().count(PATH) == 2
    assert (outcome.recorded, outcome.unchanged is not None) == (None, True)
    desk.pull(later=timedelta(days=1))
    assert site.asked[-1][1] == 304  # by then its validators are known
    desk.pull(later=timedelta(days=8))
    asked = len(site.asked)
    desk.pull(later=timedelta(days=30))
    assert PATH not in site.paths()[asked:]


def test_a_correction_is_a_revision_that_keeps_its_place(desk: Desk, site: Site) -> None:
    before = desk.store.newest("news", 9)
    site.pages[PATH] = str(site.pages[PATH]).replace("一件件说清楚", "一件一件都说清楚").replace("张丽", "王喆")
    outcome = desk.pull(later=HOUR)
    assert outcome.recorded is not None
    assert len(outcome.recorded.revised) == 1
    after = desk.store.newest("news", 9)
    assert [item.id for item in after] == [item.id for item in before]
    (revised,) = [item for item in after if item.revisions == 2]
    assert [each.name for each in revised.entry.contributors] == ["王喆"]
    assert revised.entry.source == before[-1].entry.source


def test_what_was_taken_down_is_withdrawn(desk: Desk, site: Site) -> None:
    site.pages[PATH] = "<html><title>提示</title><body><p>该内容已被发布者删除</p></body></html>"
    site.pages["/2022/09/02/530002.html"] = 410
    outcome = desk.pull(later=HOUR)
    assert desk.titles() == ["河畔夜校开课第3天"]
    assert "2 entries were withdrawn: the site has taken it down" in outcome.notes
    assert {one.by for one in desk.store.withdrawn()} == {"upstream"}


def test_of_large_pages_some_wait_for_the_next_pull(desk: Desk, site: Site) -> None:
    paths = [path for path in site.pages if path != "/list.html"]
    for path in paths:
        site.pages[path] = str(site.pages[path]).replace("张丽", "王喆") + f"<!--{'x' * (MOST // 2)}-->"
    asked = len(site.asked)
    outcome = desk.pull(later=HOUR)
    assert len(set(paths) & set(site.paths()[asked:])) == 2
    assert outcome.recorded
    assert len(outcome.recorded.revised) == 2
    asked = len(site.asked)
    outcome = desk.pull(later=HOUR + timedelta(minutes=30))
    assert len(set(paths) & set(site.paths()[asked:])) == 1
    assert outcome.recorded
    assert len(outcome.recorded.revised) == 1


def test_what_is_looked_at_again_waits_for_room_as_all_large_documents_do(desk: Desk, site: Site) -> None:
    paths = [path for path in site.pages if path != "/list.html"]
    for path in paths:
        site.pages[path] = str(site.pages[path]) + f"<!--{'x' * (LARGE // 2)}-->"  # none of them large, but all together
    looked, read_in = [], []

    async def story() -> None:
        room, leave = Room(), asyncio.Event()

        async def other() -> None:
            await room.enter(ROOM)
            await leave.wait()

        async def look(source: Source, told: Known, address: str) -> Pulled | Unchanged:
            looked.append(address)
            if len(looked) == len(paths):
                asyncio.get_running_loop().call_later(0.1, leave.set)
            return await desk.trade.look(source, told, address)

        async def read(pulled: Pulled, source: Source, known: Mapping[str, str]) -> Feed:
            read_in.append(leave.is_set())
            return await desk.trade.read(pulled, source, known)

        full = asyncio.create_task(other())
        await asyncio.sleep(0)
        await revisit(desk.source, replace(desk.trade, look=look, read=read, room=room), datetime.now(UTC) + HOUR)
        await full

    desk.run(story())
    assert (len(looked), read_in) == (3, [True])


def test_what_is_missing_once_or_withheld_stays(desk: Desk, site: Site) -> None:
    kept = site.pages[PATH]
    site.pages[PATH] = 404
    site.pages["/2022/09/02/530002.html"] = "<html><title>环境异常</title><body><p>当前环境异常，完成验证后即可继续访问。</p></body></html>"
    desk.pull(later=HOUR)
    assert len(desk.titles()) == 3
    site.pages[PATH] = kept
    desk.pull(later=3 * HOUR)
    assert len(desk.titles()) == 3
    site.pages[PATH] = 404
    desk.pull(later=timedelta(days=1))
    assert len(desk.titles()) == 3
    desk.pull(later=timedelta(days=1, hours=2))
    assert len(desk.titles()) == 2
