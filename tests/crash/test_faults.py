"""A database that cannot be written for a while: the puller says so in plain words and seldom, the pages stay up, nothing that was
committed is lost, and when the fault is gone the work goes on by itself."""

import resource
import sqlite3
import subprocess
import time
import urllib.request
from contextlib import contextmanager, suppress

import pytest

pytestmark = pytest.mark.process


@pytest.fixture
def house(house_of):
    return house_of(8)


def get(house, path: str) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{house.port}{path}", timeout=3) as answer:
        return answer.read().decode()


def running(house, until, **how):
    """The program at work: every feed known, published and served."""
    program = house.start("run", **how)
    until(lambda: len({name[0] for name, _ in house.kept()}) == 8, 20, lambda: program.output)
    until(lambda: "item 0" in get(house, "/feeds/all.atom"), 10, lambda: program.output)
    return program


def complaints(program, words: str) -> list[str]:
    return [line for line in program.output.splitlines() if words in line]


def goes_on(house, program, until) -> None:
    """All that was ever served is kept, each once, with its newest text; and the program ends in good order."""
    house.upstream.still = True
    asked = house.upstream.asked
    until(lambda: house.upstream.asked >= asked + 8, 20, lambda: program.output[-3000:])
    until(lambda: sorted(house.kept()) == sorted(house.upstream.served.items()), 30, lambda: program.output[-3000:])
    program.process.terminate()
    assert program.process.wait(40) == 0
    assert "Traceback" not in program.output, program.output
    house.check()


@contextmanager
def locked(house):
    """As a stuck backup would."""
    other = sqlite3.connect(house.database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.close()


def test_locked_by_another_for_longer_than_we_wait(house, until):
    program = running(house, until)
    with locked(house):
        before = house.count()
        until(lambda: complaints(program, "is held by another process"), 15, lambda: program.output)
        asked = house.upstream.asked
        time.sleep(3)  # a few ticks more of the same
        assert "item 0" in get(house, "/feeds/all.atom")
        assert "News 0" in get(house, "/")
        assert house.verb("status").returncode == 0
        assert house.count() == before
        assert house.upstream.asked <= asked + 1, "upstreams are not asked for what cannot be kept"
        assert len(complaints(program, "is held by another process")) <= 3, program.output
    goes_on(house, program, until)
    assert complaints(program, "it works again")


@pytest.mark.long
def test_told_to_end_while_it_is_locked(house, until):
    program = running(house, until)
    with locked(house):
        until(lambda: complaints(program, "is held by another process"), 15, lambda: program.output)
        started = time.monotonic()
        program.process.terminate()
        assert program.process.wait(40) == 0
        took = time.monotonic() - started
        assert took < 6, f"{took} {program.output}"
        until(lambda: not program.alive(), 10, "everyone of the family has ended")
    goes_on(house, house.start("run"), until)


def test_a_quota_that_is_reached(house, until):
    """Files may not grow beyond what they are: each write fails as on a full disk. The limit is lifted from outside."""
    program = running(house, until)
    resource.prlimit(program.process.pid, resource.RLIMIT_FSIZE, (house.database.with_name("haihe.db-wal").stat().st_size, -1))
    until(lambda: complaints(program, "look for a full disk, a quota"), 30, lambda: program.output)
    assert "item 0" in get(house, "/feeds/all.atom")
    house.check()
    resource.prlimit(program.process.pid, resource.RLIMIT_FSIZE, (-1, -1))
    goes_on(house, program, until)
    assert len(complaints(program, "look for a full disk, a quota")) <= 6, program.output


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 4 MiB."""
    place = tmp_path / "disk"
    place.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", place], capture_output=True)
    if done.returncode:
        pytest.skip("only root may mount a small file system")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def filled(disk):
    """The file that takes all the room that is left."""
    path = disk / "filler"
    with path.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
    return path


@pytest.mark.long
def test_a_disk_that_is_full(house, until, small_disk):
    house.database = small_disk / "haihe.db"
    house.configure("1s", database=f"sqlite:///{house.database}")
    program = running(house, until)
    filler = filled(small_disk)
    until(lambda: complaints(program, "cannot grow, the disk is full"), 30, lambda: program.output)
    assert "item 0" in get(house, "/feeds/all.atom")
    assert house.verb("status").returncode == 0
    filler.unlink()
    goes_on(house, program, until)
    assert len(complaints(program, "the disk is full")) <= 6, program.output


@pytest.mark.long
def test_a_start_on_a_full_disk_ends_with_words_or_serves(house, until, small_disk):
    house.database = small_disk / "haihe.db"
    house.configure("1s", database=f"sqlite:///{house.database}")
    program = running(house, until)
    program.kill()
    until(lambda: not program.alive(), 3, "its family has ended")
    filler = filled(small_disk)
    again = house.start("run")
    until(lambda: again.process.poll() is not None or "item 0" in get(house, "/feeds/all.atom"), 15, lambda: again.output)
    assert "Traceback" not in again.output
    assert again.process.poll() in (None, 2)
    again.clean_up()
    filler.unlink()
    goes_on(house, house.start("run"), until)


@pytest.mark.long
def test_a_file_that_may_only_be_read(house, until):
    """Who looks may look; who pulls is told what is missing and ends with exit code 2. Root may write everywhere, so it is the file
    system that is made read-only (test_open has the file whose rights are missing)."""
    program = running(house, until)
    program.process.terminate()
    assert program.process.wait(40) == 0
    with read_only(house.folder):
        refused = house.verb("run", "--no-serve")
        looked = house.verb("check", "--store")
    assert refused.returncode == 2
    assert "Traceback" not in refused.stderr
    assert "cannot be" in refused.stderr, refused.stderr
    assert looked.returncode in (0, 2)
    assert "Traceback" not in looked.stderr
    goes_on(house, house.start("run", "--no-serve"), until)


@contextmanager
def read_only(folder):
    if subprocess.run(["mount", "--bind", folder, folder], capture_output=True).returncode:
        pytest.skip("only root may mount a folder")
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", folder], check=True)
        yield
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def test_a_database_that_is_deleted_while_it_runs(house, until):
    program = running(house, until)
    before = house.count()
    for name in ("", "-wal", "-shm"):
        house.database.with_name(house.database.name + name).unlink(missing_ok=True)
    assert "item 0" in get(house, "/feeds/all.atom")
    until(lambda: house.database.exists() and house.count() >= before, 10, lambda: program.output)
    assert complaints(program, "it was written back, nothing is lost")
    goes_on(house, program, until)


@pytest.mark.long
def test_one_line_a_fault_and_not_one_a_second(house, until):
    """The same words are not said again while nothing has changed."""
    program = running(house, until)
    house.folder.joinpath("haihe.db").rename(house.folder / "away.db")
    house.folder.joinpath("haihe.db").mkdir()
    until(lambda: complaints(program, "was replaced"), 10, lambda: program.output)
    time.sleep(4)
    assert len(complaints(program, "was replaced")) <= 3, program.output
    assert "item 0" in get(house, "/feeds/all.atom")
    house.folder.joinpath("haihe.db").rmdir()
    (house.folder / "away.db").rename(house.folder / "haihe.db")
    goes_on(house, program, until)
