"""The tables as the code speaks of them. `migrations` makes them; a test holds the two to each other.

Times are `Moment`, text is `Words`: what they refuse or mend is so for every column and every statement. Which rows an index is of
stands in a comment: SQLAlchemy would load both databases' dialects to be told.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    UniqueConstraint,
    literal_column,
)
from sqlalchemy.types import TypeDecorator, TypeEngine

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
EARLIEST = datetime.min.replace(tzinfo=UTC)
LATEST = datetime.max.replace(tzinfo=UTC)


class Moment(TypeDecorator[datetime]):
    """An aware datetime, given back in UTC. Naive ones are refused (ValueError).

    ``timestamptz`` on PostgreSQL. SQLite has no type for times; there it is whole microseconds since 1970, because integers order and
    compare exactly and take a third of the room of ISO text, in every index too. To read one: ``datetime(sort_at / 1000000, 'unixepoch')``.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[datetime] | TypeEngine[int]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(BigInteger())
        return dialect.type_descriptor(DateTime(timezone=True))

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], datetime | int | None]:
        # Itself rather than `process_bind_param`, which SQLAlchemy wraps: each value of each row comes this way.
        return _microseconds if dialect.name == "sqlite" else _moment

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None]:  # noqa: ARG002  as SQLAlchemy calls it
        return _of_microseconds if dialect.name == "sqlite" else _in_utc


class Words(TypeDecorator[str]):
    """Text that every database takes: NUL (refused by PostgreSQL) and lone surrogates (no UTF-8) become U+FFFD.

    Strangers' words come this way (error texts, ids), and one bad character must not cost the whole pull."""

    impl = String
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[str | None], str | None]:  # noqa: ARG002  as SQLAlchemy calls it
        return _words  # see `Moment`


class HeaderText(TypeDecorator[str]):
    """A header value, kept byte for byte. The wire hands over undecodable bytes as lone surrogates (PEP 383), which no database takes:
    here each byte is one character."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002  as SQLAlchemy calls it
        return value if value is None or value.isascii() else value.encode("utf-8", "surrogateescape").decode("latin-1")

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return value if value is None or value.isascii() else value.encode("latin-1").decode("utf-8", "surrogateescape")


def _moment(value: datetime | None) -> datetime | None:
    if value is None or value.tzinfo is UTC:  # as all our own times are
        return value
    if value.utcoffset() is None:
        raise ValueError(f"{value!r} has no time zone, so it names no moment")
    return within_utc(value)


def _microseconds(value: datetime | None) -> int | None:
    moment = _moment(value)
    return None if moment is None else (moment - EPOCH) // MICROSECOND


def _of_microseconds(value: int | None) -> datetime | None:
    return None if value is None else EPOCH + timedelta(microseconds=value)


def _in_utc(value: datetime | None) -> datetime | None:
    return None if value is None else value.astimezone(UTC)


def _words(value: str | None) -> str | None:
    return value if value is None or (value.isascii() and "\0" not in value) else storable(value)


def within_utc(moment: datetime) -> datetime:
    """The first and the last hours of the calendar, east and west of Greenwich, have no name in UTC: the nearest one stands for them.

    Feeds do state such times: what one system writes for "no date" is midnight of 1 January of the year 1, local time."""
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return EARLIEST if moment.year == 1 else LATEST


def storable(text: str) -> str:
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text.replace("\0", "\ufffd") if "\0" in text else text


metadata = MetaData()

schema = Table(
    "schema",
    metadata,
    Column("version", Integer, primary_key=True),
    Column("name", Words, nullable=False),
    Column("applied_at", Moment, nullable=False),
)

sources = Table(
    "sources",
    metadata,
    Column("key", Words, primary_key=True),
    Column("host", Words, nullable=False),
    Column("enrolled", Boolean, nullable=False),
    Column("etag", HeaderText),
    Column("last_modified", HeaderText),
    Column("body_hash", Words),
    Column("next_pull_at", Moment),
    Column("next_pull_why", Words),
    Column("leased_until", Moment),
    Column("failures", Integer, nullable=False),
    Column("error_kind", Words),
    Column("error_text", Words),
    Column("moved_to", Words),
    Column("notes", Words, nullable=False),
    Column("pulled_at", Moment),
    Column("changed_at", Moment),
    Column("address_hash", Words),
    Column("wishes", Words),
    Column("rhythm", Words),
    Column("moved_since", Moment),
    Column("moved_last", Moment),
    Column("moved_times", Integer),
    Column("hung", Words),
    Column("bridges", Words),
    Column("backfill", Words),
    Column("tally", Integer, nullable=False, default=0),
)
Index("sources_due", sources.c.next_pull_at)  # WHERE enrolled

entries = Table(
    "entries",
    metadata,
    Column("id", Words, primary_key=True),
    Column("source", Words, ForeignKey("sources.key"), nullable=False),
    Column("uid", Words, nullable=False),
    Column("iri", Words, nullable=False),
    Column("fingerprint", Words, nullable=False),
    Column("revisions", Integer, nullable=False),
    Column("link", Words),
    Column("canonical", Words),
    Column("cluster", Words),
    Column("sort_at", Moment, nullable=False),
    Column("first_seen_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("record", String),  # JSON of our own: every database takes it, and it is most of what is written
    Column("withdrawn_at", Moment),
    Column("held_at", Moment),
    Column("withdrawn_by", Words),
    Column("withdrawn_why", Words),
    Column("held_why", Words),
    Column("edition", Integer, nullable=False, default=1),
    Column("corrected", Words),
    Column("corrected_at", Moment),
    Column("held_by", Words),
    UniqueConstraint("source", "uid"),
)
Index("entries_canonical", entries.c.canonical)
Index("entries_first_seen", entries.c.first_seen_at)
Index("entries_revision", entries.c.id, entries.c.revisions)
Index("entries_of_source", entries.c.source, entries.c.first_seen_at.desc())
Index("entries_withdrawn", entries.c.withdrawn_at, entries.c.id)  # WHERE withdrawn_at IS NOT NULL
Index("entries_withdrawn_iri", entries.c.iri)  # WHERE withdrawn_at IS NOT NULL; by hash on PostgreSQL
# Few have an id that is neither their uid nor made of ours: one of http whose site went to https, one that is too long for an index.
APART: ColumnElement[bool] = literal_column("(entries.iri <> entries.uid AND entries.iri <> 'urn:uuid:' || entries.id)")
Index("entries_apart", entries.c.iri)  # of those; by hash on PostgreSQL, for which no id is too long
Index("entries_held", entries.c.source, entries.c.held_why)  # WHERE held_at IS NOT NULL

# What of the configuration the entries were last brought in line with.
applied = Table("applied", metadata, Column("name", Words, primary_key=True), Column("value", Words, nullable=False))

# What was made up once and is not to be guessed; base64.
secrets = Table("secrets", metadata, Column("name", Words, primary_key=True), Column("value", Words, nullable=False))

# What each revision changed: `before` is what the changed fields said, as JSON; without the texts where they count for nothing.
revisions = Table(
    "revisions",
    metadata,
    Column("entry", Words, ForeignKey("entries.id", ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    Column("changed", Words, nullable=False),
    Column("significant", Words, nullable=False),
    Column("corrected", Words, nullable=False),
    Column("before", Words, nullable=False),
    PrimaryKeyConstraint("entry", "number"),
)
Index("revisions_at", revisions.c.at)

visits = Table(
    "visits",
    metadata,
    Column("entry", Words, ForeignKey("entries.id", ondelete="CASCADE"), primary_key=True),
    Column("source", Words, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("done", Integer, nullable=False),
    Column("etag", HeaderText),
    Column("last_modified", HeaderText),
    Column("missing_since", Moment),
)
Index("visits_due", visits.c.source, visits.c.due_at)

# The key begins with the entry, so that it also finds an entry's places; a section's are found by the index.
placements = Table(
    "placements",
    metadata,
    Column("section", Words, nullable=False),
    Column("entry", Words, ForeignKey("entries.id", ondelete="CASCADE"), nullable=False),
    Column("sort_at", Moment, nullable=False),
    Column("rule", Words, nullable=False),
    Column("pinned", Boolean, nullable=False, default=False),
    Column("archived", Boolean, nullable=False, default=False),
    PrimaryKeyConstraint("entry", "section"),
)
# Spelt out: as a bound value, or as the 0 that SQLAlchemy makes of it for SQLite, it leads to no index of some rows.
OPEN = placements.c.archived.is_(literal_column("false"))
Index("placements_open", placements.c.section, placements.c.sort_at, placements.c.entry)  # WHERE NOT archived
Index("placements_newest", placements.c.section, placements.c.sort_at.desc(), placements.c.entry.desc())

# `seen_changed_at` is the change that the published renditions hold; `published_at` is when that was, for people to read. `feed_name` is
# what the id of its feed is made of: the key that it had first. `tally` is how many entries stand in it (in `sources`: came from it), kept
# as they come and go, for counting a million takes half a second.
sections = Table(
    "sections",
    metadata,
    Column("name", Words, primary_key=True),
    Column("changed_at", Moment),
    Column("seen_changed_at", Moment),
    Column("published_at", Moment),
    Column("feed_name", Words),
    Column("tally", Integer, nullable=False, default=0),
)
Index("sections_feed_name", sections.c.feed_name)

renditions = Table(
    "renditions",
    metadata,
    Column("section", Words, nullable=False),
    Column("format", Words, nullable=False),
    Column("media_type", Words, nullable=False),
    Column("etag", Words, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("gzip", LargeBinary),
    Column("br", LargeBinary),
    Column("zstd", LargeBinary),
    PrimaryKeyConstraint("section", "format"),
)

robots = Table(
    "robots",
    metadata,
    Column("origin", Words, primary_key=True),
    Column("text", Words),
    Column("delay", Integer, nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("good_until", Moment, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("failing_since", Moment),
    Column("why", Words),
    Column("etag", HeaderText),
    Column("last_modified", HeaderText),
)

# What search has taken in, and in which revision; its terms are in `searched_terms`, which each database has in its own way (see `search`).
searched = Table(
    "searched",
    metadata,
    Column("doc", Integer, primary_key=True),
    Column("entry", Words, ForeignKey("entries.id", ondelete="CASCADE"), nullable=False),
    Column("revision", Integer, nullable=False),
    UniqueConstraint("entry"),
)

# Closed archives of a section (RFC 5005), gzipped as they are served; their bytes never change but where an entry must leave.
archives = Table(
    "archives",
    metadata,
    Column("section", Words, nullable=False),
    Column("number", Integer, nullable=False),
    Column("closed_at", Moment, nullable=False),
    Column("etag", Words, nullable=False),
    Column("body", LargeBinary, nullable=False),
    PrimaryKeyConstraint("section", "number"),
)
Index("archives_closed", archives.c.closed_at)

# Which entry stands in which archives; `leaves` when it is to be cut out of one.
archived = Table(
    "archived",
    metadata,
    Column("entry", Words, ForeignKey("entries.id", ondelete="CASCADE"), nullable=False),
    Column("section", Words, nullable=False),
    Column("number", Integer, nullable=False),
    Column("leaves", Boolean, nullable=False, default=False),
    PrimaryKeyConstraint("entry", "section", "number"),
)
LEAVING = archived.c.leaves.is_(literal_column("true"))
Index("archived_leaving", archived.c.section, archived.c.number)  # WHERE leaves

# `all` is every section at once: each placed entry has a place there too, so that one index serves it like any other section.
ALL = "all"
