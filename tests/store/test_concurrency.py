"""Several at once, and one that dies in the middle: nothing is lost, nothing is doubled. On both databases."""

import os
import random
import signal
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select, text

from aggregator.store import Store, tables

HOUR = timedelta(hours=1)
DIES = Path(__file__).with_name("dies_in_the_middle.py")


def at_once(*works):
    """Run them in threads that start together; their results in order. The first failure is raised."""
    gate = threading.Barrier(len(works))
    results: list[object] = [None] * len(works)
    failures: list[BaseException] = []

    def run(number, work):
        try:
            gate.wait()
            results[number] = work()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return results


def test_claims_never_share_a_source(desk, database_url):
    keys = [f"source {number}" for number in range(120)]
    desk.store.enrol(dict.fromkeys(keys, "one.example"), desk.now)

    def take_all():
        store = Store.open(database_url)
        taken = []
        while some := store.claim(desk.now, 7, HOUR):
            assert len(some) <= 7
            taken += [known.key for known in some]
        store.close()
        return taken

    taken = at_once(*[take_all] * 4)
    assert sorted(key for some in taken for key in some) == sorted(keys)


def test_a_claim_does_not_wait_for_a_source_that_is_being_written(desk, database_url):
    desk.store.enrol({"a": "a.example", "b": "b.example"}, desk.now)
    database = desk.store._database
    if database.dialect != "postgresql":
        return  # SQLite has one writer at a time, so there is nobody to wait for
    with database.write() as connection:
        connection.execute(text("SELECT 1 FROM sources WHERE key = 'a' FOR UPDATE"))
        other = Store.open(database_url)
        assert [known.key for known in other.claim(desk.now, 5, HOUR)] == ["b"]
        other.close()


def test_one_source_recorded_by_many_is_not_doubled(desk, database_url):
    entries = [desk.entry(str(number), "s", "t") for number in range(40)]

    def record(seed):
        shuffled = entries.copy()
        random.Random(seed).shuffle(shuffled)
        store = Store.open(database_url)
        recorded = store.record("a", desk.pulled(), (), shuffled, desk.due(), desk.now)
        store.close()
        return recorded

    results = at_once(*[lambda seed=seed: record(seed) for seed in range(4)])
    new = [entry for recorded in results for entry in recorded.new]
    assert len(new) == len(set(new)) == 40
    assert sorted(recorded.same for recorded in results) == [0, 40, 40, 40]
    assert len(desk.store.newest("s", 100)) == len(desk.store.newest(None, 100)) == 40


def test_many_sources_into_the_same_sections_do_not_wait_in_a_circle(desk, database_url):
    keys = [f"source {number}" for number in range(4)]
    desk.store.enrol(dict.fromkeys(keys, "one.example"), desk.now)
    sections = ["s", "t", "u", "v"]

    def record(key):
        store = Store.open(database_url)
        mixed = random.Random(key)
        for number in range(15):
            store.record(key, desk.pulled(), (), [desk.entry(str(number), *mixed.sample(sections, 3))], desk.due(), desk.now)
        store.close()

    at_once(*[lambda key=key: record(key) for key in keys])
    assert len(desk.store.newest(None, 100)) == 60


def test_threads_share_a_store(desk):
    entries = [desk.entry(str(number), "s") for number in range(30)]
    desk.record(*entries)

    def read():
        return [len(desk.store.newest("s", 50)) for _ in range(20)]

    def write():
        for number in range(20):
            desk.store.record("a", desk.pulled(), (), [desk.entry("0", "s", text=str(number))], desk.due(), desk.now)

    *reads, _ = at_once(read, read, read, write)
    assert {count for counts in reads for count in counts} == {30}


def test_killed_in_the_middle_of_a_record(desk, database_url):
    """A child that has written entries and places, and not yet the source, is killed: none of it is there, and the next pull brings it."""
    desk.record(desk.entry("0", "s"))
    before = (desk.store.newest(None, 10), desk.store.sections(), desk.store.sources())
    child = subprocess.Popen([sys.executable, str(DIES), database_url], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdout.readline() == b"in the middle\n"
    os.kill(child.pid, signal.SIGKILL)
    child.communicate()
    assert (desk.store.newest(None, 10), desk.store.sections(), desk.store.sources()) == before
    with desk.store._database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(tables.entries)) == 1
        assert connection.scalar(select(func.count()).select_from(tables.placements)) == 2

    desk.later()
    recorded = desk.record(*(desk.entry(str(number), "s") for number in range(10)))
    assert (len(recorded.new), recorded.same) == (9, 1)
