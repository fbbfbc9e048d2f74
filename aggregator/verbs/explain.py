"""`haihe explain`: why a source is pulled when it is, and where an entry comes from. For people in words, for machines as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from rich.text import Text

from aggregator import errors
from aggregator.cadence import Walls, by_hour, habit, words
from aggregator.config import Config, Source, spell
from aggregator.config.problems import near
from aggregator.errors import ConfigError
from aggregator.health import Health, judge
from aggregator.records import Bridges, Known, Robots, SourceState
from aggregator.store import Store
from aggregator.verbs import entry, moves
from aggregator.verbs.naming import name
from aggregator.verbs.screen import Row, out, plain, show
from feeds import errors as reading

Facts = dict[str, object]

_BARS = "▁▂▃▄▅▆▇█"
_ADVICE = {
    "soon": "a passing fault; it is tried again soon, then ever more rarely",
    "wait": "it is tried again, ever more rarely",
    "later": "it will not mend itself quickly: look at its address and its settings",
    "stop": "it is not asked again; give it another url, or try it once more with `haihe pull {key}`",
}
_STYLES = {Health.FINE: "green", Health.FAILING: "red", Health.ENDED: "red", Health.OFF: "dim", Health.NEW: "yellow"}


def explain(word: str, config: Config, store: Store, walls: Callable[[Source], Walls], now: datetime, *, as_json: bool) -> None:
    """Explain the source of that key, else the entries that it names. ConfigError when it names nothing."""
    source = config.sources.get(word)
    if source is not None:
        state = next((state for state in store.sources() if state.key == word), None)
        known = store.known(word) or Known(key=word)
        robots = store.robots(Robots.origin_of(source.url)) if source.on and source.kind != "feed" else None
        if as_json:
            _print(facts(source, state, known, walls(source), robots, now))
        else:
            _show_source(source, state, known, walls(source), robots, now)
        return
    items = store.find(name(word, config.site.url))
    if not items:
        hint = near(word, config.sources)
        raise ConfigError(f"{word!r} is neither a source nor an entry that is kept; " + (hint or "name a key, an id, an address or a link"))
    if as_json:
        _print({"entries": [entry.facts(item, store.revisions(item.id), config) for item in items]})
        return
    for number, item in enumerate(items):
        if number:
            out.print()
        entry.tell(item, store.revisions(item.id), config)


def facts(source: Source, state: SourceState | None, known: Known, walls: Walls, robots: Robots | None, now: datetime) -> Facts:
    """All that is known, absent facts left out."""
    found: Facts = {
        "source": source.key,
        "title": source.title,
        "url": source.written,
        "health": judge(state, source.off),
        "off": source.off,
        "entries": state.entries if state else 0,
        "next_pull_at": _iso(known.next_pull_at),
        "next_pull_why": state.next_pull_why if state else None,
        "pulled_at": _iso(known.pulled_at),
        "changed_at": _iso(known.changed_at),
        "pace": {"every": spell(walls.every), "at_least": spell(walls.at_least), "at_most": spell(walls.at_most), "fixed": walls.fixed},
        "asks": _stated(
            {
                "max_age": known.wishes.max_age,
                "ttl": known.wishes.ttl,
                "interval": known.wishes.interval,
                "skip_hours": list(known.wishes.skip_hours) or None,
                "skip_days": list(known.wishes.skip_days) or None,
            }
        ),
        "validators": _stated({"etag": known.etag, "last_modified": known.last_modified}),
        "rhythm": _rhythm(known, walls, now),
        "addresses": _addresses(source, known),
        "robots": _robots(source, robots),
        "error": _error(source, state),
        "moved": _moved(source, state),
        "notes": list(state.notes) if state and state.notes else None,
    }
    return _stated(found)


def _rhythm(known: Known, walls: Walls, now: datetime) -> Facts | None:
    if known.rhythm is None:
        return None
    hours = [round(count, 2) for count in by_hour(known.rhythm, walls.zone, now)]
    says = habit(known.rhythm, walls.zone, now)
    return {"says": says, "zone": str(walls.zone), "since": _iso(known.rhythm.since), "by_hour": hours, "followed": not walls.fixed}


def _error(source: Source, state: SourceState | None) -> Facts | None:
    if state is None or not state.error_kind:
        return None
    kind = getattr(errors, state.error_kind, None) or getattr(reading, state.error_kind, None)
    advice = getattr(kind, "advice", "wait")
    what = _ADVICE[advice].format(key=source.key)
    return _stated({"kind": state.error_kind, "says": state.error_text, "in_a_row": state.failures, "advice": advice, "do": what})


def _addresses(source: Source, known: Known) -> list[Facts] | None:
    if not source.bridges:
        return None
    state = known.bridges or Bridges()
    found: list[Facts] = []
    for written in source.addresses:
        rest = state.resting.get(written)
        facts: Facts = {"url": written, "used": written == state.used}
        found.append(facts | ({"rests_until": _iso(rest.until), "failures": rest.failures, "says": rest.why} if rest else {}))
    return found


def _address_rows(source: Source, known: Known, now: datetime) -> Iterable[Row]:
    for number, facts in enumerate(_addresses(source, known) or ()):
        rest = known.bridges.resting.get(str(facts["url"])) if known.bridges else None
        said = "in use" if facts["used"] else ""
        if rest:
            asked = f"asked again in {words(rest.until - now)}" if rest.until > now else "asked again with the next pull"
            said = f"rests: {rest.why}; {asked}"
        yield "addresses" if number == 0 else "", f"{facts['url']}  {said}".rstrip()


def _robots(source: Source, robots: Robots | None) -> Facts | None:
    if source.robots:
        return {"ignored": source.robots.ignore}
    if robots is None:
        return None
    found = {"asked_at": _iso(robots.asked_at), "good_until": _iso(robots.good_until), "delay": robots.delay or None}
    return _stated(found | {"known": not robots.unknown, "rules": bool(robots.text), "fails": robots.why})


def _robots_in_words(said: Facts, robots: Robots | None, now: datetime) -> str:
    if "ignored" in said or robots is None:
        return f"not heeded: {said.get('ignored')}"
    had = f"asked for {words(now - robots.asked_at)} ago"
    if robots.unknown:
        return f"{had}, but it cannot be had ({robots.why}); again in {words(robots.good_until - now)}, and no page before that"
    what = "heeded" if robots.text else "there is none"
    fails = f"; it cannot be had at the moment ({robots.why}), what it said before holds" if robots.why else ""
    return f"{what}, {had}" + (f"; it wants {robots.delay} s between two requests" if robots.delay else "") + fails


def _moved(source: Source, state: SourceState | None) -> Facts | None:
    if state is None or state.moved is None:
        return None
    moved = state.moved
    found: Facts = {"to": moves.shown(source, moved.to), "times": moved.times, "since": _iso(moved.since), "last": _iso(moved.last)}
    return _stated(found | {"edit": moves.edit(source, moved)})


def _show_source(source: Source, state: SourceState | None, known: Known, walls: Walls, robots: Robots | None, now: datetime) -> None:
    health = judge(state, source.off)
    out.print(Text.assemble((source.title, "bold"), f"  {source.key}  ", (health, _STYLES[health])), Text(plain(source.written), "dim"))
    rows: list[Row] = [
        ("next pull", _next(source, state, known, walls, now)),
        ("pace", _pace(walls)),
        *_history(state, known, now),
        *_wishes(known),
    ]
    rows.append(("validators", _validators(source, known)))
    rows += _address_rows(source, known, now)
    if said := _robots(source, robots):
        rows.append(("robots.txt", _robots_in_words(said, robots, now)))
    rows += _rhythm_rows(known, walls, now)
    error = _error(source, state)
    if error and state:
        times = f" ({state.failures} times in a row)" if state.failures > 1 else ""
        rows += [("error", Text(plain(f"{state.error_text}{times}"), "red")), ("", str(error["do"]))]
    rows += _moved_rows(source, state)
    rows += [("note", note) for note in (state.notes if state else ())]
    show(rows)


def _pace(walls: Walls) -> str:
    said = f"every {words(walls.every)}, never sooner than {words(walls.at_least)} nor later than {words(walls.at_most)}"
    return said + ("; every is set for this source" if walls.fixed else "")


def _next(source: Source, state: SourceState | None, known: Known, walls: Walls, now: datetime) -> Text:
    if source.off:
        return Text(f"never: it is off ({source.off})", "yellow")
    if state is None:
        return Text("as soon as `haihe run` or `haihe pull` knows of it")
    why = state.next_pull_why or ""
    if known.next_pull_at is None:
        return Text.assemble(("never", "bold red"), f": {why}")
    when = "now" if known.next_pull_at <= now else f"in {words(known.next_pull_at - now)}"
    return Text.assemble((when, "bold"), f" ({known.next_pull_at.astimezone(walls.zone):%Y-%m-%d %H:%M:%S %Z}): {why}")


def _history(state: SourceState | None, known: Known, now: datetime) -> Iterable[Row]:
    if known.pulled_at:
        yield "last pull", f"{words(now - known.pulled_at)} ago"
    if known.changed_at:
        count = f", {state.entries} entries kept" if state else ""
        yield "last news", f"{words(now - known.changed_at)} ago{count}"


def _wishes(known: Known) -> Iterable[Row]:
    wishes = known.wishes
    said = [
        f"its answers are fresh for {words(timedelta(seconds=wishes.max_age))}" if wishes.max_age else "",
        f"ttl {wishes.ttl} minutes" if wishes.ttl else "",
        f"updated every {words(timedelta(seconds=wishes.interval))} (sy:updatePeriod)" if wishes.interval else "",
        f"skip the hours {', '.join(map(str, wishes.skip_hours))} GMT" if wishes.skip_hours else "",
        f"skip {', '.join(day.capitalize() for day in wishes.skip_days)}" if wishes.skip_days else "",
    ]
    yield "it asks for", "; ".join(part for part in said if part) or "nothing"


def _validators(source: Source, known: Known) -> str:
    if source.url.startswith("file:"):
        return "none, and none are needed: it is a file"
    held = [f"ETag {known.etag}" if known.etag else "", f"Last-Modified {known.last_modified}" if known.last_modified else ""]
    return ", ".join(part for part in held if part) or ("none: each pull brings the whole document" if known.changed_at else "none yet")


def _rhythm_rows(known: Known, walls: Walls, now: datetime) -> Iterable[Row]:
    yield (
        "rhythm",
        "it " + habit(known.rhythm, walls.zone, now) + (" (not followed: `every` is set for this source)" if walls.fixed else ""),
    )
    if known.rhythm and any(known.rhythm.counts):
        hours = by_hour(known.rhythm, walls.zone, now)
        most = max(hours)
        yield "", Text("".join(_BARS[min(7, int(8 * count / most))] if count else " " for count in hours), "cyan")
        yield "", Text(f"0     6     12    18    {walls.zone}", "dim")


def _moved_rows(source: Source, state: SourceState | None) -> Iterable[Row]:
    if state is None or state.moved is None:
        return
    moved = state.moved
    times = f"{moved.times} time{'s' if moved.times > 1 else ''} in a row over {words(moved.stood)}"
    yield "moved", f"permanently redirected to {moves.shown(source, moved.to)}, {times}; we go on asking the configured address"
    if edit := moves.edit(source, moved):
        yield "edit", Text(plain(edit), "bold yellow")


def _print(facts: Mapping[str, object]) -> None:
    print(json.dumps(facts, ensure_ascii=False, indent=2))  # noqa: T201 - the command's output


def _stated(facts: Mapping[str, object]) -> Facts:
    return {name: value for name, value in facts.items() if value is not None}


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None
