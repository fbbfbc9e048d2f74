"""The hostile upstream: a server of raw bytes on an address of its own, and a canary that nobody may ever touch.

The upstream has an address that the guard is told to allow (`HOST`); the canary listens on every other address of this machine, so
whatever reaches it went where it must not. Both live in one thread with one event loop.
"""

from __future__ import annotations

import asyncio
import inspect
import socket
import ssl
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

HOST = "127.0.0.5"
CERTIFICATE = Path(__file__).with_name("self-signed.pem")


@dataclass(frozen=True, slots=True)
class Request:
    path: str
    headers: dict[str, str]  # lower-case names
    raw: bytes


@dataclass(slots=True)
class Talk:
    """One request being answered. `nth` counts the requests of this case, from 0; `base` is the address of this upstream."""

    request: Request
    nth: int
    ports: dict[str, int]
    base: str
    canary: int
    write: asyncio.StreamWriter

    async def send(self, data: bytes) -> None:
        self.write.write(data)
        await self.write.drain()

    def reset(self) -> None:
        """Close with RST instead of FIN: what is still in the pipe is lost."""
        sock: socket.socket = self.write.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self.write.transport.abort()


Reply = Callable[[Talk], "bytes | Awaitable[None]"]


@dataclass
class Upstream:
    """`replies` by the first segment of the path; what was asked is in `requests`, by the same."""

    replies: dict[str, Reply]
    requests: dict[str, list[Request]] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=dict)
    touched: list[str] = field(default_factory=list)  # what reached the canary

    @property
    def base(self) -> str:
        return f"http://{HOST}:{self.ports['plain']}"

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Also when the server is stopped in the middle of an endless answer, and when the client has enough and goes away.
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError, ssl.SSLError):
            raw = await reader.readuntil(b"\r\n\r\n")
            lines = raw.decode("latin-1").split("\r\n")
            path = lines[0].split(" ")[1]
            headers = {name.lower(): value for line in lines[1:] if ":" in line for name, _, value in [line.partition(": ")]}
            request = Request(path, headers, raw)
            name = path.split("?")[0].strip("/").partition("/")[0]
            asked = self.requests.setdefault(name, [])
            asked.append(request)
            talk = Talk(request, len(asked) - 1, self.ports, self.base, self.ports["canary"], writer)
            made = self.replies[name](talk) if name in self.replies else b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
            if inspect.isawaitable(made):
                await made
            else:
                await talk.send(made)
        writer.close()

    async def silent(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Takes the connection and never says a word."""
        with suppress(ConnectionError, asyncio.CancelledError):
            while await reader.read(4096):
                pass
        writer.close()

    async def chirp(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.touched.append(f"{writer.get_extra_info('sockname')}")
        writer.close()

    async def _open(self) -> list[asyncio.Server]:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE)
        start = asyncio.start_server
        servers = {
            "plain": await start(self.talk, HOST, 0, backlog=1024),
            "tls": await start(self.talk, HOST, 0, ssl=context),
            "other": await start(self.talk, HOST, 0),
            "silent": await start(self.silent, HOST, 0),
            "canary": await start(self.chirp, "0.0.0.0", 0),
        }
        self.ports = {name: server.sockets[0].getsockname()[1] for name, server in servers.items()}
        also = []
        with suppress(OSError):  # a machine without IPv6 has no canary there, and nothing to protect
            also.append(await start(self.chirp, "::1", self.ports["canary"]))
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            self.ports["closed"] = probe.getsockname()[1]
        return [*servers.values(), *also]

    @contextmanager
    def served(self) -> Iterator[Upstream]:
        """In a thread of its own, for as long as the context lasts."""
        loop, ready = asyncio.new_event_loop(), threading.Event()
        servers: list[asyncio.Server] = []

        async def begin() -> None:
            servers.extend(await self._open())
            ready.set()

        async def end() -> None:
            for server in servers:
                server.close()
            tasks = asyncio.all_tasks() - {asyncio.current_task()}
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            loop.stop()

        def work() -> None:
            asyncio.set_event_loop(loop)
            loop.set_exception_handler(lambda *_: None)  # a client that goes away in the middle is what this server is for
            loop.create_task(begin())
            loop.run_forever()
            loop.close()

        thread = threading.Thread(target=work, name="hostile upstream", daemon=True)
        thread.start()
        if not ready.wait(10):
            raise RuntimeError("the hostile upstream does not come up")
        try:
            yield self
        finally:
            asyncio.run_coroutine_threadsafe(end(), loop)
            thread.join(10)
