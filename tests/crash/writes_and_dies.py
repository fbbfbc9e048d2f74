"""Records forty pulls of five entries and is killed, so that all of it is still in the log (see test_files)."""

import os
import signal
import sys
from datetime import UTC, datetime, timedelta

from aggregator.records import NextPull, Placed, Placement, Pulled
from aggregator.store import Store
from feeds.records import Document, Entry

store = Store.open(sys.argv[1])
store.migrate()
now = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
store.enrol({"a": "https://a.example/"}, now)
for number in range(40):
    at = now + timedelta(hours=number)
    store.record(
        "a",
        Pulled(document=Document(url="https://a.example/feed", body=b""), etag=f'"{5 * number + 5}"'),
        (),
        [
            Placed(entry=Entry(uid=str(uid), fingerprint="1:x"), placements=(Placement(section="s", rule="r"),))
            for uid in range(5 * number + 1, 5 * number + 6)
        ],
        NextPull(at=at + timedelta(hours=1), why="every hour"),
        at,
    )
os.kill(os.getpid(), signal.SIGKILL)
