"""The one sanitiser: strangers' HTML -> HTML that may stand in our feeds and on our pages.

An allow-list kept by nh3 (a real HTML parser); links become absolute; lazy images are made real first, so that they survive; images
that only count readers are dropped. The output is stable: sanitising it again changes nothing.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape, unescape
from urllib.parse import urlsplit

import nh3

from feeds.clean import text as plain_text

VERSION = 1
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
    "blockquote": {"cite"},
    "q": {"cite"},
    "del": {"cite", "datetime"},
    "ins": {"cite", "datetime"},
    "details": {"open"},
}
_SCHEMES = frozenset({"http", "https", "mailto"})

# Where sites that load images late keep the true address, the likeliest first.
_LAZY = (
    "data-src",
    "data-original",
    "data-lazy-src",
    "data-actualsrc",
    "data-original-src",
    "data-lazyload",
    "data-lazy",
    "data-echo",
    "data-url",
    "file",
    "oldsrc",
    "zoomfile",
)
_NEEDS_WORK = re.compile(
    r"""\bdata-(?:src|original|lazy|actual|echo|url)|\bsrcset\b|\b(?:zoom)?file\s*=|\bsrc\s*=\s*["']?data:|style\s*=[^>]{0,200}?\b(?:width|height)\s*:\s*[01](?:px)?\b|<noscript""",
    re.I,
)
_IMG = re.compile(r"""<img\b(?:"[^"]*+"|'[^']*+'|[^'"<>])*+>""", re.I)
_ATTRIBUTE = re.compile(r"""([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+)))?""")
_TINY = re.compile(r"(?:^|;)\s*(?:max-)?(width|height)\s*:\s*[01](?:px)?\s*(?:!important)?\s*(?:;|$)|display\s*:\s*none", re.I)
_NOSCRIPT = re.compile(r"<noscript\b[^<>]*>((?:(?!</?noscript).)*+)</noscript\s*>", re.I | re.S)
_COUNTERS = re.compile(
    r"^(?:https?:)?//(?:[\w.-]+\.)?(?:feeds\.feedburner\.com/(?:~r|~ff)/|feedsportal\.com/|doubleclick\.net/|google-analytics\.com/|pixel\.wp\.com/|stats\.wordpress\.com/|"
    r"scorecardresearch\.com/|quantserve\.com/|pixel\.quantserve|hm\.baidu\.com/hm\.gif|c\.statcounter\.com/|tracking\.feedpress\.\w+/|rss\.buysellads\.com/|"
    r"medium\.com/_/stat\?|blogger\.googleusercontent\.com/tracker/|feeds\.wordpress\.com/1\.0/(?:comments|categories|tags|delicious|stumble|digg|reddit|gocomments)/)",
    re.I,
)

# What nh3 writes is canonical: lower case, double quotes. These see only that.
_CLEAN_IMG = re.compile(r"<img(?: [a-z]+=\"[^\"]*\")*>")
_ONE_PIXEL = re.compile(r"""\s(?:width|height)\s*=\s*["']?[01](?:px)?(?=["'\s/>])""", re.I)
# Not those that are void or close themselves: they cannot nest without others that are counted.
_OPEN_CLOSE = re.compile(r"<(/?)(?!/?(?:p|br|hr|img|li|d[dt]|t[dhr]|r[bpt]|input|link|meta|col|wbr|source|option)\b)[A-Za-z]", re.I)
# Elements with rules of their own, and those that are unwrapped: what is left may parse differently the next time.
_HARMLESS = {"picture", "input", "link", "meta", "iframe", "script", "style"}
_RISKY = re.compile(
    rf"<(?:table|t[rdh]|ruby|noscript|nobr|caption|audio|video)\b|</?(?!(?:{'|'.join(sorted({*_TAGS, *_HARMLESS}))})[\s/>])[a-z]", re.I
)
_PRE_BREAK = re.compile(r"(<pre[^>]*>)\n+")
_DEEPEST = 600
_MOST = 25_000  # elements: closing tags hidden in attributes can fool a count, so that too is bounded
_LARGEST = 4_000_000  # characters


def sanitise(html: str, base: str | None) -> str:
    """Safe HTML with absolute links (seen from `base`; without one, relative links lose their address)."""
    html = plain_text.legal(html)
    if "<" not in html and "&" not in html and ">" not in html:
        return html.strip()
    if len(html) > _LARGEST or _too_deep(html):
        return escape(plain_text.plain(html), quote=False)
    if _NEEDS_WORK.search(html):
        html = _real(html)
    cleaner = _cleaner(base or "")
    clean = _tidied(cleaner.clean(html))
    if not _RISKY.search(html):
        return clean
    for _ in range(4):
        again = _tidied(cleaner.clean(clean))
        if again == clean:
            return clean
        clean = again
    return escape(plain_text.plain(clean), quote=False)  # markup that never comes to rest is not worth the risk


@lru_cache(maxsize=64)
def _cleaner(base: str) -> nh3.Cleaner:
    try:
        return _built(("rewrite_with_base", base) if urlsplit(base).scheme in ("http", "https") else "deny")
    except ValueError:  # an address that cannot be one
        return _built("deny")


def _built(relative: nh3.UrlRelative) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=_TAGS,
        clean_content_tags=_SILENT,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        url_relative=relative,
        link_rel="noopener noreferrer",
        set_tag_attribute_values={"audio": {"controls": ""}, "video": {"controls": ""}},
    )


def _too_deep(html: str) -> bool:
    """Parsers take time that grows with the square of the depth: what nests absurdly is an attack or a wreck."""
    if html.count("<") <= _DEEPEST:
        return False
    depth = deepest = opened = 0
    for found in _OPEN_CLOSE.finditer(html):
        if found[1]:
            depth = max(0, depth - 1)
        else:
            depth, opened = depth + 1, opened + 1
            deepest = max(deepest, depth)
    return deepest > _DEEPEST or opened > _MOST


def _real(html: str) -> str:
    """Lazy images with their true address, plain counters gone, ``noscript`` opened or, where it repeats an image, dropped."""
    html = _IMG.sub(_real_image, html)
    if "<noscript" not in html.lower():
        return html
    outside = _NOSCRIPT.sub("", html)

    def opened(found: re.Match[str]) -> str:
        inside = found[1]
        addresses = [value for image in _IMG.findall(inside) if (value := _attributes(image).get("src"))]
        return "" if addresses and all(escape(address) in outside or address in outside for address in addresses) else inside

    return _NOSCRIPT.sub(opened, html)


def _real_image(found: re.Match[str]) -> str:
    image = found[0]
    attributes = _attributes(image)
    if _TINY.search(attributes.get("style", "")):
        return ""
    address = next((value for name in _LAZY if (value := attributes.get(name, "").strip()) and not value.startswith("data:")), None)
    if address is None:
        address = attributes.get("src", "").strip()
        if not address or address.startswith("data:"):
            address = _largest(attributes.get("data-srcset") or attributes.get("srcset") or "")
    kept = "".join(f' {name}="{escape(attributes[name])}"' for name in ("alt", "title", "width", "height") if name in attributes)
    return f'<img src="{escape(address)}"{kept}>' if address else ""


def _attributes(tag: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, double, single, bare in _ATTRIBUTE.findall(tag[4:]):
        found.setdefault(name.lower(), unescape(double or single or bare))
    return found


def _largest(srcset: str) -> str | None:
    """The widest candidate of a ``srcset``, but none beyond what an article needs."""
    best: tuple[float, str] | None = None
    for candidate in re.split(r",\s+|,(?=https?:|/)", srcset.strip()):
        address, _, size = candidate.strip().partition(" ")
        number = re.match(r"[\d.]+", size.strip())
        width = float(number[0]) if number and number[0].count(".") < 2 and number[0] != "." else 1.0
        if address and not address.startswith("data:") and (best is None or best[0] < width <= 2000):
            best = (width, address.rstrip(","))
    return best[1] if best else None


def _tidied(clean: str) -> str:
    """What a list of allowed tags cannot say; sees nh3's canonical form only."""
    if "<img" in clean:
        clean = _CLEAN_IMG.sub(_kept_image, clean)
    if "<pre" in clean:
        clean = _PRE_BREAK.sub(r"\1", clean)  # a parser drops the first break in a pre, each time anew
    return clean.strip()


def _kept_image(found: re.Match[str]) -> str:
    image = found[0]
    if " src=" not in image or (_ONE_PIXEL.search(image) and len(_ONE_PIXEL.findall(image)) == 2):
        return ""
    source = _attributes(image).get("src", "")
    return "" if not source or _COUNTERS.match(source) else image


def first_image(html: str) -> str | None:
    """The address of the first image that is a picture: not a data URI, not a counter."""
    if "<img" not in html and "<IMG" not in html:
        return None
    for image in _IMG.findall(html):
        source = _attributes(_real_image_tag(image)).get("src", "").strip()
        if source and not source.startswith("data:") and not _COUNTERS.match(source) and len(_ONE_PIXEL.findall(image)) < 2:
            return source
    return None


def _real_image_tag(image: str) -> str:
    return _IMG.sub(_real_image, image) if _NEEDS_WORK.search(image) else image
