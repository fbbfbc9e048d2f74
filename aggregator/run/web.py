"""The web server: granian with our WSGI application, in this process and its workers.

``python -m aggregator.run.web TARGET HOST PORT WORKERS PARENT`` is the server that `haihe run` starts beside itself. It reads no
configuration and imports nothing of the application, since it only looks after workers, which do."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Sequence

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from aggregator.run.family import PARENT_VARIABLE, end_with_parent

THREADS = min(8, (os.cpu_count() or 1) * 2)  # a worker's threads for pages; granian's own default is hundreds
WAITING = 16  # and beside them those that may wait for somebody else's server (pictures)
# Threads that wait are meant; and a worker in the midst of something is ended a second after it was asked to.
_NO_NEWS = ("Python threads", "refused to gracefully stop")
_LOGS = {"loggers": {"_granian": {"handlers": [], "propagate": True}}}  # with ours, on stderr


def serve(target: str, host: str, port: int, workers: int) -> None:
    """Serve the application factory `module:function` until SIGINT or SIGTERM; blocks."""
    os.environ[PARENT_VARIABLE] = str(os.getpid())
    logging.getLogger("_granian").addFilter(lambda said: not any(each in said.getMessage() for each in _NO_NEWS))
    Granian(
        target=target,
        factory=True,
        address=host,
        port=port,
        workers=workers,
        interface=Interfaces.WSGI,
        blocking_threads=THREADS + WAITING,
        backlog=1024,
        respawn_failed_workers=True,
        workers_kill_timeout=1,  # the default is never
        log_enabled=True,
        log_level=LogLevels.warning,
        log_dictconfig=_LOGS,
        websockets=False,
    ).serve()


def main(arguments: Sequence[str]) -> None:
    target, host, port, workers, parent = arguments
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    end_with_parent(int(parent))
    serve(target, host, int(port), int(workers))


if __name__ == "__main__":
    main(sys.argv[1:])
