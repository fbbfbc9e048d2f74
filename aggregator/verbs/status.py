"""`haihe status`: how every source and section is doing, as a table for people and as JSON for machines."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.table import Table
from rich.text import Text

from aggregator.cadence import words
from aggregator.config import Config, Source
from aggregator.health import Health, judge
from aggregator.records import SectionState, SourceState
from aggregator.verbs import moves
from aggregator.verbs.screen import out

_STYLES = {Health.FINE: "green", Health.FAILING: "red", Health.ENDED: "red", Health.OFF: "dim", Health.NEW: "yellow"}


def status(config: Config, sources: Iterable[SourceState], sections: Iterable[SectionState], now: datetime, *, as_json: bool) -> None:
    """Show it."""
    rows = {state.key: state for state in sources}
    held = {state.key: state for state in sections}
    if as_json:
        report = {"sources": as_rows(config.sources, rows), "sections": [_section(key, held.get(key)) for key in config.sections]}
        print(json.dumps(report, ensure_ascii=False, indent=2))  # noqa: T201 - the command's output
        return
    out.print(_sources_table(config, rows, now))
    out.print()
    out.print(_sections_table(config, held))


def as_rows(sources: Mapping[str, Source], states: Mapping[str, SourceState]) -> list[dict[str, object]]:
    """One object a source, in the order of the configuration; absent facts are left out."""
    return [_stated(_source(source, states.get(key))) for key, source in sources.items()]


def _source(source: Source, state: SourceState | None) -> dict[str, object]:
    row: dict[str, object] = {"source": source.key, "title": source.title, "health": judge(state, source.off), "off": source.off}
    if state is None:
        return row
    return row | {
        "entries": state.entries,
        "pulled_at": _iso(state.pulled_at),
        "changed_at": _iso(state.changed_at),
        "next_pull_at": _iso(state.next_pull_at),
        "next_pull_why": state.next_pull_why,
        "failures": state.failures,
        "error": state.error_kind,
        "says": state.error_text,
        "moved_to": moves.shown(source, state.moved_to) if state.moved_to else None,
        "edit": moves.edit(source, state.moved),
        "held": dict(state.held) or None,
        "notes": list(state.notes) or None,
    }


def _section(key: str, state: SectionState | None) -> dict[str, object]:
    row: dict[str, object] = {"section": key, "entries": state.entries if state else 0}
    return _stated(row | ({"changed_at": _iso(state.changed_at), "published_at": _iso(state.published_at)} if state else {}))


def _stated(row: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in row.items() if value is not None}


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None


def _sources_table(config: Config, states: Mapping[str, SourceState], now: datetime) -> Table:
    table = Table("source", "health", box=None, header_style="bold", pad_edge=False)
    table.add_column("entries", justify="right")
    for name in ("pulled", "next", ""):
        table.add_column(name, overflow="fold")
    for key, source in config.sources.items():
        state = states.get(key)
        health = judge(state, source.off)
        pulled = f"{words(now - state.pulled_at)} ago" if state and state.pulled_at else "never"
        due = state.next_pull_at if state and health is not Health.OFF else None
        upcoming = "" if due is None else "now" if due <= now else f"in {words(due - now)}"
        count = str(state.entries) if state else "0"
        table.add_row(key, Text(health, style=_STYLES[health]), count, pulled, upcoming, Text(_remark(source, state), style="dim"))
    return table


def _remark(source: Source, state: SourceState | None) -> str:
    if source.off:
        return source.off
    if state is None:
        return ""
    if state.failures and state.error_text:
        return f"{state.error_text} ({state.failures} times in a row)" if state.failures > 1 else state.error_text
    edit = moves.edit(source, state.moved)
    moved = (f"it has moved; edit {edit}",) if edit else ()
    return "; ".join((*moved, *_held(state), *state.notes))


def _held(state: SourceState) -> tuple[str, ...]:
    """How many entries are held back and why; `haihe explain` and `haihe release` take each of them by its address."""
    if not state.held:
        return ()
    reasons = ", ".join(f"{why} ({times})" if len(state.held) > 1 else why for why, times in state.held.items())
    return (f"{sum(state.held.values())} held back: {reasons}",)


def _sections_table(config: Config, held: Mapping[str, SectionState]) -> Table:
    zone = ZoneInfo(config.site.timezone)
    table = Table("section", "title", box=None, header_style="bold", pad_edge=False)
    table.add_column("entries", justify="right")
    table.add_column("changed")
    for key, section in config.sections.items():
        state = held.get(key)
        changed = state.changed_at.astimezone(zone).strftime("%Y-%m-%d %H:%M") if state and state.changed_at else ""
        table.add_row(key, section.title, str(state.entries if state else 0), changed)
    return table
