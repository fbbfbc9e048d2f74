"""Bytes -> text, whatever the sender says about them.

The order of trust: a byte order mark; valid UTF-8; what the document declares (XML declaration, HTML meta); what the header
declares; detection. A declaration that the bytes contradict loses against the bytes, and one bad byte costs only itself.
Labels mean what browsers take them to mean (WHATWG Encoding Standard §4.2): ``gb2312`` is GB 18030, ``iso-8859-1`` is windows-1252.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from feeds.clean.mixed import HIGH, encoded_once, one_gb, one_utf8, parts_once
from feeds.clean.pairs import PAIRS, share_big5, share_gb, stray


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


def may_be_twice(body: bytes) -> bool:
    """Could something in UTF-8 have been encoded twice? Such signs begin with letters of Latin-1, and few texts have those."""
    return b"\xc3" in body


def contradicts(content_type: str | None) -> bool:
    """Does the header name a charset that is not UTF-8?"""
    label = _outer(content_type)
    return label is not None and _LABELS.get(label) != "utf-8"


def _settled(body: bytes, text: str, notes: list[str]) -> Decoded:
    """A document in UTF-8, what was encoded twice in it put right."""
    if not body.isascii() and (once := encoded_once(text)) is not None:
        text = once
        notes.append("it was encoded as UTF-8 twice; that was undone")
    elif may_be_twice(body) and (once := parts_once(text)) is not None:
        text = once
        notes.append("parts of it were encoded as UTF-8 twice; that was undone")
    return Decoded(text.removeprefix("\ufeff"), "utf-8", tuple(notes))


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
    if next(iter(declared), "") != "gb18030" or share_gb(_sample(body, _GLANCE)) < 0.8:
        return None
    try:
        return one_gb(body, notes).decode("gb18030")
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
    chinese, traditional = share_gb(sample), share_big5(sample)
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
    if likely is None and not declared.keys() - {"utf-8"} and chinese > 0.65 and not stray(sample) and len(sample) > 8:
        likely = "gb18030"  # rarer characters than usual, but no Western text is all pairs of high bytes
    chosen = likely or next((name for name in declared if name not in _MULTIBYTE | {"utf-8"}), "cp1252")
    notes.append(f"declared {label}, but the bytes are {chosen}" if label else f"no charset was declared; read as {chosen}")
    return chosen


def _patchwork(sample: bytes) -> bool:
    """Does every run of high bytes speak Chinese, some in UTF-8 and the others in GB 18030? GB 18030 reads as UTF-8 by chance only where
    no Han comes out."""
    ours: list[bytes] = []
    others: list[bytes] = []
    for run in HIGH.findall(sample):
        try:
            (ours if min(run.decode("utf-8")) >= "\u0800" and len(run) > 5 else others).append(run)
        except UnicodeDecodeError:
            others.append(run)
    return bool(ours) and share_gb(b" ".join(others)) > 0.8


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
        return share_big5(sample) > share_gb(sample)
    return _errors(sample, name) <= max(2, len(PAIRS.findall(sample)) // 20)


def _errors(sample: bytes, name: str) -> int:
    return sample.decode(name, "replace").count("\ufffd")


def _mended(body: bytes, encoding: str, notes: list[str]) -> Decoded:
    if encoding == "gb18030":
        body = one_gb(body, notes)
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError:
        if encoding == "utf-8":
            body = one_utf8(body, notes)
        text = body.decode(encoding, "replace")
        count = text.count("\ufffd")
        if count:
            notes.append(f"{count} byte sequence{'s' if count != 1 else ''} could not be read as {encoding} and became U+FFFD")
    return Decoded(text.removeprefix("\ufeff"), encoding, tuple(notes))
