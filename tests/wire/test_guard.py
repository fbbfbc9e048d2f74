from __future__ import annotations

import ipaddress

import pytest

from aggregator.wire.guard import Guard


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.9.1", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "239.1.2.3", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "198.51.100.7", "203.0.113.9",
        "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12:3456::1", "ff02::1", "2001:db8::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b::a00:1",
        "2002:7f00:1::", "2002:a00:1::",
        "fec0::1", "64:ff9b:1::7f00:1", "64:ff9b:1::808:808", "64:ff9b::c0a8:1", "3fff::1", "5f00::1", "100::1", "100:0:0:1::1",
        "192.88.99.1", "192.0.0.8", "::ffff:0:10.0.0.1", "::ffff:0:808:808", "4000::1", "2001:20::1", "2606:4700::1111%eth0",
        "fe80::1%25lo",
        "2606:4700::5efe:10.0.0.1", "2606:4700::200:5efe:7f00:1", "2002:c0a8:101::1", "1.1.1.1 ", "01.1.1.1", "1.1.1", "0x1.1.1.1",
        "::127.0.0.1", "2001:0:7f00:1::", "not an address", "",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public_are_refused(address):
    assert not Guard().permits(address)


@pytest.mark.parametrize(
    "address",
    ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101", "2002:101:101::1", "2606:4700::5efe:1.1.1.1"],
)
def test_public_addresses_are_permitted(address):
    assert Guard().permits(address)


def test_only_the_opened_network_opens():
    guard = Guard([ipaddress.ip_network("10.1.0.0/16")])
    assert guard.permits("10.1.2.3")
    assert guard.permits("::ffff:10.1.2.3")
    assert not guard.permits("10.2.2.3")
    assert not guard.permits("127.0.0.1")
