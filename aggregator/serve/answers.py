"""Bytes with their validators as an answer: 200 with a body, or 304 without one."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable
from datetime import datetime
from functools import partial
from wsgiref.types import WSGIEnvironment

import brotli
from flask import Request, Response
from werkzeug.datastructures import Headers
from werkzeug.http import http_date

from aggregator.serve import conditional

PAGE_AGE = 60  # seconds that a page may be kept without asking again
_CODINGS = {"br": 1, "gzip": 2}  # the smaller first, where the client does not care


class NotModified(Response):
    """A 304 with the headers of the 200 (RFC 9110 §15.4.5); Werkzeug drops Last-Modified, which clients without ETags live by."""

    def __init__(self, kept: Headers) -> None:
        super().__init__(status=304)
        self._kept = kept

    def get_wsgi_headers(self, environ: WSGIEnvironment) -> Headers:
        headers = super().get_wsgi_headers(environ)
        for name, value in self._kept.items():
            headers[name] = value
        return headers


def answer(
    request: Request,
    body: bytes | Callable[[], bytes],
    *,
    content_type: str,
    etag: str,
    max_age: int,
    vary: str,
    updated_at: datetime | None = None,
    coding: str | None = None,
) -> Response:
    """`body` is as it goes over the wire, packed already where a `coding` is named; or what makes it, which a 304 does without."""
    kept = Headers({"ETag": etag, "Cache-Control": f"public, max-age={max_age}", "Vary": vary})
    if updated_at is not None:
        kept["Last-Modified"] = http_date(updated_at)
    if conditional.unchanged(
        etag=etag,
        updated_at=updated_at,
        if_none_match=request.headers.get("If-None-Match"),
        if_modified_since=request.headers.get("If-Modified-Since"),
    ):
        return NotModified(kept)
    response = Response(body() if callable(body) else body, content_type=content_type)
    response.headers.update(kept)
    if coding:
        response.headers["Content-Encoding"] = coding
    return response


def page(request: Request, html: str) -> Response:
    body = Packed(html.encode())
    return packed(request, body, content_type="text/html; charset=utf-8", max_age=PAGE_AGE, vary="Accept-Language, Accept-Encoding")


class Packed:
    """A body with its tag; packed when somebody first takes it so."""

    def __init__(self, body: bytes, etag: str | None = None) -> None:
        self.body, self.etag = body, etag or tag(body)
        self._made: dict[str, bytes] = {}

    def as_(self, coding: str | None) -> bytes:
        if coding is None:
            return self.body
        if coding not in self._made:
            self._made[coding] = brotli.compress(self.body, quality=5) if coding == "br" else gzip.compress(self.body, 6, mtime=0)
        return self._made[coding]


def packed(request: Request, body: Packed, *, content_type: str, max_age: int, vary: str) -> Response:
    coding = conditional.coding(_CODINGS, request.headers.get("Accept-Encoding", ""))
    made = partial(body.as_, coding)
    return answer(request, made, content_type=content_type, etag=body.etag, max_age=max_age, vary=vary, coding=coding)


def tag(body: bytes) -> str:
    """A weak tag: a proxy that packs the body need not change it."""
    return f'W/"{hashlib.sha256(body).hexdigest()[:24]}"'
