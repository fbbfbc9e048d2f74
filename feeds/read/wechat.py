"""What only WeChat article pages have: the account, the publish time in a script, posts that are pictures, voices, and what they share."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape, unescape
from urllib.parse import unquote

from lxml.html import HtmlElement

from feeds.clean import dates, urls
from feeds.clean.dates import When
from feeds.clean.text import legal
from feeds.read import dom
from feeds.read.dom import Page, folded
from feeds.records import Document, Enclosure

# Articles have variables, posts have properties of the window. Each pattern begins with the name itself: the scripts are megabytes,
# and only such a search through them is quick.
_BIZ = re.compile(r"biz(?<=var biz)\s*=")
_TIME = re.compile(r"ct(?<![\w$]ct)\s*[:=]\s*[\"'](\d{9,11})[\"']")
_NICKNAMES = (
    re.compile(r"nickname(?<=var nickname)\s*=\s*(?:htmlDecode\()?[\"']([^\"'\n]{1,60})[\"']"),
    re.compile(r"nick_name(?<=\bd\.nick_name)\s*=\s*\(xml\s*\?[^:\n]{1,40}:\s*[\"']([^\"'\n]{1,60})[\"']"),
)
_TITLES = (
    re.compile(r"msg_title(?<![\w$]msg_title)\s*=\s*'((?:[^'\\\n]|\\.){1,20000})'"),
    re.compile(r"title(?<=window\.title)\s*=\s*'((?:[^'\\\n]|\\.){1,20000})'"),
)
_SHOWN = re.compile(r"item_show_type\s*=\s*[\"'](\d+)[\"']")
_QUOTED = r"\s*(?:htmlDecode\(|JsDecode\()?(?:\"((?:[^\"\\\n]|\\.){1,20000})\"|'((?:[^'\\\n]|\\.){1,20000})')"
_DESCRIPTIONS = (
    re.compile(rf"content_noencode\s*[:=]{_QUOTED}"),
    re.compile(rf"desc(?<=window\.desc)\s*={_QUOTED}"),
    re.compile(rf"msg_desc(?<=var msg_desc)\s*={_QUOTED}"),
)
_COVER = re.compile(r"msg_cdn_url(?<=var msg_cdn_url)\s*=\s*[\"']([^\"'\n]{8,500})[\"']")
_LINK = re.compile(r"msg_link(?<![\w$]msg_link)\s*=\s*(?:xml\s*\?[^:\n]{1,40}:\s*)?[\"']([^\"'\n]{8,500})[\"']")
_ORIGIN = re.compile(r"msg_source_url\s*=\s*[\"']([^\"'\n]{8,500})[\"']")
_VOICE = "https://res.wx.qq.com/voice/getvoice?mediaid="
_PICTURES = re.compile(r"picture_page_info_list\s*=\s*\[(.*?)\]\s*;", re.S)
_WATERMARK = re.compile(r"watermark_info\s*:\s*\{[^{}]*\}")
_PICTURE = re.compile(r"\bcdn_url\s*:\s*['\"]([^'\"\n]+)['\"]")
_HEX = re.compile(r"\\x([0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True)
class Post:
    """A WeChat post's own facts. `body` is HTML for posts that keep their text and pictures in scripts, `link` the post's lasting address,
    `origin` the account that wrote what this one carries, `shares` the address of what a short post passes on, `original` where 阅读原文
    leads."""

    account: str | None
    author: str | None
    title: str | None
    published: When | None
    body: str | None
    origin: str | None = None
    link: str | None = None
    shares: str | None = None
    original: str | None = None


def read(page: Page) -> Post | None:
    """The facts of a WeChat article page, None for every other page."""
    scripts = page.scripts
    if 'name="biz"' not in scripts and not _BIZ.search(scripts) and page.root.get_element_by_id("js_content", None) is None:
        return None
    stamp, title = _TIME.search(scripts), _first(_TITLES, scripts)
    account = _by_id(page, "js_name")
    if account is None and (nickname := _first(_NICKNAMES, scripts)):
        account = unescape(nickname[1])
    origin, writer = _carried(page)
    return Post(
        account=account,
        author=writer or _by_id(page, "js_author_name") or _author(page, account),
        title=_headline(unescape(_unescaped(title[1]))) if title else None,
        published=dates.parse(stamp[1], "UTC") if stamp else None,
        body=_kept_in_scripts(page),
        origin=origin,
        link=_address(_LINK.search(scripts)),
        original=_address(_ORIGIN.search(scripts)),
        shares=next((address for each in page.root.xpath("//*[@id='js_share_source']") if (address := each.get("data-url"))), None),
    )


_LONGEST = 64  # characters of a headline, as the platform allows them


def _headline(text: str) -> str:
    """The headline of a post. That of a post without any is all of its text: then its first line, cut where a phrase ends."""
    first = next((flat for line in text.split("\n") if (flat := folded(line))), "")
    if len(first) <= _LONGEST:
        return first
    ends = [found.end() for found in _PHRASE.finditer(first, 8, _LONGEST)]
    return (first[: ends[-1]].rstrip("，,；;、 ") if ends else first[: _LONGEST - 1]) + "…"


_PHRASE = re.compile(r"[。！？!?；;，,、]|\.(?= )")
_CARRIED = re.compile(r"以下文章来源于\s*(?P<account>[^，,]{1,40}?)\s*(?:[，,]\s*作者\s*(?P<author>.{1,30}))?")


def _carried(page: Page) -> tuple[str | None, str | None]:
    """Whose article this is, where an account carries that of another, as the box above it says: (account, author)."""
    for each in page.root.find_class("original_primary_card_tips"):
        if found := _CARRIED.fullmatch(folded(each.text_content())):
            return found["account"], found["author"]
    shared = _by_id(page, "js_share_author")
    return (shared.rstrip("，,") if shared else None), None


def _author(page: Page, account: str | None) -> str | None:
    """The author whom the line below the headline names; it may name none, then the account follows its badge or the date."""
    box = page.root.get_element_by_id("meta_content", None)
    for each in box.find_class("rich_media_meta_text") if box is not None else ():
        named = folded(each.text_content())
        if not each.get("id") and 0 < len(named) <= 30 and named not in (account, "原创") and dates.parse(named, "UTC") is None:
            return named
    return None


def account_of(document: Document) -> str | None:
    """The name of the account whose article this page is; None for every other page."""
    if b"js_name" not in document.body and b"nickname" not in document.body:
        return None
    post = read(dom.page(document))
    return post.account if post else None


def _first(patterns: tuple[re.Pattern[str], ...], scripts: str) -> re.Match[str] | None:
    return next((found for each in patterns if (found := each.search(scripts))), None)


def _by_id(page: Page, name: str) -> str | None:
    element = page.root.get_element_by_id(name, None)
    return folded(element.text_content()) or None if element is not None else None


def _unescaped(text: str) -> str:
    return _HEX.sub(lambda found: chr(int(found[1], 16)), text).replace("\\n", "\n").replace("\\'", "'").replace('\\"', '"')


def _address(found: re.Match[str] | None) -> str | None:
    return urls.absolute("", unescape(unescape(_unescaped(found[1])))) if found else None


# What a post can be besides an article: a video, music, a voice, pictures, a text, something shared.
_OTHER_KINDS = frozenset({"5", "6", "7", "8", "10", "17"})
_DRAWN = frozenset({"8", "10"})  # a script draws them
_MARKUP = re.compile(r"</?[a-z][^<>]*>", re.I)  # links to topics and products stand in their texts


def _kept_in_scripts(page: Page) -> str | None:
    """The text and the pictures of a post that is no article and has no `#js_content` to speak of; the cover where it has no pictures."""
    kind = _SHOWN.search(page.scripts)
    if not kind or kind[1] not in _OTHER_KINDS:
        return None
    shown = page.root.get_element_by_id("js_content", None)
    drawn = kind[1] in _DRAWN  # its #js_content holds the frame around it
    if not drawn and shown is not None and (folded(shown.text_content()) or next(shown.iter("img", "iframe", *VOICES), None) is not None):
        return None
    found = _first(_DESCRIPTIONS, page.scripts) or (_first(_TITLES, page.scripts) if drawn else None)
    said = next(filter(None, found.groups()), "") if found else ""
    lines = [folded(line) for line in _MARKUP.sub("", unescape(unescape(_unescaped(said)))).split("\n")]
    listed = _PICTURES.search(page.scripts)
    pictures = _PICTURE.findall(_WATERMARK.sub("", listed[1])) if listed else []
    if not pictures and (cover := _COVER.search(page.scripts)):
        pictures = [cover[1]]
    html = [f"<p>{escape(line)}</p>" for line in lines if line]
    html += [f'<p><img src="{escape(unescape(_unescaped(address)))}"></p>' for address in pictures]
    return "".join(html) or None


VOICES = ("mpvoice", "mp-common-mpaudio")


def sounded(tree: HtmlElement) -> tuple[Enclosure, ...]:
    """The voices of a post, made audio elements that players know; they are enclosures too."""
    found: dict[str, Enclosure] = {}
    for each in list(tree.iter(*VOICES)):
        number, name = each.get("voice_encode_fileid"), folded(unescape(each.get("name") or "")) or None
        if not number or not re.fullmatch(r"[\w=+/-]{4,200}", number):
            continue
        tail = each.tail
        each.clear()
        each.tag, each.tail = "audio", tail
        each.set("src", _VOICE + number)
        each.set("controls", "")
        found[number] = Enclosure(url=_VOICE + number, type="audio/mpeg", title=name)
    return tuple(found.values())


_FILMS = ("mpvideo", "mp-common-videosnap", "mpvideosnap")
_AT_TENCENT = re.compile(r"[?&]vid=(?P<vid>[a-z0-9]{8,16})(?:&|$)", re.I)


def filmed(tree: HtmlElement, link: str) -> None:
    """The films of a post, whose players run nowhere else, made links to where they can be seen: to their page at Tencent's, else to the
    post; with their cover, and what is said of them."""
    for each in [*tree.iter(*_FILMS), *(frame for frame in tree.iter("iframe") if "video_iframe" in (frame.get("class") or ""))]:
        player = each.get("data-src") or each.get("src") or ""
        known = _AT_TENCENT.search(player) if "v.qq.com" in player else None
        stated = each.get("data-cover") or (each.get("data-url") if each.tag != "iframe" else None) or ""
        cover = urls.absolute("", legal(unquote(stated)))  # what is unquoted may be no text at all
        said = folded(legal(unescape(each.get("data-desc") or ""))) or "视频"
        tail = each.tail
        each.clear()
        each.tag, each.tail = "a", tail
        each.set("href", f"https://v.qq.com/x/page/{known['vid']}.html" if known else legal(link))
        if cover:
            each.append(each.makeelement("img", {"src": cover, "alt": said}))
        else:
            each.text = f"▶ {said}"
