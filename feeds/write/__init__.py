"""Feed -> bytes. One module a format, each with its `FORMAT`; the one home of feedgen.

What `render` is given is ready to publish: ids set, `Entry.updated` our revision time, content present only where it may be
published, `Feed.self_link` the address of this very format. The same feed gives the same bytes, on every machine and always.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from feeds.records import Feed
from feeds.write.fragments import Fragments


class Render(Protocol):
    def __call__(self, feed: Feed, fragments: Fragments | None = None, /) -> bytes:
        """`fragments` are entries as they were written before: what is there need not be written again."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A way to write a feed: `name` as the operator knows it, the `media_type` to serve it with, the file `extension` (no dot)."""

    name: str
    media_type: str
    extension: str
    render: Render
