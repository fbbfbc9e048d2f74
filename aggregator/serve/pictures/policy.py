"""Which pictures go by way of us. Most load from where they are, without a referrer, which is cheapest for all; some hosts are known to
refuse to be shown on other sites."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from urllib.parse import urlsplit

from markupsafe import Markup

from aggregator.config import Source
from aggregator.serve import links
from aggregator.serve.pictures.signed import LONGEST, Signer
from feeds.clean import images

# Hosts that look at the referrer (the pictures and the faces of WeChat accounts), with all their subdomains.
REFUSING = ("qpic.cn", "qlogo.cn")
# As the sanitiser writes it: names in small letters, values in double quotes.
_IMAGE = re.compile(r'<img((?:\s+[a-z-]+(?:="[^"]*")?)*)\s*/?>')
_SRC = re.compile(r'(\ssrc=")([^"]*)"')


class Policy:
    """`signer` None: nothing goes by way of us. `base` is the public address of the site."""

    def __init__(self, sources: Mapping[str, Source], signer: Signer | None, base: str) -> None:
        self._sources, self._signer, self._base = sources, signer, base

    def address(self, picture: str | None, source: str) -> str | None:
        """Where a page shows this picture of a source from; None where it shows none."""
        original = links.web(picture)
        chosen = self._chosen(source)
        if original is None or chosen == "none":
            return None
        if self._signer and len(original) <= LONGEST and (chosen == "proxy" or (chosen is None and _refuses(original))):
            return f"{self._base}/img/{self._signer.sign(original)}"
        return original

    def body(self, html: Markup, source: str) -> Markup:
        """A sanitised text with its pictures as a page shows them."""
        if self._chosen(source) == "none":
            return Markup(images.without(html))  # noqa: S704  as it was, with less in it

        def shown(image: re.Match[str]) -> str:
            src = _SRC.search(image[1])
            address = self.address(unescape(src[2]), source) if src else None
            if not address:
                return ""
            attributes = _SRC.sub(lambda _: Markup(' src="{}"').format(address), image[1], count=1)
            return f"<img{attributes}>"

        return Markup(_IMAGE.sub(shown, html)) if "<img" in html else html  # noqa: S704  as it was, but for addresses that are escaped

    def _chosen(self, key: str) -> str | None:
        source = self._sources.get(key)
        return source.pictures if source else None


def _refuses(address: str) -> bool:
    host = (urlsplit(address).hostname or "").rstrip(".")
    return any(host == each or host.endswith(f".{each}") for each in REFUSING)
