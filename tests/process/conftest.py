"""The program as its user starts it: real processes, real signals, real ports, on a folder of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from aggregator import demo

HAIHE = [sys.executable, "-m", "aggregator"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(what: Callable[[], object], seconds: float, why: str) -> object:
    """What `what` gives once it is true. Bounded: the time is the longest that we wait (thrice, for busy machines), not a pause."""
    end = time.monotonic() + 3 * seconds
    while time.monotonic() < end:
        with suppress(OSError, urllib.error.URLError):
            if found := what():
                return found
        time.sleep(0.05)
    pytest.fail(f"waited {seconds:g} s in vain: {why}")


class Program:
    """A running `haihe` in a session of its own, so that a signal to its group is what Ctrl-C in a terminal is."""

    def __init__(self, folder: Path, program: Sequence[str | Path], *arguments: str) -> None:
        self.log = folder / f"log-{time.monotonic_ns()}.txt"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*program, *arguments], cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        self.seen: set[psutil.Process] = set()

    def family(self) -> set[psutil.Process]:
        """Everyone who was ever seen below it, itself included; workers in sessions of their own are found too."""
        with suppress(psutil.NoSuchProcess):
            root = psutil.Process(self.process.pid)
            self.seen |= {root, *root.children(recursive=True)}
        return self.seen

    def alive(self) -> list[psutil.Process]:
        return [one for one in self.family() if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]

    def interrupt(self) -> None:
        self.family()
        os.killpg(self.process.pid, signal.SIGINT)

    def kill(self) -> None:
        self.family()
        self.process.kill()
        self.process.wait()

    @property
    def output(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def clean_up(self) -> None:
        for one in self.alive():
            with suppress(psutil.NoSuchProcess):
                one.kill()
        self.process.wait()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Program]]:
    """Starts programs in the test's folder; whatever is left of them in the end is ended."""
    programs: list[Program] = []

    def begin(*arguments: str, program: Sequence[str | Path] = HAIHE) -> Program:
        programs.append(Program(tmp_path, program, *arguments))
        return programs[-1]

    yield begin
    for program in programs:
        program.clean_up()


@pytest.fixture
def haihe(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs a verb to its end."""

    def run(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*HAIHE, *arguments],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            stdin=subprocess.DEVNULL,
            env={**os.environ, **env},
        )

    return run


@pytest.fixture
def upstream() -> Iterator[str]:
    with demo.serve() as base:
        yield base


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def site(tmp_path: Path, upstream: str, port: int) -> str:
    """A configuration of four sources on loopback; gives the address that it serves on."""
    demo.write(tmp_path, upstream, port)
    return f"http://127.0.0.1:{port}"


@pytest.fixture
def get() -> Callable[[str], str]:
    def fetch(url: str) -> str:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.read().decode()

    return fetch


@pytest.fixture
def until() -> Callable[..., object]:
    return wait_for


@pytest.fixture
def rows() -> Callable[[str], list[dict[str, object]]]:
    return lambda text: [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def postgres_url(postgres) -> Iterator[str]:
    url = postgres.fresh()
    yield url
    postgres.drop(url)
