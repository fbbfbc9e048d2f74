"""Framing that parsers of HTTP read in different ways, and heads that are none (RFC 9112)."""

from __future__ import annotations

import asyncio

from tests.hostile.case import Case, Expected, Seen, answer, brings, fails, just, rss, slowly, unchanged_or
from tests.hostile.cases.wire import HEAD, chunked
from tests.hostile.upstream import Talk

FEED = rss("One", "Two").encode()


async def interim_first(talk: Talk) -> None:
    early = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x.css>; rel=preload\r\n\r\n"
    await talk.send(early * 3 + answer(FEED))


async def drips_chunks(talk: Talk) -> None:
    await talk.send(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    while True:
        await talk.send(b"1\r\n \r\n")
        await asyncio.sleep(0.1)


def raw(head: bytes, body: bytes = FEED) -> bytes:
    """A status line and header lines as they are given."""
    return head + b"\r\n\r\n" + body


LENGTH = b"Content-Length: %d" % len(FEED)
CHUNKS = b"%x\r\n%s\r\n0\r\n\r\n" % (len(FEED), FEED)
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nConnection: close\r\n"
# Answers that parsers of HTTP read differently (RFC 9112 §11): read in one way or refused, never taken for something else.
AMBIGUOUS = {
    "te-and-length": OK + LENGTH + b"\r\nTransfer-Encoding: chunked",
    "te-twice": OK + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
    "te-chunked-identity": OK + b"Transfer-Encoding: chunked, identity",
    "te-not-last": OK + b"Transfer-Encoding: chunked, gzip",
    "te-unknown": OK + b"Transfer-Encoding: xchunked",
    "te-with-control": OK + b"Transfer-Encoding: \x0bchunked",
    "te-folded": OK + b"Transfer-Encoding:\r\n chunked",
    "te-blank-before-colon": OK + b"Transfer-Encoding : chunked",
    "te-in-1.0": OK.replace(b"1.1", b"1.0") + b"Transfer-Encoding: chunked",
    "te-shouted": OK + b"TRANSFER-ENCODING: CHUNKED",
}
LENGTHS = {
    "plus": b"+%d",
    "list": b"%d, %d",
    "leading-zeros": b"000%d",
    "hex": b"0x%x",
    "fraction": b"%d.0",
    "underscore": b"1_%d",
    "arabic": "٣".encode(),
    "blank": b"  %d\t",
    "empty": b"",
}
CHUNK_SIZES = {
    "hex-prefix": b"0x%x",
    "plus": b"+%x",
    "underscore": b"0_%x",
    "blank-behind": b"%x ",
    "blank-before": b" %x",
    "bare-lf": b"%x\n",
    "extension": b"%x;" + b"e" * 5000,
}
HEADS = {
    "blank-line-first": (b"\r\n" + OK + LENGTH, FEED),
    "bare-lf": ((OK + LENGTH).replace(b"\r\n", b"\n"), FEED),
    "no-reason": (OK.replace(b" OK", b"") + LENGTH, FEED),
    "version-1.2": (OK.replace(b"1.1", b"1.2") + LENGTH, FEED),
    "version-9.9": (OK.replace(b"1.1", b"9.9") + LENGTH, FEED),
    "version-lower": (OK.replace(b"HTTP", b"http") + LENGTH, FEED),
    "status-2000": (OK.replace(b"200", b"2000") + LENGTH, FEED),
    "status-20": (OK.replace(b"200", b"20") + LENGTH, FEED),
    "status-minus": (OK.replace(b"200", b"-200") + LENGTH, FEED),
    "http2-frame": (b"\x00\x00\x12\x04\x00\x00\x00\x00\x00", b""),
    "icy": (OK.replace(b"HTTP/1.1", b"ICY") + LENGTH, FEED),
    "nul-in-name": (OK + b"X\x00Y: 1\r\n" + LENGTH, FEED),
    "empty-name": (OK + b": nothing\r\n" + LENGTH, FEED),
}
BAD = ("BadAnswer", "TooLarge", "Unreachable", "TimedOut", "NotAFeed", "Malformed")


def brings_or_fails() -> Expected:
    """Both are right; what is not is anything else than these two entries, which `titles` and `whole` see to."""
    one, other = brings("One", "Two"), fails(*BAD)
    return Expected(f"{one.what} or {other.what}", lambda outcome: one.holds(outcome) or other.holds(outcome))


def whole_or_nothing(seen: Seen) -> None:
    assert [entry.title for entry in seen.entries] in ([], ["One", "Two"])


def either(name: str, serves: str, reply: bytes) -> Case:
    return Case(name=name, serves=serves, reply=just(reply), ends=[brings_or_fails()], holds=whole_or_nothing, within=6, asked=2)


def untagged(seen: Seen) -> None:
    assert seen.known.etag is None


CASES = [
    *(
        either(name, f"framing that is read in two ways: {head[-60:]!a}", raw(head, CHUNKS if name != "te-unknown" else FEED))
        for name, head in AMBIGUOUS.items()
    ),
    *(
        either(
            f"length-{name}",
            f"Content-Length: {form!a}",
            raw(OK + b"Content-Length: " + form.replace(b"%d", b"%d" % len(FEED)).replace(b"%x", b"%x" % len(FEED))),
        )
        for name, form in LENGTHS.items()
    ),
    *(
        either(
            f"chunk-{name}",
            f"a chunk size like {form[:20]!a}",
            raw(OK + b"Transfer-Encoding: chunked", form % len(FEED) + b"\r\n" + FEED + b"\r\n0\r\n\r\n"),
        )
        for name, form in CHUNK_SIZES.items()
    ),
    *(either(f"head-{name}", f"a head that begins {head[:40]!a}", raw(head, body)) for name, (head, body) in HEADS.items()),
    Case(name="interim-first", serves="100 and 103 before the answer", reply=slowly(interim_first), ends=[brings("One", "Two")]),
    Case(
        name="drips-chunks",
        serves="a byte in a chunk of its own every tenth of a second, for ever",
        reply=slowly(drips_chunks),
        ends=[fails("TimedOut")],
        within=5,
    ),
    Case(
        name="trailers-that-lie",
        serves="trailers with a redirect and an ETag, which are no headers",
        reply=just(chunked(FEED, end=b'0\r\nLocation: http://127.0.0.1/\r\nETag: "t"\r\n\r\n')),
        ends=[brings("One", "Two")],
        holds=untagged,
    ),
    Case(
        name="answer-behind-the-answer",
        serves="a second answer behind the first, for whoever comes next on this connection",
        reply=just(raw(OK.replace(b"close", b"keep-alive") + LENGTH, FEED + b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")),
        ends=[brings("One", "Two"), unchanged_or(*BAD)],
        titles=["One", "Two"],
    ),
    Case(
        name="206-unasked",
        serves="206 with part of a feed that we did not ask for",
        reply=just(answer(FEED[:200], "206 Partial Content")),
        ends=[fails("BadAnswer")],
    ),
    Case(name="205-with-body", serves="205 with a body", reply=just(answer(FEED, "205 Reset Content")), ends=[fails("BadAnswer")]),
]
