from __future__ import annotations

import gzip
import zlib
from contextlib import suppress

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from aggregator.errors import BadAnswer, PullError, TooLarge
from aggregator.wire.unpack import unpack

TEXT = "津水微言 ".encode() * 400


def raw_deflate(body: bytes) -> bytes:
    machine = zlib.compressobj(wbits=-15)
    return machine.compress(body) + machine.flush()


CODINGS = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstandard.ZstdCompressor().compress,
}


@pytest.mark.parametrize("coding", CODINGS)
def test_every_coding_comes_back(coding):
    assert unpack(CODINGS[coding](TEXT), coding, len(TEXT)) == TEXT
    assert unpack(CODINGS[coding](TEXT), f" {coding.upper()} , identity", len(TEXT)) == TEXT


def test_raw_deflate_comes_back():
    assert unpack(raw_deflate(TEXT), "deflate", len(TEXT)) == TEXT


def test_gzip_members_are_joined_and_padding_is_dropped():
    assert unpack(gzip.compress(b"one ") + gzip.compress(b"two") + b"\0" * 8, "gzip", 100) == b"one two"


@pytest.mark.parametrize("coding", CODINGS)
def test_a_bomb_stops_at_the_cap(coding):
    bomb = CODINGS[coding](b"\0" * 20_000_000)
    assert len(bomb) < 100_000
    with pytest.raises(TooLarge, match="1,000,000"):
        unpack(bomb, coding, 1_000_000)


@pytest.mark.parametrize("coding", CODINGS)
def test_a_body_that_was_cut_short_is_not_half_a_document(coding):
    with pytest.raises(BadAnswer, match=r"cut short|cannot be unpacked"):
        unpack(CODINGS[coding](TEXT)[:-6], coding, 100_000)


def test_zstd_frames_are_joined_and_none_may_want_more_memory_than_a_content_coding_may():
    packer = zstandard.ZstdCompressor()
    assert unpack(packer.compress(b"one ") + packer.compress(b"two"), "zstd", 100) == b"one two"
    wide = zstandard.ZstdCompressor(
        compression_params=zstandard.ZstdCompressionParameters.from_level(3, window_log=24, write_content_size=False)
    )
    frame = wide.compressobj()
    with pytest.raises(BadAnswer):
        unpack(frame.compress(TEXT) + frame.flush(), "zstd", 10_000_000)


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_parts_without_end_are_refused(coding):
    with pytest.raises(TooLarge, match="parts"):
        unpack(CODINGS[coding](b"") * 20_000, coding, 100)


def test_codings_that_are_stacked_or_unknown_are_refused():
    with pytest.raises(BadAnswer, match="several times"):
        unpack(gzip.compress(gzip.compress(TEXT)), "gzip, gzip", 100_000)
    with pytest.raises(BadAnswer, match="compress"):
        unpack(TEXT, "compress", 100_000)


@given(st.binary(max_size=200), st.sampled_from([*CODINGS, "identity", ""]))
def test_any_bytes_give_bytes_or_an_error_of_ours(body, coding):
    with suppress(PullError):
        assert len(unpack(body, coding, 1000)) <= 1000
