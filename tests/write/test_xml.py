from __future__ import annotations

from datetime import datetime, timedelta, timezone

from feeds.write import xml


def test_a_time_with_a_fraction_is_written_in_utc():
    at = datetime(2026, 1, 5, 17, 23, 0, 3000, tzinfo=timezone(timedelta(hours=-5)))
    assert xml.rfc3339(at) == "2026-01-05T22:23:00.003Z"
    assert xml.rfc3339(at.replace(microsecond=0)) == "2026-01-05T17:23:00-05:00"
