"""Where the text of an article stands on its page, and the files that it links to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from posixpath import basename
from urllib.parse import unquote

from lxml.html import HtmlElement, tostring

from feeds.clean import byline, select, urls
from feeds.read import chunks, meta
from feeds.read.dom import Page, boxed, folded, furniture, hidden, of_readers, visible_text
from feeds.records import Enclosure

MEDIA = ("img", "video", "audio", "embed", "iframe", "picture", "mpvoice")
# Containers by which publishing systems are known, the surest first: (attribute, value in lower case).
_CONTAINERS = (
    *(("id", name) for name in ("js_content", "ucap-content", "zoom", "ozoom", "rwb_zw", "p-detail", "detailcontent", "artibody")),
    *(("class", name) for name in ("trs_editor", "trs_ueditor", "pages_content", "left_zw", "e-content", "entry-content", "post-content")),
    *(("itemprop", name) for name in ("articlebody",)),
    *(("id", name) for name in ("vsb_content", "article_content", "article-content", "articlecontent", "articletext", "contenttext")),
    *(("class", name) for name in ("article-content", "article_content", "articlecontent", "contenttext", "content-text", "main-txt")),
    *(
        ("class", name)
        for name in ("article-body", "article-text", "articletext", "news-content", "news_content", "newscontent", "zhengwen")
    ),
    *(("class", name) for name in ("con_txt", "text_content", "detail-content", "detail_content", "rich_media_content", "view-content")),
    *(
        ("id", name)
        for name in (
            "news_content",
            "newscontent",
            "endtext",
            "mainbody",
            "pressrelease",
            "detailcontent",
            "contentstr",
            "main_content_val",
        )
    ),
)
# Names that layouts use for other things as well.
_COMMON = (
    *(("id", name) for name in ("detail", "zw", "article", "content")),
    *(("class", name) for name in ("zw", "article", "detail", "content")),
    ("tag", "article"),
    ("tag", "founder-content"),
)
_PUNCTUATION = re.compile(r"[，。；：！？、,.;!?]")
_FILES = re.compile(r"\.(?P<kind>pdf|docx?|xlsx?|pptx?|wps|et|ofd|zip|rar|7z|txt|csv|mp3|mp4|m4a|wav|epub)$", re.I)
_TYPES = {
    "pdf": "application/pdf",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt": "application/vnd.ms-powerpoint",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "wps": "application/vnd.ms-works",
    "ofd": "application/ofd",
    "zip": "application/zip",
    "rar": "application/vnd.rar",
    "7z": "application/x-7z-compressed",
    "txt": "text/plain",
    "csv": "text/csv",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "m4a": "audio/mp4",
    "wav": "audio/wav",
    "epub": "application/epub+zip",
}


@dataclass(frozen=True, slots=True)
class Body:
    """Where the text stands: the elements of the page that make it up, the text before the first of them, how it was found."""

    elements: tuple[HtmlElement, ...]
    where: str
    sure: float
    lead: str = ""

    def holds(self) -> frozenset[HtmlElement]:
        """Every element of the text, to tell what stands before it, in it and after it."""
        return frozenset(each for top in self.elements for each in top.iter() if isinstance(each, HtmlElement))


_MOST_CREDITS = 1000  # lines that are asked whether they are credits: no page has as many, and the answer is dear


def locate(page: Page, selector: str | None, heading: HtmlElement | None) -> Body | None:
    """The body of the article: by the configured selector, the system's comments, a known container, hand-made comments, or density."""
    if selector:
        chosen = _outermost(select.compile(selector).elements(page.root))
        if any(_has_something(each) for each in chosen):
            return Body(tuple(chosen), f"the selector {selector}", 1.0)
    for name, sure in (("body", 1.0), ("hand", 0.9)):
        if name == "hand" and (known := _container(page, heading)):
            return known
        fenced = meta.region(page, name)
        if fenced and (fenced.lead.strip() or any(_has_something(each) for each in fenced.elements)):
            return Body(fenced.elements, "the comments of the publishing system", sure, fenced.lead)
    return _densest(page, heading)


def _outermost(elements: list[HtmlElement]) -> list[HtmlElement]:
    chosen = set(elements)
    return [each for each in elements if not any(above in chosen for above in each.iterancestors())]


def _has_something(element: HtmlElement) -> bool:
    return bool(visible_text(element)) or next(element.iter(*MEDIA), None) is not None


def _container(page: Page, heading: HtmlElement | None) -> Body | None:
    marked: dict[tuple[str, str], list[HtmlElement]] = {}
    for each in page.body.iter():
        if isinstance(each, HtmlElement) and isinstance(each.tag, str) and each.tag not in ("a", "input", "img", "h1", "html", "body"):
            for attribute in ("id", "class", "itemprop") if each.tag != "span" else ("id",):
                for value in (each.get(attribute) or "").lower().split():
                    marked.setdefault((attribute, value), []).append(each)
    for tag in ("article", "founder-content"):
        marked[("tag", tag)] = list(page.body.iter(tag))
    for key in (*_CONTAINERS, *_COMMON):
        # More than one of a kind are the teasers of a list, unless one holds the other.
        found = _outermost([each for each in marked.get(key, ()) if not hidden(each)])
        if (
            len(found) != 1
            or not _is_text(page, found[0])
            or furniture(found[0].getparent() if found[0].getparent() is not None else found[0])
        ):
            continue
        where = f"<{found[0].tag} {key[0]}={key[1]}>" if key[0] != "tag" else f"<{key[1]}>"
        if key in _COMMON and (better := _beyond(page, found[0], heading)):
            return better
        if (
            heading is not None
            and found[0] in heading.iterancestors()
            and (better := _beyond(page, found[0], heading))
            and _running(page, better.holds()) * 2 > _running(page, frozenset(found[0].iter()))
        ):
            return better  # than what holds the headline too, and all that stands between the two
        return Body((found[0],), where, 0.9)
    return None


def _beyond(page: Page, common: HtmlElement, heading: HtmlElement | None) -> Body | None:
    """What the page's text is, where a container of a common name holds something else: its header, a whole layout."""
    dense = _densest(page, heading)
    if dense is None or dense.sure < 0.5:
        return None
    inside = any(each is common or common in each.iterancestors() for each in dense.elements)
    around = any(each in dense.elements for each in common.iterancestors())
    if inside or around:
        return None if heading is None or common not in heading.iterancestors() else dense
    return dense


def _running(page: Page, holds: frozenset[HtmlElement]) -> int:
    """How many letters there stand that belong to a text, rather than to what surrounds it or to its readers."""
    kept = (line for line in page.lines if line.block in holds and not line.mostly_links and len(line.text) >= 10)
    return sum(len(line.text) for line in kept if not of_readers(line.block))


def _is_text(page: Page, element: HtmlElement) -> bool:
    """Text or pictures, rather than a list of links."""
    text, linked = page.letters(element)
    return (text > 0 and linked * 2 < text) or (linked == 0 and next(element.iter(*MEDIA), None) is not None)


def _densest(page: Page, heading: HtmlElement | None) -> Body | None:
    """The block with the most running text: each line counts for the block that holds it, half for the one above (Readability's rule)."""
    around = frozenset(heading.iterancestors()) if heading is not None else frozenset()
    beside = partial(furniture, around=around)
    scores = _scores(page, heading, beside)
    if not scores or max(scores.values()) < 2:
        scores = _scores(page, heading, beside, readers=True)  # a column may be called comment, too
    best = max(scores, key=lambda each: scores[each], default=None)
    if best is None or _paragraphs(page, best) < 5:
        # A layout may be called after its side column (with-sidebar), too: a running text in it is the text where there is no other.
        loose = _scores(page, heading, boxed)
        other = max(loose, key=lambda each: loose[each], default=None)
        if other is not None and _paragraphs(page, other) >= max(5, 3 * (_paragraphs(page, best) if best is not None else 0)):
            best, scores = other, loose
    if best is None or scores[best] < 2:
        # A side column that was never closed holds the article, too.
        scores = _scores(page, heading, lambda _: False)
        best = max((each for each in scores if _paragraphs(page, each) >= 5), key=lambda each: scores[each], default=None)
    if best is None or scores[best] < 2:
        return _below(page, heading) if heading is not None else None
    score = scores[best]
    best = chunks.joined(page, best, scores)
    if heading is not None and best in around:
        # The block holds the headline too: the text is what follows the headline in it.
        return _after(best, heading, score)
    return Body((best,), f"the densest text, <{best.tag}>", 0.6)


_LEGAL = re.compile(
    r"[【\[]?(?:免责|免責|特别|郑重|本站|版权|版權)(?:郑重)?[声聲]明[】\]]?\s*[:：】\]]|本站郑重声明"
    r"|(?i:(?:we|this (?:web)?site)\b.{0,30}?\buses? .{0,20}?cookies)"
)


def _paragraphs(page: Page, element: HtmlElement) -> int:
    """How many paragraphs of running text an element holds."""
    long = (line for line in page.lines if len(line.text) >= 80 and not line.mostly_links)
    return sum(line.block is element or element in line.block.iterancestors() for line in long)


def _scores(
    page: Page, heading: HtmlElement | None, beside: Callable[[HtmlElement], bool], *, readers: bool = False
) -> dict[HtmlElement, float]:
    """What each block has of running text: without what stands `beside` the article, and without what readers say unless `readers`."""
    scores: dict[HtmlElement, float] = {}
    known: dict[HtmlElement, bool] = {}
    for number, line in enumerate(page.lines):
        text = line.text.strip()
        if len(text) < 10 or line.mostly_links or line.block is heading or (number < _MOST_CREDITS and byline.is_credit(text)):
            continue
        if beside(line.block) or _LEGAL.match(text) or (not readers and of_readers(line.block, known)):
            continue
        score = 1.0 + len(_PUNCTUATION.findall(text)) + min(len(text) / 50, 4.0)
        holder = line.block if line.block.tag not in ("p", "li", "blockquote", "dd", "pre") else line.block.getparent()
        for share in (1.0, 0.5, 0.2):
            if holder is None or holder.tag == "html":
                break
            scores[holder] = scores.get(holder, 0.0) + score * share
            holder = holder.getparent()
    for each in scores:
        letters, linked = page.letters(each)
        scores[each] *= 1 - min(linked / letters, 1.0) if letters else 0.0
    return scores


def _below(page: Page, heading: HtmlElement) -> Body | None:
    """What follows the headline, on a page of few words: a caption and its pictures."""
    rest = [each for each in heading.itersiblings() if isinstance(each, HtmlElement) and isinstance(each.tag, str) and not furniture(each)]
    while rest and (not _has_something(rest[0]) or byline.is_credit(visible_text(rest[0]))):
        rest.pop(0)
    return Body((rest[0],), "what follows the headline", 0.4) if rest and _is_text(page, rest[0]) else None


def _after(top: HtmlElement, heading: HtmlElement, score: float) -> Body | None:
    child = heading
    while child.getparent() is not None and child.getparent() is not top:
        child = child.getparent()
    rest = tuple(
        each for each in child.itersiblings() if isinstance(each, HtmlElement) and isinstance(each.tag, str) and not furniture(each)
    )
    return Body(rest, f"the densest text, <{top.tag}>", 0.5, (child.tail or "")) if rest and score else Body((top,), f"<{top.tag}>", 0.4)


def inner_html(element: HtmlElement) -> str:
    """What stands inside an element, as HTML."""
    parts = [_escaped(element.text or "")]
    parts += [tostring(each, encoding="unicode") for each in element]
    return "".join(parts).strip()


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def attachments(elements: Iterable[HtmlElement], base: str) -> tuple[Enclosure, ...]:
    """The files that the text, or what stands apart for them, links to."""
    found: dict[str, Enclosure] = {}
    for link in (link for element in elements for link in element.iter("a")):
        address = urls.absolute(base, link.get("href") or "")
        if address and (enclosure := file_at(address, link.get("title") or folded(link.text_content()))):
            found.setdefault(address, enclosure)
    return tuple(found.values())


def file_at(url: str, title: str | None = None) -> Enclosure | None:
    """The enclosure for an address that names a file rather than a page, otherwise None."""
    name = unquote(basename(urls.parts(url).path))
    found = _FILES.search(name)
    return Enclosure(url=url, type=_TYPES.get(found["kind"].lower()), title=title or name or None) if found else None


def is_blank(element: HtmlElement) -> bool:
    return not folded(element.text_content()) and next(element.iter(*MEDIA), None) is None
