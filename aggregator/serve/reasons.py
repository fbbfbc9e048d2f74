"""Why an entry stands where it stands, and where a fact was read, in the reader's language.

The rules that placed an entry, and the places of a page, are kept as texts in English, for logs and for whoever runs the site. What is
known of their forms is translated here; anything else is shown as it is kept."""

from __future__ import annotations

import re
from ast import literal_eval

from aggregator.serve.words import Words, mark

_TEXT = r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\""""  # as repr writes it
_NAMED = re.compile(r"source \S+ names the section")
_CALLED = re.compile(rf"the section is called ({_TEXT}) upstream", re.DOTALL)
_PINNED = re.compile(r"pinned by an editor(?:: (.+))?", re.DOTALL)
_CONDITION = rf"(\w+) has ((?:{_TEXT})(?: or (?:{_TEXT}))*)"
_ROUTE = re.compile(rf"\S+: ({_CONDITION}(?: and {_CONDITION})*)", re.DOTALL)

_ASKED = {
    "title": mark("its title has %(texts)s"),
    "source": mark("its source is %(texts)s"),
    "column": mark("its column has %(texts)s"),
    "author": mark("its author has %(texts)s"),
    "category": mark("its category has %(texts)s"),
    "text": mark("its text has %(texts)s"),
}
_WHERE = (
    *(mark("byline"), mark("the beginning of the text"), mark("the end of the text"), mark("the tagline"), mark("the address")),
    *(mark("the comments of the publishing system"), mark("the record of the publishing system")),
    *(mark("the account's name"), mark("the document's title")),
)
_SELECTOR = "the selector "


def rule(kept: str, words: Words) -> str | None:
    """Why a rule put an entry into a section; None for one of a form that is not known here."""
    _ = words.gettext
    if _NAMED.fullmatch(kept):
        return _("its source belongs here")
    if said := _CALLED.fullmatch(kept):
        return _("its source calls the section %(name)s", name=_quoted(said[1], words))
    if said := _PINNED.fullmatch(kept):
        return _("%(label)s: %(names)s", label=_("an editor put it here"), names=said[1]) if said[1] else _("an editor put it here")
    if (said := _ROUTE.fullmatch(kept)) and all(field in _ASKED for field, *_rest in _conditions(said[1])):
        asked = (_(_ASKED[field], texts=_(" or ").join(_quoted(each, words) for each in texts)) for field, texts in _conditions(said[1]))
        return _(" and ").join(asked)
    return None


def where(kept: str, words: Words) -> str:
    """Where on a page a fact was read; names of tags and the like stay as they are."""
    if kept.startswith(_SELECTOR):
        return words.gettext("the selector %(selector)s", selector=kept.removeprefix(_SELECTOR))
    return words.gettext(kept) if kept in _WHERE else kept


def _conditions(route: str) -> list[tuple[str, list[str]]]:
    return [(said[1], re.findall(_TEXT, said[2], re.DOTALL)) for said in re.finditer(_CONDITION, route, re.DOTALL)]


def _quoted(written: str, words: Words) -> str:
    return words.gettext("“%(text)s”", text=literal_eval(written))
