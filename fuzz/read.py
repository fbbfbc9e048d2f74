"""Feed the readers what nobody would write, guided by which lines of them it reaches (https://github.com/google/atheris).

    make fuzz                    # an hour; SECONDS=60 for a minute

Whatever is no `FeedError`, takes longer than twenty seconds or more than a gigabyte is a fault of ours: libFuzzer leaves the bytes in
`build/`, in a file that begins with ``crash-``, ``timeout-`` or ``oom-``. `build/fuzz` keeps inputs that reached something new; without
any it begins with the documents of the tests.

The first byte chooses the way in, so that one run covers feeds, JSON, list pages, articles, sitemaps and surveys."""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["feeds"]):
    from feeds import codec, credit
    from feeds.errors import FeedError
    from feeds.read import read
    from feeds.records import Document, Entry, Hints
    from feeds.write import atom, jsonfeed, rss

HERE = Path(__file__).resolve().parent
KINDS = (None, "feed", "page", "article", "survey", "sitemap", "json")
TYPES = (None, "text/html; charset=gb2312", "application/xml", "text/html; charset=utf-16", "application/json", "text/plain; charset=big5")
NOW = datetime(2026, 1, 1, tzinfo=UTC)
LIVE = re.compile(r"<(?:script|iframe|object|embed|base|meta|link|style|template)\b|<[^>]*\s(?:on\w+|srcdoc)\s*=", re.I)


def try_one(data: bytes) -> None:
    if len(data) < 2:
        return
    kind, type_ = KINDS[data[0] % len(KINDS)], TYPES[data[1] % len(TYPES)]
    document = Document(url="https://site.example/news/2026/01/a.html", body=data[2:], content_type=type_)
    try:
        feed = read(document, Hints(kind=kind, timezone="Asia/Shanghai"), reference=NOW)
    except FeedError:
        return
    if kind != "survey":  # its entries are not sanitised, and nobody shows them as markup
        for entry in feed.entries:
            judge(entry)
        for write in (atom, rss, jsonfeed):
            write.render(feed)


def judge(entry: Entry) -> None:
    """What holds of every entry that was read."""
    for content in (entry.content, entry.summary):
        if content and content.type == "html":
            assert LIVE.search(content.value) is None, f"something live was left: {content.value[:200]!r}"
    assert codec.load(codec.dump(entry)) == entry, "what is stored is not what was read"
    credit.line(entry)
    assert entry.published is None or entry.published.utcoffset() is not None, "a date without a zone"


def seeds(folder: Path) -> None:
    """The documents of the tests, each behind the two bytes that choose its way."""
    for number, path in enumerate(sorted((HERE.parent / "tests").rglob("*.*ml")) + sorted((HERE.parent / "tests").rglob("*.json"))):
        if path.stat().st_size < 60_000:
            (folder / f"seed-{number:04}").write_bytes(bytes((2 + number % 3 if path.suffix == ".html" else 0, 0)) + path.read_bytes())
    for path in (HERE.parent / "aggregator/demo/site").rglob("*.*"):
        if path.suffix in (".xml", ".atom", ".json", ".html", ".shtml"):
            (folder / f"seed-demo-{path.stem}").write_bytes(b"\0\0" + path.read_bytes())


if __name__ == "__main__":
    found = Path(next((argument for argument in sys.argv[1:] if not argument.startswith("-")), HERE / "found"))
    if not found.exists():
        found.mkdir(parents=True)
        seeds(found)
    atheris.Setup(sys.argv, try_one)
    atheris.Fuzz()
