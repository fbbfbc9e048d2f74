"""Credit lines as sites write them (`signatures.yaml`): what each states, in full, of the facts that name somebody or something."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from feeds.clean.byline import Byline, parse

ROWS = yaml.safe_load((Path(__file__).parent / "signatures.yaml").read_text(encoding="utf-8"))
PEOPLE = ("authors", "reporters", "correspondents", "editors", "duty_editors", "reviewers", "photographers")
FACTS = ("source", "publisher", *PEOPLE, "original_title", "original_url", "agency")


def facts(found: Byline) -> dict[str, object]:
    stated = {name: getattr(found, name) for name in FACTS if getattr(found, name)}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in stated.items()}


@pytest.mark.parametrize("row", [row for row in ROWS if "unread" not in row], ids=lambda row: row["line"])
def test_what_each_states(row):
    assert facts(parse(row["line"])) == {name: row[name] for name in FACTS if name in row}


@pytest.mark.parametrize("row", [row for row in ROWS if "unread" in row], ids=lambda row: row["line"])
def test_what_is_not_read_states_nothing_else(row):
    assert facts(parse(row["line"])) == {}


def test_the_table_is_large_and_its_rows_are_well_formed():
    assert len(ROWS) > 200
    assert len({row["line"] for row in ROWS}) == len(ROWS)
    assert all(set(row) <= {"line", "unread", *FACTS} for row in ROWS)
