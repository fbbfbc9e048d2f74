"""The fast lane: feeds from memory, in front of everything else (PEP 3333).

A GET of a feed costs a look into a dictionary and a comparison of tags: its bytes, packed and plain, and all its headers were made when it
was published. What the lane does not know goes on to the application behind it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from aggregator.errors import StoreError
from aggregator.serve.asked import Wrong, asked
from aggregator.serve.edition import CORS, Edition, Headers
from aggregator.serve.newsstand import Newsstand

log = logging.getLogger("haihe.serve")

RETRY = 30  # seconds after which a feed that is not there is worth asking for again
NOT_READY = "This feed is not ready yet: its first pull is under way. Please ask again in a moment."
NOT_READABLE = "The feeds cannot be read at the moment. Please ask again soon."


class Lane:
    """`guard` are the headers of every answer of the site."""

    def __init__(self, behind: WSGIApplication, stand: Newsstand, guard: Headers) -> None:
        self._behind, self._stand, self._guard = behind, stand, guard

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        stand = self._stand
        edition = stand.ready.get(environ["PATH_INFO"])
        if edition is None or environ["REQUEST_METHOD"] != "GET" or environ.get("QUERY_STRING") or not stand.following:
            return self._consider(environ, start_response)
        return _answer(edition, environ, start_response)

    def _consider(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not self._stand.following:
            self._stand.look()
        found = self._stand.paths.get(environ["PATH_INFO"])
        if found is None or environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return self._behind(environ, start_response)
        body = self._told(found, environ, start_response)
        return body if environ["REQUEST_METHOD"] == "GET" else ()

    def _told(self, found: tuple[str, str], environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        try:
            edition = self._stand.edition((*found, asked(environ.get("QUERY_STRING", ""))))
        except Wrong as wrong:
            return self._say(start_response, "400 Bad Request", str(wrong), ("Cache-Control", "no-cache"))
        except StoreError as error:
            log.warning("the feed %s.%s cannot be read and is not in memory: %s", *found, error)
            return self._say(start_response, "503 Service Unavailable", NOT_READABLE, ("Retry-After", str(RETRY)))
        if edition is None:
            return self._say(start_response, "503 Service Unavailable", NOT_READY, ("Retry-After", str(RETRY)))
        return _answer(edition, environ, start_response)

    def _say(self, start_response: StartResponse, status: str, text: str, header: tuple[str, str]) -> Iterable[bytes]:
        body = f"{text}\n".encode()
        kind = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))]
        start_response(status, [*kind, header, *CORS.items(), *self._guard])
        return (body,)


def _answer(edition: Edition, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    if ("HTTP_IF_MATCH" in environ or "HTTP_IF_UNMODIFIED_SINCE" in environ) and edition.refused(
        environ.get("HTTP_IF_MATCH"), environ.get("HTTP_IF_UNMODIFIED_SINCE")
    ):
        start_response("412 Precondition Failed", [("Content-Length", "0"), *edition.kept])
        return ()
    known, since = environ.get("HTTP_IF_NONE_MATCH"), environ.get("HTTP_IF_MODIFIED_SINCE")
    if known == edition.etag or ((known is not None or since is not None) and edition.unchanged(known, since)):
        start_response("304 Not Modified", edition.kept)
        return ()
    accepted = environ.get("HTTP_ACCEPT_ENCODING")
    packed = edition.plain if accepted is None else edition.packed(accepted)
    start_response("200 OK", packed.headers)
    return packed.body
