"""What is taken back for good, what is held back for a while, and how neither comes in again by another door.

An entry is withdrawn with its copies: those of the same public id, and those of the same address where that address names one entry. A
feed whose entries all lead to one page says nothing by its links, so there only the id counts.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, Row, bindparam, case, delete, exists, select, tuple_, union_all, update
from sqlalchemy.sql.dml import ReturningUpdate

from aggregator.records import Withdrawal
from aggregator.store import archives
from aggregator.store.engine import chunks
from aggregator.store.tables import ALL, APART, Moment, Words, entries, placements, searched, sources
from aggregator.store.touch import tick, touch

MILLISECOND = timedelta(milliseconds=1)
COPY = "copy"  # `withdrawn_by` of what was withdrawn before it was ever shown

_NAMED = select(entries.c.id, entries.c.iri, entries.c.canonical).where(entries.c.id.in_(bindparam("ids", expanding=True)))
# By source, so that the index of (source, uid) finds them: an entry that states an IRI as its id has it as its uid too, but for some.
_OF_IRIS = entries.c.iri.in_(bindparam("iris", expanding=True))
_SAME_ID = union_all(
    select(entries.c.id).where(entries.c.source.in_(select(sources.c.key)), entries.c.uid.in_(bindparam("iris", expanding=True)), _OF_IRIS),
    select(entries.c.id).where(_OF_IRIS, APART),
)
_AT = (
    select(entries.c.id, entries.c.source, entries.c.canonical, entries.c.withdrawn_at, entries.c.withdrawn_by, entries.c.withdrawn_why)
    .where(entries.c.canonical.in_(bindparam("addresses", expanding=True)))
    .order_by(entries.c.id)
)
_WITHDRAWN_AT = (
    select(entries.c.canonical)
    .where(entries.c.canonical.in_(bindparam("addresses", expanding=True)), entries.c.withdrawn_at.is_not(None))
    .distinct()
)
_WITHDRAWN_IDS = select(entries.c.iri, entries.c.withdrawn_why).where(
    entries.c.iri.in_(bindparam("iris", expanding=True)), entries.c.withdrawn_at.is_not(None)
)
_ANY = select(entries.c.id).where(entries.c.withdrawn_at.is_not(None)).limit(1)
_ONES = entries.c.id.in_(bindparam("ids", expanding=True))
# An entry whose record retention has emptied is not shown any more, yet can be withdrawn: its id is remembered with the reason.
_WITHDRAW = update(entries).where(_ONES, entries.c.withdrawn_at.is_(None)).returning(entries.c.id)
_FORGET = delete(searched).where(searched.c.entry.in_(bindparam("ids", expanding=True)))
_SECTIONS = select(placements.c.section).where(placements.c.entry.in_(bindparam("ids", expanding=True))).distinct()

_WITHDRAWAL = (entries.c.id, entries.c.iri, entries.c.source, entries.c.withdrawn_at, entries.c.withdrawn_by, entries.c.withdrawn_why)
_LIST = (
    select(*_WITHDRAWAL)
    .where(entries.c.withdrawn_at.is_not(None), entries.c.withdrawn_by.is_distinct_from(COPY))
    .order_by(entries.c.withdrawn_at, entries.c.id)
    .limit(bindparam("most"))
)
_LIST_FROM = _LIST.where(
    tuple_(entries.c.withdrawn_at, entries.c.id) > tuple_(bindparam("at", type_=Moment()), bindparam("after", type_=Words()))
)
# From what was withdrawn, and not from the section, which may be a million times as much.
_OF_SECTION = (
    select(*_WITHDRAWAL)
    .where(
        entries.c.withdrawn_at.is_not(None),
        exists().where(placements.c.entry == entries.c.id, placements.c.section == bindparam("of")).correlate(entries),
    )
    .order_by(entries.c.withdrawn_at.desc(), entries.c.id.desc())
    .limit(bindparam("most"))
)
_ONE = select(*_WITHDRAWAL).where(entries.c.id == bindparam("of"), entries.c.withdrawn_at.is_not(None))


def withdraw(connection: Connection, ids: Iterable[str], by: str, reason: str | None, now: datetime) -> tuple[str, ...]:
    values = {"withdrawn_at": now, "withdrawn_by": by, "withdrawn_why": reason}
    gone = _each(connection, _WITHDRAW.values(values), with_copies(connection, ids))
    archives.take_out(connection, gone)
    forget(connection, gone)
    changed(connection, gone, now)
    return gone


def forget(connection: Connection, ids: Iterable[str]) -> None:
    """Search knows no more of them; what is shown again it takes in anew."""
    for some in chunks(ids):
        connection.execute(_FORGET, {"ids": some})


def reinstate(connection: Connection, ids: Iterable[str], now: datetime) -> tuple[str, ...]:
    """What retention has emptied does not come back. The new `updated` tells readers that the tombstone is over (RFC 6721 §4)."""
    back = update(entries).where(_ONES, entries.c.withdrawn_at.is_not(None), entries.c.record.is_not(None)).returning(entries.c.id)
    found = _each(connection, back.values(withdrawn_at=None, withdrawn_by=None, withdrawn_why=None), with_copies(connection, ids))
    _revive(connection, found, now)
    archives.put_back(connection, found)
    changed(connection, found, now)
    return found


def hold_back(connection: Connection, ids: Iterable[str], reason: str | None, now: datetime) -> tuple[str, ...]:
    back = update(entries).where(_ONES, entries.c.held_at.is_(None), entries.c.withdrawn_at.is_(None)).returning(entries.c.id)
    found = _each(connection, back.values(held_at=now, held_why=reason, held_by="operator"), ids)
    archives.take_out(connection, found)
    changed(connection, found, now)
    return found


def show_again(connection: Connection, ids: Iterable[str], now: datetime) -> tuple[str, ...]:
    out = update(entries).where(_ONES, entries.c.held_at.is_not(None)).returning(entries.c.id)
    found = _each(connection, out.values(held_at=None, held_why=None, held_by="released"), ids)
    archives.put_back(connection, found)
    changed(connection, found, now)
    return found


def follow(connection: Connection, new: Sequence[Mapping[str, object]], now: datetime) -> tuple[str, ...]:
    """Of rows that were just written for the first time, those that were withdrawn under another name: they are withdrawn at once, and
    never shown. Their ids."""
    if not new or connection.scalar(_ANY) is None:
        return ()
    why = _by_id(connection, new) | _by_address(connection, new)
    for id_, reason in why.items():
        values = {"withdrawn_at": now, "withdrawn_by": COPY, "withdrawn_why": reason}
        connection.execute(update(entries).where(entries.c.id == id_).values(values))
    return tuple(why)


def with_copies(connection: Connection, ids: Iterable[str]) -> set[str]:
    """The entries of these ids, and all that are the same under another."""
    named = [row for some in chunks(ids) for row in connection.execute(_NAMED, {"ids": some})]
    found = {row.id for row in named}
    for iris in chunks({row.iri for row in named}):
        found.update(connection.scalars(_SAME_ID, {"iris": iris}))
    for group in _at(connection, {row.canonical for row in named if row.canonical}).values():
        if _names_one(group):
            found.update(row.id for row in group)
    return found


def listed(connection: Connection, since: datetime | None, limit: int, after: str) -> list[Withdrawal]:
    if since is None:
        return [_withdrawal(row) for row in connection.execute(_LIST, {"most": limit})]
    return [_withdrawal(row) for row in connection.execute(_LIST_FROM, {"most": limit, "at": since, "after": after})]


def of_section(connection: Connection, section: str | None, limit: int) -> list[Withdrawal]:
    return [_withdrawal(row) for row in connection.execute(_OF_SECTION, {"of": section or ALL, "most": limit})]


def of_entry(connection: Connection, id_: str) -> Withdrawal | None:
    row = connection.execute(_ONE, {"of": id_}).first()
    return _withdrawal(row) if row else None


def changed(connection: Connection, ids: Iterable[str], now: datetime) -> None:
    """The sections in which these entries stand are to be published again."""
    names = {section for some in chunks(ids) for section in connection.scalars(_SECTIONS, {"ids": some})}
    touch(connection, names, now)


def _each(connection: Connection, statement: ReturningUpdate[tuple[str]], ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(row.id for some in chunks(sorted(set(ids))) for row in connection.execute(statement, {"ids": some})))


def _revive(connection: Connection, ids: Iterable[str], now: datetime) -> None:
    """Later than what they said before, and no two at one moment."""
    at = bindparam("at", type_=Moment())
    later = case((entries.c.updated_at >= at, entries.c.updated_at + tick(connection.dialect.name, 1000)), else_=at)
    for index, one in enumerate(ids):
        connection.execute(update(entries).where(entries.c.id == one).values(updated_at=later), {"at": now + index * MILLISECOND})


def _by_id(connection: Connection, new: Sequence[Mapping[str, object]]) -> dict[str, str | None]:
    ids: defaultdict[str, list[str]] = defaultdict(list)  # several sources may bring it in one transaction
    for row in new:
        ids[str(row["iri"])].append(str(row["id"]))
    found = (row for some in chunks(ids) for row in connection.execute(_WITHDRAWN_IDS, {"iris": some}))
    return {id_: row.withdrawn_why for row in found for id_ in ids[row.iri]}


def _by_address(connection: Connection, new: Sequence[Mapping[str, object]]) -> dict[str, str | None]:
    addressed = {str(row["id"]): str(row["canonical"]) for row in new if row["canonical"]}
    found: dict[str, str | None] = {}
    left = chain.from_iterable(connection.scalars(_WITHDRAWN_AT, {"addresses": some}) for some in chunks(set(addressed.values())))
    for group in _at(connection, set(left)).values():
        withdrawn = next((row for row in group if row.withdrawn_at is not None), None)
        old, young = [row for row in group if row.id not in addressed], [row for row in group if row.id in addressed]
        if withdrawn is not None and _names_one(old) and _names_one(young):
            found.update((row.id, withdrawn.withdrawn_why) for row in young)
    return found


def _at(connection: Connection, addresses: Iterable[str]) -> Mapping[str, list[Row[*tuple[Any, ...]]]]:
    """What is kept under each of these addresses, those left out that are a site's front page."""
    groups: defaultdict[str, list[Row[*tuple[Any, ...]]]] = defaultdict(list)
    for some in chunks(sorted(address for address in addresses if _leads_into(address))):
        for row in connection.execute(_AT, {"addresses": some}):
            groups[row.canonical].append(row)
    return groups


def _leads_into(address: str) -> bool:
    parts = urlsplit(address)
    return parts.path.strip("/") != "" or parts.query != ""


def _names_one(group: Iterable[Row[*tuple[Any, ...]]]) -> bool:
    """Whether an address is that of one entry: no source has two there, but for those that came in again after a withdrawal."""
    return max(Counter(row.source for row in group if row.withdrawn_by != COPY).values(), default=1) == 1


def _withdrawal(row: Row[*tuple[Any, ...]]) -> Withdrawal:
    return Withdrawal(
        id=row.id, iri=row.iri, source=row.source, at=row.withdrawn_at, by=row.withdrawn_by or "operator", reason=row.withdrawn_why
    )
