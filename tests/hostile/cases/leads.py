"""Addresses in documents and heads that lead elsewhere: a pull asks for the document and, of a list, for its articles. Everything else
leads to the canary on the very address that we may reach, so that whoever followed it would be seen."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from tests.hostile.case import Case, Expected, Seen, answer, brings, fails, just, rss, says
from tests.hostile.cases.headers import DAY, waits
from tests.hostile.upstream import Reply, Talk

HTML = ("Content-Type", "text/html; charset=utf-8")
XML = ("Content-Type", "application/xml")
WORDS = "这是一篇文章的正文，讲的是海河沿岸的志愿者怎样清理河道、怎样照看花草。" * 6


def filled(body: str, *headers: tuple[str, str]) -> Reply:
    """{here} is the canary where we may go, {there} where we may not."""

    def reply(talk: Talk) -> bytes:
        places = {"here": f"http://127.0.0.5:{talk.canary}", "there": f"http://127.0.0.1:{talk.canary}", "base": talk.base}

        def fill(text: str) -> str:
            for name, place in places.items():
                text = text.replace(f"{{{name}}}", place)
            return text

        return answer(fill(body).encode(), headers=[(name, fill(value)) for name, value in headers])

    return reply


def stays(seen: Seen) -> None:
    """Nothing else was asked for, and links are seen from where the document is."""
    assert len(seen.requests) == 1, [request.path for request in seen.requests]
    for entry in seen.entries:
        assert not entry.link or not entry.link.startswith("http://evil.example"), entry.link


def no_data(seen: Seen) -> None:
    for entry in seen.entries:
        assert "data:" not in repr(entry)
        assert len(repr(entry)) < 100_000


def not_injected(seen: Seen) -> None:
    for request in seen.requests:
        assert b"injected" not in request.raw.lower(), request.raw


def no_cookies(seen: Seen) -> None:
    assert all("cookie" not in request.headers for request in seen.requests)


def of_the_web(seen: Seen) -> None:
    for entry in seen.entries:
        assert entry.link is None or entry.link.startswith(("http://", "https://")), entry.link


ATOM = "http://www.w3.org/2005/Atom"
CHANNEL = (
    "".join(
        f"<atom:link xmlns:atom='{ATOM}' rel='{rel}' href='{{here}}/{rel}'/>"
        for rel in ("self", "hub", "next", "prev-archive", "first", "last", "current", "alternate", "search", "icon", "payment")
    )
    + "<itunes:new-feed-url xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd'>{here}/moved</itunes:new-feed-url>"
    "<cloud domain='127.0.0.5' port='80' path='/cloud' registerProcedure='' protocol='http-post'/><docs>{here}/docs</docs>"
    "<image><url>{here}/image.png</url><link>{here}/</link></image><textInput><link>{here}/input</link></textInput>"
)
ITEM = (
    "<enclosure url='{here}/a.mp3' type='audio/mpeg' length='1'/><comments>{here}/comments</comments><source url='{here}/feed'>x</source>"
    "<media:content xmlns:media='http://search.yahoo.com/mrss/' url='{here}/video' medium='video'/>"
    "<wfw:commentRss xmlns:wfw='http://wellformedweb.org/CommentAPI/'>{here}/comments.xml</wfw:commentRss>"
    "<description>&lt;img src='{here}/pixel.gif'&gt;&lt;video src='{here}/v' poster='{here}/p'&gt;&lt;/video&gt;</description>"
)
ENTRY = (
    "<entry><id>urn:x:1</id><title>One</title><updated>2024-01-01T00:00:00Z</updated><link href='https://up.example/1'/>"
    "<content type='text/html' src='{here}/content'/>"
    + "".join(f"<link rel='{rel}' href='{{here}}/{rel}'/>" for rel in ("enclosure", "replies", "edit", "via", "related", "license"))
    + "</entry>"
)
FEED = (
    f"<feed xmlns='{ATOM}'><id>urn:x</id><title>Up</title><logo>{{here}}/logo</logo><icon>{{here}}/icon</icon><generator uri='{{here}}/g'/>"
    + "".join(f"<link rel='{rel}' href='{{here}}/{rel}'/>" for rel in ("self", "hub", "next", "previous", "prev-archive", "http://x/hub"))
    + ENTRY
    + "</feed>"
)
JSON = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Up",
        "feed_url": "{here}/self",
        "next_url": "{here}/next",
        "icon": "{here}/icon",
        "favicon": "{here}/favicon",
        "hubs": [{"type": "WebSub", "url": "{here}/hub"}, {"type": "rssCloud", "url": "{there}/hub"}],
        "items": [
            {
                "id": "1",
                "title": "One",
                "content_html": "<img src='{here}/pixel'>",
                "image": "{here}/image",
                "attachments": [{"url": "{here}/a.mp3", "mime_type": "audio/mpeg"}],
            }
        ],
    }
)
LINKS = ", ".join(f'<{{here}}/{rel}>; rel="{rel}"' for rel in ("hub", "self", "next", "alternate", "preload", "canonical", "stylesheet"))
HEAD = (
    "<base href='/'>"
    + "".join(
        f"<link rel='{rel}' href='{{here}}/{rel}'>"
        for rel in ("alternate", "canonical", "amphtml", "prefetch", "preload", "stylesheet", "manifest", "icon", "pingback", "shortlink")
    )
    + "<meta http-equiv=refresh content='0;url={here}/refresh'><meta property=og:url content='{here}/og'>"
    "<meta property=og:image content='{here}/og.png'><script src='{here}/x.js'></script>"
    '<script type="application/ld+json">{"@type":"NewsArticle","url":"{here}/ld","image":"{here}/ld.png"}</script>'
)
BODY = (
    "<iframe src='{here}/frame'></iframe><object data='{here}/object'></object><img src='{here}/pixel' srcset='{here}/2x 2x'>"
    "<form action='{here}/form'><input type=image src='{here}/button'></form><video src='{here}/v'></video>"
)
ROW = "<li><a href='/{name}/a1'>河边的消息，第一篇</a> <span>2024-01-01</span></li>"


def page(name: str, *, head: str = HEAD, body: str = BODY) -> Reply:
    listing = f"<html><head>{head}</head><body>{body}<ul>{ROW.replace('{name}', name)}</ul></body></html>"
    text = f"<html><head><title>一</title>{head}</head><body><h1>第一篇</h1><div id=c>{body}<p>{WORDS}</p></div></body></html>"
    return lambda talk: filled(text if talk.request.path.endswith("a1") else listing, HTML)(talk)  # type: ignore[return-value]


def in_words(when: datetime) -> str:
    return format_datetime(when, usegmt=True)


PLAIN = rss("One", "Two")
FAR = "Fri, 31 Dec 9999 23:59:59 GMT"
PAGE = {"kind": "page", "list": {"item": "li", "link": "a"}}
ANY = Expected("anything", lambda _: True)
CASES = [
    Case(
        name="leads-rss",
        serves="RSS in which everything that may be an address leads elsewhere",
        reply=filled(rss("One", extra=CHANNEL, item=ITEM, head='<?xml-stylesheet href="{here}/x.xsl"?>'), XML),
        ends=[brings("One")],
        holds=stays,
    ),
    Case(name="leads-atom", serves="the same in Atom, content too", reply=filled(FEED, XML), ends=[brings("One")], holds=stays),
    Case(name="leads-json", serves="the same in JSON Feed", reply=filled(JSON, XML), ends=[brings("One")], holds=stays),
    Case(
        name="leads-head",
        serves="heads that name hubs, other selves, next pages, other places of the document, and a Location beside 200",
        reply=filled(
            PLAIN.replace("https://up.example/", "/"),
            XML,
            ("Link", LINKS),
            ("Content-Location", "http://evil.example/"),
            ("Location", "{here}/location"),
            ("Alt-Svc", 'h2="127.0.0.1:443"; ma=9999999'),
            ("X-Accel-Redirect", "/etc/passwd"),
            ("Report-To", '{"endpoints":[{"url":"{here}/report"}]}'),
            ("Service-Worker-Allowed", "/"),
        ),
        ends=[brings("One", "Two")],
        holds=stays,
    ),
    Case(
        name="leads-page",
        serves="a list and an article in which everything but the link to the article leads elsewhere",
        reply=page("leads-page"),
        ends=[brings(count=1)],
        source=PAGE,
        asked=2,
    ),
    Case(
        name="bases-100000",
        serves="a hundred thousand base elements in a list and its article",
        reply=page("bases-100000", head="<base href='/x/'>" * 100_000),
        ends=[ANY],
        source=PAGE,
        asked=2,
    ),
    Case(
        name="bases-that-lead-away",
        serves="a base whose scheme is none of the web, and one in a forbidden place",
        reply=page("bases-that-lead-away", head="<base href='javascript:alert(1)//'><base href='{there}/'>"),
        ends=[ANY],
        source=PAGE,
        asked=2,
    ),
    Case(
        name="links-in-disguise",
        serves="links whose scheme has tabs, line ends and other signs in it, which browsers take out",
        reply=filled(
            "<html><body><ul>"
            + "".join(
                f"<li><a href='{link}'>河边的消息，写得长一些的标题 {n}</a></li>"
                for n, link in enumerate(
                    (
                        "java\tscript:alert(1)",
                        "java&#10;script:alert(1)",
                        "&#1;javascript:alert(1)",
                        " \u00a0javascript:alert(1)",
                        "ht\ttp://127.0.0.1/",
                        "h&#13;ttp:{there}",
                        "http:\\\\127.0.0.1\\x.html",
                        "http:///127.0.0.1/x.html",
                        "\\\\127.0.0.1\\x.html",
                        "/\t/127.0.0.1/x.html",
                        "{there}/x.html",
                        "{there}\u3002x.html",
                    )
                )
            )
            + "</ul></body></html>",
            HTML,
        ),
        ends=[ANY],
        source=PAGE,
        holds=of_the_web,
    ),
    Case(
        name="data-image-6-mb",
        serves="pictures of megabytes in the address itself",
        reply=lambda _: answer(
            rss("One", item=f"<description>&lt;p&gt;x&lt;img src='data:image/png;base64,{'A' * 6_000_000}'&gt;</description>").encode()
        ),
        ends=[brings("One")],
        holds=no_data,
    ),
    Case(
        name="data-svg",
        serves="a picture in the address that has a script, as an enclosure and a thumbnail too",
        reply=says(
            rss(
                "One",
                item="<enclosure url='data:image/svg+xml,&lt;svg onload=alert(1)&gt;' type='image/svg+xml' length='9'/>"
                "<media:thumbnail xmlns:media='http://search.yahoo.com/mrss/' url='data:image/svg+xml;base64,PHN2Zz4='/>"
                "<description>&lt;img src=&quot;data:image/svg+xml,%3Csvg onload=alert(1)%3E&quot;&gt;</description>",
            )
        ),
        ends=[brings("One")],
        holds=no_data,
    ),
    Case(
        name="date-of-the-far-future",
        serves="a Date in the year 9999 that all other times are measured by",
        reply=says(PLAIN, ("Date", FAR), ("Expires", FAR), ("Age", "1"), ("Last-Modified", FAR)),
        ends=[brings("One", "Two"), Expected("anything", lambda _: True)],
        holds=waits(60, 1.1 * DAY),
    ),
    Case(
        name="date-of-long-ago",
        serves="a Date of 1970 that makes an Expires of tomorrow a freshness of decades",
        reply=says(PLAIN, ("Date", "Thu, 01 Jan 1970 00:00:00 GMT"), ("Expires", in_words(datetime.now(UTC) + timedelta(days=1)))),
        ends=[brings("One", "Two")],
        holds=waits(60, 1.1 * DAY),
    ),
    Case(
        name="retry-after-by-a-lying-date",
        serves="503 until an hour from now, by a Date in the year 9999",
        reply=lambda _: answer(b"", "503 Busy", [("Date", FAR), ("Retry-After", in_words(datetime.now(UTC) + timedelta(hours=1)))]),
        ends=[fails("Failing")],
        holds=waits(200, 2 * DAY),
    ),
    Case(
        name="cookies-500-kb",
        serves="a hundred cookies of 4 KB",
        reply=says(PLAIN, *(("Set-Cookie", f"c{n}={'x' * 4000}; Path=/; Domain=127.0.0.5") for n in range(100))),
        ends=[Expected("brings or is refused", lambda outcome: bool(outcome.recorded) or fails("TooLarge").holds(outcome)), ANY],
        holds=no_cookies,
    ),
    Case(
        name="etag-with-bare-cr",
        serves="a CR in an ETag, which some take for the end of a line",
        reply=just(b'HTTP/1.1 200 OK\r\nETag: "a\rX-Injected: 1"\r\nContent-Length: %d\r\n\r\n%s' % (len(PLAIN.encode()), PLAIN.encode())),
        ends=[ANY, ANY],
        holds=not_injected,
    ),
    Case(
        name="location-with-bare-lf",
        serves="an LF in a Location",
        reply=just(b"HTTP/1.1 302 Found\r\nLocation: /location-with-bare-lf/x\nX-Injected: 1\r\nContent-Length: 0\r\n\r\n"),
        ends=[fails("BadAnswer", "TooLarge", "Blocked")],
        holds=not_injected,
        asked=12,
    ),
]
