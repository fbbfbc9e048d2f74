"""Images in strangers' HTML: the lazy ones made real, the ones that only count readers found out."""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape, unescape

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
_MARKS = ("data-", "srcset", "file", "oldsrc", "data:", "display", "width:", "height:", "width :", "height :")  # there may be work to do
_IMG = re.compile(r"""<[iI][mM][gG]\b(?:"[^"]*+"|'[^']*+'|[^'"<>]++)*+>""")
_ATTRIBUTE = re.compile(r"""([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+)))?""")
_TINY = re.compile(r"(?:^|;)\s*(?:max-)?(width|height)\s*:\s*[01](?:px)?\s*(?:!important)?\s*(?:;|$)|display\s*:\s*none", re.I)
_NOSCRIPT = re.compile(r"<noscript\b[^<>]*>((?:(?!</?noscript).)*+)</noscript\s*>", re.I | re.S)
# Hosts that count readers with images, by domain; where a domain has other images too, how the path of a counter begins.
_COUNTERS = {
    **dict.fromkeys(("feedsportal.com", "doubleclick.net", "google-analytics.com", "scorecardresearch.com", "quantserve.com"), ""),
    **dict.fromkeys(("pixel.wp.com", "stats.wordpress.com", "c.statcounter.com", "rss.buysellads.com"), ""),
    **dict.fromkeys(("tracking.feedpress.it", "tracking.feedpress.com", "tracking.feedpress.me"), ""),
    "feeds.feedburner.com": "~",
    "hm.baidu.com": "hm.gif",
    "medium.com": "_/stat",
    "blogger.googleusercontent.com": "tracker/",
    "feeds.wordpress.com": "1.0/",
}
_CLEAN_IMG = re.compile(r"<img(?: [a-z]+=\"[^\"]*\")*>")
_CLEAN_POSTER = re.compile(r"(<video(?: [a-z]+=\"[^\"]*\")*?) poster=\"[^\"]*\"")
_HOLLOW = re.compile(r"<(a|p|figure|center|span)(?: [a-z]+=\"[^\"]*\")*>\s*</\1>")
_CLEAN_SOURCE = re.compile(r" src=\"([^\"]+)\"")
_CLEAN_HOST = re.compile(r" src=\"(?:https?:)?//([^/?#\"]+)/?", re.I)
_ONE_PIXEL = re.compile(r"""\s(?:width|height)\s*=\s*["']?[01](?:px)?(?=["'\s/>])""", re.I)


def made_real(html: str) -> str:
    """Lazy images with their true address; images that are hidden or of one pixel by their style are gone."""
    return _IMG.sub(_real_image, html) if _marked("".join(_IMG.findall(html))) else html


def _marked(images: str) -> bool:
    folded = images.lower()
    for mark in _MARKS:  # noqa: SIM110 (twice as quick as any() for what every picture is asked)
        if mark in folded:
            return True
    return False


def noscript_opened(html: str) -> str:
    """``noscript`` opened or, where it only repeats an image, dropped."""
    outside = _NOSCRIPT.sub("", html)

    def opened(found: re.Match[str]) -> str:
        inside = found[1]
        addresses = [value for image in _IMG.findall(inside) if (value := _attributes(image).get("src"))]
        return "" if addresses and all(escape(address) in outside or address in outside for address in addresses) else inside

    return _NOSCRIPT.sub(opened, html)


def _real_image(found: re.Match[str]) -> str:
    image = found[0]
    if not _marked(image):
        return image
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


def without_counters(clean: str) -> str:
    """Canonical HTML (as nh3 writes it) without images of one pixel, of known counters, or without an address."""
    if "<img" not in clean or all(map(_is_picture, _CLEAN_IMG.findall(clean))):
        return clean
    return _CLEAN_IMG.sub(lambda image: image[0] if _is_picture(image[0]) else "", clean)


def without(clean: str) -> str:
    """Canonical HTML (as nh3 writes it) without any picture, stills of films included, and without what held nothing else."""
    if "<img" in clean:
        clean = _CLEAN_IMG.sub("", clean)
        while (less := _HOLLOW.sub("", clean)) != clean:
            clean = less
    return _CLEAN_POSTER.sub(r"\1", clean) if "poster=" in clean else clean


def _is_picture(image: str) -> bool:
    """It is there to be seen: has an address, is not of one pixel, and of no known counter."""
    host = _CLEAN_HOST.search(image)
    if host is None and _CLEAN_SOURCE.search(image) is None:
        return False
    if ('="0' in image or '="1' in image) and len(_ONE_PIXEL.findall(image)) > 1:
        return False
    counting = _counting(host[1]) if host else ()
    return not (host and counting and image.startswith(counting, host.end()))


@lru_cache(maxsize=256)
def _counting(host: str) -> tuple[str, ...]:
    """How the paths of counters begin at a host."""
    labels = host.lower().partition(":")[0].split(".")
    domains = (".".join(labels[at:]) for at in range(len(labels) - 1))
    return tuple(_COUNTERS[domain] for domain in domains if domain in _COUNTERS)


def first(clean: str) -> str | None:
    """The address of the first image in sanitised HTML, where all of them are pictures."""
    at = clean.find("<img")
    source = _CLEAN_SOURCE.search(clean, at) if at >= 0 else None
    return unescape(source[1]) if source else None
