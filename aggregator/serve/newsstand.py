"""The editions of the feeds that are up, kept in memory and never behind the store by more than a moment.

What is up is looked for when asked to (`look`), or by a thread that sees what others published within a quarter of a second (`follow`).
While the store cannot answer, what is in memory stays up.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from urllib.parse import quote

from aggregator.errors import StoreError
from aggregator.records import Rendition, Stamp
from aggregator.serve.asked import Asked
from aggregator.serve.edition import Edition, Headers
from aggregator.serve.shelf import Shelf

log = logging.getLogger("haihe.serve")

EVERY = 0.25  # seconds between two looks at what is published
AGAIN = 60.0  # seconds after which the pace of the sections is looked at again
ROOM = 64 * 1024 * 1024  # bytes of bodies; the oldest go first, and are read again when asked for
AGE = 300  # seconds that a feed is fresh where the pace of its section is not known
SHORTEST, LONGEST = 60, 3600  # and the bounds where it is

Key = tuple[str, str, Asked]  # section, format, and what is asked beside
Render = Callable[[str, str, Asked], Rendition | None]
OWN = Asked()  # the section as it is


class Newsstand:
    """`sections` are the keys that have feeds, `formats` those that each has once it is published; `render` makes the renditions that are
    made only when somebody asks; `guard` are headers for every answer.

    `ready` holds the sections' own editions by path, and `paths` what any path of a feed means."""

    def __init__(
        self,
        shelf: Shelf,
        sections: Collection[str],
        formats: Collection[str],
        render: Render | None = None,
        guard: Headers | None = None,
        room: int = ROOM,
    ) -> None:
        self._shelf, self._render, self._guard, self._room = shelf, render, guard or [], room
        self._sections = frozenset(sections)
        self._stamps: dict[tuple[str, str], Stamp] = {}
        self._editions: dict[Key, tuple[Stamp | None, Edition]] = {}
        self._ages: dict[str, int] = {}
        self._lock = threading.Lock()
        self._making: dict[Key, threading.Lock] = {}
        self.ready: dict[str, Edition] = {}
        self.paths = {_path(section, form): (section, form) for section in sections for form in formats}
        self.following = False
        self._closed = threading.Event()

    def follow(self) -> None:
        """From now on look by ourselves, in a thread that ends with `close` or the process."""
        self.look()
        self.following = True
        threading.Thread(target=self._watch, name="haihe-editions", daemon=True).start()

    def close(self) -> None:
        """Look no more."""
        self._closed.set()

    def edition(self, key: Key) -> Edition | None:
        """From memory while it is the one that is up; else made now, by one thread for all who ask. None: nothing is up yet.

        Raises StoreError when it cannot be made and no older one is there."""
        if (edition := self._fresh(key)) is not None:
            return edition
        with self._lock:
            making = self._making.setdefault(key, threading.Lock())
        with making:
            return self._fresh(key) or self._make(key)

    def look(self) -> bool:
        """Take up what was published. Whether all of it could be read."""
        try:
            stamps = self._shelf.stamps()
        except StoreError as error:
            log.debug("what is published cannot be looked at: %s", error)
            return False
        self.paths |= {_path(*key): key for key in stamps.keys() - self._stamps.keys() if key[0] in self._sections}
        self._stamps = stamps
        whole = True
        for key, (stamp, _) in list(self._editions.items()):
            now = stamps.get(key[:2])
            if now is None:
                with self._lock:
                    self._drop(key)
            elif now != stamp and key[2] == OWN:
                self._make(key)
                whole = whole and self._fresh(key) is not None
        return whole

    def stamp(self, section: str) -> Stamp | None:
        """What tells the present state of a section from the next, for what is made of it elsewhere: the stamp of its JSON, which says all
        that there is. None: nothing is up yet."""
        if not self.following:
            self.look()
        return self._stamps.get((section, "json"))

    def _fresh(self, key: Key) -> Edition | None:
        stamp, edition = self._editions.get(key, (None, None))
        return edition if stamp == self._stamps.get(key[:2]) else None

    def _make(self, key: Key) -> Edition | None:
        section, form, asked = key
        stamp = self._stamps.get((section, form))  # read before the rest: what is published meanwhile has another
        try:
            rendition = self._shelf.rendition(section, form) if asked == OWN else self._rendered(key)
            age = self.age(section)
        except StoreError:
            if key in self._editions:
                return self._editions[key][1]
            raise
        if rendition is None:
            return None
        edition = self._edition(key, rendition, age)
        self._keep(key, stamp, edition)
        return edition

    def _edition(self, key: Key, rendition: Rendition, age: int) -> Edition:
        section, form, asked = key
        name = quote(f"{section}.{form}")
        return Edition(rendition, age, self._guard, datetime.now(UTC), f"{name}?{asked.query}" if asked.query else name)

    def _rendered(self, key: Key) -> Rendition | None:
        return self._render(*key) if self._render and key[:2] in self._stamps else None

    def _keep(self, key: Key, stamp: Stamp | None, edition: Edition) -> None:
        with self._lock:
            self._editions.pop(key, None)  # to the end of the line
            self._editions[key] = (stamp, edition)
            if key[2] == OWN and stamp == self._stamps.get(key[:2]):
                self.ready[_path(*key[:2])] = edition
            size = sum(each.size for _, each in self._editions.values())
            while size > self._room and len(self._editions) > 1:
                oldest = next(iter(self._editions))
                size -= self._editions[oldest][1].size
                self._drop(oldest)

    def _drop(self, key: Key) -> None:
        self._editions.pop(key, None)
        if key[2] == OWN:
            self.ready.pop(_path(*key[:2]), None)

    def age(self, section: str) -> int:
        """For how long a feed need not be asked for again: as long as its own sources are not, in whole minutes."""
        if section not in self._ages:
            pace = self._shelf.pace(section)
            self._ages[section] = AGE if pace is None else round(min(max(pace.total_seconds(), SHORTEST), LONGEST)) // 60 * 60
        return self._ages[section]

    def _renew(self) -> None:
        """The pace of a section may have changed, and with it the headers of its editions; their bytes stay."""
        before, self._ages = self._ages, {}
        for key, (stamp, edition) in list(self._editions.items()):
            age = self.age(key[0])
            if age != before.get(key[0]):
                self._keep(key, stamp, self._edition(key, edition.rendition, age))

    def _watch(self) -> None:
        whole, looked = True, time.monotonic()
        while not self._closed.wait(EVERY):
            try:
                if self._shelf.news() or not whole:
                    whole = self.look()
                if time.monotonic() - looked > AGAIN:
                    looked = time.monotonic()
                    self._renew()
            except StoreError as error:
                log.debug("what is published cannot be looked at: %s", error)
                whole = False
            except Exception:
                log.exception("following what is published went wrong; trying again")
                whole = False


def _path(section: str, form: str) -> str:
    """As WSGI has it: bytes in the clothes of latin-1 (PEP 3333)."""
    return f"/feeds/{section}.{form}".encode().decode("latin-1")
