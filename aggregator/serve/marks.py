"""What was looked for, shown in what was found: the piece of a text around it, and the words themselves in ``<mark>``."""

from __future__ import annotations

import re
from collections.abc import Sequence

from markupsafe import Markup, escape

from feeds.clean.terms import Phrase
from feeds.clean.text import excerpt

BEFORE = 40  # characters that lead to the first word found


def pattern(phrases: Sequence[Phrase]) -> re.Pattern[str] | None:
    """Where the words stand in a text as people wrote it; None when there is nothing to mark."""
    # A word goes on to its end, and begins where no other does; what is written without spaces stands anywhere.
    parts = [rf"(?<![^\W_]){re.escape(each.text)}\w*" if each.text.isascii() else re.escape(each.text) for each in phrases]
    return re.compile("|".join(sorted(parts, key=len, reverse=True)), re.IGNORECASE) if parts else None


def around(text: str, words: re.Pattern[str] | None, limit: int) -> str:
    """The piece of `text` in which the first of them stands; its beginning where none does, or where that shows it anyway."""
    found = words.search(text) if words else None
    if found is None or found.end() <= limit // 2:
        return excerpt(text, limit)
    start = max(0, found.start() - BEFORE)
    return ("…" if start else "") + excerpt(text[start:], limit)


def marked(text: str, words: re.Pattern[str] | None) -> Markup:
    """`text` as markup, escaped, with the words marked."""
    if words is None:
        return escape(text)
    pieces, at = [], 0
    for found in words.finditer(text):
        pieces += [escape(text[at : found.start()]), Markup("<mark>{}</mark>").format(found[0])]
        at = found.end()
    return Markup("").join([*pieces, escape(text[at:])])
