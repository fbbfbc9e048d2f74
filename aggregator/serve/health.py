"""How a source is doing, in words for everybody; the judgement itself is `aggregator.health`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from aggregator.health import Health, judge
from aggregator.records import SourceState
from aggregator.serve.words import Words, mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """`words` for everybody, `detail` as the puller wrote it, where it is of the source alone; times are for the page."""

    health: Health
    words: str
    detail: str | None = None
    pulled_at: datetime | None = None
    changed_at: datetime | None = None
    next_at: datetime | None = None
    failures: int = 0


# Error kinds (aggregator.errors, feeds.errors) in words that need no knowledge of either.
_CAUSES = {
    "Unreachable": mark("Its server cannot be reached"),
    "TimedOut": mark("Its server takes too long to answer"),
    "Blocked": mark("Its address is one that we must not reach"),
    "Disallowed": mark("Its robots.txt asks programs to stay away"),
    "TooLarge": mark("Its answer is larger than we accept"),
    "BadAnswer": mark("Its answer cannot be understood"),
    "Refusing": mark("Its server refuses us"),
    "Gone": mark("It has ended: its server says that it will not come back"),
    "TooMany": mark("Its server asks us to come less often"),
    "Failing": mark("Its server is broken at the moment"),
    "Missing": mark("Its file is not there"),
    "NoRoom": mark("There is no room here for what it sent"),
    "NotAFeed": mark("There is something else at its address, not a feed"),
    "Malformed": mark("It is broken beyond reading"),
    "Refused": mark("It is not safe to read"),
    "NothingFound": mark("No entries are found on its page, which may have been rebuilt"),
}
_UNKNOWN = mark("It cannot be read at the moment")
_OURS = frozenset({"Missing", "NoRoom"})  # kinds whose text names files of this machine: `haihe status` says it to the operator
_LOGIN = re.compile(r"//[^/@\s]+@")


def report(state: SourceState | None, off: str | None, words: Words) -> Report:
    """`off` is why the configuration does not pull it. A source that the store does not know yet is a new one."""
    health = judge(state, off)
    match health:
        case Health.OFF:
            switched = off == "enabled is false"  # the switch itself says no more than the words
            return Report(
                health=health,
                words=words.gettext("Switched off by the editors") if switched else words.gettext("Not set up yet"),
                detail=None if switched else off,
                changed_at=state.changed_at if state else None,
            )
        case Health.FINE if state:
            return _told(state, health, words.gettext("Fine"))
        case Health.FAILING | Health.ENDED if state:
            return _told(state, health, words.gettext(_CAUSES.get(state.error_kind or "", _UNKNOWN)))
        case _:
            return Report(health=Health.NEW, words=words.gettext("Not pulled yet"), next_at=state.next_pull_at if state else None)


def _told(state: SourceState, health: Health, said: str) -> Report:
    return Report(
        health=health,
        words=said,
        detail=_LOGIN.sub("//", state.error_text) if state.error_text and state.failures and state.error_kind not in _OURS else None,
        pulled_at=state.pulled_at,
        changed_at=state.changed_at,
        next_at=state.next_pull_at,
        failures=state.failures,
    )
