"""Addresses that only we can make, so that nobody can have us fetch what they like (HMAC-SHA256, RFC 2104)."""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from functools import cached_property

TAG = 16  # bytes of the signature
LONGEST = 4000  # characters of an address
_KIND = b"picture 1\0"  # what is signed says what it is for, and in which form


class Signer:
    """`secret` is asked for when it is needed first, and may raise StoreError."""

    def __init__(self, secret: Callable[[], bytes]) -> None:
        self._ask = secret

    @cached_property
    def _secret(self) -> bytes:
        return self._ask()

    def sign(self, address: str) -> str:
        """One segment of a path: the signature and what it stands for."""
        told = address.encode()
        return f"{_write(self._tag(told))}.{_write(told)}"

    def read(self, word: str) -> str | None:
        """The address; None for what was not signed here."""
        tag, dot, told = word.partition(".")
        if not dot or not word.isascii() or len(told) > 2 * LONGEST:
            return None
        try:
            address = urlsafe_b64decode(told + "=" * (-len(told) % 4))
            # The tag as it is written: decoding it would take several spellings for one.
            return address.decode() if hmac.compare_digest(_write(self._tag(address)), tag) and _write(address) == told else None
        except ValueError:
            return None

    def _tag(self, told: bytes) -> bytes:
        return hmac.digest(self._secret, _KIND + told, hashlib.sha256)[:TAG]


def _write(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")
