"""aggregator.wire's errors: aiohttp's in plain words."""

from __future__ import annotations

import errno
import os

import aiohttp
from yarl import URL

from aggregator.errors import BadAnswer, Blocked, PullError, TooLarge, Unreachable
from aggregator.wire.address import brief
from aggregator.wire.guard import AddressRefused
from aggregator.wire.meter import Flood

MAX_HEADERS = 128
MAX_HEADER_LINE = 16 * 1024
_LARGE_HEAD = ("Too many headers", "Got more than")  # aiohttp says so in words alone: its error has one type for every slip
_HANG_UP = frozenset({errno.ECONNRESET, errno.ECONNABORTED, errno.EPIPE})


def explain(error: Exception, url: URL, proxy: URL | None) -> PullError:
    """What an exchange with `url`, through `proxy` if there is one, ended with. A proxy is never named: its address may hold a secret."""
    host = url.host
    if isinstance(error, PullError):
        return error
    cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
    reason = (cause.strerror if isinstance(cause, OSError) else None) or str(cause)
    if isinstance(error, Flood):
        return TooLarge("the answer is larger on the wire than any that could be read (pull.max_bytes)")
    if isinstance(cause, AddressRefused):
        return Blocked(f"{host} is a private or reserved address; pull.allow_private can open its network")
    if proxy and (said := _proxy(error, cause)):
        return said
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return Unreachable(f"the name {host} cannot be resolved ({reason})")
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return Unreachable(f"the certificate of {host} is not valid ({error.certificate_error})")
    if isinstance(error, aiohttp.ClientConnectorSSLError):
        return Unreachable(f"no secure connection to {host} ({reason})")
    if isinstance(error, aiohttp.ClientConnectorError):
        return Unreachable(f"{host} does not take the connection ({reason})")
    if isinstance(error, aiohttp.InvalidURL):  # found before anything was asked
        return BadAnswer(f"{brief(host or str(url))} is no host that can be asked ({brief(str(error))})")
    if isinstance(error, aiohttp.ClientPayloadError):
        return BadAnswer("the answer was cut short")
    if isinstance(error, aiohttp.ServerDisconnectedError | ConnectionError) or (isinstance(error, OSError) and error.errno in _HANG_UP):
        return Unreachable(f"{host} closed the connection without an answer")
    if isinstance(error, aiohttp.ClientResponseError):
        if error.message.startswith(_LARGE_HEAD):
            return TooLarge(f"the head of the answer is larger than allowed ({MAX_HEADERS} fields, {MAX_HEADER_LINE:,} bytes a line)")
        return BadAnswer(f"{host} does not speak proper HTTP ({brief(error.message) or error.status})")
    return BadAnswer(f"{host} gave an answer that cannot be understood ({brief(str(error))})")


def _proxy(error: Exception, cause: Exception) -> PullError | None:
    """What is wrong with the way to the proxy, or with what it says of the way on."""
    if isinstance(error, aiohttp.ClientHttpProxyError):
        login = error.status == 407
        return Unreachable("the proxy wants another user or password (407)" if login else f"the proxy does not go there ({error.status})")
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return Unreachable("the name of the proxy cannot be resolved")
    if isinstance(error, aiohttp.ClientProxyConnectionError):
        number = cause.errno if isinstance(cause, OSError) else None
        reason = f" ({os.strerror(number)})" if number else ""  # asyncio's own words name the address
        return Unreachable(f"the proxy does not take the connection{reason}")
    return None
