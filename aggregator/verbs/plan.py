"""`haihe plan`: what an edit of the configuration will do to sources, sections and kept entries, before it does it. Changes nothing."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from rich.progress import Progress, SpinnerColumn, TextColumn
from rich.table import Table

from aggregator.config import Config
from aggregator.placing import BATCH, Move, moves
from aggregator.publish.policy import Stated, stated
from aggregator.records import Item
from aggregator.route import Rules
from aggregator.store import Store
from aggregator.verbs.screen import err, out, plain

EXAMPLES = 3  # titles that are named of a section's gains and losses
_SOURCES = {
    "new": "is pulled from now on",
    "edited": "begins afresh, at once: its address or how it is read was edited",
    "back": "is pulled again, with its history",
    "gone": "is pulled no more; its entries stay",
}


class Policy(NamedTuple):
    """How much of the text is shown, before and from now on; None: not said."""

    was: str | None
    now: str | None


@dataclass(slots=True)
class Plan:
    """`sources`: key -> what happens to it; `sections`: key -> ``new``, ``closed`` or ``was OLD``; by section how many entries `appear` and
    `leave`, with some titles; `policies`: of sections, sources and publishers that there were before, those that show more or less now."""

    sources: Mapping[str, str]
    sections: dict[str, str]
    examined: int = 0
    moved: int = 0
    policies: Mapping[str, Mapping[str, Policy]] = field(default_factory=dict)
    appear: Counter[str] = field(default_factory=Counter)
    leave: Counter[str] = field(default_factory=Counter)
    titles: defaultdict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))

    @property
    def changes(self) -> bool:
        return bool(self.sources or self.sections or self.moved or self.policies)

    def take(self, move: Move) -> None:
        self.moved += 1
        for word, counter, sections in (("appear", self.appear, move.appears), ("leave", self.leave, move.leaves)):
            for section in sections:
                counter[section] += 1
                if len(self.titles[word, section]) < EXAMPLES:
                    self.titles[word, section].append(move.item.entry.title or move.item.id)


def make(config: Config, store: Store, addresses: Mapping[str, str], before: str | None) -> Plan:
    """`addresses` are the active sources, as the puller enrols them; `before` are the policies by which everything was published last."""
    now = stated(config.sections, config.sources, config.publishers)
    found = Plan(
        sources=store.compare(addresses), sections=_sections(config, store), policies=_policies(json.loads(before), now) if before else {}
    )
    rules = Rules.of(config.sections, config.routes)
    columns = (SpinnerColumn(), TextColumn("{task.completed} entries"))
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as progress:
        task = progress.add_task("", total=None)
        for items in _batches(store):
            found.examined += len(items)
            for move in moves(items, config, rules):
                found.take(move)
            progress.update(task, completed=found.examined)
    return found


def plan(config: Config, store: Store, addresses: Mapping[str, str], before: str | None, *, as_json: bool) -> bool:
    """Show it; whether anything would change."""
    found = make(config, store, addresses, before)
    if as_json:
        print(json.dumps(_facts(found), ensure_ascii=False, indent=2))  # noqa: T201 - the command's output
    else:
        _show(found, config)
    return found.changes


def _batches(store: Store) -> Iterator[list[Item]]:
    after = ""
    while items := store.kept(after, BATCH):
        yield items
        after = items[-1].id


def _sections(config: Config, store: Store) -> dict[str, str]:
    before = {state.key for state in store.sections() if state.published_at is not None and state.key != "all"}
    renamed = {old: key for key, section in config.sections.items() for old in section.was if old in before}
    changes = {key: "new" for key in config.sections if key not in before}
    changes |= {key: f"was {old}" for old, key in renamed.items() if key not in before}
    return changes | dict.fromkeys(sorted(before - config.sections.keys() - renamed.keys()), "closed")


def _policies(before: Stated, now: Stated) -> dict[str, dict[str, Policy]]:
    """Of what is there before and after; who is new or gone is told of elsewhere, but for publishers, who only have a policy."""
    changes: dict[str, dict[str, Policy]] = {}
    for kind, policies in now.items():
        known = before.get(kind, {})
        keys = sorted(known.keys() | policies.keys() if kind == "publishers" else known.keys() & policies.keys())
        if edited := {key: Policy(known.get(key), policies.get(key)) for key in keys if known.get(key) != policies.get(key)}:
            changes[kind] = edited
    return changes


def _facts(found: Plan) -> dict[str, object]:
    keys = sorted({*found.appear, *found.leave})
    return {
        "changes": found.changes,
        "sources": dict(found.sources),
        "sections": found.sections,
        "policies": {kind: {key: policy._asdict() for key, policy in edited.items()} for kind, edited in found.policies.items()},
        "entries": {
            "examined": found.examined,
            "moved": found.moved,
            "by_section": {key: {"appear": found.appear[key], "leave": found.leave[key]} for key in keys},
            "examples": {key: {word: found.titles[word, key] for word in ("appear", "leave") if found.titles[word, key]} for key in keys},
        },
    }


def _show(found: Plan, config: Config) -> None:
    if not found.changes:
        out.print(f"nothing would change: {found.examined} entries stand where the rules put them", style="green")
        return
    if found.sources:
        table = _table("source", "", "")
        for key, what in found.sources.items():
            table.add_row(key, what, _SOURCES[what], style="red" if what == "gone" else "")
        out.print(table)
    if found.sections or found.moved:
        table = _table("section", "", "appear", "leave", "for example")
        for key in dict.fromkeys((*config.sections, *found.sections, *sorted({*found.appear, *found.leave}))):
            if key in found.sections or found.appear[key] or found.leave[key]:
                table.add_row(key, found.sections.get(key, ""), *_counts(found, key), _examples(found, key))
        out.print(table)
    if found.policies:
        table = _table("policy", "", "was", "from now on")
        for kind, edited in found.policies.items():
            for key, policy in edited.items():
                table.add_row(kind.removesuffix("s"), key, policy.was or "", policy.now or "")
        out.print(table)
    said = f"{found.moved} of {found.examined} entries would move; `haihe run` and `haihe pull` do it, this changed nothing"
    out.print(said, style="yellow")


def _counts(found: Plan, key: str) -> tuple[str, str]:
    appear, leave = found.appear[key], found.leave[key]
    return f"+{appear}" if appear else "", f"-{leave}" if leave else ""


def _examples(found: Plan, key: str) -> str:
    signs = (("+", "appear"), ("-", "leave"))
    return "  ".join(f"{sign}“{plain(title)}”" for sign, word in signs for title in found.titles[word, key][:1])


def _table(*names: str) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in names:
        table.add_column(name, justify="right" if name in ("appear", "leave") else "left")
    return table
