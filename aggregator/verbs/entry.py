"""An entry as `haihe explain` tells it: where it came from, who said it and how we know, its places with their rules, its times."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.text import Text

from aggregator.config import Config
from aggregator.records import Item, Revised
from aggregator.verbs.screen import Row, out, plain, show
from feeds import credit


def facts(item: Item, log: Sequence[Revised], config: Config) -> dict[str, object]:
    """All that is known of an entry, absent facts left out."""
    entry, origin = item.entry, item.entry.source
    return _stated(
        {
            "entry": item.id,
            "id": entry.id,
            "uid": entry.uid,
            "title": entry.title,
            "link": entry.link,
            "source": item.source,
            "origin": _stated({"title": origin.title, "link": origin.link, "feed": origin.feed, "id": origin.id}) if origin else None,
            "column": entry.column,
            "credit": credit.facts(entry),
            "evidence": [
                {"field": found.field, "where": found.where, "text": found.text, "sure": found.sure} for found in entry.credit.evidence
            ],
            "sections": [
                {"section": place.section, "title": _title(place.section, config), "rule": place.rule} for place in item.placements
            ],
            "published": entry.published.isoformat() if entry.published else None,
            "precision": entry.precision,
            "updated": entry.updated.isoformat() if entry.updated else None,
            "first_seen_at": _iso(item.first_seen_at),
            "sort_at": _iso(item.sort_at),
            "revised_at": _iso(item.updated_at) if item.edition.number > 1 else None,
            "edition": item.edition.number,
            "corrected": list(item.edition.corrected) or None,
            "corrected_at": _iso(item.edition.corrected_at),
            "revisions": item.revisions,
            "log": [
                {
                    "number": one.number,
                    "at": _iso(one.at),
                    "changed": list(one.changed),
                    "significant": list(one.significant),
                    "corrected": list(one.corrected),
                    "before": one.before,
                }
                for one in log
            ]
            or None,
            "withdrawn_at": _iso(item.withdrawn_at),
            "withdrawn_by": item.withdrawn_by,
            "withdrawn_why": item.withdrawn_why,
            "held_at": _iso(item.held_at),
            "held_why": item.held_why,
        }
    )


def _title(section: str, config: Config) -> str:
    return config.sections[section].title if section in config.sections else section


def tell(item: Item, log: Sequence[Revised], config: Config) -> None:
    """For people."""
    entry, zone = item.entry, ZoneInfo(config.site.timezone)
    out.print(Text(plain(entry.title or "(without a title)"), "bold"), Text(item.id, "dim"))
    source = config.sources.get(item.source)
    rows: list[Row] = []
    if item.withdrawn_at:
        by = _BY.get(item.withdrawn_by or "", "")
        rows.append(("withdrawn", f"{_clock(item.withdrawn_at, zone)} {by}{_because(item.withdrawn_why)}"))
    if item.held_at:
        rows.append(("held back", _clock(item.held_at, zone) + _because(item.held_why)))
    rows += [("came from", f"{item.source}{f' ({source.title})' if source else ', which the configuration no longer names'}")]
    rows += [("link", entry.link)] if entry.link else []
    rows += [("id", entry.id)] if entry.id else []
    for name, value in credit.facts(entry).items():
        rows.append((name.replace("_", " "), ", ".join(map(str, value)) if isinstance(value, list) else str(value)))
    rows += [("column", entry.column)] if entry.column else []
    rows += [("evidence", f"{found.field}: “{found.text}” ({found.where}, {found.sure:.0%} sure)") for found in entry.credit.evidence]
    rows += [(f"in {place.section}", place.rule or "by its place") for place in item.placements] or [
        ("in", "no section: no rule places it, or one drops it")
    ]
    rows += _times(item, zone)
    rows += _revisions(log, zone)
    show(rows)


_BY = {"operator": "by an editor", "upstream": "by its source", "copy": "before it was ever shown: another copy of it was withdrawn"}


def _because(reason: str | None) -> str:
    return f": {reason}" if reason else ""


def _times(item: Item, zone: ZoneInfo) -> Iterable[Row]:
    entry = item.entry
    if entry.published is None:
        yield "published", "not stated"
    else:
        exact = f" (to the {entry.precision.value})" if entry.precision else ""
        day = entry.precision is not None and entry.precision.value == "day"
        yield "published", (f"{entry.published:%Y-%m-%d}" if day else entry.published.isoformat(sep=" ")) + exact
    if entry.updated:
        yield "updated", entry.updated.isoformat(sep=" ") + ", as it states"
    yield "first seen", _clock(item.first_seen_at, zone)
    if item.edition.number > 1:
        yield "revised", f"{item.edition.number - 1} time{'s' if item.edition.number > 2 else ''}, last {_clock(item.updated_at, zone)}"
    if item.edition.corrected_at:
        yield "corrected", f"{', '.join(item.edition.corrected)}, {_clock(item.edition.corrected_at, zone)}"
    yield "sorted by", _clock(item.sort_at, zone)


def _revisions(log: Sequence[Revised], zone: ZoneInfo) -> Iterable[Row]:
    """Title and credit as they stood; of a text, that it changed."""
    for one in log:
        did = "corrects" if one.corrected else "changes"
        what = ", ".join(one.significant) or "nothing that counts"
        was = f"; the title was “{one.before['title']}”" if "title" in one.significant and one.before.get("title") else ""
        yield f"revision {one.number}", f"{_clock(one.at, zone)}: {did} {what} ({', '.join(one.changed)}){was}"


def _stated(facts: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in facts.items() if value is not None}


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None


def _clock(moment: datetime, zone: ZoneInfo) -> str:
    try:
        return f"{moment.astimezone(zone):%Y-%m-%d %H:%M:%S %Z}"
    except OverflowError:  # the first and last days of the calendar, which some sources state for "no date"
        return moment.isoformat(sep=" ")
