"""The database server goes away under the running program and comes back: it recovers by itself, and nothing is lost or doubled."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import psycopg
import pytest

from tests.conftest import Postgres

pytestmark = pytest.mark.process

SOURCES = 4


class Upstream:
    """Feeds that have an entry more each time that news comes; with validators, so that what is lost once never comes again."""

    def __init__(self) -> None:
        self.news = 3

    def handler(upstream) -> type[BaseHTTPRequestHandler]:  # noqa: N805 - `self` is the handler's
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                name, count = self.path.strip("/"), upstream.news
                items = "".join(
                    f"<item><guid isPermaLink='false'>{name}-{n}</guid><title>{name} {n}</title><link>http://up.example/{name}/{n}</link></item>"
                    for n in reversed(range(count))
                )
                body = f"<rss version='2.0'><channel><title>{name}</title><link>http://up.example/</link>{items}</channel></rss>".encode()
                tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
                same = self.headers.get("If-None-Match") == tag
                self.send_response(304 if same else 200)
                self.send_header("ETag", tag)
                self.send_header("Content-Length", "0" if same else str(len(body)))
                self.end_headers()
                if not same:
                    self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        return Handler


@pytest.fixture
def upstream() -> Iterator[tuple[Upstream, str]]:
    found = Upstream()
    server = ThreadingHTTPServer(("127.0.0.1", 0), found.handler())
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield found, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def server() -> Iterator[Postgres]:
    found = Postgres()
    yield found
    found.close()


def held(server: Postgres) -> list[str]:
    with psycopg.connect(f"host={server.folder} user=postgres dbname=haihe") as connection:
        return sorted(f"{source} {uid}" for source, uid in connection.execute("SELECT source, uid FROM entries").fetchall())


def test_the_server_goes_away_and_comes_back(tmp_path, server, upstream, start, haihe, until):
    site, base = upstream
    config = {
        "site": {"title": "Away", "url": "http://127.0.0.1:1"},
        "database": f"postgresql+psycopg://postgres@/haihe?host={server.folder}",
        "pull": {"spacing": "0s", "per_host": 4, "allow_private": ["127.0.0.0/8"]},
        "pace": {"every": "1s", "at_least": "500ms", "at_most": "2s"},
        "sections": {"news": {"title": "News", "size": 1000}},
        "sources": {f"s{n}": {"title": f"S{n}", "kind": "feed", "url": f"{base}/s{n}", "sections": ["news"]} for n in range(SOURCES)},
    }
    (tmp_path / "config.yaml").write_text(json.dumps(config), encoding="utf-8")

    def all_of_it() -> list[str]:
        return sorted(f"s{source} s{source}-{n}" for source in range(SOURCES) for n in range(site.news))

    program = start("run", "--no-serve")
    until(lambda: "entries" in tables(server) and held(server) == all_of_it(), 30, "everything is pulled")
    said = program.output
    server.stop()
    site.news += 2  # which comes while nothing can be kept
    until(lambda: "trying again" in program.output[len(said) :] or "pulled again" in program.output[len(said) :], 30, "it says so")
    assert program.process.poll() is None
    server.start()
    until(lambda: held(server) == all_of_it(), 60, "what came meanwhile is kept, by itself")
    for _ in range(3):
        site.news += 1  # which is being pulled while the server is restarted
        server.stop()
        server.start()
        until(lambda: held(server) == all_of_it(), 60, "a quick restart costs nothing")
    site.news += 1
    until(lambda: held(server) == all_of_it(), 30, "it goes on as before")
    program.interrupt()
    assert program.process.wait(40) == 0
    assert held(server) == all_of_it()
    checked = haihe("check", "--store")
    assert checked.returncode == 0, checked.stdout + checked.stderr


def tables(server: Postgres) -> set[str]:
    with psycopg.connect(f"host={server.folder} user=postgres dbname=haihe") as connection:
        return {name for (name,) in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()}
