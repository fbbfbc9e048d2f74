"""Bytes -> text, whatever the sender says about them.

The order of trust: a byte order mark; valid UTF-8; what the document declares (XML declaration, HTML meta); what the header
declares; detection. A declaration that the bytes contradict loses against the bytes, and one bad byte costs only itself.
Labels mean what browsers take them to mean (WHATWG Encoding Standard §4.2): ``gb2312`` is GB 18030, ``iso-8859-1`` is windows-1252.
"""

from __future__ import annotations

import codecs
import re
from bisect import bisect
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text, the codec that it was read with, and in words what had to be mended."""

    text: str
    encoding: str
    repairs: tuple[str, ...] = ()


_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with the other's
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Markup without a mark, with or without blanks before it.
_WIDE = (
    (re.compile(rb"(?:[\t\n\r ]\0\0\0)*+<\0\0\0"), "utf-32-le"),
    (re.compile(rb"(?:\0\0\0[\t\n\r ])*+\0\0\0<"), "utf-32-be"),
    (re.compile(rb"(?:[\t\n\r ]\0)*+<\0"), "utf-16-le"),
    (re.compile(rb"(?:\0[\t\n\r ])*+\0<"), "utf-16-be"),
)

_LABELS = {
    **dict.fromkeys(("utf8", "utf-8", "unicode-1-1-utf-8", "utf-8-sig"), "utf-8"),
    **dict.fromkeys(
        ("gb2312", "gb_2312", "gb_2312-80", "gbk", "x-gbk", "cp936", "ms936", "windows-936", "gb18030", "euc-cn", "chinese", "csgb2312"),
        "gb18030",
    ),
    **dict.fromkeys(("big5", "big-5", "big5-hkscs", "cn-big5", "x-x-big5", "csbig5", "cp950", "big5hkscs"), "big5hkscs"),
    **dict.fromkeys(
        ("iso-8859-1", "iso8859-1", "iso_8859-1", "latin1", "latin-1", "l1", "us-ascii", "ascii", "cp1252", "windows-1252"), "cp1252"
    ),
    **dict.fromkeys(("iso-8859-9", "iso8859-9", "latin5"), "cp1254"),
    **dict.fromkeys(("shift_jis", "shift-jis", "sjis", "x-sjis", "ms932", "cp932", "windows-31j"), "cp932"),
    **dict.fromkeys(("euc-kr", "euckr", "ks_c_5601-1987", "ksc5601", "korean", "cp949", "windows-949"), "cp949"),
    **dict.fromkeys(("euc-jp", "x-euc-jp", "eucjp"), "euc_jp"),
    **dict.fromkeys(("iso-2022-jp", "csiso2022jp"), "iso2022_jp"),
    **dict.fromkeys(("hz-gb-2312", "hz"), "hz"),
    **dict.fromkeys(("koi8-r", "koi8", "koi8-u"), "koi8_u"),
    **dict.fromkeys(("tis-620", "iso-8859-11", "windows-874", "cp874"), "cp874"),
    **{f"{prefix}{n}": f"cp125{n - 1250}" for prefix in ("windows-", "cp", "x-cp") for n in (*range(1250, 1252), *range(1253, 1259))},
    **{f"iso{dash}8859-{n}": f"iso8859_{n}" for dash in ("-", "", "_") for n in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)},
    **dict.fromkeys(("macintosh", "mac", "x-mac-roman"), "mac_roman"),
    **dict.fromkeys(("ibm866", "cp866"), "cp866"),
}
_MULTIBYTE = frozenset({"gb18030", "big5hkscs", "cp932", "cp949", "euc_jp"})
_ESCAPED = frozenset({"iso2022_jp", "hz"})  # these are pure ASCII on the wire

_XML_ENCODING = re.compile(rb"""^\s*<\?xml[^>]{0,200}?\bencoding\s*=\s*["']\s*([\w.:-]{1,40})""", re.I)
_XML_ROOT = re.compile(rb"\s*<(?:\?xml\b|rss\b|feed\b|rdf:)", re.I)
_META_CHARSET = re.compile(rb"""<meta\b[^>]{0,400}?\bcharset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.I)
_COMMENT = re.compile(rb"<!--.{0,2000}?-->", re.S)
_HEADER_CHARSET = re.compile(r"""charset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.I)
_UTF8_CHARS = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_PAIRS = re.compile(rb"[\x81-\xfe][\x40-\x7e\x80-\xfe]")
_TELLING = re.compile(rb"(?:[\x80-\xff][\x30-\x7e]?)+")  # digits are the second and fourth bytes of four in GB 18030
_SAMPLE = 6_000  # bytes of such runs that decide; more would not change the answer
_GLANCE = 1_000  # bytes of them that show whether Chinese is what it is declared to be


def decode(body: bytes, content_type: str | None = None) -> Decoded:
    """The text of a document. Never fails: what cannot be read becomes U+FFFD, byte by byte, and is said in `repairs`."""
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            read = _mended(body[len(mark) :], encoding, [])
            return _settled(body, read.text, list(read.repairs)) if encoding == "utf-8" else read
    for start, encoding in _WIDE if b"\0" in body[:4] else ():
        if start.match(body):
            return _mended(body, encoding, [])
    notes: list[str] = []
    labels = [label for label in (_inner(body), _outer(content_type)) if label]
    declared = _known(labels, notes)
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        chinese = _as_declared(body, declared, notes)
        if chinese is not None:
            return Decoded(chinese, "gb18030", tuple(notes))
        return _mended(body, _choose(_sample(body, _SAMPLE), declared, notes), notes)
    first = next(iter(declared), "utf-8")
    if first in _ESCAPED or (first in _MULTIBYTE and not body.isascii() and _low(text)):
        # ISO-2022-JP and HZ are ASCII on the wire; and a few pairs of GBK or Big5 are valid UTF-8 by chance, but then no Han comes out.
        try:
            return Decoded(body.decode(first), first, tuple(notes))
        except UnicodeDecodeError:
            pass
    if first != "utf-8" and not body.isascii():
        notes.append(f"declared {declared[first]}, but the bytes are UTF-8")
    return _settled(body, text, notes)


def _settled(body: bytes, text: str, notes: list[str]) -> Decoded:
    """A document in UTF-8, what was encoded twice in it put right."""
    if not body.isascii() and (once := _encoded_once(text)) is not None:
        text = once
        notes.append("it was encoded as UTF-8 twice; that was undone")
    elif b"\xc3" in body and (once := _parts_once(text)) is not None:  # such parts begin with letters of Latin-1, and few texts have those
        text = once
        notes.append("parts of it were encoded as UTF-8 twice; that was undone")
    return Decoded(text.removeprefix("\ufeff"), "utf-8", tuple(notes))


def _encoded_once(text: str) -> str | None:
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


def _parts_once(text: str) -> str | None:
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


def _inner(body: bytes) -> str | None:
    head = body[:4096]
    if found := _XML_ENCODING.match(head):
        return found[1].decode("ascii").lower()
    if _XML_ROOT.match(head):
        return None  # a meta element in there belongs to some entry
    found = _META_CHARSET.search(_COMMENT.sub(b"", head))
    return found[1].decode("ascii").lower() if found else None


def _outer(content_type: str | None) -> str | None:
    found = _HEADER_CHARSET.search(content_type or "")
    return found[1].lower() if found else None


def _known(labels: list[str], notes: list[str]) -> dict[str, str]:
    """Codec -> the label that named it, in the order of trust."""
    known: dict[str, str] = {}
    for label in labels:
        if label in _LABELS:
            known.setdefault(_LABELS[label], label)
        elif label in ("utf-16", "utf-16le", "utf-16be", "ucs-2", "unicode"):
            known.setdefault("utf-8", label)  # it was ASCII-compatible enough to be read (WHATWG HTML, "prescan": UTF-16 means UTF-8)
        else:
            notes.append(f"the declared charset {label} is not one that is read; the bytes decided")
    return known


def _low(text: str) -> bool:
    """Nothing beyond the two-byte forms of UTF-8: Latin, Greek, Cyrillic at most."""
    return max(text, default="") < "\u0800"


def _as_declared(body: bytes, declared: dict[str, str], notes: list[str]) -> str | None:
    """The text of what is declared to be of the GB family and plainly is: by far the commonest case of bytes that are no UTF-8."""
    if next(iter(declared), "") != "gb18030" or _share_gb(_sample(body, _GLANCE)) < 0.8:
        return None
    try:
        return _one_gb(body, notes).decode("gb18030")
    except UnicodeDecodeError:
        return None


def _sample(body: bytes, wanted: int) -> bytes:
    """About `wanted` bytes of the runs of high bytes, each with what may be the second half of a character."""
    runs: list[bytes] = []
    size = 0
    part = 3 * wanted
    for begin in range(0, len(body), part):
        runs += _TELLING.findall(body, begin, begin + part)
        size = sum(map(len, runs))
        if size > wanted:
            break
    return b" ".join(runs)[: wanted + len(runs)]


def _choose(sample: bytes, declared: dict[str, str], notes: list[str]) -> str:
    """The codec for bytes that are not valid UTF-8."""
    good = len(_UTF8_CHARS.findall(sample))
    bad = _UTF8_CHARS.sub(b"", sample).translate(None, bytes(range(128)))
    chinese, traditional = _share_gb(sample), _share_big5(sample)
    likely = None
    if good > len(bad) or (next(iter(declared), "utf-8") == "utf-8" and _patchwork(sample)):
        likely = "utf-8"
    elif traditional > 0.9 and traditional > chinese + 0.1:
        likely = "big5hkscs"
    elif chinese > 0.8:
        likely = "gb18030"
    label = next(iter(declared.values()), None)
    for name in declared:
        if _fits(sample, name, likely):
            if declared[name] != label:
                notes.append(f"declared {label}, but the bytes are {name}")
            return name
    if likely is None and not declared.keys() - {"utf-8"} and chinese > 0.65 and not _stray(sample) and len(sample) > 8:
        likely = "gb18030"  # rarer characters than usual, but no Western text is all pairs of high bytes
    chosen = likely or next((name for name in declared if name not in _MULTIBYTE | {"utf-8"}), "cp1252")
    notes.append(f"declared {label}, but the bytes are {chosen}" if label else f"no charset was declared; read as {chosen}")
    return chosen


def _patchwork(sample: bytes) -> bool:
    """Does every run of high bytes speak Chinese, some in UTF-8 and the others in GB 18030? GB 18030 reads as UTF-8 by chance only where
    no Han comes out."""
    ours: list[bytes] = []
    others: list[bytes] = []
    for run in _HIGH.findall(sample):
        try:
            (ours if min(run.decode("utf-8")) >= "\u0800" and len(run) > 5 else others).append(run)
        except UnicodeDecodeError:
            others.append(run)
    return bool(ours) and _share_gb(b" ".join(others)) > 0.8


def _fits(sample: bytes, name: str, likely: str | None) -> bool:
    """Do the bytes allow what was declared?"""
    if name == "utf-8" or likely == "utf-8":
        return name == likely
    if name == "cp1252":  # what servers say by default, so it is worth nothing against good evidence
        return likely is None
    if name not in _MULTIBYTE:
        return True
    if name == "gb18030" and likely == "big5hkscs":
        return False
    if name == "big5hkscs" and likely == "gb18030":
        return _share_big5(sample) > _share_gb(sample)
    return _errors(sample, name) <= max(2, len(_PAIRS.findall(sample)) // 20)


def _errors(sample: bytes, name: str) -> int:
    return sample.decode(name, "replace").count("\ufffd")


def _share_gb(sample: bytes) -> float:
    """How much of the two-byte pairs is ordinary Chinese: GB 2312 symbols and level-1 characters (level 2 half)."""
    pairs = _PAIRS.findall(sample)
    if not pairs:
        return 0.0
    score = 0.0
    for (lead, trail), count in Counter(pairs).items():
        if trail >= 0xA1:
            if 0xB0 <= lead <= 0xD7 or lead in (0xA1, 0xA3):
                score += count
            elif 0xD8 <= lead <= 0xF7:
                score += 0.6 * count
    return (score - _stray(sample)) / len(pairs)


def _share_big5(sample: bytes) -> float:
    """How much of the two-byte pairs is ordinary Chinese in Big5: symbols and level-1 characters."""
    pairs = _PAIRS.findall(sample)
    if not pairs:
        return 0.0
    score = 0.0
    for (lead, trail), count in Counter(pairs).items():
        if 0xA1 <= lead <= 0xC6 and not 0x80 <= trail <= 0xA0:
            score += count
        elif 0xC9 <= lead <= 0xF9:
            score += 0.4 * count
    return (score - _stray(sample)) / len(pairs)


def _stray(sample: bytes) -> int:
    """High bytes that belong to no pair: many of them mean a single-byte charset."""
    return len(_PAIRS.sub(b"", sample).translate(None, bytes(range(128))))


_ASCII = re.compile(rb"[\x00-\x7f]")
_PART = 50_000  # bytes that are mended at a time
_HIGH = re.compile(rb"[\x81-\xfe]{4,}")
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


def _one_gb(body: bytes, notes: list[str]) -> bytes:
    """A document in GB 18030 with the runs that are UTF-8 made GB 18030: items that were put in from elsewhere."""

    def made(found: re.Match[bytes]) -> bytes:
        before, after = body[found.start() - 1 : found.start()], body[found.end() : found.end() + 1]
        if not (before.isascii() and after.isascii()) or _share_gb(found[0]) > 0.75:
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
        if _share_gb(run) < 0.9:
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


def _one_utf8(part: bytes, notes: list[str]) -> bytes:
    """A part of a document in UTF-8 with the runs that are GB 18030 made UTF-8."""
    try:
        part.decode("utf-8")
    except UnicodeDecodeError:
        return _HIGH.sub(lambda found: _as_utf8(found[0], notes), part)
    return part


def _parts(body: bytes) -> Iterator[bytes]:
    """The bytes in parts that begin and end with ASCII, so that none goes through a character."""
    at = 0
    while at < len(body):
        found = _ASCII.search(body, at + _PART)
        end = found.start() if found else len(body)
        yield body[at:end]
        at = end


def _mended(body: bytes, encoding: str, notes: list[str]) -> Decoded:
    if encoding == "gb18030":
        body = _one_gb(body, notes)
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError:
        if encoding == "utf-8":
            body = b"".join(_one_utf8(part, notes) for part in _parts(body))
        text = body.decode(encoding, "replace")
        count = text.count("\ufffd")
        if count:
            notes.append(f"{count} byte sequence{'s' if count != 1 else ''} could not be read as {encoding} and became U+FFFD")
    return Decoded(text.removeprefix("\ufeff"), encoding, tuple(notes))
