"""Sitemaps that name themselves, each other, other sites, or more than anybody wants to know (sitemaps.org)."""

from __future__ import annotations

import zlib
from functools import cache

from tests.hostile.case import Case, Expected, Seen, answer, brings, fails, says
from tests.hostile.cases.leads import HTML, WORDS, filled
from tests.hostile.upstream import Reply, Talk

KIND = {"kind": "sitemap"}
NS = "http://www.sitemaps.org/schemas/sitemap/0.9"
NOWHERE = fails("NothingFound", "NotAFeed", "Refused", "Malformed", "TooLarge")
ANY = Expected("anything", lambda _: True)
SECRET = "root:x:0:0"


def index(*places: str) -> str:
    return f"<sitemapindex xmlns='{NS}'>{''.join(f'<sitemap><loc>{place}</loc></sitemap>' for place in places)}</sitemapindex>"


def urlset(*places: str, more: str = "", head: str = "") -> str:
    return f"{head}<urlset xmlns='{NS}'>{''.join(f'<url><loc>{place}</loc>{more}</url>' for place in places)}</urlset>"


def site(name: str, first: str) -> Reply:
    """`first` at its address, an article wherever a path ends with .html, and the very same everywhere else."""

    def reply(talk: Talk) -> object:
        if talk.request.path.endswith(".html"):
            body = f"<html><head><title>文章</title></head><body><h1>{talk.request.path}</h1><div><p>{WORDS}</p></div></body></html>"
            return answer(body.encode(), headers=[HTML])
        return filled(first.replace("{name}", name), ("Content-Type", "application/xml"))(talk)

    return reply  # type: ignore[return-value]


def case(name: str, serves: str, first: str, **more: object) -> Case:
    return Case(name=name, serves=serves, reply=site(name, first), source=KIND, **{"ends": [NOWHERE], **more})  # type: ignore[arg-type]


@cache
def bomb() -> bytes:
    machine = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join([machine.compress(b"<urlset "), *(machine.compress(b" " * 2**20) for _ in range(60)), machine.flush()])


def keeps_quiet(seen: Seen) -> None:
    for entry in seen.entries:
        assert SECRET not in repr(entry)
        assert len(entry.link or "") < 5000


CASES = [
    case("sitemap-honest", "a sitemap of one article, for comparison", urlset("{base}/{name}/1.html"), ends=[brings(count=1)], asked=2),
    case(
        "sitemap-indexes-itself",
        "an index that names itself a thousand times, each time in another spelling",
        index("{base}/{name}/", *(f"{{base}}/{{name}}/?{n}" for n in range(500)), *(f"{{base}}/{{name}}/.#{n}" for n in range(500))),
        asked=7,
    ),
    case("sitemap-in-circles", "indexes of indexes without end", index(*(f"{{base}}/{{name}}/x/{n}/" for n in range(9))), asked=7),
    case(
        "sitemap-elsewhere",
        "lists and pages of other sites, of forbidden places, and of other schemes",
        index("{here}/map.xml", "{there}/map.xml", "http://10.0.0.1/map.xml", "file:///etc/passwd", "https://evil.example/map.xml"),
        asked=1,
    ),
    case(
        "sitemap-leads-elsewhere",
        "pages of forbidden places and of other schemes",
        urlset("{there}/1.html", "http://10.0.0.1/1.html", "file:///etc/passwd", "javascript:x()", "data:text/html,x", "//[::1]/1.html"),
        ends=[ANY],
        asked=1,
    ),
    Case(
        name="sitemap-bomb",
        serves="a packed file that unpacks to 60 MiB, which is more than the protocol allows",
        reply=lambda _: answer(bomb(), headers=[("Content-Type", "application/gzip")]),
        source=KIND,
        ends=[NOWHERE],
        asked=1,
    ),
    case(
        "sitemap-too-long",
        "more addresses than there may be",
        urlset(*(f"{{base}}/{{name}}/{n}.html" for n in range(51_000))),
        ends=[brings(count=40, note="more than the 50,000")],
        asked=41,
        within=25,
    ),
    case("sitemap-deep", "a hundred thousand elements in one another", f"<urlset xmlns='{NS}'>" + "<url>" * 100_000, asked=1),
    case(
        "sitemap-laughs",
        "entities that multiply, and one that is a file",
        urlset(
            "{base}/{name}/&a9;.html",
            "{base}/{name}/&x;.html",
            head='<!DOCTYPE urlset [<!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY a0 "ha">'
            + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
            + "]>",
        ),
        ends=[ANY],
        holds=keeps_quiet,
        asked=4,
    ),
    case(
        "sitemap-dates",
        "dates that are none, of the year 1 and of the year 9999",
        urlset(
            *(f"{{base}}/{{name}}/{n}.html" for n in range(3)),
            more="<lastmod>9999-12-31T23:59:59-23:59</lastmod><lastmod>0001-01-01</lastmod><priority>1e999</priority>",
        ),
        ends=[brings(count=3)],
        asked=4,
    ),
    Case(
        name="sitemap-of-lines",
        serves="addresses a line, a hundred thousand of them, all the same",
        reply=says("http://127.0.0.5/x\n" * 100_000, content_type="text/plain"),
        source=KIND,
        ends=[NOWHERE],
        asked=1,
    ),
]
