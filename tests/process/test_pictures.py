"""The way to pictures, over real sockets."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from struct import pack

import pytest

from aggregator.app.pictures import Pictures
from aggregator.config import Pull
from aggregator.errors import Blocked, TooLarge
from aggregator.store import Store

PNG = b"\x89PNG\r\n\x1a\n" + pack(">I4sII", 13, b"IHDR", 3, 2) + b"\x08\x06\0\0\0"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/huge":
            self.send_response(200)
            self.send_header("Content-Length", str(1 << 30))
            self.end_headers()
            return
        refused = "Referer" in self.headers or not self.headers["Accept"].startswith("image/")
        self.send_response(403 if refused else 200)
        self.end_headers()
        self.wfile.write(PNG)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def upstream() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_picture_comes_without_a_referrer_and_no_private_one_does(upstream):
    fetch = Pictures(Pull(allow_private=("127.0.0.0/8",)))
    try:
        assert fetch(f"{upstream}/a.png") == (200, PNG)
        with pytest.raises(TooLarge):
            fetch(f"{upstream}/huge")
    finally:
        fetch.close()
    guarded = Pictures(Pull())
    try:
        with pytest.raises(Blocked):
            guarded(f"{upstream}/a.png")
    finally:
        guarded.close()


def test_a_web_worker_has_no_wire_until_a_picture_is_asked_for():
    told = "import sys, aggregator.app.pictures, aggregator.serve.pictures, aggregator.serve; print('aiohttp' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True).stdout == "False\n"


def test_a_secret_is_made_once(database_url):
    store = Store.open(database_url)
    try:
        store.migrate()
        first = store.secret("pictures")
        assert (len(first), store.secret("pictures")) == (32, first)
        assert store.secret("other") != first
    finally:
        store.close()
