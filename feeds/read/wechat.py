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

_TIME = re.compile(r"\bvar\s+ct\s*=\s*[\"'](\d{9,11})[\"']|\bct\s*[:=]\s*[\"'](\d{10})[\"']\s*[,;]")
_NICKNAME = re.compile(r"\bvar\s+nickname\s*=\s*(?:htmlDecode\()?[\"']([^\"'\n]{1,60})[\"']")
_TITLE = re.compile(r"\bvar\s+msg_title\s*=\s*'((?:[^'\\\n]|\\.){1,300})'")
_SHOWN = re.compile(r"\bitem_show_type\s*=\s*[\"'](\d+)[\"']")
_DESCRIPTION = re.compile(
    r"(?:\bwindow\.desc\s*=|\bcontent_noencode\s*[:=]|\bvar\s+msg_desc\s*=)\s*(?:htmlDecode\()?"
    r"(?:\"((?:[^\"\\\n]|\\.){1,20000})\"|'((?:[^'\\\n]|\\.){1,20000})')"
)
_COVER = re.compile(r"\bvar\s+msg_cdn_url\s*=\s*[\"']([^\"'\n]{8,500})[\"']")
_LINK = re.compile(r"\bvar\s+msg_link\s*=\s*[\"']([^\"'\n]{8,500})[\"']")
_ORIGIN = re.compile(r"\bmsg_source_url\s*=\s*[\"']([^\"'\n]{8,500})[\"']")
_VOICE = "https://res.wx.qq.com/voice/getvoice?mediaid="
_PICTURES = re.compile(r"picture_page_info_list\s*=\s*\[(.*?)\]\s*;", re.S)
_WATERMARK = re.compile(r"watermark_info\s*:\s*\{[^{}]*\}")
_PICTURE = re.compile(r"\bcdn_url\s*:\s*['\"]([^'\"\n]+)['\"]")
_HEX = re.compile(r"\\x([0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True)
class Post:
    """A WeChat post's own facts. `body` is HTML for posts that keep their text and pictures in scripts, `link` the post's lasting address,
    `shares` the address of what a short post passes on, `original` where 阅读原文 leads."""

    account: str | None
    author: str | None
    title: str | None
    published: When | None
    body: str | None
    link: str | None = None
    shares: str | None = None
    original: str | None = None


def read(page: Page) -> Post | None:
    """The facts of a WeChat article page, None for every other page."""
    if (
        'name="biz"' not in page.scripts
        and not re.search(r"\bvar\s+biz\s*=", page.scripts)
        and page.root.get_element_by_id("js_content", None) is None
    ):
        return None
    stamp, nickname = _TIME.search(page.scripts), _NICKNAME.search(page.scripts)
    title = _TITLE.search(page.scripts)
    account = _by_id(page, "js_name") or (unescape(nickname[1]) if nickname else None)
    return Post(
        account=account,
        author=_by_id(page, "js_author_name"),
        title=folded(unescape(_unescaped(title[1]))) if title else None,
        published=dates.parse(stamp[1] or stamp[2], "UTC") if stamp else None,
        body=_kept_in_scripts(page),
        link=_address(_LINK.search(page.scripts)),
        original=_address(_ORIGIN.search(page.scripts)),
        shares=next((address for each in page.root.xpath("//*[@id='js_share_source']") if (address := each.get("data-url"))), None),
    )


def account_of(document: Document) -> str | None:
    """The name of the account whose article this page is; None for every other page."""
    if b"js_name" not in document.body and b"nickname" not in document.body:
        return None
    post = read(dom.page(document))
    return post.account if post else None


def _by_id(page: Page, name: str) -> str | None:
    element = page.root.get_element_by_id(name, None)
    return folded(element.text_content()) or None if element is not None else None


def _unescaped(text: str) -> str:
    return _HEX.sub(lambda found: chr(int(found[1], 16)), text).replace("\\n", "\n").replace("\\'", "'").replace('\\"', '"')


def _address(found: re.Match[str] | None) -> str | None:
    return urls.absolute("", unescape(unescape(_unescaped(found[1])))) if found else None


# What a post can be besides an article: a video, music, a voice, pictures, a text, something shared.
_OTHER_KINDS = frozenset({"5", "6", "7", "8", "10", "17"})


def _kept_in_scripts(page: Page) -> str | None:
    """The text and the pictures of a post that is no article and has no `#js_content` to speak of; the cover where it has no pictures."""
    kind = _SHOWN.search(page.scripts)
    if not kind or kind[1] not in _OTHER_KINDS:
        return None
    shown = page.root.get_element_by_id("js_content", None)
    if shown is not None and (folded(shown.text_content()) or next(shown.iter("img", "iframe", *VOICES), None) is not None):
        return None
    found = _DESCRIPTION.search(page.scripts)
    lines = [folded(line) for line in unescape(_unescaped(found[1] or found[2])).split("\n")] if found else []
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
