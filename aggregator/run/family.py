"""Parents and children: a web server of our own that never outlives us, whatever ends us."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress

from aggregator.errors import HaiheError

log = logging.getLogger("haihe.run")

WATCH_EVERY = 0.3  # seconds between looks at the parent
PATIENCE = 1.0  # seconds that a child has between being asked to end and being ended
PAUSE = 3.0  # seconds between two starts of a child
PARENT_VARIABLE = "HAIHE_PARENT"  # how a web worker learns whose it is: when it comes to look, its parent may be gone already
AT_LAST = 4.5  # seconds between being told to end and ending, whatever is still under way


_OTHER_HOST = "write an address of this machine, 127.0.0.1 or 0.0.0.0 (serve.host, --host)"
_ADVICE = {
    errno.EADDRINUSE: "is haihe running already? Stop it, or choose another port (serve.port, --port)",
    errno.EACCES: "ports below 1024 are for the administrator; choose another port (serve.port, --port)",
}


class PortTaken(HaiheError):
    """the port cannot be listened at"""


def require_port(host: str, port: int) -> None:
    """PortTaken unless we can listen there. The server itself would share the port in silence (SO_REUSEPORT)."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # Without this a port whose last connections still linger would look taken; a listening one is refused all the same.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except OSError as error:
            raise PortTaken(f"{host}:{port} cannot be used ({error.strerror}): {_ADVICE.get(error.errno or 0, _OTHER_HOST)}") from error


async def announce(host: str, port: int) -> None:
    """Say where the pages are as soon as somebody answers there."""
    shown = "127.0.0.1" if host in ("0.0.0.0", "::", "") else host  # noqa: S104 - compared, not bound
    while True:
        with suppress(OSError):
            _, writer = await asyncio.open_connection(shown, port)
            writer.close()
            log.info("serving http://%s:%d/ (Ctrl-C ends it)", f"[{shown}]" if ":" in shown else shown, port)
            return
        await asyncio.sleep(0.1)


class Child:
    """A module of ours, run in a session of its own: the terminal's Ctrl-C reaches us alone, and we end the whole group."""

    def __init__(self, module: str, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
        self._command = [sys.executable, "-m", module, *arguments]
        self._environment = {**os.environ, **environment}
        self._born = 0.0
        self._process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        self._born = time.monotonic()
        return subprocess.Popen(self._command, env=self._environment, start_new_session=True)  # noqa: S603 - our own words

    def look_after(self) -> None:
        """Start it again when it has ended by itself, but not more often than every few seconds."""
        code = self._process.poll()
        if code is not None and time.monotonic() - self._born > PAUSE:
            log.error("the web server ended by itself (exit code %s); starting it again", code)
            self._process = self._start()

    def ask_to_end(self) -> None:
        self._signal(signal.SIGTERM)

    def stop(self) -> None:
        """Ask, wait, insist: afterwards nothing of its group is left."""
        self.ask_to_end()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(PATIENCE)
        self._signal(signal.SIGKILL)
        self._process.wait()

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)


def leave_when_told() -> None:
    """Until there is a loop that listens (`told_to_stop`): a signal ends this process in order, with exit code 0."""
    for number in _endings():
        signal.signal(number, lambda *_: sys.exit(0))


def _endings() -> list[signal.Signals]:
    """The signals that mean the end. SIGHUP says that the terminal was closed, unless nohup has it ignored."""
    hung_up = [] if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN else [signal.SIGHUP]
    return [signal.SIGINT, signal.SIGTERM, *hung_up]


@contextmanager
def told_to_stop(at_last: float = AT_LAST) -> Iterator[asyncio.Event]:
    """An event that SIGINT, SIGTERM and SIGHUP set, for the running loop.

    From the first signal on the process has `at_last` seconds to end: a database that does not let go of us must not keep us. A second
    signal ends it at once. Neither loses anything that was committed."""
    loop, stop, signals = asyncio.get_running_loop(), asyncio.Event(), _endings()

    def tell() -> None:
        stop.set()
        for number in signals:
            loop.remove_signal_handler(number)
            signal.signal(number, signal.SIG_DFL)  # the kernel's own answer, whatever this process is busy with
        end = threading.Timer(at_last, _end, (at_last,))
        end.daemon = True
        end.start()

    for number in signals:
        loop.add_signal_handler(number, tell)
    try:
        yield stop
    finally:
        if not stop.is_set():
            for number in signals:
                loop.remove_signal_handler(number)


def _end(seconds: float) -> None:
    log.warning("not all came to its end within %g s of being told; ending without it, nothing that was recorded is lost", seconds)
    os._exit(0)


def end_with_parent(parent: int | None = None) -> None:
    """Watch the parent from a thread, and end this process group when it is gone (SIGKILL of the parent reaches nobody else)."""
    first = os.getppid() if parent is None else parent

    def watch() -> None:
        while os.getppid() == first:
            threading.Event().wait(WATCH_EVERY)
        if os.getpgrp() == os.getpid():
            os.killpg(0, signal.SIGKILL)
        os._exit(1)

    threading.Thread(target=watch, name="watch the parent", daemon=True).start()
