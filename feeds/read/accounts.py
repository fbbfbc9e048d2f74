"""Platforms where accounts publish: the name that stands there as an author's does elsewhere is an account's, and that is the source.

Who wrote a text is named by its signature, there as everywhere.
"""

from __future__ import annotations

import re

from feeds.clean.labels import BUTTONS, NOBODY, folded

# 百家号, 头条号, 搜狐号, 网易号, 企鹅号, 新浪看点, 大鱼号, 一点号, 快传号, 东方号
_PLATFORM = re.compile(
    r"https?://(?:baijiahao\.baidu\.com|mbd\.baidu\.com|(?:www\.|m\.)?toutiao\.com|(?:www\.|m\.)?sohu\.com/a|(?:www|m|3g)\.163\.com/dy"
    r"|dy\.163\.com|(?:new|view\.inews|page\.om)\.qq\.com/(?:omn|rain|a)|kuaibao\.qq\.com|k\.sina\.(?:com\.)?cn|mparticle\.uc\.cn"
    r"|(?:www\.)?yidianzixun\.com/article|www\.360kuai\.com|mini\.eastday\.com)/",
    re.I,
)
_BADGE = re.compile(r"^(?:原创|优质)\s*")
_NAME = re.compile(r"[\w·&+!~-]{1,20}(?: [\w·&+!~-]{1,20}){0,2}")


def hosts(url: str) -> bool:
    """Is this the address of an account's text on a platform?"""
    return _PLATFORM.match(url) is not None


def name(text: str) -> str | None:
    """The name of an account in what stands where one can stand, without the badge before it (原创); None for buttons and counters."""
    found = _NAME.fullmatch(_BADGE.sub("", text.strip()))
    said = found[0] if found else ""
    flat = folded(said)
    if len(said) < 2 or flat in NOBODY or flat.isdigit() or any(flat.startswith(button) for button in BUTTONS):
        return None
    return said
