"""What XML and the feed formats allow to be written: characters, addresses, dates, languages."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import lru_cache
from urllib.parse import quote, urlsplit, urlunsplit

from lxml import etree

from feeds.identity import iri
from feeds.records import Precision

ATOM = "http://www.w3.org/2005/Atom"
HISTORY = "http://purl.org/syndication/history/1.0"
TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
DC = "http://purl.org/dc/elements/1.1/"
TERMS = "http://purl.org/dc/terms/"
MEDIA = "http://search.yahoo.com/mrss/"
XML = "http://www.w3.org/XML/1998/namespace"

GENERATOR = "Haihe"

# Unicode keeps these two for use inside a program; they stand for `&` and `<` until the bytes are made (see `finish`).
_AMPERSAND, _LESS_THAN = "\ufdd0", "\ufdd1"
_REFERENCES = ((_AMPERSAND.encode(), b"&#x26;"), (_LESS_THAN.encode(), b"&#x3C;"))

_LOST = "\ufffd"  # what a decoder puts for bytes that it cannot read
# All that is no Char (XML 1.0 §2.2), lone surrogates with it, and the C1 controls and noncharacters that it advises against.
_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_SUSPECT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffd-\uffff]")
_NEW_LINE = re.compile("\r\n?|\x85")
_SPACES = re.compile("[ \t\n]+")
_NEEDS_CARE = re.compile("[&<\ufffd]|  ")

# RFC 3986 without the square brackets, which belong to an IPv6 host only.
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9;/?:@&=+$._!~*'(),#-]|%[0-9A-Fa-f]{2})+")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):.")
_USER = re.compile(r"(?<=^http://)[^/?#]*@|(?<=^https://)[^/?#]*@", re.I)
_HOST = re.compile(r"[a-z]+://[^/?#:\[\]]", re.I)  # RFC 2732 brackets are refused by what checks feeds, and lead to no public place
_BARE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_SAFE = "/?:@!$&'()*+,;=-._~%"
_LINKED = frozenset({"http", "https", "ftp", "mailto", "tel"})
_NAMED = frozenset({"tag", "urn"})  # which lead nowhere and name what is called so in the world (RFC 4151, RFC 8141)

_END_TAG = re.compile(r"</(?=\w)")
_MARKUP = re.compile(r"<[/!?\w]|&#?\w+;")
_EMAIL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z0-9][A-Za-z0-9-]*")


def chars(text: str) -> str:
    """The text without what XML cannot carry; one such character would otherwise cost the whole feed. What was lost before it came to us
    becomes the square that print has for an illegible character."""
    if text.isprintable() and _LOST not in text:  # which is quicker to see, and true of nearly all
        return text
    return _NOT_TEXT.sub("", _NEW_LINE.sub("\n", text)).replace(_LOST, "□") if _SUSPECT.search(text) else text


@lru_cache(maxsize=4096)  # a name stands in many entries, and all of them in each format
def words(text: str | None) -> str:
    """A plain one-line text (a title, a name). `&` and `<` become hexadecimal references in the bytes: the one spelling
    that neither those who decode RSS text once nor those who decode it twice take for markup."""
    if not text:
        return ""
    if text.isprintable() and not _NEEDS_CARE.search(text):
        return text.strip(" ")  # nearly all texts
    return _spelled(_SPACES.sub(" ", chars(text)).strip())


@lru_cache(maxsize=4096)
def name(text: str | None) -> str:
    """A plain text for an element that has no way to say that it is one: what looks like the end of an element is taken apart, lest it be
    taken for markup, by a character that nobody sees (a word joiner; who reads it here takes such out)."""
    if not text:
        return ""
    return words(_END_TAG.sub("<\u2060/", chars(text)) if "</" in text else text)


def is_markup(text: str) -> bool:
    """Whether a plain text looks like HTML, so that a reader must be told expressly that it is none."""
    return ("<" in text or "&" in text) and _MARKUP.search(text) is not None


def lines(text: str) -> str:
    """A plain text of several lines, in the same spelling."""
    return _spelled(chars(text).strip())


def _spelled(text: str) -> str:
    return text.replace("&", _AMPERSAND).replace("<", _LESS_THAN)


def finish(document: bytes) -> bytes:
    for sentinel, reference in _REFERENCES:
        document = document.replace(sentinel, reference)
    return document if document.endswith(b"\n") else document + b"\n"


def joined(document: bytes, written: Iterable[bytes], end: bytes) -> bytes:
    """A document without entries, as `finish` leaves it, with what is written put before its `end`."""
    head, end, rest = document.rpartition(end)
    return b"".join((head, *written, end, rest))


@lru_cache(maxsize=4096)  # one address stands in each format, that of a source with each of its entries
def uri(address: str | None) -> str | None:
    """The address as a URI (RFC 3986): an IRI percent-encoded, its host in IDNA. None for what is no absolute address, for schemes
    that act in the reader instead of leading somewhere or that are nobody's, and for a tag or urn that is none by its own rules. A user
    and password are not published."""
    if not address:
        return None
    address = chars(address).strip()
    scheme = _SCHEME.match(address)
    if scheme is None or scheme[1].lower() not in _LINKED:
        return iri(address) if scheme and scheme[1].lower() in _NAMED else None
    if "@" in address:
        address = _USER.sub("", address)
    if scheme[1].lower() in ("http", "https") and not _HOST.match(address):
        return None
    if _URI.fullmatch(address) and address.count("#") < 2:
        return address
    return _encoded(address)


def _encoded(address: str) -> str:
    address = _BARE_PERCENT.sub("%25", _SPACES.sub(" ", address))
    try:
        parts = urlsplit(address)
    except ValueError:  # a broken IPv6 host
        return quote(address, safe=_SAFE + "#")
    return urlunsplit(
        (
            parts.scheme,
            _authority(parts.netloc),
            quote(parts.path, safe=_SAFE),
            quote(parts.query, safe=_SAFE),
            quote(parts.fragment, safe=_SAFE),
        )
    )


def _authority(netloc: str) -> str:
    if netloc.isascii():
        return quote(netloc, safe=_SAFE + "[]")
    user, at, host = netloc.rpartition("@")
    with suppress(UnicodeError):  # no such host can be asked for, but the address stays well-formed
        host = host.encode("idna").decode("ascii")
    return quote(user, safe=_SAFE) + at + quote(host, safe=_SAFE)


def rfc3339(at: datetime) -> str:
    """RFC 3339 with `Z` or an offset in whole minutes, no finer than it is known.

    With a fraction it is written in UTC: newsboat, for one, loses an offset that stands behind a fraction."""
    offset = _offset(at)
    if offset % timedelta(minutes=1) or (at.microsecond and offset):
        at = at.astimezone(UTC)
    stamp = at.isoformat(timespec="auto" if at.microsecond % 1000 else "milliseconds" if at.microsecond else "seconds")
    return stamp.removesuffix("+00:00") + "Z" if stamp.endswith("+00:00") else stamp


def w3cdtf(at: datetime, precision: Precision | None) -> str | None:
    """A time that is known to the day or the minute only, as W3C has it (NOTE-datetime); None for a finer one."""
    if precision is Precision.DAY:
        return at.date().isoformat()
    return at.isoformat(timespec="minutes") if precision is Precision.MINUTE and not _offset(at) % timedelta(minutes=1) else None


def rfc822(at: datetime) -> str:
    """RFC 822 with a year of four digits, `GMT` or a zone in whole or half hours; never the process's language."""
    offset = _offset(at)
    if not offset or offset % timedelta(minutes=30):
        return format_datetime(at.astimezone(UTC), usegmt=True)
    return format_datetime(at)


def _offset(at: datetime) -> timedelta:
    offset = at.utcoffset()
    if offset is None:
        raise ValueError(f"a time without a zone cannot be published: {at.isoformat()}")
    return offset


def email(address: str | None) -> str | None:
    address = (address or "").strip()
    return address if _EMAIL.fullmatch(address) else None


def put(parent: etree._Element, tag: str, text: str | None = None, **attributes: str | None) -> etree._Element:
    """A new last child; attributes that are None are left out."""
    child = etree.SubElement(parent, tag, {name: value for name, value in attributes.items() if value is not None})
    child.text = text
    return child
