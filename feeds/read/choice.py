"""Which links of a page are its list, found by looking, and how sure that is.

Links of one kind stand at like places: they share the way down from the body. Each group of such links is weighed by what its links
promise (a heading, the length of the text, a date beside it, a date or a number in the address), and the best group is the list. What an
operator should look at before he believes it is said in words: `Choice.doubts`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from feeds.clean import urls
from feeds.read import meta
from feeds.read.body import file_at
from feeds.read.dom import BLOCKS, Page, folded, furniture, hidden, words
from feeds.read.rows import HEADINGS, Row, around, date_beside, is_directory, is_numbered, is_service, is_slug, item_of, shared, title_of

MOST = 3000  # links of a page that are looked at
CLOSE = 0.6  # of the worth of the chosen group: another one is nearly as likely
FEW = 3  # rows that make a list
PROSE = 40  # characters beside its links that make running text of a paragraph
DATED = 2.5  # what a date beside a link promises
LONG = 12  # Chinese characters of a title that is no menu's
POOR = -2.0  # what a link promises that has a short title and leads to a folder
MANY = 5  # that make one by their dates alone
_RANK = re.compile(r"\s*(?:no\.?\s?|top\s?|第)?\d{1,3}\s?[.、名位]?\s*", re.I)
_PASSING = frozenset({"odd", "even", "first", "last", "current", "active", "on", "hover", "cur", "selected", "top", "new", "hot", "alt"})
# Classes that say what a row is about or whether it has a picture, so that its neighbours have others.
_OF_ROW = re.compile(r"^(?:category|tag|post|status|type|format|author|has|no|with|without)[-_]|^(?:hentry|sticky|no(?:img|pic|thumb))$|\d")
# Elements that make one row: their own classes differ from row to row.
_ITEM_TAGS = frozenset({"li", "tr", "dd", "dt", "b", "strong", "font", "em", "i", "a", "article"})
_LISTS = frozenset({"ul", "ol", "dl", "table", "tbody"})
_WIDGET = frozenset({"widget", "widgets", "latest", "popular"})
_MENU = frozenset({"nav", "navi", "navigation", "navbar", "menu"})
_ASIDE = frozenset({"nav", "aside", "footer"})
_RELATED = frozenset({"related", "relate", "relation", "recommend"})
# What is never the list, even where it is made of articles.
_BESIDE = _RELATED | {"foot", "footer", "side", "sidebar", "aside", "rank", "ranking", "friend", "friends", "popup"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The rows of a list in their order, and in words what speaks against their being the list; no rows when no group of links promises
    enough. `rival` are the rows of another group that is nearly as likely."""

    rows: tuple[Row, ...] = ()
    doubts: tuple[str, ...] = ()
    rival: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    link: HtmlElement
    address: str
    place: tuple[str, ...]
    promise: float
    dated: bool


def choose(page: Page) -> Choice:
    """The list that this page is."""
    groups: dict[tuple[str, ...], list[_Candidate]] = {}
    for candidate in _without_echoes(list(_candidates(page))):
        groups.setdefault(candidate.place, []).append(candidate)
    parts = [part for group in groups.values() for part in _parted(_dated(group))]
    ranked = sorted(((_worth(part), at) for at, part in enumerate(parts)), key=lambda each: (-each[0], each[1]))
    if not ranked or ranked[0][0] <= 0:
        return Choice()
    chosen = parts[ranked[0][1]]
    others = [(worth, parts[at]) for worth, at in ranked[1:] if worth > 0]
    companions = _companions(chosen, [part for part in parts if part is not chosen])
    taken = {id(each) for each in companions}
    chosen = chosen + [each for group in companions for each in group]
    order = {link: at for at, link in enumerate(page.body.iter("a", "area"))}
    links = sorted((each.link for each in _rows_of(chosen)), key=lambda link: order[link])
    rows = around(links)
    worth, runner_up = next(((worth, group) for worth, group in others if id(group) not in taken), (0.0, []))
    rival = around([each.link for each in runner_up if each.promise > 0]) if worth >= CLOSE * ranked[0][0] else []
    return Choice(rows=tuple(rows), doubts=tuple(_doubts(page, rows, chosen, rival)), rival=tuple(rival))


def _rows_of(chosen: list[_Candidate]) -> list[_Candidate]:
    """Those links of the list that are its rows. A long title is one, whatever its address; a short one whose address is that of a folder
    is where it has a date of its own, for it may be the column that a row names before its headline."""
    good = {each.link for each in chosen if each.promise > 0}
    return [
        each
        for each in chosen
        if each.promise > 0
        or (each.promise == 0 and _size(title_of(each.link)) >= LONG)
        or (each.dated and each.promise > POOR and date_beside(Row(link=each.link, item=item_of(each.link, good | {each.link}))))
    ]


def _without_echoes(candidates: list[_Candidate]) -> Iterator[_Candidate]:
    """The candidates, without the pictures and the "read more" that lead where a headline leads: they belong to its row."""
    told = {each.address for each in candidates if each.promise > 0}
    for each in candidates:
        text = title_of(each.link)
        if each.address not in told or (text and not is_service(text)):
            yield each


def _dated(group: list[_Candidate]) -> list[_Candidate]:
    """The group with the dates that only show once it is known which links are of one list: where a row links to its column and its author
    as well, none of these links tells by itself how far its row goes."""
    if len(group) < 2 or all(each.dated for each in group):
        return group
    links = {each.link for each in group if each.promise > POOR}
    return [
        replace(each, dated=True, promise=each.promise + DATED)
        if each.link in links and not each.dated and date_beside(Row(link=each.link, item=item_of(each.link, links)))
        else each
        for each in group
    ]


def _parted(group: list[_Candidate]) -> list[list[_Candidate]]:
    """A group without the lists in it that are none of articles: a menu that stands at a like place as the rows."""
    holders: dict[HtmlElement | None, list[_Candidate]] = {}
    for each in group:
        holders.setdefault(next((above for above in each.link.iterancestors() if above.tag in _LISTS), None), []).append(each)
    good = [each for part in holders.values() if _mean(part) > 0 for each in part]
    poor = [each for part in holders.values() if _mean(part) <= 0 for each in part]
    return [each for each in (good, poor) if each]


def _mean(group: list[_Candidate]) -> float:
    return sum(each.promise for each in group) / len(group)


def _worth(group: list[_Candidate]) -> float:
    """What a group promises altogether; groups of poor links, and lone links that are not very good, promise nothing."""
    good = [each.promise for each in group if each.promise > 0]
    if not good:
        return 0.0
    mean = _mean(group)
    least = 2.5 if len(good) > 2 else 3.5 if len(good) == 2 else 4.5
    if len(group) >= MANY and sum(each.dated for each in group) * 5 >= len(group) * 4:
        least = 1.5  # a diary: its titles may be short
    return sum(good) * mean if mean >= least else 0.0


def _companions(chosen: list[_Candidate], others: list[list[_Candidate]]) -> list[list[_Candidate]]:
    """Groups that stand inside the list and are as good: its first, larger entry; a second column. Those of the same make may be less
    good: the pinned rows of a forum, with short titles and without dates."""
    top = next(iter(shared([each.link for each in chosen])), None)
    if top is None or top.tag == "body":
        return []
    found = []
    for group in others:
        alike = group[0].place[-3:] == chosen[0].place[-3:]
        if (alike and _mean(group) > 0) or (_worth(group) > 0 and _mean(group) >= _mean(chosen) * 0.85):
            found += [group] if all(top in set(each.link.iterancestors()) for each in group) else []
    return found


# --- what a link promises -------------------------------------------------------------------------------------------------------------


def _candidates(page: Page) -> Iterator[_Candidate]:
    here = urls.normalise(page.url)
    main = _main(page.body)
    prose: dict[HtmlElement, bool] = {}
    for at, link in enumerate(page.body.iter("a")):
        if at >= MOST:
            return
        href = (link.get("href") or "").strip()
        address = urls.absolute(page.base, href) if href and not href.startswith("#") else None
        if address and urls.normalise(address) != here:
            dated = date_beside(Row(link=link, item=item_of(link, {link}))) is not None
            promise = _promise(link, address, main, dated=dated) - (3.0 if _in_prose(link, prose) else 0.0)
            yield _Candidate(link=link, address=urls.normalise(address), place=_place(link), promise=promise, dated=dated)


def _main(body: HtmlElement) -> frozenset[HtmlElement]:
    """The elements that hold most of what the page says: whatever they are called, they are no side column."""
    sizes: dict[HtmlElement, int] = {}
    for each in reversed(list(body.iter("*"))):
        own = 0 if each.tag in ("script", "style", "noscript") else len((each.text or "").strip()) + sizes.get(each, 0)
        sizes[each] = own
        parent = each.getparent()
        if parent is not None and each is not body:
            sizes[parent] = sizes.get(parent, 0) + own + len((each.tail or "").strip())
    most = sizes.get(body, 0) * 0.6
    return frozenset(each for each, size in sizes.items() if size > most and each.tag not in ("nav", "aside", "footer"))


def _place(link: HtmlElement) -> tuple[str, ...]:
    """The way down to a link: tags, with the classes of what can hold a list (row by row classes would tear the list apart)."""
    way = [link.tag + "".join(sorted(f".{name}" for name in (link.get("class") or "").split() if name not in _PASSING))]
    for above in link.iterancestors():
        if above.tag == "body":
            break
        names = [] if above.tag in _ITEM_TAGS else (above.get("class") or "").lower().split()
        kept = sorted(name for name in names if name not in _PASSING and not _OF_ROW.search(name))
        way.append(f"{above.tag}{'.'.join(('', *kept))}")
    return tuple(reversed(way))


def _promise(link: HtmlElement, address: str, main: frozenset[HtmlElement], *, dated: bool) -> float:
    text = title_of(link)
    if not text or is_service(text):
        return -3.0
    path = urlsplit(address).path
    size = _size(text)
    score = -2.0 if size < 4 else 0.0 if size < 8 else 1.0 if size < LONG else 2.0
    if meta.date_in(address, "UTC"):
        score += 2.0
    if is_numbered(path):
        score += 1.5
    elif is_slug(path):
        score += 0.5
    elif is_directory(path):
        score -= 2.0
    if file_at(address):
        score += 0.5
    if dated:
        score += DATED
    elif _ranked(link):
        score += 1.0
    if _heads(link):
        score += 1.5
    if furniture(link, main) and not _heads_article(link, main):
        score -= 9.0 if _beside_article(link, main) else 4.0
    elif _in_widget(link, main):
        score -= 2.0
    return score - 9.0 if hidden(link) else score


def _size(title: str) -> int:
    """How much a title says, in Chinese characters."""
    return len(title) if not title.isascii() else len(title) // 2


def _heads(link: HtmlElement) -> bool:
    """Is this link a heading, or does it hold one?"""
    parent = link.getparent()
    above = parent is not None and (parent.tag in HEADINGS or (parent.tag == "span" and parent.getparent().tag in HEADINGS))
    return above or next(link.iter(*HEADINGS), None) is not None


def _heads_article(link: HtmlElement, main: frozenset[HtmlElement]) -> bool:
    """Is this link the heading of an ``<article>`` that no side column holds? No menu consists of articles, whatever the box around them
    is called: themes call the column beside their own menu by that word."""
    if not _heads(link):
        return False
    way = [each for each in (link, *link.iterancestors()) if each.tag not in ("body", "html")]
    at = next((at for at, each in enumerate(way) if each.tag == "article"), None)
    if at is None:
        return False
    apart = [each for each in way[:at] if words(each) & _MENU]
    return not apart and not any(each.tag in _ASIDE or words(each) & _BESIDE for each in way if each not in main)


def _beside_article(link: HtmlElement, main: frozenset[HtmlElement]) -> bool:
    """Does this link stand among what is related to an article? Such a page is that article and no list."""
    return any(words(each) & _RELATED for each in link.iterancestors() if each not in main and each.tag not in ("body", "html"))


def _in_widget(link: HtmlElement, main: frozenset[HtmlElement]) -> bool:
    for above in link.iterancestors():
        if above in main or above.tag == "body":
            return False
        if above.tag in ("div", "section", "li") and words(above) & _WIDGET:
            return True
    return False


def _ranked(link: HtmlElement) -> bool:
    """Does a place in a ranking stand before this link: in an element beside it, or in the cell before its own?"""
    before = link.getprevious()
    parent = link.getparent()
    if before is None and parent is not None and parent.tag in ("td", "dd", "h3", "h4", "p", "div"):
        before = parent.getprevious()
    if before is None or not isinstance(before.tag, str) or len(before) > 2 or (before.tail or "").strip():
        return False
    said = folded(before.text_content())
    return len(said) < 9 and _RANK.fullmatch(said) is not None


def _in_prose(link: HtmlElement, known: dict[HtmlElement, bool]) -> bool:
    """A link within running text. `known` keeps what was found of a block, for the many links of one."""
    block = link.getparent()
    while block is not None and block.tag not in BLOCKS:
        block = block.getparent()
    if block is None or block.tag != "p":
        return False
    if block not in known:
        linked = sum(len(folded(each.text_content())) for each in block.iter("a"))
        known[block] = len(folded(block.text_content())) - linked > PROSE
    return known[block]


# --- what speaks against it -----------------------------------------------------------------------------------------------------------


def _doubts(page: Page, rows: list[Row], chosen: list[_Candidate], rival: list[Row]) -> Iterable[str]:
    """In the order in which they should worry an operator."""
    if rival:
        yield (
            f"another group of links is nearly as likely to be the list: {len(rival)} with titles like {title_of(rival[0].link)[:40]!r}"
            f"; the {len(rows)} that were chosen have titles like {title_of(rows[0].link)[:40]!r}"
        )
    if len(rows) < FEW:
        yield f"the list has only {len(rows)} row{'s' if len(rows) > 1 else ''}"
    elsewhere = sum(not urls.same_site(each.address, page.url) for each in chosen if each.promise > 0)
    if elsewhere * 2 > len(rows):
        yield f"{elsewhere} of its {len(rows)} rows lead to other sites"
    short = sum(len(title_of(row.link)) < (8 if not title_of(row.link).isascii() else 16) for row in rows)
    if short * 2 > len(rows):
        yield f"{short} of its {len(rows)} titles are very short, as those of a menu are"
    if not any(each.dated or meta.date_in(each.address, "UTC") for each in chosen):
        yield "no row says a date"
