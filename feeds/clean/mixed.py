"""What came into a document in another charset than its own, or was encoded twice, put right: items from elsewhere, moved sites."""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterator

from feeds.clean.pairs import share_gb

_ASCII = re.compile(rb"[\x00-\x7f]")
_PART = 50_000  # bytes that are mended at a time
HIGH = re.compile(rb"[\x81-\xfe]{4,}")
_TWICE = 10  # signs that were encoded twice, to be taken for an accident
_FOREIGN = "parts of it are GB 18030 in a document that is UTF-8"
_ESTRANGED = "parts of it are UTF-8 in a document that is GB 18030"
# Three signs or more of Chinese in UTF-8; where nothing else stands around them, such bytes say something in GB 18030 by the rarest of
# chances.
_UTF8_RUN = re.compile(
    rb"[\xe2-\xe9\xef](?:(?<=[\xe3-\xe9])[\x80-\xbf]{2}|(?<=\xe2)\x80[\x80-\xbf]|(?<=\xef)[\xbc-\xbf][\x80-\xbf])"
    rb"(?:[\xe3-\xe9][\x80-\xbf]{2}|\xe2\x80[\x80-\xbf]|\xef[\xbc-\xbf][\x80-\xbf]){2,}"
)
_BYTE_KINDS = bytes(ord("c" if 0x80 <= byte <= 0xBF else "L" if 0xE2 <= byte <= 0xEF else ".") for byte in range(256))
_SHORTEST_RUN = b"LccLccLcc"
# The signs that windows-1252 has in the place of control characters, as these (WHATWG Encoding Standard, index windows-1252).
_AS_LATIN = {ord(bytes([byte]).decode("cp1252")): byte for byte in range(0x80, 0xA0) if byte not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)}
_TRAILS = f"[\x80-\xbf{''.join(map(chr, _AS_LATIN))}]"
_AGAIN = re.compile(f"(?:[Â-ß]{_TRAILS}|[à-ï]{_TRAILS}{{2}}|[ð-ô]{_TRAILS}{{3}})+")
_TWICE_APART = 3  # items that have such signs, to be taken for an accident
_MOST_TWICE = 100_000  # runs of such signs that are put right
_ITEM = re.compile(r'<(?:item|entry)[\s>]|"id"\s*:')


def encoded_once(text: str) -> str | None:
    """What UTF-8 was before someone took it for Latin-1 or windows-1252 and encoded it again. Honest text does not survive both steps,
    unless it only quotes a few such signs."""
    text = text.removeprefix("\ufeff")
    try:
        text.encode("ascii")
    except UnicodeEncodeError as error:
        if _undone(text[error.start : error.end]) is None:  # the first run of such signs
            return None
    once = _undone(text)
    return once if once is not None and sum(not sign.isascii() for sign in once) >= _TWICE else None


def _undone(text: str) -> str | None:
    try:
        return text.translate(_AS_LATIN).encode("latin-1").decode("utf-8")
    except UnicodeError:
        return None


def parts_once(text: str) -> str | None:
    """The same where only some items came that way, such as the old ones of a site that was moved. Who writes about such signs has them
    in one item or two."""
    if not any(sign in text for sign in ("<item", "<entry", '"id"')):
        return None  # a web page: megabytes of scripts are not looked through for what only items can have
    begins: list[int] | None = None
    items: set[int] = set()
    for run in _AGAIN.finditer(text):
        if _once(run) == run[0]:
            continue
        if begins is None:
            begins = [each.start() for each in _ITEM.finditer(text)]
        items.add(bisect(begins, run.start()))
        if len(items) == _TWICE_APART:
            return _AGAIN.sub(_once, text, count=_MOST_TWICE)
    return None


def _once(run: re.Match[str]) -> str:
    """What a run of signs was that look as if they were encoded twice, or the run. É, a blank and » look so too, and are good French."""
    once = _undone(run[0])
    likely = run[0][0] in "ÂÃâð" or (run[0][0] in "ÄÅ" and run[0][1] not in "“”’»\xa0")
    return once if once and (likely or len(once) > 1) else run[0]


def one_gb(body: bytes, notes: list[str]) -> bytes:
    """A document in GB 18030 with the runs that are UTF-8 made GB 18030: items that were put in from elsewhere."""

    def made(found: re.Match[bytes]) -> bytes:
        before, after = body[found.start() - 1 : found.start()], body[found.end() : found.end() + 1]
        if not (before.isascii() and after.isascii()) or share_gb(found[0]) > 0.75:
            return found[0]
        try:
            return found[0].decode("utf-8").encode("gb18030")
        except UnicodeDecodeError:
            return found[0]

    if _SHORTEST_RUN not in body.translate(_BYTE_KINDS):  # which is sooner seen
        return body
    one = _UTF8_RUN.sub(made, body)
    if one != body and _ESTRANGED not in notes:
        notes.append(_ESTRANGED)
    return one


def _as_utf8(run: bytes, notes: list[str]) -> bytes:
    """A run of high bytes that is no UTF-8 but plainly Chinese in GB 18030, as UTF-8: an item that was put in from elsewhere."""
    try:
        run.decode("utf-8")
    except UnicodeDecodeError:
        if share_gb(run) < 0.9:
            return run
    else:
        return run
    try:
        made = run.decode("gb18030").encode("utf-8")
    except UnicodeDecodeError:
        return run
    if _FOREIGN not in notes:
        notes.append(_FOREIGN)
    return made


def one_utf8(body: bytes, notes: list[str]) -> bytes:
    """A document in UTF-8 with the runs that are GB 18030 made UTF-8."""
    return b"".join(_part_utf8(part, notes) for part in _parts(body))


def _part_utf8(part: bytes, notes: list[str]) -> bytes:
    try:
        part.decode("utf-8")
    except UnicodeDecodeError:
        return HIGH.sub(lambda found: _as_utf8(found[0], notes), part)
    return part


def _parts(body: bytes) -> Iterator[bytes]:
    """The bytes in parts that begin and end with ASCII, so that none goes through a character."""
    at = 0
    while at < len(body):
        found = _ASCII.search(body, at + _PART)
        end = found.start() if found else len(body)
        yield body[at:end]
        at = end
