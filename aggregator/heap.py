"""What a process keeps of the memory that it took: large documents come and go, and between them there is little to hold."""

from __future__ import annotations

import ctypes
import gc
import resource
from contextlib import suppress
from pathlib import Path

RESTING = 48 * 1024 * 1024  # bytes that a process may keep when nothing comes any more
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8  # malloc.h


def keep_going() -> None:
    """What is loaded by now stays for good: the collector need not look at it again and again. What comes from now on it is to look at
    often, since a circle of small objects may hold a whole document; but a document makes thousands of them, and most stay for a while."""
    gc.freeze()
    gc.set_threshold(5_000, 10, 10)


def keep_little() -> None:
    """From now on this process gives back what large blocks took as soon as they are free: glibc keeps ever more after each of them."""
    library = ctypes.CDLL(None)
    if hasattr(library, "mallopt"):
        library.mallopt(_M_MMAP_THRESHOLD, 256 * 1024)
        library.mallopt(_M_TRIM_THRESHOLD, 1024 * 1024)
        library.mallopt(_M_ARENA_MAX, 1)  # each thread would keep what is free of its own; one at a time works anyway


def give_back(beyond: int = RESTING) -> None:
    """What many small blocks took, those of a large tree, goes back too, where that is more than so many bytes."""
    with suppress(OSError, ValueError):  # where there is no /proc, nothing is known of it
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        if pages * resource.getpagesize() > beyond:
            gc.collect()
            library = ctypes.CDLL(None)
            if hasattr(library, "malloc_trim"):
                library.malloc_trim(0)
