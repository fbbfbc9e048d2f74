"""What a page states about itself for machines: meta elements, JSON-LD, the comments of its publishing system, the date in its address.

The names are those of 《政府网站发展指引》 (国办发〔2017〕47号), Open Graph and schema.org; case does not count, and an empty ``content``
is as good as none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urlsplit

from lxml import etree
from lxml.html import HtmlElement

from feeds.clean import dates
from feeds.clean.dates import When
from feeds.read.dom import Page, folded

_ARTICLES = frozenset(
    {"newsarticle", "article", "reportagenewsarticle", "blogposting", "analysisnewsarticle", "opinionnewsarticle", "report"}
)
_CONTROL = re.compile(r"[\x00-\x1f]")
_LONGEST = 4000  # characters of one fact: what is longer is none, and its end is not worth the time


@dataclass(frozen=True, slots=True)
class Linked:
    """The article object of a page's JSON-LD, as far as it is used here; `bodies` are authors that it calls organisations."""

    headline: str | None = None
    published: str | None = None
    authors: tuple[str, ...] = ()
    bodies: tuple[str, ...] = ()
    editors: tuple[str, ...] = ()
    publisher: str | None = None
    section: str | None = None


@dataclass(frozen=True, slots=True)
class Meta:
    """The meta elements of a page (names in lower case, the first that is not empty), its JSON-LD, and the record that its publishing
    system left in a comment (title, date, author, source, column)."""

    named: dict[str, str] = field(default_factory=dict)
    linked: Linked = Linked()
    machine: dict[str, str] = field(default_factory=dict)

    def first(self, *names: str) -> str | None:
        return next((value for name in names if (value := self.named.get(name))), None)


def read(page: Page) -> Meta:
    named: dict[str, str] = {}
    for each in page.root.iter("meta"):
        name = (each.get("name") or each.get("property") or each.get("itemprop") or "").strip().lower()
        value = folded((each.get("content") or "")[:_LONGEST])
        if name and value:
            named.setdefault(name, value)
    return Meta(named, _linked(page), _machine(page))


# <!--enpproperty <date>2023-05-06 10:25:17:0</date><author>邢云飞</author><title>…</title><sourcename>河北日报</sourcename>/enpproperty-->
_RECORD = re.compile(r"^\s*enpproperty\b", re.I)
_PROPERTY = re.compile(r"<(?P<name>date|author|title|nodename|sourcename)>(?P<value>[^<>]{1,300})</(?P=name)>", re.I)
_PROPERTIES = {"date": "date", "author": "author", "title": "title", "nodename": "column", "sourcename": "source"}


def _machine(page: Page) -> dict[str, str]:
    record = next((each.text for each in page.comments if _RECORD.match(each.text or "")), None)
    stated: dict[str, str] = {}
    for found in _PROPERTY.finditer(record or ""):
        value = folded(unescape(found["value"]))
        if value and value.lower() != "null":
            stated.setdefault(_PROPERTIES[found["name"].lower()], value)
    return stated


def _linked(page: Page) -> Linked:
    for each in page.root.iter("script"):
        if "ld+json" not in (each.get("type") or "").lower():
            continue
        try:
            found = json.loads(_CONTROL.sub(" ", each.text or ""))
        except (ValueError, RecursionError):
            continue
        for thing in _things(found):
            kinds = thing.get("@type")
            if {str(kind).lower() for kind in (kinds if isinstance(kinds, list) else [kinds])} & _ARTICLES:
                return Linked(
                    headline=_text(thing.get("headline")) or _text(thing.get("name")),
                    published=_text(thing.get("datePublished")) or _text(thing.get("pubDate")),
                    authors=tuple(_names(thing.get("author"))),
                    bodies=tuple(_names([each for each in _listed(thing.get("author")) if _is_body(each)])),
                    editors=tuple(_names(thing.get("editor"))),
                    publisher=next(_names(thing.get("publisher")), None),
                    section=_text(thing.get("articleSection")),
                )
    return Linked()


def _things(found: object) -> Iterator[dict[str, object]]:
    if isinstance(found, list):
        for each in found[:50]:
            yield from _things(each)
    elif isinstance(found, dict):
        yield found
        graph = found.get("@graph")
        if isinstance(graph, list):
            yield from (each for each in graph[:50] if isinstance(each, dict))


def _text(value: object) -> str | None:
    if isinstance(value, list) and value:
        value = value[0]
    return folded(unescape(value[:_LONGEST])) or None if isinstance(value, str) else None


def _listed(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else [value]


def _is_body(thing: object) -> bool:
    return isinstance(thing, dict) and "organization" in str(thing.get("@type")).lower()


def _names(value: object) -> Iterator[str]:
    for each in value if isinstance(value, list) else [value]:
        name = _text(each.get("name")) if isinstance(each, dict) else _text(each)
        if name and "://" not in name:
            yield name


# --- comments of publishing systems ---------------------------------------------------------------------------------------------------

_ANCHORS = {
    "title": (re.compile(r"<\$\[标题\]>begin"), re.compile(r"<\$\[标题\]>end")),
    "source": (re.compile(r"<\$\[(?:信息来源|来源)\]>begin"), re.compile(r"<\$\[(?:信息来源|来源)\]>end")),
    "author": (re.compile(r"<\$\[作者\]>begin"), re.compile(r"<\$\[作者\]>end")),
    "editor": (re.compile(r"<\$\[(?:责任编辑|编辑)\]>begin"), re.compile(r"<\$\[(?:责任编辑|编辑)\]>end")),
    "date": (re.compile(r"<\$\[(?:发布时间|发布日期)\]>begin"), re.compile(r"<\$\[(?:发布时间|发布日期)\]>end")),
    "body": (
        re.compile(r"<\$\[信息内容\]>begin|ZJEG_RSS\.content\.begin|enorth cms block start\s*\[\s*name=\"v5\.content\"|^enpcontent$"),
        re.compile(r"<\$\[信息内容\]>end|ZJEG_RSS\.content\.end|enorth cms block end\s*(?:\[\s*name=\"v5\.content\"|$)|^/enpcontent$"),
    ),
    "crumbs": (
        re.compile(r"enorth cms block start\s*\[\s*name=\"v5\.position\""),
        re.compile(r"enorth cms block end\s*(?:\[\s*name=\"v5\.position\"|$)"),
    ),
    # Hand-made ones: <!--正文 begin-->, <!-- content start -->.
    "hand": (
        re.compile(r"^\W*(?:正文|文章正文|正文内容|内容|content|article)\W*(?:开始|begin|start)\W*$", re.I),
        re.compile(r"^\W*(?:/|end\W*)?(?:正文|文章正文|正文内容|内容|content|article)\W*(?:结束|end|stop)?\W*$", re.I),
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Region:
    """What stands between two comments: `lead`, text before the first element, then the elements (their tails belong to it)."""

    parent: HtmlElement
    lead: str
    elements: tuple[HtmlElement, ...]

    @property
    def text(self) -> str:
        parts = [self.lead]
        for each in self.elements:
            parts += [text for text in each.itertext(with_tail=False) if isinstance(text, str)] if isinstance(each.tag, str) else []
            parts.append(each.tail or "")
        return folded("".join(parts))


def region(page: Page, name: str) -> Region | None:
    """The part of the page that its publishing system fences with comments: title, source, author, editor, date, body, crumbs."""
    begin, end = _ANCHORS[name]
    for comment in page.comments:
        if begin.search(comment.text or "") and (parent := comment.getparent()) is not None:
            lead = comment.tail or ""
            found: list[HtmlElement] = []
            for each in comment.itersiblings():
                if isinstance(each, etree._Comment):
                    if end.search(each.text or ""):
                        break
                    lead, found = (lead + (each.tail or ""), found) if not found else (lead, [*found, each])
                    continue
                found.append(each)
            return Region(parent, lead, tuple(found))
    return None


# --- the date in an address -----------------------------------------------------------------------------------------------------------

_IN_PATH = (
    re.compile(r"/(?P<y>(?:19|20)\d\d)[/-](?P<m>\d{1,2})[/-](?P<d>\d{1,2})(?=[/_.-])"),
    re.compile(r"/(?P<y>(?:19|20)\d\d)[/-](?P<m>\d{2})(?P<d>\d{2})/"),
    re.compile(r"/(?P<y>20\d\d)(?P<m>\d\d)/(?P<d>\d\d)/"),
    re.compile(r"[/_]t?(?P<y>(?:19|20)\d\d)(?P<m>\d\d)(?P<d>\d\d)(?=[/_.-])"),
    re.compile(r"[/_](?P<y>20\d\d)-?(?P<m>\d\d)-(?P<d>\d\d)(?=[/_.-])"),
    re.compile(r"/(?P<y>[012]\d)/(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])/"),
)


def date_in(url: str, timezone: str) -> When | None:
    """The day that an address carries: /2022/09/28/, /2022/0928/, /22/0928/, /2022-09/28/, t20220928_1.html, /20220928/. A month alone is
    none."""
    path = urlsplit(url).path
    for pattern in _IN_PATH:
        if found := pattern.search(path):
            year = found["y"] if len(found["y"]) == 4 else f"20{found['y']}"
            return dates.parse(f"{year}-{found['m']}-{found['d']}", timezone)
    return None
