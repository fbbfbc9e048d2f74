"""What a file is and how large the picture in it, from the bytes that say so; nothing is decoded. What is not one of these five kinds is no
picture to us: SVG least of all, which is a document that runs scripts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from struct import error as TooShort  # noqa: N812  as any other error is called
from struct import unpack_from

LARGEST = 50_000_000  # pixels: 50 MP take 200 MB once a browser decodes them
WIDEST = 20_000  # pixels a side
_SIZED = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})  # SOFn of JPEG (ITU-T T.81 §B.1.1.3)
_BARE = frozenset({0x01, *range(0xD0, 0xD9)})  # its markers without a length
_CONTAINERS = {b"meta": 4, b"iprp": 0, b"ipco": 0}  # of HEIF (ISO/IEC 23008-12), and how many bytes stand before what is in them
_DEEPEST, _MOST = 4, 2000  # boxes


@dataclass(frozen=True, slots=True)
class Picture:
    """`type` is a media type, the sides are in pixels."""

    type: str
    width: int
    height: int

    @property
    def fits(self) -> bool:
        return 0 < self.width <= WIDEST and 0 < self.height <= WIDEST and self.width * self.height <= LARGEST


def look(body: bytes) -> Picture | None:
    """None for what is no picture of a kind that we pass on, or does not say how large it is."""
    try:
        for kind, begins, size in _KINDS:
            if begins(body):
                found = size(body)
                return Picture(f"image/{kind}", *found) if found else None
    except (TooShort, IndexError):
        pass
    return None


def _png(body: bytes) -> tuple[int, int] | None:
    """W3C PNG §11.2.1."""
    return unpack_from(">II", body, 16) if body[12:16] == b"IHDR" else None


def _gif(body: bytes) -> tuple[int, int]:
    """GIF89a §18."""
    width, height = unpack_from("<HH", body, 6)
    return width, height


def _jpeg(body: bytes) -> tuple[int, int] | None:
    """From marker to marker to the frame header (ITU-T T.81 §B.2.2)."""
    at = 2
    while body[at] == 0xFF:
        marker = body[at + 1]
        if marker == 0xFF:  # fill
            at += 1
        elif marker in _BARE:
            at += 2
        elif marker in _SIZED:
            height, width = unpack_from(">HH", body, at + 5)
            return width, height
        elif marker in (0xD9, 0xDA):  # the end, or the data before any frame
            return None
        else:
            at += 2 + max(2, unpack_from(">H", body, at + 2)[0])
    return None


def _webp(body: bytes) -> tuple[int, int] | None:
    """RFC 9649 §2.5 to §2.7."""
    match body[12:16]:
        case b"VP8X":
            return int.from_bytes(body[24:27], "little") + 1, int.from_bytes(body[27:30], "little") + 1
        case b"VP8L" if body[20] == 0x2F:
            bits = unpack_from("<I", body, 21)[0]
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8 " if body[23:26] == b"\x9d\x01\x2a":
            width, height = unpack_from("<HH", body, 26)
            return width & 0x3FFF, height & 0x3FFF
    return None


def _avif(body: bytes) -> tuple[int, int] | None:
    """The largest of the sizes that it states: `ispe` properties (ISO/IEC 23008-12 §6.5.3), a grid's own among them."""
    sizes = list(_extents(body))
    return (max(width for width, _ in sizes), max(height for _, height in sizes)) if sizes else None


def _extents(body: bytes) -> Iterator[tuple[int, int]]:
    spans = [(0, len(body), 0)]
    seen = 0
    while spans and seen < _MOST:
        at, end, depth = spans.pop()
        while at + 8 <= end and seen < _MOST:
            seen += 1
            size, name = unpack_from(">I4s", body, at)
            head = 8
            if size == 1:
                size, head = unpack_from(">Q", body, at + 8)[0], 16
            until = end if size == 0 else at + size
            if (size and size < head) or until > end:
                break
            if name == b"ispe":
                yield unpack_from(">II", body, at + head + 4)
            elif name in _CONTAINERS and depth < _DEEPEST:
                spans.append((at + head + _CONTAINERS[name], until, depth + 1))
            at = until


_Size = Callable[[bytes], tuple[int, int] | None]
_KINDS: tuple[tuple[str, Callable[[bytes], bool], _Size], ...] = (
    ("png", lambda body: body.startswith(b"\x89PNG\r\n\x1a\n"), _png),
    ("jpeg", lambda body: body.startswith(b"\xff\xd8\xff"), _jpeg),
    ("gif", lambda body: body[:6] in (b"GIF87a", b"GIF89a"), _gif),
    ("webp", lambda body: body[:4] == b"RIFF" and body[8:12] == b"WEBP", _webp),
    ("avif", lambda body: body[4:8] == b"ftyp" and (body[8:12] in (b"avif", b"avis") or b"avif" in body[16:64]), _avif),
)
