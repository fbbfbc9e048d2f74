"""Something of ours that fails again and again: said in one line when it begins, seldom while it lasts, and once when it is over."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from aggregator.errors import HaiheError

log = logging.getLogger("haihe.run")

REPEAT = 60.0  # seconds until it is said again; doubled each time
SELDOM = 3600.0  # seconds between two lines at most
LONGEST_PAUSE = 10.0  # seconds between two tries at most


class Trouble:
    """`what` goes on the line before the error. `clock` is any clock that only goes forward, in seconds."""

    def __init__(self, what: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._what, self._clock = what, clock
        self._since: float | None = None
        self._failures = 0
        self._try_at = self._say_at = float("-inf")
        self._patience, self._said = REPEAT, ""

    @property
    def lasts(self) -> bool:
        """The last try failed."""
        return self._failures > 0

    @property
    def resting(self) -> bool:
        """The last try failed so recently that another one is not worth its cost."""
        return self._clock() < self._try_at

    def failed(self, error: Exception) -> None:
        now = self._clock()
        self._try_at = now + min(2.0 ** min(self._failures, 9), LONGEST_PAUSE)
        self._failures += 1
        self._since = now if self._since is None else self._since
        said = str(error) or repr(error)
        if said == self._said and now < self._say_at:
            return
        self._patience = min(2 * self._patience, SELDOM) if said == self._said else REPEAT
        self._said, self._say_at = said, now + self._patience
        # Ours have all that an operator needs in their words; a fault that we did not foresee shows where it is, once.
        log.error("%s: %s", self._what, said, exc_info=None if isinstance(error, HaiheError) or self._failures > 1 else error)

    def fine(self) -> None:
        if self._since is not None:
            log.info("%s: it works again, after %.0f s", self._what, self._clock() - self._since)
        self._since, self._failures, self._try_at = None, 0, float("-inf")
