"""Selectors as operators write them: CSS, or XPath when the text begins with ``/``, ``./`` or ``(``; ``…@attr`` takes an attribute.

``a@title`` is the title attribute of the first ``a``; ``@title`` alone is the attribute of the item itself; without ``@`` the text of
the element is meant. In XPath the ``@`` belongs to XPath (``.//a/@title``), and ``//a`` means below the item, not below the page.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import cssselect
from lxml import etree
from lxml.html import HtmlElement

_ATTRIBUTE = re.compile(r"@\s*(?P<name>[A-Za-z_][\w:.-]*)\s*$")
_XPATH_STARTS = ("/", "./", "(")
_SPACE = re.compile(r"\s+")


class SelectorError(ValueError):
    """a selector that cannot be understood; `selector` is its text, `reason` what is wrong with it"""

    def __init__(self, selector: str, reason: str) -> None:
        super().__init__(f"the selector {selector!r} cannot be used: {reason}")
        self.selector = selector
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Selector:
    """A compiled selector. `attribute` is what follows ``@``; `path` is None when the item itself is meant."""

    source: str
    path: etree.XPath | None
    attribute: str | None = None
    below: etree.XPath | None = None

    def elements(self, within: HtmlElement) -> list[HtmlElement]:
        """The elements that match below `within`, in document order; an XPath of strings gives none."""
        if self.path is None:
            return [within]
        found = self._evaluate(within)
        return [node for node in found if isinstance(node, HtmlElement) and isinstance(node.tag, str)] if isinstance(found, list) else []

    def first(self, within: HtmlElement) -> HtmlElement | None:
        return next(iter(self.elements(within)), None)

    def texts(self, within: HtmlElement) -> list[str]:
        """What the selector says below `within`: the attribute's values or the texts, white space folded, empty ones left out."""
        found: object = [within] if self.path is None else self._evaluate(within)
        if isinstance(found, (list, tuple)):
            said = [self._said(node) for node in found]
        else:
            said = [found if isinstance(found, str) else str(found)]
        return [text for text in (_SPACE.sub(" ", each).strip() for each in said) if text]

    def text(self, within: HtmlElement) -> str | None:
        return next(iter(self.texts(within)), None)

    def _evaluate(self, within: HtmlElement) -> object:
        assert self.path is not None  # noqa: S101  narrowed by every caller
        path = self.below if self.below is not None and within.getparent() is not None else self.path
        try:
            return path(within)
        except etree.XPathError as error:
            raise SelectorError(self.source, str(error)) from error

    def _said(self, node: object) -> str:
        if isinstance(node, HtmlElement):
            if self.attribute is not None:
                return node.get(self.attribute) or ""
            return "".join(text for text in node.itertext() if isinstance(text, str)) if isinstance(node.tag, str) else ""
        return str(node)


@lru_cache(maxsize=1024)
def compile(selector: str) -> Selector:  # noqa: A001  named for re.compile: select.compile(...)
    """The selector ready for use. Raises `SelectorError` (a ValueError) that names the selector and says why."""
    text = selector.strip()
    if not text:
        raise SelectorError(selector, "it is empty")
    if text.startswith(_XPATH_STARTS):
        below = _xpath(selector, f".{text}") if text.startswith("//") else None
        return Selector(selector, _xpath(selector, text), below=below)
    attribute = None
    if found := _ATTRIBUTE.search(text):
        attribute, text = found["name"].lower(), text[: found.start()].strip()
        if not text:
            return Selector(selector, None, attribute)
    elif text.endswith("@"):
        raise SelectorError(selector, "an attribute name is missing after '@'")
    try:
        path = cssselect.HTMLTranslator().css_to_xpath(text)
    except cssselect.SelectorError as error:
        raise SelectorError(selector, f"{error} (CSS; XPath begins with '/', './' or '(')") from error
    return Selector(selector, _xpath(selector, path), attribute)


def _xpath(selector: str, path: str) -> etree.XPath:
    try:
        # No EXSLT regular expressions: an operator's pattern must not be able to hang a reader.
        return etree.XPath(path, regexp=False)
    except etree.XPathSyntaxError as error:
        raise SelectorError(selector, f"{error} (XPath)") from error
