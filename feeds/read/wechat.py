"""What only WeChat article pages have: the account, the publish time in a script, posts that are pictures, and pages that are notices."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape, unescape

from feeds.clean import dates
from feeds.clean.dates import When
from feeds.read import dom
from feeds.read.dom import Page, folded
from feeds.records import Document

_BIZ = re.compile(r"\bvar\s+biz\s*=")
_TIME = re.compile(r"\bvar\s+ct\s*=\s*[\"'](\d{9,11})[\"']|\bct\s*[:=]\s*[\"'](\d{10})[\"']\s*[,;]")
_NICKNAME = re.compile(r"\bvar\s+nickname\s*=\s*(?:htmlDecode\()?[\"']([^\"'\n]{1,60})[\"']")
_TITLE = re.compile(r"\bvar\s+msg_title\s*=\s*'((?:[^'\\\n]|\\.){1,300})'")
_SHOWN = re.compile(r"\bitem_show_type\s*=\s*[\"'](\d+)[\"']")
_DESCRIPTION = re.compile(r"\bwindow\.desc\s*=\s*\"((?:[^\"\\\n]|\\.){1,20000})\"")
_PICTURES = re.compile(r"picture_page_info_list\s*=\s*\[(.*?)\]\s*;", re.S)
_WATERMARK = re.compile(r"watermark_info\s*:\s*\{[^{}]*\}")
_PICTURE = re.compile(r"\bcdn_url\s*:\s*['\"]([^'\"\n]+)['\"]")
_HEX = re.compile(r"\\x([0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True)
class Post:
    """A WeChat post's own facts. `body` is HTML for posts that keep their text and pictures in scripts."""

    account: str | None
    author: str | None
    title: str | None
    published: When | None
    body: str | None


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
        body=_pictures(page),
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


def _pictures(page: Page) -> str | None:
    """The text and the pictures of a post of the kind 8 (pictures) or 10 (text), which have no `#js_content`."""
    kind = _SHOWN.search(page.scripts)
    if not kind or kind[1] not in ("8", "10") or page.root.get_element_by_id("js_content", None) is not None:
        return None
    found = _DESCRIPTION.search(page.scripts)
    lines = [folded(line) for line in unescape(_unescaped(found[1])).split("\n")] if found else []
    listed = _PICTURES.search(page.scripts)
    pictures = _PICTURE.findall(_WATERMARK.sub("", listed[1])) if listed else []
    html = [f"<p>{escape(line)}</p>" for line in lines if line]
    html += [f'<p><img src="{escape(unescape(_unescaped(address)))}"></p>' for address in pictures]
    return "".join(html) or None
