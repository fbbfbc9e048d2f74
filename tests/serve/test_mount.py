from __future__ import annotations

import pytest

from aggregator.serve.mount import Mounted


@pytest.mark.parametrize(
    ("asked", "path"),
    [
        ("/news/feeds/all.atom", "/feeds/all.atom"),  # a proxy that passes the path on
        ("/feeds/all.atom", "/feeds/all.atom"),  # and one that strips it
        ("/news", "/"),
        ("/newsroom/", "/newsroom/"),  # begins alike, and is another address
    ],
)
def test_the_path_of_the_site_belongs_to_no_address_inside(asked: str, path: str) -> None:
    seen = {}
    mounted = Mounted(lambda environ, _: seen.update(environ) or [], "https://example.org/news/")
    mounted({"PATH_INFO": asked, "SCRIPT_NAME": ""}, lambda *_: None)  # type: ignore[arg-type,return-value]
    assert (seen["SCRIPT_NAME"], seen["PATH_INFO"]) == ("/news", path)
