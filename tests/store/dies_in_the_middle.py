"""Records nine entries, says so when all but the source itself is written, and waits there to be killed (see test_concurrency)."""

import sys
from datetime import UTC, datetime

from sqlalchemy import event

from aggregator.records import NextPull, Placed, Placement, Pulled
from aggregator.store import Store
from feeds.records import Document, Entry

store = Store.open(sys.argv[1])
now = datetime(2026, 3, 1, 9, tzinfo=UTC)


@event.listens_for(store._database.engine, "before_cursor_execute")
def stop(connection, cursor, statement, parameters, context, executemany):
    if statement.startswith("UPDATE sources"):
        sys.stdout.write("in the middle\n")
        sys.stdout.flush()
        sys.stdin.read()


store.record(
    "a",
    Pulled(document=Document(url="https://a.example/feed", body=b""), etag='"2"'),
    (),
    [
        Placed(entry=Entry(uid=str(number), fingerprint="1:first"), placements=(Placement(section="s", rule="a goes to s"),))
        for number in range(1, 10)
    ],
    NextPull(at=now, why="soon"),
    now,
)
sys.exit("nobody killed me")
