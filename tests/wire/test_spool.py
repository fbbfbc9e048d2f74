"""A body comes out of its spool as it went in, wherever it was kept meanwhile."""

from __future__ import annotations

import hashlib
import resource
import signal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.wire.spool import LARGE, Spool, on_disk

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
def test_where_no_file_can_be_had_it_stays_in_memory(folder: str):
    with Spool(folder) as spool:
        for _ in range(5):
            spool.write(b"x" * LARGE)
        assert spool.read() == b"x" * LARGE * 5


def test_a_disk_that_fills_up_in_between_costs_nothing():

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (3 * LARGE, before[1]))  # no file may grow beyond that
        with Spool() as spool:
            for letter in b"abcdefghi":
                spool.write(bytes([letter]) * LARGE)
            assert spool.read() == b"".join(bytes([letter]) * LARGE for letter in b"abcdefghi")
            assert spool.read(LARGE + 1) == b"a" * LARGE + b"b"
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)


def test_it_lies_on_the_disk_rather_than_where_temporary_files_may_be_memory(tmp_path):
    here = str(tmp_path)
    assert on_disk({}, here) == here
    assert on_disk({"TMPDIR": ""}, here) == here
    assert on_disk({"TMPDIR": "/elsewhere"}, here) is None, "the operator knows better"
    assert on_disk({}, str(tmp_path / "missing")) is None
