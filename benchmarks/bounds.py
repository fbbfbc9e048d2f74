"""What ten megabytes of everything cost: each kind of document in a process of its own, its CPU seconds and its peak of memory.

    python benchmarks/bounds.py [--kind NAME] [--size 10] [--json]

Whatever is read or refused, none should take more than 2 seconds or 300 MiB, the program itself (some 45 MiB) and the document included.
Linux only."""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import time
from multiprocessing.connection import Connection
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from benchmarks.large import KINDS
from feeds.errors import FeedError
from feeds.read import read
from feeds.records import Document, Hints

MIB = 1024 * 1024
SECONDS, MEMORY = 2.0, 300  # what one document may take: CPU seconds and MiB


def measured(name: str, size: int) -> tuple[float, int, str]:
    """(CPU seconds, MiB at the peak, what came of it) of a kind, in a process of its own."""
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=_one, args=(name, size, sender))
    child.start()
    sender.close()
    try:
        found: tuple[float, int, str] = receiver.recv()
    except EOFError:
        found = (float("inf"), 0, "the process died")
    child.join()
    return found


def _one(name: str, size: int, sender: Connection) -> None:
    kind, make = KINDS[name]
    body = make(size)
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew: what it took to make the document is not counted
    begin = time.process_time()
    try:
        feed = read(Document(url="http://a.example/2026/x.html", body=body), Hints(kind=kind, timezone="Asia/Shanghai"))
        said = f"{len(feed.entries)} entries" + (f"; {feed.repairs[0]}" if feed.repairs else "")
    except FeedError as error:
        said = f"{type(error).__name__}: {error}"
    took = time.process_time() - begin
    peak = next(int(line.split()[1]) // 1024 for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    sender.send((took, peak, said[:120]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kind", action="append", choices=list(KINDS), metavar="NAME", help="one of these alone (again for more)")
    parser.add_argument("--size", type=float, default=10, help="MiB a document")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    told = parser.parse_args()
    for name in told.kind or KINDS:
        took, peak, said = measured(name, int(told.size * MIB))
        if told.json:
            print(json.dumps({"kind": name, "seconds": round(took, 2), "mib": peak, "said": said}), flush=True)
        else:
            print(f"{name:34}{took:6.2f} s {peak:5} MiB{'  !' if took > SECONDS or peak > MEMORY else '   '} {said[:80]}", flush=True)


if __name__ == "__main__":
    main()
