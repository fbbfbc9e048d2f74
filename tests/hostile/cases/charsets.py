"""Charsets that lie, and characters that may not be."""

from __future__ import annotations

from collections.abc import Callable

from tests.hostile.case import Case, Seen, brings, rss, says

HAN = "海河水務局通報"
RARE = "㐂䶮𠮷"  # in GB 18030, not in GB 2312 or GBK


def titled(*titles: str) -> Callable[[Seen], None]:
    def check(seen: Seen) -> None:
        assert sorted(entry.title for entry in seen.entries) == sorted(titles)
        legal(seen)

    return check


def legal(seen: Seen) -> None:
    """Nothing is kept that XML forbids, and no half of a pair."""
    for entry in seen.entries:
        for letter in repr(entry.title) + (entry.content.value if entry.content else "") + (entry.summary.value if entry.summary else ""):
            assert letter in "\t\n\r" or (ord(letter) >= 32 and not 0xD800 <= ord(letter) < 0xE000 and ord(letter) not in (0xFFFE, 0xFFFF))


def told(encoding: str, title: str) -> str:
    return rss(title, head=f'<?xml version="1.0" encoding="{encoding}"?>')


def case(name: str, serves: str, body: bytes, *titles: str, content_type: str = "application/rss+xml") -> Case:
    return Case(
        name=name,
        serves=serves,
        reply=says(body, content_type=content_type),
        ends=[brings(count=len(titles)) if titles else brings()],
        holds=titled(*titles) if titles else legal,
    )


CASES = [
    case("gbk-as-utf-8", "GBK that is declared UTF-8", told("utf-8", HAN).encode("gbk"), HAN, content_type="text/xml; charset=utf-8"),
    case("utf-8-as-gbk", "UTF-8 that is declared GBK", told("gbk", HAN).encode(), HAN, content_type="text/xml; charset=gbk"),
    case("gb18030-as-gb2312", "GB 2312 with characters of GB 18030 alone", told("gb2312", HAN + RARE).encode("gb18030"), HAN + RARE),
    case(
        "header-against-declaration",
        "a header that contradicts the declaration",
        told("gb2312", HAN).encode("gbk"),
        HAN,
        content_type="text/xml; charset=iso-8859-1",
    ),
    case("big5", "Big5, declared", told("big5", HAN).encode("big5"), HAN),
    case(
        "us-ascii",
        "text/xml, which means US-ASCII to the letter (RFC 3023), with UTF-8 in it",
        told("utf-8", HAN).encode(),
        HAN,
        content_type="text/xml",
    ),
    case("utf-16-le-without-mark", "UTF-16 without its mark", told("utf-16", HAN).encode("utf-16-le"), HAN),
    case("utf-16-be-without-mark", "UTF-16, the other way round", told("utf-16", HAN).encode("utf-16-be"), HAN),
    case("utf-16-with-mark", "UTF-16 with its mark, declared UTF-8", told("utf-8", HAN).encode("utf-16"), HAN),
    case("utf-16-odd", "UTF-16 with a byte too many", told("utf-16", HAN).encode("utf-16") + b"\0", HAN),
    case("utf-32", "UTF-32", told("utf-32", HAN).encode("utf-32"), HAN),
    case("utf-8-two-marks", "two byte order marks", b"\xef\xbb\xbf\xef\xbb\xbf" + told("utf-8", HAN).encode(), HAN),
    case("declared-utf-16-is-utf-8", "UTF-8 that is declared UTF-16", told("utf-16", HAN).encode(), HAN),
    case("unknown-charset", "a charset that does not exist", told("klingon-8", HAN).encode(), HAN),
    case(
        "dangerous-codec",
        "a codec of Python's that is no charset",
        told("rot_13", HAN).encode(),
        HAN,
        content_type="text/xml; charset=zlib_codec",
    ),
    case(
        "unicode-escape",
        "another of these",
        told("unicode_escape", "One \\x41").encode(),
        "One \\x41",
        content_type="text/xml; charset=raw_unicode_escape",
    ),
    case("ebcdic", "a charset that hides every tag", told("utf-8", "One").encode(), "One", content_type="text/xml; charset=cp037"),
    case(
        "one-bad-byte",
        "one bad byte in UTF-8 costs itself alone",
        told("utf-8", f"{HAN}X{HAN}").encode().replace(b"X", b"\xff"),
        f"{HAN}\ufffd{HAN}",
    ),
    case("overlong", "an overlong < (C0 BC): it must not become markup", told("utf-8", "One XscriptX").encode().replace(b"X", b"\xc0\xbc")),
    case(
        "surrogates-in-utf-8", "halves of a pair in UTF-8 (CESU)", told("utf-8", "OneX").encode().replace(b"X", b"\xed\xa0\xbd\xed\xb8\x80")
    ),
    case("surrogate-reference", "references to halves of a pair", told("utf-8", "One&#xD800;&#xDFFF;&#55357;&#56832;").encode(), "One"),
    case(
        "surrogate-reference-escaped",
        "the same one level deeper",
        rss("One", item="<description>a&amp;#xD800;b&amp;#xFFFF;</description>").encode(),
        "One",
    ),
    case("nul-bytes", "NUL bytes everywhere", told("utf-8", "O\0n\0e").encode(), "One"),
    case(
        "control-characters",
        "every control character",
        told("utf-8", "One" + "".join(map(chr, (*range(1, 9), 11, 12, *range(14, 32), 127)))).encode(),
        "One",
    ),
    case("control-references", "references to control characters", told("utf-8", "One&#0;&#8;&#x1F;&#27;").encode(), "One"),
    case("noncharacters", "U+FFFE and U+FFFF", told("utf-8", "One\ufffe\uffff").encode(), "One"),
    case("bidirectional", "overrides that turn a headline round", told("utf-8", "One\u202egpj.exe\u2066").encode(), "Onegpj.exe"),
    case("zero-width", "a title of zero-width characters between letters", told("utf-8", "O\u200bn\u200be\ufeff").encode(), "One"),
    case("zalgo", "ten thousand marks upon one letter", told("utf-8", "One" + "\u0301" * 10_000).encode()),
    case("declaration-late", "blanks before the declaration", b"\n\n  " + told("utf-8", HAN).encode(), HAN),
    case("iso-2022-jp", "escape sequences", told("iso-2022-jp", "日本").encode("iso-2022-jp"), "日本"),
    case("hz", "HZ, declared (RFC 1843)", told("hz-gb-2312", "One").encode(), "One"),
    case("iso-2022-kr", "escape sequences that never end", told("iso-2022-kr", "One").encode() + b"\x0e", "One"),
    case(
        "utf-7-in-the-header",
        "a charset that hides markup, named by the header alone: nothing of it becomes markup",
        told("utf-8", "One+ADw-script+AD4-").encode(),
        "One+ADw-script+AD4-",
        content_type="text/xml; charset=utf-7",
    ),
    case("undefined", "a codec that always fails", told("undefined", HAN).encode(), HAN, content_type="text/xml; charset=undefined"),
    case(
        "punycode", "a codec whose time grows with the square", told("punycode", HAN).encode(), HAN, content_type="text/xml; charset=idna"
    ),
    case(
        "charset-as-path",
        "a charset that is a path",
        told("../../../etc/passwd", HAN).encode(),
        HAN,
        content_type='text/xml; charset="../../dev/zero"',
    ),
    case("half-a-character-at-the-end", "a document that ends in half a character", told("utf-8", HAN).encode() + b"\xe6\xb5", HAN),
]
