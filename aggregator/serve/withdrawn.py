"""`/api/v1/withdrawn`: what was taken back for good, for partners who keep copies. The oldest first, page by page.

Whoever has read to the end asks again with the `next` of the last page, and gets what came since.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, json, request

from aggregator.config import Site
from aggregator.records import Withdrawal
from aggregator.serve import answers
from aggregator.serve.shelf import Shelf

PAGE, MOST = 100, 1000
AGE = 60  # seconds
PATH = "/api/v1/withdrawn"


def withdrawn(shelf: Shelf, site: Site) -> Blueprint:
    blueprint = Blueprint("withdrawn", __name__)
    base = site.url.rstrip("/")

    @blueprint.get(PATH)
    def listed() -> Response:
        try:
            since, limit = _moment(request.args.get("since")), _limit(request.args.get("limit"))
        except ValueError as error:
            return _json({"error": str(error)}, 400)
        after = request.args.get("after", "") if since else ""
        found = shelf.withdrawn(since, limit, after)
        rows = [_row(one, base) for one in found]
        if found:
            since, after = found[-1].at, found[-1].id
        on = {"since": _iso(since), "after": after, "limit": limit} if since else {"limit": limit}
        body = json.dumps({"withdrawn": rows, "more": len(found) == limit, "next": f"{base}{PATH}?{urlencode(on)}"}).encode()
        answer = answers.answer(request, body, content_type="application/json", etag=answers.tag(body), max_age=AGE, vary="Accept-Encoding")
        answer.headers["Access-Control-Allow-Origin"] = "*"
        return answer

    return blueprint


def _row(one: Withdrawal, base: str) -> dict[str, str]:
    """Absent facts are left out."""
    row = {"id": one.iri, "page": f"{base}/entries/{one.id}/", "source": one.source, "withdrawn_at": _iso(one.at), "by": one.by}
    return row | ({"reason": one.reason} if one.reason else {})


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _moment(text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text.replace(" ", "+"))  # an unquoted + in an address arrives as a blank
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at
    except ValueError:
        raise ValueError("since is a moment in RFC 3339, like 2026-03-01T08:00:00Z") from None


def _limit(text: str | None) -> int:
    if not text:
        return PAGE
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= MOST):
        raise ValueError(f"limit is a number from 1 to {MOST}")
    return int(text)


def _json(value: dict[str, Any], status: int) -> Response:
    return Response(json.dumps(value), status, content_type="application/json", headers={"Cache-Control": "no-cache"})
