"""Connections: one `Database`, its transactions, and what is set on each connection of SQLite and of PostgreSQL."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from aggregator.errors import StoreError
from aggregator.store.presence import Presence
from aggregator.store.troubles import explain

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite

log = logging.getLogger("haihe.store")

BUSY_TIMEOUT = 5000  # milliseconds that a writer waits for another

SOME = 500  # values that go into one IN (…): SQLite takes 32766, and a document may bring more

Thing = TypeVar("Thing")


def insert_into(table: Table, dialect: str) -> postgresql.Insert | sqlite.Insert:
    """The one statement that SQLAlchemy spells by database, though both speak it alike. Only the one that is used is loaded."""
    if dialect == "sqlite":
        from sqlalchemy.dialects import sqlite

        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql

    return postgresql.insert(table)


class Gate:
    """Any number are inside, or one alone who has closed it: SQLite mixes the files of connections that one process has to one database."""

    def __init__(self) -> None:
        self._turn = threading.Condition()
        self._inside, self._closed = 0, False

    def enter(self) -> None:
        with self._turn:
            self._turn.wait_for(lambda: not self._closed)
            self._inside += 1

    def leave(self) -> None:
        with self._turn:
            self._inside -= 1
            self._turn.notify_all()

    def close(self, patience: float) -> bool:
        """Be alone; False when others stay for more than `patience` seconds."""
        with self._turn:
            self._turn.wait_for(lambda: not self._closed)
            self._closed = True
            if self._turn.wait_for(lambda: self._inside == 0, patience):
                return True
        self.open(inside=False)
        return False

    def open(self, *, inside: bool) -> None:
        with self._turn:
            self._closed = False
            self._inside += inside
            self._turn.notify_all()


class Database:
    """An engine, and its two kinds of transaction. `place` names it in messages, without secrets; `path` is the file, on SQLite."""

    def __init__(self, url: URL) -> None:
        self.place = _place(url)
        self.path = Path(url.database).absolute() if url.get_backend_name() == "sqlite" and url.database else None
        self.held = False  # by this process, as the one that pulls
        self._presence = Presence(self.path) if self.path else None
        self._gate = Gate()
        self.engine = _sqlite(url, self._presence) if self._presence else _postgresql(url)
        self._reader = self.engine.execution_options(**({} if self.path else {"isolation_level": "REPEATABLE READ"}))
        self._writer = self.engine.execution_options(**({"writes": True} if self.path else {"isolation_level": "READ COMMITTED"}))

    @property
    def dialect(self) -> str:
        return self.engine.dialect.name

    def reach(self) -> None:
        """Connect once. Raises StoreError."""
        try:
            with self._reader.connect() as connection:
                if self._presence:
                    connection.exec_driver_sql("SELECT count(*) FROM sqlite_master")  # only a read opens the log and its index
                    self._presence.note()
        except SQLAlchemyError as error:
            raise explain(error, self.place) from error

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One snapshot, however many statements. Raises StoreError in plain words."""
        with self._inside():
            try:
                with self._reader.connect() as connection:
                    yield connection
            except SQLAlchemyError as error:
                raise explain(error, self.place) from error

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction, all or nothing. Raises StoreError in plain words."""
        with self._inside():
            try:
                with self._writer.begin() as connection:
                    yield connection
            except SQLAlchemyError as error:
                raise explain(error, self.place) from error
            if self._presence and self._presence.replaced():
                raise StoreError(f"the {self.place} was replaced while it was written to; that write is to be done again")

    @contextmanager
    def _inside(self) -> Iterator[None]:
        """A transaction may begin: the files are those that we opened, or we have come to those that are there instead."""
        presence = self._presence
        if presence is None:
            yield
            return
        self._gate.enter()
        if presence.moved():
            self._gate.leave()
            if not self._gate.close(BUSY_TIMEOUT / 1000):
                raise StoreError(
                    f"the {self.place} was deleted or replaced while haihe runs: that is mended when those who use it are done"
                )
            try:
                if presence.moved():
                    self._follow(presence)
            except BaseException:
                self._gate.open(inside=False)
                raise
            self._gate.open(inside=True)
        try:
            yield
        finally:
            self._gate.leave()

    def _follow(self, presence: Presence) -> None:
        if not self.held and (presence.waiting() or (presence.replaced() and presence.leaves())):
            return
        if presence.gone():
            self._rescue(presence.write_back)
            log.error("the %s was deleted while haihe runs; it was written back, nothing is lost. To begin afresh, stop haihe", self.place)
        elif presence.replaced() and self.held:
            # Wherever the old one went, it shall be whole there; and its log must not be read as that of the new one.
            self._rescue(presence.fold_in)
            presence.remove_left()
            self._probe(presence.path)
            log.warning("the %s was replaced while haihe runs; going on with the one that is there now", self.place)
        elif self.held:
            self._rescue(presence.fold_in)
        self.engine.dispose()
        self.reach()

    def _probe(self, path: Path) -> None:
        """Before the old connections are let go: is it a database at all that took its place? StoreError if not."""
        try:
            with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, timeout=BUSY_TIMEOUT / 1000)) as probe:
                found = probe.execute("SELECT count(*) FROM sqlite_master WHERE name = 'schema'").fetchone()
        except sqlite3.Error as error:
            raise StoreError(
                f"the {self.place} was replaced while haihe runs by something else ({error}): put it back, or a backup"
            ) from error
        if found != (1,):
            raise StoreError(f"the {self.place} was replaced while haihe runs by an empty one: put it back, or a backup")

    def _rescue(self, write: Callable[[sqlite3.Connection], None]) -> None:
        """Nothing that was committed is lost with the name of a file, as long as somebody has it open."""
        try:
            with self._reader.connect() as other:
                other.exec_driver_sql("COMMIT")  # what follows stands in no transaction
                write(cast("sqlite3.Connection", other.connection.driver_connection))
                other.exec_driver_sql("BEGIN")
        except SQLAlchemyError as error:
            raise explain(error, self.place) from error
        except (OSError, sqlite3.Error) as error:
            raise StoreError(
                f"the {self.place} was deleted while haihe runs and cannot be written back ({error}): "
                "make its folder writable again before haihe ends, since only haihe still has it"
            ) from error

    def close(self) -> None:
        self.engine.dispose()


def chunks(these: Iterable[Thing], most: int = SOME) -> Iterator[list[Thing]]:
    rest = iter(these)
    while some := list(islice(rest, most)):
        yield some


def connect(address: str, *, make: bool = True) -> Database:
    """The database at `address`, reached once so that what is wrong with it shows at the start. Raises StoreError.

    `make`: a SQLite file that is not there yet is made, and its folder."""
    database = Database(_understood(address))
    if database.path and not make and not database.path.exists():
        raise StoreError(
            f"the {database.place} is not there yet: haihe run makes it, or correct the address (database: in the configuration)"
        )
    if database.path:
        _make_folder(database.path.parent)
    try:
        database.reach()
    except StoreError:
        database.close()
        raise
    return database


def _understood(address: str) -> URL:
    """`address` with its driver named. Messages never repeat it: it may hold a password."""
    wanted = "write sqlite:///var/haihe.db or postgresql+psycopg://user@host/name"
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        raise StoreError(f"the database address cannot be understood: {wanted}") from None
    backend = {"postgres": "postgresql"}.get(url.get_backend_name(), url.get_backend_name())
    if backend not in ("sqlite", "postgresql"):
        raise StoreError(f"haihe keeps its entries in SQLite or PostgreSQL, not in {backend!r}: {wanted}")
    if backend == "sqlite" and url.database in (None, "", ":memory:"):
        raise StoreError("the database must be a file, because several processes share it: write sqlite:///var/haihe.db")
    return url.set(drivername="sqlite+pysqlite" if backend == "sqlite" else "postgresql+psycopg")


def _place(url: URL) -> str:
    if url.get_backend_name() == "sqlite":
        return f"database file {url.database}"
    return f"PostgreSQL database {url.database or url.username or ''} at {url.host or url.query.get('host') or 'the local socket'}"


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"the folder {folder} of the database cannot be made ({error.strerror}): give another path, or the right to write"
        ) from error


def _sqlite(url: URL, presence: Presence) -> Engine:
    def open_file() -> sqlite3.Connection:
        # Once it was there, a file that is not there must not be made: an empty database in the place of a deleted one says nothing.
        mode = "rw" if presence.noted else "rwc"
        address = f"file:{quote(str(presence.path))}?mode={mode}"
        return sqlite3.connect(address, uri=True, timeout=BUSY_TIMEOUT / 1000, check_same_thread=False)

    engine = create_engine(url, hide_parameters=True, pool_size=8, max_overflow=24, creator=open_file)
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    # The driver's own transactions begin with the first write, deferred: a read that turns into a write then fails at once, whatever
    # the busy timeout. Here the driver begins nothing, `_begin_sqlite` does.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT}")
    _switch_to_wal(cursor)
    cursor.execute("PRAGMA synchronous = NORMAL")  # WAL: a power cut may lose the last transactions, never tear one
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _switch_to_wal(cursor: DBAPICursor) -> None:
    """Once in the life of a file. Where several processes come first together, SQLite refuses all but one at once, busy timeout or not."""
    patience = time.monotonic() + BUSY_TIMEOUT / 1000
    while True:
        try:
            cursor.execute("PRAGMA journal_mode")
            if cursor.fetchone() != ("wal",):
                cursor.execute("PRAGMA journal_mode = WAL")
                cursor.fetchone()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > patience:
                raise
            time.sleep(0.01)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN")


def _postgresql(url: URL) -> Engine:
    given = {"connect_timeout": 10, "application_name": "haihe"}
    extra = {name: value for name, value in given.items() if name not in url.query}
    engine = create_engine(url, hide_parameters=True, pool_size=8, max_overflow=24, pool_pre_ping=True, connect_args=extra)
    event.listen(engine, "connect", _set_up_postgresql)
    return engine


def _set_up_postgresql(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    # In another zone the driver cannot read back the earliest moments.
    cursor = connection.cursor()
    cursor.execute("SET TIME ZONE 'UTC'")
    cursor.close()
    connection.commit()
