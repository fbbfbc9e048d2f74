"""Whom we may reach. The decision is made at the connect, on the resolved address: names, literals, odd spellings, redirects and
DNS answers that change between two looks all come through the same door."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable
from functools import lru_cache

import aiohttp

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# Addresses that carry an IPv4 address inside: NAT64 (RFC 6052), 6to4 (RFC 3056). ::ffff:0:0/96 is `ipv4_mapped`.
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_SIX_TO_FOUR = ipaddress.IPv6Network("2002::/16")
_ISATAP = 0x00005EFE  # stands before the IPv4 address in the last 64 bits, under any prefix (RFC 5214 §6.1)
_COMPATIBLE = ipaddress.IPv6Network("::/96")

# What no public server has (IANA special-purpose address registries, RFC 6890). Written out, since what Python calls global differs
# from version to version and counts site-local addresses among it.
_SPECIAL = tuple(
    ipaddress.IPv4Network(each)
    for each in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
        "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    )
)  # fmt: skip
_UNICAST = ipaddress.IPv6Network("2000::/3")  # all global unicast that was ever given out (RFC 4291 §2.4)
_SPECIAL_6 = tuple(ipaddress.IPv6Network(each) for each in ("2001::/23", "2001:db8::/32", "3fff::/20"))


class AddressRefused(OSError):
    """the address is not one that we may reach"""

    def __init__(self) -> None:
        # aiohttp keeps an error of its several connection attempts only if all have the same text: it must be constant.
        super().__init__("refused by the guard")


class Guard:
    """`allowed` are the networks that `pull.allow_private` opens; every other address must be a global unicast one."""

    def __init__(self, allowed: Iterable[Network] = ()) -> None:
        self.allowed = tuple(allowed)
        self._judged = lru_cache(maxsize=4096)(self._judge)  # a host is asked for again and again

    def permits(self, text: str) -> bool:
        """Whether a resolved address (no name) may be reached."""
        try:
            address: Address = ipaddress.ip_address(text.partition("%")[0])
        except ValueError:
            return False
        inner = _inner(address)
        if any(one in network for one in (address, inner) for network in self.allowed if one.version == network.version):
            return True
        return _public(inner) and "%" not in text  # what has a zone is of a network beside us (RFC 4007 §6)

    def admits(self, host: str) -> bool:
        """Whether this host may be asked for as it is written: addresses are judged in every spelling, and of names those that stand for
        this machine (RFC 6761 §6.3). All that can be known where a proxy resolves names; otherwise `socket` has the last word."""
        return self._judged(host)

    def _judge(self, host: str) -> bool:
        name = host.lower().strip(".")
        if name == "localhost" or name.endswith(".localhost"):
            return self.permits("127.0.0.1") or self.permits("::1")
        if ":" in name:
            try:
                return self.permits(str(ipaddress.IPv6Address(name.split("%", 1)[0])))
            except ValueError:
                pass
        try:
            return self.permits(socket.inet_ntoa(socket.inet_aton(name)))
        except (OSError, ValueError):  # a name
            return True

    def socket(self, info: aiohttp.AddrInfoType) -> socket.socket:
        """A socket for one resolved address, or AddressRefused: what aiohttp calls before it connects."""
        family, kind, proto, _, address = info
        if family not in (socket.AF_INET, socket.AF_INET6) or not self.permits(str(address[0])):
            raise AddressRefused
        return socket.socket(family, kind, proto)


def _inner(address: Address) -> Address:
    """The IPv4 address that an IPv6 address carries, or the address itself."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return address.ipv4_mapped
        if address in _SIX_TO_FOUR and address.sixtofour:
            return address.sixtofour
        if address in _NAT64 or (address in _COMPATIBLE and int(address) > 1):
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if int(address) >> 32 & 0xFCFFFFFF == _ISATAP:
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def _public(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in _SPECIAL)
    return address in _UNICAST and not any(address in network for network in _SPECIAL_6)
