from __future__ import annotations

import asyncio
import gzip
import hashlib
from itertools import pairwise

import pytest

from aggregator.errors import BadAnswer, Blocked, NoRoom, TimedOut, TooLarge, Unreachable


def test_an_answer_is_unpacked_and_its_hash_is_of_the_wire(net, run):
    packed = gzip.compress(b"<rss/>")

    async def story():
        async with net.scripted({"/f": net.answer(packed, Content_Encoding="gzip", ETag='W/"a,b"')}) as server, net.wired() as wire:
            return await wire.get(f"{server.base}/f", {"If-None-Match": 'W/"old"'}), server.requests[0][1]

    answer, sent = run(story())
    assert (answer.status, answer.body, answer.headers["etag"]) == (200, b"<rss/>", 'W/"a,b"')
    assert answer.body_hash == hashlib.sha256(packed).hexdigest()
    assert sent["if-none-match"] == 'W/"old"'
    assert sent["user-agent"] == "Haihe/test"
    assert {"cookie", "referer"}.isdisjoint(sent)


def test_cookies_that_a_server_sets_are_not_sent_back(net, run):
    async def story():
        async with net.scripted({"/f": net.answer(b"x", Set_Cookie="a=b")}) as server, net.wired() as wire:
            await wire.get(f"{server.base}/f")
            await wire.get(f"{server.base}/f")
            return server.requests[1][1]

    assert "cookie" not in run(story())


@pytest.mark.parametrize(
    ("status", "moved"), [("301 Moved", True), ("308 Permanent", True), ("302 Found", False), ("307 Temporary", False)]
)
def test_redirects_are_followed_and_only_permanent_ones_propose_a_move(net, run, status, moved):
    async def story():
        replies = {"/a": net.answer(status=status, Location="b"), "/b": net.answer(b"here")}
        async with net.scripted(replies) as server, net.wired() as wire:
            return await wire.get(f"{server.base}/a"), server.base

    answer, base = run(story())
    assert (answer.body, answer.url) == (b"here", f"{base}/b")
    assert answer.moved_to == (f"{base}/b" if moved else None)


def test_one_temporary_hop_makes_the_whole_way_temporary(net, run):
    async def story():
        replies = {"/a": net.answer(status="301 M", Location="/b"), "/b": net.answer(status="302 F", Location="/c"), "/c": net.answer(b"x")}
        async with net.scripted(replies) as server, net.wired() as wire:
            return (await wire.get(f"{server.base}/a")).moved_to

    assert run(story()) is None


def test_secrets_stay_at_their_own_origin(net, run):
    async def story():
        async with net.scripted({"/end": net.answer(b"x")}) as other, net.wired() as wire:
            replies = {"/a": net.answer(status="302 F", Location="/b"), "/b": net.answer(status="302 F", Location=f"{other.base}/end")}
            async with net.scripted(replies) as home:
                await wire.get(f"{home.base}/a", secrets={"Authorization": "Basic c2VjcmV0"})
                return [head.get("authorization") for _, head in home.requests + other.requests]

    assert run(story()) == ["Basic c2VjcmV0", "Basic c2VjcmV0", None]


def test_a_redirect_loop_ends(net, run):
    async def story():
        async with net.scripted({"/a": net.answer(status="302 F", Location="/a")}) as server, net.wired() as wire:
            with pytest.raises(TooLarge, match="redirects"):
                await wire.get(f"{server.base}/a")
            return len(server.requests)

    assert run(story()) == 11


@pytest.mark.parametrize(
    "target",
    ["http://127.0.0.1:{port}/x", "http://localhost:{port}/x", "http://127.1:{port}/x", "http://2130706433:{port}/x", "http://0x7f.1:{port}/x",
     "http://[::ffff:127.0.0.1]:{port}/x", "http://0.0.0.0:{port}/x"],
)  # fmt: skip
def test_private_addresses_are_refused_in_every_spelling(net, run, target):
    async def story():
        async with net.scripted({"/x": net.answer(b"secret")}) as server, net.wired(allowed=()) as wire:
            with pytest.raises((Blocked, Unreachable, BadAnswer)):
                await wire.get(target.format(port=server.base.rsplit(":", 1)[1]))
            return server.requests

    assert run(story()) == []


def test_the_refusal_says_what_would_open_it(net, run):
    async def story():
        async with net.wired(allowed=()) as wire:
            with pytest.raises(Blocked, match=r"pull\.allow_private"):
                await wire.get("http://127.0.0.1:9/")
            with pytest.raises(Blocked, match="only http and https"):
                await wire.get("ftp://example.org/feed")

    run(story())


@pytest.mark.parametrize("location", ["file:///etc/passwd", "gopher://127.0.0.1/", "javascript:alert(1)", "http://", "http://[::bad", "//"])
def test_redirects_to_elsewhere_are_refused(net, run, location):
    async def story():
        async with net.scripted({"/a": net.answer(status="302 F", Location=location)}) as server, net.wired() as wire:
            with pytest.raises((Blocked, BadAnswer)):
                await wire.get(f"{server.base}/a")

    run(story())


def test_too_much_is_too_large_whatever_the_length_says(net, run):
    async def endless(writer):
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        for _ in range(10_000):
            writer.write(b"x" * 65536)
            await writer.drain()

    async def story():
        async with net.scripted({"/a": endless}) as server, net.wired(max_bytes=1_000_000) as wire:
            with pytest.raises(TooLarge):
                await wire.get(f"{server.base}/a")

    run(story())


def test_a_slow_answer_runs_out_of_its_one_deadline(net, run):
    async def drip(writer):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
        for _ in range(100):
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.05)

    async def story():
        async with net.scripted({"/a": drip}) as server, net.wired(timeout=0.3) as wire:
            with pytest.raises(TimedOut, match=r"0\.3 s"):
                await wire.get(f"{server.base}/a")

    run(story())


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort", BadAnswer),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", BadAnswer),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n", TooLarge),
        (b"SSH-2.0-OpenSSH_9.2\r\n", BadAnswer),
        (b"", Unreachable),
    ],
    ids=["short", "bad chunk", "huge header", "not http", "nothing"],
)
def test_answers_that_are_broken_are_typed(net, run, reply, error):
    async def story():
        async with net.scripted({"/a": reply}) as server, net.wired() as wire:
            with pytest.raises(error):
                await wire.get(f"{server.base}/a")

    run(story())


def test_a_closed_port_and_an_unknown_name_are_unreachable(net, run):
    async def story():
        async with net.wired() as wire:
            async with net.scripted({}) as server:
                base = server.base
            with pytest.raises(Unreachable, match="does not take the connection"):
                await wire.get(base)
            with pytest.raises(Unreachable, match="cannot be resolved"):
                await wire.get("http://no-such-host.invalid/")

    run(story())


def test_one_request_at_a_time_to_a_host_with_a_pause_between(net, run):
    async def slow(writer):
        await asyncio.sleep(0.05)
        writer.write(net.answer(b"x"))
        await writer.drain()

    async def story():
        async with net.scripted({"/a": slow}) as server, net.wired(per_host=1, spacing=0.1, timeout=0.5) as wire:
            # Ten of these take longer than the deadline of one: waiting for one's turn does not count.
            await asyncio.gather(*(wire.get(f"{server.base}/a?{n}") for n in range(6)))
            return server

    server = run(story())
    assert server.most_open == 1
    assert all(later - earlier >= 0.1 for earlier, later in pairwise(server.starts))


def test_a_slow_host_delays_no_other(net, run):
    async def never(writer):
        await asyncio.sleep(3)

    async def story():
        async with (
            net.scripted({"/a": never}) as slow,
            net.scripted({"/b": net.answer(b"x")}, "127.0.0.2") as quick,
            net.wired(per_host=1, timeout=2) as wire,
        ):
            stuck = [asyncio.create_task(wire.get(f"{slow.base}/a")) for _ in range(3)]
            await asyncio.sleep(0.1)
            answer = await asyncio.wait_for(wire.get(f"{quick.base}/b"), 1)
            for task in stuck:
                task.cancel()
            await asyncio.gather(*stuck, return_exceptions=True)
            return answer.body

    assert run(story()) == b"x"


def test_an_address_goes_out_as_it_was_written(net, run):
    async def story():
        async with net.scripted({}) as server, net.wired() as wire:
            for path in ("/a%2Fb?sig=x%2By==&q=%E6%B4%A5", "/水?q=津 水", "/a#part"):
                await wire.get(server.base + path)
            return [path for path, _ in server.requests]

    assert run(story()) == ["/a%2Fb?sig=x%2By==&q=%E6%B4%A5", "/%E6%B0%B4?q=%E6%B4%A5+%E6%B0%B4", "/a"]


def test_without_room_on_the_disk_large_bodies_end_their_pull_and_small_ones_come(net, run, monkeypatch):
    monkeypatch.setattr("aggregator.wire.spool.on_disk", lambda _: "/nowhere/at/all")

    async def story():
        replies = {"/large": net.answer(b"x" * 3 * 1024 * 1024), "/small": net.answer(b"x" * 600_000)}
        async with net.scripted(replies) as server, net.wired() as wire:
            with pytest.raises(NoRoom, match="no room on this machine"):
                await wire.get(f"{server.base}/large")
            return await wire.get(f"{server.base}/small")

    assert len(run(story()).body) == 600_000


def test_an_address_that_is_none_gave_no_answer(net, run):
    async def story():
        async with net.wired() as wire:
            with pytest.raises(BadAnswer, match=r"0000127\.0000\.0\.1 is no host that can be asked"):
                await wire.get("http://0000127.0000.0.1/")

    run(story())
