"""Texts in several pieces: systems that put advertisements, polls and pictures between the paragraphs give each run of these a box of
its own, all called alike."""

from __future__ import annotations

from collections.abc import Mapping

from lxml.html import HtmlElement

from feeds.read.dom import Page, of_readers

_LONG = 80  # letters of a paragraph, rather than of a teaser's line or a caption
_MOST = 200


def joined(page: Page, best: HtmlElement, scores: Mapping[HtmlElement, float]) -> HtmlElement:
    """What holds all pieces of the text, where `best` is one of them, or where all of them together are far more than `best` is."""
    text = _running(page)
    own = _pieces(page, best, text)
    here = _letters([best], text)
    if len(own) < 2 or _letters(own, text) < 1.25 * here:
        own = []
    for rival in sorted(scores, key=lambda each: scores[each], reverse=True)[1:12]:
        pieces = _pieces(page, rival, text)
        if len(pieces) > 4 and _letters(pieces, text) > 3 * max(here, _letters(own, text), 500):
            own = pieces  # a paragraph each, though another box (what a subscription offers) has more in one
            break
    top = _common(own) if own else None
    if top is None or _letters([top], text) > 1.6 * _letters(own, text):
        return best  # with that much else between them they are no pieces of one text
    return top


def _running(page: Page) -> dict[HtmlElement, int]:
    """The letters of each block of running text."""
    known: dict[HtmlElement, bool] = {}
    shown = (line for line in page.lines if len(line.text) >= 10 and not line.mostly_links)
    return {line.block: len(line.text) for line in shown if not of_readers(line.block, known)}


def _pieces(page: Page, one: HtmlElement, text: Mapping[HtmlElement, int]) -> list[HtmlElement]:
    """The boxes that are called like `one`, or like what it stands in, and hold running text; none where they are the teasers of a list."""
    named = next((each for each in (one, *one.iterancestors())[:3] if (each.get("class") or "").strip()), None)
    if named is None or named.tag in ("body", "html", "main", "article"):
        return []
    alike = [each for each in page.body.iter(named.tag) if each.get("class") == named.get("class")]
    if not 2 <= len(alike) <= _MOST or any(above in alike for each in alike for above in each.iterancestors()):
        return []
    holding = {above for block, letters in text.items() if letters >= _LONG for above in (block, *block.iterancestors())}
    found = [each for each in alike if each in holding]
    teasers = sum(any(len(link.text_content().strip()) >= 15 and _leads(link) for link in each.iter("a")) for each in found)
    return found if teasers * 2 < len(found) else []


def _leads(link: HtmlElement) -> bool:
    """Is this link all that its block says, as the headline of a teaser is?"""
    above = link.getparent()
    return above is not None and len((above.text_content() or "").strip()) <= len(link.text_content().strip()) + 4


def _letters(elements: list[HtmlElement], text: Mapping[HtmlElement, int]) -> int:
    tops = set(elements)
    return sum(letters for block, letters in text.items() if block in tops or any(above in tops for above in block.iterancestors()))


def _common(elements: list[HtmlElement]) -> HtmlElement | None:
    """The lowest element that holds all of them; None where that is the whole page."""
    shared = [*elements[0].iterancestors()]
    for each in elements[1:]:
        above = set(each.iterancestors())
        shared = [one for one in shared if one in above]
    return shared[0] if shared and shared[0].tag not in ("body", "html") else None
