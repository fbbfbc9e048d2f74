"""The rules of polite polling, held against a log of requests. It knows what each upstream is like, and nothing of how we decide."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from .world import DAY, Request, Upstream

ALLOWED = {"If-None-Match", "If-Modified-Since"}  # no cookies, no referer, no cache busters
SLACK = timedelta(minutes=6)  # a tick of the simulation, and a little
LATE = 1.06  # waits are spread by a twentieth
LONGEST_RETRY = 7 * DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The operator's pace, and when we were not there (from, to)."""

    every: timedelta
    at_least: timedelta
    at_most: timedelta
    away: Sequence[tuple[datetime, datetime]] = ()
    end: datetime
    per_minute: int = 120


def judge(log: Sequence[Request], upstreams: Mapping[str, Upstream], rules: Rules) -> list[str]:
    """Every violation, in words; none is what we want."""
    by_source: defaultdict[str, list[Request]] = defaultdict(list)
    for request in log:
        by_source[request.source].append(request)
    found = [f"{key}: never asked" for key in upstreams if key not in by_source]
    for key, requests in by_source.items():
        said = [*_gaps(requests, upstreams[key], rules), *_conditions(requests, upstreams[key]), *_asleep(requests, rules)]
        found += [f"{key}: {what}" for what in said]
    minutes = Counter(request.at.replace(second=0, microsecond=0) for request in log if not _first(request, by_source))
    found += [f"{count} requests at {minute}" for minute, count in minutes.items() if count > rules.per_minute]
    return found


def _first(request: Request, by_source: Mapping[str, Sequence[Request]]) -> bool:
    return by_source[request.source][0] is request


def _gaps(requests: Sequence[Request], upstream: Upstream, rules: Rules) -> Iterator[str]:
    failures = 0
    for one, other in pairwise(requests):
        gap, at = other.at - one.at, f"at {other.at:%d %H:%M}"
        troubled = upstream.trouble(one.at) is not None
        failures = failures + 1 if troubled else 0
        if gap < rules.at_least:
            yield f"asked again after {gap} {at}, below the floor"
        if one.status == 410:
            yield f"asked again {at} after 410"
        asked = timedelta(seconds=one.asks)
        # Without validators each answer is whole; with some that do not work that shows once the same comes whole again.
        costly = not one.given or dict(one.headers) == dict(one.given)
        if troubled:
            if gap < min(asked, LONGEST_RETRY):
                yield f"Retry-After {asked} not honoured {at}: {gap}"
            if gap < min(rules.at_least * 2 ** (failures - 1), rules.at_most):
                yield f"no backoff {at}: {gap} after {failures} failures"
            if one.status == 429 and gap < rules.every:
                yield f"asked {at} as often as before it was too often"
        else:
            if gap < min(asked, rules.at_most):
                yield f"it asked for {asked}, and was asked again after {gap} {at}"
            if one.status == 200 and costly and gap < min(2 * rules.every, rules.at_most):
                yield f"a whole document again after {gap} {at}"
    for request in requests[1:]:
        day = f"{request.at:%A}"
        skipped = request.at.hour in upstream.skip_hours or day in upstream.skip_days
        just = (request.at - SLACK).hour not in upstream.skip_hours and f"{request.at - SLACK:%A}" not in upstream.skip_days
        if skipped and not just and not upstream.trouble(request.at):
            yield f"asked at {request.at:%A %H:%M}, which it wants skipped"


def _conditions(requests: Sequence[Request], upstream: Upstream) -> Iterator[str]:
    """From the second request on, with exactly what was given last (a 304 adds to what a 200 gave)."""
    held: dict[str, str] = {}
    for request in requests:
        at = f"at {request.at:%d %H:%M}"
        if strange := set(request.headers) - ALLOWED:
            yield f"nobody asked for {sorted(strange)}"
        if request.url != upstream.url:
            yield f"{request.url} is not the configured address"
        if dict(request.headers) != held:
            yield f"sent {dict(request.headers)} {at}, given was {held}"
        if request.status in (200, 304) and not upstream.trouble(request.at) and not upstream.expired:
            held = held | dict(request.given) if request.status == 304 or dict(request.headers) == request.given else dict(request.given)


def _asleep(requests: Sequence[Request], rules: Rules) -> Iterator[str]:
    times = [request.at for request in requests]
    for request, until in zip(requests, [*times[1:], rules.end], strict=True):
        if request.status == 410:
            continue
        patience = max(rules.at_most * LATE, min(timedelta(seconds=request.asks), LONGEST_RETRY) * LATE) + 2 * DAY  # days that are skipped
        patience += sum((to - since for since, to in rules.away if since >= request.at), timedelta())
        if until - request.at > patience:
            yield f"asleep from {request.at} to {until}"
