"""Two processes that pull into one SQLite file would pull everything twice: the second one is refused."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aggregator.errors import StoreBusy, StoreError


@contextmanager
def hold(database: Path) -> Iterator[None]:
    """Hold `<database>.lock` for as long as the block runs. Raises StoreBusy, which names who holds it.

    The lock is the kernel's, not the file's: it goes with its process however that ends, so a file left behind means nothing. It
    is not handed on to programs that we start, since Python opens files close-on-exec (PEP 446)."""
    path = database.with_name(database.name + ".lock")
    try:
        file = path.open("a+", encoding="ascii")
    except OSError as error:
        raise StoreError(
            f"the lock file {path} cannot be written ({error.strerror}): give this user the right to write to its folder"
        ) from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read(20).strip() or "unknown"
            raise StoreBusy(
                f"another haihe (process {holder}) already pulls into {database}: stop it first, or give this one a database of its own"
            ) from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield
