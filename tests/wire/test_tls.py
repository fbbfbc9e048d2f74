"""Whom we believe to be who they say. The certificates in `certificates/` are of an authority of our own, from 2020 to 2120 but for the
expired one."""

from __future__ import annotations

import asyncio
import os
import ssl
import subprocess
import sys
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from aggregator.errors import BadAnswer, TimedOut, Unreachable
from aggregator.wire.trust import trust

CERTIFICATES = Path(__file__).parent / "certificates"


@asynccontextmanager
async def https(name: str, reply: bytes, *, abrupt: bool = False):
    """A TLS server with that certificate; its port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATES / f"{name}.pem")

    async def talk(reader, writer):
        with suppress(asyncio.IncompleteReadError, ssl.SSLError, ConnectionError):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(reply)
            await writer.drain()
            if abrupt:  # without the close_notify that says that this was all
                writer.transport.abort()
                return
        writer.close()

    async with await asyncio.start_server(talk, "127.0.0.1", 0, ssl=context) as server:
        yield server.sockets[0].getsockname()[1]


@pytest.fixture
def ours() -> ssl.SSLContext:
    """Believes our authority, and is as strict as usual otherwise."""
    return ssl.create_default_context(cafile=CERTIFICATES / "authority.pem")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_good_certificate_is_believed(net, run, ours, host):
    """By the name that stands in it, and on the address that answers: of several, the first may be dead."""

    async def story():
        async with https("good", net.answer(b"x")) as port, net.wired(trust=ours) as wire:
            return await wire.get(f"https://{host}:{port}/")

    assert run(story()).body == b"x"


@pytest.mark.parametrize(("name", "why"), [("expired", "certificate has expired"), ("other", "IP address mismatch")])
def test_a_bad_one_is_not(net, run, ours, name, why):
    async def story():
        async with https(name, net.answer(b"x")) as port, net.wired(trust=ours) as wire:
            with pytest.raises(Unreachable, match=rf"the certificate of 127\.0\.0\.1 is not valid .*{why}"):
                await wire.get(f"https://127.0.0.1:{port}/")

    run(story())


def test_the_machine_says_whom_to_believe_where_nobody_else_does(net, run, monkeypatch):
    """And it is asked when something is first asked for over TLS, not before."""
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATES / "authority.pem"))
    trust.cache_clear()

    async def story():
        async with https("good", net.answer(b"x")) as port, net.wired() as wire:
            assert trust.cache_info().currsize == 0
            return await wire.get(f"https://127.0.0.1:{port}/")

    try:
        assert run(story()).body == b"x"
    finally:
        trust.cache_clear()


def test_what_the_machine_says_of_certificates_is_as_it_was_once_we_are_loaded():
    told = {"SSL_CERT_FILE": "/some/where.pem", "PATH": os.environ["PATH"]}
    code = "import os, aggregator.wire; print(os.environ['SSL_CERT_FILE'], os.environ.get('SSL_CERT_DIR'))"
    assert subprocess.check_output([sys.executable, "-c", code], env=told, text=True) == "/some/where.pem None\n"


def test_nor_is_one_that_nobody_vouches_for(net, run):
    async def story():
        async with https("good", net.answer(b"x")) as port, net.wired() as wire:
            with pytest.raises(Unreachable, match="is not valid"):
                await wire.get(f"https://127.0.0.1:{port}/")

    run(story())


def test_a_body_that_is_cut_off_is_not_taken_for_whole(net, run, ours):
    async def story():
        reply = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"
        async with https("good", reply, abrupt=True) as port, net.wired(trust=ours) as wire:
            with pytest.raises((BadAnswer, Unreachable)):
                await wire.get(f"https://127.0.0.1:{port}/")

    run(story())


def test_a_handshake_that_hangs_ends_in_time(net, run):
    async def silent(reader, writer):
        await reader.read()
        writer.close()

    async def story():
        async with await asyncio.start_server(silent, "127.0.0.1", 0) as server, net.wired(timeout=0.3) as wire:
            with pytest.raises(TimedOut):
                await wire.get(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/")

    run(story())
