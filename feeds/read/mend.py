"""Text that should be XML -> text that a strict parser reads, with words for what was done.

Nothing is expanded and nothing is fetched: a document type is taken off before any parser sees the text, and what refers to entities
that it declared is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape
from html.entities import html5
from urllib.parse import quote

from feeds.clean import text as plain_text
from feeds.errors import Refused
from feeds.read.elements import PREFIXES

_DECLARATION = re.compile(r"\s*<\?xml\b[^>]*\?>")
_PROLOG = re.compile(r"\s+|<\?[^>]*>|<!--(?:(?!-->).)*+-->", re.S)
_ROOT = re.compile(r"<([A-Za-z_][\w.:-]*)")
_ENTITY = re.compile(r"<!ENTITY\s+(%\s*)?([\w.:-]+)", re.I)
_REFERENCE = re.compile(r"&([A-Za-z][\w.-]*);")
_AMPERSAND = re.compile(r"&(?!(?:#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6}|[A-Za-z][\w.-]{0,40});)")
_CAPITAL_X = re.compile(r"&#X(?=[0-9A-Fa-f]{1,6};)")
_LESS = re.compile(r"<(?![A-Za-z_/!?])")
_NUMBERED = re.compile(r"&#(?:x([0-9A-Fa-f]{1,8})|([0-9]{1,9}));")
_PREFIX = re.compile(r"</?([A-Za-z_][\w.-]*):|\s([A-Za-z_][\w.-]*):[\w.-]+\s*=")
_BOUND = re.compile(r"\bxmlns:([A-Za-z_][\w.-]*)\s*=")
_NAMESPACE = re.compile(r"""\sxmlns(:[A-Za-z_][\w.-]*)?(\s*=\s*)("[^"<>]*"|'[^'<>]*')""")
# Tags but for those that close themselves and those that nobody closes in HTML.
_ANY_TAG = re.compile(
    r"<(?!/?(?:area|br|col|dd|dt|hr|img|input|li|link|meta|option|p|source|td|th|tr|wbr)\b)(?:(/)|[a-z_])(?:[^<>/]|/(?!>))*+>", re.I
)
_VALUE = re.compile(r""""[^"]*"|'[^']*'|=\s*([^\s"'<>=&]+)""")
_DOCTYPE_MARK = re.compile(r"""[\[\]>"']|<!--|<\?""")
_LONGEST_DOCTYPE = 1_000_000  # characters
_MOST_DOCTYPES = 3  # one is what XML allows
_DEEPEST = 2000
_KEPT = frozenset({"amp", "lt", "gt", "quot", "apos"})
_ENDS = re.compile(r"</((?:[A-Za-z_][\w.-]*:)?(?:item|entry))\s*>", re.I)


def root_of(text: str) -> tuple[str, int]:
    """(name of the first element, where it begins) after declarations, comments and a document type; ("", -1) if there is none."""
    at = _past_prolog(text, 0)
    for _ in range(_MOST_DOCTYPES):
        if not _is_doctype(text, at):
            break
        at = _past_prolog(text, _doctype_end(text, at))
    found = _ROOT.match(text, at)
    return (found[1], at) if found else ("", -1)


def _past_prolog(text: str, at: int) -> int:
    """Behind the blanks, instructions and comments that stand there."""
    while found := _PROLOG.match(text, at):
        at = found.end()
    return at


def _is_doctype(text: str, at: int) -> bool:
    return text[at : at + 9].lower() == "<!doctype"


def without_doctype(text: str, repairs: list[str]) -> str:
    """The text without its XML declaration and document type; references to what that declared are dropped, unexpanded and unread."""
    if found := _DECLARATION.match(text):
        text = text[found.end() :]
    _, begin = root_of(text)
    at = _past_prolog(text, 0)
    if begin < 0 or not _is_doctype(text, at):
        return text
    end = _doctype_end(text, at)
    declared = {name for parameter, name in _ENTITY.findall(text[at:end]) if not parameter} - _KEPT
    rest = text[end:]
    if "<!entity" in text[end:begin].lower():
        raise Refused("the document declares entities in more than one place")
    if declared:
        names = sorted(declared)
        repairs.append(
            f"the document type declares entities ({', '.join(names[:5])}{', …' if len(names) > 5 else ''}); they are not expanded"
        )
        rest = _outside_cdata(rest, lambda part: _REFERENCE.sub(lambda found: _declared(found, declared), part))
    return text[:at] + rest


def _declared(found: re.Match[str], declared: set[str]) -> str:
    if found[1] not in declared:
        return found[0]
    return unescape(found[0]) if found[1] + ";" in html5 else ""  # &nbsp; means what it means in HTML, whoever declares it


def _doctype_end(text: str, at: int) -> int:
    """Past a document type, its internal subset with quotes and comments included; the end of the text if it never ends."""
    depth = 0
    position = at
    for found in _DOCTYPE_MARK.finditer(text, at, at + _LONGEST_DOCTYPE):
        if found.start() < position:
            continue
        mark = found[0]
        if mark == "[":
            depth += 1
        elif mark == "]":
            depth = max(0, depth - 1)
        elif mark == ">":
            if depth == 0:
                return found.end()
        else:
            close = {"<!--": "-->", "<?": "?>"}.get(mark, mark)
            stop = text.find(close, found.end())
            if stop < 0:
                break
            position = stop + len(close)
    return len(text)


def _pieces(text: str) -> Iterator[tuple[str, bool]]:
    """The text in pieces: (piece, is it a CDATA section or a comment)."""
    at = 0
    while found := _OPAQUE.search(text, at):
        yield text[at : found.start()], False
        close = text.find("-->" if found[0] == "<!--" else "]]>", found.end())
        at = len(text) if close < 0 else close + 3
        yield text[found.start() : at], True
    yield text[at:], False


def _outside_cdata(text: str, change: Callable[[str], str]) -> str:
    """The text with a change made everywhere but in CDATA sections and comments."""
    return "".join(piece if opaque else change(piece) for piece, opaque in _pieces(text))


_OPAQUE = re.compile(r"<!--|<!\[CDATA\[")


def mended(text: str, repairs: list[str]) -> str:
    """Each slip that is common in feeds put right: control characters, HTML entities, bare ampersands and angle brackets, undeclared
    prefixes, words before and behind the document."""
    made = plain_text.legal(text)
    if made != text:
        repairs.append("characters that XML forbids were taken out")
    made = _trimmed(made, repairs)
    made = _root_quoted(made, repairs)
    made = _plainly_commented(made, repairs)
    made = _changed(
        made, lambda part: _CAPITAL_X.sub("&#x", part), "references that begin with a capital X were read as what they mean", repairs
    )
    made = _changed(made, _numbered, "references to characters that XML forbids were taken out", repairs)
    made = _changed(made, lambda part: _REFERENCE.sub(_named, part), "named HTML entities were read as what they mean", repairs)
    made = _changed(made, lambda part: _AMPERSAND.sub("&amp;", part), "bare ampersands were read as such", repairs)
    made = _changed(made, lambda part: _LESS.sub("&lt;", part), "bare angle brackets were read as such", repairs)
    made = _changed(
        made,
        lambda part: _NAMESPACE.sub(_named_space, part) if "xmlns" in part else part,
        "addresses of namespaces that were none were put right",
        repairs,
    )
    return _bound(made, repairs)


def _named_space(found: re.Match[str]) -> str:
    """A declaration that binds a prefix to an address as it was meant; to nothing at all, it declares none."""
    prefix, equals, stated = found.groups()
    name = quote("".join(stated[1:-1].split()), safe="!#$%&'()*+,/:;=?@[]~")
    return f" xmlns{prefix or ''}{equals}{stated[0]}{name}{stated[0]}" if name or not prefix else ""


def _root_quoted(text: str, repairs: list[str]) -> str:
    """With quotation marks around what the attributes of the root say: whatever else is amiss in a root costs all that is in it."""
    _, begin = root_of(text)
    end = text.find(">", begin)
    if begin < 0 or end < 0 or "=" not in text[begin:end]:
        return text
    made = _VALUE.sub(lambda found: found[0] if found[1] is None else f'="{found[1]}"', text[begin:end])
    if made == text[begin:end]:
        return text
    repairs.append("attributes of the first element without quotation marks were read as if they had them")
    return text[:begin] + made + text[end:]


def _plainly_commented(text: str, repairs: list[str]) -> str:
    """Without the comments that have two dashes in them (XML 1.0 §2.5)."""
    made = "".join(piece for piece, opaque in _pieces(text) if not (opaque and piece.startswith("<!--") and "--" in piece[4:-2]))
    if made != text:
        repairs.append("comments with two dashes in them were left out")
    return made


def too_deep(text: str) -> bool:
    """Do elements nest as no feed's do? A tolerant parser takes time that grows with the square of the depth."""
    depth = 0
    for found in _ANY_TAG.finditer(text):
        depth = max(0, depth - 1) if found[1] else depth + 1
        if depth > _DEEPEST:
            return True
    return False


def without_forbidden(text: str) -> str:
    """The text without characters that XML forbids and without references to them, wherever they stand."""
    return _numbered(plain_text.legal(text))


def _changed(text: str, change: Callable[[str], str], said: str, repairs: list[str]) -> str:
    made = _outside_cdata(text, change)
    if made != text:
        repairs.append(said)
    return made


def _numbered(part: str) -> str:
    return _NUMBERED.sub(lambda found: found[0] if _legal(int(found[1], 16) if found[1] else int(found[2])) else "", part)


def _legal(number: int) -> bool:
    return number in (9, 10, 13) or 0x20 <= number <= 0xD7FF or 0xE000 <= number <= 0xFFFD or 0x10000 <= number <= 0x10FFFF


def _named(found: re.Match[str]) -> str:
    if found[1] in _KEPT:
        return found[0]
    if found[1] + ";" in html5:
        return html5[found[1] + ";"].replace("&", "&amp;").replace("<", "&lt;")
    return f"&amp;{found[1]};"


def _trimmed(text: str, repairs: list[str]) -> str:
    """From the root element to its end: warnings of a script before it and counters behind it are no part of the feed."""
    name, begin = root_of(text)
    if name.rpartition(":")[2].lower() not in ("rss", "feed", "rdf", "channel"):
        if found := re.search(r"<(?:\?xml\b|rss[\s>]|feed[\s>]|rdf:RDF[\s>]|\w+:feed[\s>])", text):
            if found.start():
                repairs.append("what stands before the feed was passed over")
            text = without_doctype(text[found.start() :], repairs)
            name, begin = root_of(text)
        else:
            return text
    close = f"</{name}>"
    end = text.rfind(close)
    if end >= 0 and text[end + len(close) :].strip():
        repairs.append("what stands behind the feed was passed over")
        text = text[: end + len(close)]
    return text[begin:] if begin > 0 else text


def _bound(text: str, repairs: list[str]) -> str:
    """Prefixes that are used without being declared, declared on the root element."""
    bare = " ".join(piece for piece, opaque in _pieces(text) if not opaque)
    used = {element or attribute for element, attribute in _PREFIX.findall(bare)} - {"xml", "xmlns"}
    missing = sorted(used - set(_BOUND.findall(bare)))
    name, begin = root_of(text)
    if not missing or begin < 0:
        return text
    repairs.append(f"the undeclared prefix{'es' if len(missing) > 1 else ''} {', '.join(missing[:5])} got the usual meaning")
    cut = begin + 1 + len(name)
    declared = "".join(f' xmlns:{prefix}="{_usual(prefix)}"' for prefix in missing[:50])
    return text[:cut] + declared + text[cut:]


def _usual(prefix: str) -> str:
    uri = PREFIXES.get({"atom10": "atom", "a10": "atom", "dcq": "dcterms"}.get(prefix.lower(), prefix.lower()))
    if prefix.lower() == "rss":
        return "http://backend.userland.com/rss2"
    return uri or f"urn:undeclared:{prefix}"


_TEXTS = re.compile(r"<((?:content:encoded|description|title|summary|content|body|fulltext|itunes:summary))(\s[^<>]*[^<>/])?>", re.I)


def boxed(text: str, repairs: list[str]) -> str | None:
    """The text with each element that holds prose made a CDATA section where tags stand in it as they are: whatever they are, they are
    the prose's and not the feed's. None if there is nothing to do."""
    parts: list[str] = []
    at = 0
    changed = False
    missing: set[str] = set()
    for found in _TEXTS.finditer(text):
        if found.start() < at or found[1] in missing:
            continue
        close = text.find(f"</{found[1]}", found.end())
        if close < 0:
            missing.add(found[1])
            continue
        inside = text[found.end() : close]
        if "<" not in inside or "<![CDATA[" in inside or _ITEM.search(inside) or "xhtml" in (found[2] or ""):
            continue
        parts += [text[at : found.end()], "<![CDATA[", inside.replace("&amp;", "&"), "]]>"]
        at = close
        changed = True
    if not changed:
        return None
    repairs.append("tags that stand unescaped in texts were read as markup of these texts")
    return "".join(parts) + text[at:]


_ITEM = re.compile(r"<(?:\w+:)?(?:item|entry|guid|pubdate|link)[\s>]", re.I)


def whole_items(text: str, repairs: list[str]) -> str | None:
    """A feed that was cut off, closed behind its last whole item; None if it has its end or no whole item and no head."""
    name, begin = root_of(text)
    if begin < 0 or f"</{name}" in text[-200:]:
        return None
    ends = [found.end() for found in _ENDS.finditer(text)]
    if not ends:
        cut = next((found.start() for found in re.finditer(r"<(?:\w+:)?(?:item|entry)[\s>]", text, re.I)), None)
        kept = text[:cut] if cut is not None else None
    else:
        kept = text[: ends[-1]]
    if kept is None:
        return None
    repairs.append("the document is cut off; the items that are whole were read")
    local = name.rpartition(":")[2].lower()
    opened = re.search(r"<((?:\w+:)?channel)[\s>]", kept)
    inner = f"</{opened[1]}>" if local == "rss" and opened and f"</{opened[1]}>" not in kept else ""
    return f"{kept}{inner}</{name}>"
