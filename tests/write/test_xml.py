from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from feeds.write import xml


def test_a_time_with_a_fraction_is_written_in_utc():
    at = datetime(2026, 1, 5, 17, 23, 0, 3000, tzinfo=timezone(timedelta(hours=-5)))
    assert xml.rfc3339(at) == "2026-01-05T22:23:00.003Z"
    assert xml.rfc3339(at.replace(microsecond=0)) == "2026-01-05T17:23:00-05:00"


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("https://a.example/图?x=1", "https://a.example/%E5%9B%BE?x=1"),
        ("mailto:desk@a.example", "mailto:desk@a.example"),
        ("urn:flickr:tags", "urn:flickr:tags"),
        ("tag:a.example,2026:x", "tag:a.example,2026:x"),
        *((wrong, None) for wrong in ("urn:x", "urn:uuid:1", "tag:", "tag:x,2026-13:y", "weixin://dl/business", "thunder://QUF", "ed2k:x")),
        *((wrong, None) for wrong in ("javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "//a.example/", "a.example", "")),
    ],
)
def test_only_what_leads_somewhere_or_names_something_is_an_address(address, written):
    assert xml.uri(address) == written
