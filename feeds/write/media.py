"""Files as Media RSS tells of them, and media types by file name, from our own table: the machine's own (``/etc/mime.types``) would make
bytes differ from host to host."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from lxml import etree

from feeds.records import Enclosure
from feeds.write.xml import MEDIA, name, put, uri

UNKNOWN = "application/octet-stream"

_TYPES = {
    "aac": "audio/aac", "flac": "audio/flac", "m4a": "audio/mp4", "mp3": "audio/mpeg", "oga": "audio/ogg", "ogg": "audio/ogg",
    "opus": "audio/ogg", "wav": "audio/wav", "wma": "audio/x-ms-wma", "avi": "video/x-msvideo", "flv": "video/x-flv",
    "m3u8": "application/vnd.apple.mpegurl", "m4v": "video/mp4", "mkv": "video/x-matroska", "mov": "video/quicktime", "mp4": "video/mp4",
    "mpeg": "video/mpeg", "mpg": "video/mpeg", "ogv": "video/ogg", "webm": "video/webm", "wmv": "video/x-ms-wmv", "avif": "image/avif",
    "bmp": "image/bmp", "gif": "image/gif", "heic": "image/heic",
    "ico": "image/x-icon", "jpeg": "image/jpeg", "jpg": "image/jpeg", "png": "image/png",
    "svg": "image/svg+xml", "tif": "image/tiff", "tiff": "image/tiff", "webp": "image/webp", "csv": "text/csv",
    "doc": "application/msword", "epub": "application/epub+zip", "pdf": "application/pdf", "rtf": "application/rtf", "txt": "text/plain",
    "xls": "application/vnd.ms-excel", "ppt": "application/vnd.ms-powerpoint",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "7z": "application/x-7z-compressed",
    "gz": "application/gzip", "rar": "application/vnd.rar", "tar": "application/x-tar", "zip": "application/zip",
    "torrent": "application/x-bittorrent",
}  # fmt: skip

_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*")
_MEDIUMS = frozenset({"audio", "video", "image"})


def guess(address: str) -> str | None:
    """The media type that the file name in an address speaks of."""
    try:
        name = urlsplit(address).path.rpartition("/")[2]
    except ValueError:
        return None
    return _TYPES.get(name.rpartition(".")[2].lower()) if "." in name else None


def stated(enclosure: Enclosure) -> str | None:
    """What the source says it is, if that can be a media type at all (RFC 6838 §4.2); else by its name."""
    kind = (enclosure.type or "").partition(";")[0].strip().lower()
    if _MEDIA_TYPE.fullmatch(kind):
        return kind
    return guess(enclosure.url)


def medium(kind: str | None) -> str | None:
    """The `medium` of Media RSS."""
    main = (kind or "").partition("/")[0]
    return main if main in _MEDIUMS else None


def content(parent: etree._Element, enclosure: Enclosure) -> None:
    """A ``media:content`` with all that is known of a file."""
    kind = stated(enclosure)
    element = put(
        parent,
        f"{{{MEDIA}}}content",
        url=uri(enclosure.url),
        type=kind,
        medium=medium(kind),
        fileSize=str(enclosure.length) if enclosure.length and enclosure.length > 0 else None,
        duration=str(enclosure.duration) if enclosure.duration and enclosure.duration > 0 else None,
    )
    if title := name(enclosure.title):
        put(element, f"{{{MEDIA}}}title", title)
