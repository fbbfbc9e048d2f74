"""Publishing systems, a list and an article of each: what stands in ``tests/pages/families/truth.yaml`` is what is found, and nothing else.

The texts are invented; the markup is that of the system which the name of the file tells.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from feeds.clean.text import plain
from feeds.read import read
from feeds.read.article import read_article
from feeds.records import Document, Hints, ListSelectors, Role

PAGES = Path(__file__).parent.parent / "pages" / "families"
TRUTH = yaml.load((PAGES / "truth.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
TYPES = {".json": "application/json", ".xml": "application/xml"}


def opened(name: str, truth: Mapping[str, Any]) -> tuple[Document, str]:
    text = (PAGES / name).read_text(encoding="utf-8")
    kind = TYPES.get(Path(name).suffix, "text/html")
    document = Document(url=truth["url"], body=text.encode(truth.get("charset", "utf-8")), content_type=kind)
    return document, truth.get("timezone", "Asia/Shanghai")


def moment(stated: str, zone: str) -> datetime:
    at = datetime.fromisoformat(stated)
    return at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))


def absent(said: Any) -> Any:
    return None if said == "null" else said


@pytest.mark.parametrize("name", TRUTH["articles"])
def test_an_article(name: str) -> None:
    truth = TRUTH["articles"][name]
    document, zone = opened(name, truth)
    entry = read_article(document, Hints(timezone=zone))

    def people(*roles: Role) -> list[str]:
        return [each.name for each in entry.people if each.role in roles]

    got: dict[str, object] = {
        "title": entry.title,
        "published": entry.published,
        "precision": entry.precision.value if entry.precision else None,
        "source": entry.credit.source,
        "authors": people(Role.AUTHOR, Role.REPORTER),
        "correspondents": people(Role.CORRESPONDENT),
        "editors": people(Role.EDITOR, Role.DUTY_EDITOR),
        "reviewers": people(Role.REVIEWER),
        "column": entry.column,
        "enclosures": [each.url for each in entry.enclosures],
        "original_title": entry.credit.original_title,
        "original_url": entry.credit.original_url,
        "publisher": entry.credit.publisher,
    }
    want = {each: truth.get(each, []) for each in ("authors", "correspondents", "editors", "reviewers")}
    plainly = ("title", "precision", "column", "enclosures", "original_title", "original_url", "publisher")
    want |= {each: absent(truth[each]) for each in plainly if each in truth}
    stated = absent(truth["published"])
    want |= {"published": moment(stated, zone) if stated else None, "source": absent(truth.get("source"))}
    assert {each: got[each] for each in want} == want
    body = "".join(plain(entry.content.value).split()) if entry.content else ""
    assert body == "".join(plain("".join([*truth["body"], *truth.get("body_more", [])])).split())


@pytest.mark.parametrize("name", TRUTH["lists"])
def test_a_list(name: str) -> None:
    truth = TRUTH["lists"][name]
    document, zone = opened(name, truth)
    kind = truth.get("kind", "json" if name.endswith(".json") else "page")
    feed = read(document, Hints(kind=kind, timezone=zone, list=ListSelectors(**truth.get("selectors", {}))))
    want = [(title, link, moment(date, zone)) for title, link, date in truth["entries"]]
    assert [(each.title, each.link, each.published) for each in feed.entries] == want
    assert feed.next_link == absent(truth["next"])
    if "column" in truth:
        assert {each.column for each in feed.entries} == {absent(truth["column"])}
