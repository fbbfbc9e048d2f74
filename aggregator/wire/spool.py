"""A body as it comes over the wire. Who sends much of it slowly takes up a file, not memory; where no file can be had, not much of it."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Mapping
from typing import BinaryIO, Self

from aggregator.errors import NoRoom

LARGE = 512 * 1024  # bytes of a body that are in memory while it comes; below that, what all pulls hold together is little
WITHOUT_DISK = 2 * 1024 * 1024  # bytes of a body that the disk does not take; most documents are smaller than that


class Spool:
    """The beginning is kept in memory, what is large in a file without a name: it is gone with us, however we end. Where no file can be
    had, or the disk is full, some of it stays in memory. `folder` is where files without a name are made, if not where `on_disk` says."""

    def __init__(self, folder: str | None = None) -> None:
        self._folder = folder
        self.size = 0
        self._digest = hashlib.sha256()
        self._chunks: list[bytes] = []
        self._held = 0  # bytes of these
        self._file: BinaryIO | None = None
        self._stored = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._chunks.clear()
        if self._file is not None:
            self._file.close()

    @property
    def digest(self) -> str:
        """The SHA-256 of all that came."""
        return self._digest.hexdigest()

    def write(self, chunk: bytes) -> None:
        """NoRoom where the disk does not take what is more than WITHOUT_DISK."""
        self._digest.update(chunk)
        self._chunks.append(chunk)
        self.size += len(chunk)
        self._held += len(chunk)
        if self._held > LARGE and (error := self._put_away()) and self._held > WITHOUT_DISK:
            raise NoRoom(
                f"there is no room on this machine for a document of more than {self.size >> 20} MiB while it comes "
                f"({error.strerror or error}); make room in {self._folder or on_disk(os.environ) or tempfile.gettempdir()}"
            ) from error

    def read(self, most: int | None = None) -> bytes:
        """All of it, or the first `most` bytes; one copy of it is in memory then."""
        wanted = self.size if most is None else min(most, self.size)
        if self._file is None:
            body = b"".join(self._chunks)
            return body if len(body) == wanted else body[:wanted]
        self._put_away()
        self._file.seek(0)
        stored = self._file.read(min(wanted, self._stored))
        return b"".join([stored, *self._chunks])[:wanted] if self._chunks else stored

    def part(self, start: int, size: int) -> bytes:
        """So many bytes from there on; no more than a copy of these is in memory then."""
        if self._file is not None:
            self._put_away()
        if self._file is None or self._chunks:  # little, or more than the disk takes
            return self.read(start + size)[start:]
        return os.pread(self._file.fileno(), size, start)

    def _put_away(self) -> OSError | None:
        """What is held goes to the file; if not, why."""
        try:
            if self._file is None:
                self._file = tempfile.TemporaryFile(dir=self._folder or on_disk(os.environ))  # noqa: SIM115 - closed with this
            piece, at = b"".join(self._chunks), self._stored
            while piece:
                written = os.pwrite(self._file.fileno(), piece, at)
                piece, at = piece[written:], at + written
        except OSError as error:
            return error
        self._stored, self._held = at, 0
        self._chunks.clear()
        return None


def on_disk(environment: Mapping[str, str], folder: str = "/var/tmp") -> str | None:  # noqa: S108 - its files have no names to guess
    """Where large temporary files belong: where the environment says (None: `tempfile` sees to that), or else in /var/tmp, since /tmp is
    memory itself on many systems (file-hierarchy(7))."""
    told = any(environment.get(name) for name in ("TMPDIR", "TEMP", "TMP"))
    return folder if not told and os.access(folder, os.W_OK | os.X_OK) else None
