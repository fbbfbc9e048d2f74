"""A rendition with every answer to it made ready, so that serving it is choosing one."""

from __future__ import annotations

from datetime import datetime

from werkzeug.http import http_date

from aggregator.records import Rendition
from aggregator.serve import conditional

# A page of somebody else may read a feed and its validators.
CORS = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "ETag, Last-Modified"}
KINDS = 64  # different Accept-Encoding headers whose answers are remembered; there are a dozen or so in the world

Headers = list[tuple[str, str]]


class Packed:
    """The body in one content coding, and the headers of its 200."""

    __slots__ = ("body", "headers")

    def __init__(self, body: bytes, coding: str | None, headers: Headers) -> None:
        self.body = (body,)
        self.headers = [*headers, *([("Content-Encoding", coding)] if coding else []), ("Content-Length", str(len(body)))]


class Edition:
    """`age` is in seconds, `guard` the headers of every answer of the site, `location` this rendition's own address, relative to any other
    that leads to it (with parameters in another order, or with some that are passed over). `now` bounds Last-Modified, which must never be
    later than Date (RFC 9110 §8.8.2.1) though another machine's clock may be ahead."""

    __slots__ = ("_by_header", "_twins", "etag", "kept", "plain", "rendition", "updated_at")

    def __init__(self, rendition: Rendition, age: int, guard: Headers, now: datetime, location: str) -> None:
        self.rendition = rendition
        self.etag = conditional.weak(rendition.etag)
        self.updated_at = min(rendition.updated_at, now)
        # A 304 carries what a 200 would that caches and readers live by (RFC 9110 §15.4.5).
        self.kept: Headers = [
            ("ETag", self.etag),
            ("Last-Modified", http_date(self.updated_at)),
            ("Cache-Control", f"public, max-age={age}"),
            ("Vary", "Accept-Encoding"),
            ("Content-Location", location),
            *CORS.items(),
        ]
        headers = [("Content-Type", _typed(rendition.media_type)), *self.kept, *guard]
        self.plain = Packed(rendition.body, None, headers)
        self._twins = {coding: Packed(body, coding, headers) for coding, body in rendition.encoded.items()}
        self._by_header: dict[str, Packed] = {}

    @property
    def size(self) -> int:
        """Bytes of all bodies."""
        return sum(len(packed.body[0]) for packed in (self.plain, *self._twins.values()))

    def unchanged(self, tags: str | None, since: str | None) -> bool:
        return conditional.unchanged(etag=self.etag, updated_at=self.updated_at, if_none_match=tags, if_modified_since=since)

    def refused(self, tags: str | None, since: str | None) -> bool:
        return conditional.refused(updated_at=self.updated_at, if_match=tags, if_unmodified_since=since)

    def packed(self, accepted: str) -> Packed:
        """The body in the coding that an Accept-Encoding header asks for."""
        found = self._by_header.get(accepted)
        if found is None:
            name = conditional.coding({coding: len(packed.body[0]) for coding, packed in self._twins.items()}, accepted)
            found = self._twins[name] if name else self.plain
            if len(self._by_header) < KINDS:
                self._by_header[accepted] = found
        return found


def _typed(media_type: str) -> str:
    """XML says its charset, lest it be read as US-ASCII (RFC 7303 §8); JSON has one charset and no such parameter (RFC 8259 §11)."""
    return f"{media_type}; charset=utf-8" if "xml" in media_type and "charset" not in media_type else media_type
