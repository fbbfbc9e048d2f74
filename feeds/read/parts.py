"""An article that stands on several pages, read as one; and what is said of article selectors that find nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from msgspec import structs

from feeds.clean import select
from feeds.errors import FeedError
from feeds.read import dom, paging
from feeds.read.article import read_article
from feeds.records import ArticleSelectors, Author, Content, Credit, Document, Entry, Hints

MOST = 10  # pages of one article
LOOKED_AT = 3  # pages by which an operator's selectors are judged
# What a page that goes on must hold somewhere, in the charsets that such pages come in: worth a look only then.
_NEXT = ("下一页", "下页", "后一页", "下一頁", "下頁")
_WORDS = frozenset(word.encode(name, "ignore") for word in _NEXT for name in ("utf-8", "gb18030", "big5")) - {b""}
# And what its markup may say, in lower case. Each by itself, for one that begins with a letter is sought faster than all of them together.
_SIGNS = (
    re.compile(rb"createpagehtml\s*\(\s*(?:[\"'][^\"']*[\"']\s*,\s*)?[\"']?(?:[2-9]|\d\d|[a-z_])"),
    re.compile(rb"countpage\s*=\s*[\"']?(?:[2-9]|\d\d)"),
    re.compile(rb"rel=[\"']?next"),
    re.compile(rb">\s*next\b"),
    *(re.compile(re.escape(mark) + rb"2\.s?html?\b") for mark in (b"_", b"-")),
    *(re.compile(re.escape(mark) + rb"page=2\b") for mark in (b"?", b"&")),
)


def may_go_on(document: Document) -> bool:
    """A cheap first look, at the bytes alone: might this article have a second page?"""
    body = document.body
    if any(word in body for word in _WORDS):
        return True
    lower = body.lower()
    return any(sign.search(lower) for sign in _SIGNS)


def following(document: Document) -> str | None:
    """The address of the next page of the article on this page."""
    try:
        return paging.next_part(dom.page(document)) if may_go_on(document) else None
    except FeedError:
        return None


def read_whole(first: Document, pages: Mapping[str, Document], hints: Hints, stub: Entry | None) -> Entry:
    """The article that begins on `first`, with as many of its further pages as are in `pages` (by address). Raises as `read_article`."""
    entry = read_article(first, hints, stub)
    seen = {first.url}
    address = following(first)
    while address and address not in seen and len(seen) < MOST and (page := pages.get(address)):
        seen.add(address)
        try:
            entry = _joined(entry, read_article(page, hints, entry))
        except FeedError:
            break
        address = following(page)
    return entry


def _joined(entry: Entry, part: Entry) -> Entry:
    """Text after text; the credit line stands on the first page or on the last, so each fact is of the first page that states it."""
    value = "\n".join(each.content.value for each in (entry, part) if each.content)
    stated: Credit = entry.credit
    filled = {name: said for name in _CREDIT if not getattr(stated, name) and (said := getattr(part.credit, name))}
    found = {each.field for each in stated.evidence}
    evidence = (*stated.evidence, *(each for each in part.credit.evidence if each.field not in found))
    known = {each.url for each in entry.enclosures}
    return structs.replace(
        entry,
        content=Content(value=value) if value else None,
        authors=_people(entry.authors, part.authors),
        contributors=_people(entry.contributors, part.contributors),
        enclosures=(*entry.enclosures, *(each for each in part.enclosures if each.url not in known)),
        rights=entry.rights or part.rights,
        credit=structs.replace(stated, **filled, evidence=evidence),
    )


_CREDIT = ("source", "source_url", "agency", "chain", "original_title", "original_url")


def _people(first: tuple[Author, ...], more: tuple[Author, ...]) -> tuple[Author, ...]:
    named = {each.name for each in first}
    return (*first, *(each for each in more if each.name not in named))


def unfound(documents: Iterable[Document], selectors: ArticleSelectors) -> list[str]:
    """Selectors of the operator's that find nothing on any of the first pages: what they were to say was found by looking instead."""
    left = {name: said for name in ("title", "date", "body", "byline", "column") if (said := getattr(selectors, name))}
    looked_at = 0
    for document in documents:
        if not left or looked_at == LOOKED_AT:
            break
        try:
            root = dom.page(document).root
        except FeedError:
            continue
        looked_at += 1
        left = {
            name: said for name, said in left.items() if not select.compile(said).texts(root) and not select.compile(said).elements(root)
        }
    if not looked_at:
        return []
    pages = f"{looked_at} article page{'s' if looked_at > 1 else ''}"
    return [f"the article selector {name} {said!r} finds nothing on {pages}; it was found by looking" for name, said in left.items()]
