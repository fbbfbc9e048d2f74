"""A list -> its entries as stubs: uid, link, full headline and, where the list says so, the date; and where the list goes on.

A list page is read with the operator's selectors, or by looking: links that repeat in one place of the page, with dates beside them or in
their addresses, outside of navigation, side columns and footers (`feeds.read.rows`). Lists that a script renders are read from what the
script is given: the records of jpage (``<script type="text/xml"><datastore>``) and JSON (`feeds.read.datalist`). Sitemaps and albums of
WeChat accounts are lists too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from lxml.html import HtmlElement
from msgspec import structs

from feeds import identity
from feeds.clean import charset, dates, notices, select, urls
from feeds.clean import text as plain
from feeds.clean.dates import When
from feeds.clean.titles import prefix
from feeds.errors import NotAnArticle, NothingFound, Removed, Withheld
from feeds.read import album, choice, datalist, dom, headline, meta, paging, rows, wechat
from feeds.read.body import file_at
from feeds.read.dom import Page
from feeds.read.rows import Row
from feeds.read.sitemap import looks_like_sitemap, read_sitemap
from feeds.records import Category, Content, Document, Entry, Feed, Hints, ListSelectors

_RECORD = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.S)
_ONE_DAY_APART = timedelta(days=2)  # the day of an address begins at midnight, and may be one off: of another zone, or of the writing
_PICTURES = re.compile(r"\.(?:jpe?g|png|gif|webp|bmp|svg)$", re.I)


def read_list(document: Document, hints: Hints, *, reference: datetime | None = None) -> Feed:
    """The stubs of a list in its order, each address once, and `next_link`, where it goes on; of an index of lists, its `parts`.

    `hints.kind` ``sitemap`` and ``json`` insist, ``wechat`` keeps what leads to articles of accounts; else it is as it looks. `reference`,
    when the list came, gives meaning to dates without a year. Raises `NothingFound` with the selector that finds nothing, or when no list
    can be made out; `NotAFeed` when this is no list at all."""
    if hints.kind == "sitemap" or (hints.kind not in ("page", "json") and looks_like_sitemap(document)):
        return read_sitemap(document, hints)
    decoded = charset.decode(document.body, document.content_type)
    if hints.kind == "json" and "__NEXT_DATA__" in decoded.text and not datalist.is_json(decoded.text):
        return _read_json(_state(dom.page(document)) or decoded.text, document.url, hints, decoded.repairs)
    if hints.kind == "json" or datalist.is_json(decoded.text):
        return _read_json(decoded.text, document.url, hints, decoded.repairs)
    if paging.is_count_script(decoded.text, document.url):
        return Feed(kind="page", link=document.url, next_link=paging.counted(decoded.text, document.url))
    feed = _read_page(dom.page(document), decoded.text, hints, reference)
    return _of_accounts(feed) if hints.kind == "wechat" else feed


def _read_page(whole: Page, text: str, hints: Hints, reference: datetime | None) -> Feed:
    if hints.kind == "wechat" and wechat.read(whole):
        alone = Entry(uid=urls.normalise(whole.url), link=whole.url)  # the source is one article; it says all else itself
        return _feed("wechat", whole, whole.url, [alone], whole.repairs, None)
    if found := album.of_album(whole):
        return _feed("wechat", whole, whole.url, found, whole.repairs, album.next_of_page(whole))
    page = whole
    if records := _records(whole, text):
        page = dom.from_text(
            f"<html><head><base href='{whole.base}'></head><body><ul>{''.join(records)}</ul></body></html>", whole.url, whole.repairs
        )
    inferred = None if _any(hints.list) else choice.choose(page)
    chosen = _configured(page, hints.list) if inferred is None else inferred.rows
    column = hints.column or headline.column_of_list(whole, hints.publisher or hints.name)
    stubs = [stub for row in chosen if (stub := _stub(page, row, hints, reference, column))]
    if not stubs and not _any(hints.list) and (state := _state(page)):
        return _read_json(state, whole.url, hints, whole.repairs)
    if not stubs:
        _refuse_notice(whole)
        raise NothingFound(_why_nothing(hints.list))
    repairs = (*whole.repairs, *_unfound(stubs, chosen, hints.list))
    feed = _feed("page", whole, whole.url, stubs, repairs, _goes_on(whole, text, len(records), hints))
    return structs.replace(feed, doubts=inferred.doubts) if inferred and not records else feed


def _refuse_notice(page: Page) -> None:
    """A page without a list that says why there is none: a verification, a post that was taken down. No selector would help."""
    text = dom.visible_text(page.body)
    if len(text) < 300 and (found := notices.find(text)):
        kind = Withheld if found.passing else Removed if found.removed else NotAnArticle
        raise kind(f"the page says: {found.words}")


def _goes_on(page: Page, text: str, records: int, hints: Hints) -> str | None:
    if hints.list.next:
        link = select.compile(hints.list.next)
        element = link.first(page.root)
        href = link.text(page.root) if link.attribute or element is None else element.get("href")
        return urls.absolute(page.base, href or "")
    return paging.next_records(text, page.url, page.scripts, records) if records else paging.next_page(page)


def _unfound(stubs: list[Entry], chosen: Sequence[Row], selectors: ListSelectors) -> list[str]:
    """What is said of selectors that find nothing in any row, though the list was read without them."""
    said = []
    for name, found in (("title", any(row.title for row in chosen)), ("date", any(row.date for row in chosen))):
        if (selector := getattr(selectors, name)) and not found:
            said.append(f"the list selector {name} {selector!r} finds nothing in any of the {len(stubs)} rows; it was found by looking")
    return said


def _read_json(text: str, url: str, hints: Hints, repairs: tuple[str, ...]) -> Feed:
    if (found := album.of_json(text)) is not None:
        return _feed("wechat", None, url, found, repairs, album.next_of_album(text, url))
    records, following = datalist.read(text, url, hints.list)
    return _feed("json", None, url, [_from_record(each, hints) for each in records], repairs, following)


def _state(page: Page) -> str | None:
    """The JSON that a page of Next.js is rendered from: its list is there even where the page shows it by script only."""
    return next((each.text for each in page.root.xpath("//script[@id='__NEXT_DATA__']")), None)


def _of_accounts(feed: Feed) -> Feed:
    """Of a page about an account, what leads to its articles; where none does (a mirror, a test), all of it."""
    posts = tuple(each for each in feed.entries if each.link and urls.is_post(each.link))
    return structs.replace(feed, kind="wechat", entries=posts or feed.entries)


def leads_to_page(entry: Entry) -> bool:
    """Is the entry's link a page, to be pulled as an article? Files are entries as they stand."""
    return bool(entry.link) and file_at(entry.link or "") is None and not _PICTURES.search(urls.parts(entry.link or "").path)


def _feed(kind: str, page: Page | None, url: str, stubs: list[Entry], repairs: tuple[str, ...], next_link: str | None) -> Feed:
    merged: dict[str, Entry] = {}
    for stub in stubs:
        merged[stub.uid] = _merge(merged[stub.uid], stub) if stub.uid in merged else stub
    return Feed(
        kind=kind,
        title=page.document_title if page else "",
        link=url,
        next_link=next_link,
        language=(page.root.get("lang") or None) if page else None,
        entries=tuple(merged.values()),
        repairs=repairs,
    )


def _merge(first: Entry, second: Entry) -> Entry:
    """The same link twice (a picture and a headline, a teaser and the list): the fuller headline, the date of whoever has one."""
    title = second.title if len(second.title) > len(first.title) else first.title
    if first.published is None or (
        first.precision != second.precision and second.published and second.precision and first.precision == "day"
    ):
        first = structs.replace(first, published=second.published or first.published, precision=second.precision or first.precision)
    return structs.replace(first, title=title, title_prefix=prefix(title))


def _records(page: Page, text: str) -> list[str]:
    """The rows that a jpage list keeps as CDATA in a script, or that its data address answers with."""
    scripts = [each.text or "" for each in page.root.iter("script") if "xml" in (each.get("type") or "")]
    if not scripts and ("<datastore>" in text[:400] or "<recordset>" in text[:400]):
        scripts.append(text)
    found = [fragment for script in scripts if "<record" in script for fragment in _RECORD.findall(script.split("</nextgroup>")[-1])]
    return [fragment for fragment in found if "<a" in fragment]


# --- configured -----------------------------------------------------------------------------------------------------------------------


def _any(selectors: ListSelectors) -> bool:
    return bool(selectors.item or selectors.link or selectors.title or selectors.date)


def _configured(page: Page, selectors: ListSelectors) -> list[Row]:
    if selectors.item:
        items = select.compile(selectors.item).elements(page.root)
        if not items:
            raise NothingFound(f"the list selector item {selectors.item!r} finds nothing on the page")
        found = [row for item in items if (row := _row(item, selectors))]
        if not found:
            named = f"link {selectors.link!r}" if selectors.link else "'a' (no link selector is set)"
            raise NothingFound(f"the list selector {named} finds no link in the {len(items)} items of {selectors.item!r}")
        return found
    if selectors.link:
        links = select.compile(selectors.link).elements(page.root)
        if not links:
            raise NothingFound(f"the list selector link {selectors.link!r} finds nothing on the page")
        inferred = rows.around([link for link in links if isinstance(link, HtmlElement)])
    else:
        inferred = list(choice.choose(page).rows)
    return [replace(row, title=_said(selectors.title, row.item), date=_said(selectors.date, row.item)) for row in inferred]


def _row(item: HtmlElement, selectors: ListSelectors) -> Row | None:
    address = None
    if selectors.link:
        chosen = select.compile(selectors.link)
        link = chosen.first(item)
        if chosen.attribute or link is None:
            address = chosen.text(item)
        if link is None and not address:
            return None
        if link is not None and not address and not link.get("href"):
            link = next((each for each in link.iter("a") if each.get("href")), link)
    else:
        link = rows.main_link(item)
        if link is None:
            return None
    around = item
    parent = item.getparent()
    if item.tag in ("td", "dt") and parent is not None:
        said = _said(selectors.date, item) if selectors.date else rows.date_beside(Row(link=item if link is None else link, item=item))
        # The cells of a row belong together: the date stands in another one.
        around = item if said else parent
    return Row(
        link=item if link is None else link,
        item=around,
        address=address,
        title=_said(selectors.title, item),
        date=_said(selectors.date, around),
    )


def _said(selector: str | None, item: HtmlElement) -> str | None:
    return select.compile(selector).text(item) if selector else None


def _why_nothing(selectors: ListSelectors) -> str:
    if _any(selectors):
        set_ = ", ".join(f"{name} {value!r}" for name in ("item", "link", "title", "date") if (value := getattr(selectors, name)))
        return f"the list selectors ({set_}) find no entry with a headline and a web address"
    return "no list of articles could be made out on this page: set list selectors (item, link, title, date)"


# --- a stub ---------------------------------------------------------------------------------------------------------------------------


def _stub(page: Page, row: Row, hints: Hints, reference: datetime | None, column: str | None) -> Entry | None:
    href = row.address or row.link.get("href") or ""
    if not href.strip() or href.strip().startswith("#"):
        return None
    link = urls.absolute(page.base, href)
    if link is None or urls.normalise(link) == urls.normalise(page.url):
        return None
    title = plain.clean(row.title or "") if row.title else ""
    title = rows.full(title, row.link.get("title")) if title else rows.title_of(row.link)
    if not title:
        return None
    when = _when(row, link, hints, reference)
    file = file_at(link, title)
    named = hints.column or rows.label_of(row) or column
    return Entry(
        uid=urls.normalise(link) if not urls.is_temporary(link) else identity.entry_uid(None, None, title),
        title=title,
        title_prefix=prefix(title),
        link=link,
        published=when.at if when else None,
        precision=when.precision if when else None,
        enclosures=(file,) if file else (),
        column=named,
        categories=(Category(term=named),) if named else (),
    )


def _when(row: Row, link: str, hints: Hints, reference: datetime | None) -> When | None:
    """The date beside the link; one without a year takes it from the date in the address, and that date is the last resort. What is said
    of the moment at which the list came (9小时前) is counted from that, and believed where the address does not say another day."""
    stated = meta.date_in(link, hints.timezone)
    for said in _dates_said(row):
        if stated is None or not rows.is_of_now(said):
            if when := dates.parse(said, hints.timezone, reference=stated.at if stated else reference):
                return when
        elif (when := dates.parse(said, hints.timezone, reference=reference)) and abs(when.at - stated.at) < _ONE_DAY_APART:
            return when
    return stated


def _dates_said(row: Row) -> Iterator[str]:
    if row.date:
        yield row.date
    if said := rows.date_beside(row):
        yield said


def _from_record(record: datalist.Record, hints: Hints) -> Entry:
    when = dates.parse(record.date, hints.timezone) if record.date else None
    when = when or meta.date_in(record.link, hints.timezone)
    return Entry(
        uid=urls.normalise(record.link) if not urls.is_temporary(record.link) else identity.entry_uid(None, None, record.title),
        title=record.title,
        title_prefix=prefix(record.title),
        link=record.link,
        published=when.at if when else None,
        precision=when.precision if when else None,
        summary=Content(value=record.summary, type="text") if record.summary and record.summary != record.title else None,
    )
