"""Lists that a page's script fetches as JSON: the array of objects that have a title and an address.

By the operator's word, as dotted paths (``data.list``, ``title``, ``pub.time``) and templates (``https://x.example/{id}.html``), or by
looking: the longest array whose objects have both, wherever it lies.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from feeds.clean import text as plain
from feeds.clean import urls
from feeds.errors import Malformed, NothingFound
from feeds.records import ListSelectors

_TITLES = ("title", "doctitle", "showtitle", "linktitle", "articletitle", "newstitle", "headline", "subject", "topic", "name")
_ADDRESSES = (
    *("url", "publishurl", "link", "linkurl", "href", "docpuburl", "pageurl", "post_url", "weburl", "puburl", "shareurl"),
    *("articleurl", "detailurl", "newsurl", "content_url", "pcurl", "permalink", "path"),
)
_DATES = (
    *("pubtimelong",),
    *("publishtime", "publish_time", "pubdate", "pubtime", "published", "publishdate", "publish_date", "date_published"),
    *("published_at", "docreltime", "display_publish_time", "created_at"),
)
_MORE_DATES = ("createtime", "create_time", "releasetime", "release_time", "time", "date", "showtime", "deploytime")
_SUMMARIES = ("summary", "abstract", "description", "digest", "intro", "memo", "docabstract")
_IDS = ("id", "docid", "articleid", "newsid", "infoid", "contentid", "uuid", "contid")
_TOTALS = ("total", "totalcount", "total_count", "totalrecord", "totalrecords", "totalnum", "recordcount", "count", "totalelements")
_PAGES = ("pages", "totalpage", "totalpages", "total_pages", "pagecount", "page_count", "totalpagenum")
_NEXT = ("next_url", "nexturl", "next_page_url", "nextpageurl", "next_link", "nextlink", "next")
_MORE = ("has_more", "hasmore", "has_next", "hasnext", "hasnextpage", "more", "continue_flag")
_PAGE_PARAMETERS = ("page", "p", "pageno", "pagenum", "pageindex", "page_no", "page_num", "currentpage", "curpage", "pn", "currpage")
_OFFSETS = ("offset", "start", "skip", "from", "begin")
_SIZES = ("limit", "size", "pagesize", "page_size", "count", "rows", "perpage", "per_page", "num", "ps")
_WRAPPED = re.compile(r"^\s*(?:/\*.*?\*/\s*)?(?:var\s+[\w$]+\s*=|[\w$.]+\s*\()\s*(?=[\[{])", re.S)
_STEP = re.compile(r"\.?([^.\[\]]+)|\[(\d+)\]")
_PLACE = re.compile(r"\{([^{}]+)\}")
_DEEP = 8
MOST = 5000
_UNTOLD = ListSelectors()


@dataclass(frozen=True, slots=True)
class Record:
    """One entry of a JSON list: plain title, absolute address, the date and the summary as they stand there."""

    title: str
    link: str
    date: str | None = None
    summary: str | None = None


def is_json(text: str) -> bool:
    return text.lstrip("\ufeff \t\r\n")[:1] in ("{", "[")


def read(text: str, url: str, selectors: ListSelectors) -> tuple[list[Record], str | None]:
    """The records of a JSON document (or one that a script call or an assignment wraps) and the address of the next ones.

    Raises `Malformed` for broken JSON, `NothingFound` when no list is in it."""
    whole = _loaded(text)
    found = list(_configured(whole, url, selectors)) if _any(selectors) else _inferred(whole, url)
    return found, _next(whole, url, selectors, len(found))


def _loaded(text: str) -> object:
    text = text.lstrip("\ufeff").strip()
    if wrapped := _WRAPPED.match(text):
        text = text[wrapped.end() :].rstrip(" \t\r\n;)")
    try:
        whole: object = json.loads(text, strict=False)
    except (ValueError, RecursionError) as error:
        raise Malformed(f"the JSON of this list is broken: {error}") from error
    return whole


# --- configured -----------------------------------------------------------------------------------------------------------------------


def check(path: str) -> str | None:
    """What is wrong with a path or a template, in words; None for a good one."""
    for each in _PLACE.findall(path) if "{" in path else [path]:
        if "".join(found[0] for found in _STEP.finditer(each.removeprefix("$"))) != each.removeprefix("$") or each in ("", "$."):
            return "write names with dots between them, like data.list or items[0].title"
    if "{" in _PLACE.sub("", path) or "}" in _PLACE.sub("", path):
        return "a brace is not closed; write it like https://example.org/{id}.html"
    return None


def _any(selectors: ListSelectors) -> bool:
    return bool(selectors.item or selectors.link or selectors.title or selectors.date)


def _configured(whole: object, url: str, selectors: ListSelectors) -> Iterator[Record]:
    if selectors.item:
        items: Iterable[object] = [each for each in _at(whole, selectors.item) if isinstance(each, dict)]
        if not items:
            raise NothingFound(f"the list selector item {selectors.item!r} finds no objects in this JSON")
    else:
        items = max(_arrays(whole, _DEEP), key=lambda array: sum(isinstance(each, dict) for each in array), default=[])
    count = found = 0
    for item in items:
        count += 1
        if isinstance(item, dict) and found < MOST and (record := _record(item, url, selectors)):
            found += 1
            yield record
    if not found:
        named = ", ".join(f"{name} {said!r}" for name in ("title", "link") if (said := getattr(selectors, name)))
        raise NothingFound(f"none of the {count} objects has a title and an address" + (f" by {named}" if named else ""))


def _at(value: object, path: str) -> list[object]:
    """What stands at a dotted path; where a name meets a list, it is looked for in each of its members."""
    values = [value]
    for name, number in _STEP.findall(path.removeprefix("$")):
        if number or (name.isdecimal() and any(isinstance(each, list) for each in values)):
            at = int(number or name)
            values = [each[at] for each in values if isinstance(each, list) and at < len(each)]
        else:
            spread = [inner for each in values for inner in (each if isinstance(each, list) else [each])]
            values = [each[name] for each in spread if isinstance(each, dict) and name in each]
    return [inner for each in values for inner in (each if isinstance(each, list) else [each])]


def _said(item: object, selector: str, *, address: bool = False) -> str | None:
    """The text of a path, or of a template with its places filled; None when something is missing."""
    if "{" not in selector:
        return next((text for each in _at(item, selector) if (text := _text(each))), None)
    missing = False

    def fill(found: re.Match[str]) -> str:
        nonlocal missing
        text = next((text for each in _at(item, found[1]) if (text := _text(each))), None)
        missing = missing or text is None
        return quote(text or "", safe="/") if address else text or ""

    filled = _PLACE.sub(fill, selector)
    return None if missing else filled


# --- by looking -----------------------------------------------------------------------------------------------------------------------


def _inferred(whole: object, url: str) -> list[Record]:
    best: list[Record] = []
    named: dict[str, object] = {}
    for array in _arrays(whole, _DEEP):
        things = [each for each in array[:MOST] if isinstance(each, dict)]
        found = [record for each in things if (record := _record(each, url, _UNTOLD))]
        best = found if len(found) > len(best) else best
        named = named or next((each for each in map(_lower, things) if _first(each, _TITLES) and _first(each, _IDS)), {})
    if not best:
        if named:
            raise NothingFound(
                "the objects of this JSON have titles and ids but no addresses: "
                'say how the address is made, like list: {link: "https://example.org/{id}.html"} with kind: json'
            )
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


def _record(thing: dict[str, object], url: str, selectors: ListSelectors) -> Record | None:
    fields = _lower(thing)
    title = plain.plain((_said(thing, selectors.title) if selectors.title else _first(fields, _TITLES)) or "")
    address = _said(thing, selectors.link, address=True) if selectors.link else _first(fields, _ADDRESSES)
    link = urls.absolute(url, address or "")
    if not title or not link:
        return None
    date = _said(thing, selectors.date) if selectors.date else _first(fields, (*_DATES, *_MORE_DATES))
    return Record(title, link, date, plain.plain(_first(fields, _SUMMARIES) or "")[:1000] or None)


def _lower(thing: dict[str, object]) -> dict[str, object]:
    return {str(key).lower(): value for key, value in thing.items()}


def _first(fields: dict[str, object], names: tuple[str, ...]) -> str | None:
    return next((text for name in names if (text := _text(fields.get(name)))), None)


def _text(value: object) -> str | None:
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value < 1e18:
        return str(int(value)) if value == int(value) else str(value)
    return None


# --- the next page --------------------------------------------------------------------------------------------------------------------


def _next(whole: object, url: str, selectors: ListSelectors, count: int) -> str | None:
    """The address of the next records: stated, or the same address with its page number or offset moved on."""
    if selectors.next:
        return urls.absolute(url, _said(whole, selectors.next, address=True) or "")
    near = {name: value for level in _near(whole) for name, value in _lower(level).items()}
    stated = _first(near, _NEXT)
    if stated and ("/" in stated or stated.startswith("?")) and (address := urls.absolute(url, stated)):
        return address if urls.normalise(address) != urls.normalise(url) else None
    if not count or next((near[name] for name in _MORE if name in near), True) in (False, 0, "0", "false"):
        return None
    query = parse_qsl(urlsplit(url).query, keep_blank_values=True)
    numbers = {name.lower(): int(value) for name, value in query if value.isascii() and value.isdecimal() and len(value) < 10}
    size = next((numbers[name] for name in _SIZES if numbers.get(name)), count)
    total, pages = _number(near, _TOTALS), _number(near, _PAGES)
    for name in _PAGE_PARAMETERS:
        if name in numbers:
            # Some count from nought: then the page after number n is the (n + 2)nd.
            at = numbers[name] + (numbers[name] == 0)
            over = at >= pages if pages is not None else total is not None and at * size >= total
            return None if over else _with(url, query, name, numbers[name] + 1)
    for name in _OFFSETS:
        if name in numbers:
            after = numbers[name] + size
            return None if total is not None and after >= total else _with(url, query, name, after)
    return None


def _near(whole: object) -> Iterator[dict[str, object]]:
    """The objects around the list: the document itself and those up to two levels below."""
    level = [whole]
    for _ in range(3):
        level = [each for each in level if isinstance(each, dict)]
        yield from (each for each in level if isinstance(each, dict))
        level = [inner for each in level if isinstance(each, dict) for inner in each.values()]


def _number(fields: dict[str, object], names: tuple[str, ...]) -> int | None:
    said = next((text for name in names if (text := _text(fields.get(name)))), None)
    return int(said) if said and said.isascii() and said.isdecimal() else None


def _with(url: str, query: list[tuple[str, str]], name: str, value: int) -> str:
    moved = [(key, str(value)) if key.lower() == name else (key, said) for key, said in query]
    return urlsplit(url)._replace(query=urlencode(moved, safe="/:,")).geturl()
