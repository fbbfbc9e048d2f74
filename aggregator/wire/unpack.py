"""Content codings removed under a cap, so that a small answer cannot grow without end (RFC 9110 §8.4)."""

from __future__ import annotations

import zlib

import brotli
import zstandard

from aggregator.errors import BadAnswer, TooLarge

MAX_WINDOW = 128 * 1024 * 1024  # what a zstd frame may ask us to remember (RFC 8878 §3.1.1.1.2)


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
                machine = zstandard.ZstdDecompressor(max_window_size=MAX_WINDOW)
                data: bytes = machine.stream_reader(body, read_across_frames=True).read(cap + 1)
                _check(len(data), cap)
                return data
    except (zlib.error, brotli.error, zstandard.ZstdError, EOFError) as error:
        raise BadAnswer(f"the answer says {names[0]} but cannot be unpacked ({error})") from error
    raise BadAnswer(f"the answer is packed in a way that we did not ask for ({names[0]})")


def _check(size: int, cap: int) -> None:
    if size > cap:
        raise TooLarge(f"the answer unpacks to more than {cap:,} bytes (pull.max_bytes)")


def _inflate(body: bytes, cap: int, bits: int) -> bytes:
    """One or more members (RFC 1952 §2.2); what follows the last whole one and is not a member is padding and dropped."""
    out, rest = bytearray(), body
    while rest:
        machine = zlib.decompressobj(bits)
        try:
            out += machine.decompress(rest, cap + 1 - len(out))
        except zlib.error:
            if out:
                break
            raise
        _check(len(out), cap)
        if not machine.eof:
            raise BadAnswer("the compressed answer was cut short")
        rest = machine.unused_data
    return bytes(out)


def _unbrotli(body: bytes, cap: int) -> bytes:
    machine, out = brotli.Decompressor(), bytearray()
    piece = machine.process(body, output_buffer_limit=cap + 1)
    while True:
        out += piece
        _check(len(out), cap)
        if machine.is_finished():
            return bytes(out)
        if machine.can_accept_more_data():
            raise BadAnswer("the compressed answer was cut short")
        piece = machine.process(b"", output_buffer_limit=cap + 1 - len(out))
