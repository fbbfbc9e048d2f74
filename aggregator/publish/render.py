"""A composed feed in one format: deterministic bytes, their ETag, their compressed twins."""

from __future__ import annotations

import gzip
from datetime import datetime

import brotli
import zstandard
from msgspec import structs

from aggregator.records import Rendition
from feeds.records import Feed
from feeds.write import Format
from feeds.write.fragments import Fragments


def render(
    section: str, feed: Feed, form: Format, address: str, updated_at: datetime, fragments: Fragments, known: str | None = None
) -> Rendition | None:
    """Rendered once per change; None where the bytes are those of the tag that is `known`, which are not packed again either."""
    body = form.render(structs.replace(feed, self_link=address), fragments)
    etag = Rendition.tag(body)
    if etag == known:
        return None
    return Rendition(
        section=section, format=form.name, media_type=form.media_type, etag=etag, updated_at=updated_at, body=body, encoded=pack(body)
    )


def pack(body: bytes) -> dict[str, bytes]:
    """The body in each content coding. The levels are where a text of this kind takes as long to pack as to write; one more takes two or
    three times as long for a few bytes in a hundred. A small window makes brotli choose a quicker way that packs feeds no worse.
    """
    return {
        "gzip": gzip.compress(body, compresslevel=5, mtime=0),
        "br": brotli.compress(body, mode=brotli.MODE_TEXT, quality=5, lgwin=16),
        "zstd": zstandard.ZstdCompressor(level=3).compress(body),
    }
