"""Who signed an article page and where it came from: each place that can state it, in the order in which it is trusted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from lxml.html import HtmlElement

from feeds.clean import byline, select
from feeds.clean.byline import Byline
from feeds.clean.names import origin, people
from feeds.read import meta
from feeds.read.dom import Line, Page, folded, furniture, lines, visible_text, words
from feeds.read.meta import Meta
from feeds.records import Evidence

AFTER = 60  # lines below the text that are looked at: navigation and side columns may lie between the text and its footer
_NUMBER = re.compile(r"[\d\s,;-]+")
_SOURCES = frozenset({"source", "laiyuan", "ly", "from", "origin", "copyfrom", "infosource"})
_AUTHORS = frozenset({"author", "authors", "byline", "zuozhe", "writer"})
_DATE_FIRST = re.compile(
    r"^\s*(?:发布时间|发布日期|时间|日期)?[:：]?\s*(?:19|20)\d\d\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}日?\s*(?:\d{1,2}[:：]\d\d(?:[:：]\d\d)?)?\s+(?P<rest>\S.{1,24})$"
)
_OUTLET = re.compile(
    r"^[\u4e00-\u9fffA-Za-z·－-]{2,16}(?:报|网|社|台|日报|晚报|客户端|融媒|频道|发布|新闻|在线|杂志|周刊|融媒体中心|政府)$"
)


@dataclass(frozen=True, slots=True)
class Parts:
    """The visible lines of a page, as they stand to the text: above it, in it, below it."""

    before: list[Line]
    inside: list[Line]
    after: list[Line]


def parts(page: Page, holds: frozenset[HtmlElement], around: frozenset[HtmlElement]) -> Parts:
    """The lines of the page without navigation and side columns; what stands `around` the headline is neither."""
    result = Parts([], [], [])
    seen = False
    for line in page.lines:
        if line.block in holds:
            result.inside.append(line)
            seen = True
        elif not furniture(line.block, around):
            (result.after if seen else result.before).append(line)
    return result


def read(page: Page, stated: Meta, where: Parts, selector: str | None, name: str | None) -> Byline:
    """Everything stated about source and people. `name` is what 本网 means. The order: the configured element, the publishing system's
    comments, meta elements (sources only), the lines above the text, its beginning and end, the lines below, meta elements (people)."""
    found = Byline()
    for each in _stated(page, stated, where, selector, name):
        found = found.then(each)
    return _sorted_out(found, stated, name)


def _stated(page: Page, stated: Meta, where: Parts, selector: str | None, name: str | None) -> Iterator[Byline]:
    if selector:
        chosen = select.compile(selector)
        for element in chosen.elements(page.root):
            text = "\n".join(line.text for line in lines(element)) if chosen.attribute is None else element.get(chosen.attribute) or ""
            yield byline.parse(text, name=name, where=f"the selector {selector}")
    yield _fenced(page, name)
    yield _meta_source(stated, name)
    yield _read(reversed(_near(where.before)), name, "above the text", carry=where.before)
    yield _marked(page, where, name)
    yield _lead(where.inside, name)
    yield _read(where.inside[-8:] if len(where.inside) > 1 else [], name, "at the end of the text")
    yield _read(where.after[:AFTER], name, "below the text")


def _near(before: list[Line]) -> list[Line]:
    return [line for line in before if len(line.text) <= 240][-30:]


def _read(chosen: Iterator[Line] | list[Line], name: str | None, where: str, carry: list[Line] | None = None) -> Byline:
    found = Byline()
    listed = list(chosen)
    for at, line in enumerate(listed):
        if line.mostly_links and len(line.text) > 30:
            continue
        text = line.text
        following = (
            carry[carry.index(line) + 1]
            if carry and line is not carry[-1]
            else listed[at + 1]
            if not carry and at + 1 < len(listed)
            else None
        )
        if (
            following is not None
            and text.rstrip(" \u00a0\u3000").endswith((":", "："))
            and following.block.getparent() is line.block.getparent()
        ):
            text = f"{text}\n{following.text}"
        found = found.then(byline.parse(text, name=name, where=where))
    return found


def _lead(inside: list[Line], name: str | None) -> Byline:
    """The dateline and a signature above the first paragraph; only what a dateline or a whole line says counts here."""
    found = Byline()
    for line in [line for line in inside if line.text.strip(" \u3000\u00a0")][:2]:
        found = found.then(byline.parse(line.text, name=name, where="the beginning of the text"))
    return found


def _fenced(page: Page, name: str | None) -> Byline:
    found = Byline()
    for key, label in (("source", "来源"), ("author", "作者"), ("editor", "编辑")):
        region = meta.region(page, key)
        if region and region.text:
            text = region.text if byline.parse(region.text) else f"{label}：{region.text}"
            found = found.then(byline.parse(text, name=name, where="the comments of the publishing system"))
    return found


def _meta_source(stated: Meta, name: str | None) -> Byline:
    for key in ("contentsource", "source", "article:source", "dc.source", "copyfrom", "og:article:source"):
        if value := stated.first(key):
            said = origin(value, name)
            if said.source and not _NUMBER.fullmatch(said.source):
                evidence = (Evidence(field="source", where=f"meta {key}", text=value[:200]),)
                return Byline(source=said.source, chain=said.chain, original_url=said.url, evidence=evidence)
    return Byline()


def _marked(page: Page, where: Parts, name: str | None) -> Byline:
    """Sources and authors without a label: an element whose class says what it is, or a name that stands alone beside the date."""
    heads = frozenset(line.block for line in where.before[-30:]) | frozenset(line.block for line in where.inside[:4])
    found = Byline()
    for element in page.body.iter("span", "p", "a", "em", "div", "strong", "b", "i", "td", "cite", "address"):
        kinds = words(element)
        if not (kinds & (_SOURCES | _AUTHORS) or element.get("rel") == "author") or not _within(element, heads):
            continue
        text = visible_text(element)
        if not text or len(text) > 40 or byline.parse(text):
            continue
        label = f"<{element.tag} {element.get('class') or element.get('id') or 'rel=author'}>"
        if kinds & _SOURCES and (said := origin(text, name)).source and not re.search(r"\d{4}", text):
            found = found.then(
                Byline(source=said.source, chain=said.chain, evidence=(Evidence(field="source", where=label, text=text, sure=0.8),))
            )
        elif not kinds & _SOURCES and (names := people(text)):
            evidence = (Evidence(field="authors", where=label, text=text, sure=0.8),)
            found = replace(found, authors=tuple(dict.fromkeys(found.authors + names)), evidence=found.evidence + evidence)
    if not found.source:
        for line in where.before[-12:]:
            beside = _DATE_FIRST.match(folded(line.text))
            if beside and _OUTLET.match(beside["rest"].strip()):
                text = beside["rest"].strip()
                found = found.then(
                    Byline(source=text, evidence=(Evidence(field="source", where="beside the date", text=line.text, sure=0.7),))
                )
    return found


def _within(element: HtmlElement, blocks: frozenset[HtmlElement]) -> bool:
    return element in blocks or any(above in blocks for above in element.iterancestors())


def _sorted_out(found: Byline, stated: Meta, name: str | None) -> Byline:
    """What only several facts together can say."""
    fields = ("reporters", "correspondents", "agency")
    ours = next((each for each in found.evidence if each.field in fields and "本报" in each.text), None)
    if not found.source and ours and name and name.endswith("报"):
        found = replace(found, source=name, evidence=(*found.evidence, replace(ours, field="source", sure=0.8)))
    if not found.source and found.publisher:
        found = replace(found, source=found.publisher, evidence=found.evidence + _again(found, "publisher", "source"))
    if not found.authors and not found.reporters:
        for key in ("author", "article:author", "og:article:author", "dc.creator", "byl"):
            value = stated.first(key)
            if not value or _NUMBER.fullmatch(value) or "://" in value:
                continue
            said = byline.parse(value)
            names = said.authors or said.reporters or (() if said else people(value))
            # Some systems write the editor, some the site, into the author's element.
            names = tuple(each for each in names if each not in found.editors and each not in (name, found.source))
            if names:
                evidence = (Evidence(field="authors", where=f"meta {key}", text=value[:200], sure=0.8),)
                return replace(found, authors=names, evidence=found.evidence + evidence)
        names = tuple(each for each in stated.linked.authors if each not in found.editors and each not in (name, stated.linked.publisher))
        if names:
            evidence = (Evidence(field="authors", where="JSON-LD author", text="、".join(names), sure=0.9),)
            return replace(found, authors=names, evidence=found.evidence + evidence)
    return found


def _again(found: Byline, old: str, new: str) -> tuple[Evidence, ...]:
    return tuple(replace(each, field=new, sure=0.8) for each in found.evidence if each.field == old)
