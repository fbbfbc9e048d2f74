"""Documents that come one after the other, for minutes, and are read together in the end."""

from __future__ import annotations

from typing import Self

from msgspec import structs

from aggregator.wire.room import Room
from aggregator.wire.spool import LARGE, Spool
from feeds.records import Document


class Stack:
    """While others are on their way, what is here lies in a `Spool`, and takes up none of the room that large bodies have in memory. In the
    end it takes up as much as all of it needs. Holding on to a document that was put here is for the caller to avoid."""

    def __init__(self, room: Room | None = None) -> None:
        self._room, self._spool = room or Room(), Spool()
        self._there: dict[str, tuple[Document, int, int]] = {}  # without its body, where that begins, and its size

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._spool.__exit__()

    def __contains__(self, name: str) -> bool:
        return name in self._there

    @property
    def size(self) -> int:
        """Bytes of all bodies."""
        return self._spool.size

    def put(self, name: str, document: Document) -> None:
        self._there[name] = (structs.replace(document, body=b""), self._spool.size, len(document.body))
        self._spool.write(document.body)

    def get(self, name: str) -> Document:
        """One of them, to be let go of before the next one is asked for."""
        document, start, size = self._there[name]
        return structs.replace(document, body=self._spool.part(start, size))

    def step_out(self) -> None:
        """Nothing of it is in memory now: others may have the room."""
        self._room.leave()

    async def all(self) -> dict[str, Document]:
        """All of them, once there is room for all."""
        self.step_out()
        if self.size > LARGE:
            await self._room.enter(self.size)
        return {name: self.get(name) for name in self._there}
