"""Whether a SQLite file is still the one that was opened.

A process keeps reading and writing a file that somebody deleted or replaced, in silence, and all of it is lost with the process; and
without the shared index (``-shm``) that the others know, their locks and ours mean nothing (https://sqlite.org/howtocorrupt.html §2.4).
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

Identity = tuple[int, int] | None  # device and inode; None where there is no file
BESIDE = ("-wal", "-shm")


class Presence:
    """What the three files of a database are, as seen by `note` while a connection was open."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen: tuple[Identity, ...] | None = None

    def note(self) -> None:
        """A connection has just been opened and has read: these are its files."""
        self._seen = self._now()

    @property
    def noted(self) -> bool:
        return self._seen is not None

    def moved(self) -> bool:
        """Any of the files is not the one that was opened; or one was missing even then, because a connection to the old one was left."""
        return self._seen is not None and (None in self._seen or self._seen != self._now())

    def waiting(self) -> bool:
        """One of the three files is missing: whoever does not pull goes on with what is open until who pulls has mended it."""
        return None in self._now()

    def replaced(self) -> bool:
        """Another file is in the place of the database."""
        return self._seen is not None and _identity(self.path) not in (None, self._seen[0])

    def leaves(self) -> bool:
        """The log and the index of the file that was ours still lie beside the one that took its place."""
        return self._seen is not None and any(one is not None and one in self._now()[1:] for one in self._seen[1:])

    def gone(self) -> bool:
        """The database itself was deleted."""
        return self._seen is not None and _identity(self.path) is None

    def remove_left(self) -> None:
        """Take away the log and the index of the file that was ours; beside another file they would be read as its own."""
        if self._seen is None:
            return
        for name, identity in zip(BESIDE, self._seen[1:], strict=True):
            beside = self.path.with_name(self.path.name + name)
            if identity is not None and _identity(beside) == identity:
                with suppress(OSError):
                    beside.unlink()

    def write_back(self, connection: sqlite3.Connection) -> None:
        """Write the deleted database to its place from a connection that still has it. Raises OSError or sqlite3.Error."""
        made = self.path.with_name(f"{self.path.name}.back-{os.getpid()}")
        made.unlink(missing_ok=True)
        try:
            connection.execute("VACUUM INTO ?", (str(made),))
            with closing(sqlite3.connect(made)) as copy:
                copy.execute("PRAGMA journal_mode = WAL")
            with made.open("rb+") as file:
                os.fsync(file.fileno())
            self.remove_left()
            made.replace(self.path)
        finally:
            made.unlink(missing_ok=True)

    @staticmethod
    def fold_in(connection: sqlite3.Connection) -> None:
        """Put all that is in a log that has lost its name into the database, which still has its own. Raises sqlite3.Error."""
        busy, pages, done = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        if busy or pages != done:
            raise sqlite3.OperationalError("somebody still reads the log")

    def _now(self) -> tuple[Identity, ...]:
        return (_identity(self.path), *(_identity(self.path.with_name(self.path.name + name)) for name in BESIDE))


def _identity(path: Path) -> Identity:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
