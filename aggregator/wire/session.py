"""A polite, capped and guarded GET.

One `Wire` is one session with one SSL context for the whole process. It queues per host *before* the clock of a request starts,
follows redirects itself so that every hop is guarded and secrets stay at home, and hands back the body with its content
codings removed under a cap. What an answer means (304, 404, 503 …) is not decided here but in `aggregator.pull`.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Self

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from aggregator.errors import Blocked, TimedOut, TooLarge, Unreachable
from aggregator.wire.address import follow, parse
from aggregator.wire.guard import Guard
from aggregator.wire.meter import metered
from aggregator.wire.resolver import Resolver
from aggregator.wire.room import Room
from aggregator.wire.spool import LARGE, Spool
from aggregator.wire.troubles import MAX_HEADER_LINE, MAX_HEADERS, explain
from aggregator.wire.trust import trust
from aggregator.wire.unpack import unpack

REDIRECTS = frozenset({301, 302, 303, 307, 308})
PERMANENT = frozenset({301, 308})  # RFC 9110 §15.4.2, §15.4.9
MAX_REDIRECTS = 10
MAX_FRAMING = 64 * 1024  # bytes around the body of even the smallest answer; of large ones, a quarter of the body more
MAX_QUEUES = 10_000  # hosts that are remembered; strangers' redirects can name any number of them
# Fields that may be given in several lines, which are one list (RFC 9110 §5.3); of all others the last line counts.
_LISTS = frozenset({"cache-control", "content-encoding", "link", "vary"})
# Named here rather than per request: what we can read, best first; anything else is still accepted, servers often ignore this.
ACCEPT = "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, text/html;q=0.8, */*;q=0.5"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How we behave on the wire. `timeout` and `spacing` in seconds; `per_host` requests at a time to one host.

    `timeout` is for one `get` with all its redirects; waiting for one's turn at a host does not count."""

    user_agent: str
    timeout: float = 20.0
    max_bytes: int = 10 * 1024 * 1024
    per_host: int = 1
    spacing: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back after redirects. `headers` have lower-case names, the last of repeated ones wins but for lists, which are joined.

    `body_hash` is the SHA-256 of the bytes on the wire, before any decoding. `moved_to` is set when every redirect on the way was
    permanent. Only a 200 has a body: what stands below an error or a redirect is not read."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes = b""
    body_hash: str = ""
    moved_to: str | None = None


@dataclass(slots=True)
class _Deadline:
    """The seconds that a `get` has left for its exchanges."""

    left: float


@dataclass(slots=True)
class _Host:
    """The queue before one host: a number of requests at a time, and a pause between the starts of any two."""

    slots: asyncio.Semaphore
    free_at: float = 0.0
    asked: float = 0.0  # seconds that the host itself wants between two requests
    here: int = 0  # who waits or is being served

    @asynccontextmanager
    async def turn(self, spacing: float, deadline: _Deadline) -> AsyncIterator[None]:
        """Once it is our turn, the time that is left runs. TimeoutError when it runs out."""
        clock = asyncio.get_running_loop().time
        self.here += 1
        try:
            async with self.slots:
                spacing, now = max(spacing, self.asked), clock()
                start = max(now, self.free_at)
                self.free_at = start + spacing
                if start > now:
                    await asyncio.sleep(start - now)
                    now = clock()
                try:
                    async with asyncio.timeout(deadline.left):
                        yield
                finally:
                    end = clock()
                    deadline.left -= end - now
                    # The pause is measured from the end of a slow answer too: a struggling host gets its rest.
                    self.free_at = max(self.free_at, end + spacing)
        finally:
            self.here -= 1


class Wire:
    """An asynchronous context manager; `get` may be called from many tasks at once. `trust` says whose certificates are believed, and
    `resolver` is asked for names, where that is not whom the machine believes and asks. In `room` are the tasks that hold large bodies."""

    def __init__(
        self, manners: Manners, guard: Guard, trust: ssl.SSLContext | None = None, resolver: AbstractResolver | None = None
    ) -> None:
        self.manners = manners
        self._guard = guard
        self._trust = trust
        self._resolver = resolver
        self._hosts: dict[str, _Host] = {}
        self._session: aiohttp.ClientSession | None = None
        self._proxied: aiohttp.ClientSession | None = None
        self.room = Room()

    async def __aenter__(self) -> Self:
        self._session = self._open(self._guard.socket)
        # Whom a proxy is asked for is looked at by name. The way to the proxy itself is the operator's own word, wherever it leads.
        self._proxied = self._open(None)
        return self

    def _open(self, socket_factory: Callable[[aiohttp.AddrInfoType], socket.socket] | None) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            limit=0,  # the queues below are ours: waiting inside aiohttp would eat the request's deadline
            resolver=self._resolver or Resolver(),
            socket_factory=socket_factory,
            ttl_dns_cache=60,
        )
        return aiohttp.ClientSession(
            connector=metered(connector, self.manners.max_bytes * 5 // 4 + MAX_FRAMING),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            timeout=aiohttp.ClientTimeout(total=None, connect=None),
            max_line_size=MAX_HEADER_LINE,
            max_field_size=MAX_HEADER_LINE,
            max_headers=MAX_HEADERS,
            headers={"User-Agent": self.manners.user_agent, "Accept": ACCEPT, "Accept-Encoding": "gzip, deflate, br, zstd"},
        )

    async def __aexit__(self, *_: object) -> None:
        for session in (self._session, self._proxied):
            if session:
                await session.close()

    def slow_down(self, host: str, seconds: float) -> None:
        """From now on leave `seconds` between two requests to this host, where that is more than our own spacing."""
        self._queue(host).asked = seconds

    async def get(
        self,
        url: str,
        headers: Mapping[str, str] | None = None,
        secrets: Mapping[str, str] | None = None,
        *,
        proxy: str | None = None,
        redirects: int = MAX_REDIRECTS,
        most: int | None = None,
        admit: Callable[[str], Awaitable[None]] | None = None,
        form: str | None = None,
    ) -> Answer:
        """GET `url` (or POST an encoded `form` to it) and follow its redirects, these always by GET. `secrets` are headers that are sent to
        the first origin only. `proxy` is an HTTP proxy, with its user and password, that every hop goes through. Of a body that is longer
        than `most` the rest is left. `admit` is asked before each hop, outside of the queue and of our time, and what it raises ends it.

        Raises a PullError: Blocked, Unreachable, TimedOut, TooLarge or BadAnswer."""
        here = first = parse(url)
        permanent = True
        home, deadline = here.origin(), _Deadline(self.manners.timeout)
        through = URL(proxy) if proxy else None
        for _ in range(redirects + 1):
            sent = {**(headers or {}), **((secrets or {}) if here is first or here.origin() == home else {})}
            if admit:
                await admit(str(here))
            answer = await self._hop(here, sent, deadline, through, most, form)
            form = None
            if answer.status not in REDIRECTS or "location" not in answer.headers:
                moved = answer.url if permanent and here is not first and here != first else None
                return replace(answer, moved_to=moved)
            permanent = permanent and answer.status in PERMANENT
            here = follow(here, answer.headers["location"])
        raise TooLarge(f"more than {redirects} redirects; the last led to {here.host}")

    def _queue(self, host: str) -> _Host:
        name = host.lower().rstrip(".")
        if name not in self._hosts and len(self._hosts) >= MAX_QUEUES:
            now = asyncio.get_running_loop().time()
            self._hosts = {each: queue for each, queue in self._hosts.items() if queue.here or queue.free_at > now}
        return self._hosts.setdefault(name, _Host(asyncio.Semaphore(self.manners.per_host)))

    async def _hop(
        self, url: URL, headers: Mapping[str, str], deadline: _Deadline, proxy: URL | None, most: int | None, form: str | None
    ) -> Answer:
        if not self._guard.admits(url.host or ""):
            raise Blocked(f"{url.host} is a private or reserved address; pull.allow_private can open its network")
        with Spool() as spool:
            try:
                async with self._queue(url.host or "").turn(self.manners.spacing, deadline):
                    answer = await self._exchange(url, headers, spool, proxy, most, form)
            except TimeoutError as error:
                raise TimedOut(f"no complete answer within {self.manners.timeout:g} s") from error
            except (aiohttp.ClientError, OSError, ValueError) as error:
                raise explain(error, url, proxy) from error
            if answer.status != 200:
                return answer
            body = await self._body(spool, answer.headers.get("content-encoding", ""), most)
            return replace(answer, body=body, body_hash=spool.digest)

    async def _exchange(
        self, url: URL, headers: Mapping[str, str], spool: Spool, proxy: URL | None, most: int | None, form: str | None
    ) -> Answer:
        """The answer, with its body not in it but in `spool`."""
        session = self._proxied if proxy else self._session
        if session is None:
            raise RuntimeError("a Wire is used inside `async with`")
        method, sent = ("GET", None) if form is None else ("POST", form.encode())
        told = headers if sent is None else {**headers, "Content-Type": "application/x-www-form-urlencoded"}
        tls = (self._trust or trust()) if url.scheme == "https" else True
        async with session.request(method, url, headers=told, data=sent, allow_redirects=False, proxy=proxy, ssl=tls) as response:
            if proxy and response.status == 407:
                raise Unreachable("the proxy wants another user or password (407)")
            heads: dict[str, str] = {}
            for name, value in response.headers.items():
                name = name.lower()
                heads[name] = f"{heads[name]}, {value}" if name in _LISTS and name in heads else value
            if response.status == 200:
                await self._receive(response, spool, most)
            return Answer(url=str(url), status=response.status, headers=heads)

    async def _receive(self, response: aiohttp.ClientResponse, spool: Spool, most: int | None) -> None:
        cap = self.manners.max_bytes
        size = response.content_length or 0  # as promised; no need to fetch what will be too much
        if size <= cap or most:
            async for chunk in response.content.iter_any():
                spool.write(chunk)
                if spool.size > min(cap, most or cap):
                    break
            size = spool.size
        if size > cap and not (most and spool.size > most):
            raise TooLarge(f"the answer is larger than {cap:,} bytes (pull.max_bytes)")

    async def _body(self, spool: Spool, coding: str, most: int | None) -> bytes:
        """What came, without its content coding; in memory only when there is room for it."""
        cap = self.manners.max_bytes
        if spool.size > LARGE:
            await self.room.enter(spool.size)
        body = unpack(spool.read(most), coding, cap)
        if len(body) > LARGE >= spool.size:
            size = len(body)
            del body  # not while it waits
            await self.room.enter(size)
            body = unpack(spool.read(most), coding, cap)
        return body
