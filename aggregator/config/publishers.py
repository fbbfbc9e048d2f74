"""Who is who: the one record behind a publisher's many names, so that its credit, address, rights and policy hang together.

Names come from `publishers` and from what the sources say of themselves: an entry that a portal signs 稿源:津水微言 is credited as the
account that is configured as a source of its own. A name that would lead to two records leads to none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A publisher as the operator knows it. `republish` is None where the operator does not say."""

    name: str
    homepage: str | None = None
    rights: str | None = None
    republish: str | None = None


@dataclass(frozen=True, slots=True)
class Publishers:
    """Every name that is known, folded, with its record."""

    known: Mapping[str, Record] = field(default_factory=dict)

    @classmethod
    def of(cls, stated: Iterable[tuple[Iterable[str], Record]], implied: Iterable[tuple[Iterable[str], Record]]) -> Self:
        """Names with their records: those that the operator `stated` win over those that the sources `implied`."""
        told: dict[str, set[Record]] = {}
        for names, record in implied:
            for name in names:
                told.setdefault(fold(name), set()).add(record)
        sure = {fold(name): record for names, record in stated for name in names}
        return cls({name: next(iter(records)) for name, records in told.items() if len(records) == 1} | sure)

    def find(self, name: str | None) -> Record | None:
        """The record behind a name as a byline states it."""
        return self.known.get(fold(name)) if name else None


NOBODY = Publishers()


def fold(text: str) -> str:
    """Names compared as people read them: without quotation marks, blanks and case."""
    return re.sub(r"[\s“”\"'‘’「」《》]+", "", text).casefold()
