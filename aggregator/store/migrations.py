"""How a database comes to its present shape: a numbered list of steps, forward only, never edited once they are out.

Each step runs in one transaction with its line in `schema`, under a lock, so that two processes may migrate at once and a crash leaves
whole steps. The text of a step stands for itself: it must make in ten years what it makes today, whatever `tables` says by then.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection, func, insert, inspect, select, text

from aggregator.errors import StoreTooNew
from aggregator.store.engine import Database
from aggregator.store.tables import schema

Step = Callable[[Connection], None]

# What the two databases call the same thing. Keys compare byte by byte in both (PostgreSQL would ask the locale).
WORDS = {
    "sqlite": {"moment": "bigint", "key": "text", "bytes": "blob", "true": "enrolled = 1", "rowless": "WITHOUT ROWID"},
    "postgresql": {"moment": "timestamptz", "key": 'text COLLATE "C"', "bytes": "bytea", "true": "enrolled", "rowless": ""},
}


def _run(connection: Connection, statements: str) -> None:
    for statement in statements.format_map(WORDS[connection.dialect.name]).split(";"):
        if statement.strip():
            connection.exec_driver_sql(statement)


def foundation(connection: Connection) -> None:
    _run(
        connection,
        """
        CREATE TABLE sources (
            key {key} PRIMARY KEY, host text NOT NULL, shard integer NOT NULL, enrolled boolean NOT NULL,
            etag text, last_modified text, body_hash text,
            next_pull_at {moment}, next_pull_why text, leased_until {moment},
            failures integer NOT NULL, error_kind text, error_text text, moved_to text, notes text NOT NULL,
            pulled_at {moment}, changed_at {moment});
        CREATE INDEX sources_due ON sources (next_pull_at) WHERE {true};

        CREATE TABLE entries (
            id {key} PRIMARY KEY, source {key} NOT NULL REFERENCES sources (key), uid {key} NOT NULL, iri text NOT NULL,
            fingerprint text NOT NULL, revisions integer NOT NULL, link text, canonical {key}, cluster text,
            sort_at {moment} NOT NULL, first_seen_at {moment} NOT NULL, updated_at {moment} NOT NULL,
            record text, withdrawn_at {moment}, held_at {moment},
            UNIQUE (source, uid));
        CREATE INDEX entries_canonical ON entries (canonical);
        CREATE INDEX entries_first_seen ON entries (first_seen_at);
        CREATE INDEX entries_of_source ON entries (source, first_seen_at DESC);

        CREATE TABLE placements (
            section {key} NOT NULL, entry {key} NOT NULL REFERENCES entries (id) ON DELETE CASCADE,
            sort_at {moment} NOT NULL, rule text NOT NULL,
            PRIMARY KEY (entry, section)) {rowless};
        CREATE INDEX placements_newest ON placements (section, sort_at DESC, entry DESC);

        CREATE TABLE sections (
            name {key} PRIMARY KEY, changed_at {moment}, seen_changed_at {moment}, published_at {moment});

        CREATE TABLE renditions (
            section {key} NOT NULL, format {key} NOT NULL, media_type text NOT NULL, etag text NOT NULL, updated_at {moment} NOT NULL,
            body {bytes} NOT NULL, gzip {bytes}, br {bytes}, zstd {bytes},
            PRIMARY KEY (section, format));
        """,
    )


def cadence(connection: Connection) -> None:
    """What a source asks for, when its news comes, the proof that it has moved, and which address all this is of."""
    columns = ("address_hash text", "wishes text", "rhythm text", "moved_since {moment}", "moved_last {moment}", "moved_times integer")
    _run(connection, ";".join(f"ALTER TABLE sources ADD COLUMN {column}" for column in columns))
    _run(connection, "UPDATE sources SET moved_to = NULL")  # seen, but not since when: one redirect proves nothing


def withdrawals(connection: Connection) -> None:
    """Who withdrew an entry and why, why one is held back, and which places are an editor's and not a rule's."""
    _run(connection, ";".join(f"ALTER TABLE entries ADD COLUMN {column} text" for column in ("withdrawn_by", "withdrawn_why", "held_why")))
    _run(connection, "ALTER TABLE placements ADD COLUMN pinned boolean NOT NULL DEFAULT false")
    _run(connection, "CREATE INDEX entries_withdrawn ON entries (withdrawn_at, id) WHERE withdrawn_at IS NOT NULL")
    _run(connection, "CREATE INDEX entries_withdrawn_iri ON entries (iri) WHERE withdrawn_at IS NOT NULL")


def robots(connection: Connection) -> None:
    """The robots.txt of each origin, as it was had last."""
    _run(
        connection,
        """
        CREATE TABLE robots (
            origin {key} PRIMARY KEY, text text, delay integer NOT NULL, asked_at {moment} NOT NULL, good_until {moment} NOT NULL,
            failures integer NOT NULL, failing_since {moment}, why text, etag text, last_modified text)
        """,
    )


def revisions(connection: Connection) -> None:
    """What each revision changed, and which of them readers were told of."""
    _run(connection, "ALTER TABLE entries ADD COLUMN edition integer NOT NULL DEFAULT 1")
    _run(connection, "ALTER TABLE entries ADD COLUMN corrected text")
    _run(connection, "ALTER TABLE entries ADD COLUMN corrected_at {moment}")
    _run(connection, "UPDATE entries SET edition = revisions")  # so far each of them was told
    _run(
        connection,
        """
        CREATE TABLE revisions (
            entry {key} NOT NULL REFERENCES entries (id) ON DELETE CASCADE, number integer NOT NULL, at {moment} NOT NULL,
            changed text NOT NULL, significant text NOT NULL, corrected text NOT NULL, before text NOT NULL,
            PRIMARY KEY (entry, number));
        CREATE INDEX revisions_at ON revisions (at);
        """,
    )


def failover(connection: Connection) -> None:
    """Which articles of a source hang, and which of its addresses are used or rest."""
    _run(connection, "ALTER TABLE sources ADD COLUMN hung text; ALTER TABLE sources ADD COLUMN bridges text")


def backfill(connection: Connection) -> None:
    """How far back the list of a source was read."""
    _run(connection, "ALTER TABLE sources ADD COLUMN backfill text")


def applied(connection: Connection) -> None:
    """What of the configuration the entries were last brought in line with."""
    _run(connection, "CREATE TABLE applied (name {key} PRIMARY KEY, value text NOT NULL)")


def quality(connection: Connection) -> None:
    """Who holds an entry back: an editor, or the gate that a bad reading does not pass. What is held by now an editor held."""
    _run(connection, "ALTER TABLE entries ADD COLUMN held_by text; UPDATE entries SET held_by = 'operator' WHERE held_at IS NOT NULL")


def search(connection: Connection) -> None:
    """The index of full-text search; a SQLite that was built without FTS5 has none, and everything else."""
    _run(connection, "CREATE INDEX entries_revision ON entries (id, revisions)")  # what is not taken in yet is found without the records
    if connection.dialect.name == "postgresql":
        _run(
            connection,
            """
            CREATE TABLE searched (
                doc serial PRIMARY KEY, entry {key} NOT NULL UNIQUE REFERENCES entries (id) ON DELETE CASCADE,
                revision integer NOT NULL);
            CREATE TABLE searched_terms (
                doc integer PRIMARY KEY REFERENCES searched (doc) ON DELETE CASCADE, terms tsvector NOT NULL);
            CREATE INDEX searched_terms_held ON searched_terms USING gin (terms);
            """,
        )
        return
    _run(
        connection,
        """
        CREATE TABLE searched (
            doc integer PRIMARY KEY AUTOINCREMENT, entry text NOT NULL REFERENCES entries (id) ON DELETE CASCADE,
            revision integer NOT NULL, UNIQUE (entry))
        """,
    )
    if connection.exec_driver_sql("SELECT sqlite_compileoption_used('ENABLE_FTS5')").scalar():
        # Without its content: what the terms were made of stands in the entries.
        tokens = "tokenize = 'unicode61 remove_diacritics 0'"
        _run(connection, f"CREATE VIRTUAL TABLE searched_terms USING fts5 (title, body, content = '', {tokens})")


def visits(connection: Connection) -> None:
    """Articles that are to be looked at again."""
    _run(
        connection,
        """
        CREATE TABLE visits (
            entry {key} PRIMARY KEY REFERENCES entries (id) ON DELETE CASCADE, source {key} NOT NULL, due_at {moment} NOT NULL,
            done integer NOT NULL, etag text, last_modified text, missing_since {moment});
        CREATE INDEX visits_due ON visits (source, due_at);
        """,
    )


def archives(connection: Connection) -> None:
    """Closed archives of sections, and which entries stand in them."""
    _run(
        connection,
        """
        ALTER TABLE placements ADD COLUMN archived boolean NOT NULL DEFAULT false;
        CREATE INDEX placements_open ON placements (section, sort_at, entry) WHERE archived IS false;
        CREATE TABLE archives (
            section {key} NOT NULL, number integer NOT NULL, closed_at {moment} NOT NULL, etag text NOT NULL, body {bytes} NOT NULL,
            PRIMARY KEY (section, number));
        CREATE TABLE archived (
            entry {key} NOT NULL REFERENCES entries (id) ON DELETE CASCADE, section {key} NOT NULL, number integer NOT NULL,
            leaves boolean NOT NULL, PRIMARY KEY (entry, section, number)) {rowless};
        CREATE INDEX archived_leaving ON archived (section, number) WHERE leaves IS true;
        """,
    )


def secrets(connection: Connection) -> None:
    """What signs the addresses of pictures."""
    _run(connection, "CREATE TABLE secrets (name {key} PRIMARY KEY, value text NOT NULL)")


def at_size(connection: Connection) -> None:
    """What is held back, which archives are old, and an id that is neither an entry's uid nor made of ours, found among a million."""
    by = "USING hash (iri)" if connection.dialect.name == "postgresql" else "(iri)"
    _run(connection, f"CREATE INDEX entries_apart ON entries {by} WHERE (iri <> uid AND iri <> 'urn:uuid:' || id)")
    _run(connection, f"DROP INDEX entries_withdrawn_iri; CREATE INDEX entries_withdrawn_iri ON entries {by} WHERE withdrawn_at IS NOT NULL")
    _run(connection, "CREATE INDEX entries_held ON entries (source, held_why) WHERE held_at IS NOT NULL")
    _run(connection, "CREATE INDEX archives_closed ON archives (closed_at)")


def feed_names(connection: Connection) -> None:
    """What the id of each section's feed is made of: so far, the key under which it was published."""
    _run(connection, "ALTER TABLE sections ADD COLUMN feed_name {key}")
    _run(connection, "UPDATE sections SET feed_name = name WHERE published_at IS NOT NULL")
    _run(connection, "CREATE INDEX sections_feed_name ON sections (feed_name)")


def tallies(connection: Connection) -> None:
    """How many entries came from each source and stand in each section, counted here for the last time."""
    _run(
        connection,
        """
        ALTER TABLE sources ADD COLUMN tally integer NOT NULL DEFAULT 0;
        ALTER TABLE sections ADD COLUMN tally integer NOT NULL DEFAULT 0;
        UPDATE sources SET tally = (SELECT count(*) FROM entries WHERE source = sources.key);
        UPDATE sections SET tally = (SELECT count(*) FROM placements WHERE section = sections.name);
        """,
    )


def without_shards(connection: Connection) -> None:
    """Sources were numbered for several pullers over one database; there is one."""
    _run(connection, "ALTER TABLE sources DROP COLUMN shard")


STEPS: tuple[Step, ...] = (
    foundation,
    cadence,
    withdrawals,
    robots,
    revisions,
    failover,
    backfill,
    applied,
    quality,
    search,
    visits,
    archives,
    secrets,
    at_size,
    feed_names,
    tallies,
    without_shards,
)


def migrate(database: Database, steps: Sequence[Step] = STEPS) -> list[str]:
    """Apply what is missing and name it. Raises StoreTooNew when the database has steps that are not known here."""
    applied: list[str] = []
    if _is_present(database, steps):
        return applied  # without a write: whoever only looks needs no more, even where nothing can be written
    while (name := _next(database, steps)) is not None:
        applied.append(name)
    return applied


def _next(database: Database, steps: Sequence[Step]) -> str | None:
    with database.write() as connection:
        _lock(connection)
        version = _version(connection)
        if version > len(steps):
            raise StoreTooNew(
                f"the {database.place} is at schema {version}, this haihe knows {len(steps)}: it was written by a newer haihe. "
                "Install that version again, or restore a backup from before; nothing was changed"
            )
        if version == len(steps):
            return None
        step = steps[version]
        step(connection)
        name = f"{version + 1:03d} {step.__name__}"
        connection.execute(insert(schema), {"version": version + 1, "name": name, "applied_at": datetime.now(UTC)})
        return name


def _is_present(database: Database, steps: Sequence[Step]) -> bool:
    with database.read() as connection:
        if not inspect(connection).has_table(schema.name):
            return False
        return bool(connection.scalar(select(func.max(schema.c.version))) == len(steps))


def _lock(connection: Connection) -> None:
    """One at a time. On SQLite the write transaction is that already (`BEGIN IMMEDIATE`)."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('haihe schema'))"))


def _version(connection: Connection) -> int:
    if not inspect(connection).has_table(schema.name):
        _run(connection, "CREATE TABLE schema (version integer PRIMARY KEY, name text NOT NULL, applied_at {moment} NOT NULL)")
    return connection.scalar(select(func.max(schema.c.version))) or 0
