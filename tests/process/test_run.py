"""`haihe run` as a whole: it shows entries, ends when told, leaves nobody behind, and does not start twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import psutil
import pytest

pytestmark = pytest.mark.process


def test_entries_are_on_the_page_and_in_the_feeds_and_ctrl_c_ends_it(start, site, until, get):
    program = start("run")
    page = until(lambda: "三通六联" in (text := get(f"{site}/")) and text, 10, "the front page shows the entries")
    assert "津水微言" in page
    for kind in ("atom", "rss", "json"):
        until(lambda kind=kind: "三通六联" in get(f"{site}/feeds/jsjx.{kind}"), 5, f"the {kind} feed has the entry")
    assert f"serving {site}/" in program.output
    program.interrupt()
    assert program.process.wait(30) == 0
    until(lambda: not program.alive(), 10, "everyone of the family has ended")
    assert "Traceback" not in program.output
    assert "[WARNING]" not in program.output


def test_sigterm_ends_it_as_well(start, site, until, get):
    program = start("run")
    until(lambda: get(f"{site}/healthz"), 10, "the server answers")
    program.family()
    program.process.terminate()
    assert program.process.wait(30) == 0
    until(lambda: not program.alive(), 10, "everyone of the family has ended")


def test_serve_says_where_and_ends_in_silence(start, site, until, get):
    server = start("serve")
    until(lambda: f"serving {site}/" in server.output, 10, "it says where")
    until(lambda: get(f"{site}/healthz"), 10, "the server answers")
    server.interrupt()
    assert server.process.wait(timeout=30) == 0
    assert len(server.output.splitlines()) == 1, server.output


def test_sigkill_leaves_nobody_behind(start, site, until, get):
    program = start("run")
    until(lambda: "三通六联" in get(f"{site}/"), 10, "pulled, read in workers, and served")
    assert len(program.family()) >= 4  # the puller, the web server, its worker, the readers
    program.kill()
    until(lambda: not program.alive(), 10, "everyone of the family has ended")


def test_a_web_worker_whose_server_is_gone_before_it_has_begun_ends(tmp_path, site):
    """It would hold the port, and show what was published then, for ever."""
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    environment = {**os.environ, "HAIHE_CONFIG": str(tmp_path / "config.yaml"), "HAIHE_PARENT": str(gone.pid)}
    code = "import threading; from aggregator.app import web; web(); threading.Event().wait(60)"
    worker = subprocess.Popen([sys.executable, "-c", code], cwd=tmp_path, env=environment)
    assert worker.wait(50) == 1


def test_a_second_run_says_that_the_port_is_taken(start, haihe, site, until, get):
    start("run")
    until(lambda: get(f"{site}/healthz"), 10, "the first one serves")
    second = haihe("run")
    assert second.returncode == 2
    assert f"{site.removeprefix('http://')} cannot be used" in second.stderr
    assert "Traceback" not in second.stderr
    assert get(f"{site}/healthz")


def test_a_second_puller_on_the_same_database_is_refused(start, haihe, site, until, get):
    first = start("run")
    until(lambda: get(f"{site}/healthz"), 10, "the first one serves")
    second = haihe("pull")
    assert second.returncode == 2
    assert str(first.process.pid) in second.stderr


def test_a_web_server_that_dies_is_started_again(start, site, until, get):
    program = start("run")
    until(lambda: get(f"{site}/healthz"), 10, "the server answers")
    web = next(one for one in program.family() if "aggregator.run.web" in one.cmdline() and os.getpgid(one.pid) == one.pid)
    os.killpg(web.pid, signal.SIGKILL)
    until(lambda: not psutil.pid_exists(web.pid) or web.status() == psutil.STATUS_ZOMBIE, 10, "it is dead")
    until(lambda: get(f"{site}/healthz"), 10, "another one answers")


def test_a_source_that_cannot_be_reached_says_so_and_harms_nobody(start, tmp_path, site, until, get):
    config = tmp_path / "config.yaml"
    dead = '\n  dead:\n    title: Dead\n    kind: feed\n    url: "http://127.0.0.1:9/feed.xml"\n    sections: [jsjx]\n'
    config.write_text(config.read_text(encoding="utf-8").replace("\nsources:", "\nsources:" + dead.rstrip()), encoding="utf-8")
    start("run")
    until(lambda: "三通六联" in get(f"{site}/"), 10, "the others are shown")
    until(lambda: "127.0.0.1 does not take the connection" in get(f"{site}/sources/"), 5, "the page of the sources says why")
