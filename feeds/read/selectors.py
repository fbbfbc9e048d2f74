"""Selectors for a list that was found by looking, so that an operator can keep them: short, by ids and classes, and proven.

A selector by place alone (`body > div:nth-of-type(3) li`) breaks before looking does, so none is given."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from itertools import pairwise

from lxml.html import HtmlElement

from feeds.clean import select
from feeds.read import rows
from feeds.read.dom import Page
from feeds.read.rows import Row, shared
from feeds.records import ListSelectors

_PASSING = frozenset({"odd", "even", "first", "last", "current", "active", "on", "hover", "cur", "selected", "top", "new", "hot", "alt"})
_NAME = re.compile(r"[A-Za-z_][\w-]{0,40}")
_COUNTED = re.compile(r"\d{3,}|[_-]\d+$|[0-9a-f]{8,}")  # names that are made for one page or one row
_DEPTH = 8  # ancestors that may name the list


def suggest(page: Page, chosen: list[Row]) -> ListSelectors | None:
    """Selectors that find these rows on this page and no other; None where no simple ones do."""
    items = [row.item for row in chosen]
    if not items:
        return None
    item = next((each for each in _candidates(items) if _finds(page, each, chosen)), None) if len(set(items)) == len(items) else None
    if item is not None:
        return ListSelectors(item=item, link=_link(chosen), title=_title(chosen), date=_date(chosen))
    links = [row.link for row in chosen]
    link = next((each for each in _of_links(links) if set(select.compile(each).elements(page.root)) == set(links)), None)
    return ListSelectors(link=link) if link else None


def _of_links(links: list[HtmlElement]) -> Iterator[str]:
    """Selectors of the links alone, whose rows are found around them: by what they are, what holds them, and where that is."""
    own = _own(links)
    if own is None:
        return
    if "." in own:
        yield own
    parents = [parent for each in links if (parent := each.getparent()) is not None]
    parent = _own(parents)
    named = [name for above in shared(links)[:_DEPTH] if (name := _named(above))]
    if parent and "." in parent:
        yield f"{parent} > {own}"
    for name in named:
        yield f"{name} {own}"
        if parent:
            yield f"{name} {parent} > {own}"


def _finds(page: Page, selector: str, chosen: list[Row]) -> bool:
    """Every row, and besides only elements that lead nowhere (a line between two groups, an empty cell)."""
    found = select.compile(selector).elements(page.root)
    items = {row.item for row in chosen}
    return items <= set(found) and all(rows.main_link(each) is None for each in found if each not in items)


def _candidates(items: list[HtmlElement]) -> Iterator[str]:
    """From the short and telling to the long and exact."""
    own = _own(items)
    if own is None:
        return
    holders = shared(items)
    direct = holders[:1] and all(each.getparent() is holders[0] for each in items)
    named = [(above, name) for above in holders[:_DEPTH] if (name := _named(above))]
    parent = items[0].getparent()
    for above, name in named:
        yield f"{name} > {own}" if direct and above is holders[0] else f"{name} {own}"
    if "." in own:
        yield own
    for above, name in named:
        if parent is not None and parent is not above and all(_alike(each.getparent(), parent) for each in items):
            yield f"{name} {_plain(parent)} > {own}"
    for (_, inner), (_, outer) in pairwise(named):
        yield f"{outer} {inner} {own}"


def _own(items: list[HtmlElement]) -> str | None:
    """What all items are: their tag with the classes that all of them have."""
    tags = {each.tag for each in items}
    if len(tags) != 1:
        return None
    common = set.intersection(*(set(_classes(each)) for each in items))
    kept = [name for name in _classes(items[0]) if name in common]
    return _tag(items[0]) + "".join(f".{name}" for name in kept[:2]) or None


def _tag(element: HtmlElement) -> str:
    """The name of an element as CSS can say it; nothing where it cannot (``o:p``, and what a broken page makes names of)."""
    return str(element.tag) if _NAME.fullmatch(str(element.tag)) else ""


def _classes(element: HtmlElement) -> list[str]:
    return [
        name
        for name in (element.get("class") or "").split()
        if name.lower() not in _PASSING and _NAME.fullmatch(name) and not _COUNTED.search(name)
    ]


def _named(element: HtmlElement) -> str | None:
    """An element by its id or its classes; None where it has neither that would last."""
    name = element.get("id") or ""
    if _NAME.fullmatch(name) and not _COUNTED.search(name):
        return f"#{name}"
    classes = _classes(element)
    return _tag(element) + "".join(f".{each}" for each in classes[:2]) if classes else None


def _plain(element: HtmlElement) -> str:
    return _named(element) or _tag(element) or "*"


def _alike(one: HtmlElement | None, other: HtmlElement) -> bool:
    return one is not None and one.tag == other.tag and _classes(one) == _classes(other)


def _link(chosen: list[Row]) -> str | None:
    """None where the link with the longest text is the one, as it is without a selector."""
    if all(rows.main_link(row.item) is row.link for row in chosen):
        return None

    def leads(selector: str, row: Row) -> bool:
        return select.compile(selector).first(row.item) is row.link

    return _first_that((_ways(row.link) for row in chosen), leads, chosen)


def _title(chosen: list[Row]) -> str | None:
    """The attribute that has the whole headline where the text is cut; None where the text has it."""
    cut = [row for row in chosen if (row.link.get("title") or "").strip() and rows.title_of(row.link) != rows.title_of(_bare(row.link))]
    return "a@title" if cut and all((row.link.get("title") or "").strip() for row in chosen) else None


def _bare(link: HtmlElement) -> HtmlElement:
    """The link without what its attribute says."""
    bare = deepcopy(link)
    bare.attrib.pop("title", None)
    return bare


def _date(chosen: list[Row]) -> str | None:
    """The element that says the date in every row that has one."""
    dated = [(row, said) for row in chosen if (said := rows.date_beside(row))]
    if len(dated) < len(chosen) * 0.8 or not dated:
        return None

    def says(selector: str, row: Row) -> bool:
        text = select.compile(selector).text(row.item)
        return rows.date_beside(row) is None or (text is not None and rows.only_date(text))

    row, _ = dated[0]
    stamps = (_ways(each) for each in row.item.iterdescendants() if isinstance(each.tag, str) and rows.only_date(_text(each)))
    return _first_that(stamps, says, chosen)


def _text(element: HtmlElement) -> str:
    return "".join(element.itertext()).strip()


def _ways(element: HtmlElement) -> tuple[str, ...]:
    classes = _classes(element)
    tag = _tag(element)
    return tuple(way for way in (f"{tag}.{classes[0]}" if classes else "", tag) if way)


def _first_that(groups: Iterable[tuple[str, ...]], holds: Callable[[str, Row], bool], chosen: list[Row]) -> str | None:
    tried: set[str] = set()
    for group in groups:
        for selector in group:
            if selector not in tried:
                tried.add(selector)
                if all(holds(selector, row) for row in chosen):
                    return selector
    return None
