"""What comes over a connection is counted as it comes, framing and head included: chunks of a byte, extensions and interim answers
without end bring no body that a cap on bodies would notice."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

import aiohttp
from aiohttp.client_proto import ResponseHandler
from aiohttp.streams import EMPTY_PAYLOAD, StreamReader

MAX_HEAD = 512 * 1024  # bytes before a body begins, interim answers (1xx) included


class Flood(aiohttp.ClientError):
    """more came over the wire than any answer within the cap needs"""


def metered(connector: aiohttp.TCPConnector, most: int) -> aiohttp.TCPConnector:
    """The connector, whose connections bring at most `most` bytes an exchange. aiohttp has no public way to say who handles them."""
    connector._factory = partial(_Handler, asyncio.get_running_loop(), most)  # type: ignore[assignment]
    return connector


class _Handler(ResponseHandler):
    def __init__(self, loop: asyncio.AbstractEventLoop, most: int) -> None:
        super().__init__(loop)
        self._most = most
        self._came = 0
        self._last: StreamReader | None = None  # the body of the exchange before this one

    def set_response_params(self, **params: Any) -> None:
        """Called before each exchange."""
        self._came, self._last = 0, self._payload
        super().set_response_params(**params)

    def data_received(self, data: bytes) -> None:
        self._came += len(data)
        if self._came > self._most:
            self._cut()
            return
        super().data_received(data)
        if self._came > MAX_HEAD and (self._payload is self._last or self._payload is EMPTY_PAYLOAD):
            self._cut()

    def _cut(self) -> None:
        payload, transport = self._payload, self.transport
        if transport is not None:
            self.set_exception(Flood())
            if payload is not None and payload is not EMPTY_PAYLOAD:
                payload.set_exception(Flood())
            transport.abort()
