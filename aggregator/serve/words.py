"""The words of the pages in the reader's language, and which language that is.

The English text is the key, as gettext has it. A text that has no translation is shown in English.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from babel import Locale
from babel.support import NullTranslations

ENGLISH = "en"


def mark(message: str) -> str:
    """Says that `message` is translated where it is used, so that the catalogues have it; a table's texts are marked so."""
    return message


@dataclass(frozen=True, slots=True)
class Words:
    """One language: `tag` is what ``<html lang>`` says (BCP 47), `locale` how dates are written in it."""

    tag: str
    locale: Locale
    translations: NullTranslations

    def gettext(self, message: str, **values: object) -> str:
        text: str = self.translations.ugettext(message)
        return text % values if values else text

    def ngettext(self, one: str, many: str, num: int, **values: object) -> str:
        text: str = self.translations.ungettext(one, many, num)
        return text % {"num": num, **values}

    @property
    def name(self) -> str:
        """The language as its own readers call it."""
        return self.locale.language_name or self.tag

    def foreign(self, stated: str | None) -> str | None:
        """The language of a text where it is not that of the page, for its ``lang``; None where the page's own will do."""
        if not stated or same(stated, self.tag) or (primary(stated) == primary(self.tag) and "-" not in self.tag):
            return None
        return stated


def primary(tag: str) -> str:
    return tag.lower().replace("_", "-").partition("-")[0]


def same(one: str, other: str) -> bool:
    """Two tags for one language; a bare one stands for any of its kind."""
    one, other = one.lower(), other.lower()
    return one == other or (primary(one) == primary(other) and (one == primary(one) or other == primary(other)))


def choose(accepted: Iterable[tuple[str, float]], own: str, tags: Sequence[str]) -> str:
    """The one of `tags` to show: what the reader accepts best, else what the site speaks, else English.

    `accepted` are languages with their qualities, the best first (RFC 9110 §12.5.4). One whose kind alone is there will do: who reads
    ``zh-TW`` is better served with ``zh-CN`` than with their second choice."""
    home = nearest(own, tags) or ENGLISH
    for tag, quality in accepted:
        if tag == "*":
            return home
        if quality > 0 and (found := nearest(tag, tags)):
            return found
    return home


def nearest(tag: str, tags: Sequence[str]) -> str | None:
    """That one of `tags`, or one of its kind."""
    exact = next((each for each in tags if each.lower() == tag.lower()), None)
    return exact or next((each for each in tags if primary(each) == primary(tag)), None)
