"""oEmbed (https://oembed.com, 1.0): the address of a section or an entry -> a frame that shows it, credit and all."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from urllib.parse import urlsplit
from xml.etree import ElementTree

from feeds.clean.urls import parts

WIDTH, LEAST = 600, 200  # pixels
ROW = 110  # pixels that an entry takes in a list, about
AROUND = 110  # pixels of heading, foot and edges
AGE = 3600  # seconds

Answer = dict[str, object]


def path_of(address: str, site: str) -> tuple[str, str] | None:
    """(``sections`` or ``entries``, key) that an address of this site names; None for any other address. The front page is ``all``."""
    theirs, ours = parts(address), urlsplit(site)
    if theirs.scheme not in ("http", "https") or theirs.netloc.lower() != ours.netloc.lower():
        return None
    base = ours.path.rstrip("/")
    if not theirs.path.startswith(f"{base}/") and theirs.path != base:
        return None
    steps = theirs.path[len(base) :].strip("/").split("/")
    if steps == [""]:
        return "sections", "all"
    return (steps[0], steps[1]) if len(steps) == 2 and steps[0] in ("sections", "entries") else None


def size(args: Mapping[str, str], rows: int) -> tuple[int, int]:
    """Width and height in pixels, no more than `maxwidth` and `maxheight` ask for."""
    width = min(_number(args.get("maxwidth")) or WIDTH, 1200)
    height = min(_number(args.get("maxheight")) or 4000, rows * ROW + AROUND)
    return max(width, LEAST), max(height, LEAST)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 6 else None


def frame(address: str, title: str, width: int, height: int) -> str:
    """The frame as HTML."""
    return (
        f'<iframe src="{escape(address)}" title="{escape(title)}" width="{width}" height="{height}" loading="lazy" '
        'style="border:0;width:100%;max-width:100%" referrerpolicy="no-referrer" '
        'sandbox="allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation">'
        "</iframe>"
    )


def as_xml(answer: Answer) -> bytes:
    root = ElementTree.Element("oembed")
    for name, value in answer.items():
        ElementTree.SubElement(root, name).text = "".join(each for each in str(value) if each.isprintable() or each in "\t\n")
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written
