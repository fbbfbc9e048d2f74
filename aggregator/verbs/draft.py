"""An entry that was read but not stored: each fact with the evidence for it, where it would go and how much of it would be shown."""

from __future__ import annotations

from collections.abc import Iterator

from rich.table import Table
from rich.text import Text

from aggregator.config import Config, Source
from aggregator.records import Placed
from aggregator.verbs.screen import out, plain
from aggregator.verbs.trial import shown_as
from feeds import credit
from feeds.clean.text import excerpt
from feeds.clean.text import plain as text_of
from feeds.records import Entry, Precision

SAMPLE = 300  # characters of the text that are shown
_POLICIES = {"full": "in full", "summary": "as a summary", "link": "as a headline with its link", "none": "not at all"}


def when(entry: Entry) -> str:
    """As exactly as it is stated."""
    if entry.published is None:
        return "no date"
    return f"{entry.published:%Y-%m-%d}" if entry.precision is Precision.DAY else f"{entry.published:%Y-%m-%d %H:%M}"


def section_title(key: str, config: Config) -> str:
    return config.sections[key].title if key in config.sections else key


def facts(placed: Placed, verdict: str, source: Source, config: Config) -> dict[str, object]:
    """By the names of ``explain --json``; absent facts are left out."""
    entry = placed.entry
    found: dict[str, object | None] = {
        "verdict": verdict,
        "uid": entry.uid,
        "id": entry.id,
        "title": entry.title,
        "title_prefix": entry.title_prefix,
        "link": entry.link,
        "published": entry.published.isoformat() if entry.published else None,
        "precision": entry.precision,
        "updated": entry.updated.isoformat() if entry.updated else None,
        "column": entry.column,
        "categories": [each.label or each.term for each in entry.categories] or None,
        "credit": credit.facts(entry),
        "evidence": [{"field": each.field, "where": each.where, "text": each.text, "sure": each.sure} for each in entry.credit.evidence],
        "sections": [
            {"section": place.section, "title": section_title(place.section, config), "rule": place.rule, "shown": shown}
            for place in placed.placements
            if (shown := shown_as(config.sections.get(place.section), source))
        ],
        "summary": entry.summary.value if entry.summary else None,
        "content": entry.content.value if entry.content else None,
        "image": entry.image,
        "enclosures": [{"url": each.url, "type": each.type, "title": each.title} for each in entry.enclosures] or None,
    }
    return {name: value for name, value in found.items() if value is not None}


def tell(placed: Placed, verdict: str, source: Source, config: Config) -> None:
    """For people: a line a fact, and behind it where it was found and how sure that is."""
    entry = placed.entry
    table = Table(box=None, show_header=True, header_style="bold", pad_edge=False)
    table.add_column("", style="dim", no_wrap=True)
    table.add_column("is", overflow="fold")
    table.add_column("because", overflow="fold")
    for name, value in _told(entry):
        table.add_row(name, Text(plain(value)), Text(plain("; ".join(_because(entry, name))), "dim"))
    for place in placed.placements:
        policy = _POLICIES[shown_as(config.sections.get(place.section), source)]
        table.add_row("section", Text(plain(f"{section_title(place.section, config)}, {policy}")), Text(plain(place.rule), "dim"))
    if not placed.placements:
        table.add_row("section", Text("none", "yellow"), Text("no rule places it, or one drops it", "dim"))
    table.add_row("verdict", Text(verdict, "bold"), "")
    out.print(table)


def _told(entry: Entry) -> Iterator[tuple[str, str]]:
    yield "title", entry.title
    if entry.title_prefix:
        yield "title prefix", entry.title_prefix
    yield "link", entry.link or "none"
    yield "published", f"{when(entry)}{f' (to the {entry.precision})' if entry.precision and entry.published else ''}"
    if entry.column:
        yield "column", entry.column
    if entry.categories:
        yield "categories", ", ".join(each.label or each.term for each in entry.categories)
    for name, value in credit.facts(entry).items():
        if name != "precision":
            yield name.replace("_", " "), ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    if body := entry.content or entry.summary:
        text = text_of(body.value) if body.type == "html" else body.value
        count = body.value.count("<img") if body.type == "html" else 0
        pictures = f", {count} picture{'s' if count > 1 else ''}" if count else ""
        yield "content", f"{excerpt(text, SAMPLE)} ({len(text)} characters{pictures})"
    else:
        yield "content", "none"
    for each in entry.enclosures:
        yield "enclosure", " ".join(filter(None, (each.title, each.url, each.type)))
    if entry.image:
        yield "image", entry.image


def _because(entry: Entry, name: str) -> Iterator[str]:
    wanted = name.replace(" ", "_")
    for found in entry.credit.evidence:
        if found.field in (wanted, wanted.removesuffix("s")):
            said = f" “{found.text}”" if wanted != "content" else ""
            yield f"{found.where}{said} ({found.sure:.0%} sure)"
