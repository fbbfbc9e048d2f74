"""Programs that are killed and databases that are broken: an upstream that remembers what it served, and the program over it."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.error
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from xml.sax.saxutils import escape

import psutil
import pytest

HAIHE = [sys.executable, "-m", "aggregator"]
BUSY = 6  # how many times slower than by itself a machine may be
WINDOW = 15  # items that a feed keeps although we are known to have them


@dataclass(slots=True)
class Item:
    number: int
    revision: int
    version: int  # of the feed in which it last changed


@dataclass(slots=True)
class Changing:
    """One feed that changes as it is asked for. It drops an old item only when a conditional request has proved that the item's newest
    text is kept: validators that were saved without their entries would lose it for good."""

    number: int
    chance: random.Random
    version: int = 0
    items: list[Item] = field(default_factory=list)
    acknowledged: int = 0
    served: dict[int, int] = field(default_factory=dict)  # item -> newest revision that ever left
    asked: int = 0

    def answer(self, condition: str | None, *, still: bool) -> tuple[int, str, bytes]:
        """Status, ETag, body."""
        self.asked += 1
        if found := re.fullmatch(rf'"{self.number}-(\d+)"', condition or ""):
            self.acknowledged = max(self.acknowledged, int(found[1]))
        if not self.version or (not still and self.chance.random() < 0.7):
            self._change()
        etag = f'"{self.number}-{self.version}"'
        if condition == etag:
            return 304, etag, b""
        for item in self.items:
            self.served[item.number] = item.revision
        return 200, etag, self._body()

    def _change(self) -> None:
        self.version += 1
        fresh = 5 if self.version == 1 else self.chance.choice((0, 1, 1, 2, 5))
        first = 1 + max(self.served | {item.number: 0 for item in self.items}, default=-1)
        if self.items and (fresh == 0 or self.chance.random() < 0.5):
            revised = self.chance.choice(self.items)
            revised.revision, revised.version = revised.revision + 1, self.version
        self.items[:0] = [Item(first + index, 1, self.version) for index in range(fresh)]
        self.items = [item for place, item in enumerate(self.items) if place < WINDOW or item.version > self.acknowledged]

    def _body(self) -> bytes:
        items = "".join(
            f"<item><guid isPermaLink='false'>{self.number}-{item.number}</guid>"
            f"<title>{says(self.number, item.number, item.revision)}</title>"
            f"<link>http://upstream.example/{self.number}/{item.number}</link><description>{escape('<p>text</p>') * 5}</description></item>"
            for item in self.items
        )
        head = f"<title>Source {self.number}</title><link>http://upstream.example/{self.number}</link>"
        return f"<rss version='2.0'><channel>{head}{items}</channel></rss>".encode()


def says(source: int, item: int, revision: int) -> str:
    return f"Source {source}, item {item}, revision {revision}"


class Upstream(ThreadingHTTPServer):
    """Many changing feeds at `/<number>.xml`."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, count: int, seed: int) -> None:
        self.feeds = [Changing(number, random.Random(f"{seed} {number}")) for number in range(count)]
        self.still = False
        self.lock = threading.Lock()
        super().__init__(("127.0.0.1", 0), Asked)

    @property
    def asked(self) -> int:
        return sum(one.asked for one in self.feeds)

    @property
    def served(self) -> dict[tuple[int, int], str]:
        """(source, item) -> the newest text that ever left."""
        return {(f.number, item): says(f.number, item, revision) for f in self.feeds for item, revision in f.served.items()}

    @property
    def settled(self) -> bool:
        """Whoever asks knows the last of every feed."""
        return all(one.acknowledged == one.version for one in self.feeds)

    def handle_error(self, request, client_address):
        """A client that was killed is what this is about."""


class Asked(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Upstream

    def do_GET(self):
        with self.server.lock:
            one = self.server.feeds[int(self.path.strip("/").removesuffix(".xml"))]
            status, etag, body = one.answer(self.headers["If-None-Match"], still=self.server.still)
        self.send_response(status)
        self.send_header("ETag", etag)
        if status == 200:
            self.send_header("Content-Type", "application/rss+xml")
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def wait_for(what: Callable[[], object], seconds: float, why: str | Callable[[], str]) -> object:
    """What `what` gives once it is true. Bounded: the time is the longest that we wait, not a pause; how busy the machine is beside that
    decides nothing."""
    end = time.monotonic() + BUSY * seconds
    while time.monotonic() < end:
        with suppress(OSError, urllib.error.URLError, sqlite3.OperationalError):  # not there yet
            if found := what():
                return found
        time.sleep(0.02)
    pytest.fail(f"waited {seconds:g} s in vain: {why() if callable(why) else why}")


class Program:
    """A running `haihe` in a session of its own; what it says goes to a file, or wherever `out` says."""

    def __init__(self, folder: Path, *arguments: str, before: Callable[[], None] | None = None, out: int | None = None) -> None:
        self.log = folder / f"log-{time.monotonic_ns()}.txt"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*HAIHE, *arguments],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=log if out is None else out,
                stderr=log if out is None else out,
                start_new_session=True,
                preexec_fn=before,  # noqa: PLW1509  limits must be set in the child
            )
        self.seen: set[psutil.Process] = set()

    def family(self) -> set[psutil.Process]:
        with suppress(psutil.NoSuchProcess):
            root = psutil.Process(self.process.pid)
            self.seen |= {root, *root.children(recursive=True)}
        return self.seen

    def alive(self) -> list[psutil.Process]:
        found = []
        for one in self.family():
            with suppress(psutil.NoSuchProcess):
                if one.is_running() and one.status() != psutil.STATUS_ZOMBIE:
                    found.append(one)
        return found

    def kill(self) -> None:
        self.family()
        self.process.kill()
        self.process.wait()

    def signal(self, number: signal.Signals) -> None:
        """As Ctrl-C in a terminal: to everyone of the group."""
        self.family()
        os.killpg(self.process.pid, number)

    @property
    def output(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def clean_up(self) -> None:
        for one in self.alive():
            with suppress(psutil.NoSuchProcess):
                one.kill()
        self.process.wait()


class House:
    """A folder with a configuration over an upstream, the program in it, and its database as it is."""

    def __init__(self, folder: Path, upstream: Upstream, port: int, *, every: str = "1s", sections: int = 3) -> None:
        self.folder, self.upstream, self.port = folder, upstream, port
        self.database = folder / "haihe.db"
        self.programs: list[Program] = []
        self.configure(every, sections)

    def configure(self, every: str, sections: int = 3, **more: object) -> None:
        address = f"http://127.0.0.1:{self.upstream.server_address[1]}"
        config = {
            "site": {"title": "Crash", "url": f"http://127.0.0.1:{self.port}"},
            "database": "sqlite:///haihe.db",
            "serve": {"host": "127.0.0.1", "port": self.port},
            "pull": {"spacing": "0s", "per_host": 16, "allow_private": ["127.0.0.0/8"]},
            "pace": {"every": every, "at_least": "1s", "at_most": "2s"},
            "sections": {f"n{number}": {"title": f"News {number}"} for number in range(sections)},
            "sources": {
                f"s{one.number}": {
                    "title": f"Source {one.number}",
                    "kind": "feed",
                    "url": f"{address}/{one.number}.xml",
                    "sections": [f"n{one.number % sections}"],
                }
                for one in self.upstream.feeds
            },
        } | more
        (self.folder / "config.yaml").write_text(json.dumps(config), encoding="utf-8")

    def start(self, *arguments: str, before: Callable[[], None] | None = None, out: int | None = None) -> Program:
        self.programs.append(Program(self.folder, *arguments, before=before, out=out))
        return self.programs[-1]

    def verb(self, *arguments: str, before: Callable[[], None] | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*HAIHE, *arguments], cwd=self.folder, capture_output=True, text=True, timeout=300, stdin=subprocess.DEVNULL, preexec_fn=before
        )

    def check(self) -> None:
        """The database is sound."""
        done = self.verb("check", "--store", "--json")
        assert done.returncode == 0, done.stdout + done.stderr
        assert json.loads(done.stdout) == {"ok": True, "findings": []}

    def rows(self, query: str) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=10)) as connection:
            return connection.execute(query).fetchall()

    def kept(self) -> list[tuple[tuple[int, int], str]]:
        """Every entry: (source, item) and its text, as often as it is kept."""
        rows = self.rows("SELECT source, uid, json_extract(record, '$.title') FROM entries")
        return [((int(source[1:]), int(uid.partition("-")[2])), title) for source, uid, title in rows]

    def count(self) -> int:
        return int(str(self.rows("SELECT count(*) FROM entries")[0][0])) if self.database.exists() else 0

    def stop(self) -> None:
        for program in self.programs:
            program.clean_up()


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def upstream_of() -> Iterator[Callable[..., Upstream]]:
    servers: list[Upstream] = []

    def make(count: int, seed: int = 1) -> Upstream:
        server = Upstream(count, seed)
        servers.append(server)
        threading.Thread(target=partial(server.serve_forever, poll_interval=0.05), daemon=True).start()
        return server

    yield make
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def house_of(tmp_path: Path, upstream_of: Callable[..., Upstream], port: int) -> Iterator[Callable[..., House]]:
    houses: list[House] = []

    def make(count: int, *, seed: int = 1, every: str = "1s", folder: Path | None = None) -> House:
        houses.append(House(folder or tmp_path, upstream_of(count, seed), port, every=every))
        return houses[-1]

    yield make
    for house in houses:
        house.stop()


@pytest.fixture
def until() -> Callable[..., object]:
    return wait_for
