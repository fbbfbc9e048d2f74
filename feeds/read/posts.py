"""One post of a WeChat account as a bridge gives it: a text that is the post's whole page, voices and films in it, what its pictures
are."""

from __future__ import annotations

import re

from msgspec import structs

from feeds import identity
from feeds.clean import text, urls
from feeds.errors import FeedError
from feeds.read import body as bodies
from feeds.read import dom, wechat
from feeds.read.article import read_article
from feeds.records import Document, Enclosure, Entry, Hints

_WHOLE = re.compile(r"<(?:!doctype|html|head|title)\b|\bvar\s+biz\b", re.I)
_PICTURE = re.compile(r"/(?:sz_)?mmbiz_(jpg|jpeg|png|gif|webp)/|[?&]wx_fmt=(jpe?g|png|gif|webp)\b")
_PLAYED = re.compile(r"<mp-?(?:voice|video|common-)|\bvideo_iframe\b", re.I)


def whole(entry: Entry, hints: Hints, failed: list[str]) -> Entry:
    """An entry whose text is the post's whole page: what an article page says there, and no text where the page is a notice."""
    content = entry.content
    if content is None or content.type != "html" or not _WHOLE.search(content.value[:100_000]):
        return entry
    page = Document(url=entry.link or "https://mp.weixin.qq.com/", body=content.value.encode(), content_type="text/html; charset=utf-8")
    try:
        read = read_article(page, structs.replace(hints, kind=None), structs.replace(entry, link=entry.link))
    except FeedError as error:
        failed.append(f"{entry.link}: {error}")
        return structs.replace(entry, content=None)
    return structs.replace(
        entry,
        content=read.content,
        summary=entry.summary or read.summary,
        published=entry.published or read.published,
        precision=entry.precision if entry.published else read.precision,
        authors=read.authors or entry.authors,
        contributors=read.contributors or entry.contributors,
        credit=read.credit,
        enclosures=entry.enclosures + tuple(each for each in read.enclosures if each not in entry.enclosures),
    )


def own(entry: Entry) -> Entry:
    """The entry under its post's address, with pictures as what they are, and without a summary that repeats the headline."""
    summary = entry.summary
    if summary is not None and text.plain(summary.value) == entry.title:
        summary = None
    link = entry.link or ""
    # A temporary address names nothing for long.
    uid = urls.normalise(link) if not urls.is_temporary(link) else identity.entry_uid(None, None, entry.title, entry.published)
    entry = structs.replace(entry, uid=uid, summary=summary, enclosures=tuple(_typed(each) for each in entry.enclosures))
    content = entry.content
    if content is None or content.type != "html" or not _PLAYED.search(content.value):
        return entry
    try:
        tree = dom.from_text(f"<html><body>{content.value}</body></html>", link).body
    except FeedError:
        return entry  # too large, or no markup after all
    voices = wechat.sounded(tree)
    wechat.filmed(tree, link)
    return structs.replace(entry, content=structs.replace(content, value=bodies.inner_html(tree)), enclosures=(*entry.enclosures, *voices))


def _typed(each: Enclosure) -> Enclosure:
    """WeChat's pictures say in their address what they are; bridges say image/jpeg of all of them, or a part of the address."""
    found = _PICTURE.search(each.url)
    kind = (found[1] or found[2]).replace("jpg", "jpeg") if found else None
    return structs.replace(each, type=f"image/{kind}") if kind else each
