"""Pictures, sound and film of an item: ``enclosure``, Media RSS (which Atom uses as well) and what podcasts add."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import structs

from feeds.clean import urls
from feeds.read.elements import RDF_RESOURCE, Children, Element, children, first, href, line, value
from feeds.read.facts import PORTRAIT, enclosure, number, seconds
from feeds.records import Enclosure

_MEDIA = frozenset({"enclosure", "media:content", "media:group", "media:thumbnail", "itunes:image", "enc:enclosure", "image"})
_MOST_ENCLOSURES = 20
_MOST_STATED = 100  # enclosures of one item that are looked at


def media(found: Children, base: str) -> tuple[tuple[Enclosure, ...], str | None]:
    """(enclosures, image) from ``enclosure``, Media RSS (in and out of groups) and iTunes. The image is the widest that says how wide
    it is, else the first; portraits of commenters are neither."""
    if _MEDIA.isdisjoint(found):
        return (), None
    duration = seconds(first(found, "itunes:duration")) if "itunes:duration" in found else None
    enclosures: dict[str, Enclosure] = {}
    pictures: list[tuple[int, str]] = []
    for each in (*found.get("enclosure", ())[:_MOST_STATED], *found.get("enc:enclosure", ())[:_MOST_STATED]):
        address = each.get("url") or each.get("resource") or each.get(RDF_RESOURCE) or ""
        made = enclosure(urls.absolute(base, address), each.get("type"), each.get("length"), duration=duration)
        if made:
            enclosures.setdefault(made.url, made)
            _picture(each, made.url, made.type, pictures)
    thumbnails = {each.get("url") for each in found.get("media:thumbnail", ())}
    for group in groups(found):
        for each in group.get("media:content", ()):
            made = _media_content(each, base)
            if made and not PORTRAIT.match(made.url):
                if each.get("url") not in thumbnails:  # the item's own picture, told twice for readers that know one of the two
                    enclosures[made.url] = joined(enclosures[made.url], made) if made.url in enclosures else made
                _picture(each, made.url, made.type, pictures)
        for each in group.get("media:thumbnail", ()):
            _picture(each, urls.absolute(base, each.get("url") or ""), "image/*", pictures)
    for each in found.get("image", ()):
        told = first(children(each), "url") if len(each) else each.get("href") or each.get(RDF_RESOURCE) or value(each)
        _picture(each, urls.absolute(base, told), "image/*", pictures)
    if poster := urls.absolute(base, href(found, "itunes:image")):
        pictures.append((0, poster))
    image = max(pictures, key=lambda picture: picture[0])[1] if pictures else None
    return tuple(list(enclosures.values())[:_MOST_ENCLOSURES]), image


def groups(found: Children) -> Iterator[Children]:
    """The item itself, its media groups, and the contents that hold more about themselves."""
    yield found
    for group in found.get("media:group", ()):
        yield children(group)
    for content in found.get("media:content", ()):
        if len(content):
            yield children(content)


def titled(found: Children, enclosures: tuple[Enclosure, ...]) -> str:
    """What the picture, sound or film is called, for an entry that is nothing else and so has no title of its own."""
    told = next((told for group in groups(found) if (told := line(group, "media:title"))), "")
    return told or next((each.title for each in enclosures if each.title), "")


def _picture(each: Element, address: str | None, media_type: str | None, pictures: list[tuple[int, str]]) -> None:
    if (
        address
        and ((media_type or "").startswith("image/") or (each.get("medium") or "").lower() == "image")
        and not PORTRAIT.match(address)
    ):
        pictures.append((number(each.get("width")) or 0, address))


def _media_content(each: Element, base: str) -> Enclosure | None:
    length = number((each.get("duration") or "").partition(".")[0])
    title = line(children(each), "media:title")
    return enclosure(urls.absolute(base, each.get("url") or ""), each.get("type"), each.get("fileSize"), title, length)


def joined(one: Enclosure, other: Enclosure) -> Enclosure:
    """One file of which two elements speak: what the first does not say, the second may."""
    return structs.replace(
        one,
        type=one.type or other.type,
        length=one.length or other.length,
        title=one.title or other.title,
        duration=one.duration or other.duration,
    )
