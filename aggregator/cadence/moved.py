"""When permanent redirects have proved that a source has moved."""

from __future__ import annotations

from datetime import timedelta

from aggregator.records import Moved

PULLS = 5  # in a row
STOOD = timedelta(days=2)  # a broken deployment or a parked domain redirects for hours, often with 301


def proposal(moved: Moved | None) -> str | None:
    """The address to propose to the operator; we never change it ourselves, and keep asking the configured one."""
    return moved.to if moved and moved.times >= PULLS and moved.stood >= STOOD else None
