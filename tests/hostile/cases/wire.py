"""Bodies, lengths, chunks and silences (RFC 9112)."""

from __future__ import annotations

import asyncio

from tests.hostile.case import Case, answer, brings, fails, just, rss, slowly
from tests.hostile.upstream import Talk

FEED = rss("One", "Two").encode()
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nConnection: close\r\n"


async def endless(talk: Talk) -> None:
    await talk.send(HEAD + b"\r\n" + FEED[:-30])
    while True:
        await talk.send(b"<!-- more -->" * 5000)


async def endless_chunks(talk: Talk) -> None:
    await talk.send(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    while True:
        await talk.send(b"10000\r\n" + b" " * 0x10000 + b"\r\n")


async def endless_tiny_chunks(talk: Talk) -> None:
    await talk.send(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    while True:
        await talk.send(b"1\r\n \r\n" * 2000)


async def endless_extension(talk: Talk) -> None:
    await talk.send(HEAD + b"Transfer-Encoding: chunked\r\n\r\n5;")
    while True:
        await talk.send(b"x" * 65536)


async def endless_trailers(talk: Talk) -> None:
    await talk.send(HEAD + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(FEED) + FEED + b"\r\n0\r\n")
    while True:
        await talk.send(b"X-Trailer: 1\r\n" * 1000)


async def endless_headers(talk: Talk) -> None:
    await talk.send(HEAD)
    number = 0
    while True:
        number += 1
        await talk.send(b"".join(b"X-%d-%d: %s\r\n" % (number, each, b"v" * 100) for each in range(500)))


async def endless_status_line(talk: Talk) -> None:
    await talk.send(b"HTTP/1.1 200 ")
    while True:
        await talk.send(b"O" * 65536)


async def endless_interim(talk: Talk) -> None:
    while True:
        await talk.send(b"HTTP/1.1 102 Processing\r\n\r\n" * 1000)


async def slow_body(talk: Talk) -> None:
    await talk.send(HEAD + b"Content-Length: %d\r\n\r\n" % len(FEED))
    for byte in FEED:
        await talk.send(bytes([byte]))
        await asyncio.sleep(0.2)


async def slow_headers(talk: Talk) -> None:
    for byte in HEAD:
        await talk.send(bytes([byte]))
        await asyncio.sleep(0.2)


async def never(talk: Talk) -> None:
    await asyncio.sleep(3600)


async def stalls(talk: Talk) -> None:
    await talk.send(HEAD + b"Content-Length: %d\r\n\r\n" % len(FEED) + FEED[: len(FEED) // 2])
    await asyncio.sleep(3600)


async def reset_in_body(talk: Talk) -> None:
    await talk.send(HEAD + b"Content-Length: %d\r\n\r\n" % len(FEED) + FEED[: len(FEED) // 2])
    await asyncio.sleep(0.05)
    talk.reset()


async def reset_at_once(talk: Talk) -> None:
    talk.reset()


async def reset_in_headers(talk: Talk) -> None:
    await talk.send(HEAD[:40])
    await asyncio.sleep(0.05)
    talk.reset()


def chunked(*chunks: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    return HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"".join(b"%x\r\n%s\r\n" % (len(each), each) for each in chunks) + end


async def _endless_error(talk: Talk) -> None:
    await talk.send(HEAD.replace(b"200 OK", b"500 Oops") + b"\r\n")
    while True:
        await talk.send(b"<p>sorry</p>" * 5000)


CASES = [
    Case(name="endless-body", serves="a body without length that never ends", reply=slowly(endless), ends=[fails("TooLarge", "TimedOut")]),
    Case(name="endless-chunks", serves="chunks without end", reply=slowly(endless_chunks), ends=[fails("TooLarge", "TimedOut")]),
    Case(
        name="endless-tiny-chunks",
        serves="one-byte chunks for ever",
        reply=slowly(endless_tiny_chunks),
        ends=[fails("TimedOut", "TooLarge")],
    ),
    Case(
        name="endless-chunk-extension",
        serves="a chunk whose extension never ends",
        reply=slowly(endless_extension),
        ends=[fails("TimedOut", "BadAnswer", "TooLarge")],
    ),
    Case(
        name="endless-trailers",
        serves="a whole body and then trailers for ever",
        reply=slowly(endless_trailers),
        ends=[fails("TimedOut", "BadAnswer", "TooLarge")],
    ),
    Case(
        name="endless-headers",
        serves="header fields without end: they must be capped, not collected",
        reply=slowly(endless_headers),
        ends=[fails("TooLarge")],
    ),
    Case(name="endless-status-line", serves="a status line without end", reply=slowly(endless_status_line), ends=[fails("TooLarge")]),
    Case(
        name="endless-interim",
        serves="1xx answers for ever (RFC 9110 §15.2) and never a real one",
        reply=slowly(endless_interim),
        ends=[fails("TimedOut", "TooLarge", "BadAnswer")],
    ),
    Case(name="slow-body", serves="a body of a byte now and then", reply=slowly(slow_body), ends=[fails("TimedOut")], within=3),
    Case(name="slow-headers", serves="a head of a byte now and then", reply=slowly(slow_headers), ends=[fails("TimedOut")], within=3),
    Case(name="never-answers", serves="takes the request and says nothing", reply=slowly(never), ends=[fails("TimedOut")], within=3),
    Case(name="stalls-half-way", serves="half a body and then silence", reply=slowly(stalls), ends=[fails("TimedOut")], within=3),
    Case(
        name="silent-tls",
        serves="takes the TLS connection and never shakes hands",
        reply=just(b""),
        url=lambda upstream: f"https://127.0.0.5:{upstream.ports['silent']}/",
        ends=[fails("TimedOut")],
        within=3,
        asked=0,
    ),
    Case(
        name="silent-port",
        serves="takes the connection and never reads the request",
        reply=just(b""),
        url=lambda upstream: f"http://127.0.0.5:{upstream.ports['silent']}/",
        ends=[fails("TimedOut")],
        within=3,
    ),
    Case(
        name="closed-port",
        serves="nobody listens there",
        reply=just(b""),
        url=lambda upstream: f"http://127.0.0.5:{upstream.ports['closed']}/",
        ends=[fails("Unreachable")],
    ),
    Case(
        name="self-signed",
        serves="a feed behind a certificate that nobody vouches for: it must not be read",
        reply=just(answer(FEED)),
        url=lambda upstream: f"https://127.0.0.5:{upstream.ports['tls']}/self-signed/",
        ends=[fails("Unreachable", saying="certificate")],
        asked=0,
    ),
    Case(
        name="tls-to-plain",
        serves="plain HTTP where TLS is asked for",
        reply=just(answer(FEED)),
        url=lambda upstream: f"https://127.0.0.5:{upstream.ports['plain']}/tls-to-plain/",
        ends=[fails("Unreachable", "TimedOut")],
        asked=0,
    ),
    Case(
        name="length-too-long",
        serves="promises more than it sends",
        reply=just(answer(FEED, length=len(FEED) + 500)),
        ends=[fails("BadAnswer")],
    ),
    Case(
        name="length-too-short",
        serves="promises less than it sends: half of an answer is none",
        reply=just(answer(FEED, length=len(FEED) - 40)),
        ends=[fails("BadAnswer", "Malformed")],
    ),
    Case(name="length-huge", serves="promises 10^18 bytes", reply=just(answer(FEED, length=10**18)), ends=[fails("TooLarge", "BadAnswer")]),
    Case(
        name="length-beyond-int",
        serves="promises a length of 400 digits",
        reply=just(HEAD + b"Content-Length: " + b"9" * 400 + b"\r\n\r\n" + FEED),
        ends=[fails("BadAnswer", "TooLarge")],
    ),
    Case(
        name="length-negative",
        serves="a length below zero",
        reply=just(HEAD + b"Content-Length: -5\r\n\r\n" + FEED),
        ends=[fails("BadAnswer")],
    ),
    Case(
        name="length-garbage",
        serves="a length that is no number",
        reply=just(HEAD + b"Content-Length: five\r\n\r\n" + FEED),
        ends=[fails("BadAnswer")],
    ),
    Case(
        name="length-twice",
        serves="two lengths that differ (RFC 9112 §6.3: unrecoverable)",
        reply=just(HEAD + b"Content-Length: 5\r\nContent-Length: %d\r\n\r\n" % len(FEED) + FEED),
        ends=[fails("BadAnswer", "NotAFeed", "Malformed")],
    ),
    Case(
        name="length-and-chunks",
        serves="a length and chunks at once (the smugglers' trick)",
        reply=just(chunked(FEED).replace(b"Transfer-", b"Content-Length: 3\r\nTransfer-")),
        ends=[fails("BadAnswer")],
    ),
    Case(name="chunked", serves="honest chunks, for comparison", reply=just(chunked(FEED[:100], FEED[100:])), ends=[brings("One", "Two")]),
    Case(name="chunks-cut-off", serves="chunks without the last one", reply=just(chunked(FEED, end=b"")), ends=[fails("BadAnswer")]),
    Case(name="chunk-cut-off", serves="a chunk that ends too early", reply=just(chunked(end=b"fff\r\nshort")), ends=[fails("BadAnswer")]),
    Case(
        name="chunk-size-garbage",
        serves="a chunk size that is no number",
        reply=just(chunked(end=b"zz\r\nno\r\n0\r\n\r\n")),
        ends=[fails("BadAnswer")],
    ),
    Case(
        name="chunk-size-negative",
        serves="a chunk size below zero",
        reply=just(chunked(end=b"-5\r\nno\r\n0\r\n\r\n")),
        ends=[fails("BadAnswer")],
    ),
    Case(
        name="chunk-size-huge",
        serves="a chunk of 2^64 and some bytes",
        reply=just(chunked(end=b"1" + b"0" * 17 + b"\r\nno")),
        ends=[fails("BadAnswer", "TooLarge")],
    ),
    Case(
        name="reset-in-body",
        serves="a reset in the middle of the body",
        reply=slowly(reset_in_body),
        ends=[fails("BadAnswer", "Unreachable")],
    ),
    Case(name="reset-at-once", serves="a reset instead of an answer", reply=slowly(reset_at_once), ends=[fails("Unreachable")]),
    Case(
        name="reset-in-headers",
        serves="a reset in the middle of the head",
        reply=slowly(reset_in_headers),
        ends=[fails("Unreachable", "BadAnswer")],
    ),
    Case(name="closes-without-a-word", serves="an empty answer", reply=just(b""), ends=[fails("Unreachable")]),
    Case(
        name="not-http",
        serves="another protocol's greeting",
        reply=just(b"SSH-2.0-OpenSSH_9.2\r\n"),
        ends=[fails("BadAnswer", "Unreachable")],
    ),
    Case(name="binary-noise", serves="noise", reply=just(bytes(range(256)) * 40), ends=[fails("BadAnswer")]),
    Case(name="http-0.9", serves="a body without a head", reply=just(FEED), ends=[fails("BadAnswer")]),
    Case(
        name="status-999",
        serves="a status that does not exist",
        reply=just(answer(FEED, "999 Request denied")),
        ends=[fails("BadAnswer", "Failing")],
    ),
    Case(name="status-000", serves="status 000", reply=just(answer(FEED, "000 Nothing")), ends=[fails("BadAnswer")]),
    Case(
        name="error-page-endless",
        serves="a 500 with an endless page: the page does not matter, the status does",
        reply=slowly(_endless_error),
        ends=[fails("Failing")],
        within=3,
    ),
    Case(
        name="upgrade",
        serves="101 Switching Protocols that nobody asked for",
        reply=just(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nxx"),
        ends=[fails("BadAnswer", "Unreachable", "TimedOut")],
    ),
]
