"""Pictures on disk: one file each, named by the hash of its address, the oldest thrown away when there is no more room. Any number of
processes may share a folder; what cannot be kept is simply not kept."""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path

log = logging.getLogger("haihe.serve")

KEPT = 30 * 86_400  # seconds after which a picture is fetched anew
SWEPT = 16  # a sweep for every so-manieth part of the room that was written


class Cabinet:
    """`room` in bytes of all files."""

    def __init__(self, folder: Path, room: int) -> None:
        self._folder, self._room = folder, room
        self._written = room  # what came since the last sweep: the first one is due at once
        self._lock = threading.Lock()

    def find(self, address: str) -> bytes | None:
        path = self._path(address)
        try:
            return path.read_bytes() if time.time() - path.stat().st_mtime < KEPT else None
        except OSError:
            return None

    def keep(self, address: str, body: bytes) -> None:
        path = self._path(address)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file:
                try:
                    file.write(body)
                    file.flush()
                    Path(file.name).replace(path)
                except OSError:
                    Path(file.name).unlink()  # a full disk is not to fill with names besides
                    raise
        except OSError as error:
            log.warning("a picture cannot be kept in %s: %s", self._folder, error)
            return
        with self._lock:
            self._written += len(body)
            due = self._written > self._room // SWEPT
            if due:
                self._written = 0
        if due:
            self._sweep()

    def _sweep(self) -> None:
        """Throw away the oldest, until it is a little less than there is room for."""
        found = []
        for path in self._folder.glob("??/*"):
            with suppress(OSError):
                said = path.stat()
                found.append((said.st_mtime, said.st_size, path))
        size = sum(each[1] for each in found)
        for _, length, path in sorted(found):
            if size <= self._room - self._room // SWEPT:
                break
            with suppress(OSError):
                os.unlink(path)  # noqa: PTH108
            size -= length

    def _path(self, address: str) -> Path:
        name = hashlib.sha256(address.encode()).hexdigest()
        return self._folder / name[:2] / name
