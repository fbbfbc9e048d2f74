"""What goes through a proxy, what goes to it alone, and whom it is not asked for."""

from __future__ import annotations

import asyncio
import base64
import ssl
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from aggregator.errors import Blocked, TimedOut, Unreachable

CERTIFICATE = Path(__file__).parents[1] / "hostile" / "self-signed.pem"
LOGIN = "Basic " + base64.b64encode(b"me:p@ss").decode()


def through(server) -> str:
    return server.base.replace("http://", "http://me:p%40ss@")


def test_the_proxy_is_asked_for_the_whole_address_and_alone_hears_its_password(net, run):
    async def story():
        replies = {
            "http://up.example/a": net.answer(status="302 F", Location="http://other.example/b"),
            "http://other.example/b": net.answer(b"there", ETag='"1"'),
        }
        async with net.scripted(replies) as proxy, net.wired(allowed=()) as wire:
            answer = await wire.get("http://up.example/a", {"If-None-Match": '"0"'}, {"Authorization": "Basic x"}, proxy=through(proxy))
            return answer, proxy.requests

    answer, (first, second) = run(story())
    assert (answer.url, answer.body) == ("http://other.example/b", b"there")
    assert [first[1]["host"], second[1]["host"]] == ["up.example", "other.example"]
    assert [first[1]["proxy-authorization"], second[1]["proxy-authorization"]] == [LOGIN, LOGIN]
    assert first[1]["authorization"] == "Basic x"
    assert "authorization" not in second[1]


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.1", "0x7f.1", "2130706433", "0177.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "localhost", "a.localhost.", "10.0.0.1",
     "169.254.169.254", "[fd00:ec2::254]", "[fe80::1%25lo]", "127.0.0.1.", "①②⑦.⓪.⓪.①"],
)  # fmt: skip
@pytest.mark.parametrize("hop", [False, True])
def test_a_proxy_is_not_asked_for_what_we_must_not_reach(net, run, host, hop):
    async def story():
        target = f"http://{host}:9/x"
        replies = {"http://up.example/a": net.answer(status="302 F", Location=target.encode().decode("latin-1"))}
        async with net.scripted(replies) as proxy, net.wired(allowed=()) as wire:
            with pytest.raises(Blocked, match="private or reserved"):
                await wire.get("http://up.example/a" if hop else target, proxy=through(proxy))
            return len(proxy.requests)

    assert run(story()) == hop


def test_what_the_operator_opened_is_open_through_a_proxy_too(net, run):
    async def story():
        replies = {"http://127.0.0.1:9/x": net.answer(b"x")}
        async with net.scripted(replies) as proxy, net.wired() as wire:
            return await wire.get("http://127.0.0.1:9/x", proxy=through(proxy))

    assert run(story()).status == 200


@asynccontextmanager
async def tunnelling(reply: bytes, target: int):
    """A proxy that answers CONNECT with `reply`, and joins both ends if that is a 200; (address, what it was asked)."""
    asked: list[str] = []

    async def pump(reader, writer):
        with suppress(ConnectionError):
            while block := await reader.read(65536):
                writer.write(block)
                await writer.drain()
        writer.close()

    async def talk(reader, writer):
        asked.append((await reader.readuntil(b"\r\n\r\n")).decode())
        writer.write(reply)
        if b" 200 " in reply:
            there, back = await asyncio.open_connection("127.0.0.1", target)
            await asyncio.gather(pump(reader, back), pump(there, writer))
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with server:
        yield f"http://me:p%40ss@127.0.0.1:{server.sockets[0].getsockname()[1]}", asked


async def https(net, run_with):
    """What `run_with` makes of the port of a TLS server whose certificate nobody vouches for."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)

    async def talk(reader, writer):
        with suppress(asyncio.IncompleteReadError, ssl.SSLError, ConnectionError):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(net.answer(b"through the tunnel"))
            await writer.drain()
        writer.close()

    async with await asyncio.start_server(talk, "127.0.0.1", 0, ssl=context) as server:
        return await run_with(server.sockets[0].getsockname()[1])


def test_https_goes_through_a_tunnel_and_the_certificate_is_that_of_the_target(net, run):
    async def story(port):
        async with tunnelling(b"HTTP/1.1 200 Connection established\r\n\r\n", port) as (proxy, asked), net.wired(allowed=()) as wire:
            with pytest.raises(Unreachable, match=r"the certificate of up\.example is not valid"):
                await wire.get("https://up.example/a", proxy=proxy)
            return asked

    (asked,) = run(https(net, story))
    assert asked.startswith("CONNECT up.example:443 HTTP/1.1\r\n")
    assert f"Proxy-Authorization: {LOGIN}" in asked


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        (b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n", r"the proxy wants another user or password \(407\)"),
        (b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", r"the proxy does not go there \(403\)"),
    ],
)
def test_a_proxy_that_refuses(net, run, reply, says):
    async def story():
        async with net.wired(allowed=()) as wire:
            async with tunnelling(reply, 0) as (proxy, _):
                with pytest.raises(Unreachable, match=says):
                    await wire.get("https://up.example/a", proxy=proxy)
            if b"407" in reply:
                async with net.scripted({"http://up.example/a": reply}) as server:
                    with pytest.raises(Unreachable, match=says):
                        await wire.get("http://up.example/a", proxy=through(server))

    run(story())


def test_what_is_wrong_with_a_proxy_is_said_without_its_address(net, run, unused_port):
    async def story():
        said = []
        async with net.wired(allowed=(), timeout=0.5) as wire:
            for proxy in (f"http://u:geheim@127.0.0.1:{unused_port}", "http://u:geheim@nowhere.invalid:3128"):
                for scheme in ("http", "https"):
                    with pytest.raises((Unreachable, TimedOut)) as caught:
                        await wire.get(f"{scheme}://up.example/a", proxy=proxy)
                    said.append(str(caught.value))
        return said

    for words in run(story()):
        assert "proxy" in words
        assert not [secret for secret in ("geheim", "127.0.0.1", "nowhere", "up.example") if secret in words]


@pytest.fixture
def unused_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
