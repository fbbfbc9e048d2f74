"""Sources and authors that no label announces: found by what an element is called, and by standing beside the date."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from lxml.html import HtmlElement

from feeds.clean import byline
from feeds.clean.byline import Byline
from feeds.clean.labels import BUTTONS, NOBODY, folded
from feeds.clean.names import is_outlet, is_person, origin, people
from feeds.read import accounts
from feeds.read.dom import Line, Page, visible_text, words
from feeds.records import Evidence

_SOURCES = frozenset({"source", "laiyuan", "ly", "from", "origin", "copyfrom", "infosource"})
_AUTHORS = frozenset({"author", "authors", "byline", "zuozhe", "writer"})
_EDITORS = frozenset({"editor", "editors", "bianji", "zebian"})
_ACCOUNTS = _SOURCES | _AUTHORS | {"user", "account"}
# Dialogues and buttons of the page, whatever else their names say (sourcePopwin, action-from).
_CONTROLS = frozenset("action btn button dialog icon mask modal pop popup popwin".split())  # noqa: SIM905
_PROFILE = re.compile(r"/(?:authors?|staff|contributors?|reporters?|journalists?|by|users?)/[^/?#]", re.I)
_DATE = re.compile(
    r"(?:发布|发表|更新)?(?:时间|日期|于)?\s?[:]?\s?(?:19|20)\d\d\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}\s?日?\s*(?:星期.|周.)?\s*(?:\d{1,2}\s?[:时]\s?\d\d(?:\s?[:分]\s?\d\d秒?|分)?)?"
)
_APART = re.compile(r"\s*[|/·•]\s*|\s{2,}|(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])")
# What a body is called: it needs a longer name (区 alone is a place).
_BODY = re.compile(
    r"[\u4e00-\u9fff]{2,18}(?:局|委员会|教委|卫健委|发改委|办公室|人民政府|政府|厅|法院|检察院|中心|集团|协会|学会|研究院|大学|学院|医院|街道|街道办事处|办事处|宣传部)"
)
_LONGEST = 40


def marked(page: Page, near: Sequence[Line], name: str | None) -> Byline:
    """Elements near the text whose class, id or ``rel`` says what they hold."""
    heads = frozenset(line.block for line in near)
    found = Byline()
    hosted = accounts.hosts(page.url)
    for element in page.body.iter("span", "p", "a", "em", "div", "strong", "b", "i", "td", "cite", "address", "li", "h4", "h5", "h6"):
        kinds = words(element)
        if hosted and kinds & _ACCOUNTS:
            if not found.source and _within(element, heads) and (said_by := accounts.name(visible_text(element, _LONGEST))):
                where = f"<{element.tag} {element.get('class') or element.get('id')}>"
                found = found.then(Byline(source=said_by, evidence=_seen("source", where, said_by, 0.8)))
            continue
        if "name" in kinds and (above := element.getparent()) is not None and words(above) & _AUTHORS:
            kinds = kinds | _AUTHORS  # <div class="author"><img …><span class="name">
        profile = element.tag == "a" and _PROFILE.search(element.get("href") or "") is not None
        if (
            kinds & _CONTROLS
            or not (kinds & (_SOURCES | _AUTHORS | _EDITORS) or element.get("rel") == "author" or profile)
            or not _within(element, heads)
        ):
            continue
        text = visible_text(element)
        if not text or len(text) > _LONGEST or ":" in folded(text) or _YEAR.search(text) or byline.parse(text):
            continue  # what has a colon states something else: 发布时间：10-08, a caption
        label = f"<{element.tag} {element.get('class') or element.get('id') or 'rel=author'}>"
        if kinds & _SOURCES and (said := origin(text, name)).source and not re.search(r"\d{4}", text) and _sounds(said.source):
            found = found.then(Byline(source=said.source, chain=said.chain, evidence=_seen("source", label, text, 0.8)))
        elif kinds & _EDITORS and (names := people(text, strict=True)):
            found = found.then(Byline(editors=names, evidence=_seen("editors", label, text, 0.7)))
        elif not kinds & (_SOURCES | _EDITORS) and (names := people(text, strict=profile and not kinds & _AUTHORS)):
            named = tuple(dict.fromkeys(found.authors + names))
            found = replace(found, authors=named, evidence=found.evidence + _seen("authors", label, text, 0.8))
    return replace(found, authors=_whole(found.authors))


_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


def _whole(names: tuple[str, ...]) -> tuple[str, ...]:
    """The names without what only adds something to one of them (Jane Doe Follow), and without lone words (By) beside whole names."""
    whole = any(" " in each or not each.isascii() for each in names)
    longer = {each for each in names for other in names if each.startswith(f"{other} ")}
    return tuple(each for each in names if each not in longer and (not whole or not each.isascii() or " " in each))


def beside_date(before: Sequence[Line], name: str | None = None, *, hosted: bool = False) -> Byline:
    """A medium, a body or the site itself (`name`) that stands alone beside the date, on its line or on the ones next to it;
    the surest place on a third of pages. `hosted`: the page is an account's, and so is the name on that line."""
    brand = _brand(name)
    dated = [at for at, line in enumerate(before) if len(line.text) <= 120 and _DATE.search(folded(line.text))]
    for at in reversed(dated):
        for text in _beside(before, at):
            if said := _slashed(text):
                return said
        for text, sure in _around(before, at):
            text = _MADE.sub("", text)
            flat = folded(text).strip()
            own = brand and flat.startswith(brand) and len(flat) <= len(brand) + 4 and not _SHARING.search(flat)
            body = (len(flat) >= 4 or (len(flat) == 3 and flat.endswith("局"))) and _BODY.fullmatch(flat)
            if hosted and sure > 0.6 and (account := accounts.name(text)):
                text, own = account, True
            if own or body or is_outlet(flat):
                return Byline(source=text, evidence=_seen("source", "beside the date", before[at].text.strip(), sure))
    return Byline()


def _brand(name: str | None) -> str | None:
    """What the columns of a site begin with: 海潮娱乐 and 海潮科技 are of 海潮网."""
    brand = re.sub(r"(?:新闻)?网$", "", folded(name or ""))
    return brand if 2 <= len(brand) <= 8 and not brand.isascii() else None


_SHARING = re.compile(r"(?:微博|微信|空间|好友|首页|导航|客户端|通行证)$")  # what a site calls its buttons
_MADE = re.compile(r"\s*[\[【(（]?(?:整理|综合|编译|原创)[\]】)）]?(?:\s+\d{1,6})?$")  # 海潮星空[整理] 12
_SLASHED = re.compile(
    r"(?P<outlet>[^/\s]{2,14}) (?:特派)?记者(?P<names>[^/]{2,24})/[^/\s]{2,8}报[导道]"  # 海潮報 記者林思遠／台北報導
    r"|(?P<one>[^/]{2,24})/(?P<other>[^/]{2,24})"  # 林思遠／海潮報, 海潮報／林思遠
)


def _beside(before: Sequence[Line], at: int) -> Iterator[str]:
    """What remains of the date's line behind and before the date; then the lines below and above it."""
    found = _DATE.search(folded(before[at].text))
    left, right = found.span() if found else (0, 0)
    yield before[at].text[right:]
    yield before[at].text[:left]
    yield from (before[beside].text for beside in (at + 1, at - 1) if 0 <= beside < len(before))


def _slashed(text: str) -> Byline | None:
    """A medium and its people with a slash between them."""
    text = text.strip(" \u00a0\u3000\t")
    found = _SLASHED.fullmatch(folded(text))
    if not found:
        return None
    field = "reporters" if found["names"] else "authors"
    for outlet, named in (("outlet", "names"),) if found["names"] else (("one", "other"), ("other", "one")):
        source, names = text[slice(*found.span(outlet))].strip(), people(text[slice(*found.span(named))], strict=True)
        if is_outlet(source) and names and all(is_person(each) for each in names):
            evidence = _seen("source", "beside the date", text, 0.7) + _seen(field, "beside the date", text, 0.7)
            said = Byline(source=source, evidence=evidence)
            return replace(said, reporters=names) if found["names"] else replace(said, authors=names)
    return None


def _around(before: Sequence[Line], at: int) -> Iterator[tuple[str, float]]:
    """What remains of the date's line without the date and without what has labels; then the lines below and above it, whole."""
    flat = folded(before[at].text)
    found = _DATE.search(flat)
    left, right = found.span() if found else (0, 0)
    for rest in (before[at].text[right:], before[at].text[:left]):
        for part in _APART.split(rest):
            yield part.strip(" \u00a0\u3000\t[]【】()（）-—:："), 0.7
    for element in before[at].block.iter("span", "a", "em", "i", "b", "strong", "label", "p"):
        if len(text := visible_text(element)) <= 20:
            yield text, 0.7
    for beside in (at + 1, at - 1):
        if 0 <= beside < len(before) and len(text := before[beside].text.strip(" \u00a0\u3000\t")) <= 20:
            yield text, 0.6


def _sounds(source: str) -> bool:
    """Could that be the name of a source, rather than a button or a person?"""
    flat = folded(source)
    if source.isascii() and any(word.islower() and word not in _SMALL for word in source.split()[1:]):
        return False  # a sentence: Add us as a preferred source
    return flat not in NOBODY and not any(flat.startswith(button) for button in BUTTONS) and not (is_person(source) and len(source) <= 3)


_SMALL = frozenset({"of", "the", "and", "for", "de", "du", "la", "le", "der", "des", "del", "in", "on"})


def _seen(field: str, where: str, text: str, sure: float) -> tuple[Evidence, ...]:
    return (Evidence(field=field, where=where, text=text[:200], sure=sure),)


def _within(element: HtmlElement, blocks: frozenset[HtmlElement]) -> bool:
    return element in blocks or any(above in blocks for above in element.iterancestors())
