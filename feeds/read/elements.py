"""What the readers of XML feeds share: names without their namespaces, texts, addresses.

Names are written ``prefix:local`` in lower case with one prefix a vocabulary, whatever the document calls it; RSS itself has none.
"""

from __future__ import annotations

import re
from html import escape
from typing import TypeAlias

from lxml import etree

from feeds import plainness
from feeds.clean import text, urls

Element: TypeAlias = etree._Element
Children: TypeAlias = dict[str, list[Element]]

XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
RDF_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
RDF_RESOURCE = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}resource"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

_NAMESPACES = {
    "": "",
    "http://purl.org/rss/1.0/": "",
    "http://my.netscape.com/rdf/simple/0.9/": "",
    "http://channel.netscape.com/rdf/simple/0.9/": "",
    "http://backend.userland.com/rss": "",
    "http://backend.userland.com/rss2": "",
    "http://blogs.law.harvard.edu/tech/rss": "",
    "http://cyber.law.harvard.edu/rss": "",
    "http://www.w3.org/2005/atom": "atom",
    "http://purl.org/atom/ns": "atom",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns": "rdf",
    "http://purl.org/dc/elements/1.1": "dc",
    "http://purl.org/dc/elements/1.0": "dc",
    "http://purl.org/dc/terms": "dcterms",
    "http://purl.org/rss/1.0/modules/content": "content",
    "http://purl.org/rss/1.0/modules/syndication": "sy",
    "http://purl.org/rss/modules/syndication": "sy",
    "http://search.yahoo.com/mrss": "media",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "http://podcastindex.org/namespace/1.0": "podcast",
    "http://github.com/podcastindex-org/podcast-namespace/blob/main/docs/1.0.md": "podcast",
    "http://backend.userland.com/creativecommonsrssmodule": "cc",
    "http://cyber.law.harvard.edu/rss/creativecommonsrssmodule.html": "cc",
    "http://creativecommons.org/ns": "cc",
    "http://web.resource.org/cc": "cc",
    "http://prismstandard.org/namespaces/basic/2.0": "prism",
    "http://prismstandard.org/namespaces/1.2/basic": "prism",
    "http://purl.oclc.org/net/rss_2.0/enc": "enc",
    "http://www.w3.org/1999/xhtml": "xhtml",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner",
    "http://www.w3.org/1998/math/mathml": "mathml",
    "http://www.w3.org/2000/svg": "svg",
}
_MOST_ALIKE = 25_000  # of one name that are kept in sight: more than there are items in any document (`feeds.read.bounds`)
MOST_LINKS = 1000  # of one feed or entry that are looked at
PREFIXES = {prefix: uri for uri, prefix in reversed(_NAMESPACES.items()) if prefix}
_LONGEST_TAG = 200
_MOST_TAGS = 4096
_LONGEST_TEXT = 600_000  # characters of markup given back; an entry keeps fewer still (`feeds.read.finish`)
_LONGEST_BASE = 300  # characters: thousands of links, seen from an address of kilobytes, would make a text a hundred times as long
_SLASHED = re.compile(r"[#/]+$")
# Elements of plain text, which are read as if they held HTML all the same.
_PLAIN = frozenset({"title", "category", "author", "source", "copyright", "managingeditor", "atom:name", "media:credit", "media:title"})


def name_of(tag: str) -> str:
    """``{http://purl.org/dc/elements/1.1/}Creator`` -> ``dc:creator``; of an unknown vocabulary, its local name after ``?:``."""
    return _NAMES[tag]


class _Names(dict[str, str]):
    """Names by tag, as far as they were met. Some tags are a megabyte long, and some documents have a thousand of their own: such are
    not remembered."""

    def __missing__(self, tag: str) -> str:
        name = _name_of(tag)
        if len(tag) < _LONGEST_TAG and len(self) < _MOST_TAGS:
            self[tag] = name
        return name


def _name_of(tag: str) -> str:
    if not tag.startswith("{"):
        return tag.lower()
    uri, _, local = tag[1:].partition("}")
    uri = uri.strip().lower().replace("https://", "http://", 1)
    prefix = _NAMESPACES.get(uri, _NAMESPACES.get(_SLASHED.sub("", uri), "?"))
    return f"{prefix}:{local.lower()}" if prefix else local.lower()


_NAMES = _Names()


def children(element: Element) -> Children:
    """The child elements by name, in document order under each name (comments and instructions never reach the tree)."""
    found: Children = {}
    for child in element:
        name = _NAMES[child.tag]
        alike = found.get(name)
        if alike is None:
            found[name] = [child]
        elif len(alike) < _MOST_ALIKE:
            alike.append(child)
    return found


def value(element: Element) -> str:
    """The text of an element; markup that stands in it unescaped is given back as HTML."""
    return inner(element) if len(element) else element.text or ""


def inner(element: Element) -> str:
    """The contents of an element as HTML, namespaces forgotten, links of an inner ``xml:base`` resolved."""
    parts = [escape(element.text or "", quote=False)]
    size = 0
    above = any(each.get(XML_BASE) for each in (element, *element.iterancestors()))
    bases = {element: _believed(element.base)} if above else {}
    for child in element:
        if size > _LONGEST_TEXT:
            break
        for node in child.iter(etree.Element):
            if bases or XML_BASE in node.attrib:
                size += _resolved(node, bases)
            if node.tag.startswith("{"):
                node.tag = node.tag.partition("}")[2]
        etree.cleanup_namespaces(child)
        parts.append(etree.tostring(child, method="html", encoding="unicode", with_tail=True))
        size += len(parts[-1])
    return "".join(parts)


def _resolved(node: Element, bases: dict[Element, str]) -> int:
    """Make the links of an element absolute by the base that it or what it stands in states, and say how much longer they are. `bases`
    are those of the elements before it: to ask each element for its own takes a time for their depth."""
    parent = node.getparent()
    base = bases.get(parent) if parent is not None else None
    if (stated := node.get(XML_BASE)) and base != "":
        base = _believed((urls.absolute(base, stated) or base) if base else node.base)
    if base is None:
        return 0
    bases[node] = base
    if not base:
        return 0
    longer = 0
    for name in ("href", "src"):
        address = node.get(name)
        if address is not None and (made := urls.absolute(base, address)):
            node.set(name, made)
            longer += len(made) - len(address)
    return longer


def _believed(base: str | None) -> str:
    """A base that is of a length for one, else none."""
    return base if base and len(base) < _LONGEST_BASE else ""


def first(found: Children, *names: str) -> str:
    """The first text that is not blank among the elements of these names."""
    for name in names:
        if name in found:
            for element in found[name]:
                told = inner(element) if len(element) else element.text
                if told and (told := told.strip()):
                    return told
    return ""


def line(found: Children, *names: str) -> str:
    """That text as one line, its markup removed."""
    told = first(found, *names)
    return text.plain(told) if told else ""


def href(found: Children, name: str) -> str:
    """The first address among the elements of this name that have theirs in an attribute."""
    return next((address for each in found.get(name, ()) if (address := (each.get("href") or "").strip())), "")


def is_plain(head: Children) -> bool:
    """Does the feed state that its plain texts are plain (`feeds.plainness`)?"""
    return any(plainness.states(each.get(RDF_RESOURCE) or value(each)) for each in head.get("dcterms:conformsto", ()))


def tell_plainly(element: Element, also: str = "") -> None:
    """Write the plain texts in an element (and those in elements called `also`) as the HTML that shows them: as such they will be read."""
    for each in element.iter(etree.Element):
        if each.text and ("<" in each.text or "&" in each.text) and not len(each):
            name = name_of(each.tag)
            if name in _PLAIN or name == also or name.startswith(("dc:", "dcterms:")):
                each.text = escape(each.text, quote=False)
