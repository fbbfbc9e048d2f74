"""A polite, capped and guarded GET.

One `Wire` is one session with one SSL context for the whole process. It queues per host *before* the clock of a request starts,
follows redirects itself so that every hop is guarded and secrets stay at home, and hands back the body with its content
codings removed under a cap. What an answer means (304, 404, 503 …) is not decided here but in `aggregator.pull`.
"""

from __future__ import annotations

import asyncio
import errno
import hashlib
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Self

import aiohttp
from yarl import URL

from aggregator.errors import BadAnswer, Blocked, PullError, TimedOut, TooLarge, Unreachable
from aggregator.wire.guard import AddressRefused, Guard
from aggregator.wire.meter import Flood, metered
from aggregator.wire.resolver import Resolver
from aggregator.wire.unpack import unpack

REDIRECTS = frozenset({301, 302, 303, 307, 308})
PERMANENT = frozenset({301, 308})  # RFC 9110 §15.4.2, §15.4.9
MAX_REDIRECTS = 10
MAX_FRAMING = 64 * 1024  # bytes around the body of even the smallest answer; of large ones, a quarter of the body more
MAX_HEADERS = 128
MAX_HEADER_LINE = 16 * 1024
_LARGE_HEAD = ("Too many headers", "Got more than")  # aiohttp says so in words alone: its error has one type for every slip
# Fields that may be given in several lines, which are one list (RFC 9110 §5.3); of all others the last line counts.
_LISTS = frozenset({"cache-control", "content-encoding", "link", "vary"})
_WEB = ("http", "https")
_HANG_UP = frozenset({errno.ECONNRESET, errno.ECONNABORTED, errno.EPIPE})
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

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        started = asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(self.left):
                yield
        finally:
            self.left -= asyncio.get_running_loop().time() - started


@dataclass(slots=True)
class _Host:
    """The queue before one host: a number of requests at a time, and a pause between the starts of any two."""

    slots: asyncio.Semaphore
    free_at: float = 0.0

    @asynccontextmanager
    async def turn(self, spacing: float) -> AsyncIterator[None]:
        async with self.slots:
            now = asyncio.get_running_loop().time()
            start = max(now, self.free_at)
            self.free_at = start + spacing
            if start > now:
                await asyncio.sleep(start - now)
            try:
                yield
            finally:
                # The pause is measured from the end of a slow answer too: a struggling host gets its rest.
                self.free_at = max(self.free_at, asyncio.get_running_loop().time() + spacing)


class Wire:
    """An asynchronous context manager; `get` may be called from many tasks at once."""

    def __init__(self, manners: Manners, guard: Guard) -> None:
        self.manners = manners
        self._guard = guard
        self._hosts: dict[str, _Host] = {}
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        connector = aiohttp.TCPConnector(
            limit=0,  # the queues below are ours: waiting inside aiohttp would eat the request's deadline
            ssl=ssl.create_default_context(),
            resolver=Resolver(),
            socket_factory=self._guard.socket,
            ttl_dns_cache=60,
        )
        self._session = aiohttp.ClientSession(
            connector=metered(connector, self.manners.max_bytes * 5 // 4 + MAX_FRAMING),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            timeout=aiohttp.ClientTimeout(total=None, connect=None),
            max_line_size=MAX_HEADER_LINE,
            max_field_size=MAX_HEADER_LINE,
            max_headers=MAX_HEADERS,
            headers={"User-Agent": self.manners.user_agent, "Accept": ACCEPT, "Accept-Encoding": "gzip, deflate, br, zstd"},
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session:
            await self._session.close()

    async def get(self, url: str, headers: Mapping[str, str] | None = None, secrets: Mapping[str, str] | None = None) -> Answer:
        """GET `url` and follow its redirects; `secrets` are headers that are sent to the first origin only.

        Raises a PullError: Blocked, Unreachable, TimedOut, TooLarge or BadAnswer."""
        here, permanent = _parse(url), True
        home, deadline = here.origin(), _Deadline(self.manners.timeout)
        for _ in range(MAX_REDIRECTS + 1):
            sent = dict(headers or {}) | (dict(secrets or {}) if here.origin() == home else {})
            answer = await self._hop(here, sent, deadline)
            if answer.status not in REDIRECTS or "location" not in answer.headers:
                moved = answer.url if permanent and str(here) != str(_parse(url)) else None
                return replace(answer, moved_to=moved)
            permanent = permanent and answer.status in PERMANENT
            here = _follow(here, answer.headers["location"])
        raise TooLarge(f"more than {MAX_REDIRECTS} redirects; the last led to {here}")

    async def _hop(self, url: URL, headers: Mapping[str, str], deadline: _Deadline) -> Answer:
        host = self._hosts.setdefault(url.host or "", _Host(asyncio.Semaphore(self.manners.per_host)))
        async with host.turn(self.manners.spacing):
            try:
                async with deadline.running():
                    return await self._exchange(url, headers)
            except TimeoutError as error:
                raise TimedOut(f"no complete answer within {self.manners.timeout:g} s") from error
            except (aiohttp.ClientError, OSError, ValueError) as error:
                raise _explain(error, url) from error

    async def _exchange(self, url: URL, headers: Mapping[str, str]) -> Answer:
        if self._session is None:
            raise RuntimeError("a Wire is used inside `async with`")
        async with self._session.get(url, headers=headers, allow_redirects=False) as response:
            lines = {name.lower(): response.headers.getall(name) for name in response.headers}
            heads = {name: ", ".join(values) if name in _LISTS else values[-1] for name, values in lines.items()}
            if response.status != 200:
                return Answer(url=str(url), status=response.status, headers=heads)
            raw, digest = await self._body(response)
            body = unpack(raw, heads.get("content-encoding", ""), self.manners.max_bytes)
            return Answer(url=str(url), status=response.status, headers=heads, body=body, body_hash=digest)

    async def _body(self, response: aiohttp.ClientResponse) -> tuple[bytes, str]:
        """The bytes on the wire and their SHA-256."""
        cap, digest = self.manners.max_bytes, hashlib.sha256()
        chunks: list[bytes] = []
        size = response.content_length or 0  # as promised; no need to fetch what will be too much
        if size <= cap:
            size = 0
            async for chunk in response.content.iter_any():
                chunks.append(chunk)
                digest.update(chunk)
                size += len(chunk)
                if size > cap:
                    break
        if size > cap:
            raise TooLarge(f"the answer is larger than {cap:,} bytes (pull.max_bytes)")
        return b"".join(chunks), digest.hexdigest()


def _parse(url: str) -> URL:
    """An address that is ASCII already goes out byte for byte (signed query strings survive); others are quoted and IDN-encoded."""
    text = url.strip()
    try:
        parsed = _url(text)
        scheme = parsed.scheme
        if scheme in _WEB and parsed.host and parsed.port is not None:
            return parsed.with_fragment(None)
    except ValueError as error:
        raise BadAnswer(f"{_brief(repr(text))} is not a web address: {error}") from error
    if scheme not in _WEB:
        raise Blocked(f"{_brief(repr(text))}: only http and https are fetched")
    raise BadAnswer(f"{_brief(repr(text))} is not a web address")


def _url(text: str) -> URL:
    return URL(text, encoded=text.isascii() and text.isprintable() and " " not in text)


def _follow(here: URL, location: str) -> URL:
    """Where a Location leads (RFC 9110 §10.2.2)."""
    # Raw bytes come as surrogates; most of them are UTF-8, though only URI characters are allowed.
    text = location.encode("utf-8", "surrogateescape").decode("utf-8", "replace").strip()
    try:
        target = _url(text)
        if (target.scheme in _WEB or text.startswith("//")) and not target.host:
            raise ValueError("it names no host")
        joined = str(here.join(target))
    except ValueError as error:
        raise BadAnswer(f"the redirect to {_brief(repr(text))} leads nowhere: {error}") from error
    return _parse(joined)


def _brief(text: str) -> str:
    """What a stranger wrote, on one line and not much of it."""
    line = " ".join(text.split())
    return line if len(line) <= 120 else f"{line[:120]}…"


def _explain(error: Exception, url: URL) -> PullError:
    """aiohttp's errors in plain words."""
    host = url.host
    if isinstance(error, PullError):
        return error
    cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
    reason = (cause.strerror if isinstance(cause, OSError) else None) or str(cause)
    if isinstance(error, Flood):
        return TooLarge("the answer is larger on the wire than any that could be read (pull.max_bytes)")
    if isinstance(cause, AddressRefused):
        return Blocked(f"{host} is a private or reserved address; pull.allow_private can open its network")
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return Unreachable(f"the name {host} cannot be resolved ({reason})")
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return Unreachable(f"the certificate of {host} is not valid ({error.certificate_error})")
    if isinstance(error, aiohttp.ClientConnectorSSLError):
        return Unreachable(f"no secure connection to {host} ({reason})")
    if isinstance(error, aiohttp.ClientConnectorError):
        return Unreachable(f"{host} does not take the connection ({reason})")
    if isinstance(error, aiohttp.ClientPayloadError):
        return BadAnswer("the answer was cut short")
    if isinstance(error, aiohttp.ServerDisconnectedError | ConnectionError) or (isinstance(error, OSError) and error.errno in _HANG_UP):
        return Unreachable(f"{host} closed the connection without an answer")
    if isinstance(error, aiohttp.ClientResponseError):
        if error.message.startswith(_LARGE_HEAD):
            return TooLarge(f"the head of the answer is larger than allowed ({MAX_HEADERS} fields, {MAX_HEADER_LINE:,} bytes a line)")
        return BadAnswer(f"{host} does not speak proper HTTP ({_brief(error.message) or error.status})")
    return BadAnswer(f"{host} gave an answer that cannot be understood ({_brief(str(error))})")
