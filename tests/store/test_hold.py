"""Two processes that pull into one SQLite file refuse to start."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.errors import StoreBusy
from aggregator.store import Store

HOLD = """
import sys, time
from aggregator.store import Store
with Store.open(sys.argv[1]).hold():
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path}/haihe.db"


@pytest.fixture
def holder(url):
    process = subprocess.Popen([sys.executable, "-c", HOLD, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"held\n"
    yield process
    process.kill()
    process.communicate()


def test_the_second_is_refused_and_told_who_is_first(url, holder, tmp_path):
    store = Store.open(url)
    with pytest.raises(StoreBusy, match=rf"process {holder.pid}\) already pulls into {tmp_path}/haihe.db: stop it first"), store.hold():
        pass
    assert store.migrate(), "reading and writing is not what is refused"
    store.close()


def test_a_killed_holder_leaves_no_lock(url, holder, tmp_path):
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    assert (tmp_path / "haihe.db.lock").read_text() == f"{holder.pid}\n"
    store = Store.open(url)
    with store.hold():
        assert (tmp_path / "haihe.db.lock").read_text() == f"{os.getpid()}\n"
    with store.hold():
        pass
    store.close()


def test_twice_in_one_process_is_refused_too(url):
    one, two = Store.open(url), Store.open(url)
    with one.hold():
        with pytest.raises(StoreBusy, match=str(os.getpid())), two.hold():
            pass
        with pytest.raises(StoreBusy), two.hold():  # and trying did not let go of it
            pass
    with two.hold():
        pass
    one.close()
    two.close()


def test_programs_that_we_start_do_not_keep_it(url):
    store = Store.open(url)
    code = "import sys; print('up', flush=True); sys.stdin.read()"
    with store.hold():
        child = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, close_fds=False)
        assert child.stdout.readline() == b"up\n"
    with store.hold():
        pass
    child.communicate()
    store.close()


def test_postgresql_serves_many(postgres):
    url = postgres.fresh()
    one, two = Store.open(url), Store.open(url)
    with one.hold(), two.hold():
        pass
    one.close()
    two.close()
    postgres.drop(url)


def test_who_holds_the_database_gives_back_what_a_dead_process_held(tmp_path):
    now = datetime(2026, 3, 4, tzinfo=UTC)
    store = Store.open(f"sqlite:///{tmp_path}/haihe.db")
    store.migrate()
    store.enrol({"a": "a.example"}, now)
    assert [known.key for known in store.claim(now, 5, timedelta(hours=1))] == ["a"]
    assert store.claim(now, 5, timedelta(hours=1)) == []
    with store.hold():
        store.recover()
    assert [known.key for known in store.claim(now, 5, timedelta(hours=1))] == ["a"]
    store.close()


def test_a_pinned_entry_stays_in_all_when_a_revision_puts_it_nowhere(desk):
    (one,) = desk.record(desk.entry("1", "s")).new
    desk.store.pin(one, ["t"], "asked for", desk.later())
    assert desk.record(desk.entry("1", text="second")).revised == (one,)
    assert (desk.uids("s"), desk.uids("t"), desk.uids(None)) == ([], ["1"], ["1"])
    assert desk.store.check(desk.now) == []
