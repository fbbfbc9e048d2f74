"""The story whole: real HTTP, real readers, a real store, on one page source and one feed whose site changes its mind."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from aggregator.app import App, pulling
from aggregator.config import RobotsConfig, Source, load
from aggregator.pipeline import Outcome, refresh
from aggregator.verbs.pull import pull as verb
from feeds.credit import facts
from feeds.records import Precision

LIST = """<html><body><ul class="news">
<li><a href="/2022/a.html" title="三通六联打造共建新模式">三通六联打造…</a><span>2022-09-28</span></li>
<li><a href="/2022/b.html">河畔夜校开课</a><span>2022-09-27</span></li></ul></body></html>"""
ARTICLE = """<html><body><h1>{title}</h1><p class="date">2022/09/{day}</p><div id="Zoom"><p>{text}</p></div>
<div class="laiyuan">稿源:津水微言&nbsp; 编辑:张丽</div></body></html>"""
TEXT = "支部共建的课堂开在堤岸边，居民和巡河员坐到一张桌前，把清漂、护岸的事一件件说清楚。" * 4
CHECK = "<html><head><title>环境异常</title></head><body><p>当前环境异常，完成验证后即可继续访问。</p><a>去验证</a></body></html>"
REMOVED = "<html><head><title>提示</title></head><body><p>该内容已被发布者删除</p></body></html>"
FEED = """<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>t</title><link>http://x.example/</link>
<item><title>一条消息</title><guid>http://x.example/1</guid><dc:creator>吴晓莹</dc:creator><dc:contributor>张丽</dc:contributor></item>
</channel></rss>"""


class Site:
    """Path -> page, with an ETag each; what was asked for, in order, and what of it was answered 304."""

    def __init__(self) -> None:
        self.pages = {
            "/list.html": LIST,
            "/2022/a.html": ARTICLE.format(title="三通六联打造共建新模式", day=28, text=TEXT),
            "/2022/b.html": ARTICLE.format(title="河畔夜校开课", day=27, text=TEXT),
            "/feed.xml": FEED,
        }
        self.asked: list[tuple[str, int]] = []
        self.broken: set[str] = set()

    def handler(site) -> type[BaseHTTPRequestHandler]:  # noqa: N805 - `self` is the handler's
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path in site.broken or self.path not in site.pages:
                    status = 503 if self.path in site.broken else 404
                    site.asked.append((self.path, status))
                    self.send_error(status)
                    return
                body = site.pages[self.path].encode()
                tag = f'"{hash(body)}"'
                status = 304 if self.headers.get("If-None-Match") == tag else 200
                site.asked.append((self.path, status))
                self.send_response(status)
                self.send_header("ETag", tag)
                self.send_header("Content-Type", "text/xml" if self.path.endswith("xml") else "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if status == 200:
                    self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        return Handler


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site()
    server = ThreadingHTTPServer(("127.0.0.1", 0), site.handler())
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    base = f"http://127.0.0.1:{server.server_address[1]}"
    config = {
        "site": {"title": "T", "url": "http://t.example", "language": "zh-CN", "timezone": "Asia/Shanghai"},
        "database": "sqlite:///haihe.db",
        "pull": {"spacing": "0s", "allow_private": ["127.0.0.0/8"]},
        "sections": {"jsjx": {"title": "精神建设进行时"}},
        "sources": {
            "page": {
                "title": "文明网",
                "kind": "page",
                "url": f"{base}/list.html",
                "sections": ["jsjx"],
                "list": {"item": "ul.news li", "link": "a", "title": "a@title", "date": "span"},
                "article": {"title": "h1", "date": ".date", "body": "#Zoom", "byline": ".laiyuan"},
            },
            "feed": {"title": "Feed", "kind": "feed", "url": f"{base}/feed.xml", "sections": ["jsjx"]},
        },
    }
    (tmp_path / "config.yaml").write_text(json.dumps(config), encoding="utf-8")
    yield site
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def app(tmp_path: Path, site: Site) -> Iterator[App]:
    with pulling(load(tmp_path / "config.yaml", {})) as app:
        yield app


def pull(app: App, key: str, times: int = 1, source: Source | None = None) -> list[Outcome]:
    async def story() -> list[Outcome]:
        async with app.trade() as trade:
            outcomes = []
            for _ in range(times):
                known = app.store.known(key)
                assert known
                outcomes.append(await refresh(source or app.config.sources[key], known, trade, datetime.now(UTC)))
            return outcomes

    return asyncio.run(story())


def kept(app: App) -> list[str]:
    return [item.entry.title for item in app.store.newest("jsjx", 10)]


def test_the_founding_page_arrives_with_its_credit(app, site):
    (outcome, again) = pull(app, "page", 2)
    assert len(outcome.recorded.new) == 2
    assert again.unchanged.why == "304"
    entry = app.store.newest("jsjx", 10)[0].entry
    assert entry.title == "三通六联打造共建新模式"
    assert (entry.published.isoformat(), entry.precision) == ("2022-09-28T00:00:00+08:00", Precision.DAY)
    stated = facts(entry)
    assert (stated["source"], stated["editors"], stated["publisher"]) == ("津水微言", ["张丽"], "文明网")
    assert "authors" not in stated  # an editor is nobody's author
    assert [path for path, _ in site.asked].count("/2022/a.html") == 1  # known articles are not asked for again


def test_an_article_that_is_withheld_is_asked_for_again(app, site):
    right, site.pages["/2022/b.html"] = site.pages["/2022/b.html"], CHECK
    (first,) = pull(app, "page")
    assert kept(app) == ["三通六联打造共建新模式"]
    assert any("环境异常" in note for note in first.notes)
    site.pages["/2022/b.html"] = right
    (second, third) = pull(app, "page", 2)
    assert len(second.recorded.new) == 1
    assert kept(app) == ["河畔夜校开课", "三通六联打造共建新模式"]  # what comes later is new when we see it
    assert third.unchanged.why == "304"


def test_an_article_that_was_removed_is_let_be(app, site):
    site.pages["/2022/b.html"] = REMOVED
    first, second = pull(app, "page", 2)
    assert any("该内容已被发布者删除" in note for note in first.notes)
    assert second.unchanged.why == "304"


def test_a_list_that_robots_txt_keeps_from_us_is_not_asked_for(app, site):
    site.pages["/robots.txt"] = "User-agent: *\nDisallow: /list"
    (first,) = pull(app, "page")
    assert (first.error.kind, first.error.advice) == ("Disallowed", "later")
    assert "the robots.txt of 127.0.0.1 keeps us away from this page" in str(first.error)
    (second,) = pull(app, "page")  # a new process: what is kept of it is enough
    assert second.error.kind == "Disallowed"
    assert site.asked == [("/robots.txt", 200)]


def test_articles_that_robots_txt_keeps_from_us_are_left_and_the_others_read(app, site):
    site.pages["/robots.txt"] = "User-agent: haihe\nDisallow: /2022/b\nUser-agent: *\nDisallow: /"
    first, second = pull(app, "page", 2)
    assert kept(app) == ["三通六联打造共建新模式"]
    assert any("/2022/b.html" in note and "robots.txt" in note for note in first.notes)
    assert second.unchanged.why == "304"  # which is no reason to ask for the whole list again
    assert "/2022/b.html" not in [path for path, _ in site.asked]


def test_robots_txt_that_cannot_be_had_keeps_pages_from_being_asked_for(app, site):
    site.broken.add("/robots.txt")
    (first,) = pull(app, "page")
    assert first.error.kind == "Unreachable"
    assert "the robots.txt of 127.0.0.1 cannot be had (it answers 503)" in str(first.error)
    site.broken.clear()
    pull(app, "page")
    assert site.asked == [("/robots.txt", 503)]  # and it is not asked for again at once


def test_robots_txt_is_not_asked_for_feeds(app, site):
    site.pages["/robots.txt"] = "User-agent: *\nDisallow: /"
    (outcome,) = pull(app, "feed")
    assert len(outcome.recorded.new) == 1
    assert [path for path, _ in site.asked] == ["/feed.xml"]


def test_robots_txt_is_not_heeded_where_the_operator_says_why(app, site):
    site.pages["/robots.txt"] = "User-agent: *\nDisallow: /"
    source = app.config.sources["page"].model_copy(update={"robots": RobotsConfig(ignore="they allowed it")})
    (outcome,) = pull(app, "page", source=source)
    assert len(outcome.recorded.new) == 2
    assert "/robots.txt" not in [path for path, _ in site.asked]


def test_a_page_is_known_for_one_by_looking_and_then_robots_txt_holds_for_it(app, site):
    site.pages["/robots.txt"] = "User-agent: *\nDisallow: /"
    source = app.config.sources["page"].model_copy(update={"kind": None})
    (outcome,) = pull(app, "page", source=source)
    assert outcome.error.kind == "Disallowed"
    assert [path for path, _ in site.asked] == ["/list.html", "/robots.txt"]


def test_who_contributed_to_a_feeds_entry_is_nobodys_author(app):
    pull(app, "feed")
    stated = facts(app.store.newest("jsjx", 10)[0].entry)
    assert (stated["authors"], stated["contributors"]) == (["吴晓莹"], ["张丽"])


def test_what_the_store_found_unchanged_is_counted_as_the_same(app, site):
    (first,) = pull(app, "feed")
    site.pages["/feed.xml"] = FEED.replace("<title>t</title>", "<title>t2</title>")
    (second,) = pull(app, "feed")
    assert (len(first.recorded.new), len(second.recorded.new), second.recorded.same) == (1, 0, 1)


def test_a_fault_of_ours_in_one_source_is_said_and_the_others_are_pulled(app, site, capsys, caplog):
    async def story() -> bool:
        async with app.trade() as trade:

            async def pull(source, known):
                if source.key == "page":
                    raise ZeroDivisionError
                return await trade.pull(source, known)

            return await verb(app.config.active, replace(trade, pull=pull), 4, as_json=True)

    assert asyncio.run(story()) is False
    rows = {row["source"]: row for row in map(json.loads, capsys.readouterr().out.splitlines())}
    assert (rows["page"]["error"], rows["feed"]["new"]) == ("Fault", 1)
    assert "ZeroDivisionError" in caplog.text


def test_a_bad_reading_is_held_back_until_a_good_one_comes(app: App, site: Site) -> None:
    whole = site.pages["/2022/a.html"]
    site.pages["/2022/a.html"] = ARTICLE.format(title="三通六联打造共建新模式", day=28, text="见下方。")
    (outcome,) = pull(app, "page")
    why = "its text is too short (4 characters, and nothing else is there)"
    assert outcome.notes == (f"“三通六联打造共建新模式” is held back: {why}",)
    assert kept(app) == ["河畔夜校开课"]
    (state,) = (state for state in app.store.sources() if state.key == "page")
    assert state.held == {why: 1}
    (outcome,) = pull(app, "page")  # the list has not changed, and is asked for in full all the same
    assert outcome.recorded is not None
    assert kept(app) == ["河畔夜校开课"]
    site.pages["/2022/a.html"] = whole
    (outcome,) = pull(app, "page")
    assert sorted(kept(app)) == ["三通六联打造共建新模式", "河畔夜校开课"]
    assert not any(state.held for state in app.store.sources())
    pull(app, "page")
    assert site.asked[-1] == ("/list.html", 304)


def test_what_an_editor_released_is_not_held_again(app: App, site: Site) -> None:
    site.pages["/2022/a.html"] = ARTICLE.format(title="三通六联打造共建新模式", day=28, text="见下方。")
    pull(app, "page")
    (held,) = (item for item in app.store.find(f"{app.config.sources['page'].url.replace('list.html', '2022/a.html')}"))
    app.store.show_again([held.id], datetime.now(UTC))
    assert len(kept(app)) == 2
    pull(app, "page", 2)
    assert len(kept(app)) == 2
