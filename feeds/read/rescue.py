"""A feed of which some items are broken beyond the usual slips: these are taken apart by their tags and put together anew, so that each
costs itself alone and the others are read as they are."""

from __future__ import annotations

import re

from lxml import etree

from feeds.read.mend import root_of

_ITEM = re.compile(r"<((?:[A-Za-z_][\w.-]*:)?(?:item|entry))(?=[\s>/])(?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*>", re.I)
_XMLNS = re.compile(r"""\sxmlns(?::[A-Za-z_][\w.-]*)?\s*=\s*(?:"[^"<]*"|'[^'<]*')""")
_OPENING = re.compile(r"<([A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?)((?:[^<>\"'/]|/(?!>)|\"[^\"<]*\"|'[^'<]*')*)(/?)>")
_ATTRIBUTE = re.compile(r"""(?<=\s)([A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?)\s*=\s*("[^"<]*"|'[^'<]*'|[^\s"'<>=&]+)""")
_CDATA = "<![CDATA["
_MOST_NAMES = 100  # kinds of elements in one broken item; more are no item's
# What an item consists of (local names): where one of these begins, an element that was never closed ends.
_PARTS = re.compile(
    r"<(?:[A-Za-z_][\w.-]*:)?(?:title|link|guid|id|pubdate|date|updated|published|description|summary|encoded|content|author|creator|category|"
    r"enclosure|comments|source|contributor|rights|thumbnail|group)(?=[\s>/])",
    re.I,
)


def rescued(text: str, repairs: list[str]) -> str | None:
    """The text with each item that is not well-formed put together anew, or left out where nothing of it can be read, and nothing else
    behind the first of them; None if the text has no items."""
    name, begin = root_of(text)
    items = _items(text) if begin >= 0 else []
    if not items:
        return None
    spaces = "".join(_declared(text[begin : items[0][0]]))
    again = lost = 0
    parts: list[str] = []
    for start, stop in items:
        item = text[start:stop]
        if not _sound(item, spaces):
            item = _anew(item)
            again += 1
            if not _sound(item, spaces):
                lost += 1
                continue
        parts.append(item)
    if not again:
        repairs.append("what stands between the items and is not well-formed was passed over")
    if again - lost:
        count = again - lost
        repairs.append(
            f"{count} item{'s are' if count > 1 else ' is'} not well-formed and {'were' if count > 1 else 'was'} read part by part"
        )
    if lost:
        repairs.append(f"{lost} item{'s' if lost > 1 else ''} could not be read at all")
    head = text[begin : items[0][0]]
    opened = re.search(r"<((?:\w+:)?channel)[\s>]", head)
    closing = f"</{opened[1]}>" if opened and f"</{opened[1]}" not in head else ""
    return "".join((head, *parts, closing, f"</{name}>"))


def _items(text: str) -> list[tuple[int, int]]:
    """Where items begin and end: at their own end, else where the next begins."""
    starts = [(found.start(), found[1], found[0].endswith("/>"), found.end()) for found in _ITEM.finditer(text)]
    spans: list[tuple[int, int]] = []
    closes: dict[str, int] = {}  # by name, the first end that was looked for and is not behind us
    at = 0
    for place, (start, name, empty, after) in enumerate(starts):
        if start < at:
            continue  # within the text of another
        following = starts[place + 1][0] if place + 1 < len(starts) else len(text)
        if not empty and -1 < closes.get(name, 0) < after:
            closes[name] = text.find(f"</{name}", after)
        close = after if empty else closes[name]
        end = after if empty else text.find(">", close) + 1 if close >= 0 else 0
        if close < 0 or (following < close and not _within_cdata(text, after, following)):
            end = following
        spans.append((start, end or following))
        at = spans[-1][1]
    return spans


def _within_cdata(text: str, start: int, at: int) -> bool:
    opened = text.rfind(_CDATA, start, at)
    return opened >= 0 and text.find("]]>", opened, at) < 0


def _declared(head: str) -> list[str]:
    found: dict[str, str] = {}
    for each in _XMLNS.findall(head):
        found.setdefault(each.partition("=")[0].strip(), each)
    return list(found.values())


def _sound(item: str, spaces: str) -> bool:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        etree.fromstring(f"<r{spaces}>{item}</r>".encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        return False
    return True


def _anew(item: str) -> str:
    """The item's elements, each closed where it closes or where the next part of an item begins, its text as CDATA."""
    opened = _OPENING.match(item)
    if opened is None:
        return ""
    name = opened[1]
    parts = [f"<{name}{_attributes(opened[2])}>"]
    missing: set[str] = set()
    at = opened.end()
    while found := _OPENING.search(item, at):
        tag, attributes, empty = found[1], _attributes(found[2]), found[3]
        at = found.end()
        if empty or len(missing) > _MOST_NAMES:
            parts.append(f"<{tag}{attributes}/>")
            continue
        close = -1 if tag in missing else item.find(f"</{tag}", at)
        if close < 0:
            missing.add(tag)
            following = _PARTS.search(item, at)
            close = following.start() if following else len(item)
            after = close
        else:
            after = item.find(">", close) + 1 or len(item)
        parts.append(f"<{tag}{attributes}>{_told(item[at:close], name)}</{tag}>")
        at = after
    return "".join((*parts, f"</{name}>"))


def _attributes(told: str) -> str:
    """Each once, the first of a name, quoted."""
    found: dict[str, str] = {}
    for key, quoted in _ATTRIBUTE.findall(told):
        found.setdefault(key, quoted if quoted[0] in "\"'" else f'"{quoted}"')
    return "".join(f" {key}={quoted}" for key, quoted in found.items())


def _told(inside: str, item: str) -> str:
    """What stands in an element: as it is where that is sound, else as text."""
    if "<" not in inside and "&" not in inside and "]]>" not in inside:
        return inside
    if inside.count(_CDATA) == 1 and inside.strip().startswith(_CDATA):
        inside = inside.strip().removeprefix(_CDATA).partition("]]>")[0]  # it may have been left open
    elif _sound(inside, "") or not inside.strip():
        return inside
    else:
        inside = inside.replace(_CDATA, "").replace("]]>", "").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    end = inside.rfind(f"</{item}")
    if end >= 0:
        inside = inside[:end]
    return f"{_CDATA}{inside.replace(']]>', ']]]]><![CDATA[>')}]]>"
