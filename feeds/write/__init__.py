"""Feed -> bytes. One module a format, each with its `FORMAT`; the one home of feedgen.

What `render` is given is ready to publish: ids set, `Entry.updated` our revision time, content present only where it may be
published, `Feed.self_link` the address of this very format. The same feed gives the same bytes, on every machine and always.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from feeds.records import Feed


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A way to write a feed: `name` as the operator knows it, the `media_type` to serve it with, the file `extension` (no dot)."""

    name: str
    media_type: str
    extension: str
    render: Callable[[Feed], bytes]
