from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from aggregator.records import SourceState
from aggregator.serve.catalogues import read
from aggregator.serve.health import report

AT = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
ENGLISH = read(Path(__file__).parents[2] / "templates/translations")["en"]


@pytest.mark.parametrize(
    ("kind", "text", "told"),
    [
        ("Refusing", "the server refused (406)", "the server refused (406)"),
        ("Unreachable", "refused by https://user:secret@sq.example:443", "refused by https://sq.example:443"),
        ("Missing", "there is no file /home/desk/mirror/list.html", None),
    ],
)
def test_the_public_page_says_of_an_error_what_is_of_the_source(kind: str, text: str, told: str | None) -> None:
    state = SourceState(key="s", enrolled=True, entries=1, pulled_at=AT, next_pull_at=AT, failures=1, error_kind=kind, error_text=text)
    assert report(state, None, ENGLISH).detail == told
