"""RSS, Atom, RDF and their kin: two ways in, one answer.

The fast path reads what is well-formed (or can be made so) straight from lxml's tree; what it declines goes to feedparser, and the
reason is in the feed's repairs. Neither expands an entity or fetches anything: the document type never reaches a parser.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import cache

from lxml import etree
from msgspec import structs

from feeds.clean import charset, text
from feeds.errors import Malformed, NotAFeed, Refused
from feeds.read import bounds, mend, rescue
from feeds.read.atom import read_atom
from feeds.read.elements import Element, name_of
from feeds.read.reading import Drawn, Reading
from feeds.read.rss import read_rss
from feeds.read.tolerant import read_parsed
from feeds.records import Document, Hints

_FEEDS = frozenset({"rss", "feed", "rdf", "channel", "entry"})
# UTF-8 that says so, and nothing but style sheets before the first element of a feed: there are no declarations to look for.
_PLAIN = re.compile(
    rb"""<\?xml version=["']1\.0["'] encoding=["']utf-8["'] ?(?:standalone=["'](?:yes|no)["'] ?)?\?>\s*"""
    rb"""(?:<\?xml-stylesheet\s[^<>]*\?>\s*)*<(?:rss|feed|rdf:RDF)[\s>]""",
    re.I,
)
_BASED = etree.XPath("boolean(//@xml:base)")
_FEED_MARK = re.compile(r"<(?:rss|feed|rdf:RDF)[\s>]")
_HTML_TYPE = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?<!doctype\s+html\b", re.I)
_USUAL = {"rss": "", "feed": "{http://www.w3.org/2005/Atom}", "entry": "{http://www.w3.org/2005/Atom}"}
_LARGEST_SLOW = 16 * 1024 * 1024
_LARGEST = 64 * 1024 * 1024  # characters
_ELSEWHERE = {
    "urlset": "a sitemap",
    "sitemapindex": "a sitemap index",
    "opml": "an OPML list of feeds",
    "html": "a web page",
    "head": "a web page",
    "body": "a web page",
    "script": "a web page",
    "error": "an error message in XML",
    "listbucketresult": "a storage listing",
    "soap:envelope": "a SOAP message",
    "svg": "a picture",
    "opensearchdescription": "a search description",
}


def read_syndication(document: Document, hints: Hints, reference: datetime | None = None) -> Drawn:
    """The feed in a document, entries unsanitised. Raises NotAFeed, Malformed or Refused."""
    if (drawn := _read_at_once(document, hints, reference)) is not None:
        return drawn
    decoded = charset.decode(document.body, document.content_type)
    return read_text(decoded.text, decoded.repairs, document.url, hints, reference)


def read_text(told: str, repairs: tuple[str, ...], url: str, hints: Hints, reference: datetime | None = None) -> Drawn:
    """The same for a text that was decoded already, with the repairs that took."""
    if len(told) > _LARGEST:
        raise Refused(f"the document is absurdly large ({len(told):,} characters)")
    reading = Reading(url=url, timezone=hints.timezone, reference=reference, repairs=list(repairs))
    body = mend.without_doctype(told, reading.repairs)
    refuse_other(told, body)
    body = bounds.bounded(body, reading.repairs)
    root, why, body = _tree(body, reading)
    if root is not None:
        drawn = _fast(root, reading)
        if drawn is not None:
            return drawn
        why = f"no reader of ours knows <{root.tag}>"
    return tolerantly(body, reading, why)


def _read_at_once(document: Document, hints: Hints, reference: datetime | None) -> Drawn | None:
    """The feed in bytes that only the parser has to see, as in most documents: to make text of them and bytes again would take half as long
    as parsing them. None where any of the steps of `read_text` could have something to do."""
    body = document.body
    if len(body) >= bounds.LARGE or not _PLAIN.match(body) or charset.may_be_twice(body) or charset.contradicts(document.content_type):
        return None
    try:
        root = _parsed(body, document.url)
    except etree.XMLSyntaxError:
        return None
    return _fast(root, Reading(url=document.url, timezone=hints.timezone, reference=reference))


def looks_like_feed(document: Document) -> bool:
    """Is the first element of a document (as far as its beginning shows) that of a feed, or is it anything but a page?"""
    if _PLAIN.match(document.body):
        return True
    start = document.body[:16_384]
    whole = start[: start.rfind(b">") + 1]  # a letter that is cut in two would puzzle the decoder
    head = charset.decode(whole or start, document.content_type).text
    name, _ = mend.root_of(head)
    if name:
        return name.rpartition(":")[2].lower() in _FEEDS
    return _FEED_MARK.search(head) is not None


def refuse_other(told: str, body: str) -> None:
    """NotAFeed, saying what it is, for a web page, a sitemap, nothing at all."""
    if not body or body.isspace():
        raise NotAFeed("the document is empty")
    name, _ = mend.root_of(body)
    what = _ELSEWHERE.get(name.lower())
    if not what and _HTML_TYPE.match(told[:2000]) and name.rpartition(":")[2].lower() not in _FEEDS:  # some declare that of a feed
        what = "a web page"
    if what:
        raise NotAFeed(f"this is {what}{_titled(body)}, not a feed")


def _titled(body: str) -> str:
    lower = body[:20_000].lower()
    start = lower.find("<title")
    stop = lower.find("</title", start)
    if start < 0 or stop < 0:
        return ""
    title = text.excerpt(text.plain(body[body.index(">", start) + 1 : stop]), 80)
    return f" ({title})" if title else ""


def _usual_namespace(root: Element, repairs: list[str]) -> None:
    """Give a feed whose root is of no vocabulary that is known the one that its name says, with all that is of the same as the root."""
    name = name_of(root.tag)
    usual = _USUAL.get(name.removeprefix("?:"))
    if usual is None or name == "rss":
        return
    stated = root.tag.rpartition("}")[0]
    for each in root.iter(etree.Element):
        if each.tag.rpartition("}")[0] == stated:
            each.tag = usual + each.tag.rpartition("}")[2]
    what = "Atom" if usual else "RSS"
    repairs.append(f"the namespace of {what}, which {'is another here' if stated else 'is missing'}, was supplied")


def _parsed(body: bytes, url: str) -> Element:
    return etree.fromstring(body, _parser(), base_url=url)


@cache
def _parser() -> etree.XMLParser:
    """One for all documents, which lxml lets one thread use at a time."""
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        recover=False,
        remove_pis=True,
        remove_comments=True,
        collect_ids=False,
    )


def _tree(body: str, reading: Reading) -> tuple[Element | None, str, str]:
    """(root, "", text) or (None, why not, the text as far as it was mended); nothing is mended that the strict parser accepts."""
    try:
        return _parsed(body.encode("utf-8", "replace"), reading.url), "", body
    except etree.XMLSyntaxError as error:
        why = _words(error)
    mended = mend.mended(body, reading.repairs)
    for attempt in _attempts(mended, reading.repairs):
        try:
            return _parsed(attempt.encode("utf-8", "replace"), reading.url), "", attempt
        except etree.XMLSyntaxError as error:
            why = _words(error)
    return None, why, mended


def _attempts(mended: str, repairs: list[str]) -> Iterator[str]:
    """The mended text; closed where it is cut off; with its prose set apart; both; its broken items put together anew. Only what was done
    for the last one is remembered."""
    before = len(repairs)
    yield mended
    whole = mend.whole_items(mended, repairs)
    if whole is not None:
        yield whole
    boxed = mend.boxed(whole or mended, repairs)
    if boxed is not None:
        yield boxed
    del repairs[before:]
    saved = rescue.rescued(mended, repairs)
    if saved is not None:
        yield saved
    del repairs[before:]


def _words(error: etree.XMLSyntaxError) -> str:
    return text.excerpt(str(error.msg or "it is not well-formed XML"), 160)


def _fast(root: Element, reading: Reading) -> Drawn | None:
    """The feed in a tree, or None if there is none that a reader of ours knows."""
    _usual_namespace(root, reading.repairs)
    reading.based = bool(_BASED(root))
    name = name_of(root.tag)
    if name in ("rss", "rdf:rdf", "rdf", "channel"):
        drawn = read_rss(root, reading)
    elif name in ("atom:feed", "atom:entry"):
        drawn = read_atom(root, reading)
    else:
        return None
    return replace(drawn, feed=structs.replace(drawn.feed, repairs=reading.notes())) if drawn else None


def tolerantly(body: str, reading: Reading, why: str) -> Drawn:
    """feedparser, which costs a tenth of a second to import and ten times the time to read: only for what needs it."""
    if len(body) > _LARGEST_SLOW:
        raise Malformed(f"the feed is not well-formed ({why}) and too large to be read another way")
    if mend.too_deep(body):
        raise Refused("its elements nest too deeply to be those of a feed")
    import feedparser

    headers = {"content-type": "application/xml; charset=utf-8"}
    clean = mend.without_forbidden(body).encode("utf-8", "replace")
    try:
        parsed = feedparser.parse(clean, response_headers=headers, sanitize_html=False, resolve_relative_uris=False)
    except Exception as error:  # an isolation boundary: on tag soup it fails with whatever its parts fail with
        raise Malformed(f"the feed is broken beyond recovery: {why}") from error
    drawn = read_parsed(parsed, reading)
    if not drawn.entries and not (parsed.get("version") and drawn.feed.title):
        name, _ = mend.root_of(body)
        if name.rpartition(":")[2].lower() in _FEEDS:
            raise Malformed(f"the feed is broken beyond recovery: {why}")
        raise NotAFeed(f"this is no feed: {f'its first element is <{name}>' if name else 'there is no markup in it'}")
    reading.repairs.append(f"read by feedparser, because {why}")
    return replace(drawn, feed=structs.replace(drawn.feed, repairs=reading.notes()))
