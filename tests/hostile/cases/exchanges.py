"""Answers that want something of us, and connections that go on after theirs was given."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from tests.hostile.case import Case, Seen, answer, brings, fails, just, says, slowly, to, turns, unchanged_or
from tests.hostile.cases.framing import BAD, CHUNKS, FEED, LENGTH, either
from tests.hostile.upstream import Talk

KEPT = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nConnection: keep-alive\r\n" + LENGTH + b"\r\n\r\n" + FEED
PIECE = bytes(256 * 1024)
MOST_SENT = 48 * 1024 * 1024  # bytes: what we take of one exchange, and what lies in the sockets of both sides
ONLY_ONCE = {
    "300-with-location": ("300 Multiple Choices", "BadAnswer"),
    "305-use-proxy": ("305 Use Proxy", "BadAnswer"),
    "306": ("306 Switch Proxy", "BadAnswer"),
    "201-elsewhere": ("201 Created", "BadAnswer"),
    "202-elsewhere": ("202 Accepted", "BadAnswer"),
    "304-elsewhere": ("304 Not Modified", "BadAnswer"),
    "401-elsewhere": ("401 Unauthorized", "Refusing"),
    "421-elsewhere": ("421 Misdirected Request", "Refusing"),
    "425-elsewhere": ("425 Too Early", "Refusing"),
    "426-elsewhere": ("426 Upgrade Required", "Refusing"),
    "428-elsewhere": ("428 Precondition Required", "Refusing"),
    "431-elsewhere": ("431 Request Header Fields Too Large", "Refusing"),
    "503-elsewhere": ("503 Service Unavailable", "Failing"),
    "511-elsewhere": ("511 Network Authentication Required", "Failing"),
}
_sent: list[int] = []  # bytes that the flood got rid of


async def floods_afterwards(talk: Talk) -> None:
    """What it sends after the whole answer is asked for by nobody."""
    await talk.send(KEPT)
    await asyncio.sleep(0.2)
    if talk.nth == 0:
        with suppress(ConnectionError):
            for _ in range(4 * MOST_SENT // len(PIECE)):
                await asyncio.wait_for(talk.send(PIECE), 2)
                _sent.append(len(PIECE))


async def speaks_up_later(talk: Talk) -> None:
    await talk.send(KEPT)
    await asyncio.sleep(0.1)
    await talk.send(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")
    await asyncio.sleep(1)


async def early_hints_for_ever(talk: Talk) -> None:
    while True:
        await talk.send(b"HTTP/1.1 103 Early Hints\r\nLink: </x.css>; rel=preload\r\n\r\n")
        await asyncio.sleep(0.2)


async def trailer_by_trailer(talk: Talk) -> None:
    await talk.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNKS.removesuffix(b"\r\n"))
    while True:
        await talk.send(b"X-Trailer: 1\r\n")
        await asyncio.sleep(0.2)


async def closes_its_side(talk: Talk) -> None:
    await talk.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n\r\n" + FEED)
    talk.write.write_eof()
    await asyncio.sleep(3600)


async def waits_with_the_last_byte(talk: Talk) -> None:
    await talk.send(KEPT[:-1])
    await asyncio.sleep(3600)


def longer_and_longer(talk: Talk) -> bytes:
    return answer(b"", "302 Found", [("Location", "/growing-address/" + "x" * 2 ** min(20, 8 + talk.nth))])


def modest_flood(_: Seen) -> None:
    assert sum(_sent) <= MOST_SENT, f"{sum(_sent):,} bytes were taken that nobody asked for"


CASES = [
    *(
        Case(
            name=name,
            serves=f"{status}, with a Location and a Refresh to a forbidden place: it is no redirect",
            reply=to("http://127.0.0.1:{canary}/", status, ("Refresh", "0;url=http://127.0.0.1/"), ("Retry-After", "0")),
            ends=[fails(kind)],
            asked=1,
        )
        for name, (status, kind) in ONLY_ONCE.items()
    ),
    Case(
        name="200-with-location",
        serves="a feed, with a Location to a forbidden place",
        reply=says(FEED, ("Location", "http://127.0.0.1:1/")),
        ends=[brings("One", "Two")],
        asked=1,
    ),
    Case(
        name="floods-afterwards",
        serves="a whole answer, and hundreds of megabytes behind it on a connection that rests",
        reply=slowly(floods_afterwards),
        ends=[brings("One", "Two"), unchanged_or(*BAD)],
        titles=["One", "Two"],
        holds=modest_flood,
    ),
    Case(
        name="speaks-up-later",
        serves="a second answer on a connection that rests, for whoever comes next",
        reply=slowly(speaks_up_later),
        ends=[brings("One", "Two"), unchanged_or(*BAD), unchanged_or(*BAD)],
        titles=["One", "Two"],
    ),
    Case(
        name="early-hints-for-ever",
        serves="a 103 every fifth of a second and never an answer",
        reply=slowly(early_hints_for_ever),
        ends=[fails("TimedOut")],
        within=5,
    ),
    Case(
        name="trailer-by-trailer",
        serves="a whole body, and a trailer every fifth of a second for ever",
        reply=slowly(trailer_by_trailer),
        ends=[fails("TimedOut", "BadAnswer")],
        within=5,
    ),
    Case(
        name="closes-its-side",
        serves="a body without length, whose sender closes its side of the connection alone",
        reply=slowly(closes_its_side),
        ends=[brings("One", "Two")],
        within=3,
    ),
    Case(
        name="waits-with-the-last-byte",
        serves="all of a feed but its last byte",
        reply=slowly(waits_with_the_last_byte),
        ends=[fails("TimedOut")],
        within=5,
        titles=[],
    ),
    Case(
        name="growing-address",
        serves="redirects to addresses of twice the length each time",
        reply=longer_and_longer,
        ends=[fails("TooLarge", "BadAnswer")],
        asked=11,
        within=5,
    ),
    Case(
        name="condition-answered-by-412",
        serves="412 to a conditional request: it is not asked again at once without the condition",
        reply=turns(says(FEED, ("ETag", '"1"')), just(answer(b"", "412 Precondition Failed"))),
        ends=[brings("One", "Two"), fails("Refusing")],
        asked=2,
        titles=["One", "Two"],
    ),
    either("interim-with-body", "100 with a length and a body of its own", b"HTTP/1.1 100 X\r\nContent-Length: 4\r\n\r\nevil" + KEPT),
    either("interim-with-chunks", "103 that says it is chunked", b"HTTP/1.1 103 X\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + KEPT),
    either("coded-by-transfer", "Transfer-Encoding: gzip, chunked", KEPT.replace(LENGTH, b"Transfer-Encoding: gzip, chunked")),
    either("ranges-unasked", "multipart/byteranges with 200", KEPT.replace(b"application/rss+xml", b"multipart/byteranges; boundary=x")),
]
