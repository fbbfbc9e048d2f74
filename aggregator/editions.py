"""What a revision changes, and whether readers are to be told: a pure decision.

    title, text, credit      count: they move `updated` (RFC 4287 §4.2.15), and make a new edition
    all the rest             is kept without it: blanks, markup, tracking parameters, where pictures lie, how often it was read

A correction is more than an edition: something that was stated is stated no longer. A text that only grew, a credit that was only
filled in, corrects nothing. Two versions are compared like with like: a feed that begins to carry whole texts where it had summaries
has not revised what it says.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from feeds.clean.text import plain
from feeds.records import Content, Entry

SIGNIFICANT = ("title", "text", "credit")

_IDENTITY = frozenset({"uid", "id", "fingerprint"})
_COUNTED = r"阅读|閱讀|浏览|瀏覽|点击|點擊|访问|訪問|查看|点赞|點讚|评论|評論|转发|轉發|收藏|分享|播放|在看"
_UNITS = "views?|reads?|hits|clicks|comments?|likes?|shares?|plays"
# Each counter names what it counts; most texts name nothing of the kind, and are not looked through for numbers.
_NAMED = (*_COUNTED.split("|"), "view", "read", "hits", "click", "comment", "like", "share", "play", "前", "ago")
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»「」『』", '"') | dict.fromkeys("‘’‚‛`´", "'"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """`changed` names the fields of the entry that differ; `significant` those of `SIGNIFICANT` that did; `corrected` those of them in
    which something stated was taken back."""

    changed: tuple[str, ...] = ()
    significant: tuple[str, ...] = ()
    corrected: tuple[str, ...] = ()


def compare(before: Entry, after: Entry) -> Revision:
    """The revision that makes `after` of `before`."""
    changed = tuple(name for name in Entry.__struct_fields__ if name not in _IDENTITY and getattr(before, name) != getattr(after, name))
    verdicts = {"title": _title(before, after), "text": _text(before, after), "credit": _credit(before, after)}
    return Revision(
        changed=changed,
        significant=tuple(name for name in SIGNIFICANT if verdicts[name] is not None),
        corrected=tuple(name for name in SIGNIFICANT if verdicts[name]),
    )


def note(corrected: tuple[str, ...], language: str, day: str) -> str:
    """The mark that readers see: ``Corrected (2026-03-04): title``."""
    if language.lower().partition("-")[0] == "zh":
        return f"更正（{day}）：{'、'.join(_CHINESE[name] for name in corrected)}"
    return f"Corrected ({day}): {', '.join(corrected)}"


_CHINESE = {"title": "标题", "text": "正文", "credit": "署名"}


# Each says None for nothing that counts, False for news, True for a correction.


def _title(before: Entry, after: Entry) -> bool | None:
    was, now = _said(before.title), _said(after.title)
    return None if was == now else bool(was)


def _text(before: Entry, after: Entry) -> bool | None:
    for was, now in ((before.content, after.content), (before.summary, after.summary)):
        if _has(was) and _has(now):
            return _longer(_words(was), _words(now))
    had = _has(before.content) or _has(before.summary)
    has = _has(after.content) or _has(after.summary)
    return False if has and not had else None


def _longer(was: str, now: str) -> bool | None:
    """A text that goes on, or whose beginning was given before with an ellipsis, takes nothing back."""
    if was == now:
        return None
    return not now.startswith(was.rstrip(".…"))


def _credit(before: Entry, after: Entry) -> bool | None:
    was, now = _credited(before), _credited(after)
    return None if was == now else bool(was - now)


def _credited(entry: Entry) -> set[tuple[str, str]]:
    stated = entry.credit
    named = [(name, getattr(stated, name)) for name in ("source", "agency", "original_title")]
    named += [("chain", link) for link in stated.chain]
    named += [(person.role.value, person.name) for person in entry.people]
    return {(role, _said(name)) for role, name in named if name}


def _has(content: Content | None) -> bool:
    return content is not None and bool(content.value.strip())


def _words(content: Content | None) -> str:
    if content is None:
        return ""
    return _said(plain(content.value) if content.type == "html" else content.value)


def _said(text: str) -> str:
    """What a text says, whatever its blanks, its quotation marks, the width of its characters and its counters."""
    text = unicodedata.normalize("NFKC", text).translate(_QUOTES)
    if _names_a_counter(text.lower()):
        text = _counters().sub("", text)
    return "".join(text.split())


def _names_a_counter(folded: str) -> bool:
    return any(name in folded for name in _NAMED)


@cache
def _counters() -> re.Pattern[str]:
    """What changes by itself, and is no word of the text: counters with their numbers, times that count from now."""
    # Begun only where a run of digits begins, and never tried twice: strangers send runs as long as they like.
    number = r"(?<![\d,.])\d[\d,.]*+(?:\s?(?:万|亿|[wk](?![a-z])))?+\+?+"
    return re.compile(
        rf"(?:{_COUNTED})(?:量|数|數|次数|次數|人数|人數)?\s*+[:(]?+\s*+{number}(?:\s?[次人]|(?![\u4e00-\u9fff]))\)?"
        rf"|\b(?:{_UNITS})\s*+[:(]\s*+{number}\)?"
        r"|(?<!\d)\d++\s*+(?:(?:秒|分钟|分鐘|小时|小時|天)前|(?:second|minute|hour|day)s?\s+ago)"
        rf"|{number}\s?(?:次?\s?(?:{_COUNTED})|(?:{_UNITS})\b)",
        re.IGNORECASE,
    )
