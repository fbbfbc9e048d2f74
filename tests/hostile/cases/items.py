"""Items: too many, too large, absurd dates, links to nowhere good."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache

from tests.hostile.case import Case, Seen, answer, brings, rss, says, unchanged
from tests.hostile.upstream import Talk

BAD_LINKS = (
    "javascript:alert(1)",
    "JAVASCRIPT:alert(1)",
    "java&#10;script:alert(1)",
    "&#1;javascript:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "file:///etc/passwd",
    "ftp://x.example/",
    "http://",
    "http://[::1",
    "http://x.example:99999/",
    "about:blank",
    "blob:http://x.example/1",
)
DATES = (
    "Mon, 01 Jan 0001 00:00:00 GMT",
    "Fri, 31 Dec 9999 23:59:59 -2359",
    "9999-12-31T23:59:59.999999-23:59",
    "0001-01-01T00:00:00+23:59",
    "31 Feb 2024 10:00:00 GMT",
    "2024-02-31T25:61:61Z",
    "99999999999999999999",
    "-1",
    "Sat, 30 Dec 1899 00:00:00 GMT",
    "1e400",
    "NaN",
    "٢٠٢٤-٠١-٠١",
    "2024-01-01T00:00:00+99:99",
    "now",
    "明天",
    "2024年13月45日",
    "&lt;script&gt;",
    "1" * 5000,
)


@cache
def many(count: int) -> bytes:
    return rss(*(f"Item {number}" for number in range(count))).encode()


@cache
def large_item(size: int) -> bytes:
    return rss("One", item=f"<description>{'&lt;p&gt;海河 words and more words&lt;/p&gt;' * (size // 40)}</description>").encode()


def addresses(seen: Seen) -> None:
    """Whatever is kept as an address is one of the web, with a host."""
    for entry in seen.entries:
        for address in (entry.link, entry.image, *(each.url for each in entry.enclosures), *(each.uri for each in entry.people)):
            assert address is None or address.startswith(("http://", "https://")), address


def plausible(seen: Seen) -> None:
    """What is kept as a date exists, and our own order does not follow dates of the far future."""
    for entry in seen.entries:
        if entry.published:
            assert entry.published.tzinfo
            assert entry.published.astimezone(UTC) < datetime(2200, 1, 1, tzinfo=UTC), entry.title


def short_titles(seen: Seen) -> None:
    assert all(len(entry.title) <= 500 for entry in seen.entries)


def counted(count: int) -> Callable[[Seen], None]:
    def check(seen: Seen) -> None:
        assert len(seen.entries) == count, len(seen.entries)

    return check


def growing(talk: Talk) -> bytes:
    """A list that grows to the front, the old ones falling out behind."""
    return answer(rss(*(f"Entry {number}" for number in range(talk.nth + 5, talk.nth, -1))).replace("g-", f"{talk.nth}-").encode())


def _few_enclosures(seen: Seen) -> None:
    assert all(len(entry.enclosures) <= 100 for entry in seen.entries)


CASES = [
    Case(
        name="items-100000",
        serves="a hundred thousand items: all or a bounded number, never a hang",
        reply=lambda _: answer(many(100_000)[: 10 * 1024 * 1024]),
        ends=[brings(count=5000, note="the first 5,000 were read")],
        within=15,
    ),
    Case(
        name="items-5000",
        serves="five thousand items",
        reply=lambda _: answer(many(5000)),
        ends=[brings(count=5000), unchanged()],
        within=15,
    ),
    Case(name="item-9-mb", serves="one item of 9 MB", reply=lambda _: answer(large_item(9_000_000)), ends=[brings("One")], within=15),
    Case(
        name="item-9-mb-of-one-word",
        serves="a text of 9 MB without a blank",
        reply=lambda _: answer(rss("One", item=f"<description>{'x' * 9_000_000}</description>").encode()),
        ends=[brings("One")],
        within=15,
    ),
    Case(
        name="title-1-mb", serves="a title of 1 MB", reply=says(rss("One " + "two " * 250_000)), ends=[brings(count=1)], holds=short_titles
    ),
    Case(
        name="author-1-mb",
        serves="an author of 1 MB",
        reply=says(rss("One", item=f"<dc:creator xmlns:dc='http://purl.org/dc/elements/1.1/'>{'a' * 1_000_000}</dc:creator>")),
        ends=[brings("One")],
    ),
    Case(
        name="author-mail-1-mb",
        serves="an author of 1 MB that looks like the beginning of an address",
        reply=says(rss("One", item=f"<author>{'a.' * 250_000}@{'b.' * 250_000}</author>")),
        ends=[brings("One")],
        within=6,
    ),
    Case(
        name="categories-50000",
        serves="fifty thousand categories",
        reply=says(rss("One", item="".join(f"<category>c{n}</category>" for n in range(50_000)))),
        ends=[brings("One")],
    ),
    Case(
        name="enclosures-20000",
        serves="twenty thousand enclosures",
        reply=says(
            rss("One", item="".join(f"<enclosure url='https://up.example/{n}.mp3' type='audio/mpeg' length='1'/>" for n in range(20_000)))
        ),
        ends=[brings("One")],
        holds=_few_enclosures,
    ),
    Case(
        name="authors-20000",
        serves="twenty thousand authors",
        reply=says(
            rss("One", item="".join(f"<dc:creator xmlns:dc='http://purl.org/dc/elements/1.1/'>a{n}</dc:creator>" for n in range(20_000)))
        ),
        ends=[brings("One")],
        within=15,
    ),
    Case(
        name="images-20000",
        serves="a body of twenty thousand images",
        reply=says(
            rss("One", item="<description>" + "&lt;img data-src='/a.png' srcset='/b.png 1x, /c.png 2x'&gt;" * 20_000 + "</description>")
        ),
        ends=[brings("One")],
        within=15,
    ),
    Case(
        name="link-1-mb",
        serves="a link of 1 MB",
        reply=says(rss("One").replace("https://up.example/0", "https://up.example/" + "a" * 1_000_000)),
        ends=[brings("One")],
        holds=addresses,
    ),
    Case(
        name="links-bad",
        serves="items that link to scripts, files and nonsense",
        reply=says(
            "<rss version='2.0'><channel><title>Up</title>"
            + "".join(
                f"<item><title>Bad {n}</title><link>{link}</link><enclosure url='{link}' type='audio/mpeg'/><guid>{link}</guid></item>"
                for n, link in enumerate(BAD_LINKS)
            )
            + "</channel></rss>"
        ),
        ends=[brings()],
        holds=addresses,
    ),
    Case(
        name="dates-absurd",
        serves="dates of the year 1, the year 9999, 31 February and worse",
        reply=says(
            "<rss version='2.0'><channel><title>Up</title>"
            + "".join(
                f"<item><title>Date {n}</title><guid isPermaLink='false'>d{n}</guid><pubDate>{date}</pubDate><description>{n}</description>"
                "</item>"
                for n, date in enumerate(DATES)
            )
            + "</channel></rss>"
        ),
        ends=[brings(count=len(DATES))],
        holds=plausible,
    ),
    Case(
        name="dates-absurd-atom",
        serves="the same in Atom",
        reply=says(
            "<feed xmlns='http://www.w3.org/2005/Atom'><title>Up</title><id>urn:x</id>"
            + "".join(
                f"<entry><id>urn:d:{n}</id><title>Date {n}</title><published>{date}</published><updated>{date}</updated></entry>"
                for n, date in enumerate(DATES)
            )
            + "</feed>"
        ),
        ends=[brings(count=len(DATES))],
        holds=plausible,
    ),
    Case(
        name="lengths-absurd",
        serves="an enclosure with lengths that are none",
        reply=says(
            rss(
                "One",
                item="".join(
                    f"<enclosure url='https://up.example/{n}.mp3' type='audio/mpeg' length='{value}'/>"
                    for n, value in enumerate(("-1", "9" * 400, "1e9", "٣", ""))
                ),
            )
        ),
        ends=[brings("One")],
    ),
    Case(
        name="nameless",
        serves="items without title, link, guid or text",
        reply=says("<rss version='2.0'><channel><title>Up</title>" + "<item/>" * 1000 + "</channel></rss>"),
        ends=[brings()],
        holds=lambda seen: _at_most(seen, 1),
    ),
    Case(name="ever-other-items", serves="other items each time", reply=growing, ends=[brings(count=5), brings(), brings()]),
    Case(
        name="whole-feed-is-one-title",
        serves="an RSS title that is a document of its own",
        reply=says(rss("One").replace("One", "<![CDATA[" + rss("Two").replace("]]>", "") + "]]>")),
        ends=[brings(count=1)],
    ),
]


def _at_most(seen: Seen, count: int) -> None:
    assert len(seen.entries) <= count, len(seen.entries)
