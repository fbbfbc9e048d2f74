"""Whose certificates are believed: those of the machine, read when something is first asked for over TLS.

To read them takes 25 ms and a megabyte, and aiohttp does it twice as it is imported, for contexts of its own. Nothing here uses these, so
it is imported here, while OpenSSL is told to look for certificates where there are none. Whoever uses them after all trusts nobody."""

from __future__ import annotations

import os
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

_TOLD = ("SSL_CERT_FILE", "SSL_CERT_DIR")  # openssl-env(7)


@contextmanager
def _no_certificates() -> Iterator[None]:
    before = {name: os.environ.get(name) for name in _TOLD}
    os.environ.update(dict.fromkeys(_TOLD, os.devnull))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


with _no_certificates():
    import aiohttp  # noqa: F401


@cache
def trust() -> ssl.SSLContext:
    """The one context of this process, as aiohttp would have it."""
    context = ssl.create_default_context()
    context.set_alpn_protocols(("http/1.1",))
    return context
