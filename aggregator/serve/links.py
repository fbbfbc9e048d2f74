"""Which addresses may become links. Everything that a page links to passes here, so that no script address ever can."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit, urlunsplit

# Exactly what a browser would read as a web address: no leading controls, no whitespace anywhere, a host.
_WEB = re.compile(r"https?://[^\s/\\\x00-\x20\x7f][^\s\x00-\x20\x7f]*", re.IGNORECASE)


def web(url: object) -> str | None:
    """`url` when it is an http or https address, without a login in it; None for all else."""
    if not isinstance(url, str) or not _WEB.fullmatch(url):
        return None
    try:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
        return urlunsplit(parts._replace(netloc=host)) if host and parts.hostname else None
    except ValueError:
        return None


def host(url: object) -> str | None:
    """The host of a web address as people write it."""
    checked = web(url)
    return (urlsplit(checked).hostname or "").removeprefix("www.") or None if checked else None


def letter(address: str | None, subject: str) -> str | None:
    """A mailto link (RFC 6068) with its subject filled in."""
    if not address or "@" not in address or re.search(r"\s", address):
        return None
    return f"mailto:{quote(address, safe='@+-._')}?subject={quote(subject, safe='')}"
