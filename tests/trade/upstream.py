"""A site on loopback whose pages a test sets as it goes: path (with its query) -> page, an ETag each, and a log of what was asked for.
And a desk that pulls from it."""

from __future__ import annotations

import asyncio
import hashlib
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TypeVar

from aggregator.app import App
from aggregator.pipeline import Outcome
from aggregator.revisit import tend

T = TypeVar("T")


class Site:
    """`pages` holds text, bytes, or a status to answer with; what is not in it is a 404. `base` has no slash at the end."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.pages: dict[str, str | bytes | int] = {}
        self.asked: list[tuple[str, int]] = []
        self.forms: dict[str, Callable[[str], str]] = {}  # by path: what is answered to a form that is posted there
        self.moved: dict[str, str] = {}  # path -> where it has moved to

    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]

    def answer(self, path: str, tag: str | None) -> tuple[int, bytes, str]:
        page = self.pages.get(path, 404)
        status, body = (page, b"") if isinstance(page, int) else (200, page.encode() if isinstance(page, str) else page)
        own = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        return (304 if status == 200 and tag == own else status), body, own


@contextmanager
def serve() -> Iterator[Site]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path in site.moved:
                self.send_response(301)
                self.send_header("Location", site.moved[self.path])
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            status, body, tag = site.answer(self.path, self.headers.get("If-None-Match"))
            site.asked.append((self.path, status))
            self.send_response(status)
            self.send_header("Content-Type", _TYPES.get(self.path.partition("?")[0].rpartition(".")[2], "text/html; charset=utf-8"))
            if status in (200, 304):
                self.send_header("ETag", tag)
            self.send_header("Content-Length", str(0 if status == 304 else len(body)))
            self.end_headers()
            if status == 200:
                self.wfile.write(body)

        def do_POST(self) -> None:
            form = self.rfile.read(int(self.headers["Content-Length"])).decode()
            page = site.forms.get(self.path.partition("?")[0])
            body = page(form).encode() if page else b""
            site.asked.append((f"POST {self.path}", 200 if page else 405))
            self.send_response(200 if page else 405)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site = Site(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


_TYPES = {"xml": "application/xml", "json": "application/json", "js": "application/javascript", "pdf": "application/pdf"}


TEXT = "支部共建的课堂开在堤岸边，居民和巡河员坐到一张桌前，把清漂、护岸的事一件件说清楚。" * 3


def article(title: str, text: str = TEXT, more: str = "", foot: str = "来源：津水微言 编辑：张丽") -> str:
    head = f"<html><head><meta charset='utf-8'><title>{title}</title></head><body><h1>{title}</h1><p>2022-09-28 10:20</p>"
    own = f"<p>{text}</p><p>{title}，这是这一篇自己的话。</p>"
    return f"{head}<div class='article-content'>{own}</div><div class='pages'>{more}</div><p>{foot}</p></body></html>"


class Desk:
    """An application at work: its wire and its readers stay open from one step of a test to the next."""

    def __init__(self, app: App) -> None:
        self.app, self.store, self.source = app, app.store, app.config.sources["s"]
        self._runner = asyncio.Runner()
        self._open = app.trade()
        self.trade = self.run(self._open.__aenter__())

    def run(self, work: Coroutine[object, object, T]) -> T:
        return self._runner.run(work)

    def close(self) -> None:
        self.run(self._open.__aexit__(None, None, None))
        self._runner.close()

    def pull(self, later: timedelta = timedelta()) -> Outcome:
        """Refresh the source, and look again at what is due, as if it were so much later."""
        known = self.store.known("s")
        assert known
        return self.run(tend(self.source, known, self.trade, datetime.now(UTC) + later))

    def titles(self) -> list[str]:
        return [item.entry.title for item in self.store.newest("news", 100)]
