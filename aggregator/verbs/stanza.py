"""A source that was found, as lines for the configuration: its key, its title, who publishes it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from urllib.parse import urlsplit

import yaml

from aggregator.config import Config, Source
from feeds.records import Entry


def untitled(address: str, kind: str, taken: Collection[str]) -> Source:
    """A source without a title yet."""
    key = _key(address, taken)
    return Source.model_validate({"key": key, "title": key, "url": address.replace("${", "$%7B"), "kind": kind})


def _key(address: str, taken: Iterable[str]) -> str:
    """From the host and the last telling part of the path, like ``example-news``."""
    parts = urlsplit(address)
    host = (parts.hostname or "file").split(".")
    labels = [each for each in host if each not in ("www", "com", "org", "net", "gov", "edu", "cn", "co", "uk") and not each.isdigit()]
    # An authority is told by the beginning of its host (swj.tj.gov.cn), everybody else by the end.
    named = labels[:1] if {"gov", "edu"} & set(host) else labels[-1:]
    steps = [each for each in re.split(r"[/.]", parts.path) if re.fullmatch(r"[A-Za-z][\w-]{1,20}", each)]
    telling = [each for each in steps if each.lower() not in _COMMON and not re.search(r"\d[a-z\d]{3}", each, re.I)]
    key = re.sub(r"[^a-z0-9]+", "-", "-".join([*(named or ["source"]), *telling[-1:]]).lower()).strip("-")[:40] or "source"
    key = key if key[0].isalpha() else f"s-{key}"
    return next(each for each in (key, *(f"{key}-{number}" for number in range(2, 1000))) if each not in set(taken))


_COMMON = frozenset(
    {"index", "default", "list", "html", "htm", "shtml", "php", "jsp", "asp", "aspx", "xml", "rss", "atom", "json", "feed", "feeds"}
)


def stanza(source: Source) -> str:
    """The source as lines of config.yaml, below ``sources:``."""
    told: dict[str, object] = {"title": source.title, "kind": source.kind, "url": source.url}
    selectors = {name: value for name in ("item", "link", "title", "date") if (value := getattr(source.list, name))}
    told |= {"list": selectors} if selectors else {}
    told |= {"column": source.column} if source.column else {}
    told |= {"credit": {"publisher": source.credit.publisher}} if source.credit.publisher else {}
    told |= {"sections": list(source.sections)} if source.sections else {}
    lines = [f"    {name}: {_flow(value)}" for name, value in told.items()]
    return "\n".join([f"  {source.key}:", *lines])


def _flow(value: object) -> str:
    written = yaml.safe_dump(value, allow_unicode=True, sort_keys=False, default_flow_style=True, width=10_000)
    return written.removesuffix("\n").removesuffix("\n...").strip()


def titled(source: Source, title: str, column: str | None, publisher: str | None, config: Config) -> Source:
    """The source under a name: that of its site, with that of its column. Where it is not the site's own, who publishes is said apart."""
    title = " ".join(title.split())
    if publisher and column and column not in publisher:
        title = f"{publisher}·{column}"
    elif publisher and title in publisher:
        title = publisher
    elif publisher and publisher not in title:
        title = f"{publisher}·{title}" if title else publisher
    elif publisher and (found := re.fullmatch(rf"(.+?)\s*[-_|–—·｜丨]+\s*{re.escape(publisher)}", title)):
        # The page that shows the list names its column (天津频道-新华网); what its script loads does not.
        title = f"{publisher}·{found[1]}"
        source = source.model_copy(update={"column": found[1]}) if source.kind == "json" else source
    title = title[:60] or urlsplit(source.url).hostname or source.url
    names = {name: key for key, section in config.sections.items() for name in (section.title, *section.aliases)}
    sections = tuple(dict.fromkeys(key for name, key in names.items() if name in title))
    credit = source.credit.model_copy(update={"publisher": publisher if publisher != title else None})
    return source.model_copy(update={"title": title, "sections": sections, "credit": credit})


def in_full(name: str, entries: Iterable[Entry]) -> str:
    """A name that is short for what the site's own articles name as their source (中新网, 来源：中国新闻网): that is its whole name."""
    for stated in {each.credit.source for each in entries if each.credit.source}:
        letters = iter(stated)
        short = len(name) < len(stated) <= 2 * len(name) and stated[0] == name[0] and stated[-1] == name[-1]
        if short and not stated.isascii() and all(letter in letters for letter in name):
            return stated
    return name
