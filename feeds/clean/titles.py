"""What stands in a headline and is no part of it."""

from __future__ import annotations

import re

_PREFIX = re.compile(r"^(?P<prefix>(?:\[[^\]]{1,8}\]|【[^】]{1,10}】|〔[^〕]{1,8}〕|［[^］]{1,8}］)+|[^\s|丨｜]{2,8}\s*[|丨｜])\s*(?=\S)")


def prefix(title: str) -> str | None:
    """What stands before a headline: ``[视频]``, ``【党建】``, ``海报 |``."""
    found = _PREFIX.match(title)
    return found["prefix"].strip() if found else None
