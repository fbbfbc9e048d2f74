"""A server that says exactly what a test wants, byte for byte, over real sockets."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest

from aggregator.wire import Guard, Manners, Wire

LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))
Reply = bytes | Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Script:
    """Path -> reply; requests are kept as (path, headers in lower case)."""

    replies: dict[str, Reply] = field(default_factory=dict)
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    starts: list[float] = field(default_factory=list)
    open_now: int = 0
    most_open: int = 0
    base: str = ""

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            path = head[0].split(" ")[1]
            self.starts.append(asyncio.get_running_loop().time())
            self.requests.append((path, {k.lower(): v for k, v in (line.split(": ", 1) for line in head[1:] if ": " in line)}))
            self.open_now += 1
            self.most_open = max(self.most_open, self.open_now)
            reply = self.replies.get(path.split("?")[0], b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
            if isinstance(reply, bytes):
                writer.write(reply)
                await writer.drain()
            else:
                await reply(writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client went away, which some tests make it do
        finally:
            self.open_now -= 1
            writer.close()


def answer(body: bytes = b"", status: str = "200 OK", **headers: str) -> bytes:
    """`headers` by their names with underscores."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


@asynccontextmanager
async def scripted(replies: dict[str, Reply], host: str = "127.0.0.1"):
    script = Script(replies)
    server = await asyncio.start_server(script.talk, host, 0)
    port = server.sockets[0].getsockname()[1]
    script.base = f"http://{host}:{port}"
    try:
        yield script
    finally:
        server.close()


@asynccontextmanager
async def wired(allowed=LOOPBACK, trust=None, resolver=None, **manners):
    settings = {"user_agent": "Haihe/test", "timeout": 5.0, "spacing": 0.0, "per_host": 8} | manners
    async with Wire(Manners(**settings), Guard(allowed), trust, resolver) as wire:
        yield wire


@pytest.fixture
def net():
    """The words of these tests: `net.answer(...)` bytes, `net.scripted(...)` a server, `net.wired(...)` a Wire."""
    return SimpleNamespace(answer=answer, scripted=scripted, wired=wired)


@pytest.fixture
def run():
    """Runs a coroutine; a test that hangs is the fault that it looks for, so it fails in time."""

    def go(coroutine):
        async def bounded():
            return await asyncio.wait_for(coroutine, 20)

        return asyncio.run(bounded())

    return go
