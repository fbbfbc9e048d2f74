"""What a fetcher is asked for, and the shapes of the callables on this floor."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from aggregator.records import Pulled, Unchanged
from aggregator.wire import Wire
from feeds.records import Document, Feed, Hints


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One document to fetch. `url` is its public address, `at` where it is fetched from (they differ for bundled and mirrored files).

    Validators and `body_hash` are those of the last time, None when it must come whole. `secrets` are the operator's headers for this
    source; they go to its own origin only. `proxy` is what the way leads through, with its own secrets. `admit` is asked
    about each hop (robots.txt), and raises where it must not be taken; None for what was published to be fetched. `form` is sent by POST
    where the server takes one at this address."""

    url: str
    at: str
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    proxy: str | None = field(default=None, repr=False)
    admit: Admit | None = None
    form: str | None = None


Admit = Callable[[str], Awaitable[None]]
Fetch = Callable[[Order, Wire], Awaitable[Pulled | Unchanged]]
Read = Callable[[Document, Hints], Awaitable[Feed]]
