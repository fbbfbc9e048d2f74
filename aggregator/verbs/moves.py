"""What to tell the operator of a source that has moved for good: the edit to make, without the secrets of an address."""

from __future__ import annotations

from urllib.parse import urlsplit

from aggregator.cadence import proposal
from aggregator.config import Source
from aggregator.records import Moved


def edit(source: Source, moved: Moved | None) -> str | None:
    """The edit of the configuration, once it is proved: `sources.jinshui.url: old → new`."""
    to = proposal(moved)
    return f"sources.{source.key}.url: {source.written} → {shown(source, to)}" if to else None


def shown(source: Source, address: str) -> str:
    """`address` as it may be shown: where the configured one comes from the environment, secrets are likely to stand in this one too."""
    if source.public_url is not None:
        return address
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.hostname}/… (ask `curl -sI` for the rest: it may hold a secret)"
