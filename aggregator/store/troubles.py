"""What a database says when it cannot, in plain words and with what to do about it. Nothing of statements, values or passwords."""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import DBAPIError, SQLAlchemyError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from aggregator.errors import StoreError

SQLITE = {
    "SQLITE_NOTADB": "is not a SQLite database: give another path, or move that file away",
    "SQLITE_CORRUPT": "is damaged: stop haihe and restore a backup",
    "SQLITE_READONLY": "cannot be written: give this user the right to write to the file and to its folder",
    "SQLITE_CANTOPEN": "cannot be opened: its folder must exist, and this user must be allowed to write to it",
    "SQLITE_FULL": "cannot grow, the disk is full: make room; nothing was lost, the last transaction was taken back",
    "SQLITE_IOERR": "cannot be read or written (disk error): look for a full disk, a quota, or a file system without locks",
    "SQLITE_BUSY": "is held by another process for longer than 5 s: look for a backup or a second haihe that is stuck",
    "SQLITE_LOCKED": "is held by another connection: look for a second haihe that is stuck",
    "SQLITE_PERM": "may not be opened by this user: give it the right to read and write",
    "SQLITE_AUTH": "may not be opened by this user: give it the right to read and write",
}

# By the first that fits: a SQLSTATE, or the words of a server that turned us away before there was one.
POSTGRESQL = (
    (
        "28P01",
        "password authentication failed",
        "refuses the user or the password: correct them in the address (database: in the configuration)",
    ),
    ("28000", "no pg_hba.conf entry", "does not let this user in from here: ask its administrator (pg_hba.conf)"),
    ("28000", "no password supplied", "wants a password: add it to the address, best as ${NAME} from the environment"),
    ("3D000", "does not exist", "does not have that user or database: create it, or correct the address"),
    ("53100", "No space left", "has a full disk: make room there; nothing was lost, the last transaction was taken back"),
    ("53300", "too many c", "has no connection left for us: raise its max_connections or stop other clients"),
    ("42501", "permission denied", "does not allow this to our user: grant it the right to create and to write tables"),
    ("25006", "read-only transaction", "takes no writes, it is a stand-by: give the address of the primary"),
)


def explain(error: SQLAlchemyError, place: str) -> Exception:
    """A StoreError for what the database said; a ValueError of ours (a naive datetime) comes back as it was."""
    if isinstance(error, PoolTimeout):
        return StoreError(f"the {place} has no connection free within 30 s: too many things are asked of it at once")
    cause = error.orig if isinstance(error, StatementError) else None
    if isinstance(cause, ValueError | TypeError) and not isinstance(error, DBAPIError):
        return cause
    if isinstance(cause, sqlite3.Error):
        return StoreError(f"the {place} {_sqlite(cause)}")
    if cause is not None and hasattr(cause, "sqlstate"):  # psycopg's errors; it is loaded only where it is used
        return StoreError(f"the {place} {_postgresql(str(cause).strip(), cause.sqlstate)}")
    return StoreError(f"the {place} cannot be used: {error}")


def _sqlite(error: sqlite3.Error) -> str:
    name = getattr(error, "sqlite_errorname", "")
    for code, words in SQLITE.items():
        if name == code or name.startswith(f"{code}_"):
            return words
    if "no such table" in str(error) or "no such column" in str(error):
        return "is not in shape yet: run haihe migrate"
    return f"refuses: {error}"


def _postgresql(said: str, state: str | None) -> str:
    for code, words, meaning in POSTGRESQL:
        if state == code or (state is None and words in said):
            return meaning
    if state in ("42P01", "42703"):
        return "is not in shape yet: run haihe migrate"
    line = said.splitlines()[0] if said else "no answer"
    if state is None or state.startswith(("08", "57P")):
        return f"cannot be reached: look whether it runs and whether the address is right ({line})"
    return f"refuses: {line}"
