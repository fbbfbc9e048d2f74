"""A composed feed in one format: deterministic bytes, their ETag, their compressed twin."""

from __future__ import annotations

import gzip
from dataclasses import replace
from datetime import datetime

from aggregator.records import Rendition
from feeds.records import Feed
from feeds.write import Format


def render(section: str, feed: Feed, form: Format, address: str, updated_at: datetime) -> Rendition:
    """Rendered once per change."""
    body = form.render(replace(feed, self_link=address))
    return Rendition(
        section=section,
        format=form.name,
        media_type=form.media_type,
        etag=Rendition.tag(body),
        updated_at=updated_at,
        body=body,
        encoded={"gzip": gzip.compress(body, compresslevel=6, mtime=0)},
    )
