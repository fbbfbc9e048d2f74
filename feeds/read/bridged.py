"""What bridges to WeChat accounts (wewe-rss, WeRSS, Wechat2RSS, feeddd and what wraps them) write amiss, put right.

They are known by what they write, never by their host: entries that lead to posts of accounts, or whose id is the bare token of one. Each
names the same post in its own way, so that the post's own address names it here. What was put right is said in `Feed.repairs`.
"""

from __future__ import annotations

import re

from msgspec import structs

from feeds.clean import urls
from feeds.read.reading import Drawn
from feeds.records import Author, Document, Entry, Evidence, Feed, Hints, Precision, Role

_TOKEN = re.compile(r"[\w-]{22}")  # a post's short address is /s/ and this
_SHORT = re.compile(r"/s/(?=[\w-]*[A-Z])(?=[\w-]*\d)[\w-]{22}$")


def mended(drawn: Drawn, document: Document, hints: Hints) -> Drawn:
    """The feed of a bridge with its entries as the account published them; every other feed as it is."""
    for entry, _ in drawn.entries:
        if not _is_token(entry) and not _is_post(entry.link or ""):
            return drawn
    if not drawn.entries:
        return drawn
    from feeds.read import posts  # brings the readers of pages, which no other feed needs

    entries = [entry for entry, _ in drawn.entries]
    tokens = any(_is_token(entry) for entry in entries)
    feed, repairs = drawn.feed, list(drawn.feed.repairs)
    if feed.link and urls.normalise(feed.link) in (urls.normalise(document.url), urls.normalise(feed.self_link or "")):
        repairs.append("the feed's link to its page was the feed itself; it was passed over")
        feed = structs.replace(feed, link=None)
    if any(entry.updated for entry in entries) and not any(entry.published for entry in entries):
        entries = _timed(entries, tokens, repairs)
    failed: list[str] = []
    named = [posts.own(posts.whole(entry, hints, failed)) for entry in entries]
    if failed:
        repairs.append(f"{len(failed)} texts were pages that are no articles and were left out; the first: {failed[0]}")
    if any(new.uid != old.uid for new, old in zip(named, entries, strict=True)):
        repairs.append("posts are named by their own addresses, whatever the bridge calls them")
    pairs = zip(named, (base for _, base in drawn.entries), strict=True)
    return Drawn(structs.replace(feed, repairs=tuple(repairs)), tuple(pairs))


def of_accounts(feed: Feed) -> Feed:
    """A bridge's feed with every entry credited to its account, which bridges call its author: it publishes the post, and where the text
    names no other source it is that too. A text that came from elsewhere keeps that as the step before (as on the post's own page)."""
    if not feed.entries or not all(_is_post(entry.link or "") for entry in feed.entries):
        return feed
    return structs.replace(feed, entries=tuple(_of_account(entry, _account(entry, feed)) for entry in feed.entries))


# Of feeds that hold several accounts, and what bridges put around the name of one.
_SEVERAL = re.compile(r"\ball\b|\brss\b|\bfeeds?\b|全部|订阅|合集", re.I)
_AROUND = re.compile(r"^(?:微信)?公众号\s*[-–—|:：]\s*|\s*[-–—|]\s*(?:微信)?公众号$")


def _account(entry: Entry, feed: Feed) -> str | None:
    title = _AROUND.sub("", feed.title)
    named = [each.name for each in entry.authors]
    if title in named or not _SEVERAL.search(title):
        return title or None
    return next((name for name in named if name != feed.title), None)


def _of_account(entry: Entry, account: str | None) -> Entry:
    if account is None:
        return entry
    own, contributors = entry.credit, entry.contributors
    if own.source and own.source != account and {"supplier"} == {each.field for each in own.evidence} & {"supplier", "source"}:
        # Who sent the text in (供稿) is its source where nobody else is; here the account is.
        contributors += (Author(name=own.source, role=Role.CONTRIBUTOR),)
        own = structs.replace(own, source=None)
    chain = own.chain or ((own.source,) if own.source and own.source != account else ())
    found = Evidence(field="publisher", where="the account that the bridge is of", text=account)
    evidence = (*own.evidence, *(() if own.publisher else (found,)), *(() if own.source else (structs.replace(found, field="source"),)))
    authors = tuple(each for each in entry.authors if each.name != account)
    credit = structs.replace(own, source=own.source or account, publisher=own.publisher or account, chain=chain, evidence=evidence)
    return structs.replace(entry, authors=authors, contributors=contributors, credit=credit)


def _is_post(link: str) -> bool:
    """Is this the address of a post, at WeChat or at a mirror of it?"""
    return urls.is_post(link) or _SHORT.search(urls.normalise(link)) is not None


def _is_token(entry: Entry) -> bool:
    """Is the entry's id the bare token of the post that it links to?"""
    return _TOKEN.fullmatch(entry.uid) is not None and urls.normalise(entry.link or "").endswith(f"/s/{entry.uid}")


def _timed(entries: list[Entry], tokens: bool, repairs: list[str]) -> list[Entry]:
    """Entries that state a time of revision only: with tokens (wewe-rss) it is that of publishing, otherwise (feeddd) that of a grab."""
    if not tokens:
        repairs.append("the bridge states when it grabbed the posts and not when they were published: that was left out")
        return [structs.replace(each, updated=None) for each in entries]
    repairs.append("the bridge states the time of publishing as that of a revision; it was read as what it is")
    return [structs.replace(each, published=each.updated, precision=Precision.SECOND, updated=None) for each in entries]
