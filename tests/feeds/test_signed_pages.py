"""A corpus of article pages, a file each: what stands in the comment before the page is what a reader must find on it, and nothing more.

The texts are invented; the markup and the wording of the credits are those of the publishing systems that the names tell. What the
comment leaves out must be absent: no source, nobody who signs, edits or reviews.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml

from feeds.clean.text import plain
from feeds.read.article import read_article
from feeds.records import Document, Entry, Hints, Role

PAGES = Path(__file__).parent.parent / "pages" / "signed"


def opened(path: Path) -> tuple[dict[str, object], Document]:
    told, _, html = path.read_text(encoding="utf-8").removeprefix("<!--").partition("-->\n")
    truth = yaml.load(told, Loader=yaml.BaseLoader)
    charset = truth.get("charset", "utf-8")
    return truth, Document(url=truth["url"], body=html.encode(charset), content_type="text/html")


def _moment(stated: str | None, zone: str) -> datetime | None:
    at = datetime.fromisoformat(stated) if stated else None
    return at.replace(tzinfo=ZoneInfo(zone)) if at and at.tzinfo is None else at


def _people(entry: Entry, *roles: Role) -> list[str]:
    return [each.name for each in entry.people if each.role in roles]


def found(entry: Entry) -> dict[str, object]:
    said = plain(entry.content.value) if entry.content else ""
    return {
        "title": entry.title,
        "prefix": entry.title_prefix,
        "published": entry.published,
        "precision": entry.precision.value if entry.precision else None,
        "source": entry.credit.source,
        "chain": list(entry.credit.chain),
        "agency": entry.credit.agency,
        "original_title": entry.credit.original_title,
        "authors": _people(entry, Role.AUTHOR, Role.REPORTER),
        "correspondents": _people(entry, Role.CORRESPONDENT),
        "editors": _people(entry, Role.EDITOR, Role.DUTY_EDITOR),
        "reviewers": _people(entry, Role.REVIEWER),
        "column": entry.column,
        "body": said,
    }


# Stated on few pages; asked for only where the truth names them.
_IF_TOLD = ("prefix", "chain", "agency", "column", "correspondents", "original_title")


@pytest.mark.parametrize("path", sorted(PAGES.glob("*.html")), ids=lambda path: path.stem)
def test_what_a_page_states(path: Path) -> None:
    truth, document = opened(path)
    got = found(read_article(document, Hints(timezone=truth.get("timezone", "Asia/Shanghai"), name=truth.get("name"))))
    want: dict[str, object] = {
        "title": truth["title"],
        "published": _moment(truth.get("published"), truth.get("timezone", "Asia/Shanghai")),
        "precision": truth.get("precision"),
        "source": truth.get("source"),
        "authors": truth.get("authors", []),
        "editors": truth.get("editors", []),
        "reviewers": truth.get("reviewers", []),
    }
    want |= {name: None if truth[name] == "null" else truth[name] for name in _IF_TOLD if name in truth}
    assert {name: got[name] for name in want} == want
    body = str(got["body"])
    assert body.startswith(truth.get("starts", "")), body[:60]
    assert body.endswith(truth.get("ends", "")), body[-60:]
    assert [words for words in truth.get("without", []) if words in body] == []
