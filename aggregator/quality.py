"""Is this the article, or what stood in its place? A pure decision about each entry that was read, made before it is kept.

A reading that fails is held back with its reason and shown nowhere; where a good one is kept already, that one stays as it is. A later good
reading releases what was held (`aggregator.store.record`). What an editor held or released stays as the editor left it.

What feeds state themselves is not doubted, but for failure texts in place of a body: short items are what many feeds are.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median

from msgspec import structs

from aggregator.records import Placed
from feeds.clean import notices
from feeds.clean.text import plain
from feeds.records import Entry

SHORT = 20  # characters of a text without pictures that are no article
NOTICE = 160  # characters of a text that can be nothing but a notice
LINKS = 5  # links, and the share of the letters that stand in them, that make a list
LINKED = 0.6
SAME = 3  # articles of different headlines with one text
HABIT = 8  # kept articles that make a habit
FAR = 0.05  # of the usual length
USUAL = 400  # characters; of what is shorter nothing is far

_LINK = re.compile(r"<a\b[^>]*>(.*?)</a\s*>", re.I | re.S)
_MEDIA = re.compile(r"<(?:img|video|audio|iframe|picture|embed|source)\b", re.I)
_SHOWN = re.compile(
    r"\W*(?:视频|視頻|影片|直播|组?图[解集片说]?|圖片?|海报|海報|音频|漫画|长卷|H5|video|photos?|gallery|podcast|live)\s*[\]】）)|丨｜:：]",
    re.I,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gated:
    """Entries as they are to be kept, and what was found wrong, in words for the operator."""

    placed: tuple[Placed, ...]
    notes: tuple[str, ...] = ()

    @property
    def held(self) -> tuple[Placed, ...]:
        return tuple(one for one in self.placed if one.held)


class Reading:
    """What is asked of an entry; each fact is worked out once, and only when it is asked for."""

    def __init__(self, entry: Entry) -> None:
        self.entry = entry

    @cached_property
    def html(self) -> str:
        content = self.entry.content
        return content.value if content else ""

    @cached_property
    def text(self) -> str:
        content = self.entry.content or self.entry.summary  # of another site's article only the beginning is kept, as its summary
        return "" if content is None else plain(content.value) if content.type == "html" else content.value

    @property
    def extracted(self) -> bool:
        """Was it read from an article page? Only those bring evidence; stubs and the items of feeds state what they state."""
        return any(each.field == "title" for each in self.entry.credit.evidence)

    @property
    def shows(self) -> bool:
        """Is there something else than text to it: pictures, a film, a file?"""
        entry = self.entry
        return bool(entry.enclosures or entry.image or _MEDIA.search(self.html) or _SHOWN.match(entry.title))


def gate(placed: Sequence[Placed], recent: Sequence[Entry], known: Collection[str]) -> Gated:
    """`recent` are the newest shown entries of the source, `known` the uids that are kept of it. Nothing in the order changes."""
    readings = [Reading(one.entry) for one in placed]
    habit = [Reading(entry) for entry in recent if entry.uid not in {one.entry.uid for one in placed}]
    repeated = _repeated(reading for reading in (*readings, *habit) if reading.extracted)
    kept: list[Placed] = []
    notes: list[str] = []
    for one, reading in zip(placed, readings, strict=True):
        why = _why(reading, habit, repeated)
        if why is None:
            kept.append(one)
        elif one.entry.uid in known:
            notes.append(f"{_name(one.entry)} stays as it was: {why}")
        else:
            kept.append(structs.replace(one, held=why))
            notes.append(f"{_name(one.entry)} is held back: {why}")
    return Gated(placed=tuple(kept), notes=tuple(notes))


def _why(reading: Reading, habit: Sequence[Reading], repeated: Collection[str]) -> str | None:
    """Why this cannot be the article, None when it can."""
    if 0 < len(reading.html) < NOTICE * 10 and len(reading.text) <= NOTICE and (notice := notices.find(reading.text)):
        # What a feed states is a notice only when it says nothing else: a status page reports that a service is unavailable.
        room = NOTICE if reading.extracted else 0 if notice.words.isascii() else 3 * len(notice.words)
        if len(reading.text) <= room:
            return f"a notice stands in the place of its text: {notice.words}"
    if not reading.extracted:
        return None
    if len(reading.text) < SHORT and not reading.shows and not _so_short(habit):
        return f"its text is too short ({len(reading.text)} characters, and nothing else is there)"
    linked = [plain(each) for each in _LINK.findall(reading.html)]
    if len(linked) >= LINKS and sum(map(len, linked)) > LINKED * len(reading.text):
        return f"its text is mostly links ({len(linked)} of them)"
    if reading.text in repeated:
        return "its text is the same as that of other articles"
    return _unlike(reading, [each for each in habit if each.extracted])


def _unlike(reading: Reading, habit: Sequence[Reading]) -> str | None:
    """How it differs from what the source has always brought."""
    if len(habit) < HABIT:
        return None
    usual = median(len(each.text) for each in habit)
    if usual >= USUAL and len(reading.text) < FAR * usual and not reading.shows:
        return f"its text is far shorter ({len(reading.text)} characters) than is usual here ({usual:.0f})"
    # Each alone may be missing once; a page that has none of what every other had was not read by the template that it is made of.
    dated = all(each.entry.published for each in habit) and not reading.entry.published
    credited = all(each.entry.credit.source for each in habit) and not (reading.entry.credit.source or reading.entry.contributors)
    if dated and credited:
        return "it has neither a date nor a source, and all articles before it had both"
    return None


def _so_short(habit: Sequence[Reading]) -> bool:
    """Are articles without text what this source often has?"""
    return len(habit) >= HABIT and sum(len(each.text) < SHORT for each in habit) * 5 >= len(habit)


def _repeated(readings: Iterable[Reading]) -> frozenset[str]:
    """Texts that stand under several headlines: a banner, a declaration, a side column taken for the body."""
    headlines = {(reading.text, reading.entry.title) for reading in readings if len(reading.text) >= SHORT}
    return frozenset(text for text, times in Counter(text for text, _ in headlines).items() if times >= SAME)


def _name(entry: Entry) -> str:
    return f"“{entry.title[:40]}”" if entry.title else entry.uid
