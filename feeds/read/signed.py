"""What the text of a feed's entry states of itself, at its end (`稿源:津水微言  编辑:张丽`) or in its dateline.

Of articles that are read from pages the byline is found where the page has it (`feeds.read.signature`)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from itertools import chain

from feeds.clean.byline import Byline, dateline
from feeds.clean.byline import parse as parse_byline
from feeds.clean.labels import may_hold_label, mentions_label, opens_with_dateline
from feeds.clean.names import is_outlet
from feeds.clean.text import TAIL, clean, closing_lines, opening_line
from feeds.read.headline import prefix
from feeds.records import Author, Credit, Entry, Role

# Quick looks at a text with its markup, for that most texts have neither is most of what they cost here.
_HAN = re.compile(r"[\u3400-\u9fff]")
_ODD = "：︰﹕∶ː꞉"
_CHINESE = re.compile(rf"[\u3400-\u9fff{_ODD}]")
_COLON = re.compile(r":(?!//|\d{2,5}/)")  # colons of addresses are none
_ODD_COLON = re.compile(rf"[{_ODD}]")
_BY = re.compile(r"[>\n(（﹙\[［【〔〖]\s*[Bb][Yy]\s")
_TAG = re.compile(r"</?[a-z][^<>]*+>")
_LEADING = re.compile(rf"(?:{_TAG.pattern}|\s)*+")
_UNSIGNED = Byline()
_ENOUGH = 60  # letters of the beginning that show whether it is a dateline


def signed(entry: Entry) -> Entry:
    """The entry with what only its headline and its text state: what it says of itself elsewhere wins."""
    entry = _named(entry)
    body = entry.content or entry.summary
    if body is None:
        return entry
    text, html, byline = body.value, body.type == "html", _UNSIGNED
    if _may_state(text.rstrip()[-TAIL:], html):
        ending = closing_lines(text, html=html)
        if mentions_label(ending):
            byline = parse_byline(ending, where="the end of the text")
    if _may_be_dated(text, html):
        opening = opening_line(text, html=html)
        if opens_with_dateline(opening):
            byline = byline.then(dateline(opening))
    if byline is _UNSIGNED or not byline:
        return entry
    return replace(
        entry,
        authors=entry.authors or _signing(byline),
        contributors=entry.contributors or _others(byline),
        credit=_completed(entry, byline),
        rights=entry.rights or byline.rights,
    )


def _named(entry: Entry) -> Entry:
    """The prefix of the headline, and the authors as people: 本报记者 徐锦庚 is a reporter, 编辑：张丽 an editor. A medium that is given
    as the author (人民网) carries the entry, and wrote nothing, unless somebody else is said to publish it."""
    if not entry.title_prefix and (before := prefix(entry.title)):
        entry = replace(entry, title_prefix=before)
    if not any(_HAN.search(each.name) for each in entry.authors):
        return entry
    kept: dict[str, Author] = {}
    others = {(each.name, each.role): each for each in entry.contributors}  # one may have done two things
    publisher = entry.credit.publisher
    for each in entry.authors:
        byline = parse_byline(each.name) if mentions_label(each.name) else _UNSIGNED
        if publisher is None and is_outlet(each.name):
            publisher = each.name
        elif byline.reporters or byline.authors or byline.correspondents or byline.editors or byline.duty_editors:
            kept |= {made.name: made for made in _signing(byline)}
            others |= {(made.name, made.role): made for made in _others(byline)}
        else:
            kept.setdefault(each.name, each)
    credit = entry.credit if publisher == entry.credit.publisher else replace(entry.credit, publisher=publisher)
    authors, contributors = tuple(kept.values()), tuple(others.values())
    if (authors, contributors, credit) == (entry.authors, entry.contributors, entry.credit):
        return entry
    return replace(entry, authors=authors, contributors=contributors, credit=credit)


def _signing(byline: Byline) -> tuple[Author, ...]:
    return _people({Role.REPORTER: byline.reporters, Role.AUTHOR: byline.authors, Role.CORRESPONDENT: byline.correspondents})


def _others(byline: Byline) -> tuple[Author, ...]:
    others = (*byline.photographers, *byline.contributors)
    return _people(
        {Role.EDITOR: byline.editors, Role.DUTY_EDITOR: byline.duty_editors, Role.REVIEWER: byline.reviewers, Role.CONTRIBUTOR: others}
    )


def _may_state(tail: str, html: bool) -> bool:
    """Could there be a label?"""
    colons = _COLON.finditer(tail) if ":" in tail else iter(())
    if not tail.isascii() and _CHINESE.search(tail):
        if may_hold_label(tail):
            return True
        if any(mark in tail for mark in _ODD):
            colons = chain(colons, _ODD_COLON.finditer(tail))
    if any(not (_HAN.match(tail, found.start() - 1) or (html and _in_a_tag(tail, found.start()))) for found in colons):
        return True  # perhaps after an English one
    return ("by" in tail or "By" in tail or "BY" in tail) and (tail[:9].lstrip()[:2].lower() == "by" or _BY.search(tail) is not None)


def _in_a_tag(html: str, at: int) -> bool:
    return html.rfind("<", 0, at) > html.rfind(">", 0, at)


def _may_be_dated(text: str, html: bool) -> bool:
    """Could the first line be a dateline? Its first letters show it, and whatever follows them."""
    if not html or not (leading := _LEADING.match(text)):
        return True
    start = text[leading.end() : leading.end() + 5 * _ENOUGH]
    if "<" in start:
        start = _TAG.sub("", start)
    start = start[:_ENOUGH]
    return len(start) < _ENOUGH or "<" in start or "&" in start or opens_with_dateline(clean(start))


def _completed(entry: Entry, byline: Byline) -> Credit:
    """The entry's credit with what only its byline states; each fact of the byline brings its evidence."""
    own = entry.credit
    return replace(
        own,
        source=own.source or byline.source or byline.supplier,
        chain=own.chain or (() if own.source else byline.chain),
        publisher=own.publisher or byline.publisher,
        agency=own.agency or byline.agency,
        original_title=own.original_title or (byline.original_title if byline.original_title != entry.title else None),
        original_url=own.original_url or byline.original_url,
        evidence=(*own.evidence, *byline.evidence),
    )


def _people(names: Mapping[Role, tuple[str, ...]]) -> tuple[Author, ...]:
    """One author a name: the first role wins."""
    named: dict[str, Role] = {}
    for role, of_role in names.items():
        for name in of_role:
            named.setdefault(name, role)
    return tuple(Author(name=name, role=role) for name, role in named.items())
