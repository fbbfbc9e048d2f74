"""OPML 1.x and 2.0 -> outlines, as exported by whatever a reader was: attributes in any case, half-escaped addresses, broken ends."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from html.entities import html5

from lxml import etree

from feeds.clean.charset import decode
from feeds.clean.text import clean, legal
from feeds.errors import NotAFeed, Refused
from feeds.records import Outline

_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>", re.I)
_SUBSET = re.compile(r"<!DOCTYPE[^>\[]*\[|<!ENTITY", re.I)
_AMPERSAND = re.compile(r"&(?:(#[0-9]+|#x[0-9A-Fa-f]+|amp|lt|gt|quot|apos);|([A-Za-z][A-Za-z0-9]*;)?)")
_ADDRESS = re.compile(r"https?://[^\s<>\"]+", re.I)
_FEEDS = frozenset({"rss", "rss1", "rss2", "atom", "feed", "json", "jsonfeed"})


def read(body: bytes) -> tuple[Outline, ...]:
    """Every feed of the list, in its order; what names no feed address is left out, repeated addresses too.

    Raises NotAFeed when it is no OPML, Refused when it brings a DOCTYPE of its own (entities are never expanded)."""
    text = decode(body).text.lstrip("\ufeff")
    if _SUBSET.search(text):
        raise Refused("an OPML file with a document type of its own is not read")
    text = legal(_AMPERSAND.sub(_escaped, _DECLARATION.sub("", text, count=1)))
    root = _parse(text)
    if root is None or not any(_name(element) in {"opml", "outline"} for element in root.iter()):
        raise NotAFeed("this is not an OPML file")
    found: dict[str, Outline] = {}
    for outline in _outlines(root):
        found.setdefault(outline.xml_url or "", outline)
    return tuple(found.values())


def _parse(text: str) -> etree._Element | None:
    parser = etree.XMLParser(recover=True, resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, encoding="utf-8")
    try:
        return etree.fromstring(text.encode("utf-8", "ignore"), parser)
    except etree.XMLSyntaxError:  # nothing at all to recover
        return None


def _escaped(found: re.Match[str]) -> str:
    """A lone ampersand as one; a name that only HTML knows as its character."""
    if found[1]:
        return found[0]
    return escape(html5.get(found[2] or "", "&" + (found[2] or "")))


def _name(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2].lower()  # of a comment it is a function


def _outlines(root: etree._Element) -> Iterator[Outline]:
    """A walk without recursion: how deep a stranger's file nests is not ours to trust."""
    folders: list[str] = []
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if _name(element) != "outline":
            continue
        facts = {str(key).rpartition("}")[2].lower(): clean(str(value)) for key, value in element.attrib.items()}
        name = facts.get("text") or facts.get("title") or ""
        if event == "end":
            folders.pop()
            continue
        if address := _address(facts):
            yield Outline(
                text=name or address,
                title=facts.get("title") or name or address,
                xml_url=address,
                html_url=_web(facts.get("htmlurl")),
                categories=tuple(filter(None, folders)) or _categories(facts.get("category", "")),
            )
        folders.append(name)


def _address(facts: dict[str, str]) -> str | None:
    stated = facts.get("xmlurl") or facts.get("feedurl")
    if not stated and facts.get("type", "").lower() in _FEEDS:
        stated = facts.get("url")
    return _web(stated)


def _web(address: str | None) -> str | None:
    """The http(s) address; ``feed:`` is what some readers wrote before it."""
    address = re.sub(r"^feed:(//)?(?=https?:)", "", address or "", flags=re.I)
    address = re.sub(r"^feed://", "http://", address, flags=re.I)
    return address if _ADDRESS.fullmatch(address) else None


def _categories(stated: str) -> tuple[str, ...]:
    """The ``category`` attribute (OPML 2.0): comma-separated, each a slash-delimited path."""
    names = (name.strip() for path in stated.split(",") for name in path.split("/"))
    return tuple(dict.fromkeys(filter(None, names)))
