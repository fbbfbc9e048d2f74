"""Conditional requests and content coding as pure decisions over header values (RFC 9110 §8.8, §12.5.3, §13).

Werkzeug's `make_conditional` is right but for one thing that proxies do: they add ``-gzip`` to an entity tag and ask with it again,
which would cost a full answer each time. `updated_at` is compared in whole seconds, as the header has no finer ones.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from werkzeug.datastructures import Accept

# A tag as RFC 9110 §8.8.3 writes it, or the bare word that some clients send without its quotes.
_TAG = re.compile(r'(?:[Ww]/)?"([^"]*)"|([^\s,"]+)')
_CODED = re.compile(r"[-;](?:gzip|br|zstd|deflate)$")


def weak(etag: str) -> str:
    """The weak form of a quoted tag: one tag then stands for the identity body and its compressed twins (RFC 9110 §8.8.3.3)."""
    return etag if etag.startswith("W/") else f"W/{etag}"


def unchanged(*, etag: str, updated_at: datetime | None, if_none_match: str | None, if_modified_since: str | None) -> bool:
    """Whether the client's copy is still good. If-None-Match, when sent, decides alone (RFC 9110 §13.1.3)."""
    if if_none_match is not None:
        return _matches(etag, if_none_match)
    since = _http_date(if_modified_since)
    return since is not None and updated_at is not None and updated_at.replace(microsecond=0) <= since


def coding(encoded: Mapping[str, bytes], accepted: Accept) -> str | None:
    """The stored content coding that the client likes best, the smaller body where it does not care; None for the body as it is."""
    offers = [(accepted.quality(name), -len(body), name) for name, body in encoded.items()]
    quality, _, name = max(offers, default=(0.0, 0, ""))
    # identity counts only when named: unnamed it is allowed but not asked for (§12.5.3)
    named = max((value for key, value in accepted if key.lower() == "identity"), default=0.0)
    return name if quality > 0 and quality >= named else None


def _matches(etag: str, header: str) -> bool:
    if header.strip() == "*":
        return True
    ours = _TAG.fullmatch(etag)
    opaque = ours.group(1) or ours.group(2) if ours else etag
    for found in _TAG.finditer(header):
        theirs = found.group(1) if found.group(1) is not None else found.group(2)
        if opaque in (theirs, _CODED.sub("", theirs)):
            return True
    return False


def _http_date(header: str | None) -> datetime | None:
    try:
        stated = parsedate_to_datetime(header) if header else None
    except (ValueError, OverflowError):
        return None
    if stated is None:
        return None
    return stated.replace(tzinfo=UTC) if stated.tzinfo is None else stated
