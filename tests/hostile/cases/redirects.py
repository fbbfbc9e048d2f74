"""Redirects: loops, chains, and to every place that must not be reached, in every spelling that leads there."""

from __future__ import annotations

import socket

from tests.hostile.case import Case, Seen, answer, brings, fails, just, rss, says, slowly, to, turns
from tests.hostile.upstream import Reply, Talk

FEED = rss("One", "Two")

# Where this machine, its network and the metadata services of clouds are, as people who mean harm write it.
FORBIDDEN = {
    "loopback": "http://127.0.0.1:{canary}/",
    "loopback-short": "http://127.1:{canary}/",
    "loopback-hex": "http://0x7f.1:{canary}/",
    "loopback-hex-whole": "http://0x7f000001:{canary}/",
    "loopback-octal": "http://0177.0.0.1:{canary}/",
    "loopback-decimal": "http://2130706433:{canary}/",
    "loopback-octal-whole": "http://017700000001:{canary}/",
    "loopback-mixed-bases": "http://0x7f.0.0x0.01:{canary}/",
    "loopback-zeros-before": "http://0000127.0000.0.1:{canary}/",
    "loopback-fewer-slashes": "http:/127.0.0.1:{canary}/",
    "loopback-no-slashes": "http:127.0.0.1:{canary}/",
    "loopback-more-slashes": "http:////127.0.0.1:{canary}/",
    "loopback-zero-width": "http://127.0.0.1\u200b:{canary}/",
    "loopback-escaped-nul": "http://127.0.0.1%00.up.example:{canary}/",
    "loopback-dot-behind": "http://127.0.0.1.:{canary}/",
    "loopback-other": "http://127.255.255.254:{canary}/",
    "loopback-escaped": "http://%31%32%37.0.0.1:{canary}/",
    "loopback-circled": "http://①②⑦.⓪.⓪.①:{canary}/",
    "loopback-full-stops": "http://127。0。0。1:{canary}/",
    "loopback-full-width": "http://１２７.０.０.１:{canary}/",
    "zero": "http://0:{canary}/",
    "unspecified": "http://0.0.0.0:{canary}/",
    "localhost": "http://localhost:{canary}/",
    "localhost-shouted": "http://LOCALHOST.:{canary}/",
    "localhost-below": "http://up.example.localhost:{canary}/",
    "localhost-full-width": "http://ｌｏｃａｌｈｏｓｔ:{canary}/",
    "localhost-soft-hyphen": "http://local\u00adhost:{canary}/",
    "localhost-full-stop": "http://localhost。:{canary}/",
    "localhost-circled": "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ:{canary}/",
    "localhost-cyrillic": "http://lоcalhost:{canary}/",
    "localhost-dots": "http://localhost..:{canary}/",
    "localhost-v6-name": "http://ip6-localhost:{canary}/",
    "localhost-escaped": "http://%6cocalhost:{canary}/",
    "localhost-with-name": "http://up.example@localhost:{canary}/",
    "looks-like-the-site": "http://127.0.0.5@127.0.0.1:{canary}/",
    "own-name": f"http://{socket.gethostname()}:{{canary}}/",
    "v6-loopback": "http://[::1]:{canary}/",
    "v6-loopback-long": "http://[0:0:0:0:0:0:0:1]:{canary}/",
    "v6-unspecified": "http://[::]:{canary}/",
    "v6-mapped": "http://[::ffff:127.0.0.1]:{canary}/",
    "v6-mapped-hex": "http://[::ffff:7f00:1]:{canary}/",
    "v6-mapped-metadata": "http://[::ffff:169.254.169.254]/latest/meta-data/",
    "v6-translated": "http://[::ffff:0:127.0.0.1]:{canary}/",
    "v6-future": "http://[v1.127.0.0.1]:{canary}/",
    "v6-compatible": "http://[::127.0.0.1]:{canary}/",
    "v6-nat64": "http://[64:ff9b::7f00:1]:{canary}/",
    "v6-6to4": "http://[2002:7f00:1::]:{canary}/",
    "v6-teredo": "http://[2001:0:7f00:1::1]:{canary}/",
    "v6-link-local": "http://[fe80::1%25lo]:{canary}/",
    "v6-unique-local": "http://[fd00::1]:{canary}/",
    "v6-multicast": "http://[ff02::1]:{canary}/",
    "v6-site-local": "http://[fec0::1]:{canary}/",
    "v6-nat64-local": "http://[64:ff9b:1::7f00:1]:{canary}/",
    "v6-isatap": "http://[fe80::5efe:7f00:1]:{canary}/",
    "v6-metadata": "http://[fd00:ec2::254]/latest/meta-data/",
    "metadata": "http://169.254.169.254/latest/meta-data/",
    "metadata-decimal": "http://2852039166/latest/meta-data/",
    "private-10": "http://10.0.0.1/",
    "private-172": "http://172.16.0.1/",
    "private-192": "http://192.168.0.1/",
    "carrier": "http://100.64.0.1/",
    "benchmark": "http://198.18.0.1/",
    "documentation": "http://192.0.2.1/",
    "multicast": "http://224.0.0.1:{canary}/",
    "reserved": "http://240.0.0.1:{canary}/",
    "broadcast": "http://255.255.255.255:{canary}/",
    "this-network": "http://0.0.0.1:{canary}/",
    "without-scheme": "//127.0.0.1:{canary}/x",
    "back-slashes": "http:\\\\127.0.0.1:{canary}\\",
    "back-slash-host": "http://127.0.0.1:{canary}\\@up.example/",
    "tab-in-scheme": "ht\ttp://127.0.0.1:{canary}/",
    "tls": "https://127.0.0.1:{canary}/",
}
# What is refused before anybody could know that it leads there.
STRICT = {
    "loopback-escaped": ("Unreachable",),
    "loopback-zeros-before": ("BadAnswer", "Blocked"),
    "loopback-fewer-slashes": ("BadAnswer",),
    "loopback-no-slashes": ("BadAnswer",),
    "loopback-more-slashes": ("BadAnswer",),
    "loopback-zero-width": ("BadAnswer",),
    "loopback-escaped-nul": ("Unreachable", "BadAnswer"),
    "localhost-soft-hyphen": ("BadAnswer",),
    "localhost-cyrillic": ("Unreachable",),
    "localhost-v6-name": ("Unreachable", "Blocked"),
    "localhost-escaped": ("Unreachable", "BadAnswer", "Blocked"),
    "v6-future": ("Unreachable", "BadAnswer", "Blocked"),
    "own-name": ("Blocked", "Unreachable"),
    "back-slashes": ("BadAnswer",),
    "back-slash-host": ("BadAnswer",),
}
# Other schemes: none is fetched.
SCHEMES = {
    "file": "file:///etc/passwd",
    "file-host": "file://localhost/etc/passwd",
    "file-shouted": "FILE:/etc/passwd",
    "ftp": "ftp://127.0.0.1:{canary}/x",
    "gopher": "gopher://127.0.0.1:{canary}/_x",
    "dict": "dict://127.0.0.1:{canary}/x",
    "ldap": "ldap://127.0.0.1:{canary}/x",
    "ws": "ws://127.0.0.1:{canary}/x",
    "unix": "http+unix://%2Fvar%2Frun%2Fdocker.sock/x",
    "data": "data:application/rss+xml,<rss/>",
    "javascript": "javascript:alert(1)",
    "jar": "jar:http://127.0.0.1:{canary}/x!/y",
    "view-source": "view-source:http://127.0.0.1:{canary}/",
    "blob": "blob:http://127.0.0.1:{canary}/x",
}
# Addresses that are none.
BROKEN = {
    "port-99999": "http://127.0.0.1:99999/",
    "port-negative": "http://127.0.0.1:-1/",
    "port-word": "http://127.0.0.1:http/",
    "port-0": "http://127.0.0.5:0/",
    "no-host": "http://",
    "no-host-path": "http:///etc/passwd",
    "bracket": "http://[::1",
    "brackets-of-nothing": "http://[]/",
    "query-alone": "http://?x",
    "userinfo-alone": "http://user:pw@/",
    "punycode-that-is-none": "http://xn--\u0000.example/",
    "punycode-too-long": f"http://xn--{'9' * 60}.example/",
    "empty-labels": "http://a..b..c/",
    "label-too-long": f"http://{'a' * 300}.example/",
    "host-with-blank": "http://127.0.0.1 up.example/",
    "surrogates": b"http://\xed\xa0\x80\xff\xfe/",
    "nul": "http://127.0.0.1\0.up.example:{canary}/",
}


def secretive(seen: Seen) -> None:
    """The operator's header and the source's password went to the source's own origin, and nowhere else."""
    first, *others = seen.requests
    assert first.headers["x-key"] == "for you alone"
    for request in others:
        assert "x-key" not in request.headers, request.path
        assert "authorization" not in request.headers, request.path


def modest(seen: Seen) -> None:
    """No referers, no cookies that we were not told to send."""
    for request in seen.requests:
        assert not {"referer", "cookie", "origin"} & request.headers.keys()


async def slow_hops(talk: Talk) -> None:
    import asyncio

    await asyncio.sleep(0.9)
    await talk.send(answer(b"", "302 Found", [("Location", f"/slow-chain/{talk.nth}")]))


def other_origin(talk: Talk) -> bytes:
    """A redirect to another port of the same host, which is another origin (RFC 6454 §4)."""
    return answer(b"", "302 Found", [("Location", f"http://127.0.0.5:{talk.ports['other']}/secret-elsewhere/2")])


def chain(length: int, status: str = "301 Moved Permanently") -> Reply:
    def reply(talk: Talk) -> bytes:
        if talk.nth >= length:
            return answer(FEED.encode())
        return answer(b"", status, [("Location", f"{talk.base}{talk.request.path}x")])

    return reply


def refuses(name: str, location: str | bytes, serves: str, *kinds: str) -> Case:
    return Case(name=f"to-{name}", serves=serves, reply=to(location), ends=[fails(*kinds)], asked=1, within=4)


def uninjected(seen: Seen) -> None:
    assert all(b"\r\nx-injected" not in request.raw.lower() for request in seen.requests)


def anonymous(seen: Seen) -> None:
    assert len(seen.requests) == 2
    assert all("authorization" not in request.headers for request in seen.requests)
    assert all("evil" not in (entry.link or "") for entry in seen.entries)


def with_user(talk: Talk) -> bytes:
    return answer(b"", "302 Found", [("Location", talk.base.replace("://", "://evil:pw@") + talk.request.path + "x")])


CASES = [
    *(refuses(name, place, f"a redirect to {place!a}", *STRICT.get(name, ("Blocked",))) for name, place in FORBIDDEN.items()),
    *(refuses(f"scheme-{name}", place, f"a redirect to {place!a}", "Blocked") for name, place in SCHEMES.items()),
    *(refuses(name, place, f"a redirect to {place!a}", "BadAnswer", "Blocked", "Unreachable") for name, place in BROKEN.items()),
    *(
        Case(
            name=f"configured-{name}",
            serves=f"an operator who was talked into {place}",
            reply=just(b""),
            url=lambda upstream, place=place: place.format(canary=upstream.ports["canary"]),
            ends=[fails("Blocked")],
            asked=0,
        )
        for name, place in (
            ("loopback", "http://127.0.0.1:{canary}/"),
            ("localhost", "http://localhost:{canary}/"),
            ("v6", "http://[::1]:{canary}/"),
        )
    ),
    Case(name="loop-to-itself", serves="a redirect to itself", reply=to(""), ends=[fails("BadAnswer", "TooLarge")], asked=12),
    Case(
        name="loop-of-two",
        serves="two pages that name each other",
        reply=to("{base}/loop-of-two/?other"),
        ends=[fails("BadAnswer", "TooLarge")],
        asked=12,
    ),
    Case(
        name="chain-of-5",
        serves="five redirects and a feed",
        reply=chain(5),
        ends=[brings("One", "Two")],
        titles=["One", "Two"],
        holds=modest,
    ),
    Case(name="chain-of-60", serves="sixty redirects", reply=chain(60), ends=[fails("BadAnswer", "TooLarge")], asked=12),
    Case(
        name="slow-chain",
        serves="redirects that take 0.9 s each: the deadline is for the whole exchange, not for each hop",
        reply=slowly(slow_hops),
        ends=[fails("TimedOut")],
        within=3.5,
    ),
    Case(
        name="redirect-without-location",
        serves="302 and no Location",
        reply=just(answer(b"", "302 Found")),
        ends=[fails("BadAnswer", "Refusing")],
    ),
    Case(
        name="redirect-with-feed",
        serves="300 Multiple Choices with a body",
        reply=just(answer(FEED.encode(), "300 Multiple Choices")),
        ends=[fails("BadAnswer")],
    ),
    Case(
        name="two-locations",
        serves="two Location fields, one of them bad",
        reply=to("{base}/two-locations/x", "302 Found", ("Location", "http://127.0.0.1:1/")),
        ends=[fails("BadAnswer", "Blocked", "TooLarge", "Unreachable")],
        asked=12,
    ),
    Case(
        name="location-of-100-kb",
        serves="a Location of 100 KB",
        reply=to("/" + "a" * 100_000),
        ends=[fails("TooLarge", "BadAnswer")],
        asked=1,
    ),
    Case(
        name="location-with-header",
        serves="a Location that tries to put a header into our next request",
        reply=turns(to("{base}/location-with-header/%0d%0aX-Injected:1"), says(FEED)),
        ends=[brings("One", "Two")],
        holds=uninjected,
    ),
    Case(
        name="location-with-user",
        serves="a redirect with a user and password that nobody gave us: neither sent on, nor in the addresses that are kept",
        reply=turns(with_user, says(FEED.replace("https://up.example/", "/"))),
        ends=[brings("One", "Two")],
        holds=anonymous,
    ),
    Case(
        name="location-with-utf-8",
        serves="a Location in raw UTF-8, as many servers send it",
        reply=turns(to("/location-with-utf-8/新闻".encode()), says(FEED)),
        ends=[brings("One", "Two")],
    ),
    Case(
        name="secret-elsewhere",
        serves="a redirect to another origin: the operator's secrets stay at home",
        reply=turns(other_origin, says(FEED)),
        ends=[brings("One", "Two")],
        holds=secretive,
        source={"headers": {"X-Key": "for you alone"}},
    ),
    Case(
        name="secret-to-canary",
        serves="a redirect with the operator's secrets to a forbidden place",
        reply=to("http://127.0.0.1:{canary}/"),
        ends=[fails("Blocked")],
        source={"headers": {"X-Key": "for you alone"}},
    ),
    Case(
        name="moved-for-good-to-elsewhere",
        serves="308 to another address: followed now, and it is only proposed to the operator",
        reply=turns(to("{base}/moved-for-good-to-elsewhere/new", "308 Permanent Redirect"), says(FEED)),
        ends=[brings("One", "Two")],
    ),
]
