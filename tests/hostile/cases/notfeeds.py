"""Answers that are no feeds: pages, walls, silence, and JSON of every kind. Whatever was there before stays."""

from __future__ import annotations

import json

from tests.hostile.case import Case, Seen, answer, brings, fails, just, rss, says, turns
from tests.hostile.upstream import Reply

FEED = rss("One", "Two")
HTML = "text/html; charset=utf-8"
WAF = (
    "<!DOCTYPE html><html><head><title>Just a moment...</title><meta http-equiv='refresh' content='0;url=http://127.0.0.1/'></head>"
    "<body><script>window._cf_chl_opt={}</script><noscript>Enable JavaScript and cookies to continue</noscript></body></html>"
)
LOGIN = (
    "<html><head><title>登录</title></head><body><form action='/login' method=post><input name=user><input type=password></form>"
    "</body></html>"
)
JS_WALL = "<script>document.cookie='__jsl_clearance=1';location.href=location.pathname</script>"
ITEM = {"id": "1", "title": "One", "content_text": "Words of the first one", "url": "https://up.example/1"}


def after_a_feed(name: str, serves: str, then: Reply, *kinds: str) -> Case:
    """First a feed, then this: it is an error, and the entries stay."""

    def stays(seen: Seen) -> None:
        assert {entry.title for entry in seen.entries} == {"One", "Two"}

    return Case(name=name, serves=serves, reply=turns(says(FEED), then), ends=[brings("One", "Two"), fails(*kinds)], holds=stays)


def feed(*items: object, **more: object) -> str:
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "Up", "items": list(items), **more})


def said(name: str, serves: str, body: str | bytes, *kinds: str, count: int | None = None, within: float = 12.0) -> Case:
    ends = [fails(*kinds)] if kinds else [brings(count=count)]
    return Case(name=name, serves=serves, reply=says(body, content_type="application/feed+json"), ends=ends, within=within)


CASES = [
    after_a_feed(
        "page-with-200",
        "a web page with 200",
        says("<html><title>Oops</title><body><p>We are back soon</p></body></html>", content_type=HTML),
        "NotAFeed",
    ),
    after_a_feed("waf", "the check of a web application firewall", says(WAF, content_type=HTML), "NotAFeed"),
    after_a_feed("waf-as-feed", "the same with the media type of a feed", says(WAF), "NotAFeed"),
    after_a_feed("waf-403", "a firewall's refusal", just(answer(WAF.encode(), "403 Forbidden")), "Refusing"),
    after_a_feed("waf-521", "a wall of scripts (521)", just(answer(JS_WALL.encode(), "521 ")), "Failing"),
    after_a_feed("waf-412", "a wall of scripts (412)", just(answer(JS_WALL.encode(), "412 Precondition Failed")), "Refusing"),
    after_a_feed("script-wall", "a wall of scripts with 200", says(JS_WALL, content_type=HTML), "NotAFeed"),
    after_a_feed("login", "a login page", says(LOGIN, content_type=HTML), "NotAFeed"),
    after_a_feed(
        "login-xhtml",
        "a login page in well-formed XHTML",
        says("<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'><head><title>Login</title></head><body/></html>"),
        "NotAFeed",
    ),
    after_a_feed(
        "404-with-200", "a page that says 404 with 200", says("<html><title>404 Not Found</title></html>", content_type=HTML), "NotAFeed"
    ),
    after_a_feed(
        "page-that-quotes-a-feed",
        "a page that shows the source of a feed",
        says(f"<html><body><pre>{FEED.replace('<', '&lt;')}</pre>{FEED}</body></html>", content_type=HTML),
        "NotAFeed",
    ),
    after_a_feed("401", "a login (401)", just(answer(b"", "401 Unauthorized", [("WWW-Authenticate", "Basic")])), "Refusing"),
    after_a_feed("407", "a proxy that wants a login", just(answer(b"", "407 Proxy Authentication Required")), "Refusing"),
    after_a_feed("451", "blocked for legal reasons", just(answer(b"", "451 Unavailable")), "Refusing"),
    after_a_feed("204", "no content", just(b"HTTP/1.1 204 No Content\r\n\r\n"), "BadAnswer"),
    after_a_feed("206", "a part that nobody asked for", says(FEED[:100], status="206 Partial Content"), "BadAnswer"),
    after_a_feed("226", "an answer in a coding of instances that nobody asked for", says(FEED[:100], status="226 IM Used"), "BadAnswer"),
    after_a_feed("empty", "nothing at all", says(b""), "NotAFeed"),
    after_a_feed("blanks", "blanks", says(b" \n\t" * 1000), "NotAFeed"),
    after_a_feed("blanks-9-mb", "nine megabytes of blanks", lambda _: answer(b" " * 9_000_000), "NotAFeed"),
    after_a_feed("mark-alone", "a byte order mark and nothing else", says(b"\xef\xbb\xbf"), "NotAFeed"),
    after_a_feed(
        "php-error",
        "an error message before half a feed",
        says("<br />\n<b>Fatal error</b>: Allowed memory size exhausted in <b>/www/feed.php</b>"),
        "NotAFeed",
        "Malformed",
    ),
    after_a_feed("words", "a word", says(b"Service Unavailable"), "NotAFeed"),
    after_a_feed(
        "picture", "a picture", says(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, content_type="image/png"), "NotAFeed", "Malformed"
    ),
    after_a_feed("zip", "an archive", says(b"PK\x03\x04" + bytes(range(256)) * 40), "NotAFeed", "Malformed"),
    after_a_feed(
        "sitemap",
        "a sitemap",
        says("<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url><loc>http://x/</loc></url></urlset>"),
        "NotAFeed",
    ),
    after_a_feed("opml", "an OPML list", says("<opml version='2.0'><body><outline xmlUrl='http://x/'/></body></opml>"), "NotAFeed"),
    after_a_feed("s3-error", "an error in XML", says("<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>"), "NotAFeed"),
    after_a_feed("json-error", "an error in JSON", says('{"error": {"code": 403, "message": "quota"}}'), "NotAFeed"),
    after_a_feed("json-null", "null", says("null", content_type="application/json"), "NotAFeed", "Malformed"),
    after_a_feed("json-empty-object", "{}", says("{}"), "NotAFeed"),
    after_a_feed("json-list", "a list", says("[1, 2, 3]"), "NotAFeed"),
    after_a_feed("json-cut", "half of a JSON document", says(feed(ITEM)[:-20]), "Malformed"),
    said("json-deep", "JSON 100,000 levels deep", "[" * 100_000 + "]" * 100_000, "Malformed", "NotAFeed", "Refused"),
    said("json-deep-objects", "objects 100,000 levels deep", '{"a":' * 100_000, "Malformed", "NotAFeed", "Refused"),
    said(
        "json-deep-inside",
        "a feed with an extension 50,000 levels deep",
        feed(ITEM)[:-1] + ', "_x": ' + "[" * 50_000 + "]" * 50_000 + "}",
        "Malformed",
        "Refused",
    ),
    said(
        "json-huge-number",
        "numbers of a million digits",
        feed(ITEM)[:-1] + f', "_x": {"9" * 1_000_000}}}',
        "Malformed",
        "Refused",
        within=4,
    ),
    said(
        "json-huge-exponent",
        "1e999999999 as an id, NaN as a size",
        feed({**ITEM, "id": 1.5}).replace("1.5", "1e999999999"),
        count=1,
        within=4,
    ),
    said(
        "json-nan",
        "NaN and Infinity wherever a number may be",
        feed(
            ITEM,
            {
                **ITEM,
                "id": "2",
                "attachments": [
                    {
                        "url": "https://up.example/a.mp3",
                        "mime_type": "audio/mpeg",
                        "size_in_bytes": float("nan"),
                        "duration_in_seconds": float("inf"),
                    }
                ],
            },
        ),
        count=2,
    ),
    said("json-big-int-id", "an id of 400 digits", feed({**ITEM, "id": 10**400}), count=1),
    said(
        "json-big-sizes",
        "sizes beyond every column",
        feed({**ITEM, "attachments": [{"url": "https://up.example/a.mp3", "size_in_bytes": 10**300, "duration_in_seconds": -1}]}),
        count=1,
    ),
    said(
        "json-same-keys",
        "each key twice",
        '{"version":"https://jsonfeed.org/version/1.1","items":5,"title":"a","title":"b","items":[{"id":"1","id":"2","content_text":"x","title":"One"}]}',
        count=1,
    ),
    said(
        "json-wrong-types",
        "every type wrong",
        feed(
            {
                "id": {},
                "title": [],
                "url": 5,
                "content_html": None,
                "authors": "x",
                "tags": {"a": 1},
                "attachments": [5, None],
                "date_published": [],
            },
            5,
            None,
            [],
            ITEM,
            author=7,
            hubs="x",
            icon=[],
        ),
        count=2,
    ),
    said("json-same-keys-100000", "a key a hundred thousand times", feed(ITEM)[:-1] + ', "_x": 1' * 100_000 + "}", count=1, within=6),
    said("json-different-keys", "two hundred thousand keys", feed(ITEM, **{f"_{n}": 0 for n in range(200_000)}), "Malformed", within=6),
    said("json-utf-16", "JSON in UTF-16, which RFC 8259 forbids", feed(ITEM).encode("utf-16"), "NotAFeed"),
    said("json-marked", "JSON behind a byte order mark", b"\xef\xbb\xbf" + feed(ITEM).encode(), count=1),
    said("json-overlong", "an overlong quotation mark in a title", feed(ITEM).encode().replace(b"One", b"One\xc0\xa2"), count=1),
    said("json-dates", "years that no calendar has", feed({**ITEM, "date_published": f"{'9' * 5000}-01-01T00:00:00Z"}), count=1),
    said("json-million-numbers", "a million numbers", feed(ITEM, _x=[0] * 1_000_000), count=1, within=6),
    said("json-surrogates", "halves of pairs", feed({**ITEM, "title": "One\ud800"}), count=1),
    said("json-nul", "NUL and control characters", feed({**ITEM, "title": "One\u0000\u0008"}), count=1),
    said("json-comments", "JSON with comments", "// hello\n" + feed(ITEM), "NotAFeed", "Malformed"),
    said("json-with-callback", "JSONP", f"callback({feed(ITEM)})", "NotAFeed", "Malformed"),
    said(
        "json-proto",
        "keys that are no keys",
        feed({**ITEM, "__proto__": {"x": 1}, "__class__": "x", "_credit": {"authors": {"a": 1}, "chain": 5, "source": []}}),
        count=1,
    ),
]
