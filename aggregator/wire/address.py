"""Addresses as they are written and as they are asked for."""

from __future__ import annotations

from yarl import URL

from aggregator.errors import BadAnswer, Blocked

_WEB = ("http", "https")


def parse(url: str) -> URL:
    """An address that is ASCII already goes out byte for byte (signed query strings survive); others are quoted and IDN-encoded."""
    text = url.strip()
    try:
        parsed = _url(text)
        scheme = parsed.scheme
        if scheme in _WEB and parsed.host and parsed.port is not None:
            return parsed.with_fragment(None)
    except ValueError as error:
        raise BadAnswer(f"{brief(repr(text))} is not a web address: {error}") from error
    if scheme not in _WEB:
        raise Blocked(f"{brief(repr(text))}: only http and https are fetched")
    raise BadAnswer(f"{brief(repr(text))} is not a web address")


def _url(text: str) -> URL:
    return URL(text, encoded=text.isascii() and text.isprintable() and " " not in text)


def follow(here: URL, location: str) -> URL:
    """Where a Location leads (RFC 9110 §10.2.2), without a user and password in it: strangers do not say who we are (§4.2.4)."""
    # Raw bytes come as surrogates; most of them are UTF-8, though only URI characters are allowed.
    text = location.encode("utf-8", "surrogateescape").decode("utf-8", "replace").strip()
    try:
        target = _url(text)
        if (target.scheme in _WEB or text.startswith("//")) and not target.host:
            raise ValueError("it names no host")
        joined = str(here.join(target))
    except ValueError as error:
        raise BadAnswer(f"the redirect to {brief(repr(text))} leads nowhere: {error}") from error
    found = parse(joined)
    return found.with_user(None) if "@" in target.raw_authority else found


def brief(text: str) -> str:
    """What a stranger wrote, on one line and not much of it."""
    line = " ".join(text.split())
    return line if len(line) <= 120 else f"{line[:120]}…"
