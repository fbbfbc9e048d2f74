"""A text as the terms that a search looks for, and a question as what to look for.

Chinese, Japanese and Korean are written without spaces, so each pair of neighbouring characters is a term: 志愿服务 holds 志愿 愿服 服务,
and two characters, the length of most Chinese words, are found as surely as ten. The last character of a run is a term of its own, so that
one character finds every place where it stands (as the beginning of a term). All else is words. Case, width and accents do not count.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

_DENSE = "\u3005\u3007\u3040-\u30ff\u3105-\u312f\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_RUN = re.compile(rf"([{_DENSE}]+)|([^\W_{_DENSE}]+)")
LONGEST = 40  # characters of a word that count
MOST = 8  # phrases of a question; more tell no more
SHORT = 3  # a word of so many letters finds longer ones that begin with it


@dataclass(frozen=True, slots=True)
class Phrase:
    """What must stand in a text: `terms` one after the other; where `begins`, the last may go on. `text` is what the reader wrote."""

    terms: tuple[str, ...]
    begins: bool
    text: str


def terms(text: str) -> Iterator[str]:
    """The terms of a text in their order."""
    for dense, word in _runs(text):
        if dense:
            yield from (dense[at : at + 2] for at in range(len(dense)))
        else:
            yield _plain(word)


def asked(question: str) -> tuple[Phrase, ...]:
    """The phrases of a question, all of which must be found; none when it names nothing that can be looked for."""
    found: dict[tuple[str, ...], Phrase] = {}
    for dense, word in _runs(question):
        if dense:
            pairs = tuple(dense[at : at + 2] for at in range(len(dense) - 1)) or (dense,)
            phrase = Phrase(pairs, len(dense) == 1, dense)
        else:
            phrase = Phrase((_plain(word),), len(word) >= SHORT, word)
        found.setdefault(phrase.terms, phrase)
    return tuple(found.values())[:MOST]


def _runs(text: str) -> Iterator[tuple[str, str]]:
    for match in _RUN.finditer(unicodedata.normalize("NFKC", text).casefold()):
        yield match[1] or "", match[2] or ""


def _plain(word: str) -> str:
    if not word.isascii():
        word = "".join(each for each in unicodedata.normalize("NFD", word) if not unicodedata.combining(each))
    return word[:LONGEST]
