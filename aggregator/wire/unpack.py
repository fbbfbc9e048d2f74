"""Content codings removed under a cap, so that a small answer cannot grow without end (RFC 9110 §8.4)."""

from __future__ import annotations

import zlib
from io import BytesIO

import brotli
import zstandard

from aggregator.errors import BadAnswer, TooLarge

MAX_WINDOW = 8 * 1024 * 1024  # what a zstd frame may ask us to remember: no more may be sent as a content coding (RFC 9659 §2)
MOST_MEMBERS = 10_000  # members or frames, one behind the other: empty ones cost time and bring nothing
# Input goes in by pieces: what is left of a piece behind a member is copied, and a few bytes of zstd can stand for a block of 128 KiB.
_PIECE = 4096
_PIECE_ZSTD = 256


def unpack(body: bytes, coding: str, cap: int) -> bytes:
    """The body without its content coding, at most `cap` bytes; TooLarge beyond, BadAnswer when it is broken or coded twice."""
    names = [name.strip().lower() for name in coding.split(",") if name.strip() and name.strip().lower() != "identity"]
    if not names or not body:
        return body
    if len(names) > 1:
        raise BadAnswer(f"the answer is compressed several times over ({coding})")
    try:
        match names[0]:
            case "gzip" | "x-gzip":
                return _inflate(body, cap, zlib.MAX_WBITS | 16)
            case "deflate":
                # RFC 9110 §8.4.1.2 means zlib; many servers send raw deflate, told apart by the zlib header's checksum.
                wrapped = len(body) > 1 and body[0] & 0x0F == 8 and int.from_bytes(body[:2]) % 31 == 0
                return _inflate(body, cap, zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS)
            case "br":
                return _unbrotli(body, cap)
            case "zstd":
                return _unzstd(body, cap)
    except (zlib.error, brotli.error, zstandard.ZstdError, EOFError) as error:
        raise BadAnswer(f"the answer says {names[0]} but cannot be unpacked ({error})") from error
    raise BadAnswer(f"the answer is packed in a way that we did not ask for ({names[0]})")


def _check(size: int, cap: int) -> None:
    if size > cap:
        raise TooLarge(f"the answer unpacks to more than {cap:,} bytes (pull.max_bytes)")


def _inflate(body: bytes, cap: int, bits: int) -> bytes:
    """One or more members (RFC 1952 §2.2); what follows the last whole one and is not a member is padding and dropped."""
    out, at = BytesIO(), 0  # which gives its bytes away without a copy
    for _ in range(MOST_MEMBERS):
        machine = zlib.decompressobj(bits)
        try:
            while at < len(body) and not machine.eof:
                piece = machine.unconsumed_tail or body[at : at + _PIECE]
                out.write(machine.decompress(piece, cap + 1 - out.tell()))
                _check(out.tell(), cap)
                if not machine.unconsumed_tail:
                    at += _PIECE
        except zlib.error:
            if out.tell():
                return out.getvalue()
            raise
        if not machine.eof:
            raise BadAnswer("the compressed answer was cut short")
        at = min(at, len(body)) - len(machine.unused_data)
        if at >= len(body):
            return out.getvalue()
    raise TooLarge(f"the answer is packed in more than {MOST_MEMBERS:,} parts")


def _unzstd(body: bytes, cap: int) -> bytes:
    """One or more frames (RFC 8878 §3.1)."""
    unpacker = zstandard.ZstdDecompressor(max_window_size=MAX_WINDOW)
    out, at = BytesIO(), 0
    for _ in range(MOST_MEMBERS):
        machine = unpacker.decompressobj()
        while at < len(body) and not machine.eof:
            out.write(machine.decompress(body[at : at + _PIECE_ZSTD]))
            _check(out.tell(), cap)
            at += _PIECE_ZSTD
        if not machine.eof:
            raise BadAnswer("the compressed answer was cut short")
        at = min(at, len(body)) - len(machine.unused_data)
        if at >= len(body):
            return out.getvalue()
    raise TooLarge(f"the answer is packed in more than {MOST_MEMBERS:,} parts")


def _unbrotli(body: bytes, cap: int) -> bytes:
    machine, out = brotli.Decompressor(), BytesIO()
    piece = machine.process(body, output_buffer_limit=cap + 1)
    while True:
        out.write(piece)
        _check(out.tell(), cap)
        if machine.is_finished():
            return out.getvalue()
        if machine.can_accept_more_data():
            raise BadAnswer("the compressed answer was cut short")
        piece = machine.process(b"", output_buffer_limit=cap + 1 - out.tell())
