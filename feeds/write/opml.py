"""OPML 2.0: a list of feeds, in folders."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from lxml import etree

from feeds.records import Author, Outline
from feeds.write.xml import chars, email, finish, put, rfc822, uri, words

MEDIA_TYPE = "text/x-opml"


def render(title: str, outlines: Iterable[Outline], *, owner: Author | None = None, created: datetime | None = None) -> bytes:
    """The outlines as an OPML document, each in the folders that its `categories` name, outermost first. A folder stands where its
    first outline does. Raises ValueError when `created` has no zone."""
    root = etree.Element("opml", version="2.0")
    head = put(root, "head")
    put(head, "title", words(title))
    if created is not None:
        put(head, "dateCreated", rfc822(created))
    if owner is not None:
        put(head, "ownerName", words(owner.name))
        if address := email(owner.email):
            put(head, "ownerEmail", address)
        if page := uri(owner.uri):
            put(head, "ownerId", page)
    folders: dict[tuple[str, ...], etree._Element] = {(): put(root, "body")}
    for outline in outlines:
        _put_outline(_folder(folders, tuple(filter(None, map(words, outline.categories)))), outline)
    return finish(etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True))


def _folder(folders: dict[tuple[str, ...], etree._Element], path: tuple[str, ...]) -> etree._Element:
    for depth in range(1, len(path) + 1):
        if path[:depth] not in folders:
            folder = put(folders[path[: depth - 1]], "outline")
            folder.set("text", path[depth - 1])
            folders[path[:depth]] = folder
    return folders[path]


def _put_outline(folder: etree._Element, outline: Outline) -> None:
    address = uri(outline.xml_url)
    name = words(outline.text) or words(outline.title) or chars(address or "")
    element = etree.SubElement(folder, "outline")
    element.set("text", name)
    element.set("title", words(outline.title) or name)
    if address:
        element.set("type", "rss")  # of Atom feeds as well (OPML 2.0, subscription lists)
        element.set("xmlUrl", address)
    if page := uri(outline.html_url):
        if not address:
            element.set("type", "link")
            element.set("url", page)
        else:
            element.set("htmlUrl", page)
