"""Lists that a page's script fetches as JSON: the array of objects that have a title and an address, wherever it lies."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from feeds.clean import text as plain
from feeds.clean import urls
from feeds.errors import Malformed, NothingFound

_TITLES = ("title", "doctitle", "showtitle", "linktitle", "articletitle", "headline", "subject", "name")
_ADDRESSES = ("url", "publishurl", "link", "linkurl", "href", "docpuburl", "pageurl", "post_url", "weburl", "puburl", "shareurl", "path")
_DATES = (
    "publishtime",
    "publish_time",
    "pubdate",
    "pubtime",
    "published",
    "publishdate",
    "docreltime",
    "display_publish_time",
    "created_at",
)
_MORE_DATES = ("createtime", "create_time", "releasetime", "time", "date", "showtime", "deploytime")
_DEEP = 8


@dataclass(frozen=True, slots=True)
class Record:
    """One entry of a JSON list: plain title, absolute address, the date as it stands there."""

    title: str
    link: str
    date: str | None = None


def is_json(text: str) -> bool:
    return text.lstrip("\ufeff \t\r\n")[:1] in ("{", "[")


def read(text: str, url: str) -> list[Record]:
    """The longest list of records in a JSON document. Raises `Malformed` for broken JSON, `NothingFound` when no list is in it."""
    try:
        whole = json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise Malformed(f"the JSON of this list is broken: {error}") from error
    best: list[Record] = []
    for array in _arrays(whole, _DEEP):
        found = [record for each in array if isinstance(each, dict) and (record := _record(each, url))]
        best = found if len(found) > len(best) else best
    if not best:
        raise NothingFound("no list of objects with a title and an address is in this JSON")
    return best


def _arrays(value: object, deep: int) -> Iterator[list[object]]:
    if deep and isinstance(value, list):
        yield value
        for each in value[:200]:
            yield from _arrays(each, deep - 1)
    elif deep and isinstance(value, dict):
        for each in value.values():
            yield from _arrays(each, deep - 1)


def _record(thing: dict[str, object], url: str) -> Record | None:
    fields = {str(key).lower(): value for key, value in thing.items()}
    title = plain.plain(_first(fields, _TITLES) or "")
    link = urls.absolute(url, _first(fields, _ADDRESSES) or "")
    return Record(title, link, _first(fields, (*_DATES, *_MORE_DATES))) if title and link else None


def _first(fields: dict[str, object], names: tuple[str, ...]) -> str | None:
    for name in names:
        value = fields.get(name)
        if isinstance(value, str) and value.strip():
            return value.strip()
        if isinstance(value, int) and not isinstance(value, bool) and value > 0:
            return str(value)
    return None
