"""The words of the pages in the reader's language.

The English text is the key, as gettext has it, and templates call `_` and `ngettext`: a translation catalogue can take this place
without a change to them. A text that has no translation is shown in English.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from werkzeug.datastructures import LanguageAccept

from aggregator.serve.chinese import CHINESE

LANGUAGES = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Words:
    """`language` is ours (``zh`` or ``en``), `tag` what ``<html lang>`` says (BCP 47)."""

    language: str
    tag: str
    texts: Mapping[str, str] = field(default_factory=dict)

    def gettext(self, message: str, **values: object) -> str:
        text = self.texts.get(message, message)
        return text % values if values else text

    def ngettext(self, one: str, many: str, count: int, **values: object) -> str:
        """Chinese has one form for every count: it is kept under the plural."""
        text = one if count == 1 else many
        return self.texts.get(many, text) % {"count": count, **values}


_ALL = {"zh": Words("zh", "zh-CN", CHINESE), "en": Words("en", "en")}


def native(language: str) -> str:
    """Our language for a site or entry language tag: Chinese for ``zh*``, English for all else."""
    return "zh" if language.lower().partition("-")[0] == "zh" else "en"


def choose(accepted: LanguageAccept, site_language: str) -> Words:
    """What the reader asks for, else what the site speaks."""
    own = native(site_language)
    offers = (own, *(language for language in LANGUAGES if language != own))  # the first wins a tie, and a bare *
    return _ALL[accepted.best_match(offers, default=own) or own]
