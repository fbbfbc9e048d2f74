"""A site below a path: what belongs to it and what does not."""

from __future__ import annotations

import pytest

from aggregator.serve.embed.oembed import path_of
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


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("https://example.org/news/sections/a/", ("sections", "a")),
        ("https://example.org/news", ("sections", "all")),
        ("https://example.org/newsroom/sections/a/", None),
        ("https://example.org/sections/a/", None),
        ("http://[example", None),
    ],
)
def test_oembed_knows_the_addresses_of_its_own_path_alone(address: str, found: tuple[str, str] | None) -> None:
    assert path_of(address, "https://example.org/news") == found
