"""What went wrong, as `application/problem+json` (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from flask import Response, json

from aggregator.serve.edition import CORS

MEDIA_TYPE = "application/problem+json"
RETRY = 30  # seconds
OPEN = CORS | {"Access-Control-Expose-Headers": "ETag, Last-Modified, Link, Retry-After"}


class Wrong(ValueError):
    """A parameter with a value that it cannot have; the text is for who asked."""

    def __init__(self, parameter: str, text: str) -> None:
        super().__init__(text)
        self.parameter = parameter


def problem(
    status: int, detail: str | None = None, headers: Mapping[str, str] | None = None, members: Mapping[str, str] | None = None
) -> Response:
    """The type is `about:blank`: the status says all (§4.2.1), `detail` the rest to people, `members` to programs."""
    body: dict[str, object] = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    body |= {"detail": detail} if detail else {}
    body |= members or {}
    fixed = {"Cache-Control": "no-store" if status >= 500 else "no-cache", **OPEN}
    return Response(json.dumps(body), status, fixed | dict(headers or {}), content_type=MEDIA_TYPE)
