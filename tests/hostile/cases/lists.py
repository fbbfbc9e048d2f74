"""List pages: links that lead where they must not, too many of them, articles that hang or lie."""

from __future__ import annotations

import asyncio

from tests.hostile.case import Case, Seen, answer, brings, empty, fails, says
from tests.hostile.upstream import Reply, Talk

PAGE = {"kind": "page", "list": {"item": "li", "link": "a"}}
HTML = ("Content-Type", "text/html; charset=utf-8")


def listing(*links: str) -> str:
    rows = "".join(
        f"<li><a href='{link}'>第{number}篇文章的标题在这里</a> <span>2024-01-0{number % 9 + 1}</span></li>"
        for number, link in enumerate(links)
    )
    return f"<html><head><title>List</title></head><body><ul class=news>{rows}</ul></body></html>"


def article(title: str) -> bytes:
    words = "这是一篇文章的正文，讲的是海河沿岸的志愿者怎样清理河道、怎样照看花草。" * 6
    return answer(
        f"<html><head><title>{title}</title></head><body><h1>{title}</h1><div id=c><p>{title}。{words}</p></div></body></html>".encode(),
        headers=[HTML],
    )


def site(name: str, links: list[str], articles: dict[str, Reply]) -> Reply:
    """A list at the root and articles below; {base} and {canary} in links are filled in."""

    def reply(talk: Talk) -> object:
        path = talk.request.path.removeprefix(f"/{name}/")
        if path in articles:
            return articles[path](talk)
        if path.startswith("a"):
            return article(f"文章 {path}")
        return answer(listing(*(link.format(base=talk.base, canary=talk.canary) for link in links)).encode(), headers=[HTML])

    return reply  # type: ignore[return-value]


async def hangs(talk: Talk) -> None:
    await asyncio.sleep(3600)


async def floods(talk: Talk) -> None:
    await talk.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    while True:
        await talk.send(b"<p>more</p>" * 5000)


def asked_at_most(count: int) -> object:
    def check(seen: Seen) -> None:
        assert len(seen.requests) <= count, len(seen.requests)

    return check


def has_article(seen: Seen) -> None:
    assert any(entry.content for entry in seen.entries)


def redirects_to(place: str) -> Reply:
    return lambda talk: answer(b"", "302 Found", [("Location", place.format(canary=talk.canary, base=talk.base))])


def page(name: str, serves: str, links: list[str], articles: dict[str, Reply] | None = None, **more: object) -> Case:
    return Case(name=name, serves=serves, reply=site(name, links, articles or {}), source=PAGE, **{"ends": [brings()], **more})  # type: ignore[arg-type]


CASES = [
    page("list-honest", "three honest articles, for comparison", ["a1", "a2", "a3"], ends=[brings(count=3)], holds=has_article, asked=4),
    page(
        "list-to-forbidden",
        "articles that redirect to forbidden places: the others are read",
        ["a1", "b1", "b2", "b3", "b4"],
        {
            "b1": redirects_to("http://127.0.0.1:{canary}/"),
            "b2": redirects_to("http://[::1]:{canary}/"),
            "b3": redirects_to("file:///etc/passwd"),
            "b4": redirects_to("http://169.254.169.254/latest/meta-data/"),
        },
        holds=has_article,
        asked=6,
    ),
    page(
        "list-links-forbidden",
        "links that lead to forbidden places outright",
        [
            "a1",
            "http://127.0.0.1:{canary}/x.html",
            "http://localhost:{canary}/x.html",
            "http://2130706433:{canary}/x.html",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "data:text/html,x",
            "//127.0.0.1:{canary}/y.html",
        ],
        holds=has_article,
        asked=2,
    ),
    page(
        "list-of-5000",
        "five thousand links: a bounded number of articles a pull",
        [f"a{number}" for number in range(5000)],
        asked=60,
        within=20,
    ),
    page(
        "articles-hang",
        "twenty articles that hang: the pull ends, and what is not had waits",
        [f"h{number}" for number in range(20)],
        {f"h{number}": hangs for number in range(20)},
        ends=[empty()],
        within=9,
        asked=6,
    ),
    page(
        "article-hangs",
        "one article that hangs: the others are read",
        ["a1", "h1", "a2"],
        {"h1": hangs},
        holds=has_article,
        within=5,
        asked=4,
    ),
    page("article-floods", "one article that never ends", ["a1", "f1", "a2"], {"f1": floods}, holds=has_article, within=8, asked=4),
    page(
        "article-is-a-wall",
        "articles that are a login wall, a feed, a picture, nothing",
        ["a1", "w1", "w2", "w3", "w4"],
        {
            "w1": says("<html><title>登录</title><form><input type=password></form></html>", content_type="text/html"),
            "w2": says("<rss version='2.0'><channel><title>x</title></channel></rss>"),
            "w3": says(b"\x89PNG\r\n\x1a\n" + bytes(range(256)), content_type="image/png"),
            "w4": says(b"", content_type="text/html"),
        },
        holds=has_article,
        asked=6,
    ),
    page(
        "article-304",
        "an article that says 304 to a first request",
        ["a1", "n1"],
        {"n1": lambda _: answer(b"", "304 Not Modified")},
        holds=has_article,
        asked=3,
    ),
    page("article-loops", "an article that redirects to itself", ["a1", "l1"], {"l1": redirects_to("")}, holds=has_article, asked=14),
    page(
        "article-deep",
        "an article 100,000 elements deep",
        ["a1", "d1"],
        {"d1": says("<html><body><h1>Deep</h1>" + "<div>" * 100_000 + "x", content_type="text/html")},
        within=15,
        asked=3,
    ),
    page(
        "article-of-9-mb",
        "an article of 9 MB",
        ["a1", "g1"],
        {"g1": lambda _: answer(b"<html><body><h1>Large</h1><div>" + "<p>海河两岸的文字。</p>".encode() * 300_000, headers=[HTML])},
        within=25,
        asked=3,
    ),
    page("list-without-links", "a list without a link", [], ends=[fails("NothingFound", "NotAFeed")], asked=1),
    page(
        "list-to-itself",
        "links that all lead back to the list",
        ["", "#a", "?", "./", "{base}/list-to-itself/"],
        ends=[fails("NothingFound", "NotAFeed")],
        asked=2,
    ),
    page("list-same-link", "a thousand links to one article", ["a1"] * 1000, ends=[brings(count=1)], asked=2),
    Case(
        name="list-deep",
        serves="a list 100,000 elements deep",
        reply=says("<html><body>" + "<ul><li>" * 100_000, content_type="text/html"),
        source=PAGE,
        ends=[fails("NothingFound", "NotAFeed", "Refused", "Malformed")],
        within=15,
    ),
    Case(
        name="list-deep-inferred",
        serves="the same, to be found by looking",
        reply=says("<html><body>" + "<div><a href=a>标题标题标题标题</a>" * 60_000, content_type="text/html"),
        source={"kind": "page"},
        ends=[fails("NothingFound", "NotAFeed", "Refused", "Malformed")],
        within=15,
    ),
    Case(
        name="list-is-a-waf",
        serves="a wall instead of a list",
        reply=says("<html><title>Just a moment...</title><body><script>x</script></body></html>", content_type="text/html"),
        source={"kind": "page"},
        ends=[fails("NothingFound", "NotAFeed")],
    ),
    Case(
        name="list-empty",
        serves="nothing instead of a list",
        reply=says(b"", content_type="text/html"),
        source={"kind": "page"},
        ends=[fails("NothingFound", "NotAFeed")],
    ),
]
