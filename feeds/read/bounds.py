"""What no feed needs and no parser should be given: texts as long as libraries, items by the hundred thousand, tags of a megabyte."""

from __future__ import annotations

import re

from feeds.errors import Refused

LARGE = 1_000_000  # characters: of what is smaller nothing is worth a look
MOST_MARKS = 500_000
"""Tags and references in all texts of one document that are made clean: ten megabytes of the densest real feeds have fewer."""
_PICTURE = 5  # more marks: what is looked for in each picture
_LONGEST = 600_000  # characters of one text; an entry keeps fewer still (`feeds.read.finish`)
_RUN = re.compile(r"(?<![^<])[^<]{600001,}+")  # where one can begin alone: to look from each character on takes the square of a run
_SECTION = "<![CDATA["
_TAG = re.compile(r"<[A-Za-z_/][^<>]{200000}")
_LONG_TAG = re.compile(r"<(/?[A-Za-z_][\w:.-]{0,99}+)[^<>]{199900,}+>")
_ITEM = re.compile(r"<(?:item|entry)[\s>/]")
_PREFIX = re.compile(r"<([A-Za-z_][\w.-]*+):")
_CLOSING = re.compile(r"(?:</(?:[A-Za-z_][\w.-]*:)?(?:channel|rss|feed|rdf)\s*>\s*)+$", re.I)
_MOST_PREFIXES = 1000
_MOST_ITEMS = 20_000  # tags of items that are given to a parser; it is told how many are read of them
_MOST_TAGS = 500_000  # opening and closing: each element takes some 250 bytes of a parser's memory; real feeds have 42,000 a megabyte
_MOST_BRACKETS = 1_000_000  # in CDATA sections, where most are tags of HTML: real feeds have 46,000 a megabyte


def bounded(text: str, repairs: list[str]) -> str:
    """The text with each absurdly long run of prose cut to its beginning, tags that long without their attributes (parsers take a time for
    many that grows with the square), and without the items beyond the first 20,000 or whatever else is more than any feed has. Raises
    Refused for what is no feed's: a tag that long without an end, prefixes by the thousand."""
    if len(text) < LARGE:
        return text
    if text.count("<") * 3 > len(text):
        raise Refused("it has more angle brackets than words")
    if _TAG.search(text):
        repairs.append("an element in it is absurdly long; its attributes were passed over")
        text = _LONG_TAG.sub(_bare, text)
        if _TAG.search(text):
            raise Refused("an element in it is longer than any feed's and has no end")
    if _many_prefixes(text):
        raise Refused("it uses more prefixes than there are vocabularies of feeds")
    short = _RUN.sub(_beginning, _short_sections(text))
    if short is not text and len(short) != len(text):
        repairs.append("a text in it is absurdly long; its beginning was read")
    return _few_tags(_few_items(_few_brackets(short, repairs), repairs), repairs)


def _many_prefixes(text: str) -> bool:
    """A tolerant parser takes a time for them that grows with the square."""
    met: set[str] = set()
    for found in _PREFIX.finditer(text):
        met.add(found[1])
        if len(met) > _MOST_PREFIXES:
            return True
    return False


def _bare(found: re.Match[str]) -> str:
    return f"<{found[1]}{'/>' if found[0].endswith('/>') else '>'}"


def _beginning(found: re.Match[str]) -> str:
    """Never cut through a reference; what closes a CDATA section stays."""
    run = found[0]
    cut = max(run.rfind(" ", 0, _LONGEST), run.rfind(";", 0, _LONGEST) + 1, run.rfind("&", _LONGEST - 50, _LONGEST), _LONGEST - 50)
    close = run.find("]]>")
    return (
        run[:cut] if close < 0 else run[: min(cut, close)] + run[close:] if len(run) - close < _LONGEST else run[: min(cut, close)] + "]]>"
    )


def _short_sections(text: str) -> str:
    parts: list[str] = []
    at = 0
    while (begin := text.find(_SECTION, at)) >= 0:
        close = text.find("]]>", begin)
        if close < 0:
            break
        if close - begin > _LONGEST:
            parts += [text[at : begin + _LONGEST], "]]>"]
        else:
            parts.append(text[at : close + 3])
        at = close + 3
    return "".join((*parts, text[at:])) if parts else text


def _few_brackets(text: str, repairs: list[str]) -> str:
    """Without what CDATA sections say behind the first million of angle brackets in others: the items that they stand in remain."""
    if text.count("<") <= _MOST_BRACKETS:
        return text
    parts: list[str] = []
    at = brackets = emptied = 0
    while (begin := text.find(_SECTION, at)) >= 0:
        close = text.find("]]>", begin)
        if close < 0:
            break
        brackets += text.count("<", begin, close)
        if brackets > _MOST_BRACKETS:
            parts.append(text[at:begin])
            emptied += 1
        else:
            parts.append(text[at : close + 3])
        at = close + 3
    if emptied:
        repairs.append(f"{emptied} texts in it were passed over: those before them have more angle brackets than any feed's")
    return "".join((*parts, text[at:]))


def _few_items(text: str, repairs: list[str]) -> str:
    if text.count("<item") + text.count("<entry") <= _MOST_ITEMS:
        return text
    for number, found in enumerate(_ITEM.finditer(text)):
        if number == _MOST_ITEMS:
            repairs.append(f"it has more than {_MOST_ITEMS:,} items; what stands behind them was passed over")
            return _closed(text, found.start())
    return text


def _few_tags(text: str, repairs: list[str]) -> str:
    """Without the items that stand beyond the first half a million of tags, where so many are not text in CDATA sections. Raises
    Refused if one item has as many."""
    if _marks(text, 0, len(text)) <= _MOST_TAGS or _tags(text) <= _MOST_TAGS:
        return text
    cut = at = count = 0
    for number, found in enumerate(_ITEM.finditer(text)):
        count += _marks(text, at, found.start())
        at = found.start()
        if count > _MOST_TAGS:
            break
        cut = at if number else 0
    if not cut:
        raise Refused("an item in it has more elements than any feed's")
    repairs.append(f"it has more than {_MOST_TAGS:,} tags; the items behind them were passed over")
    return _closed(text, cut)


def _marks(text: str, begin: int, end: int) -> int:
    """How many tags open and close there: an empty element is written as one and does both."""
    return text.count("<", begin, end) + text.count("/>", begin, end)


def _tags(text: str) -> int:
    """How many of them stand outside of CDATA sections."""
    count = at = 0
    while (begin := text.find(_SECTION, at)) >= 0:
        close = text.find("]]>", begin)
        count += _marks(text, at, begin)
        if close < 0:
            return count
        at = close + 3
    return count + _marks(text, at, len(text))


def _closed(text: str, at: int) -> str:
    """The text up to there, with the closing tags that it ends with."""
    end = _CLOSING.search(text[-200:])
    return text[:at] + (end[0] if end else "")


def marks(html: str) -> int:
    """How dear it is to make a text clean, beside what its length costs: its tags and references, pictures counted as several."""
    return html.count("<") + html.count("&") + _PICTURE * html.lower().count("<img")
