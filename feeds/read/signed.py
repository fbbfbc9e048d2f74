"""What the text of a feed's entry states of itself, at its end (`稿源:津水微言  编辑:张丽`) or in its dateline.

Of articles that are read from pages the byline is found where the page has it (`feeds.read.signature`). The grammar of bylines is
imported with the first text that may have one: many feeds have none, and to make its patterns takes a third of the start of a reader."""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import structs

from feeds.clean.labels import may_hold_label, mentions_label, opens_with_dateline
from feeds.clean.stated import Byline
from feeds.clean.text import TAIL, clean, closing_lines, opening_line
from feeds.clean.titles import prefix
from feeds.records import Author, Credit, Entry, Role

# Quick looks at a text with its markup, for that most texts have neither is most of what they cost here.
_HAN = re.compile(r"[\u3400-\u9fff]")
_ODD = "：︰﹕∶ː꞉"
_CHINESE = re.compile(rf"[\u3400-\u9fff{_ODD}]")
_COLON = re.compile(r":(?!//|\d{2,5}/)")  # colons of addresses are none
_BY = re.compile(r"[Bb][Yy]\s")
_OPENING = frozenset(">(（﹙[［【〔〖")
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
            byline = _parsed(ending, "the end of the text")
    if _may_be_dated(text, html):
        opening = opening_line(text, html=html)
        if opens_with_dateline(opening):
            from feeds.clean.dateline import dateline

            byline = byline.then(dateline(opening))
    if byline is _UNSIGNED or not byline:
        return entry
    return structs.replace(
        entry,
        authors=entry.authors or _signing(byline),
        contributors=entry.contributors or _others(byline),
        credit=_completed(entry, byline),
        rights=entry.rights or byline.rights,
    )


def _parsed(text: str, where: str = "byline") -> Byline:
    from feeds.clean.byline import parse

    return parse(text, where=where)


def _named(entry: Entry) -> Entry:
    """The prefix of the headline, and the authors as people: 本报记者 徐锦庚 is a reporter, 编辑：张丽 an editor. A medium that is given
    as the author (人民网) carries the entry, and wrote nothing, unless somebody else is said to publish it."""
    if not entry.title_prefix and (before := prefix(entry.title)):
        entry = structs.replace(entry, title_prefix=before)
    for each in entry.authors:
        if _HAN.search(each.name):
            return _in_their_roles(entry)
    return entry


def _in_their_roles(entry: Entry) -> Entry:
    from feeds.clean.names import is_outlet

    if not any(is_outlet(each.name) or mentions_label(each.name) for each in entry.authors):
        return entry
    kept: dict[str, Author] = {}
    others = {(each.name, each.role): each for each in entry.contributors}  # one may have done two things
    publisher = entry.credit.publisher
    for each in entry.authors:
        byline = _parsed(each.name) if mentions_label(each.name) else _UNSIGNED
        if publisher is None and is_outlet(each.name):
            publisher = each.name
        elif byline.reporters or byline.authors or byline.correspondents or byline.editors or byline.duty_editors:
            kept |= {made.name: made for made in _signing(byline)}
            others |= {(made.name, made.role): made for made in _others(byline)}
        else:
            kept.setdefault(each.name, each)
    credit = entry.credit if publisher == entry.credit.publisher else structs.replace(entry.credit, publisher=publisher)
    authors, contributors = tuple(kept.values()), tuple(others.values())
    if (authors, contributors, credit) == (entry.authors, entry.contributors, entry.credit):
        return entry
    return structs.replace(entry, authors=authors, contributors=contributors, credit=credit)


def _signing(byline: Byline) -> tuple[Author, ...]:
    return _people({Role.REPORTER: byline.reporters, Role.AUTHOR: byline.authors, Role.CORRESPONDENT: byline.correspondents})


def _others(byline: Byline) -> tuple[Author, ...]:
    others = (*byline.photographers, *byline.contributors)
    return _people(
        {Role.EDITOR: byline.editors, Role.DUTY_EDITOR: byline.duty_editors, Role.REVIEWER: byline.reviewers, Role.CONTRIBUTOR: others}
    )


def _may_state(tail: str, html: bool) -> bool:
    """Could there be a label?"""
    if not tail.isascii() and _CHINESE.search(tail):
        if may_hold_label(tail):
            return True
        for mark in _ODD:
            if mark in tail and any(_may_follow_label(tail, found.start(), html) for found in re.finditer(mark, tail)):
                return True
    for found in _COLON.finditer(tail) if ":" in tail else ():
        if _may_follow_label(tail, found.start(), html):
            return True
    if tail[:9].lstrip()[:2].lower() == "by":
        return True
    if "y" not in tail and "Y" not in tail:  # the quickest look of all, and enough for most Chinese texts
        return False
    return "by" in tail.lower() and any(_opens(tail, found.start()) for found in _BY.finditer(tail))


def _opens(text: str, at: int) -> bool:
    """Does a line, an element or a bracket begin there?"""
    before = text[:at]
    inked = before.rstrip()
    return inked[-1:] in _OPENING or "\n" in before[len(inked) :]


def _may_follow_label(text: str, colon: int, html: bool) -> bool:
    """Could the colon there stand behind an English label?"""
    return not (_HAN.match(text, colon - 1) or (html and _in_a_tag(text, colon)))


def _in_a_tag(html: str, at: int) -> bool:
    return html.rfind("<", 0, at) > html.rfind(">", 0, at)


def _may_be_dated(text: str, html: bool) -> bool:
    """Could the first line be a dateline? Its first letters show it, and whatever follows them."""
    if not html or not (leading := _LEADING.match(text)):
        return True
    begin = leading.end()
    start = text[begin : begin + _ENOUGH]
    if "<" in start:
        start = _TAG.sub("", text[begin : begin + 5 * _ENOUGH])[:_ENOUGH]
    return len(start) < _ENOUGH or "<" in start or "&" in start or opens_with_dateline(clean(start))


def _completed(entry: Entry, byline: Byline) -> Credit:
    """The entry's credit with what only its byline states; each fact of the byline brings its evidence."""
    own = entry.credit
    return structs.replace(
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
