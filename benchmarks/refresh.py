"""What a refresh of many feeds costs, from the request to the row, beside reader (feedparser, requests, SQLite) on the same feeds.

    python benchmarks/refresh.py [--feeds 300] [--delay 0.1] [--phases cold,304] [--peer PYTHON] [--json]
    python benchmarks/refresh.py --growth [--feeds 1000]

Generated feeds of 20 to 30 entries, 95 KB each, are served on loopback and refreshed four times, each time by a process of its own, as a
timer would do it: `cold` finds everything new, `304` nothing changed, `changed` one new entry in every tenth feed, `200` the same bytes
again from a server that knows no conditional requests. The figures are CPU milliseconds a feed, of the process and all that it started,
its start included; and the seconds on the clock. `--delay` is how many seconds each answer takes to come. `--growth` compares ten times as
many feeds with that many, without a peer.

The peer runs in this environment (`pip install reader`) or in that of `--peer`. Everything comes from one host here, so the pace per host
is set free for this run, as no configuration for the open net should have it; search is off, as it is with the peer.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from benchmarks.corpus import Sample, samples

ROOT = Path(__file__).resolve().parent.parent
PHASES = ("cold", "304", "changed", "200")
DISTINCT = 200  # documents that are made; further feeds say the same, each of a site of its own
TENTH = 10
TENFOLD = 10
AT_ONCE = 64

_PEER = """
import sys
from reader import make_reader
verb, database, addresses = sys.argv[1:]
with make_reader(database) as reader:
    if verb == "add":
        for address in open(addresses):
            reader.add_feed(address.strip())
    else:
        reader.update_feeds(workers=8, scheduled=False)
"""


@dataclass(slots=True)
class Upstream:
    """The publisher of all feeds. `changed`: every tenth has a newer entry; `plain`: without validators. `answers` counts by status."""

    corpus: Sequence[Sample]
    delay: float = 0.0
    changed: bool = False
    plain: bool = False
    answers: Counter[int] = field(default_factory=Counter)

    def feed(self, number: int) -> bytes:
        sample = self.corpus[number % len(self.corpus)]
        body = sample.body.replace(b"//feeds%d.example" % (number % len(self.corpus)), b"//feeds%d.example" % number)
        return body.replace(b"/p/1000", b"/p/1001") if self.changed and number % TENTH == 0 else body

    def items(self, count: int) -> int:
        return sum(self.corpus[number % len(self.corpus)].items for number in range(count))

    def answer(self, head: str) -> bytes:
        number = int(head.split(" ", 2)[1].strip("/"))
        tag = f'"{number}-{self.changed and number % TENTH == 0:d}"'
        if not self.plain and f"if-none-match: {tag}" in head.lower():
            self.answers[304] += 1
            return f"HTTP/1.1 304 Not Modified\r\nETag: {tag}\r\n\r\n".encode()
        self.answers[200] += 1
        body = self.feed(number)
        stated = "" if self.plain else f"ETag: {tag}\r\n"
        return f"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nContent-Length: {len(body)}\r\n{stated}\r\n".encode() + body


class _Connection(asyncio.Protocol):
    def __init__(self, upstream: Upstream) -> None:
        self.upstream, self.came = upstream, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.came += data
        while b"\r\n\r\n" in self.came:
            head, _, self.came = self.came.partition(b"\r\n\r\n")
            asyncio.get_running_loop().call_later(self.upstream.delay, self.transport.write, self.upstream.answer(head.decode("latin-1")))


@contextmanager
def serving(upstream: Upstream) -> Iterator[int]:
    """The port on which it is served, by a thread of this process: its work is in nobody's figures."""
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(loop.create_server(lambda: _Connection(upstream), "127.0.0.1", 0, backlog=1024))
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        server.close()
        loop.close()


class Haihe:
    name = "haihe"

    def __init__(self, folder: Path, addresses: Sequence[str]) -> None:
        self.folder = folder
        sources = {f"s{number}": {"title": f"S{number}", "url": url, "kind": "feed"} for number, url in enumerate(addresses)}
        config = {
            "site": {"title": "Bench", "url": "https://bench.example", "search": False},
            "database": "sqlite:///bench.db",
            "pull": {"spacing": "0s", "per_host": AT_ONCE, "concurrency": AT_ONCE, "allow_private": ["127.0.0.0/8"]},
            "sections": {"news": {"title": "News"}},
            "sources": {key: {**source, "sections": ["news"]} for key, source in sources.items()},
        }
        (folder / "config.yaml").write_text(_yaml(config), encoding="utf-8")
        _run(self.command("migrate"), folder)

    def command(self, verb: str) -> list[str]:
        return [sys.executable, "-m", "aggregator", verb]

    def refresh(self) -> dict[str, float]:
        return _run(self.command("pull"), self.folder)

    def entries(self) -> int:
        return _count(self.folder / "bench.db")


class Reader:
    name = "reader"

    def __init__(self, python: str, folder: Path, addresses: Sequence[str]) -> None:
        self.python, self.folder = python, folder
        (folder / "addresses").write_text("\n".join(addresses), encoding="utf-8")
        _run(self.command("add"), folder)

    def command(self, verb: str) -> list[str]:
        return [self.python, "-c", _PEER, verb, "reader.db", "addresses"]

    def refresh(self) -> dict[str, float]:
        return _run(self.command("update"), self.folder)

    def entries(self) -> int:
        return _count(self.folder / "reader.db")


def _yaml(value: dict[str, Any]) -> str:
    """Each source in a line of its own: JSON is YAML, but for lines of any length."""
    return (
        "{\n"
        + ",\n".join(
            f"{json.dumps(key)}: "
            + ("{\n" + ",\n".join(f"{json.dumps(inner)}: {json.dumps(part)}" for inner, part in each.items()) + "\n}")
            if isinstance(each, dict)
            else f"{json.dumps(key)}: {json.dumps(each)}"
            for key, each in value.items()
        )
        + "\n}\n"
    )


def _run(command: Sequence[str], folder: Path) -> dict[str, float]:
    """Seconds of CPU and of the clock, of the process with all that it waited for; MiB of the largest of them."""
    began = time.monotonic()
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        said = process.stderr.read().decode("utf-8", "replace")
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command[:4])} ended with {process.returncode}:\n{said[-2000:]}")
    return {"cpu": usage.ru_utime + usage.ru_stime, "wall": time.monotonic() - began, "mib": usage.ru_maxrss / 1024}


def _count(database: Path) -> int:
    with sqlite3.connect(database) as connection:
        return int(connection.execute("SELECT count(*) FROM entries").fetchone()[0])


def measure(count: int, phases: Sequence[str], delay: float = 0.0, peer: str | None = None) -> Iterator[dict[str, Any]]:
    """A row a contender and phase. AssertionError where entries are missing, or requests were not what the phase is about."""
    upstream = Upstream(list(samples(min(count, DISTINCT))), delay)
    with serving(upstream) as port, tempfile.TemporaryDirectory(prefix="haihe-bench-") as folder:
        addresses = [f"http://127.0.0.1:{port}/{number}" for number in range(count)]
        for name in ("haihe", "reader") if peer else ("haihe",):
            own = Path(folder) / name
            own.mkdir()
            upstream.changed = upstream.plain = False
            contender = Reader(peer, own, addresses) if name == "reader" and peer else Haihe(own, addresses)
            for phase in phases:
                upstream.changed, upstream.plain = phase in ("changed", "200"), phase == "200"
                upstream.answers.clear()
                figures = contender.refresh()
                expected = upstream.items(count) + (-(-count // TENTH) if "changed" in phases[: phases.index(phase) + 1] else 0)
                answered = dict(upstream.answers)
                if contender.entries() < expected or sum(answered.values()) < count or (phase == "304" and 200 in answered):
                    raise AssertionError(f"{name} has {contender.entries()} entries of {expected} after {phase}; answers: {answered}")
                yield {
                    "contender": name,
                    "phase": phase,
                    "feeds": count,
                    "ms_per_feed": round(figures["cpu"] / count * 1000, 2),
                    "wall_s": round(figures["wall"], 2),
                    "largest_mib": round(figures["mib"]),
                }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=int, default=300)
    parser.add_argument("--delay", type=float, default=0.0, metavar="SECONDS")
    parser.add_argument("--phases", default=",".join(PHASES), type=lambda text: [each.strip() for each in text.split(",")])
    parser.add_argument("--peer", metavar="PYTHON", help="an interpreter that has reader, where this one does not")
    parser.add_argument("--growth", action="store_true", help="ten times as many feeds, beside that many")
    parser.add_argument("--json", action="store_true", help="one JSON object a row")
    told = parser.parse_args()
    if unknown := [each for each in told.phases if each not in PHASES]:
        parser.error(f"there is no phase {unknown[0]!r}: {', '.join(PHASES)}")
    peer = None if told.growth else _peer(told.peer or sys.executable)
    if not told.growth and not peer:
        print("reader is not there to compare with: pip install reader, or name an interpreter that has it with --peer", file=sys.stderr)
    counts = (told.feeds, TENFOLD * told.feeds) if told.growth else (told.feeds,)
    rows: dict[tuple[str, str, int], dict[str, Any]] = {}
    for count in counts:
        for row in measure(count, told.phases, told.delay, peer):
            rows[row["contender"], row["phase"], count] = row
            print(json.dumps(row) if told.json else _line(row), flush=True)
    for phase in () if told.json or len(rows) == len(told.phases) else told.phases:
        ours = rows["haihe", phase, counts[-1]]
        other, name = (
            (rows["haihe", phase, told.feeds], f"of {told.feeds} feeds")
            if told.growth
            else (rows["reader", phase, told.feeds], "of reader")
        )
        print(f"{phase:8} {ours['ms_per_feed'] / other['ms_per_feed']:.2f} of the CPU a feed {name}", end="")
        print("" if told.growth else f", {ours['wall_s'] / other['wall_s']:.2f} of its time")


def _line(row: dict[str, Any]) -> str:
    took = f"{row['ms_per_feed']:8.2f} ms CPU a feed {row['wall_s']:8.2f} s {row['largest_mib']:5} MiB"
    return f"{row['contender']:8} {row['phase']:8} {row['feeds']:6} feeds {took}"


def _peer(python: str) -> str | None:
    found = subprocess.run([python, "-c", "import reader; reader.make_reader"], capture_output=True, check=False)
    return python if found.returncode == 0 else None


if __name__ == "__main__":
    main()
