"""Conditional requests and content coding as pure decisions over header values (RFC 9110 §8.8, §12.5.3, §13).

Werkzeug's `make_conditional` is right but for one thing that proxies do: they add ``-gzip`` to an entity tag and ask with it again,
which would cost a full answer each time. `updated_at` is compared in whole seconds, as the header has no finer ones.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

# A tag as RFC 9110 §8.8.3 writes it, or the bare word that some clients send without its quotes.
_TAG = re.compile(r'(?:[Ww]/)?(?:"([^"]*)"|([^\s,"]+))')
_WEIGHT = re.compile(r"0(?:\.\d*)?|\.\d+|1(?:\.0*)?")
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


def refused(*, updated_at: datetime, if_match: str | None, if_unmodified_since: str | None) -> bool:
    """Whether the client wants an answer only for a copy that is not this one (412, RFC 9110 §13.1.1, §13.1.4). If-Match compares
    strongly, so that no weak tag ever matches; ``*`` does."""
    if if_match is not None:
        return if_match.strip() != "*"
    since = _http_date(if_unmodified_since)
    return since is not None and updated_at.replace(microsecond=0) > since


def coding(sizes: Mapping[str, int], accepted: str) -> str | None:
    """The content coding that an Accept-Encoding header likes best, of those that there are, with the sizes of their bodies; the smaller
    body where it does not care; None for the body as it is.

    A header that takes nothing of what we have is passed over (RFC 9110 §12.4.1): bytes serve better than a 406."""
    qualities = _qualities(accepted)
    rest = qualities.get("*", 0.0)
    offers = [(qualities.get(name, rest), -size, name) for name, size in sizes.items()]
    quality, _, name = max(offers, default=(0.0, 0, ""))
    # identity counts only when named: unnamed it is allowed but not asked for (§12.5.3)
    return name if quality > 0 and quality >= qualities.get("identity", 0.0) else None


def _qualities(accepted: str) -> dict[str, float]:
    """Coding (or ``*``) -> how much it is liked, 0 to 1 (RFC 9110 §12.4.2). A weight that cannot be read counts as none at all: 0, since
    whoever cannot take a coding must not get it."""
    qualities: dict[str, float] = {}
    for part in accepted.lower().split(","):
        name, _, parameters = part.partition(";")
        if not (name := name.strip()):
            continue
        weight = next((value for key, _, value in (each.partition("=") for each in parameters.split(";")) if key.strip() == "q"), "1")
        found = _WEIGHT.fullmatch(weight.strip())
        qualities[{"x-gzip": "gzip"}.get(name, name)] = float(found[0]) if found else 0.0
    return qualities


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
