"""What a case is: what it serves, and what must and must not happen."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aggregator.pipeline import Outcome
from aggregator.records import Known
from feeds.records import Entry
from tests.hostile.upstream import Reply, Request, Talk, Upstream


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What happened: the outcome and time of each pull, what the upstream was asked, and what is kept afterwards."""

    outcomes: Sequence[Outcome]
    seconds: Sequence[float]
    requests: Sequence[Request]
    entries: Sequence[Entry]
    known: Known
    next_pull: float  # seconds from the last pull to the next; -1 when there is none
    base: str


Check = Callable[[Seen], object]


@dataclass(frozen=True, slots=True)
class Expected:
    """How one pull must end."""

    what: str
    holds: Callable[[Outcome], bool]


def brings(*titles: str, count: int | None = None, note: str = "") -> Expected:
    """New or revised entries (`count` of them), or with no arguments any."""
    wanted = count if count is not None else len(titles) if titles else None

    def holds(outcome: Outcome) -> bool:
        if outcome.recorded is None or (note and not any(note in each for each in outcome.notes)):
            return False
        brought = len(outcome.recorded.new) + len(outcome.recorded.revised)
        return brought > 0 if wanted is None else brought == wanted

    return Expected(f"brings {'some' if wanted is None else wanted}{f', saying {note!r}' if note else ''}", holds)


def fails(*kinds: str, saying: str = "") -> Expected:
    def holds(outcome: Outcome) -> bool:
        return outcome.error is not None and outcome.error.kind in kinds and saying in str(outcome.error) and len(str(outcome.error)) < 600

    return Expected(f"fails as {' or '.join(kinds)}{f', saying {saying!r}' if saying else ''}", holds)


def unchanged() -> Expected:
    return Expected("is unchanged", lambda outcome: outcome.unchanged is not None or bool(outcome.recorded and not outcome.recorded.new))


def unchanged_or(*kinds: str) -> Expected:
    one, other = unchanged(), fails(*kinds)
    return Expected(f"{one.what} or {other.what}", lambda outcome: one.holds(outcome) or other.holds(outcome))


def empty() -> Expected:
    return Expected("brings nothing and is no failure", lambda outcome: bool(outcome.recorded and not outcome.recorded.new))


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """`serves` says in words what the upstream does and what that is after; `ends` how each pull must end, one pull after another;
    `holds` is what else must be true, as assertions. `asked` bounds the requests of all pulls together."""

    name: str
    serves: str
    reply: Reply
    ends: Sequence[Expected]
    holds: Check | None = None
    titles: Sequence[str] | None = None  # what is kept in the end, in the document's order
    asked: int | None = None
    within: float = 12.0  # seconds for all pulls, on a machine that does nothing else
    url: Callable[[Upstream], str] | None = None
    source: Mapping[str, Any] = field(default_factory=dict)

    def address(self, upstream: Upstream) -> str:
        return self.url(upstream) if self.url else f"{upstream.base}/{self.name}/"


def answer(body: bytes = b"", status: str = "200 OK", headers: Sequence[tuple[str, str | bytes]] = (), length: int | None = None) -> bytes:
    """An answer with a Content-Length (its own or `length`), and the headers as they are given: bytes as they are, text in UTF-8."""
    lines = [f"HTTP/1.1 {status}".encode(), b"Content-Length: %d" % (len(body) if length is None else length), b"Connection: close"]
    for name, value in headers:
        lines.append(name.encode() + b": " + (value if isinstance(value, bytes) else value.encode()))
    return b"\r\n".join([*lines, b"", b""]) + body


def just(reply: bytes) -> Reply:
    return lambda _: reply


def says(body: bytes | str, *headers: tuple[str, str | bytes], content_type: str = "application/rss+xml", status: str = "200 OK") -> Reply:
    told = body.encode() if isinstance(body, str) else body
    return just(answer(told, status, [("Content-Type", content_type), *headers]))


def turns(*replies: Reply) -> Reply:
    """One reply after another; the last one stays."""
    return lambda talk: replies[min(talk.nth, len(replies) - 1)](talk)


def to(location: str | bytes, status: str = "302 Found", *headers: tuple[str, str | bytes]) -> Reply:
    """A redirect; {canary} and {base} in it are filled in."""

    def reply(talk: Talk) -> bytes:
        if isinstance(location, bytes):
            return answer(b"", status, [("Location", location.replace(b"{canary}", b"%d" % talk.canary)), *headers])
        return answer(b"", status, [("Location", location.format(canary=talk.canary, base=talk.base)), *headers])

    return reply


def slowly(work: Callable[[Talk], Awaitable[None]]) -> Reply:
    return work


def rss(*titles: str, extra: str = "", item: str = "", head: str = '<?xml version="1.0" encoding="utf-8"?>') -> str:
    """A feed of plain items; `item` goes into each, `extra` into the channel."""
    items = "".join(
        f"<item><title>{title}</title><guid isPermaLink='false'>g-{at}</guid><link>https://up.example/{at}</link>{item}</item>"
        for at, title in enumerate(titles)
    )
    return f"{head}<rss version='2.0'><channel><title>Upstream</title><link>https://up.example/</link>{extra}{items}</channel></rss>"
