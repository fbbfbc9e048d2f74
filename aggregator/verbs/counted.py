"""Numbers of things in words, for every verb: apart from `screen`, whose library takes its time to load."""

from __future__ import annotations


def counted(number: int, what: str) -> str:
    """``1 entry``, ``2 entries``, ``2 sources``."""
    several = f"{what[:-1]}ies" if what.endswith("y") else f"{what}s"
    return f"{number} {what if number == 1 else several}"
