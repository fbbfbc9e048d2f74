"""The rows of a list page: which element holds what is said about a link, its headline, its date, its column, and what addresses tell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from lxml.html import HtmlElement

from feeds.clean import text as plain
from feeds.clean import urls
from feeds.read.dom import BLOCKS, folded, furniture, visible_text, words

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
LINE = 120  # characters that a line has which says when and by whom an article was written
LONG = 600  # characters that one row says at most
SHARED = 24  # links that one row has at most, with the buttons that it is shared by
_YEAR = r"(?:19|20)\d\d(?:\s?[-/.年]\s?|\s)\d{1,2}\s?[-/.月]\s?\d{1,2}(?:\s?日)?(?:\s+\d{1,2}[:：]\d\d(?:[:：]\d\d)?)?"
_DAY = r"(?<![\d.])\d{1,2}(?:[-/]|月)\d{1,2}日?(?:\s+\d{1,2}[:：]\d\d)?(?![\d.%])"
_AGO = r"(?:今天|昨天|前天)(?:\s*\d{1,2}[:：]\d\d)?|\d{1,3}\s*(?:分钟|小时|天)前|刚刚"
_OF_NOW = re.compile(_AGO)
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*"
_ENGLISH = rf"{_MONTH}\.? \d{{1,2}}(?:st|nd|rd|th)?,? (?:19|20)\d\d|\d{{1,2}}(?:st|nd|rd|th)? {_MONTH},? (?:19|20)\d\d"
_ROC = r"(?<![\d.-])1\d\d[-/.]\d{1,2}[-/.]\d{1,2}(?![\d.])"  # years of Taiwan
_DATE = re.compile(f"{_YEAR}|{_ENGLISH}|{_ROC}|{_DAY}|{_AGO}", re.I)
_ONLY_DATE = re.compile(rf"[\s\[\]()（）【】|·]*(?:{_YEAR}|{_ENGLISH}|{_ROC}|{_DAY}|{_AGO})[\s\[\]()（）【】|·]*", re.I)
_DAY_FIRST = re.compile(r"(?<!\d)(?P<d>\d{1,2})\s+(?P<y>(?:19|20)\d\d)\s?[-/.年]\s?(?P<m>\d{1,2})月?(?!\s?[-/.\d])")
_BULLET = re.compile(r"^(?:[·•●○■□◆◇▪▫►▶★☆※»›>]|\d{1,2}[.、](?=\D)|[-—–*]\s)+\s*")
_CUT = re.compile(r"\s*(?:\.{2,}|…+|。{3,})$")
_SERVICE = re.compile(
    r"^(?:\[?(?:更多|详细|详情|查看更多|more|全文|阅读全文|查看详情|首页|上一页|下一页|上页|下页|尾页|末页|登录|注册|返回|收藏|设为首页"
    r"|加入收藏|联系我们|网站地图|关于我们|打印|关闭|繁體|繁体|简体|无障碍|english|rss|进入|点击|read more|next|previous|continue reading"
    r"|leave a (?:comment|reply)|(?:no|\d+) comments?|\d+)\]?[\s>»›.…]*|[\s>»›<«‹|]+)$",
    re.I,
)
_NUMBERED = re.compile(
    r"(?:(?<!\d)\d{4,}+|(?<![0-9a-f])[0-9a-f]{16,}+)(?:[_-]\d+)*(?:\.\w+)?/?$"
    r"|/\d{2,}(?:\.\w+)?/?$|/(?:art|content|node|post|detail|show|article)[_/-]?\d+",
    re.I,
)
_PAGE = re.compile(r"/page/\d{1,4}/?$", re.I)
_POST = re.compile(r"/s/(?=[\w-]*[A-Z])(?=[\w-]*\d)[\w-]{22}$")  # of a WeChat account
_MIXED = re.compile(r"/(?=\d*[A-Z])(?=(?:[A-Z]*\d){4})[0-9A-Z]{10,32}(?:\.\w+)?/?$")  # FGK7NCOR0001899O.html
_SLUG = re.compile(r"/(?:19|20)\d\d/(?:\d\d?/){0,2}[^/]*[^\W\d][^/]*/$|/[^/-]+(?:-[^/-]+){2,}/$|/(?:posts?|articles?)/[^/]{4,}/$")
_QUOTED = 15  # bytes of a headline that an address quotes: five Chinese characters; names of columns are shorter
_INDEX = re.compile(r"(?<=/)(?:index|default)\.\w+$", re.I)
_MORE_ABOUT = re.compile(r"^(?:read more|continue reading)\s*(?:about\b|on\b|:)\s*", re.I)
_DIRECTORY = re.compile(r"(?:/|/(?:index|default|list|node)(?:_\w+)?\.\w+)$", re.I)


@dataclass(frozen=True, slots=True)
class Row:
    """One entry of a list: its link, the element that holds what is said about it, and what selectors took from it."""

    link: HtmlElement
    item: HtmlElement
    address: str | None = None
    title: str | None = None
    date: str | None = None


# --- a row ----------------------------------------------------------------------------------------------------------------------------


def around(links: list[HtmlElement]) -> list[Row]:
    """A row for each link: the largest element that holds no other link of the list."""
    chosen = set(links)
    return [Row(link=link, item=item_of(link, chosen)) for link in links]


def shared(elements: Sequence[HtmlElement]) -> list[HtmlElement]:
    """What holds all of these elements, innermost first, up to the body."""
    way = [each for each in elements[0].iterancestors() if each.tag != "html"]
    for element in elements[1:]:
        above = set(element.iterancestors())
        way = [each for each in way if each in above]
    return way


def item_of(link: HtmlElement, chosen: set[HtmlElement]) -> HtmlElement:
    """The element of the row that this link is of, among links that were chosen."""
    item = link
    for depth, above in enumerate(link.iterancestors()):
        if depth > 5 or above.tag in ("body", "html", "ul", "ol", "table", "tbody", "dl", "main"):
            break
        inside = list(islice(above.iter("a"), SHARED + 1))
        if _crowded(above, inside) or len({each.get("href") for each in inside if each in chosen}) > 1 or _is_long(above):
            break
        if len(chosen) == 1 and _holds_rows(above, link):
            break
        item = above
        if above.tag in ("li", "tr", "article"):
            break
    return item


def _is_long(element: HtmlElement) -> bool:
    """Does an element say more than one row does? How its source is indented does not count."""
    said = element.text_content()
    return len(said) > LONG and (len(said) > 8 * LONG or len(folded(said)) > LONG)


def _crowded(element: HtmlElement, links: list[HtmlElement]) -> bool:
    """Are there more links in an element than one row has? The buttons that it is shared with do not count."""
    if not 6 < len(links) <= SHARED:
        return len(links) > 6
    return sum(1 for each in links if not furniture(each, (element,))) > 6


def _holds_rows(element: HtmlElement, link: HtmlElement) -> bool:
    """Does this element hold several rows? (Then it is the list and not one row of it.) A part whose only link leads where `link` does
    (a picture, "read more") belongs to its row."""
    address = link.get("href")
    rows = [
        each
        for each in element
        if each.tag in ("li", "tr", "dd", "dt", "article", "div", "p")
        and any(inner.get("href") != address or inner is link for inner in each.iter("a"))
    ]
    return len(rows) > 1


def main_link(item: HtmlElement) -> HtmlElement | None:
    """The link of an item that leads to its entry: the one with the longest text."""
    links = [each for each in item.iter("a", "area") if (each.get("href") or "").strip()]
    usable = [
        each
        for each in links
        if urls.absolute("http://host/", each.get("href") or "") and not (each.get("href") or "").strip().startswith("#")
    ]
    return max(usable, key=lambda each: len(title_of(each)), default=None)


def title_of(link: HtmlElement) -> str:
    """The full headline behind a link: its text without bullets and dates, or its title attribute where the text is only cut from it."""
    return full(_shown(link), link.get("title"))


def full(shown: str, attribute: str | None) -> str:
    shown = plain.clean(_MORE_ABOUT.sub("", _BULLET.sub("", shown.partition("~~~")[0].strip(" \u3000\u00a0"))))
    whole = plain.clean(_BULLET.sub("", (attribute or "").strip()))
    if not whole or "://" in whole:
        return shown
    beginning = _CUT.sub("", shown)
    if not shown or (len(whole) > len(beginning) and whole.startswith(beginning)) or (beginning != shown and whole[:4] == shown[:4]):
        return whole
    return shown


def _shown(link: HtmlElement) -> str:
    """The headline within a link: its heading if it has one, otherwise its text without the parts that are dates."""
    for inner in link.iter(*HEADINGS):
        if (text := visible_text(inner)) and any(letter.isalpha() for letter in text) and not _ONLY_DATE.fullmatch(text):
            return text
    for inner in link.iter("div", "p", "span", "strong", "b"):
        if inner is not link and words(inner) & {"title", "tit", "bt", "headline"} and (text := visible_text(inner)):
            return text
    if len(link) == 0:
        return folded(link.text or "")
    parts = [link.text or ""]
    for inner in link:
        text = visible_text(inner) if isinstance(inner.tag, str) else ""
        parts += ["" if _ONLY_DATE.fullmatch(text) else text, inner.tail or ""]
    return folded(" ".join(parts) if any(inner.tag in BLOCKS for inner in link) else "".join(parts))


def date_beside(row: Row) -> str | None:
    """What the row says beside its headline and looks like a date."""
    for stamp in row.item.iter("time"):
        if stated := (stamp.get("datetime") or "").strip():
            return stated
    said = _around_link(row.item, row.link)
    if row.link.getparent() is not None and row.item.tag == "dt":
        following = row.item.getnext()
        while following is not None and following.tag == "dd":
            said += " " + folded(following.text_content())
            following = following.getnext()
    if row.item is row.link:
        said += f" {_on_its_line(row.link)}"
    said += " " + " ".join(_dates_inside(row.link))
    if _DATE.search(published := _OF_ELSE.sub(" ", said)):
        said = published
    if found := _DAY_FIRST.search(said):
        return f"{found['y']}-{found['m']}-{found['d']}"
    if found := _DATE.search(said):
        return said[found.start() : found.end()]
    return _below(row.item) or _under_heading(row.item)


def _below(item: HtmlElement) -> str | None:
    """A date that has the next row of the table, or the next paragraph, for itself."""
    below = item.getnext() if item.tag in ("tr", "p", "div") else None
    if below is None or below.tag != item.tag or next(below.iter("a"), None) is not None or len(below) > 4:
        return None
    return said if only_date(said := folded(below.text_content())) else None


def _under_heading(item: HtmlElement) -> str | None:
    """The date in the line below a heading, of an index that shows its articles whole: they are too long to be taken for rows."""
    below = item.getnext() if item.tag in HEADINGS else None
    if below is None or below.tag not in ("div", "p", "span", "time", "small") or len(below) > SHARED:
        return None
    if stated := next((said for each in below.iter("time") if (said := (each.get("datetime") or "").strip())), None):
        return stated
    said = folded(below.text_content())
    found = _DATE.search(said) if len(said) <= LINE else None
    return found and said[found.start() : found.end()]


# Of what a document did besides being published: drawn up, sent, in force, up for comments.
_OF_ELSE = re.compile(rf"(?:发文|成文|生成|印发|生效|实施|更新|修改|截止|有效|征集)(?:日期|时间|期)?\s?[:：]\s?(?:{_YEAR}|{_DAY})")


def _on_its_line(link: HtmlElement) -> str:
    """The text beside a link that has no element of its own, as far as the line breaks around it."""
    before, after, parent = link.getprevious(), link.getnext(), link.getparent()
    first = before is None or before.tag in BLOCKS or before.tag in ("br", "hr")
    last = after is None or after.tag in BLOCKS or after.tag in ("br", "hr")
    above = (parent.text if parent is not None else "") if before is None else before.tail
    return folded(f"{(above or '')[-40:] if first else ''} {(link.tail or '')[:40] if last else ''}")


_LABEL = re.compile(r"^[\[【〔［(（]\s*(?P<label>[^\W\d_]{2,8})\s*[\]】〕］)）]$")
_MARKS = frozenset(
    "置顶 置頂 推荐 推薦 头条 頭條 热点 精华 原创 转载 最新 最热 视频 图片 图文 组图 公告栏 更多 详细 进入 top new hot more".split()  # noqa: SIM905
)


def label_of(row: Row) -> str | None:
    """The column that a row names in brackets before its headline: [<a>社会</a>] <a>…</a>. What marks a row (置顶) is none."""
    for node in row.item.iterdescendants("a", "span", "em", "i", "b", "div", "font", "label", "td"):
        if node is row.link:
            break
        text = folded(node.text_content())
        if node.tag == "a" and len(text) <= 8:  # the brackets stand around the link
            before = node.getprevious()
            above = (node.getparent().text if before is None else before.tail) or ""
            text = f"{above.rstrip()[-1:]}{text}{(node.tail or '').lstrip()[:1]}"
        if (found := _LABEL.match(text)) and found["label"].lower() not in _MARKS and row.link not in set(node.iter()):
            return found["label"]
    return None


def is_numbered(path: str) -> bool:
    """Is this path one of an article, by the number that it ends in? That of a further page of a list (/news/page/10/) is none."""
    return not is_further_page(path) and any(each.search(path) is not None for each in (_NUMBERED, _POST, _MIXED))


def is_further_page(path: str) -> bool:
    """Is this path one of a further page of a list, as most systems for blogs write it: /news/page/10/?"""
    return _PAGE.search(path) is not None


def is_directory(path: str) -> bool:
    """Is this path one of a folder, or of its index?"""
    return _DIRECTORY.search(path) is not None and not is_slug(path)


def is_slug(path: str) -> bool:
    """Is this path one of an article, by the words of its headline that it ends in?"""
    path = _INDEX.sub("", path)
    return _SLUG.search(path) is not None or path.rstrip("/").rpartition("/")[2].count("%") >= _QUOTED


def is_service(text: str) -> bool:
    """Is this what a link says that leads to no headline of its own: more, next, log in?"""
    return _SERVICE.match(text) is not None


def is_of_now(said: str) -> bool:
    """Does this date count from the moment at which it is read?"""
    return _OF_NOW.search(said) is not None


def only_date(text: str) -> bool:
    """Does this say a date and nothing else?"""
    return len(text) <= 40 and _ONLY_DATE.fullmatch(folded(text)) is not None


def _around_link(item: HtmlElement, link: HtmlElement) -> str:
    """The text of the item without that of the link."""
    parts: list[str] = []
    inside = set(link.iter())
    for node in item.iter():
        if node in inside:
            parts.append((node.tail or "") if node is link else "")
        elif isinstance(node.tag, str) and node.tag not in ("script", "style"):
            parts += [node.text or "", " ", (node.tail or "") if node is not item else ""]
        elif node is not item:
            parts.append(node.tail or "")
    return folded(" ".join(parts))


def _dates_inside(link: HtmlElement) -> Iterable[str]:
    for inner in link.iterdescendants():
        if isinstance(inner.tag, str):
            text = folded(inner.text_content())
            if len(text) <= 30 and _ONLY_DATE.fullmatch(text):
                yield text
            elif inner.get("datetime"):
                yield inner.get("datetime") or ""
