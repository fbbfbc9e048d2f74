"""Header fields: injected, huge, countless, binary, and what they say about time."""

from __future__ import annotations

from collections.abc import Callable

from tests.hostile.case import Case, Expected, Seen, answer, brings, fails, just, rss, says, turns

FEED = rss("One", "Two")
DAY = 86_400
SY = "xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'"


def waits(least: float, most: float) -> Callable[[Seen], None]:
    """The next pull is between so many seconds away."""

    def check(seen: Seen) -> None:
        assert least <= seen.next_pull <= most, f"the next pull is {seen.next_pull:,.0f} s away"

    return check


def refused(name: str, retry_after: str, holds: Callable[[Seen], None], status: str = "503 Busy", *, serves: str = "") -> Case:
    expected: Expected = fails("TooMany" if status.startswith("429") else "Failing")
    reply = just(answer(b"later", status, [("Retry-After", retry_after)]))
    return Case(name=name, serves=serves or f"{status} with Retry-After: {retry_after}", reply=reply, ends=[expected], holds=holds)


NORMAL = waits(200, 2 * DAY)  # by the pace of the operator, whatever the server says


def _no_cookies(seen: Seen) -> None:
    assert all("cookie" not in request.headers for request in seen.requests)


def _not_led_away(seen: Seen) -> None:
    assert len(seen.requests) == 1


CASES = [
    Case(
        name="refresh",
        serves="a feed with a Refresh field, which is for browsers",
        reply=lambda talk: says(FEED, ("Refresh", f"0;url=http://127.0.0.1:{talk.canary}/"))(talk),
        ends=[brings("One", "Two")],
        holds=_not_led_away,
    ),
    Case(
        name="416",
        serves="416 to a request for the whole, with a range to ask for",
        reply=just(answer(b"", "416 Range Not Satisfiable", [("Content-Range", "bytes */0")])),
        ends=[fails("Refusing")],
    ),
    Case(
        name="103-then-304",
        serves="early hints that name other places, and 304 to a request without conditions behind them",
        reply=just(b"HTTP/1.1 103 Early Hints\r\nLink: <http://127.0.0.1:1/>; rel=preload\r\n\r\n" + answer(b"", "304 Not Modified")),
        ends=[fails("BadAnswer")],
    ),
    refused("retry-after-10-18", "1000000000000000000", waits(DAY, 8 * DAY)),
    refused("retry-after-400-digits", "9" * 400, waits(DAY, 8 * DAY)),
    refused("retry-after-negative", "-5", NORMAL),
    refused("retry-after-garbage", "soon, I promise", NORMAL),
    refused("retry-after-fraction", "1.5e300", NORMAL),
    refused("retry-after-other-digits", "１２３", NORMAL),
    refused("retry-after-past", "Wed, 21 Oct 2015 07:28:00 GMT", NORMAL),
    refused("retry-after-far", "Fri, 31 Dec 9999 23:59:59 GMT", waits(DAY, 8 * DAY)),
    refused("retry-after-no-date", "Fri, 99 Foo 20333 99:99:99 GMT", NORMAL),
    refused("retry-after-empty", "", NORMAL),
    refused("retry-after-hour", "7200", waits(7100, DAY), "429 Too Many Requests"),
    refused("retry-after-0", "0", NORMAL, "429 Too Many Requests"),
    Case(
        name="max-age-for-ever",
        serves="a feed that calls itself fresh for 10^18 seconds: the operator's wall holds",
        reply=says(FEED, ("Cache-Control", "max-age=1000000000000000000")),
        ends=[brings("One", "Two")],
        holds=waits(60, 1.1 * DAY),
    ),
    Case(
        name="max-age-below-zero",
        serves="an age that makes the freshness negative",
        reply=says(FEED, ("Cache-Control", "max-age=-1, max-age=abc"), ("Age", "99999999999999999999")),
        ends=[brings("One", "Two")],
        holds=waits(200, 1.1 * DAY),
    ),
    Case(
        name="expires-nonsense",
        serves="Expires and Date that are no dates",
        reply=says(FEED, ("Expires", "never"), ("Date", "\xff\xfe")),
        ends=[brings("One", "Two")],
        holds=waits(200, 1.1 * DAY),
    ),
    Case(
        name="ttl-for-ever",
        serves="a ttl of 10^30 minutes and an updatePeriod that divides by zero",
        reply=says(
            rss(
                "One",
                extra=f"<ttl>1{'0' * 30}</ttl><sy:updatePeriod {SY}>daily</sy:updatePeriod><sy:updateFrequency {SY}>0</sy:updateFrequency>",
            )
        ),
        ends=[brings("One")],
        holds=waits(60, 1.1 * DAY),
    ),
    Case(
        name="skips-everything",
        serves="a feed that wants every hour and every day skipped",
        reply=says(rss("One", extra="<skipHours>" + "".join(f"<hour>{h}</hour>" for h in range(25)) + "</skipHours>")),
        ends=[brings("One")],
        holds=waits(60, 1.1 * DAY),
    ),
    Case(
        name="gone",
        serves="410: not again until the operator says so",
        reply=just(answer(b"", "410 Gone")),
        ends=[fails("Gone")],
        holds=waits(-1, -1),
    ),
    Case(name="header-of-100-kb", serves="one header of 100 KB", reply=says(FEED, ("X-Big", "a" * 100_000)), ends=[fails("TooLarge")]),
    Case(
        name="headers-5000",
        serves="five thousand headers",
        reply=says(FEED, *((f"X-{number}", "v") for number in range(5000))),
        ends=[fails("TooLarge")],
    ),
    Case(
        name="headers-200-long",
        serves="two hundred headers of 10 KB",
        reply=says(FEED, *((f"X-{number}", "v" * 10_000) for number in range(200))),
        ends=[fails("TooLarge")],
    ),
    Case(
        name="header-binary",
        serves="bytes in a header that belong to no charset",
        reply=says(FEED, ("X-Noise", bytes(range(128, 256)))),
        ends=[brings("One", "Two")],
    ),
    Case(
        name="header-control-characters",
        serves="NUL and other control characters in a header",
        reply=says(FEED, ("X-Noise", b"a\0b\x07c")),
        ends=[fails("BadAnswer")],
    ),
    Case(
        name="header-without-colon",
        serves="a line that is no header",
        reply=just(b"HTTP/1.1 200 OK\r\nthis is no header\r\nContent-Length: 3\r\n\r\nabc"),
        ends=[fails("BadAnswer")],
    ),
    Case(
        name="header-folded",
        serves="a folded header (obsolete since RFC 7230)",
        reply=says(FEED, ("X-Folded", "one\r\n two")),
        ends=[
            Expected(
                "brings or is refused",
                lambda outcome: outcome.recorded is not None or (outcome.error is not None and outcome.error.kind == "BadAnswer"),
            )
        ],
    ),
    Case(
        name="header-split",
        serves="a CRLF in a value that begins an answer of its own",
        reply=says(FEED, ("X-Split", "a\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0")),
        ends=[fails("NotAFeed", "BadAnswer", "Malformed")],
    ),
    Case(
        name="content-type-binary",
        serves="a Content-Type of noise",
        reply=says(FEED, content_type="\xff\xfe;charset=\x80"),
        ends=[brings("One", "Two")],
    ),
    Case(
        name="content-type-10-kb",
        serves="a Content-Type of 10 KB of charsets: nothing that grows with its square",
        reply=says(FEED, content_type="text/xml" + "; charset=x" * 900),
        ends=[brings("One", "Two")],
        within=3,
    ),
    Case(
        name="cookies",
        serves="cookies that nobody asked for: they are not sent back",
        reply=says(FEED, ("Set-Cookie", "track=1; Domain=.example"), ("Set-Cookie", "b=2")),
        ends=[brings("One", "Two"), Expected("anything", lambda _: True)],
        holds=_no_cookies,
    ),
    Case(
        name="error-in-many-words",
        serves="a reason of 10 KB with markup: it is shown to the operator, so it is kept short",
        reply=just(answer(b"", "503 " + "<script>alert(1)</script>" * 400)),
        ends=[fails("Failing")],
    ),
    Case(
        name="turns-bad-and-good-again",
        serves="a feed, then a failure, then a feed: what was there stays, what is new comes",
        reply=turns(says(FEED), just(answer(b"", "500 Oops")), says(rss("One", "Two", "Three"))),
        ends=[brings("One", "Two"), fails("Failing"), brings("Three")],
        holds=lambda seen: _titled(seen, {"One", "Two", "Three"}),
    ),
]


def _titled(seen: Seen, titles: set[str]) -> None:
    assert {entry.title for entry in seen.entries} == titles
