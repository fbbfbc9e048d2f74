"""Stated facts -> records, whatever format they were stated in: people, categories, enclosures, texts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from msgspec import structs

from feeds.clean import text, urls
from feeds.records import UNCREDITED, Author, Category, Content, Credit, Enclosure, Role

_TEASER = 200  # characters of what RSS has before a full text without a summary
_LONGEST_NAME = 500  # letters of a name with all that stands around it
_MOST = 100  # people or categories of one entry
_MAILBOX = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(?:\.[\w-]+)+")
_EMPTY_MAIL = re.compile(r"^(?:no-?reply|donotreply|hidden|nobody|unknown)\b", re.I)


def person(told: str, email: str = "", uri: str | None = None) -> Author | None:
    """An author from ``mail (Name)``, ``Name <mail>``, ``Name`` or ``mail``; None if nobody is named."""
    told = told[:_LONGEST_NAME]
    told = text.plain(told) if "<" not in told or "@" not in told else text.clean(told)
    mailbox = _MAILBOX.search(told) if "@" in told else None
    if mailbox is None and not email:
        return Author(name=told, uri=uri) if told else None
    mail = email.strip() or (mailbox[0] if mailbox else "")
    name = told
    if mailbox:
        name = (told[: mailbox.start()] + " " + told[mailbox.end() :]).replace("mailto:", "")
        name = " ".join(re.sub(r"[()<>\"]", " ", name).split()).strip(" ,;-")
    if len(mail) > _LONGEST_NAME or not _MAILBOX.fullmatch(mail) or _EMPTY_MAIL.match(mail):
        mail = ""
    name = name or (mail.partition("@")[0] if mail else "")
    return Author(name=name, email=mail or None, uri=uri) if name else None


def unique_people(people: Iterable[Author | None], role: Role = Role.AUTHOR) -> tuple[Author, ...]:
    """Each name once, the fullest mention of it. Who contributes is told apart from who wrote by `role`."""
    found: dict[str, Author] = {}
    for each in islice(people, _MOST):
        if each is not None:
            known = found.get(each.name)
            if known is None or (not known.email and not known.uri):
                found[each.name] = each
    if role is Role.AUTHOR:  # as all are read
        return tuple(found.values())
    return tuple(structs.replace(each, role=role) for each in found.values())


def origin(told: str, publisher: str, title: str, via: str | None) -> Credit:
    """Where an entry comes from by the elements of Dublin Core: `told` names its source, by words or by address, `publisher` who carries
    it, `title` what it was called there, `via` its address there. Empty texts state nothing."""
    if not (told or publisher or title or via):
        return UNCREDITED
    address = urls.absolute("", told)
    return Credit(
        source=None if address else told or None,
        source_url=address,
        publisher=publisher or None,
        original_title=title or None,
        original_url=via,
    )


def unique_categories(categories: Iterator[Category]) -> tuple[Category, ...]:
    found: dict[tuple[str, str | None], Category] = {}
    for each in islice(categories, _MOST):
        if each.term:
            found.setdefault((each.term, each.scheme), each)
    return tuple(found.values())


PORTRAIT = re.compile(r"https?://(?:(?:[\w-]+\.)?gravatar\.com/avatar/|avatars\d*\.githubusercontent\.com/)")
"""Pictures of those who write or comment, which some programs attach to each entry."""
_MEDIA_TYPE = re.compile(r"(?:application|audio|font|image|message|model|multipart|text|video)/[\w.+-]+")
_NAMED_TYPE = re.compile(r"\.([a-z0-9]{2,4})(?=$|[?#])|[?&](?:wx_fmt|fmt|format)=([a-z0-9]{3,4})\b")
_EXTENSIONS = {
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "ogg": "audio/ogg",
    "oga": "audio/ogg",
    "opus": "audio/ogg",
    "wav": "audio/wav",
    "flac": "audio/flac",
    "mp4": "video/mp4",
    "m4v": "video/mp4",
    "webm": "video/webm",
    "ogv": "video/ogg",
    "mov": "video/quicktime",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "webp": "image/webp",
    "avif": "image/avif",
    "svg": "image/svg+xml",
    "pdf": "application/pdf",
    "epub": "application/epub+zip",
    "zip": "application/zip",
}


def enclosure(
    url: str | None, media_type: str | None, length: str | None, title: str | None = None, duration: int | None = None
) -> Enclosure | None:
    """An enclosure whose type and length are kept only if they can be meant; `title` is plain text."""
    if not url:
        return None
    stated = (media_type or "").strip().partition(";")[0].strip().lower()
    if not _MEDIA_TYPE.fullmatch(stated):
        found = _NAMED_TYPE.search(url.lower())
        stated = _EXTENSIONS.get(found[1] or found[2], "") if found else ""
    size = number(length)
    return Enclosure(url=url, type=stated or None, length=size if size else None, title=text.clean(title or "") or None, duration=duration)


def number(told: str | None) -> int | None:
    """A whole number that is not negative, as digits; else None."""
    told = (told or "").strip().replace(",", "")
    return int(told) if told.isascii() and told.isdigit() and len(told) < 16 else None


def seconds(told: str) -> int | None:
    """``itunes:duration``: seconds, MM:SS or HH:MM:SS."""
    parts = told.strip().partition(".")[0].split(":")
    if len(parts) > 3 or not all(part.isascii() and part.isdigit() and len(part) < 7 for part in parts):
        return None
    total = 0
    for part in parts:
        total = total * 60 + int(part)
    return total or None


_LONG = 600  # characters of plain text that are a body, no summary
# What bridges deliver in place of a text that they could not get.
NO_TEXT = frozenset({"获取全文失败，请重试~"})


def said(full: str, brief: str) -> tuple[Content | None, Content | None]:
    """(content, summary) from the full text and the description of an RSS item, both HTML by convention.

    Without a full text, a description with markup in it, or a long one, is the content and no summary is made of it."""
    full, brief = unwrapped(full), unwrapped(brief)
    if len(full) < 100 and text.plain(full) in NO_TEXT:
        full = ""
    if brief.strip() in NO_TEXT:
        brief = ""
    if full:
        return Content(value=full), None if not brief or same(brief, full) or _is_teaser(brief, full) else brief_of(brief)
    if not brief:
        return None, None
    if text.has_markup(brief):
        return Content(value=brief), None
    told = text.plain(brief)
    if not told:
        return None, None
    return (Content(value=told, type="text"), None) if len(told) > _LONG else (None, Content(value=told, type="text"))


def _is_teaser(brief: str, full: str) -> bool:
    """Is it how the text begins, cut as our own feeds do? Nobody summed up anything there."""
    return brief.endswith("…") and len(brief) <= 2 * _TEASER and text.plain(brief) == text.beginning(full, _TEASER)


def brief_of(brief: str) -> Content | None:
    """A summary: plain text unless there is markup in it."""
    if text.has_markup(brief):
        return Content(value=brief)
    told = text.plain(brief)
    return Content(value=told, type="text") if told else None


def unwrapped(html: str) -> str:
    """Without a CDATA section that was escaped instead of written."""
    html = html.strip()
    if html.startswith("<![CDATA["):
        html = html[9:].removesuffix("]]>").removesuffix("]]")
    return html.strip()


def same(brief: str, full: str) -> bool:
    """Do two HTML texts say the same?"""
    return brief == full or (len(brief) * 3 > len(full) and text.plain(brief) == text.plain(full))
