"""Names to addresses, in daemon threads of our own: names that never resolve delay neither other work (the loop's default
executor is shared) nor the end of the process (an executor's threads are waited for)."""

from __future__ import annotations

import asyncio
import socket
import threading
from contextlib import suppress

from aiohttp.abc import AbstractResolver, ResolveResult

Found = list[tuple[socket.AddressFamily, socket.SocketKind, int, str, tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]]]


class Resolver(AbstractResolver):
    """`at_once` look-ups run side by side: more than there are pulls in flight, or names that never resolve would hold up the others."""

    def __init__(self, at_once: int = 256) -> None:
        self._slots = asyncio.Semaphore(at_once)

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC) -> list[ResolveResult]:
        async with self._slots:
            found = await _look_up(host, port, family)
        flags = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
        return [
            ResolveResult(hostname=host, host=str(address[0]), port=port, family=kin, proto=proto, flags=flags)
            for kin, _, proto, _, address in found
            if kin in (socket.AF_INET, socket.AF_INET6)
        ]

    async def close(self) -> None:
        """Nothing to close: a thread that still waits ends with its look-up."""


async def _look_up(host: str, port: int, family: socket.AddressFamily) -> Found:
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[Found] = loop.create_future()

    def settle(found: Found | OSError) -> None:
        if answer.done():
            return
        if isinstance(found, OSError):
            answer.set_exception(found)
        else:
            answer.set_result(found)

    def work() -> None:
        found: Found | OSError
        try:
            found = list(socket.getaddrinfo(host, port, family, socket.SOCK_STREAM))
        except OSError as error:
            found = error
        except UnicodeError as error:  # labels that are empty or too long
            found = OSError(str(error))
        with suppress(RuntimeError):  # the loop may have ended meanwhile, and with it whoever asked
            loop.call_soon_threadsafe(settle, found)

    threading.Thread(target=work, name=f"resolve {host}", daemon=True).start()
    return await answer
