"""Plain text: legal in XML, without tricks, with its blanks in order."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from html import unescape
from itertools import islice

# XML 1.0 §2.2 Char, the other way round (and the C1 controls, which it merely discourages).
_FORBIDDEN = "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
# Directional overrides, isolates and marks (they can reorder a headline), zero-width blanks, word joiners, byte order marks.
_TRICKS = "[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
_ILLEGAL = re.compile(_FORBIDDEN)
# In UTF-8, which is quicker to look through: those of ASCII, and all others.
_SUSPECT_ASCII = bytes([*range(9), 11, 12, *range(14, 32), 127])
_SUSPECT_C1, _SUSPECT_HALF = re.compile(rb"\xc2[\x80-\x84\x86-\x9f]"), re.compile(rb"\xed[\xa0-\xbf]")
_UNWANTED = re.compile(f"{_FORBIDDEN}|{_TRICKS}")

_TWICE = re.compile(
    r"&(?!(?:amp|lt|gt|quot|apos|#0*(?:34|38|39|60|62)|#[xX]0*(?:22|26|27|3[cCeE]));)"
    r"(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]\w{1,30});"
)

_TAG = re.compile(
    r"""<(?:!--|!\[CDATA\[|(/?)([A-Za-z][\w:-]*+)(?:"[^"]*+"|'[^']*+'|[^'"<>]++)*+>|(/?)([A-Za-z][\w:-]*+)[^<>]*+>|[!?][^<>]*+>)"""
)
_SILENT = frozenset({"script", "style", "template", "noframes", "iframe", "noembed", "svg", "math", "object"})
_INLINE_NAMES = (
    "a abbr acronym b bdi bdo big blink cite code data del dfn em font i ins kbd mark nobr q rb rp rt ruby s samp small span strike "
    "strong sub sup time tt u var wbr"
)
_BLOCK_NAMES = (
    "address applet area article aside audio base basefont blockquote body br button canvas caption center col colgroup datalist dd "
    "details dialog dir div dl dt embed fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup "
    "hr html img input label legend li link main map marquee menu menuitem meta meter nav noscript ol optgroup option output p "
    "param picture pre progress section select slot source summary table tbody td textarea tfoot th thead title tr track ul video "
    "xml"
)
_INLINE = frozenset(_INLINE_NAMES.split())
_KNOWN = _INLINE | _SILENT | frozenset(_BLOCK_NAMES.split())
_PLAIN = {name: "" if name in _INLINE else " " for name in _KNOWN - _SILENT}  # what stands in their place

TAIL = 1000  # characters, markup included
_WITHIN = 40  # characters of the longest reference, which an inline tag may cut in two
_BREAK = re.compile(r"<(?:/?(?:p|div|section|li|tr|td|h[1-6]|blockquote|table|ul|ol)|br|hr)\b[^>]*>", re.I)

_ENDS = "。！？!?；;…."
_CLOSERS = "”’」』）)】》〉\"'"
# Words that end in a full stop and no sentence: titles, initials, U.S., e.g.
_SHORTENED = re.compile(
    r"(?:\b(?:[Dd]r|[Mm]rs?|[Mm]s|[Pp]rof|[Ss]t|[Nn]o|[Vv]s|[Ff]ig|[Vv]ol|[Jj]r|[Ss]r|approx|cf|al|Gen|Sen|Rep|Gov|Lt|Col)|\b[A-Z]|[.][A-Za-z])[.]$"
)
_PAUSES = "，、,：: —"


def legal(text: str) -> str:
    """Without the characters that XML forbids (XML 1.0 §2.2); all else stays as it is."""
    octets = text.encode("utf-8", "surrogatepass")
    if len(octets.translate(None, _SUSPECT_ASCII)) == len(octets) and (text.isascii() or not _suspect(text, octets)):
        return text
    return _ILLEGAL.sub("", text)


def _suspect(text: str, octets: bytes) -> bool:
    """Each sign sought by itself, and where it is found soonest."""
    return (
        (b"\xc2" in octets and _SUSPECT_C1.search(octets) is not None)
        or (b"\xed" in octets and _SUSPECT_HALF.search(octets) is not None)
        or "\ufffe" in text
        or "\uffff" in text
    )


def clean(text: str) -> str:
    """One line of honest text: XML characters only, no bidirectional controls, each run of blanks (full-width ones too) one blank."""
    if text.isprintable():  # no controls, surrogates or formatting characters, and no blank but the common one
        return " ".join(text.split()) if "  " in text else text.strip()
    return " ".join(_UNWANTED.sub("", text).split())


def clean_text(text: str) -> str:
    """That line of what is stated as text, not as HTML: angle brackets and ampersands stay what they are, but a ``&nbsp;`` or ``&#8217;``
    in it was escaped once too often."""
    return clean(_TWICE.sub(lambda found: unescape(found[0]), text) if "&" in text else text)


def has_markup(html: str) -> bool:
    """Does an element of HTML, a comment or a CDATA section stand in the text?"""
    for found in _TAG.finditer(html) if "<" in html else ():
        name = (found[2] or found[4] or "").lower()
        if not name or name in _KNOWN or ":" in name or "-" in name:
            return True
    return False


def plain(html: str) -> str:
    """The text of an HTML fragment, on one line. A ``<`` that opens no element of HTML stays what it is."""
    if "<" in html:
        html = _without_tags(html)
    return clean(_decoded(html) if "&" in html else html)


_PARAMETER = re.compile(r"&(?=[A-Za-z][A-Za-z0-9]{0,30}=)")  # of an address: `?page=1&copy=2` says nothing of a copyright
_MANY = 1000  # references of one text: there are more of them than different ones
_REFERENCE = re.compile(r"&(?:#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[^\t\n\f <&#;]{1,32};?)")  # as `html.unescape` sees them


def _decoded(text: str) -> str:
    """With what the references in it stand for."""
    if "=" in text:
        text = _PARAMETER.sub("&amp;", text)
    if text.count("&") < _MANY:
        return unescape(text)
    known: dict[str, str] = {}  # so that each is looked up once

    def said(found: re.Match[str]) -> str:
        reference = found[0]
        told = known.get(reference)
        if told is None:
            told = unescape(reference)
            if len(known) < _MANY:
                known[reference] = told
        return told

    return _REFERENCE.sub(said, text)


def beginning(html: str, limit: int = 200) -> str:
    """The `excerpt` of what is `plain` in HTML, without reading more of it than that takes."""
    enough = 3 * limit + 200  # references and blanks shrink; where that is not enough, all of it is read
    if len(html) > enough and len(text := clean(_decoded(_without_tags(html, enough)))) > limit + _WITHIN:
        return excerpt(text, limit)
    return excerpt(plain(html), limit)


_SHORT = 30  # letters of a line that may be one of several credit lines, or what accounts put below these
_MOST_LINES = 8


def closing_lines(text: str, *, html: bool, lines: int = 3, limit: int = 200) -> str:
    """The last `lines` lines of a text (of HTML its last blocks), where a byline may stand, of these the last `limit` characters or so;
    with the short lines right above them, for accounts put each credit on a line of its own and a word of farewell below."""
    tail = text.rstrip()[-TAIL:]
    found: list[str] = []
    left = limit
    for part in _from_the_last(tail) if html else reversed(tail.split("\n")):
        if line := plain(part) if html else clean(part):
            if len(found) >= lines and len(line) > _SHORT:
                break
            found.append(line[-left:])
            left -= len(line)
            if left <= 0 or len(found) == _MOST_LINES:
                break
    return "\n".join(reversed(found))


def _from_the_last(tail: str) -> Iterator[str]:
    """The blocks of the end of an HTML text, the last one first."""
    begin = tail.find(">") + 1 if len(tail) == TAIL else 0  # the cut may have gone through a tag
    at = end = len(tail)
    while (at := tail.rfind("<", begin, at)) >= 0:
        if found := _BREAK.match(tail, at):
            yield tail[found.end() : end]
            end = at
    yield tail[begin:end]


_MOST_BLANK = 40  # lines or blocks without a letter before the first that says something


def opening_line(text: str, *, html: bool, limit: int = 160) -> str:
    """The beginning of the first line of a text that says something (of HTML of its first block), where a dateline may stand."""
    head = text.lstrip()[:TAIL]
    if html and len(head) == TAIL:
        head = head[: head.rfind("<") if head.rfind("<") > head.rfind(">") else TAIL]  # the cut may have gone through a tag
    parts = islice(_from_the_first(head) if html else head.split("\n"), _MOST_BLANK)
    return next((line[:limit] for part in parts if (line := plain(part) if html else clean(part))), "")


def _from_the_first(head: str) -> Iterator[str]:
    """The blocks of the beginning of an HTML text."""
    begin = 0
    for found in _BREAK.finditer(head):
        yield head[begin : found.start()]
        begin = found.end()
    yield head[begin:]


def _without_tags(html: str, enough: int | None = None) -> str:
    """All of it, or at least `enough` characters where there are as many."""
    parts: list[str] = []
    at = 0
    end = len(html)
    while found := _TAG.search(html, at):
        start, after = found.span()
        if start > at:
            parts.append(html[at:start])
        if enough is not None:
            enough -= start - at
            if enough < 0:
                return "".join(parts)
        name = found[2] or found[4] or ""
        if name in _PLAIN:
            parts.append(_PLAIN[name])
            at = after
            continue
        name = name.lower()
        if not name:
            at = _past(html, found[0], after, parts)
        elif name not in _KNOWN and ":" not in name and "-" not in name:
            parts.append("<")
            at = start + 1
            continue
        elif name in _SILENT and not (found[1] or found[3] or found[0].endswith("/>")):
            closing = re.compile(rf"</{name}\b[^>]*>", re.I).search(html, after)
            if closing is None:
                at = end  # as browsers read it: all the rest belongs to it
                break
            at = closing.end()
        else:
            if name not in _INLINE:
                parts.append(" ")
            at = after
    parts.append(html[at:])
    return "".join(parts)


def _past(html: str, opening: str, after: int, parts: list[str]) -> int:
    """The end of a comment, a CDATA section (whose text stays), or a declaration."""
    if opening == "<!--":
        close = html.find("-->", after)
        return len(html) if close < 0 else close + 3
    if opening == "<![CDATA[":
        close = html.find("]]>", after)
        parts.append(html[after : len(html) if close < 0 else close])
        return len(html) if close < 0 else close + 3
    return after


def excerpt(text: str, limit: int = 200) -> str:
    """The beginning of a plain text, at most `limit` characters, cut at the end of a sentence where one is near; ``…`` only if cut."""
    text = clean(text)
    if len(text) <= limit:
        return text
    room = limit - 1
    return text[: _sentence(text, room) or _pause(text, room) or _letter(text, room)].rstrip(_PAUSES) + "…"


def _sentence(text: str, room: int) -> int:
    for at in range(room - 1, room // 2 - 1, -1):
        if text[at] in _ENDS and (text[at] not in ".;!?" or text[at + 1] in " " + _CLOSERS) and not _SHORTENED.search(text, at - 8, at + 1):
            end = at + 1
            while end < room and text[end] in _CLOSERS:
                end += 1
            if end < room or text[end] not in _CLOSERS:  # never without the mark that closes it
                return end
    return 0


def _pause(text: str, room: int) -> int:
    return next((at for at in range(room, room * 3 // 4 - 1, -1) if text[at] in _PAUSES), 0)


def _letter(text: str, room: int) -> int:
    """Never between a letter and what is written upon it."""
    while room > 1 and (unicodedata.combining(text[room]) or text[room] in "\u200d\ufe0f" or text[room - 1] == "\u200d"):
        room -= 1
    return room
