"""ETag, Last-Modified and 304: sent back byte for byte, never believed too much (RFC 9110 §8.8, §13, §15.4.5)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tests.hostile.case import Case, Expected, Seen, answer, brings, fails, just, rss, says, turns, unchanged, unchanged_or
from tests.hostile.upstream import Talk

FEED = rss("One", "Two")
ANY = Expected("ends somehow", lambda _: True)


def sent_back(*values: str | None, header: str = "if-none-match") -> Callable[[Seen], None]:
    """What the requests carried, one after another; None means that they did not have the header."""

    def check(seen: Seen) -> None:
        told = [request.headers.get(header) for request in seen.requests]
        assert told == list(values), told

    return check


def odd(name: str, etag: str | bytes, serves: str, *, back: str | None = "same") -> Case:
    text = etag.decode("latin-1") if isinstance(etag, bytes) else etag
    wanted = text if back == "same" else back
    reply = turns(says(FEED, ("ETag", etag)), just(answer(b"", "304 Not Modified")))
    ends: Sequence[Expected] = [brings("One", "Two"), unchanged() if wanted is not None else ANY]
    return Case(name=name, serves=serves, reply=reply, ends=ends, holds=sent_back(None, wanted))


def ever_new(talk: Talk) -> bytes:
    if talk.nth == 0:
        return answer(FEED.encode(), headers=[("ETag", '"v0"')])
    return answer(b"", "304 Not Modified", [("ETag", f'"v{talk.nth}"')])


def ever_new_guids(talk: Talk) -> bytes:
    body = rss("One", "Two").replace("g-0", f"g-{talk.nth}-0").replace("g-1", f"g-{talk.nth}-1")
    return answer(body.encode())


CASES = [
    odd("etag-weak", 'W/"abc"', "a weak ETag"),
    odd("etag-without-quotes", "abc", "an ETag without quotes"),
    odd("etag-half-quoted", '"abc', "an ETag with one quote"),
    odd("etag-weak-lower", 'w/"abc"', "a weak ETag written with a small w"),
    odd("etag-empty", '""', "the empty ETag"),
    odd("etag-gzip", '"abc-gzip"', "an ETag with a proxy's suffix"),
    odd("etag-comma", '"a,b"', "an ETag with a comma"),
    odd("etag-back-slash", '"a\\"b\\"', "an ETag with back slashes, which escape nothing"),
    odd("etag-utf-8", '"新"'.encode(), "an ETag in UTF-8"),
    odd("etag-latin-1", b'"caf\xe9\xff"', "an ETag with bytes that are no UTF-8: not sent back rather than sent back changed", back=None),
    odd("etag-4-kb", '"' + "e" * 4000 + '"', "an ETag of 4 KB"),
    odd("etag-markup", '"<script>\'--"', "an ETag with markup and SQL"),
    Case(name="etag-100-kb", serves="an ETag of 100 KB", reply=says(FEED, ("ETag", '"' + "e" * 100_000 + '"')), ends=[fails("TooLarge")]),
    Case(
        name="etag-twice",
        serves="two ETags: whatever goes back must be one that was sent",
        reply=turns(says(FEED, ("ETag", '"first"'), ("ETag", '"second"')), just(answer(b"", "304 Not Modified"))),
        ends=[brings("One", "Two"), ANY],
        holds=lambda seen: _one_of(seen, {'"first"', '"second"', None}),
    ),
    Case(
        name="etag-with-control",
        serves="a TAB in an ETag",
        reply=turns(says(FEED, ("ETag", '"a\tb"')), just(answer(b"", "304 Not Modified"))),
        ends=[brings("One", "Two"), unchanged()],
    ),
    Case(
        name="304-unasked",
        serves="304 to a first request that asked for no changes",
        reply=just(answer(b"", "304 Not Modified")),
        ends=[fails("BadAnswer")],
    ),
    Case(
        name="304-with-body",
        serves="304 with a Content-Length and a body, which it cannot have",
        reply=turns(says(FEED, ("ETag", '"v"')), just(answer(b"<rss>", "304 Not Modified"))),
        ends=[brings("One", "Two"), unchanged_or("BadAnswer")],
    ),
    Case(
        name="304-new-etag",
        serves="304 for ever, each with a new ETag: the newest goes back (RFC 9111 §4.3.4)",
        reply=ever_new,
        ends=[brings("One", "Two"), unchanged(), unchanged(), unchanged()],
        holds=sent_back(None, '"v0"', '"v1"', '"v2"'),
    ),
    Case(
        name="etag-same-body-new",
        serves="a new body under the old ETag, in full: the bytes count",
        reply=turns(says(FEED, ("ETag", '"v"')), says(rss("One", "Two", "Three"), ("ETag", '"v"'))),
        ends=[brings("One", "Two"), brings("Three")],
    ),
    Case(
        name="etag-new-body-same",
        serves="the old bytes under a new ETag each time",
        reply=lambda talk: answer(FEED.encode(), headers=[("ETag", f'"{talk.nth}"')]),
        ends=[brings("One", "Two"), unchanged(), unchanged()],
        holds=sent_back(None, '"0"', '"1"'),
    ),
    Case(
        name="expires-0",
        serves="`Expires: 0` with validators that are not meant: they are not sent back",
        reply=says(FEED, ("ETag", '"v"'), ("Expires", "0")),
        ends=[brings("One", "Two"), unchanged()],
        holds=sent_back(None, None),
    ),
    Case(
        name="last-modified-odd",
        serves="a Last-Modified that is no date goes back as it came",
        reply=turns(says(FEED, ("Last-Modified", "yesterday-ish")), just(answer(b"", "304 Not Modified"))),
        ends=[brings("One", "Two"), unchanged()],
        holds=sent_back(None, "yesterday-ish", header="if-modified-since"),
    ),
    Case(
        name="no-validators-of-a-failure",
        serves="a page that is no feed, with an ETag: were it kept, the feed that follows would never be seen",
        reply=turns(says("<html><body>down</body></html>", ("ETag", '"page"')), says(FEED)),
        ends=[fails("NotAFeed"), brings("One", "Two")],
        holds=sent_back(None, None),
    ),
    Case(
        name="guids-change",
        serves="the same items under new guids each time: nothing grows without bound, nothing breaks",
        reply=ever_new_guids,
        ends=[brings(), ANY, ANY],
        holds=lambda seen: _at_most(seen, 6),
    ),
    Case(
        name="guids-alike",
        serves="one guid for different items: each is kept",
        reply=says(rss("One", "Two", "Three").replace("g-1", "g-0").replace("g-2", "g-0")),
        ends=[brings(count=3), unchanged()],
    ),
    Case(
        name="guids-huge",
        serves="a guid of 1 MB",
        reply=says(rss("One", "Two").replace("g-1", "g" * 1_000_000)),
        ends=[brings("One", "Two"), unchanged()],
    ),
]


def _one_of(seen: Seen, allowed: set[str | None]) -> None:
    told = {request.headers.get("if-none-match") for request in seen.requests}
    assert told <= allowed, told


def _at_most(seen: Seen, count: int) -> None:
    assert 2 <= len(seen.entries) <= count
