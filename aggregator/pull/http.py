"""HTTP: a conditional GET and what its answer means."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from aggregator.errors import BadAnswer, Failing, Gone, PullError, Refusing, TooMany
from aggregator.pull.order import Order
from aggregator.records import Freshness, Pulled, Unchanged
from aggregator.wire import Answer, Wire
from feeds.records import Document

_NO_POST = frozenset({403, 404, 405, 411, 415, 501})  # what servers answer to a form where they take none
LONGEST_VALIDATOR = 4096  # servers that hand out more commonly refuse requests of that size
_NAMES = {
    401: "it wants a login",
    403: "it does not let us in",
    404: "there is nothing at this address",
    451: "it is blocked for legal reasons",
}


async def fetch(order: Order, wire: Wire) -> Pulled | Unchanged:
    """Ask for `order.at`, conditionally when validators are known (RFC 9110 §13), and sort the answer."""
    conditions: dict[str, str] = {}
    if order.etag:
        conditions["If-None-Match"] = order.etag  # byte for byte as it came, quotes included
    if order.last_modified:
        conditions["If-Modified-Since"] = order.last_modified
    answer = await wire.get(order.at, conditions, order.secrets, proxy=order.proxy, admit=order.admit, form=order.form)
    if order.form is not None and answer.status in _NO_POST:
        answer = await wire.get(order.at, conditions, order.secrets, proxy=order.proxy, admit=order.admit)
    etag, last_modified = validators(answer.headers)
    fresh = freshness(answer.headers)
    if answer.status == 304:
        if not conditions:
            raise BadAnswer("the server says that nothing has changed, but we did not ask for changes (304)")
        return Unchanged(why="304", etag=etag, last_modified=last_modified, freshness=fresh, moved_to=answer.moved_to)
    if answer.status != 200:
        raise _refusal(answer)
    if answer.body_hash == order.body_hash:
        return Unchanged(
            why="the same bytes", etag=etag, last_modified=last_modified, freshness=fresh, moved_to=answer.moved_to, whole=True
        )
    return Pulled(
        document=Document(url=answer.url, body=answer.body, content_type=answer.headers.get("content-type")),
        etag=etag,
        last_modified=last_modified,
        body_hash=answer.body_hash,
        freshness=fresh,
        moved_to=answer.moved_to,
    )


def validators(headers: Mapping[str, str]) -> tuple[str | None, str | None]:
    """ETag and Last-Modified to keep; none from an answer that expired before it was sent (`Expires: 0`, RFC 9111 §5.3): such
    servers hand out validators that they do not mean."""
    if headers.get("expires", "").strip() == "0":
        return None, None
    return _exact(headers.get("etag")), _exact(headers.get("last-modified"))


def _exact(value: str | None) -> str | None:
    """A validator, if it can be sent back byte for byte: one that is no UTF-8 could not, and a huge one would earn a refusal."""
    if not value or len(value) > LONGEST_VALIDATOR or any("\ud800" <= letter <= "\udfff" for letter in value):
        return None
    return value


def freshness(headers: Mapping[str, str]) -> Freshness:
    """How long an answer is fresh to a private cache (RFC 9111 §4.2.1): max-age, else Expires less Date; s-maxage is not for us."""
    directives = headers.get("cache-control", "").lower()
    found = re.search(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,10})", directives)
    if re.search(r"(?:^|[\s,])no-(?:cache|store)(?:$|[\s,])", directives):
        max_age: float | None = 0.0
    else:
        max_age = float(found[1]) if found else _until_expires(headers)
    age = headers.get("age", "").strip()
    return Freshness(
        max_age=max_age, age=float(age) if age.isascii() and age.isdigit() and len(age) < 11 else 0.0, retry_after=_retry_after(headers)
    )


def _until_expires(headers: Mapping[str, str]) -> float | None:
    """Seconds; 0 for a time that has passed and for what is no date, which means the same (RFC 9111 §5.3)."""
    text = headers.get("expires", "").strip()
    if not text:
        return None
    until, sent = _http_date(text), _http_date(headers.get("date", ""))
    return max(0.0, (until - (sent or datetime.now(UTC))).total_seconds()) if until else 0.0


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait: given as such or as a date (RFC 9110 §10.2.3), which counts from the server's own `Date`."""
    text = headers.get("retry-after", "").strip()
    if not text:
        return None
    if text.isascii() and text.isdigit():
        return float(text[:12])
    until, sent = _http_date(text), _http_date(headers.get("date", ""))
    return max(0.0, (until - (sent or datetime.now(UTC))).total_seconds()) if until else None


def _http_date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _longer(retry: float | None, freshness: Freshness) -> float | None:
    return max(retry or 0.0, freshness.max_age or 0.0) or None


def _refusal(answer: Answer) -> PullError:
    status = answer.status
    retry = _retry_after(answer.headers)
    words = _NAMES.get(status)
    if status == 410:
        return Gone("the source has ended (410)", status=status)
    if status == 429:
        # Some say how long to stay away by max-age alone: whichever is longer.
        return TooMany("the server asks for fewer requests (429)", status=status, retry_after=_longer(retry, freshness(answer.headers)))
    if 400 <= status < 500:
        return Refusing(
            f"the server refused: {words} ({status})" if words else f"the server refused ({status})", status=status, retry_after=retry
        )
    if status >= 500:
        return Failing(f"the server is broken at the moment ({status})", status=status, retry_after=retry)
    return BadAnswer(f"the server answered {status}, which is not a document", status=status)
