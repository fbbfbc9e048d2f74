"""What stands in an article's container and is not its text: scripts, buttons, QR captions, paging, and the credit lines."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from collections.abc import Set as AbstractSet
from copy import deepcopy

from lxml import etree
from lxml.html import HtmlElement, fragment_fromstring

from feeds.clean import byline, tagline, urls
from feeds.clean import text as plain
from feeds.read.body import MEDIA, Body, file_at
from feeds.read.dom import BLOCKS, folded, hidden, words

_CODE = r"(?:关注|關注|二维码|二維碼|打开|阅读|閱讀|下载|图|码|上方|下方)"
_PROMOTION = re.compile(
    rf"(?:扫描|扫一扫|掃描|掃一掃|扫码|掃碼|长按|長按|识别).{{0,20}}{_CODE}|^扫一扫|^(?:扫描|扫码).{{0,30}}$"
    r"|(?:点击|點擊).{0,12}(?:关注|關注|蓝字|阅读原文|下载)|^分享(?:到|至|让更多人看到)|^(?:分享|收藏|打印|点赞|在看|转发)(?:[ 、|]|$)"
    r"|^(?:—+\s*)?(?:END|end|The End|完)(?:\s*—+)?$|^(?:上一[页篇]|下一[页篇]|相关(?:新闻|阅读|链接|推荐))[:：]?"
    r"|^\W*(?:看更多|看其他文章|還想看更多|(?:歡迎|欢迎|请|請|立即|马上|立刻)?(?:下載|下载).{0,12}(?i:APP|客户端|客戶端))"
    r"|^(?:Lire aussi|À lire aussi|Mehr zum Thema|Lesen Sie (?:auch|mehr)|Czytaj (?:więcej|też|także)|Leia (?:também|mais)|Lea también"
    r"|Leer más|Les også|Läs (?:också|mer)|Lees ook|Leggi anche|Читайте также|【?関連記事】?|관련 ?기사"
    r"|(?i:also read|related(?: stories)?))\s*(?:[:：|»>].*)?$"
    r"|^【?(?:我要)?纠错】?$|^(?:延伸|推荐|猜你喜欢|热门)(?:阅读|推荐)?$|^(?:延伸|推荐)阅读"
    r"|^本文(?:链接|地址|网址)|^(?:本网|本站|版权|免责|特别|郑重|平台)?声明[:：]|^Notice: The content"
    r"|^(?:\W*)(?:转载请|未经.{0,12}(?:授权|许可|允许)|如需转载)"
    r"|^本(?:網站|网站|文|刊|報|报).{0,24}(?:授權|授权|許可|许可)|^Our Standards:"
    r"|^本文(?:系|为|由).{0,16}(?:原创|独家)|^(?:Follow us|Sign up|Subscribe|Share this|Read more|Advertisement)\b"
    r"|^(?:©|\(c\)|copyright\b).{0,80}$|^all rights reserved"
    r"|^(?i:(?:story|article) continues (?:below|after)|this advertisement has not loaded|we apologi[sz]e, but this video has failed"
    r"|try refreshing your browser|tap here to see other videos|read more$)"
)
_DATE_ALONE = re.compile(r"[＊*]{3,}|\W*(?:19|20)\d\d\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}日?(?:\s*\d{1,2}:\d\d(?::\d\d)?)?\W*")
_MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?"
_CLOCK = r"(?:,?\s*(?:at\s)?\d{1,2}[:：]\d\d(?:[:：]\d\d)?(?:\s?[ap]\.?m\b\.?)?(?:\s?[A-Z]{2,4}\b)?)"
_DATES_SAID = re.compile(
    rf"(?:(?:19|20)\d\d\s?[-/.年]\s?\d{{1,2}}\s?[-/.月]\s?\d{{1,2}}\s?日?|{_MONTH}\s\d{{1,2}}(?:st|nd|rd|th)?,?\s(?:19|20)\d\d"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?\s{_MONTH},?\s(?:19|20)\d\d){_CLOCK}?|\d{{1,3}}\s?(?:分钟|小时|天|個月|个月)[之以]?前"
    r"|\d+ (?:minutes?|hours?|days?) ago"
    r"|\d+ min(?:ute)?s? read",
    re.I,
)
_RULE = re.compile(r"[-—–*＊#=_·.\s]{1,20}")
_PAGING = re.compile(r"^[\s【\[\]】|\d<>«»‹›…上下一页首尾末页前后共第/]*$")
_CODES = "script style noscript template form input select textarea button meta link title object frame frameset base svg"
_UNWANTED = tuple(_CODES.split())
_ADDRESSES = ("href", "src", "data-src", "data-original", "poster")
_WRAPPERS = frozenset({"table", "tbody", "tr", "td", "div"})
_SIDES = frozenset(
    {
        "sharedaddy",
        "sharing",
        "social",
        "addtoany",
        "newsletter",
        "signup",
        "share",
        "bshare",
        "bdshare",
        "related",
        "relate",
        "recommend",
        "pagination",
        "pager",
        "comments",
        "breadcrumb",
        "qrcode",
        "tags",
    }
)


def extract(body: Body, title: str, signed: Collection[str] = ()) -> HtmlElement:
    """A copy of the text in a div of its own, without scripts, hidden parts, buttons, paging, QR captions, credits and the headline.
    A line above the text that says nothing but when it was published and who `signed` it is a credit too."""
    copy = fragment_fromstring("<div></div>")
    copy.text = plain.legal(body.lead)  # a reference such as &#1; stands for what XML forbids
    for each in body.elements:
        copy.append(deepcopy(each))
    if len(body.elements) == 1 and not body.lead.strip():
        copy = _unwrapped(copy)
    _remove(copy.iter(etree.Comment, etree.PI))  # a union of XPath compares each with each
    _remove(each for each in list(copy.iter(*_UNWANTED)))
    _remove(each for each in list(copy.iter()) if each is not copy and isinstance(each.tag, str) and hidden(each))
    whole = _letters(copy)
    _remove(each for each in list(copy.iter()) if each is not copy and isinstance(each.tag, str) and _is_side(each, whole))
    _remove(list(_elsewhere(copy)))
    _trim(copy, title, signed)
    return copy


def _unwrapped(copy: HtmlElement) -> HtmlElement:
    """The copy without the page's own container, which is not part of the text (its id and style least of all)."""
    inner = copy[0]
    while inner.tag in ("table", "tbody", "tr", "div") and len(inner) == 1 and not (inner.text or "").strip() and inner[0].tag in _WRAPPERS:
        inner = inner[0]
    if inner.tag not in ("div", "article", "section", "td", "span", "founder-content", "main"):
        return copy
    inner.tag = "div"
    inner.tail = None
    inner.attrib.clear()
    return inner


def _letters(element: HtmlElement) -> int:
    return len(folded(element.text_content()))


def _is_side(element: HtmlElement, whole: int) -> bool:
    """Is this a side column by its tag or its name? What holds most of the text is none, whatever it is called."""
    if element.tag in ("nav", "aside", "footer"):
        return True
    return element.tag in ("div", "ul", "section", "table") and bool(words(element) & _SIDES) and _letters(element) * 2 < max(whole, 1)


def _elsewhere(copy: HtmlElement) -> Iterator[HtmlElement]:
    """Boxes that hold nothing but links to other articles, three or more of them, and are no more than a small part of the text."""
    whole = _letters(copy)
    taken: set[HtmlElement] = set()
    for each in copy.iter("div", "ul", "ol", "section", "table"):
        if each is copy or any(above in taken for above in each.iterancestors()):
            continue
        links = [link for link in each.iter("a") if _letters(link) >= 6]
        if len(links) < 3 or any(file_at(link.get("href") or "") for link in links):
            continue
        linked = sum(_letters(link) for link in links)
        letters = _letters(each)
        if linked * 10 >= letters * 8 and letters * 2 < whole:
            taken.add(each)
            yield each


def _remove(nodes: Iterable[HtmlElement]) -> None:
    """Take elements, comments and instructions out; what stands behind them stays. All of a parent at once: text that grows with each of
    a hundred thousand would be copied as often."""
    gone = set(nodes)
    for parent in {node.getparent(): None for node in gone}:
        if parent is not None:
            _remove_from(parent, gone)


def _remove_from(parent: HtmlElement, gone: AbstractSet[HtmlElement]) -> None:
    before: HtmlElement | None = None
    said = [parent.text or ""]
    for child in (*parent, None):
        if child is not None and child in gone:
            said.append(child.tail or "")
            parent.remove(child)
            continue
        if len(said) > 1:
            text = plain.legal("".join(said))  # a reference such as &#1; stands for what XML forbids
            if before is not None:
                before.tail = text
            else:
                parent.text = text
        if child is not None:
            before, said = child, [child.tail or ""]


def _leaves(copy: HtmlElement) -> Iterator[HtmlElement]:
    """The innermost blocks, in document order."""
    for each in copy.iter():
        if (
            isinstance(each.tag, str)
            and (each.tag in BLOCKS or each is copy)
            and not any(below.tag in BLOCKS for below in each.iterdescendants())
        ):
            yield each


def _trim(copy: HtmlElement, title: str, signed: Collection[str]) -> None:
    leaves = [each for each in _leaves(copy) if each is not copy]
    unwanted = {each for each in leaves if _is_paging(each) or _is_promotion(each)}
    _drop(unwanted)
    said = [each for each in leaves if each not in unwanted and folded(each.text_content())]
    headed = True
    for each in said[:4]:
        text = folded(each.text_content())
        headed = headed and len(text) < (60 if text.isascii() else 40)
        if text == title or (headed and (_DATE_ALONE.fullmatch(text) or _is_head(text, signed))) or _is_credit_only(each):
            _drop([each])
        elif not text.endswith(("*", "＊")):
            headed = False  # the date below a notice is its signature
    below = False
    for at, each in reversed(list(enumerate(said))[-12:]):
        text = folded(each.text_content())
        # A photographer among other credits is a credit; alone below a picture he is its caption.
        rolled = below and at > 0 and byline.is_credit(text) and byline.is_credit(folded(said[at - 1].text_content()))
        if _is_credit_only(each) or (rolled and next(each.iter(*MEDIA), None) is None):
            _drop([each])
            below = True
        elif tagline.is_tagline(text) or _RULE.fullmatch(text):
            _drop([each])
        elif len(text) > 80:
            break
        else:
            below = False
    _trim_tails(copy)
    _trim_breaks(copy)


def _is_head(text: str, signed: Collection[str]) -> bool:
    """Does a line say nothing but a date and those who signed?"""
    bare = _DATES_SAID.sub(" ", text)
    for name in sorted(signed, key=len, reverse=True):
        bare = bare.replace(name, " ")
    return len(bare) < len(text) and re.fullmatch(r"(?:\W|\b(?:by|and|at|on|published|updated|posted)\b)*", bare, re.I) is not None


def _trim_tails(copy: HtmlElement) -> None:
    """A credit that stands behind the last paragraph without an element of its own."""
    for each in reversed(list(copy.iter())):
        tail = folded(each.tail or "") if each is not copy else ""
        if tail and each.tag in BLOCKS and byline.is_credit(tail):
            each.tail = None
        elif tail or folded(each.text or ""):
            break


def _is_paging(element: HtmlElement) -> bool:
    links = list(element.iter("a"))
    return len(links) > 0 and _PAGING.match(folded(element.text_content())) is not None and folded(element.text_content()) != ""


_OF_DISCLAIMERS = ("声明", "本文", "本网", "本站", "版权", "免责", "转载", "特别", "郑重", "平台", "No")


def _is_promotion(element: HtmlElement) -> bool:
    text = folded(element.text_content())
    return len(text) <= (160 if "http" in text or text[:2] in _OF_DISCLAIMERS else 60) and _PROMOTION.search(text) is not None


def _is_credit_only(element: HtmlElement) -> bool:
    """A line that states credits and nothing else; a photographer's name under a picture stays with the picture."""
    text = folded(element.text_content())
    if not byline.is_credit(text) or next(element.iter(*MEDIA), None) is not None:
        return False
    if any(file_at(link.get("href") or "") for link in element.iter("a")):
        return False
    stated = byline.parse(text)
    return not (stated.photographers and stated == byline.Byline(photographers=stated.photographers))


def _drop(blocks: Collection[HtmlElement]) -> None:
    """Remove blocks, and the wrappers that held nothing else."""
    while blocks:
        around = {parent: None for each in blocks if (parent := each.getparent()) is not None}
        _remove(blocks)
        blocks = [each for each in around if each.getparent() is not None and _is_empty(each)]


def _is_empty(element: HtmlElement) -> bool:
    return not folded(element.text_content()) and next(element.iter(*MEDIA), None) is None


def _trim_breaks(copy: HtmlElement) -> None:
    """Credit lines that are set apart with <br> only, at the end of the text."""
    for mark in reversed(list(copy.iter("br"))):
        rest = folded(mark.tail or "")
        if mark.getnext() is not None and not rest:
            continue
        if not rest or byline.is_credit(rest) or (len(rest) <= 60 and _PROMOTION.search(rest)):
            mark.tail = None
            continue
        break


def make_absolute(copy: HtmlElement, base: str) -> None:
    """Addresses as seen from the page, for later stages only know the entry's link, which may be another one."""
    for each in copy.iter():
        if isinstance(each.tag, str):
            for name in _ADDRESSES:
                if (value := each.get(name)) and (address := urls.absolute(base, value)) and not value.startswith("#"):
                    each.set(name, address)
