"""What the script of the embed shows, ready to be shown: its texts are in their language, so that every layout and every way of embedding
says the same, and the reader's browser has nothing to work out. In memory until the section is published anew; while the store cannot
answer, what is in memory stays up."""

from __future__ import annotations

from typing import NamedTuple

from flask import json

from aggregator.config import Section
from aggregator.errors import StoreError
from aggregator.records import Stamp
from aggregator.serve.answers import Packed
from aggregator.serve.newsstand import Newsstand
from aggregator.serve.surface import Card, Surface
from aggregator.serve.words import Words

LIMITS = (10, 20, 50)  # entries; the script asks for the next one up, so that few bodies serve all


class Poster(NamedTuple):
    """A body, and the seconds that it need not be asked for again."""

    body: Packed
    age: int


class Board:
    def __init__(self, surface: Surface, stand: Newsstand) -> None:
        self._surface, self._stand = surface, stand
        self._kept: dict[tuple[str, int, str], tuple[Stamp | None, Poster]] = {}

    def poster(self, section: Section, limit: int, words: Words, page: str) -> Poster:
        """`limit` is one of LIMITS, `page` where the section stands. Raises StoreError when it cannot be made and no older one is there."""
        key, stamp = (section.key, limit, words.tag), self._stand.stamp(section.key)
        kept = self._kept.get(key)
        if kept and stamp is not None and kept[0] == stamp:
            return kept[1]
        try:
            cards = self._surface.cards(self._surface.shelf.newest(section.key, limit), section, words)
            age = self._stand.age(section.key)
        except StoreError:
            if kept:
                return kept[1]
            raise
        told = self._told(section, cards, words, page)
        made = Poster(Packed(json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"), age)
        self._kept[key] = stamp, made
        return made

    def _told(self, section: Section, cards: list[Card], words: Words, page: str) -> dict[str, object]:
        _, site = words.gettext, self._surface.site
        title = section.title if section.title == site.title else f"{section.title} - {site.title}"
        more = _("More at") if cards else f"{_('There is nothing here yet.')} {_('More at')}"
        foreign = words.foreign(site.language)
        return {
            "lang": words.tag,
            "title": title,
            **({"title_lang": foreign} if foreign else {}),
            "page": page,
            "more": more,
            "entries": [_entry(card, words, site.language, self._surface.base) for card in cards],
        }


def _entry(card: Card, words: Words, usual: str, base: str) -> dict[str, object]:
    said = {
        "title": f"{card.prefix} {card.title}" if card.prefix else card.title,
        "lang": words.foreign(card.language or usual),
        "address": card.original or f"{base}/entries/{card.id}/",
        "summary": card.teaser if card.teaser != card.title else None,
        "image": card.image,
        "date": {"iso": card.moment.iso, "text": card.moment.text} if card.dated else None,
        "credit": [words.gettext("%(label)s: %(names)s", label=label, names=names) for label, names in card.credit] or [card.source_title],
    }
    return {name: value for name, value in said.items() if value}
