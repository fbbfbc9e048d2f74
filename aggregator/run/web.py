"""The web server: granian with our WSGI application, in this process and its workers."""

from __future__ import annotations

import os

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

THREADS = min(8, (os.cpu_count() or 1) * 2)  # a worker's threads for pages; granian's own default is hundreds


def serve(target: str, host: str, port: int, workers: int) -> None:
    """Serve the application factory `module:function` until SIGINT or SIGTERM; blocks."""
    Granian(
        target=target,
        factory=True,
        address=host,
        port=port,
        workers=workers,
        interface=Interfaces.WSGI,
        blocking_threads=THREADS,
        backlog=1024,
        respawn_failed_workers=True,
        workers_kill_timeout=1,  # the default is never
        log_enabled=True,
        log_level=LogLevels.warning,
        websockets=False,
    ).serve()
