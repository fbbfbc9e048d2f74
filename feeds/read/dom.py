"""A web page as a tree, and its visible text as lines that still know where they stand."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass
from functools import cached_property

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from feeds.clean import charset, urls
from feeds.clean import text as plain
from feeds.errors import NotAFeed, Refused
from feeds.records import Document

MOST = 8_000_000  # characters of a page; real ones are a hundredth of it
MOST_TAGS = 50_000  # each element of a tree takes a hundred times the room that it took in the text; long discussions have 25,000
SILENT = frozenset({"script", "style", "noscript", "template", "head", "title", "select", "option", "textarea", "button", "object", "svg"})
BLOCKS = frozenset(
    {"address", "article", "aside", "blockquote", "body", "center", "dd", "details", "div", "dl", "dt", "fieldset", "figcaption", "figure"}
    | {"footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "summary"}
    | {"table", "tbody", "thead", "tfoot", "tr", "ul", "caption", "map"}
)
_HIDDEN = re.compile(r"display\s*:\s*none", re.I)
# What only screen readers say aloud: "Video, …, duration 8:13".
_SPOKEN = re.compile(r"(?:^|\s)(?:visually-?hidden|sr-only|screen-?reader)(?:-text|-only)?(?:$|\s)", re.I)
_SPACE = re.compile(r"[ \t\r\n\f\v]+")
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
# Words of class and id that name what stands around an article or a list, never the thing itself.
_AROUND = """nav navi navigation navbar menu foot footer side sidebar aside rank ranking recommend related relate relation friend friends
    crumb crumbs breadcrumb breadcrumbs copyright login search share bshare bdshare toolbar banner pagination pager logo weizhi dqwz
    qrcode ewm popup cookie subscribe newsletter youlian"""
_FURNITURE = frozenset(_AROUND.split())
_TOPIC = re.compile(r"(?<![\w-])(?:tag|category)-[\w-]+")  # what an article is about, as WordPress writes it: ``tag-newsletter``
_APART = frozenset({"a", "span", "em", "i", "label"})
_ROWS = frozenset({"div", "li", "tr", "dd"})


@dataclass(frozen=True, slots=True)
class Line:
    """One visible line: its text (only ASCII white space folded), the block that holds it, how many of its letters are links."""

    text: str
    block: HtmlElement
    linked: int = 0

    @property
    def mostly_links(self) -> bool:
        return self.linked * 2 > len(self.text.strip())


class Page:
    """A parsed page. `base` is what its links are relative to; `repairs` says in words what had to be mended."""

    def __init__(self, root: HtmlElement, url: str, repairs: tuple[str, ...] = (), within: str | None = None) -> None:
        self.root = root
        self.url = url
        self.within = within or url
        self.repairs = repairs

    @cached_property
    def base(self) -> str:
        for each in self.root.iter("base"):
            if href := urls.absolute(self.url, each.get("href") or ""):
                return href
        return self.within

    @cached_property
    def body(self) -> HtmlElement:
        found = self.root.find("body")
        return self.root if found is None else found

    @cached_property
    def lines(self) -> list[Line]:
        return list(lines(self.body))

    def letters(self, element: HtmlElement) -> tuple[int, int]:
        """How many letters an element says, and how many of them are links. Counted for all elements at once: many are asked about, and
        each of them holds others of them."""
        return self._letters.get(element, (0, 0))

    @cached_property
    def _letters(self) -> dict[HtmlElement, tuple[int, int]]:
        counted: dict[HtmlElement, list[int]] = {}
        for each in reversed(list(self.body.iter())):  # what stands within an element comes before it
            said = linked = 0
            if isinstance(each.tag, str):
                own = counted.setdefault(each, [0, 0])
                own[0] += _length(each.text)
                if each.tag == "a":
                    own[1] = own[0]
                said, linked = own
                if each.tag in SILENT or hidden(each):
                    said = 0  # its links count on: where links are kept out of sight there is a menu
            above = each.getparent()
            if above is not None:
                total = counted.setdefault(above, [0, 0])
                total[0] += said + _length(each.tail)
                total[1] += linked
        return {each: (said, linked) for each, (said, linked) in counted.items()}

    @cached_property
    def comments(self) -> list[etree._Comment]:
        return list(self.root.iter(etree.Comment))

    @cached_property
    def scripts(self) -> str:
        """The text of the inline scripts, for the few facts that only they state."""
        return "\n".join(each.text or "" for each in self.root.iter("script") if not each.get("src"))

    @cached_property
    def document_title(self) -> str:
        return next((flat for each in self.root.iter("title") if (flat := folded(each.text_content()))), "")


def page(document: Document) -> Page:
    """The page of a document. Raises `NotAFeed` when there is no markup in it, `Refused` when it is absurdly large."""
    if document.body[:4] in (b"%PDF", b"PK\x03\x04", b"\x89PNG", b"GIF8", b"\xff\xd8\xff\xe0", b"\xd0\xcf\x11\xe0"):
        raise NotAFeed("this is a file, not a web page")
    decoded = charset.decode(document.body, document.content_type)
    return from_text(decoded.text, document.url, decoded.repairs)


def from_text(text: str, url: str, repairs: tuple[str, ...] = (), base: str | None = None) -> Page:
    """A page from text that is decoded already; `base` for links when it is not its own address."""
    if len(text) > MOST:
        raise Refused(f"the page is too large to read: {len(text)} characters")
    if (tags := text.count("<")) > MOST_TAGS:
        raise Refused(f"the page is too large to read: {tags:,} tags")
    text = plain.legal(text).lstrip("\ufeff \t\r\n")
    if "<" not in text:
        raise NotAFeed("this is not a web page: there is no markup in it")
    try:
        # Bytes, because lxml refuses text that declares an encoding of its own.
        root = document_fromstring(text.encode("utf-8", "replace"), parser=HTMLParser(encoding="utf-8", huge_tree=False))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise NotAFeed(f"this is not a web page: {error}") from error
    return Page(root, url, repairs, base)


def folded(text: str) -> str:
    """Blanks of every kind as one blank, none at the ends."""
    return " ".join(text.split())


def _length(text: str | None) -> int:
    return len(text.strip()) if text else 0


def hidden(element: HtmlElement) -> bool:
    if ((style := element.get("style")) and _HIDDEN.search(style)) or element.get("hidden") is not None:
        return True
    if (named := element.get("class")) and _SPOKEN.search(named):
        return True
    return (named := element.get("data-testid")) is not None and _SPOKEN.search(named) is not None


def words(element: HtmlElement) -> frozenset[str]:
    """The words of an element's class and id: ``leftNav-2`` gives left and nav."""
    named = " ".join(filter(None, (element.get("class"), element.get("id"))))
    return frozenset(map(str.lower, _WORD.findall(_TOPIC.sub("", named) if "-" in named else named)))


def furniture(element: HtmlElement, around: Container[HtmlElement] = ()) -> bool:
    """Does this element stand in a navigation, a side column, a footer … (looked for upwards, until something that stands `around` the
    headline)?"""
    at: HtmlElement | None = element
    while at is not None and at not in around and at.tag not in ("body", "html"):
        if at.tag in ("nav", "aside", "footer") or (
            words(at) & _FURNITURE and at.tag not in ("a", "span", "em", "i", "b", "strong", "td", "h1")
        ):
            return True
        at = at.getparent()
    return False


_READERS = frozenset("comment comments cmt cmts pinglun liuyan reply replies disqus feedback".split())  # noqa: SIM905


def boxed(element: HtmlElement) -> bool:
    """Does this element stand in what is furniture by its tag, whatever it is called?"""
    return any(each.tag in ("nav", "aside", "footer") for each in (element, *element.iterancestors()))


def of_readers(element: HtmlElement, known: dict[HtmlElement, bool] | None = None) -> bool:
    """Does this element stand among the comments of readers? `known` keeps what was found, for the many blocks of a deep page."""
    known = {} if known is None else known
    way: list[HtmlElement] = []
    at: HtmlElement | None = element
    found = False
    while at is not None and at.tag not in ("body", "html") and not found:
        if at in known:
            found = known[at]
            break
        way.append(at)
        found = bool(words(at) & _READERS)
        at = at.getparent()
    known.update(dict.fromkeys(way, found))
    return found


def lines(top: HtmlElement) -> Iterator[Line]:
    """The visible text below `top`, a line a block, in document order. Comments, scripts and hidden parts say nothing."""
    if not isinstance(top.tag, str):
        return
    parts: list[str] = []
    linked = 0
    depth_of_links = 0
    block = top
    skipped: HtmlElement | None = None
    walker = etree.iterwalk(top, events=("start", "end", "comment", "pi"))

    def flush() -> Iterator[Line]:
        nonlocal parts, linked
        text = _SPACE.sub(" ", "".join(parts)).strip(" ")
        if text.strip():
            yield Line(text, block, linked)
        parts, linked = [], 0

    def say(text: str | None) -> None:
        nonlocal linked
        if text:
            parts.append(text)
            linked += len(text.strip()) if depth_of_links else 0

    for event, node in walker:
        if event in ("comment", "pi"):
            if node is not top:
                say(node.tail)
            continue
        tag = node.tag if isinstance(node.tag, str) else ""
        breaks = tag in BLOCKS or tag == "br" or "-" in tag
        if event == "start":
            if breaks:
                if parts:
                    yield from flush()
                block = node if tag != "br" else block
            if node is not top and (tag in SILENT or hidden(node)):
                walker.skip_subtree()
                skipped = node
                continue
            depth_of_links += tag == "a"
            if tag in ("td", "th"):
                parts.append("\u00a0\u00a0")
            say(node.text)
        else:
            if node is skipped:
                skipped = None
            else:
                depth_of_links -= tag == "a"
                if (
                    tag in _APART
                    and (block.tag in _ROWS or (block.tag == "p" and node.get("class")))
                    and not node.tail
                    and node.getnext() is not None
                    and node.getnext().tag in _APART
                ):
                    parts.append("\u00a0")  # neighbours that the style sheet sets apart: <span>时间</span><span>来源</span>
            if breaks:
                if parts:
                    yield from flush()
                block = node.getparent() if node is not top and node.getparent() is not None else top
                while block is not top and block.tag not in BLOCKS and block.getparent() is not None:
                    block = block.getparent()
            if node is not top:
                say(node.tail)
    yield from flush()


def visible_text(element: HtmlElement, most: int | None = None) -> str:
    """What a reader sees of an element, on one line; of a comment, nothing. Reading stops once there are more than `most` letters: whoever
    looks for something short need not read a whole layout."""
    if not isinstance(element.tag, str):
        return ""
    said: list[str] = []
    length = 0
    for line in lines(element):
        said.append(line.text)
        length += len(line.text)
        if most is not None and length > most:
            break
    return folded(" ".join(said))
