"""Feed the readers what nobody would write, guided by which lines of them it reaches (https://github.com/google/atheris).

    make fuzz                    # an hour; SECONDS=60 for a minute

Whatever is no `FeedError`, takes longer than twenty seconds or more than a gigabyte is a fault of ours: libFuzzer leaves the bytes in
`build/`, in a file that begins with ``crash-``, ``timeout-`` or ``oom-``. `build/fuzz` keeps inputs that reached something new; without
any it begins with the documents of the tests.

The first byte chooses the way in, so that one run covers feeds, JSON, list pages, articles, sitemaps, surveys and credit lines."""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["feeds"]):
    from feeds import codec, credit
    from feeds.clean import byline
    from feeds.errors import FeedError
    from feeds.read import read
    from feeds.records import Document, Entry, Hints
    from feeds.write import atom, jsonfeed, rss

HERE = Path(__file__).resolve().parent
KINDS = (None, "feed", "page", "article", "survey", "sitemap", "json", "wechat", "byline")
TYPES = (None, "text/html; charset=gb2312", "application/xml", "text/html; charset=utf-16", "application/json", "text/plain; charset=big5")
NOW = datetime(2026, 1, 1, tzinfo=UTC)
LINES = (
    "稿源:津水微言  编辑:张丽",
    "供稿：节水办｜撰稿：陈晨｜审核：何静",
    "新华社天津9月28日电（记者周蕙、林子轩）",
    "By Jane Doe | Source: Reuters",
)
LIVE = re.compile(r"<(?:script|iframe|object|embed|base|meta|link|style|template)\b|<[^>]*\s(?:on\w+|srcdoc)\s*=", re.I)


def try_one(data: bytes) -> None:
    if len(data) < 2:
        return
    kind, type_ = KINDS[data[0] % len(KINDS)], TYPES[data[1] % len(TYPES)]
    if kind == "byline":
        sign(data[2:].decode("utf-8", "replace"))
        return
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


def sign(text: str) -> None:
    """What holds of every credit line: nothing is raised, and every fact stands in the text and names what it was taken from."""
    stated = byline.parse(text, name="清河日报")
    byline.is_credit(text)
    found = {each.field for each in stated.evidence}
    for fact in ("source", "authors", "reporters", "editors", "duty_editors", "reviewers"):
        assert bool(getattr(stated, fact)) <= (fact in found), f"{fact} without evidence: {text[:200]!r}"


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
    for number, line in enumerate(LINES):
        (folder / f"seed-line-{number}").write_bytes(bytes((KINDS.index("byline"), 0)) + line.encode())
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
