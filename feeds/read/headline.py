"""The headline of an article page, the name of its site, and the breadcrumb above it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from feeds.clean import byline, select
from feeds.read import meta
from feeds.read.dom import Page, folded, furniture, hidden, visible_text, words
from feeds.read.meta import Meta

_SEPARATORS = re.compile(r"\s*(?:_{1,3}|-{2,3}|\s[-–—|·]\s|[|｜丨]|[-–—](?=[^-–—]{2,24}$)|(?<=平台)-|(?<=[报网刊])-)\s*")
_TITLES = frozenset({"title", "biaoti", "headline", "bt", "tit", "subject", "mytitle", "arti", "atitle", "heading"})
_HEADINGS = {"h1": 3.0, "h2": 2.0, "h3": 1.0, "h4": 0.5, "h5": 0.3}
_PAPER = re.compile(r"(?:数字报刊平台|数字报刊|数字报|电子报刊|电子报|电子版|多媒体数字报|手机版|移动版)$")


@dataclass(frozen=True, slots=True)
class Headline:
    """A headline exactly as it stands on the page, where it was found, and the element that shows it (None: only the machine states it)."""

    text: str
    where: str
    sure: float
    element: HtmlElement | None = None


def find(page: Page, stated: Meta, selector: str | None) -> Headline | None:
    """The headline: by selector, machine comment, meta, the heading that the document's title confirms, Open Graph, the title itself."""
    text: str | None
    if selector:
        chosen = select.compile(selector)
        if text := chosen.text(page.root):
            return Headline(text, f"the selector {selector}", 1.0, chosen.first(page.root))
    shown = _shown(page, stated)
    fenced = meta.region(page, "title")
    if fenced and fenced.text:
        return Headline(fenced.text, "the comments of the publishing system", 1.0, fenced.parent)
    for text, where in (
        (stated.machine.get("title"), "the record of the publishing system"),
        (stated.first("articletitle"), "meta ArticleTitle"),
    ):
        if text:
            return Headline(text, where, 1.0, shown.element if shown else None)
    told = _letters(stated.linked.headline or "")
    if shown and (shown.sure >= 0.9 or not told or _letters(shown.text) in told or told in _letters(shown.text)):
        return shown
    machine = ((stated.first("og:title", "twitter:title"), "meta og:title"), (stated.linked.headline, "JSON-LD headline"))
    for text, where in machine if shown is None else reversed(machine):
        if text:
            return Headline(text, where, 0.9)
    parts = _parts(page.document_title)
    return Headline(parts[0], "the document's title", 0.6) if parts and parts[0] else None


def _parts(title: str) -> list[str]:
    return [part for part in _SEPARATORS.split(title) if part]


def _shown(page: Page, stated: Meta) -> Headline | None:
    """The visible element that reads most like the headline. What the document's title begins with is hard to beat."""
    named = page.document_title
    told = (stated.machine.get("title"), stated.first("articletitle", "og:title", "twitter:title"), stated.linked.headline)
    machine = {_letters(text): text for text in reversed(told) if text}
    site = (stated.first("sitename", "og:site_name") or "").lower()
    best: tuple[float, Headline] | None = None
    for element, weight, where in _candidates(page):
        text = _headline_of(element)
        if not 2 <= len(text) <= 150 or text.lower() == site.removeprefix("the ") or text.lower() == site:
            continue
        score = weight
        if (letters := _letters(text)) in machine:
            score += 6
            if len(element):  # a heading of several parts (a kicker, the headline) shows no colon between them
                text = machine[letters]
        elif named and (named == text or _confirmed(named, text)):
            score += 4 + min(len(text), 40) / 20
        elif not element.tag.startswith("h") or _OF_BOXES.fullmatch(text):
            continue
        elif _dated_below(element):
            score += 1
        if _linked(element, text):
            score -= 3
        if best is None or score > best[0]:
            best = (score, Headline(text, where, 0.95 if score > 5 else 0.7, element))
    return best[1] if best and best[0] > 0 else None


# What stands above the boxes of a page, and the way to it: no headline unless the document's title confirms it.
_OF_BOXES = re.compile(
    r"(?:联系我们|聯絡我們|关于我们|關於我們|(?:相关|相關|热门|熱門|最新|推荐|推薦|精彩|图片|圖片|更多)(?:新闻|新聞|文章|阅读|閱讀|链接|連結|资讯|資訊|推荐|推薦)"
    r"|友情链接|新闻动态|通知公告|网友评论|網友評論|分享到|(?:首页|首頁|当前位置|您(?:现在|当前)?(?:的|所在的)?位置)\s?[:：>＞»/-].*)"
)
_BADGES = frozenset({"原创", "原創", "独家", "獨家", "转载", "轉載", "置顶", "置頂", "图集", "圖集"})
_STAMPED = re.compile(r"(?:19|20)\d\d\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}")


def _headline_of(element: HtmlElement) -> str:
    """What a heading shows, without the line of date and credits that some systems put inside of it."""
    text = visible_text(element, 1000)
    if (
        len(element)
        and not folded(element.text or "").strip()
        and (badge := visible_text(element[0])) in _BADGES
        and len(text) > len(badge) + 4
    ):
        text = text.removeprefix(badge).lstrip()
    if len(element) and _STAMPED.search(text):
        for inner in element.iterchildren("span", "small", "em", "i", "p", "div", "time"):
            said = visible_text(inner)
            before = folded(text.partition(said)[0]) if said else ""
            if before and (_STAMPED.search(said) or byline.is_credit(said)):
                return before
    return text


def _dated_below(heading: HtmlElement) -> bool:
    """Does a line with a date follow right below, as under the headline of a text?"""
    below = heading.getnext()
    return below is not None and isinstance(below.tag, str) and _STAMPED.search("".join(islice(below.itertext(), 12))[:80]) is not None


def _confirmed(named: str, text: str) -> bool:
    """Does the document's title say `text`, with only a site's or a column's name beside it?"""
    if named.startswith(text):
        if named[len(text)] in ":：":
            return False  # a kicker, which the headline follows
        return not named[len(text)].isalnum() or len(text) > 6
    if named.endswith(text):
        return not named[-len(text) - 1].isalnum() and named.rfind(text) > 0 and len(text) >= 4
    return False


def _letters(text: str) -> str:
    return "".join(letter for letter in text.lower() if letter.isalnum())


def _linked(element: HtmlElement, text: str) -> bool:
    return sum(len(folded(link.text_content())) for link in element.iter("a")) * 2 > len(text) or element.getparent().tag == "a"


def _candidates(page: Page) -> Iterator[tuple[HtmlElement, float, str]]:
    for element in page.body.iter():
        if not isinstance(element.tag, str) or element.tag in ("a", "script", "style", "body", "img", "input"):
            continue
        marked = (
            bool(words(element) & _TITLES)
            or (element.get("itemprop") or "").lower() == "headline"
            or "p-name" in (element.get("class") or "")
        )
        weight = _HEADINGS.get(element.tag, 0.0) + (1.5 if marked else 0.0)
        if not weight and (len(element) > 2 or element.tag not in ("div", "p", "td", "span", "b", "strong", "font", "center", "dt")):
            continue
        if not weight and (not page.document_title or not _likely(element, page.document_title)):
            continue
        if hidden(element) or (furniture(element) and not _names_page(element, page.document_title)):
            continue
        yield (
            element,
            weight,
            f"<{element.tag}>" if not marked else f"<{element.tag} class={element.get('class') or element.get('id') or ''}>",
        )


def _names_page(element: HtmlElement, named: str) -> bool:
    """Is this a first heading that the document's title begins with? It is the headline, whatever the box is called that holds it."""
    text = visible_text(element) if element.tag == "h1" and named else ""
    return len(text) > 6 and named.startswith(text)


def _likely(element: HtmlElement, named: str) -> bool:
    text = folded(element.text or "")
    return len(text) >= 2 and text[:8] in named


# --- the site and the way to the article ----------------------------------------------------------------------------------------------


def site_name(page: Page, stated: Meta, title: str) -> tuple[str, str, float] | None:
    """What the site calls itself: the name, where it stands, how sure. Meta first, then what the document's title adds to the headline."""
    told = (
        (stated.first("sitename"), "meta SiteName"),
        (stated.first("og:site_name"), "meta og:site_name"),
        (stated.linked.publisher, "JSON-LD publisher"),
        (stated.first("dc.publisher"), "meta DC.publisher"),
    )
    for named, where in told:
        if named and 2 <= len(named) <= 40 and named.lower() not in _PLAIN and not named.isdigit():
            return named, where, 1.0
    whole = page.document_title
    if title and title in whole and whole != title:
        before, _, after = whole.partition(title)
        # 栏目_站名 behind the headline, 站名-栏目 before it.
        for rest, at in ((after, -1), (before, 0)):
            parts = [part.strip() for part in re.split(r"[_–—|｜丨·-]+|\s+(?![A-Za-z])|(?<![A-Za-z.,&'])\s+", rest)]
            parts = [part for part in parts if len(part) >= 2]
            if not title.isascii() and any(not part.isascii() for part in parts):
                parts = [part for part in parts if not part.isascii()]  # 澎湃新闻-The Paper says its name twice
            if parts and len(parts[at]) <= 30:
                return _PAPER.sub("", parts[at]) or parts[at], "the document's title", 0.6
    return None


_CRUMBS = frozenset(
    {
        "pos",
        "position",
        "path",
        "crumb",
        "crumbs",
        "breadcrumb",
        "breadcrumbs",
        "location",
        "weizhi",
        "dqwz",
        "mbx",
        "place",
        "bread",
        "nav",
    }
)
_HERE = re.compile(
    r"(?:您?(?:现在|当前|目前|所在|現在|當前)(?:所在)?的?位置|本页位置|当前栏目|所在位置|您的位置|you are here)\s*(?:是)?\s*[:：]?\s*", re.I
)
_ARROWS = re.compile(r"\s*(?:>{1,2}|»|›|→|＞{1,2}|≫|->|(?<=\s)/(?=\s)|(?<=\s)[-|](?=\s)|·(?=\s))\s*")
_STEPS = re.compile(r"^[^>»›→＞≫。，]{1,20}(?:\s*[>»›→＞≫]+\s*[^>»›→＞≫。，]{1,20}){2,5}$")
_PLAIN = frozenset("首页 主页 正文 网站首页 返回首页 当前页 详情 列表 内容 文章 新闻正文 查看内容 首頁 home index".split())  # noqa: SIM905
_SCOPE = frozenset("全市 全国 全省 全区 各区 区县 本市 市内 综合 其他 其它 更多".split())  # noqa: SIM905
_SHEET = re.compile(r"第\s?[A-Z]?\d{1,3}\s?版\s?[:：]\s?[\u4e00-\u9fffA-Za-z·]{1,12}")


_LONGEST_WAY = 160  # letters of a breadcrumb
_MOST_STEPS = 12


def crumbs(page: Page, title: str, before: list[str], body: frozenset[HtmlElement]) -> tuple[str, ...]:
    """The steps of the breadcrumb, without the site's front page, without 正文 and without the headline."""
    fenced = meta.region(page, "crumbs")
    for text in (
        fenced.text if fenced else "",
        *_marked(page, body),
        *(text for text in before if _HERE.search(text) or _STEPS.match(text)),
    ):
        steps = _steps(text, title)
        if steps:
            return steps
    return ()


def _marked(page: Page, body: frozenset[HtmlElement]) -> list[str]:
    """What elements say that are called after a breadcrumb; those that are called no more than a navigation come last."""
    return [text for _, text in sorted(_called(page, body), key=lambda each: each[0])]


def _called(page: Page, body: frozenset[HtmlElement]) -> Iterator[tuple[bool, str]]:
    for element in page.body.iter("div", "p", "ul", "ol", "nav", "span", "td", "section"):
        if words(element) & _CRUMBS and element not in body and not hidden(element):
            vague = words(element) & _CRUMBS == {"nav"}
            text = visible_text(element, 2 * _LONGEST_WAY)
            steps = [visible_text(each, _LONGEST_WAY) for each in islice(element.iter("li"), _MOST_STEPS)]
            sure = bool(words(element) & {"breadcrumb", "breadcrumbs", "crumbs"})
            if (sure or (len(steps) > 1 and not vague and element.tag != "nav")) and steps and all(steps) and not _ARROWS.search(text):
                # Steps that only the style sheet sets apart; a single one beside the front page counts too.
                yield vague, " > ".join(("", *steps) if steps[0].lower() in _PLAIN else steps)[:_LONGEST_WAY]
                continue
            if 2 < len(text) <= _LONGEST_WAY and (_HERE.search(text) or _ARROWS.search(text)):
                yield vague, text


def _steps(text: str, title: str) -> tuple[str, ...]:
    found = _HERE.search(text)
    text = text[found.end() :] if found else text
    steps = [step.strip(" :：　") for step in _ARROWS.split(text)]
    if len(steps) < 2 and not found:
        return ()
    first = steps[0] if steps else ""
    steps = steps[1:] if len(steps) > 1 else steps
    kept = [step for step in steps if step and len(step) <= 20 and step.lower() not in _PLAIN and step not in (title, first)]
    return tuple(dict.fromkeys(kept))


def column_of_list(page: Page, name: str | None) -> str | None:
    """The column that a list page is of, for entries that name none: what the page states, the end of its breadcrumb, what its title says
    beside the name of the site (`name`, or what sounds like one). A front page is of none."""
    if _FRONT.match(urlsplit(page.url).path):
        return None
    stated = meta.read(page)
    if named := column(crumbs(page, "", [], frozenset()), stated, [], []):
        return named[0]
    parts = _parts(page.document_title)
    site = stated.first("sitename", "og:site_name")
    if len(parts) < 2 or not any(part in (site, name) or _SITE.search(part) for part in parts[1:]):
        return None
    first = parts[0].strip()
    return first if 2 <= len(first) <= 12 and first.lower() not in _PLAIN and not _SITE.search(first) else None


_FRONT = re.compile(r"^(?:|/|/(?:index|default|home|main)\.\w+)$", re.I)
_SITE = re.compile(
    r"(?:[报報网網社台局厅廳委院校馆館]|政府|频道|頻道|在线|線上|門戶|门户|平台|客户端|融媒体?|信息港|委员会|办公室|中心|大学)$"
)


_CALLED = re.compile(r"(?:^|[\s|·•])(?:所属)?(?:栏目|分类|分類)\s?[:：]\s?(?P<named>[^\W\d_]{2,10})(?=$|[\s|·•,，])")


def column(steps: tuple[str, ...], stated: Meta, before: list[str], after: list[str]) -> tuple[str, str] | None:
    """The column that an article stands in, and where that is said: what the page states, the last step of its breadcrumb that is not a
    mere area, a print page, a label (分类：人物) right above or below the text."""
    if named := stated.machine.get("column"):
        return named, "the record of the publishing system"
    for name in ("columnname", "article:section", "lanmu", "channel"):
        if named := stated.first(name):
            return named, f"meta {name}"
    if stated.linked.section:
        return stated.linked.section, "JSON-LD articleSection"
    if named := last_column(steps):
        return named, "the breadcrumb"
    named = next((found[0] for text in before if (found := _SHEET.search(text))), None)
    named = named or next((found["named"] for text in (*before, *after) if (found := _CALLED.search(text))), None)
    return (named, "beside the text") if named else None


def last_column(steps: tuple[str, ...]) -> str | None:
    """The last step that is a column and not a mere area (全市)."""
    return next((step for step in reversed(steps) if step not in _SCOPE), None)


def split(text: str) -> tuple[str, ...]:
    """The steps of a breadcrumb's text; a text without arrows is one step."""
    return _steps(text, "") or (text,)
