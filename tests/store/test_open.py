"""Opening a database, and what is said when that or its use fails."""

import sqlite3
import subprocess
import sys
import tempfile
import textwrap
import threading
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import event

from aggregator.errors import StoreError
from aggregator.store import Store

NOBODY = 65534


def test_the_folder_is_made_and_relative_paths_are_relative(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    store = Store.open("sqlite:///var/deep/haihe.db")
    store.migrate()
    store.close()
    assert (tmp_path / "var/deep/haihe.db").is_file()


def test_sqlite_is_set_up_for_many_readers_and_one_writer(tmp_path):
    store = Store.open(f"sqlite:///{tmp_path}/haihe.db")
    with store._database.read() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "busy_timeout", "foreign_keys")
        }
    store.close()
    assert found == {"journal_mode": "wal", "synchronous": 1, "busy_timeout": 5000, "foreign_keys": 1}


def test_many_may_come_to_a_new_file_at_once(tmp_path):
    """SQLite refuses all but one who switch a file to WAL together, and does not wait."""
    gate = threading.Barrier(6)
    failures: list[BaseException] = []

    def run():
        for number in range(12):
            gate.wait()
            try:
                Store.open(f"sqlite:///{tmp_path}/{number}.db").close()
            except StoreError as error:
                failures.append(error)

    threads = [threading.Thread(target=run) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("not an address hunter2", "cannot be understood: write sqlite:///var/haihe.db or postgresql"),
        ("postgresql+psycopg://user:hunter2@host:port/x", "cannot be understood"),
        ("mysql://user:hunter2@host/x", "SQLite or PostgreSQL, not in 'mysql'"),
        ("sqlite://", "must be a file"),
        ("sqlite:///:memory:", "must be a file"),
    ],
)
def test_an_address_that_cannot_be_meant(address, said):
    with pytest.raises(StoreError, match=said) as caught:
        Store.open(address)
    assert "hunter2" not in str(caught.value)


def test_a_file_that_is_no_database(tmp_path):
    path = tmp_path / "haihe.db"
    path.write_text("dear diary, " * 1000)
    with pytest.raises(StoreError, match=r"haihe\.db is not a SQLite database: give another path"):
        Store.open(f"sqlite:///{path}")
    assert path.read_text().startswith("dear diary")


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"the folder .*file/var of the database cannot be made"):
        Store.open(f"sqlite:///{tmp_path}/file/var/haihe.db")


def test_a_path_that_is_a_folder(tmp_path):
    with pytest.raises(StoreError, match="cannot be opened"):
        Store.open(f"sqlite:///{tmp_path}")


def test_a_folder_that_may_not_be_written():
    """Root may write everywhere, so where the tests are root's the child becomes nobody."""
    with tempfile.TemporaryDirectory(prefix="haihe-") as folder:
        path = Path(folder, "haihe.db")
        Store.open(f"sqlite:///{path}").close()
        path.chmod(0o444)
        Path(folder).chmod(0o555)
        out = child(f"""
            import os
            from aggregator.errors import StoreError
            from aggregator.store import Store
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid({NOBODY})
                os.setuid({NOBODY})
            for name in ("haihe.db", "new.db"):
                try:
                    Store.open("sqlite:///{folder}/" + name).migrate()
                except StoreError as error:
                    print(error)
            """)
        Path(folder).chmod(0o755)
    assert "haihe.db cannot be written: give this user the right" in out
    assert "new.db cannot be opened: its folder must exist" in out


def test_a_full_disk(tmp_path):
    store = Store.open(f"sqlite:///{tmp_path}/haihe.db")
    store.migrate()
    set_on_each_connection(store, "PRAGMA max_page_count = 1")  # that is, as many as there are
    with pytest.raises(StoreError, match="disk is full: make room; nothing was lost"):
        enrol_many(store)
    assert store.sources() == []
    store.close()


def test_a_quota(tmp_path):
    code = f"""
        import resource, signal
        from datetime import UTC, datetime
        from aggregator.errors import StoreError
        from aggregator.store import Store
        store = Store.open("sqlite:///{tmp_path}/haihe.db")
        store.migrate()
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
        try:
            store.enrol({{str(key): "host" for key in range(20000)}}, datetime.now(UTC))
        except StoreError as error:
            print(error)
        """
    assert "look for a full disk, a quota" in child(code)
    store = Store.open(f"sqlite:///{tmp_path}/haihe.db")
    assert store.sources() == []
    store.close()


def test_a_writer_that_does_not_let_go(tmp_path):
    store = Store.open(f"sqlite:///{tmp_path}/haihe.db")
    store.migrate()
    set_on_each_connection(store, "PRAGMA busy_timeout = 20")
    other = sqlite3.connect(tmp_path / "haihe.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="held by another process"):
        enrol_many(store)
    assert store.sources() == [], "readers do not wait for writers"
    other.close()
    enrol_many(store)
    store.close()


def test_a_wrong_password_is_said_and_not_shown(postgres):
    admin = psycopg.connect(f"host={postgres.folder} user=postgres dbname=postgres", autocommit=True)
    admin.execute("DROP ROLE IF EXISTS guarded")
    admin.execute("CREATE ROLE guarded LOGIN PASSWORD 'right'")
    admin.close()
    for address in (
        f"postgresql+psycopg://guarded:hunter2@/postgres?host={postgres.folder}",
        f"postgresql://guarded@/postgres?host={postgres.folder}&password=hunter2",
    ):
        with pytest.raises(StoreError, match="refuses the user or the password: correct them") as caught:
            Store.open(address)
        assert "hunter2" not in everything(caught.value)
    with pytest.raises(StoreError, match="wants a password"):
        Store.open(f"postgres://guarded@/postgres?host={postgres.folder}")
    Store.open(f"postgres://guarded:right@/postgres?host={postgres.folder}").close()


def test_a_server_that_is_not_there(tmp_path, postgres):
    with pytest.raises(StoreError, match="cannot be reached: look whether it runs"):
        Store.open(f"postgresql+psycopg://me:hunter2@/haihe?host={tmp_path}")
    with pytest.raises(StoreError, match="does not have that user or database: create it"):
        Store.open(postgres.url("no_such_database"))


def test_a_server_that_restarted_is_found_again(desk):
    """On PostgreSQL all connections are cut from the other side; nothing but the one transaction under way may notice."""
    database = desk.store._database
    if database.dialect == "postgresql":
        with psycopg.connect(str(database.engine.url.set(drivername="postgresql")), autocommit=True) as other:
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'haihe'"
            )
    assert desk.store.known("a").key == "a"
    desk.record(desk.entry("1", "s"))


def set_on_each_connection(store: Store, pragma: str) -> None:
    engine = store._database.engine
    engine.dispose()
    event.listen(engine, "connect", lambda connection, _: connection.execute(pragma))


def enrol_many(store: Store) -> None:
    store.enrol({f"source {number}": "host" for number in range(2000)}, datetime(2026, 3, 1, tzinfo=UTC))


def everything(error: BaseException | None) -> str:
    said = ""
    while error is not None:
        said += f"{error!r} {error}"
        error = error.__cause__ or error.__context__
    return said


def child(code: str) -> str:
    done = subprocess.run([sys.executable, "-W", "error", "-c", textwrap.dedent(code)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout
