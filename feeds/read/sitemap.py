"""Sitemaps (sitemaps.org) -> stubs: a `urlset` with or without the news extension, the index of several, the plain list of addresses;
packed with gzip or not. A news sitemap states headlines and dates; all others only addresses, and `lastmod`, which is a hint and no date of
publication.
"""

from __future__ import annotations

import fnmatch
import re
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain, islice
from urllib.parse import urlsplit

from lxml import etree

from feeds.clean import charset, dates, urls
from feeds.clean import text as plain
from feeds.clean.titles import prefix
from feeds.errors import Malformed, NotAFeed, NothingFound, Refused
from feeds.read import mend, meta
from feeds.records import Credit, Document, Entry, Feed, Hints

MOST = 1000  # entries of one sitemap, the newest of up to 50,000
_MOST_ADDRESSES = 50_000  # of one sitemap (https://www.sitemaps.org/protocol.html)
_TOO_MANY = f"it has more than the {_MOST_ADDRESSES:,} addresses that a sitemap may have; its first and its last were read"
MOST_PARTS = 5  # sitemaps of an index that are looked at, the newest
LARGEST = 52_428_800  # bytes unpacked: 50 MB, as the protocol allows
_ROOTS = frozenset({"urlset", "sitemapindex"})
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def looks_like_sitemap(document: Document) -> bool:
    """Is the first element that of a sitemap? A packed document is looked into as far as its beginning goes."""
    head = document.body[:16_384]
    if head[:2] == b"\x1f\x8b":
        try:
            head = zlib.decompressobj(31).decompress(head, 16_384)
        except zlib.error:
            return False
    if b"urlset" not in head and b"sitemapindex" not in head:
        return False
    name, _ = mend.root_of(charset.decode(head, document.content_type).text)
    return name.rpartition(":")[2].lower() in _ROOTS


def read_sitemap(document: Document, hints: Hints) -> Feed:
    """The stubs of a sitemap, what is newest first; of an index its `parts`, the newest and those of news first, to be read themselves.

    Where there is more than is looked at, `next_link` is the address of the same document with a mark (``#after=5``) behind which that
    stands: a document whose address bears it is read from there. `hints.list.link` is a pattern (``*/news/*``) for the addresses that
    count. Raises NotAFeed, Malformed, Refused or NothingFound."""
    decoded = charset.decode(_unpacked(document.body), document.content_type)
    repairs = list(decoded.repairs)
    told = decoded.text.lstrip("\ufeff \t\r\n")
    if not told.startswith("<"):
        return _of(document, _listed(told, document.url, repairs), (), hints, repairs)
    root = _tree(mend.without_doctype(told, repairs))
    if (name := _name(root)) not in _ROOTS:
        raise NotAFeed(f"this is no sitemap: its first element is <{name}>")
    if name == "sitemapindex":
        return _of(document, [], _parts(root, document.url, repairs), hints, repairs)
    return _of(
        document, [stub for each in _addresses(root, "url", repairs) if (stub := _stub(each, document.url, hints))], (), hints, repairs
    )


def _addresses(root: etree._Element, name: str, repairs: list[str]) -> Iterator[etree._Element]:
    """Its ``url`` or ``sitemap`` elements; of more than the protocol allows, those at either end, for some begin with the oldest."""
    if len(root) <= _MOST_ADDRESSES:
        return _children(root, name)
    repairs.append(_TOO_MANY)
    first = islice(_children(root, name), _MOST_ADDRESSES // 2)
    last = [each for each in islice(root.iterchildren("*", reversed=True), _MOST_ADDRESSES // 2) if _name(each) == name]
    return chain(first, reversed(last))


def _of(document: Document, stubs: list[Entry], parts: tuple[str, ...], hints: Hints, repairs: list[str]) -> Feed:
    pattern = hints.list.link
    front = urlsplit(document.url)._replace(path="/", query="", fragment="").geturl()
    chosen = [
        each
        for each in stubs
        if urls.same_site(each.link or "", document.url)
        and each.uid != urls.normalise(front)
        and (pattern is None or fnmatch.fnmatchcase(each.link or "", pattern))
    ]
    if not chosen and not parts:
        left = (
            f"none of the {len(stubs)} addresses matches {pattern!r}" if stubs and pattern else "no address of a page of this site is in it"
        )
        raise NothingFound(f"the sitemap leads nowhere: {left}")
    newest = sorted(chosen, key=_age, reverse=True)  # stable: what states no time keeps its place
    whole, _, mark = document.url.partition("#")
    passed = int(found[1]) if (found := _MARK.fullmatch(mark)) else 0
    if len(newest) > MOST and not passed:
        repairs.append(f"of {len(newest):,} addresses the newest {MOST:,} are looked at")
    merged = {each.uid: each for each in reversed(newest[passed : passed + MOST])}
    until = passed + (MOST_PARTS if parts else MOST)
    return Feed(
        kind="sitemap",
        link=whole,
        entries=tuple(reversed(merged.values())),
        parts=parts[passed : passed + MOST_PARTS],
        next_link=f"{whole}#after={until}" if len(parts or newest) > until else None,
        repairs=tuple(repairs),
    )


_MARK = re.compile(r"after=(\d{1,7})")


def _age(stub: Entry) -> datetime:
    return stub.published or stub.updated or _LONG_AGO


def _unpacked(body: bytes) -> bytes:
    """A sitemap may come packed as a file (``sitemap.xml.gz``), whatever the transfer did."""
    if body[:2] != b"\x1f\x8b":
        return body
    try:
        unpacker = zlib.decompressobj(31)
        whole = unpacker.decompress(body, LARGEST)
    except zlib.error as error:
        raise Malformed(f"the packed sitemap cannot be unpacked: {error}") from error
    if not whole:
        raise Malformed("the packed sitemap breaks off before it says anything")
    if unpacker.unconsumed_tail:
        raise Refused(f"the sitemap is larger than {LARGEST:,} bytes once unpacked")
    return whole


def _tree(told: str) -> etree._Element:
    parser = etree.XMLParser(recover=True, resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, encoding="utf-8")
    try:
        root = etree.fromstring(plain.legal(told).encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Malformed(f"the sitemap is broken: {error}") from error
    if root is None:
        raise Malformed("the sitemap is broken beyond recovery")
    return root


def _parts(root: etree._Element, url: str, repairs: list[str]) -> tuple[str, ...]:
    """Sitemaps of news first, then by their `lastmod` or the date in their address."""
    found: dict[str, tuple[bool, datetime]] = {}
    for each in _addresses(root, "sitemap", repairs):
        address = urls.absolute(url, _text(each, "loc"))
        if address and urls.same_site(address, url) and urls.normalise(address) != urls.normalise(url):
            changed = dates.parse(_text(each, "lastmod"), "UTC") or meta.date_in(address, "UTC")
            found.setdefault(address, ("news" in urlsplit(address).path.lower(), changed.at if changed else _LONG_AGO))
    return tuple(sorted(found, key=lambda address: found[address], reverse=True))


def _stub(element: etree._Element, url: str, hints: Hints) -> Entry | None:
    link = urls.absolute(url, _text(element, "loc"))
    if link is None:
        return None
    news = next(_children(element, "news"), None)
    published = name = language = None
    title = ""
    if news is not None:
        title = plain.plain(_text(news, "title"))
        published = dates.parse(_text(news, "publication_date"), hints.timezone)
        if (publication := next(_children(news, "publication"), None)) is not None:
            name, language = plain.plain(_text(publication, "name")), _text(publication, "language")
    changed = dates.parse(_text(element, "lastmod"), hints.timezone)
    return Entry(
        uid=urls.normalise(link),
        title=title,
        title_prefix=prefix(title),
        link=link,
        published=published.at if published else None,
        precision=published.precision if published else None,
        updated=changed.at if changed else None,
        language=language or None,
        credit=Credit(publisher=name or None),
    )


def _listed(told: str, url: str, repairs: list[str]) -> list[Entry]:
    """The plain form: an address a line."""
    lines = [line.strip() for line in told.splitlines() if line.strip()]
    if not lines or not all(line.startswith(("http://", "https://")) for line in lines[:20]):
        raise NotAFeed("this is no sitemap: neither XML nor a list of addresses")
    if len(lines) > _MOST_ADDRESSES:
        repairs.append(_TOO_MANY)
        lines = lines[: _MOST_ADDRESSES // 2] + lines[-_MOST_ADDRESSES // 2 :]
    links = [link for line in lines if (link := urls.absolute(url, line))]
    return [Entry(uid=urls.normalise(link), link=link) for link in links]


def _children(element: etree._Element, name: str) -> Iterator[etree._Element]:
    return (each for each in element.iterchildren("*") if _name(each) == name)


def _name(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2].rpartition(":")[2].lower()


def _text(element: etree._Element, name: str) -> str:
    found = next(_children(element, name), None)
    return "".join(map(str, found.itertext())).strip() if found is not None else ""
