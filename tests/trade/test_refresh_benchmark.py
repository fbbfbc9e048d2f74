"""The benchmark measures what it says: everything is fetched, kept and not fetched again."""

from __future__ import annotations

from benchmarks.refresh import measure


def test_a_refresh_is_measured_from_the_request_to_the_row():
    rows = list(measure(2, ("cold", "304")))
    assert [row["phase"] for row in rows] == ["cold", "304"]
    assert all(row["ms_per_feed"] > 0 for row in rows)
