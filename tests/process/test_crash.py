"""SIGKILL in the middle of a pull: what was recorded is whole, what was not comes again, nothing twice."""

from __future__ import annotations

import json
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

pytestmark = pytest.mark.process

SOURCES, ENTRIES = 30, 20


class Slow(BaseHTTPRequestHandler):
    """Feeds that arrive one after another, so that a kill finds some pulled, some in flight and some not begun."""

    def do_GET(self):
        number = int(self.path.strip("/").removesuffix(".xml"))
        time.sleep(0.03 * number)
        items = "".join(
            f"<item><guid isPermaLink='false'>s{number}-{i}</guid><title>Source {number}, entry {i}</title>"
            f"<link>http://upstream.example/{number}/{i}</link></item>"
            for i in range(ENTRIES)
        )
        body = f"<rss version='2.0'><channel><title>s{number}</title><link>http://upstream.example/</link>{items}</channel></rss>".encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/rss+xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with suppress(ConnectionError):  # the kill that this is about
            self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def slow_site(tmp_path):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Slow)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = server.server_address[1]
    sources = {
        f"s{n}": {"title": f"Source {n}", "kind": "feed", "url": f"http://127.0.0.1:{port}/{n}.xml", "sections": ["news"]}
        for n in range(SOURCES)
    }
    config = {
        "site": {"title": "Crash", "url": "http://127.0.0.1:1"},
        "database": "sqlite:///haihe.db",
        "pull": {"spacing": "0s", "per_host": 4, "allow_private": ["127.0.0.0/8"]},
        "sections": {"news": {"title": "News", "size": 1000}},
        "sources": sources,
    }
    (tmp_path / "config.yaml").write_text(json.dumps(config), encoding="utf-8")
    yield
    server.shutdown()
    server.server_close()


def test_nothing_is_lost_and_nothing_doubled(slow_site, start, haihe, until):
    def entries() -> dict[str, int]:
        answer = haihe("status", "--json")
        assert answer.returncode == 0, answer.stderr
        return {row["source"]: row["entries"] for row in json.loads(answer.stdout)["sources"]}

    for attempt in range(3):
        program = start("run", "--no-serve")
        until(lambda program=program: program.output.count(" new, ") >= 2, 15, "some sources are pulled")
        program.kill()
        until(lambda program=program: not program.alive(), 10, "its workers have ended")
        held = entries()
        assert set(held.values()) <= {0, ENTRIES}, f"attempt {attempt}: a source is recorded whole or not at all"
        if all(held.values()):
            break
    finished = haihe("pull")
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert entries() == {f"s{n}": ENTRIES for n in range(SOURCES)}
    again = [json.loads(line) for line in haihe("pull", "--json").stdout.splitlines()]
    assert [row for row in again if row["new"] or row["revised"]] == []
