"""The one sanitiser: strangers' HTML -> HTML that may stand in our feeds and on our pages.

An allow-list kept by nh3 (a real HTML parser); links become absolute; lazy images are made real first, so that they survive; images
that only count readers are dropped. The output is stable: sanitising it again changes nothing.
"""

from __future__ import annotations

import re
from functools import cache
from html import escape
from operator import itemgetter
from threading import local

import nh3

from feeds.clean import images, urls
from feeds.clean import text as plain_text

VERSION = 2
"""Raised with each change of what comes out, so that bodies that were cleaned by an older version are cleaned again."""

_TEXT = (
    "a abbr acronym address b bdi bdo blockquote br cite code data dd del details dfn div dl dt em h1 h2 h3 h4 h5 h6 hr i ins kbd "
    "li mark ol p pre q rp rt ruby s samp small span strike strong sub summary sup time tt u ul var wbr article aside center "
    "footer header section"
)
_TABLE = "table caption colgroup col thead tbody tfoot tr th td"
_MEDIA = "img figure figcaption audio video source"
_TAGS = frozenset(f"{_TEXT} {_TABLE} {_MEDIA}".split())
_DROPPED = "script style template iframe object embed applet noembed noframes frameset svg math title textarea select option"
_SILENT = frozenset(_DROPPED.split())
_CELL = frozenset({"colspan", "rowspan", "align", "valign", "scope", "headers"})
_ATTRIBUTES: dict[str, frozenset[str] | set[str]] = {
    "*": {"lang", "dir", "title"},
    "a": {"href", "hreflang"},
    "img": {"src", "alt", "width", "height"},
    "audio": {"src", "controls", "preload"},
    "video": {"src", "controls", "preload", "poster", "width", "height"},
    "source": {"src", "type"},
    "td": _CELL,
    "th": _CELL,
    "col": {"span"},
    "colgroup": {"span"},
    "ol": {"start", "reversed", "type"},
    "li": {"value"},
    "time": {"datetime"},
    "data": {"value"},
    "del": {"datetime"},
    "ins": {"datetime"},
    "details": {"open"},
}
_SCHEMES = frozenset({"http", "https", "mailto"})

_TAG = re.compile(r"<(/?)([A-Za-z][^\s<>/]*)")
_OPENED = re.compile(r"<([A-Za-z][^\s<>/]*)")
# Void, or closed by what follows: these cannot nest without others that are counted.
_VOID = "p br hr img li dd dt td th tr rb rp rt input link meta col wbr source option"
_SHALLOW = frozenset(_VOID.split())
# What comes out as it went in. Other elements have rules of their own or are unwrapped, and what is left may parse differently then.
_MOODY = f"{_TABLE} ruby rp rt audio video source"
_CALM = (_TAGS - frozenset(_MOODY.split())) | {"picture", "input", "link", "meta", "iframe", "script", "style"}
# A heading ends the one that it stands in (§13.2.6.4.7), but not where a link or a format was left open between them.
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_HEADING = re.compile(r"<(/?)h[1-6]\b")
_PICTURED = frozenset({"img", "image", "noscript"})  # parsers take an `image` for an `img` (WHATWG HTML §13.2.6.4.7)
# A reference may name what may not stand in XML.
_CONTROL_REFERENCE = re.compile(
    r"&#(?![1-9]\d{3};)(?:0*(?:[0-2]?\d|3[01]|12[7-9]|1[345]\d|6553[45])(?!\d)|[xX]0*(?:1?[0-9a-fA-F]|7[fF]|[89][0-9a-fA-F]|[fF]{3}[eEfF])(?![0-9a-fA-F]))"
)
_PRE_BREAK = re.compile(r"(<pre[^>]*>)\n+")
# What a parser takes up again after whatever closed around it (WHATWG HTML §13.2.4.3), but for links, which do not nest.
_FORMATTING = frozenset("b big code em font i nobr s small strike strong tt u".split())  # noqa: SIM905
_DECORATED = re.compile(rf"<({'|'.join(sorted(_FORMATTING))})(?=[\s/])[^>]*>", re.I)
_ATTRIBUTED = re.compile(r"""<[A-Za-z](?:[^<>"']++|"[^"]*+"|'[^']*+')*+>""")
_FEW = 64  # elements: what they may cost is not worth a look
_MANY = 2000  # elements: worth a close look
_LOOSE = 4  # formats that are left open by a slip
_MOST_OPENINGS = 50_000
_MOST_ADDED = 1_000_000  # characters: thousands of links, seen from an address of kilobytes, would make a text a hundred times as long
_DEEPEST = 600
_DEEPEST_TABLE = 60  # tables in tables: parsers move much about in them, and they are cleaned more than once
_MOST = 25_000  # elements: closing tags hidden in attributes can fool a count, so that too is bounded
_MOST_NOSCRIPTS = 500  # of one text that are compared with what stands around them
_LARGEST = 4_000_000  # characters
_LONG = 20_000
_LONG_RUN = re.compile(rf"(?<![^<])[^<]{{{_LONG + 1},}}")
_SIGNS = re.compile(r"[\x80-\xbf&]")  # each costs the parser a look at all of the run that stands behind it
_MOST_SIGNS = 4_000  # in one such run, without a tag between them


def sanitise(html: str, base: str | None) -> str:
    """Safe HTML with absolute links (seen from `base`; without one, relative links lose their address)."""
    html = plain_text.legal(html)
    if "<" not in html and "&" not in html and ">" not in html:
        return html.strip()
    opened = _OPENED.findall(html)
    names = set(opened)
    calm = names <= _CALM
    if not calm:
        opened = [name.lower() for name in opened]
        names = set(opened)
        calm = names <= _CALM
    deepest = _DEEPEST if calm or opened.count("table") <= _DEEPEST_TABLE else 3 * _DEEPEST_TABLE
    if len(html) > _LARGEST or (len(opened) > deepest and _too_deep(html, deepest)) or (len(html) > _LONG and _too_dear(html)):
        return escape(plain_text.plain(html), quote=False)
    if len(opened) > _FEW and not names.isdisjoint(_FORMATTING):
        html = _tame(html, opened, names & _FORMATTING)
    if "img" in names:
        html = images.made_real(html)
    if "noscript" in names and opened.count("noscript") <= _MOST_NOSCRIPTS:  # of more, all is shown
        html = images.noscript_opened(html)
    clean = _cleaned(html, base, names)
    if calm and (names.isdisjoint(_HEADINGS) or not _heads_a_heading(clean)):
        return clean
    for _ in range(4):
        if _cleaner().clean(clean).strip() == clean:
            return clean
        clean = _cleaned(clean, base, names)
    return escape(plain_text.plain(clean), quote=False)  # markup that never comes to rest is not worth the risk


def _heads_a_heading(clean: str) -> bool:
    """Does a heading begin within another?"""
    return "++" in "".join([slash or "+" for slash in _HEADING.findall(clean)])


def _cleaned(html: str, base: str | None, names: set[str]) -> str:
    """One pass of the sanitiser and what it leaves to do for the elements that stand in the text by these names."""
    _seen_from.base, _seen_from.left = base or "", _MOST_ADDED
    clean = _cleaner().clean(html)
    if _CONTROL_REFERENCE.search(html):
        clean = plain_text.legal(clean).replace("\r", "\n")  # a parser makes a line break of it, the next time
    if not names.isdisjoint(_PICTURED):
        clean = images.without_counters(clean)
    if "pre" in names:
        clean = _PRE_BREAK.sub(itemgetter(1), clean)  # a parser drops the first break in a pre, each time anew
    return clean.strip()


class _SeenFrom(local):
    """Where the links of the text that this thread cleans are seen from: a cleaner is dear to build and asks only for relative links."""

    base: str = ""
    left: int = 0  # characters of addresses that may still be put before relative ones


_seen_from = _SeenFrom()


def _absolute(url: str) -> str | None:
    made = urls.absolute(_seen_from.base, url)
    _seen_from.left -= len(made or "") - len(url)
    return made if _seen_from.left > 0 else None


@cache
def _cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=_TAGS,
        clean_content_tags=_SILENT,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        url_relative=_absolute,
        link_rel="noopener noreferrer",
        set_tag_attribute_values={"audio": {"controls": ""}, "video": {"controls": ""}},
    )


def _tame(html: str, opened: list[str], formats: frozenset[str] | set[str]) -> str:
    """A parser opens every format that nobody closed anew in each block that follows, of those that are alike only three: a text of
    kilobytes becomes one of megabytes. So those that are left open often go, and where many could be open at once they lose their
    attributes, of which none is seen."""
    count = {name: opened.count(name) for name in formats}
    if sum(count.values()) * len(opened) > _MOST_OPENINGS:
        html = _DECORATED.sub(r"<\1>", html)
    closing = (html if len(opened) < _MANY else _ATTRIBUTED.sub("", html)).lower()  # closing tags can hide in attributes
    fewer = [name for name in formats if count[name] > closing.count(f"</{name}>")]
    loose = {name: left for name in fewer if (left := count[name] - len(re.findall(rf"</{name}[\s/>]", closing))) > 0}
    if sum(loose.values()) <= _LOOSE:
        return html
    return re.sub(rf"</?(?:{'|'.join(loose)})(?=[\s/>])[^>]*>", "", html, flags=re.I)


def _too_deep(html: str, most: int) -> bool:
    """Parsers take time that grows with the square of the depth: what nests absurdly is an attack or a wreck."""
    depth = opened = 0
    for found in _TAG.finditer(html):
        closing, name = found.groups()
        if name in _SHALLOW or name.lower() in _SHALLOW:
            continue
        if closing:
            depth = max(0, depth - 1)
        else:
            depth, opened = depth + 1, opened + 1
            if depth > most or opened > _MOST:
                return True
    return False


def _too_dear(html: str) -> bool:
    """The same of signs that are written as two bytes or as references, in a run of them that no tag breaks."""
    return any(len(_SIGNS.findall(run)) > _MOST_SIGNS for run in _LONG_RUN.findall(html))


def first_image(clean: str) -> str | None:
    """The address of the first picture in HTML that was made clean here."""
    return images.first(clean)
