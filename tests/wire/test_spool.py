"""A body comes out of its spool as it went in, wherever it was kept meanwhile."""

from __future__ import annotations

import hashlib
import resource
import signal
from contextlib import contextmanager, suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.errors import NoRoom
from aggregator.wire.spool import LARGE, WITHOUT_DISK, Spool, on_disk

PIECES = st.lists(st.sampled_from([b"", b"a", b"bc" * 100, b"d" * LARGE, b"ef" * LARGE]), max_size=6)


@given(pieces=PIECES, most=st.none() | st.integers(0, 3 * LARGE))
def test_what_went_in_comes_out(pieces: list[bytes], most: int | None):
    whole = b"".join(pieces)
    with Spool() as spool:
        for piece in pieces:
            spool.write(piece)
        assert (spool.size, spool.digest) == (len(whole), hashlib.sha256(whole).hexdigest())
        assert spool.read(most) == (whole if most is None else whole[:most])
        assert spool.read() == whole


@pytest.mark.parametrize("folder", ["/nowhere/at/all", "/dev/null"])
def test_where_no_file_can_be_had_what_is_not_too_large_stays_in_memory(folder: str):
    with Spool(folder) as spool:
        for _ in range(WITHOUT_DISK // LARGE):
            spool.write(b"x" * LARGE)
        assert spool.read() == b"x" * WITHOUT_DISK
        assert spool.part(LARGE, 3) == b"xxx"
        with pytest.raises(NoRoom, match=f"no room on this machine .* make room in {folder}"):
            spool.write(b"x")


@contextmanager
def no_file_larger_than(size: int):
    """To whoever writes, the same as a full disk: what there is room for is written, and then no more."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)


def test_a_disk_that_fills_up_in_between_costs_nothing_where_little_more_comes():
    with no_file_larger_than(3 * LARGE), Spool() as spool:
        for letter in b"abcdef":
            spool.write(bytes([letter]) * LARGE)
        assert spool.read() == b"".join(bytes([letter]) * LARGE for letter in b"abcdef")
        assert spool.read(LARGE + 1) == b"a" * LARGE + b"b"
        assert spool.part(5 * LARGE, 2) == b"ff"


def test_a_disk_that_is_full_is_no_reason_to_fill_the_memory():
    with no_file_larger_than(3 * LARGE), Spool() as spool:
        with suppress(NoRoom):
            for _ in range(100):
                spool.write(b"x" * LARGE)
        assert spool.size <= 4 * LARGE + WITHOUT_DISK
        with pytest.raises(NoRoom):
            spool.write(b"x")


def test_once_there_is_room_again_it_goes_on(tmp_path):
    with Spool(str(tmp_path)) as spool:
        with no_file_larger_than(LARGE):
            spool.write(b"a" * (LARGE + 1))
            spool.write(b"b" * LARGE)
        for letter in b"cdefgh":
            spool.write(bytes([letter]) * LARGE)
        assert spool.read() == b"a" + b"".join(bytes([letter]) * LARGE for letter in b"abcdefgh")


def test_it_lies_on_the_disk_rather_than_where_temporary_files_may_be_memory(tmp_path):
    here = str(tmp_path)
    assert on_disk({}, here) == here
    assert on_disk({"TMPDIR": ""}, here) == here
    assert on_disk({"TMPDIR": "/elsewhere"}, here) is None, "the operator knows better"
    assert on_disk({}, str(tmp_path / "missing")) is None
