"""What lists the articles of one WeChat account: an album page (``mp/appmsgalbum``), the JSON that its script asks for, or any page that
links to them. WeChat has no public list of all that an account wrote; each of these is as complete as whoever keeps it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode, urlsplit

from feeds import identity
from feeds.clean import dates, urls
from feeds.clean import text as plain
from feeds.clean.titles import prefix
from feeds.read.dom import Page
from feeds.records import Entry


def of_album(page: Page) -> list[Entry]:
    """The articles of an album page; empty for every other page."""
    found: list[Entry] = []
    for item in page.root.xpath("//*[@data-link and @data-title]"):
        stamp = next((each.text_content() for each in item.iter() if "create_time" in (each.get("class") or "")), "")
        found += _stub(item.get("data-title"), item.get("data-link"), stamp)
    return found


def of_json(text: str) -> list[Entry] | None:
    """The articles of an album's JSON (``getalbum_resp.article_list``); None for any other JSON."""
    answer = _answer(text)
    if answer is None:
        return None
    listed = answer.get("article_list")
    items = listed if isinstance(listed, list) else [listed]  # one alone comes without its list
    return [stub for each in items if isinstance(each, dict) for stub in _stub(each.get("title"), each.get("url"), each.get("create_time"))]


def next_of_page(page: Page) -> str | None:
    """Where an album page goes on: its script asks for JSON after the last article."""
    last = next(iter(page.root.xpath("(//*[@data-link and @data-title and @data-msgid and @data-itemidx])[last()]")), None)
    return None if last is None else _after(page.url, last.get("data-msgid"), last.get("data-itemidx"))


def next_of_album(text: str, url: str) -> str | None:
    """Where the JSON of an album goes on after its last article."""
    answer = _answer(text)
    listed = answer.get("article_list") if answer else None
    if (
        not answer
        or not isinstance(listed, list)
        or not listed
        or str(answer.get("continue_flag")) != "1"
        or not isinstance(listed[-1], dict)
    ):
        return None
    return _after(url, listed[-1].get("msgid"), listed[-1].get("itemidx"))


def _after(url: str, message: object, index: object) -> str:
    query = dict(parse_qsl(urlsplit(url).query, keep_blank_values=True)) | {"count": "10", "f": "json"}
    query |= {"begin_msgid": str(message), "begin_itemidx": str(index)}
    return urlsplit(url)._replace(query=urlencode(query), fragment="").geturl()


def _answer(text: str) -> dict[str, object] | None:
    if "getalbum_resp" not in text[:2000]:
        return None
    try:
        answer = json.loads(text.lstrip("\ufeff"), strict=False)
    except (ValueError, RecursionError):
        return None
    found = answer.get("getalbum_resp") if isinstance(answer, dict) else None
    return found if isinstance(found, dict) else None


def _stub(title: object, link: object, stamp: object) -> Iterator[Entry]:
    address = urls.absolute("", str(link or "").replace("&amp;", "&"))
    shown = plain.plain(str(title or ""))
    if address and shown:
        when = dates.parse(str(stamp or "").strip(), "UTC")
        yield Entry(
            uid=urls.normalise(address) if not urls.is_temporary(address) else identity.entry_uid(None, None, shown),
            title=shown,
            title_prefix=prefix(shown),
            link=address,
            published=when.at if when else None,
            precision=when.precision if when else None,
        )
