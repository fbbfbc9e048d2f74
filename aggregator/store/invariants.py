"""What must be true of every database, however the processes that wrote it ended; `haihe check --store` asks for it.

    the file        SQLite's own checks
    entries         of sources that are there, each once, with the ids that its uid gives, a record that can be read, and times in order
    placements      of entries that are there, in the entry's own order, and in `all` whenever in any section
    sources         validators, leases and due times that some pull can have left
    sections        changed after what is in them, published no further than that
    revisions       numbered as their entries count them
    archives        readable, without a gap, and known to the entries that stand in them
    renditions      bytes as their ETag and their compressed twins say

Reads in one snapshot, so it may run beside a puller at work, and row by row: memory does not grow with the database. The SQL that
would mend what is found is told to the operator and never run here.
"""
# ruff: noqa: S608 - that SQL

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from itertools import chain, islice

import brotli
import zstandard
from sqlalchemy import Connection, Row, Select, and_, exists, func, not_, or_, select

from aggregator import errors
from aggregator.records import Finding, Rendition
from aggregator.store.record import bounded
from aggregator.store.tables import ALL, archived, archives, entries, placements, renditions, revisions, sections, sources
from feeds import codec
from feeds.errors import Advice, FeedError

MOST = 20  # findings of one kind that are told in full; the rest is counted
AT_ONCE = 1000  # rows that are held at a time
LONGEST_LEASE = timedelta(days=1)  # far beyond any pull and any two clocks

Law = Callable[[Connection, datetime], Iterable[Finding]]

_BACKUP = "stop haihe and restore a backup"


def check(connection: Connection, now: datetime) -> list[Finding]:
    """All that is wrong, in words; nothing means that the database is sound. A damaged file is told alone: what it says cannot count."""
    return _told(_damage(connection)) or [finding for law in _LAWS for finding in _told(law(connection, now))]


def _told(findings: Iterable[Finding]) -> list[Finding]:
    rest = iter(findings)
    told = list(islice(rest, MOST))
    if more := sum(1 for _ in rest):
        told.append(Finding(where=f"{more:,} more places", what=f"the same, or its like: {told[-1].what}", do=told[-1].do))
    return told


def _rows(connection: Connection, statement: Select[*tuple[object, ...]]) -> Iterator[Row[*tuple[object, ...]]]:
    return iter(connection.execute(statement.execution_options(yield_per=AT_ONCE)))


def _entry(row: Row[*tuple[object, ...]], what: str) -> Finding:
    """Something wrong with the entry that `row.id` names. Without its row and its source's validators it comes with the next pull."""
    source = _quoted(row.source)
    do = (
        f"stop haihe; DELETE FROM placements WHERE entry = '{row.id}'; DELETE FROM entries WHERE id = '{row.id}'; "
        f"{_FORGET} WHERE key = {source}; {_COUNT}; the next pull brings it again"
    )
    return Finding(where=f"entry {row.id} of source {row.source}", what=what, do=do)


def _place(row: Row[*tuple[object, ...]], what: str, do: str) -> Finding:
    return Finding(where=f"section {row.section}, entry {row.entry}", what=what, do=f"stop haihe; {do}; {_COUNT}")


def _section(name: str, where: str, what: str) -> Finding:
    do = (
        f"stop haihe; DELETE FROM sections WHERE name = {_quoted(name)}; INSERT INTO sections (name, changed_at) "
        f"SELECT {_quoted(name)}, max(first_seen_at) FROM entries; {_COUNT}; when it starts again the section is published afresh"
    )
    return Finding(where=where, what=what, do=do)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


_COUNT = (
    "UPDATE sections SET tally = (SELECT count(*) FROM placements WHERE section = name); "
    "UPDATE sources SET tally = (SELECT count(*) FROM entries WHERE source = key)"
)
_FORGET = "UPDATE sources SET etag = NULL, last_modified = NULL, body_hash = NULL"


# -- the file ----------------------------------------------------------------------------------------------------------------------


def _damage(connection: Connection) -> Iterator[Finding]:
    """Pages, indices, unique and NOT NULL constraints. PostgreSQL keeps its own house."""
    if connection.dialect.name != "sqlite":
        return
    for (line,) in connection.exec_driver_sql("PRAGMA integrity_check").all():
        if line != "ok":
            yield Finding(where="the database file", what=f"it is damaged: {line}", do=_BACKUP)


# -- entries -----------------------------------------------------------------------------------------------------------------------


def _of_sources(connection: Connection, _: datetime) -> Iterator[Finding]:
    missing = select(entries.c.id, entries.c.source).where(not_(exists().where(sources.c.key == entries.c.source)))
    for row in _rows(connection, missing):
        yield _entry(row, "it is there, its source is not")


def _once(connection: Connection, _: datetime) -> Iterator[Finding]:
    count = func.count().label("times")
    twice = select(entries.c.source, entries.c.uid, count).group_by(entries.c.source, entries.c.uid).having(count > 1)
    for row in _rows(connection, twice):
        yield Finding(where=f"source {row.source}, uid {row.uid}", what=f"it is kept {row.times} times", do=_BACKUP)


def _readable(connection: Connection, _: datetime) -> Iterator[Finding]:
    """The record says the same as its row. An empty record is one that retention emptied."""
    columns = (entries.c.id, entries.c.source, entries.c.uid, entries.c.iri, entries.c.fingerprint, entries.c.revisions, entries.c.record)
    for row in _rows(connection, select(*columns).where(entries.c.record.is_not(None))):
        if what := _misread(row):
            yield _entry(row, what)


def _misread(row: Row[*tuple[object, ...]]) -> str | None:
    try:
        entry = codec.load(row.record)
    except ValueError as error:
        return f"its record cannot be read ({str(error).splitlines()[0]})"
    if bounded(entry.uid) != row.uid:
        return f"its record is that of another entry: it says uid {entry.uid!r}"
    # What a revision says of its id does not move the one under which the entry is known.
    if row.revisions == 1 and entry.id != row.iri:
        return f"its record says the id {entry.id!r}, its row {row.iri!r}"
    if entry.fingerprint != row.fingerprint:
        return "its record is of another version than its fingerprint: a revision was not written whole"
    return None


def _in_order(connection: Connection, _: datetime) -> Iterator[Finding]:
    seen = entries.c.first_seen_at
    wrong = or_(entries.c.revisions < 1, entries.c.updated_at < seen, entries.c.sort_at > seen, entries.c.iri == "")
    columns = (entries.c.id, entries.c.source, entries.c.iri, entries.c.revisions)
    times = (entries.c.first_seen_at, entries.c.updated_at, entries.c.sort_at)
    for row in _rows(connection, select(*columns, *times).where(wrong)):
        if row.revisions < 1:
            yield _entry(row, f"it has {row.revisions} revisions; the first is number 1")
        if row.updated_at < row.first_seen_at:
            yield _entry(row, f"it was revised ({row.updated_at}) before it was first seen ({row.first_seen_at})")
        if row.sort_at > row.first_seen_at:
            yield _entry(row, f"it stands at {row.sort_at}, which is after it was first seen ({row.first_seen_at})")
        if row.iri == "":
            yield _entry(row, "it has no public id")


# -- placements --------------------------------------------------------------------------------------------------------------------

_WHERE = (placements.c.section, placements.c.entry)


def _of_entries(connection: Connection, _: datetime) -> Iterator[Finding]:
    missing = select(*_WHERE).where(not_(exists().where(entries.c.id == placements.c.entry)))
    for row in _rows(connection, missing):
        yield _place(row, "the place is there, its entry is not", f"DELETE FROM placements WHERE entry = {_quoted(row.entry)}")


def _in_the_entry_s_order(connection: Connection, _: datetime) -> Iterator[Finding]:
    both = placements.join(entries, entries.c.id == placements.c.entry)
    columns = (*_WHERE, placements.c.sort_at, entries.c.sort_at.label("stands"))
    for row in _rows(connection, select(*columns).select_from(both).where(placements.c.sort_at != entries.c.sort_at)):
        do = f"UPDATE placements SET sort_at = (SELECT sort_at FROM entries WHERE id = entry) WHERE entry = '{row.entry}'"
        yield _place(row, f"the place is at {row.sort_at}, its entry at {row.stands}", do)


def _in_all(connection: Connection, _: datetime) -> Iterator[Finding]:
    other = placements.alias("other")
    everywhere = exists().where(other.c.entry == placements.c.entry, other.c.section == ALL)
    for row in _rows(connection, select(*_WHERE).where(placements.c.section != ALL, not_(everywhere))):
        copied = f"SELECT DISTINCT '{ALL}', entry, sort_at, '' FROM placements WHERE entry = '{row.entry}'"
        yield _place(row, f"it has a place there and none in {ALL!r}", f"INSERT INTO placements (section, entry, sort_at, rule) {copied}")
    somewhere = exists().where(other.c.entry == placements.c.entry, other.c.section != ALL)
    for row in _rows(connection, select(*_WHERE).where(placements.c.section == ALL, not_(somewhere))):
        yield _place(row, f"it has a place in {ALL!r} and none in any section", f"DELETE FROM placements WHERE entry = '{row.entry}'")


# -- sources -----------------------------------------------------------------------------------------------------------------------


def _earned(connection: Connection, _: datetime) -> Iterator[Finding]:
    """Validators stand for entries that are kept: a 304 for entries that are not would lose them for good."""
    held = exists().where(entries.c.source == sources.c.key)
    validators = or_(sources.c.etag.is_not(None), sources.c.last_modified.is_not(None), sources.c.body_hash.is_not(None))
    for row in _rows(connection, select(sources.c.key).where(validators, sources.c.pulled_at.is_(None))):
        do = f"stop haihe; {_FORGET} WHERE key = {_quoted(row.key)}"
        yield Finding(where=f"source {row.key}", what="it has validators and was never pulled", do=do)
    for row in _rows(connection, select(sources.c.key).where(sources.c.changed_at.is_not(None), not_(held))):
        forget = f"{_FORGET}, changed_at = NULL WHERE key = {_quoted(row.key)}"
        do = f"restore a backup, or stop haihe; {forget}; the next pull brings them again"
        yield Finding(where=f"source {row.key}", what="it has brought entries, and none are here", do=do)
    for row in _rows(connection, select(sources.c.key).where(sources.c.changed_at.is_(None), held)):
        do = f"stop haihe; UPDATE sources SET changed_at = (SELECT max(first_seen_at) FROM entries) WHERE key = {_quoted(row.key)}"
        yield Finding(where=f"source {row.key}", what="it has entries here, and never brought one", do=do)


def _due(connection: Connection, now: datetime) -> Iterator[Finding]:
    advice = dict(chain(_advice(errors.PullError), _advice(FeedError)))
    columns = (sources.c.key, sources.c.error_kind, sources.c.leased_until)
    for row in _rows(connection, select(*columns).where(sources.c.enrolled, sources.c.next_pull_at.is_(None))):
        # A plug-in's errors may have names that are not known here.
        if row.error_kind is None or advice.get(row.error_kind, "stop") != "stop":
            yield Finding(where=f"source {row.key}", what="it is never pulled again, and nothing says why", do=f"haihe pull {row.key}")
    for row in _rows(connection, select(*columns).where(sources.c.leased_until > now + LONGEST_LEASE)):
        what = f"it is held until {row.leased_until}, longer than any pull lasts"
        yield Finding(where=f"source {row.key}", what=what, do=f"haihe pull {row.key}")


def _advice(root: type[errors.PullError] | type[FeedError]) -> Iterator[tuple[str, Advice]]:
    yield root.__name__, root.advice
    for kind in root.__subclasses__():
        yield from _advice(kind)


# -- sections ----------------------------------------------------------------------------------------------------------------------


def _changed(connection: Connection, _: datetime) -> Iterator[Finding]:
    """Were a section's change earlier than what is in it, it would count as published without it."""
    both = placements.join(entries, entries.c.id == placements.c.entry)
    newest = select(placements.c.section, func.max(entries.c.first_seen_at).label("seen")).select_from(both).group_by(placements.c.section)
    held = newest.subquery("held")
    late = or_(sections.c.name.is_(None), sections.c.changed_at.is_(None), sections.c.changed_at < held.c.seen)
    joined = held.outerjoin(sections, sections.c.name == held.c.section)
    for row in connection.execute(select(held.c.section, held.c.seen, sections.c.changed_at).select_from(joined).where(late)):
        when = f"last changed at {row.changed_at}" if row.changed_at else "never changed"
        yield _section(row.section, f"section {row.section}", f"it has an entry of {row.seen}, and by its own word {when}")


def _published(connection: Connection, _: datetime) -> Iterator[Finding]:
    seen = sections.c.seen_changed_at
    ahead = and_(seen.is_not(None), or_(sections.c.changed_at.is_(None), seen > sections.c.changed_at))
    for row in connection.execute(select(sections).where(ahead)):
        what = f"it is published up to {row.seen_changed_at}, and its last change is {row.changed_at or 'none'}"
        yield _section(row.name, f"section {row.name}", what)
    unsaid = and_(sections.c.name == renditions.c.section, sections.c.published_at.is_not(None))
    for row in connection.execute(select(renditions.c.section, renditions.c.format).where(not_(exists().where(unsaid)))):
        yield _section(row.section, f"section {row.section}, format {row.format}", "it is rendered, and was never published")


def _counted(connection: Connection, _: datetime) -> Iterator[Finding]:
    """What was counted as it came and went is what there is."""
    both = (("source", sources, sources.c.key, entries.c.source), ("section", sections, sections.c.name, placements.c.section))
    for what, table, key, of in both:
        there = select(func.count()).where(of == key).scalar_subquery()
        for row in _rows(connection, select(key.label("key"), table.c.tally, there.label("there")).where(table.c.tally != there)):
            said = f"it is said to have {row.tally} entries, and has {row.there}"
            yield Finding(where=f"{what} {row.key}", what=said, do=f"stop haihe; {_COUNT}")


# -- renditions --------------------------------------------------------------------------------------------------------------------

_UNPACK: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.decompress,
    "br": brotli.decompress,
    "zstd": lambda twin: zstandard.ZstdDecompressor().stream_reader(twin).read(),
}


def _bytes(connection: Connection, _: datetime) -> Iterator[Finding]:
    for row in connection.execute(select(renditions).execution_options(yield_per=1)):
        for what in _wrong_bytes(row):
            do = (
                f"stop haihe; DELETE FROM renditions WHERE section = {_quoted(row.section)} AND format = {_quoted(row.format)}; "
                "when it starts again it is rendered afresh"
            )
            yield Finding(where=f"section {row.section}, format {row.format}", what=what, do=do)


def _wrong_bytes(row: Row[*tuple[object, ...]]) -> Iterator[str]:
    body = bytes(row.body)
    if Rendition.tag(body) != row.etag:
        yield f"its bytes are not those of its ETag {row.etag}"
    for coding, unpack in _UNPACK.items():
        twin = getattr(row, coding)
        if twin is not None and not _unpacks(unpack, bytes(twin), body):
            yield f"its {coding} twin does not unpack to it"


def _unpacks(unpack: Callable[[bytes], bytes], twin: bytes, body: bytes) -> bool:
    try:
        return unpack(twin) == body
    except (OSError, EOFError, zlib.error, brotli.error, zstandard.ZstdError):
        return False


# -- revisions and archives --------------------------------------------------------------------------------------------------------


def _numbered(connection: Connection, _: datetime) -> Iterator[Finding]:
    ahead = select(revisions.c.entry, revisions.c.number, entries.c.revisions).select_from(
        revisions.join(entries, entries.c.id == revisions.c.entry)
    )
    for row in _rows(connection, ahead.where(or_(revisions.c.number > entries.c.revisions, revisions.c.number < 2))):
        what = f"it tells of revision {row.number}, and there were {row.revisions}"
        do = f"DELETE FROM revisions WHERE entry = '{row.entry}' AND number = {row.number}"
        yield Finding(where=f"entry {row.entry}", what=what, do=do)


def _archived(connection: Connection, _: datetime) -> Iterator[Finding]:
    """Every archive can be read, none is missing between the oldest and the newest, and entries stand in those that there are."""
    for row in connection.execute(select(archives).order_by(archives.c.section, archives.c.number).execution_options(yield_per=1)):
        try:
            whole = Rendition.tag(gzip.decompress(bytes(row.body))) == row.etag
        except (OSError, EOFError, zlib.error):
            whole = False
        if not whole:
            yield Finding(where=f"section {row.section}, archive {row.number}", what="its bytes are not those of its ETag", do=_BACKUP)
    count, first, last = func.count().label("kept"), func.min(archives.c.number).label("first"), func.max(archives.c.number).label("last")
    for row in connection.execute(select(archives.c.section, count, first, last).group_by(archives.c.section)):
        if row.kept != row.last - row.first + 1:
            what = f"of its archives {row.first} to {row.last} only {row.kept} are here"
            yield Finding(where=f"section {row.section}", what=what, do=_BACKUP)
    there = exists().where(archives.c.section == archived.c.section, archives.c.number == archived.c.number)
    for row in _rows(connection, select(archived.c.entry, archived.c.section, archived.c.number).where(not_(there))):
        do = f"DELETE FROM archived WHERE section = {_quoted(row.section)} AND number = {row.number}"
        yield _place(row, f"it is said to stand in archive {row.number}, which is not there", do)


_LAWS: tuple[Law, ...] = (
    _of_sources,
    _once,
    _readable,
    _in_order,
    _of_entries,
    _in_the_entry_s_order,
    _in_all,
    _earned,
    _due,
    _changed,
    _counted,
    _published,
    _bytes,
    _numbered,
    _archived,
)
