"""What happens to the files of a SQLite database while it is used, or after its process was killed."""

import json
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aggregator.errors import StoreError
from aggregator.records import NextPull, Placed, Placement, Pulled
from aggregator.store import Store
from feeds.records import Document, Entry

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DIES = Path(__file__).with_name("writes_and_dies.py")


def bring(store: Store, *uids: int, at: datetime = NOW) -> None:
    placed = [Placed(entry=Entry(uid=str(uid), fingerprint="1:x"), placements=(Placement(section="s", rule="r"),)) for uid in uids]
    pulled = Pulled(document=Document(url="https://a.example/feed", body=b""), etag=f'"{max(uids)}"')
    store.record("a", pulled, (), placed, NextPull(at=at + HOUR, why="every hour"), at)


def uids(store: Store) -> list[int]:
    return sorted(int(item.entry.uid) for item in store.newest(None, 10_000))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "haihe.db"


@pytest.fixture
def puller(path):
    """A store that holds its database, as `haihe run` does."""
    store = Store.open(f"sqlite:///{path}")
    store.migrate()
    with store.hold():
        store.enrol({"a": "https://a.example/"}, NOW)
        bring(store, 1, 2)
        yield store
    store.close()


READS = """
import sys
from aggregator.store import Store
store = Store.open(sys.argv[1])
for line in sys.stdin:
    print(sorted(int(item.entry.uid) for item in store.newest(None, 1000)), flush=True)
"""


@pytest.fixture
def reader(path, puller):
    """What another process reads that has the file open, as a web worker has it."""
    process = subprocess.Popen(
        [sys.executable, "-c", READS, f"sqlite:///{path}"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    )

    def read() -> list[int]:
        process.stdin.write("read\n")
        return json.loads(process.stdout.readline())

    assert read() == [1, 2]
    yield read
    process.stdin.close()
    assert process.wait(40) == 0
    process.stdout.close()


def beside(path, name):
    return path.with_name(path.name + name)


@pytest.mark.parametrize("gone", [("",), ("-wal",), ("-shm",), ("", "-wal", "-shm"), ("-wal", "-shm"), ("", "-wal", "-shm", ".lock")])
def test_files_that_are_deleted_while_they_are_used_cost_nothing(path, puller, reader, gone):
    for name in gone:
        beside(path, name).unlink()
    bring(puller, 3, 4, at=NOW + HOUR)
    assert uids(puller) == reader() == [1, 2, 3, 4]
    later = Store.open(f"sqlite:///{path}")
    assert uids(later) == [1, 2, 3, 4]
    assert later.check(NOW) == []
    bring(puller, 5, at=NOW + 2 * HOUR)
    assert uids(later) == reader() == [1, 2, 3, 4, 5]
    later.close()


def test_a_reader_goes_on_with_a_deleted_file_and_makes_none(path, puller, reader):
    path.unlink()
    assert reader() == [1, 2]
    assert not path.exists()
    assert uids(puller) == [1, 2]
    assert path.exists()
    assert reader() == [1, 2]


def test_it_is_written_back_when_that_is_possible_again(path, puller):
    folder, away = path.parent, path.parent.with_name("away")
    folder.rename(away)
    with pytest.raises(StoreError, match="was deleted while haihe runs and cannot be written back"):
        bring(puller, 3, at=NOW + HOUR)
    folder.mkdir()
    bring(puller, 3, at=NOW + HOUR)
    assert uids(puller) == [1, 2, 3]
    shutil.rmtree(away)
    fresh = Store.open(f"sqlite:///{path}")
    assert uids(fresh) == [1, 2, 3]
    fresh.close()


def test_a_backup_put_in_its_place_is_taken_up(path, puller, reader):
    """Moved over the file, the log and the index of the old one still beside it: they must not be read as those of the new one."""
    backup = path.with_name("backup.db")
    with sqlite3.connect(path) as source, sqlite3.connect(backup) as target:
        source.backup(target)
    source.close()
    target.close()
    bring(puller, 3, 4, at=NOW + HOUR)
    backup.replace(path)
    assert uids(puller) == [1, 2]
    assert reader() == [1, 2]
    bring(puller, 3, 5, at=NOW + 2 * HOUR)
    assert reader() == [1, 2, 3, 5]
    assert puller.check(NOW) == []


def test_a_write_under_way_while_the_file_goes_is_kept_or_refused(path, puller):
    """Never said to be done, and lost: many writers, and a file that is deleted again and again."""
    kept: list[int] = []
    refused: list[str] = []
    stop = threading.Event()

    def write(first: int) -> None:
        for uid in range(first, first + 1000):
            if stop.is_set():
                return
            try:
                bring(puller, uid, at=NOW + HOUR)
            except StoreError as error:
                refused.append(str(error))
            else:
                kept.append(uid)

    threads = [threading.Thread(target=write, args=(number * 1000,)) for number in (1, 2, 3)]
    for thread in threads:
        thread.start()
    for _ in range(15):
        some = len(kept)
        while len(kept) < some + 10 and any(thread.is_alive() for thread in threads):
            stop.wait(0.001)
        path.unlink(missing_ok=True)
    stop.set()
    for thread in threads:
        thread.join()
    ways = ("is to be done again", "is written back when", "cannot be opened")
    assert all(any(way in said for way in ways) for said in refused), refused
    assert set(kept) <= set(uids(puller))
    assert len(kept) > 100
    assert puller.check(NOW) == []


@pytest.fixture(scope="module")
def killed(tmp_path_factory):
    """The files of a database whose process was killed, all of it still in the log."""
    folder = tmp_path_factory.mktemp("killed")
    done = subprocess.run([sys.executable, DIES, f"sqlite:///{folder}/haihe.db"])
    assert done.returncode == -signal.SIGKILL
    assert (folder / "haihe.db-wal").stat().st_size > 100_000
    return folder


def opened_after(path: Path) -> Store:
    store = Store.open(f"sqlite:///{path}")
    assert store.migrate() == []
    return store


def copied(killed: Path, path: Path) -> None:
    for name in ("", "-wal", "-shm"):
        shutil.copy(beside(killed / "haihe.db", name), beside(path, name))


def test_all_of_it_is_there_after_a_kill(killed, path):
    copied(killed, path)
    store = opened_after(path)
    assert uids(store) == list(range(1, 201))
    assert store.check(NOW) == []
    store.close()


def test_without_the_index_too(killed, path):
    copied(killed, path)
    beside(path, "-shm").unlink()
    store = opened_after(path)
    assert uids(store) == list(range(1, 201))
    store.close()


def test_garbage_behind_the_log_is_passed_over(killed, path):
    copied(killed, path)
    with beside(path, "-wal").open("ab") as log:
        log.write(random.Random(1).randbytes(10_000))
    store = opened_after(path)
    assert uids(store) == list(range(1, 201))
    assert store.check(NOW) == []
    store.close()


@pytest.mark.parametrize("how", ["cut short", "torn", "zeroed"])
def test_a_log_that_is_cut_short_leaves_whole_pulls_with_their_own_validators(killed, path, how):
    """What was written last is lost with it, but never by half: the validators are those of the entries that are left, so the next pull
    brings the rest again."""
    chance = random.Random(how)
    log = beside(path, "-wal")
    for _ in range(12):
        copied(killed, path)
        size = log.stat().st_size
        # The first transactions make the tables: before them there is no database yet.
        place = chance.randrange(size // 3, size)
        with log.open("rb+") as file:
            if how == "cut short":
                file.truncate(place)
            else:
                file.seek(place)
                file.write(chance.randbytes(500) if how == "torn" else bytes(size - place))
        store = opened_after(path)
        held = uids(store)
        assert len(held) % 5 == 0
        assert held == list(range(1, len(held) + 1))
        known = store.known("a")
        assert known.etag == (f'"{len(held)}"' if held else None)
        assert store.check(NOW) == []
        bring(store, 1000, at=NOW + 100 * HOUR)
        assert uids(store) == [*held, 1000]
        store.close()
