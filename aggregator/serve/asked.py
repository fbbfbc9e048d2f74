"""What a feed's address may ask for beside its section and format: `limit` and `body`, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl

LIMITS = (10, 20, 50, 100)
BODIES = ("summary", "link")


class Wrong(ValueError):
    """A parameter with a value that it cannot have; the text is for who asked."""


@dataclass(frozen=True, slots=True)
class Asked:
    """How many entries and how much text of each; None is as the section has it."""

    limit: int | None = None
    body: str | None = None

    @property
    def query(self) -> str:
        """The one way to write it, for the address of this rendition; empty for the section's own."""
        said = (("limit", self.limit), ("body", self.body))
        return "&".join(f"{name}={value}" for name, value in said if value is not None)


@lru_cache(maxsize=1024)
def asked(query: str) -> Asked:
    """What a query string asks for. Parameters that we do not know are passed over, so that whatever trackers and cache busters add leads
    to the same bytes. Raises Wrong for a value that cannot be, and for one parameter said twice in two ways."""
    said: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True, errors="replace", max_num_fields=None):
        if name in ("limit", "body") and said.setdefault(name, value) != value:
            raise Wrong(f"{name} is given twice, as {said[name][:20]} and as {value[:20]}: give it once.")
    limit, body = said.get("limit"), said.get("body")
    if limit is not None and limit not in map(str, LIMITS):
        raise Wrong(f"limit is the number of entries: one of {', '.join(map(str, LIMITS))}.")
    if body is not None and body not in BODIES:
        raise Wrong(f"body is how much text each entry has: one of {', '.join(BODIES)}.")
    return Asked(limit=int(limit) if limit else None, body=body)
