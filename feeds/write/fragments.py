"""Entries as they were written before. When one entry of a feed changes, the others are the same bytes as the last time, and the same
entry stands in several feeds; so each is written once, and a feed is put together from what is there.

What is kept never shows: with it or without it, a feed has the same bytes.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from hashlib import blake2b

from feeds import codec
from feeds.records import Entry

ROOM = 16 * 1024 * 1024  # bytes of fragments; those that were not used for the longest time go first

Write = Callable[[Sequence[Entry]], list[bytes]]
_Key = tuple[str, Hashable, bytes]


class Fragments:
    """Safe for several threads."""

    def __init__(self, room: int = ROOM) -> None:
        self._kept: OrderedDict[_Key, bytes] = OrderedDict()
        self._size, self._room = 0, room
        self._last: tuple[Sequence[Entry], list[bytes]] = ((), [])
        self._lock = threading.Lock()

    def of(self, entries: Sequence[Entry], form: str, around: Hashable, write: Write) -> list[bytes]:
        """Each entry as it stands in a document of this format, in their order. `around` is all that decides on it beside the entry;
        `write` writes those that are not here yet, one fragment each."""
        keys = [(form, around, digest) for digest in self._digests(entries)]
        found = self._find(keys)
        missing = {key: entry for key, entry in zip(keys, entries, strict=True) if key not in found}
        if missing:
            written = dict(zip(missing, write(list(missing.values())), strict=True))
            self._keep(written)
            found |= written
        return [found[key] for key in keys]

    def _digests(self, entries: Sequence[Entry]) -> list[bytes]:
        of, digests = self._last  # the same feed comes once for each format
        if of is not entries:
            digests = [_digest(entry) for entry in entries]
            self._last = (entries, digests)
        return digests

    def _find(self, keys: Sequence[_Key]) -> dict[_Key, bytes]:
        with self._lock:
            found = {key: self._kept[key] for key in keys if key in self._kept}
            for key in found:
                self._kept.move_to_end(key)
        return found

    def _keep(self, written: dict[_Key, bytes]) -> None:
        with self._lock:
            for key, fragment in written.items():
                self._size += len(fragment) - len(self._kept.pop(key, b""))
                self._kept[key] = fragment
            while self._size > self._room:
                self._size -= len(self._kept.popitem(last=False)[1])


def _digest(entry: Entry) -> bytes:
    """Of its text: as records two entries are equal whose times are written in two zones."""
    try:
        text = codec.dump(entry).encode()
    except ValueError:  # half a character, which nothing that was stored has
        text = repr(entry).encode(errors="surrogatepass")
    return blake2b(text, digest_size=16).digest()
