"""How a source is doing, in one word: one judgement for the status table, its JSON and the page."""

from __future__ import annotations

from enum import StrEnum

from aggregator.records import SourceState


class Health(StrEnum):
    FINE = "fine"
    FAILING = "failing"
    ENDED = "ended"
    OFF = "off"
    NEW = "new"


def judge(state: SourceState | None, off: str | None) -> Health:
    """`off` is why the configuration does not pull it; a source that the store does not know yet is a new one."""
    if off is not None:
        return Health.OFF
    if state is None or (state.pulled_at is None and not state.failures):
        return Health.NEW
    if not state.failures:
        return Health.FINE
    return Health.ENDED if state.next_pull_at is None else Health.FAILING
