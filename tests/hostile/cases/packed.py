"""Content codings: bombs, bombs in bombs, lies (RFC 9110 §8.4)."""

from __future__ import annotations

import gzip
import zlib

import brotli
import zstandard

from tests.hostile.case import Case, answer, brings, fails, just, rss

FEED = rss("One", "Two").encode()
BIG = 12 * 1024 * 1024  # beyond the cap of 10 MiB


def bomb_gzip(total: int = 2 * 1024**3) -> bytes:
    """Members of 8 MiB of blanks, one behind the other, that unpack to `total` bytes."""
    member = gzip.compress(b" " * (8 * 1024 * 1024), 9, mtime=0)
    return member * (total // (8 * 1024 * 1024))


def bomb_deflate() -> bytes:
    packer = zlib.compressobj(9)
    return b"".join([packer.compress(b" " * BIG) for _ in range(4)] + [packer.flush()])


def bomb_brotli() -> bytes:
    packer = brotli.Compressor(quality=1)
    return b"".join([packer.process(b" " * BIG), packer.finish()])


def bomb_zstd() -> bytes:
    return zstandard.ZstdCompressor(level=1).compress(b" " * BIG * 8)


def zstd_wide_window() -> bytes:
    """A frame that wants a window of 2^41 bytes to be kept (RFC 8878 §3.1.1.1.2)."""
    return b"\x28\xb5\x2f\xfd" + b"\x00" + b"\xf8" + b"\x01\x00\x00" + b"x" * 20


def packed(body: bytes, coding: str) -> bytes:
    return answer(body, headers=[("Content-Type", "application/rss+xml"), ("Content-Encoding", coding)])


def _with_dictionary() -> bytes:
    packer = zlib.compressobj(zdict=b"<rss version='2.0'><channel><title>")
    return packer.compress(FEED) + packer.flush()


DICTIONARY = zstandard.train_dictionary(2048, [rss(str(each), "Two").encode() for each in range(2000)])
CODINGS = {
    "gzip": gzip.compress(FEED, mtime=0),
    "deflate": zlib.compress(FEED),
    "br": brotli.compress(FEED),
    "zstd": zstandard.ZstdCompressor().compress(FEED),
}

CASES = [
    *(
        Case(name=f"honest-{coding}", serves=f"a feed in {coding}", reply=just(packed(body, coding)), ends=[brings("One", "Two")])
        for coding, body in CODINGS.items()
    ),
    *(
        Case(
            name=f"cut-{coding}",
            serves=f"{coding} that ends in the middle: half a feed is no feed",
            reply=just(packed(body[: len(body) // 2], coding)),
            ends=[fails("BadAnswer")],
        )
        for coding, body in CODINGS.items()
    ),
    Case(name="gzip-bomb", serves="2 MB that unpack to 2 GB", reply=just(packed(bomb_gzip(), "gzip")), ends=[fails("TooLarge")]),
    Case(name="deflate-bomb", serves="a deflate bomb", reply=just(packed(bomb_deflate(), "deflate")), ends=[fails("TooLarge")]),
    Case(name="brotli-bomb", serves="a brotli bomb", reply=just(packed(bomb_brotli(), "br")), ends=[fails("TooLarge")]),
    Case(name="zstd-bomb", serves="a zstd bomb", reply=just(packed(bomb_zstd(), "zstd")), ends=[fails("TooLarge")]),
    Case(
        name="zstd-window",
        serves="a zstd frame that wants terabytes of window",
        reply=just(packed(zstd_wide_window(), "zstd")),
        ends=[fails("BadAnswer", "TooLarge")],
    ),
    Case(
        name="zstd-many-frames",
        serves="a hundred thousand zstd frames that are to be skipped (RFC 8878 §3.1.2)",
        reply=just(packed(b"\x50\x2a\x4d\x18\0\0\0\0" * 100_000 + CODINGS["zstd"], "zstd")),
        ends=[fails("TooLarge", "BadAnswer")],
        within=4,
    ),
    Case(
        name="zstd-dictionary",
        serves="zstd with a dictionary that nobody gave us",
        reply=just(packed(zstandard.ZstdCompressor(dict_data=DICTIONARY).compress(FEED), "zstd")),
        ends=[fails("BadAnswer", "NotAFeed", "Malformed")],
    ),
    Case(
        name="brotli-large-window",
        serves="a brotli stream that asks for a window beyond what RFC 7932 knows",
        reply=just(packed(b"\x11\xde" + CODINGS["br"], "br")),
        ends=[fails("BadAnswer", "TooLarge")],
    ),
    Case(
        name="gzip-in-gzip",
        serves="a bomb inside gzip inside gzip, said twice",
        reply=just(packed(gzip.compress(bomb_gzip(10**8), mtime=0), "gzip, gzip")),
        ends=[fails("BadAnswer", "TooLarge")],
    ),
    Case(
        name="gzip-in-gzip-unsaid",
        serves="gzip inside gzip, said once: it is not unpacked again",
        reply=just(packed(gzip.compress(CODINGS["gzip"], mtime=0), "gzip")),
        ends=[fails("NotAFeed", "Malformed")],
    ),
    Case(
        name="gzip-forty-deep",
        serves="forty codings on one another",
        reply=just(packed(CODINGS["gzip"], ", ".join(["gzip"] * 40))),
        ends=[fails("BadAnswer")],
    ),
    Case(
        name="gzip-many-members",
        serves="a hundred thousand empty gzip members: no time must go into them, least of all any that grows with their square",
        reply=just(packed(gzip.compress(b"", mtime=0) * 100_000 + CODINGS["gzip"], "gzip")),
        ends=[fails("TooLarge")],
        within=4,
    ),
    Case(name="says-gzip-is-not", serves="plain text that says gzip", reply=just(packed(FEED, "gzip")), ends=[fails("BadAnswer")]),
    Case(
        name="says-unknown",
        serves="a coding that nobody asked for",
        reply=just(packed(FEED, "x-compress-o-matic")),
        ends=[fails("BadAnswer")],
    ),
    Case(name="says-identity", serves="identity, said", reply=just(packed(FEED, "identity")), ends=[brings("One", "Two")]),
    Case(
        name="gzip-unsaid",
        serves="gzip without saying so",
        reply=just(answer(CODINGS["gzip"], headers=[("Content-Type", "application/rss+xml")])),
        ends=[fails("NotAFeed", "Malformed")],
    ),
    Case(
        name="gzip-then-noise",
        serves="gzip and noise behind it",
        reply=just(packed(CODINGS["gzip"] + b"\0\0noise", "gzip")),
        ends=[brings("One", "Two")],
    ),
    Case(
        name="gzip-wrong-checksum",
        serves="gzip whose checksum is of something else: it was changed on its way",
        reply=just(packed(CODINGS["gzip"][:-8] + b"\0\0\0\0" + CODINGS["gzip"][-4:], "gzip")),
        ends=[fails("BadAnswer")],
    ),
    Case(
        name="zstd-wrong-checksum",
        serves="the same in zstd",
        reply=just(packed(zstandard.ZstdCompressor(write_checksum=True).compress(FEED)[:-4] + b"\0\0\0\0", "zstd")),
        ends=[fails("BadAnswer")],
    ),
    Case(
        name="gzip-name-of-5-mb",
        serves="gzip that states a file name of five megabytes",
        reply=just(packed(CODINGS["gzip"][:3] + b"\x08" + CODINGS["gzip"][4:10] + b"n" * 5_000_000 + b"\0" + CODINGS["gzip"][10:], "gzip")),
        ends=[brings("One", "Two")],
    ),
    Case(
        name="deflate-dictionary",
        serves="deflate with a dictionary that nobody gave us",
        reply=just(packed(_with_dictionary(), "deflate")),
        ends=[fails("BadAnswer")],
    ),
    *(
        Case(
            name=f"says-{said}-is-{coding}",
            serves=f"{coding} that calls itself {said}",
            reply=just(packed(CODINGS[coding], said)),
            ends=[fails("BadAnswer")],
        )
        for said, coding in (("br", "gzip"), ("gzip", "br"), ("zstd", "gzip"), ("gzip", "zstd"), ("gzip", "deflate"))
    ),
    Case(
        name="coding-in-two-lines",
        serves="Content-Encoding in two lines, packed once: which of them is the lie is not for us to guess",
        reply=just(packed(CODINGS["gzip"], "gzip\r\nContent-Encoding: gzip")),
        ends=[fails("BadAnswer")],
    ),
    Case(
        name="coding-oddly-written",
        serves="a coding in capitals among empty ones (RFC 9110 §5.6.1, §8.4.1)",
        reply=just(packed(CODINGS["gzip"], ",, GZip ,")),
        ends=[brings("One", "Two")],
    ),
    Case(
        name="bomb-of-an-error",
        serves="500 with a bomb: what stands below an error is not unpacked",
        reply=just(answer(bomb_gzip(10**9), "500 Oops", [("Content-Encoding", "gzip")])),
        ends=[fails("Failing")],
        within=3,
    ),
    Case(name="gzip-of-nothing", serves="an empty body that says gzip", reply=just(packed(b"", "gzip")), ends=[fails("NotAFeed")]),
]
