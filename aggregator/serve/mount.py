"""A site that lives below a path (``https://example.org/news``): its own path belongs to every address that it writes.

Proxies differ: one strips the path, another passes it on. Both are served.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import unquote, urlsplit
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment


class Mounted:
    def __init__(self, application: WSGIApplication, url: str) -> None:
        self._application = application
        # WSGI paths are bytes in the clothes of latin-1 (PEP 3333)
        self._path = unquote(urlsplit(url).path.rstrip("/")).encode().decode("latin-1")

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if self._path and not environ.get("SCRIPT_NAME"):
            asked = environ.get("PATH_INFO", "")
            environ["SCRIPT_NAME"] = self._path
            if asked == self._path or asked.startswith(f"{self._path}/"):
                environ["PATH_INFO"] = asked[len(self._path) :] or "/"
        return self._application(environ, start_response)
