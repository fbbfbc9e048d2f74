"""The log of revisions: what each changed, and what stood there before. Bounded in length here, in age by retention."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, insert, select

from aggregator.editions import Revision
from aggregator.records import Revised
from aggregator.store.engine import chunks
from aggregator.store.tables import entries, revisions

MOST = 20  # revisions of one entry that are kept: some pages change with every look at them
LONG = frozenset({"content", "summary"})

_RECORDS = select(entries.c.id, entries.c.record).where(entries.c.id.in_(bindparam("ids", expanding=True)), entries.c.record.is_not(None))
_OLD = delete(revisions).where(revisions.c.entry == bindparam("of"), revisions.c.number <= bindparam("until"))
_OF = select(revisions).where(revisions.c.entry == bindparam("of")).order_by(revisions.c.number)


def records(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    """id -> record, of those that are kept."""
    return {row.id: row.record for some in chunks(ids) for row in connection.execute(_RECORDS, {"ids": some})}


def log(connection: Connection, written: Iterable[tuple[str, int, Revision, str]], now: datetime) -> None:
    """(id, number, revision, the record before it), each."""
    rows = [
        {
            "entry": id_,
            "number": number,
            "at": now,
            "changed": " ".join(revision.changed),
            "significant": " ".join(revision.significant),
            "corrected": " ".join(revision.corrected),
            "before": json.dumps(_before(revision, json.loads(record)), ensure_ascii=False),
        }
        for id_, number, revision, record in written
        if revision.changed
    ]
    if rows:
        connection.execute(insert(revisions), rows)
    if long := [{"of": row["entry"], "until": int(str(row["number"])) - MOST} for row in rows if int(str(row["number"])) > MOST]:
        connection.execute(_OLD, long)


def _before(revision: Revision, record: Mapping[str, object]) -> dict[str, object]:
    """A text that differs in nothing that counts (a reading counter) is not kept over and over."""
    kept = (name for name in revision.changed if "text" in revision.significant or name not in LONG)
    return {name: record.get(name) for name in kept}


def of_entry(connection: Connection, id_: str) -> list[Revised]:
    return [
        Revised(
            number=row.number,
            at=row.at,
            changed=tuple(row.changed.split()),
            significant=tuple(row.significant.split()),
            corrected=tuple(row.corrected.split()),
            before=json.loads(row.before),
        )
        for row in connection.execute(_OF, {"of": id_})
    ]
