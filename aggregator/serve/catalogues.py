"""The translations of the pages: each ``templates/translations/<tag>.po`` is a language, English is the texts themselves.

They are read when the application is made, straight from what translators write: nothing to compile, and nothing that can be forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, g, request
from flask_babel import Babel, Domain

from aggregator.serve.words import ENGLISH, Words, choose, nearest

# Written as most of the world writes English: the day before the month, the clock to 24.
_LOCALES = {ENGLISH: "en_GB"}


def read(folder: Path) -> dict[str, Words]:
    """Tag -> its words, English first."""
    found: dict[str, NullTranslations] = {ENGLISH: NullTranslations()}
    found |= {path.stem: _translations(path) for path in sorted(folder.glob("*.po"))}
    return {tag: Words(tag, Locale.parse(_LOCALES.get(tag, tag).replace("-", "_")), texts) for tag, texts in found.items()}


def _translations(path: Path) -> Translations:
    with path.open("rb") as file:
        catalogue = read_po(file, locale=path.stem.replace("-", "_"), abort_invalid=True)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)


class _Texts(Domain):  # type: ignore[misc]  # the library says nothing of its types
    def get_translations(self) -> NullTranslations:
        words: Words = g.words
        return words.translations


class _Babel(Babel):  # type: ignore[misc]
    domain_instance = _Texts()


def install(app: Flask, languages: Mapping[str, Words], own: str) -> None:
    """Give each request its `g.words`, and the templates their ``_`` and ``ngettext``; `own` is the language of the site.

    A reader's choice is `g.chosen`: it goes along in every link of that page (``?lang=``), so no cookie has to keep it."""
    _Babel(app, locale_selector=lambda: g.words.locale)

    @app.before_request
    def listen() -> None:
        asked = request.args.get("lang")
        g.chosen = nearest(asked, tuple(languages)) if asked else None
        g.words = languages[g.chosen or choose(request.accept_languages, own, tuple(languages))]

    @app.url_defaults
    def carry(endpoint: str, values: dict[str, object]) -> None:
        if (endpoint.startswith("pages.") or endpoint in ("embed.builder", "api.page")) and g.get("chosen"):
            values.setdefault("lang", g.chosen)
