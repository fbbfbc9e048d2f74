"""Where a list, or an article in several pages, goes on: one address, whatever way the page has of saying so.

In the order of trust: what the page links to as its next page; what scripts are called with that would write that link (TRS
``createPageHTML``, 大汉 ``jpage``); a script beside the page that counts its pages (enorth ``count_page_list_….js``); the row of page
numbers. A list may go on in a script: reading that (`counted`) leads to the next page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import parse_qsl, urlencode, urlsplit

from lxml.html import HtmlElement

from feeds.clean import urls
from feeds.read.dom import Page, folded, hidden

_NEXT = re.compile(
    r"^(?:下一页|下页|后一页|后页|下一頁|下頁|後一頁|次へ|次のページ|다음|更早的?(?:文章|内容)|"
    r"next(?:\s*page)?|older(?: [a-z]{3,12})?)$",
    re.I,
)
_ARROWS = re.compile(r"^[\s<>«»‹›→←▶►\[\]()（）|·]+|[\s<>«»‹›→←▶►\[\]()（）|·]+$")
_ONLY_ARROWS = re.compile(r"^(?:>{1,2}|»|›|→|&gt;)$")
_CALL = re.compile(r"\b(?:createPageHTML|createPageHtml|create_page_html)\s*\(([^()]{3,300})\)")
_ARGUMENT = re.compile(r"\s*(?:\"([^\"]*)\"|'([^']*)'|(-?\d+)|([A-Za-z_$][\w$]*))\s*(?:,|$)")
_VARIABLE = re.compile(r"\b([A-Za-z_$][\w$]*)\s*=\s*(?:\"([^\"\n]{1,200})\"|'([^'\n]{1,200})'|(\d{1,9}))\s*[;,\n]")
_COUNT_SCRIPT = re.compile(r"count_page_list_\w+\.js")
_MAXPAGE = re.compile(r"\bmaxpage\s*=\s*[\"']?(\d{1,8})")
_CHANNEL = re.compile(r"\bchannel_?id\s*=\s*[\"']?(\w{6,40})", re.I)
_MORE = re.compile(r"(?P<head>/system/more)2?/(?P<channel>\w+)/(?P<folder>\d{4})/(?P=channel)_")
_MORE_PAGE = re.compile(r"(?P<head>.*/system/)more2?/(?P<channel>\w+)/(?P<folder>\d{4,})/(?P=channel)_(?P<number>\d{8})(?P<end>\.\w+)")
_COUNT_PAGE = re.compile(r"(?P<head>.*/system/count/.*/)(?P<folder>\d{3}/\d{3})(?P<name>/c\w+_)(?P<number>\d{12})(?P<end>\.\w+)")
_PROXY = re.compile(r"[\"']?proxyUrl[\"']?\s*:\s*[\"']([^\"'\n]+)[\"']", re.I)
_PARAMETERS = re.compile(r"[\"']?ajaxParam[\"']?\s*:\s*\{([^{}]*)\}", re.I)
_PAIR = re.compile(r"[\"']?(\w+)[\"']?\s*:\s*(?:\"([^\"]*)\"|'([^']*)'|([\w./-]+))")
_PROXIED = re.compile(r"dataproxy\.jsp", re.I)
_ORDINAL = re.compile(r"^[\[(（第]?\s*(\d{1,4})\s*[\])）页頁]?$")
_PART = re.compile(r"(.+[_/-])(\d{1,2})")
_SECOND = re.compile(r"(?:[_-]|/(?:page/)?)\d{1,2}")
_PAGE_PARAMETERS = frozenset({"page", "p", "pageno", "pn", "page_no", "pagenum"})
_ENDING = re.compile(r"\.\w+$")
_NUMBER_AT_END = re.compile(r"_\d+$")
MOST_PAGES = 100_000


def next_page(page: Page) -> str | None:
    """Where the list on this page goes on; None at its end, or where it does not say."""
    if _MORE_PAGE.fullmatch(urlsplit(page.url).path) or _COUNT_PAGE.fullmatch(urlsplit(page.url).path):
        return _linked(page) or _older(page.url)
    for candidate in (_linked(page), _called(page), _script(page), _numbered(page)):
        if candidate and urls.normalise(candidate) != urls.normalise(page.url):
            return candidate
    return None


def next_part(page: Page) -> str | None:
    """Where the article on this page goes on. Only an address of the same family counts: the next *article* is linked to in
    the same words."""
    for candidate in (_called(page), _linked(page), _numbered(page)):
        if candidate and urls.normalise(candidate) != urls.normalise(page.url) and _continues(page.url, candidate):
            return candidate
    return None


def _continues(url: str, candidate: str) -> bool:
    """``a_2.html`` after ``a.html``, ``a-3.html`` after ``a-2.html``, ``a/2`` after ``a``, ``a?page=2`` after ``a``. Long numbers are those
    of articles."""
    (one, query), (other, more) = _bare(url), _bare(candidate)
    if one == other:
        return {name for name in query.keys() | more.keys() if query.get(name) != more.get(name)} <= _PAGE_PARAMETERS
    if query != more:
        return False
    if other.startswith(one) and _SECOND.fullmatch(other[len(one) :]):
        return True
    before, after = _PART.fullmatch(one), _PART.fullmatch(other)
    return bool(before and after and before[1] == after[1] and int(after[2]) == int(before[2]) + 1)


def _bare(url: str) -> tuple[str, dict[str, str]]:
    """Host and path without the ending, and the query."""
    parts = urlsplit(urls.normalise(url))
    return parts.netloc + _ENDING.sub("", parts.path.removesuffix("/")), dict(parse_qsl(parts.query, keep_blank_values=True))


def _stem(url: str) -> str:
    """An address without its numbers: those of one row of page numbers share it."""
    return re.sub(r"\d+", "", urls.normalise(url))


def _address(page: Page, link: HtmlElement, attribute: str = "href") -> str | None:
    href = (link.get(attribute) or "").strip()
    return None if not href or href.startswith("#") else urls.absolute(page.base, href)


def _linked(page: Page) -> str | None:
    arrow = None
    for each in page.root.iter("link", "a"):
        if "next" in (each.get("rel") or "").lower().split():
            address = _address(page, each)
        elif each.tag == "a":
            text = folded(each.text_content())
            said = (_ARROWS.sub("", text), folded(each.get("title") or ""), folded(each.get("aria-label") or ""))
            if not (len(text) < 24 and any(_NEXT.match(one) for one in said)):
                if arrow is None and _ONLY_ARROWS.match(text):
                    arrow = _address(page, each)
                continue
            address = _address(page, each)
        else:
            continue
        if address and urls.same_site(address, page.url) and urls.normalise(address) != urls.normalise(page.url):
            return address
    return arrow if arrow and urls.same_site(arrow, page.url) else None


# --- TRS ------------------------------------------------------------------------------------------------------------------------------


def _called(page: Page) -> str | None:
    """``createPageHTML(total, current, "index", "htm")`` counts from nought and makes index_1.htm the second page; the form that first
    names an element, ``createPageHTML("pages", total, current, "index", "shtml", …)``, counts from one and makes it index_2.shtml."""
    for found in _CALL.finditer(page.scripts):
        words = _arguments(found[1], page.scripts)
        from_one = bool(words) and not words[0].isdecimal()
        words = words[1:] if from_one else words
        if len(words) < 4 or not (words[0].isdecimal() and words[1].isdecimal()) or not re.fullmatch(r"[\w./-]+", words[2] + words[3]):
            continue
        total, current = int(words[0][:9]), int(words[1][:9])
        following = current + 1
        if following > total - (0 if from_one else 1) or total > MOST_PAGES:
            return None
        return urls.absolute(page.base, f"{words[2]}_{following}.{words[3].lstrip('.')}")
    return _counted_inline(page)


def _arguments(text: str, scripts: str) -> list[str]:
    """The values of a call's arguments, variables looked up in the scripts; as many as can be made out."""
    values: list[str] = []
    at = 0
    while found := _ARGUMENT.match(text, at):
        said = next((each for each in found.groups()[:3] if each is not None), None)
        if said is None:
            assigned = re.search(rf"\b{re.escape(found[4])}\s*=\s*[\"']?([\w./-]+)[\"']?\s*[;,\n]", scripts)
            if assigned is None:
                break
            said = assigned[1]
        values.append(said)
        at = found.end()
        if at >= len(text):
            break
    return values


def _counted_inline(page: Page) -> str | None:
    """The older template: ``var countPage = 34; var currentPage = 0;`` and a script that writes ``index_`` and the number."""
    variables = _variables(page.scripts)
    total, current = variables.get("countpage", ""), variables.get("currentpage", "")
    if not (total.isdecimal() and current.isdecimal() and "nextPage" in page.scripts) or int(current) + 1 >= int(total):
        return None
    path = urlsplit(page.url).path
    name = path.rpartition("/")[2] or "index.html"
    stem, dot, ending = name.rpartition(".")
    return urls.absolute(page.url, f"{_NUMBER_AT_END.sub('', stem)}_{int(current) + 1}.{ending}") if dot else None


def _variables(scripts: str) -> Mapping[str, str]:
    return {name.lower(): one or two or number for name, one, two, number in _VARIABLE.findall(scripts)}


# --- enorth ---------------------------------------------------------------------------------------------------------------------------


def _script(page: Page) -> str | None:
    """The script beside a first page that knows how many older pages there are."""
    for each in page.root.iter("script"):
        if _COUNT_SCRIPT.search(each.get("src") or ""):
            return urls.absolute(page.base, each.get("src") or "")
    return counted(page.scripts, page.url) if "maxpage" in page.scripts else None


def counted(text: str, url: str) -> str | None:
    """The newest of the older pages, by the script that counts them; the highest number is the newest."""
    highest, named = _MAXPAGE.search(text), _MORE.search(text)
    channel = named["channel"] if named else (found[1] if (found := _CHANNEL.search(text)) else None)
    if channel is None and (found := re.search(r"count_page_list_(\w+)\.js", url)):
        channel = found[1].lstrip("0")
    if not highest or not channel or not 0 < int(highest[1]) <= MOST_PAGES:
        return None
    number = int(highest[1])
    folder = named["folder"] if named and number < 200 else f"{number // 100:04d}"
    return urls.absolute(url, f"/{_below(url)}system/{_more(number)}/{channel}/{folder}/{channel}_{number:08d}.shtml")


def is_count_script(text: str, url: str) -> bool:
    return "<" not in text.lstrip()[:1] and _MAXPAGE.search(text[:4000]) is not None and urlsplit(url).path.endswith(".js")


def _below(url: str) -> str:
    """The folder that holds the publishing system, where a site is not at the root of its host."""
    return urlsplit(url).path.partition("/system/")[0].strip("/") + "/" if urlsplit(url).path.partition("/system/")[0].strip("/") else ""


def _more(number: int) -> str:
    return "more" if number < 10_000 else "more2"


def _older(url: str) -> str | None:
    """The page before a numbered one: these are numbered as they were filled, so it is the older one."""
    parts = urlsplit(url)
    if found := _MORE_PAGE.fullmatch(parts.path):
        number = int(found["number"]) - 1
        folder = f"{number // 100:04d}" if int(found["folder"]) == (number + 1) // 100 else found["folder"]
        path = f"{found['head']}{_more(number)}/{found['channel']}/{folder}/{found['channel']}_{number:08d}{found['end']}"
    elif found := _COUNT_PAGE.fullmatch(parts.path):
        number = int(found["number"]) - 1
        hundreds = f"{number // 100:06d}"
        path = f"{found['head']}{hundreds[:3]}/{hundreds[3:]}{found['name']}{number:012d}{found['end']}"
    else:
        return None
    return parts._replace(path=path).geturl() if number > 0 else None


# --- jpage ----------------------------------------------------------------------------------------------------------------------------


def next_records(text: str, url: str, scripts: str, count: int) -> str | None:
    """Where the records of a jpage list go on: the address that its script would ask, or the one that gave these moved on.

    `count` is how many records came."""
    if _PROXIED.search(urlsplit(url).path):
        query = dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))
        first, last = (query.get(name, "") for name in ("startrecord", "endrecord"))
        if not (first.isdecimal() and last.isdecimal()) or count < int(last) - int(first) + 1:
            return None
        span, after, query_of = int(last) - int(first) + 1, int(last), list(query.items())
        total = _total(text)
    elif (proxy := _PROXY.search(scripts)) and (total := _total(scripts)):
        stated = _PARAMETERS.search(scripts)
        pairs = [(name, one or two or three) for name, one, two, three in _PAIR.findall(stated[1])] if stated else []
        each = _setting(scripts, "perPage") or 15
        span, after = each * (_setting(scripts, "groupSize") or 3), count
        query_of = [("startrecord", ""), ("endrecord", ""), ("perpage", str(each)), *pairs]
        url = urls.absolute(url, proxy[1]) or url
    else:
        return None
    if span < 1 or (total is not None and after >= total):
        return None
    until = after + span if total is None else min(after + span, total)
    moved = dict(query_of) | {"startrecord": str(after + 1), "endrecord": str(until)}
    return urlsplit(url)._replace(query=urlencode(moved, safe="/")).geturl()


def _setting(scripts: str, name: str) -> int | None:
    found = re.search(rf"[\"']?{name}[\"']?\s*[:=]\s*[\"']?(\d{{1,4}})", scripts, re.I)
    return int(found[1]) if found else None


def _total(text: str) -> int | None:
    found = re.search(r"totalrecord[\"']?\s*(?:[:=]\s*[\"']?|>\s*)(\d{1,8})", text, re.I)
    return int(found[1]) if found else None


# --- page numbers ---------------------------------------------------------------------------------------------------------------------


def _numbered(page: Page) -> str | None:
    """The row of page numbers: the link after the number that is no link, or that leads here."""
    for row in _rows(page):
        numbers: dict[int, str] = {}
        current = None
        for each, number, address in row:
            if address is None or urls.normalise(address) == urls.normalise(page.url) or each.get("selected") is not None:
                current = number if current is None else current
            else:
                numbers.setdefault(number, address)
        if current is None and numbers and min(numbers) == 2:
            current = 1
        if current is not None and (following := numbers.get(current + 1)) and urls.same_site(following, page.url):
            return following
    return None


def _rows(page: Page) -> Iterator[list[tuple[HtmlElement, int, str | None]]]:
    """Elements that say no more than a number and stand in one row, with where they lead; at least one of them leads somewhere."""
    rows: dict[HtmlElement, list[tuple[HtmlElement, int, str | None]]] = {}
    for each in page.body.iter("a", "span", "strong", "b", "em", "option", "li", "font"):
        if len(each) and each.tag != "a":
            continue
        found = _ORDINAL.match(folded(each.text_content()))
        if not found or (hidden(each) and each.tag != "option"):
            continue
        holder = each.getparent()
        while holder is not None and holder.tag in ("li", "span", "b", "strong", "em", "font") and len(holder.text_content()) < 8:
            holder = holder.getparent()
        if holder is not None:
            address = _address(page, each) if each.tag == "a" else _address(page, each, "value") if each.tag == "option" else None
            rows.setdefault(holder, []).append((each, int(found[1]), address))
    for row in rows.values():
        leading = {address for _, _, address in row if address}
        if leading and len({_stem(address) for address in leading}) <= 2:
            yield row
