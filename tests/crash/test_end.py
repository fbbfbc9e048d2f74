"""How `haihe run` ends: in order when told, at once when told twice, and not because nobody listens."""

import os
import re
import signal
import socket
import sqlite3
import threading
import time
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest

pytestmark = pytest.mark.process


@pytest.fixture
def house(house_of):
    return house_of(4)


@pytest.fixture
def tarpit(house):
    """A fifth source, whose server takes the request and never answers."""
    listener = socket.create_server(("127.0.0.1", 0))
    asked = threading.Event()
    held: list[socket.socket] = []

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            held.append(connection)
            asked.set()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    sources = {"pit": {"title": "Pit", "kind": "feed", "url": f"http://127.0.0.1:{listener.getsockname()[1]}/", "sections": ["n0"]}}
    house.configure("1s", sources=sources)
    yield asked
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join()
    for connection in held:
        connection.close()


def at_work(house, until, *more: str, **how):
    program = house.start("run", *more, **how)
    until(lambda: house.count() >= 20, 20, lambda: program.output)
    return program


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_told_once_it_ends_in_order(house, until, number):
    program = at_work(house, until, before=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL))  # whoever runs the tests under nohup
    program.signal(number)
    assert program.process.wait(40) == 0
    until(lambda: not program.alive(), 10, "everyone of the family has ended")
    assert "Traceback" not in program.output
    assert house.rows("SELECT count(*) FROM sources WHERE leased_until IS NOT NULL") == [(0,)]
    house.check()


def test_a_service_manager_tells_everyone(house, until):
    """Its SIGTERM goes to every process at once, readers and web workers too. No source is blamed for that."""
    for _ in range(2):
        asked = house.upstream.asked
        program = house.start("run")
        until(lambda asked=asked: house.upstream.asked >= asked + 3, 20, lambda program=program: program.output)
        for one in program.alive():
            one.terminate()
        assert program.process.wait(40) == 0, program.output
        until(lambda program=program: not program.alive(), 10, "everyone of the family has ended")
        assert house.rows("SELECT key, error_text FROM sources WHERE failures > 0") == []
        assert "Traceback" not in program.output, program.output
    house.check()


def test_what_hangs_is_given_back(house, until, tarpit):
    """A pull that is in flight has a moment, then its source is given back: due as before, and nobody's."""
    program = house.start("run", "--no-serve")
    until(tarpit.is_set, 20, lambda: program.output)
    leased = "SELECT count(*) FROM sources WHERE leased_until IS NOT NULL"
    assert house.rows(leased) == [(1,)]
    program.signal(signal.SIGTERM)
    assert program.process.wait(40) == 0
    assert house.rows(leased) == [(0,)]
    assert house.rows("SELECT failures, error_kind, pulled_at FROM sources") == [(0, None, None)]
    assert "Traceback" not in program.output
    house.check()


def test_told_twice_it_ends_at_once(house, until, tarpit):
    program = house.start("run", "--port", str(house.port))
    until(tarpit.is_set, 20, lambda: program.output)
    until(lambda: urllib.request.urlopen(f"http://127.0.0.1:{house.port}/healthz", timeout=2).close() is None, 10, "it serves")
    begun = time.monotonic()
    while program.process.poll() is None:  # the first is heard when its loop has a turn, the next one ends it whatever it is at
        program.signal(signal.SIGINT)
        time.sleep(0.05)
        assert time.monotonic() < begun + 60
    assert program.process.returncode == -signal.SIGINT, "it waits no longer for what hangs"
    until(lambda: not program.alive(), 10, "everyone of the family has ended")
    house.check()


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="what another process holds back is told by Linux alone")
def test_ctrl_c_and_a_closed_terminal_are_for_us_to_answer_and_never_for_readers(house, until):
    """Not even for those that are only just starting: they would say so in a traceback each."""
    program = at_work(house, until, "--no-serve")
    readers = [one.pid for one in program.alive() if "spawn_main" in " ".join(one.cmdline())]
    assert readers
    for pid in readers:
        (held,) = re.findall(r"SigBlk:\s*(\w+)", Path(f"/proc/{pid}/status").read_text())
        assert all(int(held, 16) >> number - 1 & 1 for number in (signal.SIGINT, signal.SIGHUP)), held


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_while_it_starts(house, until, number):
    """Before there is anything to end it ends as well, in order and without words."""
    program = house.start("run", "--no-serve")
    until(house.database.exists, 20, lambda: program.output)  # as soon as there is something to see
    program.signal(number)
    assert program.process.wait(40) == 0, program.output
    assert "Traceback" not in program.output


@pytest.mark.long
def test_under_nohup_a_closed_terminal_is_nothing(house, until):
    program = at_work(house, until, "--no-serve", before=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
    asked = house.upstream.asked
    program.signal(signal.SIGHUP)
    until(lambda: house.upstream.asked > asked + 4, 10, lambda: program.output)
    program.process.terminate()
    assert program.process.wait(40) == 0


def test_nobody_reads_what_it_says(house, until):
    """`haihe run 2>&1 | head -1`: the pipe closes with the first line, and the work goes on."""
    reads, writes = os.pipe()
    program = at_work(house, until, out=writes)
    os.close(writes)
    assert os.read(reads, 20)
    os.close(reads)
    known = house.count()
    until(lambda: house.count() > known + 3, 20, "it pulls on")
    until(
        lambda: "item" in urllib.request.urlopen(f"http://127.0.0.1:{house.port}/feeds/all.atom", timeout=2).read().decode(),
        10,
        "it serves",
    )
    program.process.terminate()
    assert program.process.wait(40) == 0
    until(lambda: not program.alive(), 10, "everyone of the family has ended")
    house.check()


@pytest.mark.long
def test_a_terminal_that_went_away(house, until):
    """Its side of a pseudo-terminal is closed: writing there is an error, ending because of it would be another."""
    ours, theirs = os.openpty()
    program = at_work(house, until, "--no-serve", out=theirs, before=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
    os.close(theirs)
    os.close(ours)
    known = house.count()
    until(lambda: house.count() > known + 3, 20, "it pulls on")
    program.process.terminate()
    assert program.process.wait(40) == 0
    house.check()


@pytest.mark.long
def test_a_reader_that_holds_an_old_snapshot_stops_nobody(house, until):
    """A long check or backup beside the puller: the log grows meanwhile, and that is all."""
    program = at_work(house, until, "--no-serve")
    with closing(sqlite3.connect(f"file:{house.database}?mode=ro", uri=True, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        seen = reader.execute("SELECT count(*) FROM entries").fetchone()
        until(lambda: house.count() > seen[0] + 3, 20, lambda: program.output)
        assert reader.execute("SELECT count(*) FROM entries").fetchone() == seen
        program.process.terminate()
        assert program.process.wait(40) == 0
    house.check()


def test_others_look_beside_a_puller_at_work(house, until):
    """They only read; a second puller is refused, and none of them disturbs the first."""
    program = at_work(house, until, "--no-serve")
    server = house.start("serve")
    until(lambda: urllib.request.urlopen(f"http://127.0.0.1:{house.port}/", timeout=2).status == 200, 10, lambda: server.output)
    for verb in (("status",), ("status", "--json"), ("check",), ("check", "--store")):
        done = house.verb(*verb)
        assert done.returncode == 0, (verb, done.stdout, done.stderr)
    second = house.verb("run", "--no-serve")
    assert second.returncode == 2
    assert f"another haihe (process {program.process.pid}) already pulls" in second.stderr
    house.upstream.still = True
    until(lambda: house.upstream.settled, 20, lambda: program.output)
    server.process.terminate()
    server.process.wait(40)
    program.process.terminate()
    assert program.process.wait(40) == 0
    assert "Traceback" not in program.output + server.output
    assert sorted(house.kept()) == sorted(house.upstream.served.items())


def test_a_reader_in_the_middle_of_a_long_document_keeps_nobody(house, until):
    """It is ended with what it was at, whose source is given back: due as before, without a failure."""
    attributes = " ".join(f"a{number}=1" for number in range(50_000))
    items = "".join(f"<item><title>{each}</title><description>&lt;p {attributes}&gt;x</description></item>" for each in range(16))
    (house.folder / "long.xml").write_text(f"<rss version='2.0'><channel><title>Long</title>{items}</channel></rss>")
    house.configure("1s", sources={"long": {"title": "Long", "kind": "feed", "url": "file:long.xml", "sections": ["n0"]}})
    program = house.start("run", "--no-serve")

    def reading() -> bool:
        return any(one.cpu_times().user > 2 for one in program.alive() if one.pid != program.process.pid)  # beyond its start

    until(reading, 30, lambda: program.output)
    program.signal(signal.SIGTERM)
    assert program.process.wait(40) == 0
    until(lambda: not program.alive(), 10, "everyone of the family has ended")
    assert house.rows("SELECT leased_until, failures, error_kind, pulled_at FROM sources") == [(None, 0, None, None)]
    assert "Traceback" not in program.output
    house.check()
