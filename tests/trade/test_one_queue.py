"""Whatever is asked of one host goes through one queue: lists, articles, robots.txt and feeds, of several sources at once."""

from __future__ import annotations

import asyncio
import json
import time
from datetime import UTC, datetime
from itertools import pairwise

from aggregator.app import pulling
from aggregator.config import load
from aggregator.pipeline import refresh
from tests.trade.upstream import serve

SPACING = 0.1


class Log(list):
    """Tells of each request when it came."""

    def append(self, request: tuple[str, int]) -> None:
        super().append((*request, time.monotonic()))


def test_the_gap_between_any_two_requests_is_kept(tmp_path):
    with serve() as site:
        site.asked = Log()
        text = "<p>居民和巡河员坐到一张桌前，把清漂、护岸的事一件件说清楚。</p>" * 4
        items = "".join(f"<li><a href='/2022/09/28/{n}.html'>河畔夜校开课第{n}天的故事</a><span>2022-09-28</span></li>" for n in range(4))
        site.pages = {"/list.html": f"<ul>{items}</ul>", "/robots.txt": "User-agent: *\nDisallow: /private"}
        site.pages |= {f"/2022/09/28/{n}.html": f"<h1>第{n}天</h1><div id='Zoom'>{text}</div>" for n in range(4)}
        feeds = {f"f{n}": f"/f{n}.xml" for n in range(4)}
        site.pages |= dict.fromkeys(feeds.values(), "<rss version='2.0'><channel><title>t</title></channel></rss>")
        sources = {key: {"title": key, "kind": "feed", "url": site.base + path} for key, path in feeds.items()}
        sources["p"] = {"title": "p", "kind": "page", "url": f"{site.base}/list.html"}
        config = {
            "site": {"title": "T", "url": "http://t.example"},
            "database": "sqlite:///haihe.db",
            "pull": {"spacing": f"{SPACING * 1000:g}ms", "allow_private": ["127.0.0.0/8"]},
            "sources": sources,
        }
        (tmp_path / "config.yaml").write_text(json.dumps(config), encoding="utf-8")
        with pulling(load(tmp_path / "config.yaml", {})) as app:

            async def story() -> None:
                async with app.trade() as trade:
                    claimed = app.claimer()(100)
                    await asyncio.gather(*(refresh(app.config.sources[one.key], one, trade, datetime.now(UTC)) for one in claimed))

            asyncio.run(story())
        kinds = {path.rpartition(".")[2] for path, *_ in site.asked}
        assert kinds == {"html", "txt", "xml"}
        assert len(site.asked) == 10
        gaps = [later - earlier for (*_, earlier), (*_, later) in pairwise(site.asked)]
        # As the server sees it, whose thread may be late for either of the two: so all of them together, and each roughly.
        assert sum(gaps) > SPACING * (len(gaps) - 1), gaps
        assert min(gaps) > SPACING / 3, gaps
