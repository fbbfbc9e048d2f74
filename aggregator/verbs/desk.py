"""`haihe withdraw`, `hold`, `release` and `pin`: what an editor decides about one entry, against what any source or rule says."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from rich.text import Text

from aggregator.config import Config
from aggregator.config.problems import near
from aggregator.errors import ConfigError
from aggregator.placing import moves
from aggregator.records import Item
from aggregator.route import Rules
from aggregator.store import Store
from aggregator.verbs.naming import name, one_entry
from aggregator.verbs.screen import out, plain


def withdraw(word: str, reason: str | None, config: Config, store: Store, now: datetime, *, as_json: bool) -> None:
    """Take an entry back for good, with its copies."""
    items = one_entry(word, config.site.url, store)
    ids = store.withdraw([item.id for item in items], "operator", reason, now)
    _say("withdrawn", items, ids, "was withdrawn before", as_json=as_json)


def reinstate(word: str, config: Config, store: Store, now: datetime, *, as_json: bool) -> None:
    """Undo that. ConfigError when the entry is not withdrawn."""
    items = one_entry(word, config.site.url, store)
    if not any(item.withdrawn_at for item in items):
        raise ConfigError(f"{word!r} is not withdrawn, so there is nothing to undo; a held entry is shown again by `haihe release`")
    _say("shown again", items, store.reinstate([item.id for item in items], now), "was shown before", as_json=as_json)


def hold(word: str, reason: str | None, config: Config, store: Store, now: datetime, *, as_json: bool) -> None:
    """Show an entry nowhere until it is released. ConfigError for one that is withdrawn."""
    items = one_entry(word, config.site.url, store)
    if all(item.withdrawn_at for item in items):
        raise ConfigError(f"{word!r} is withdrawn, which is more than held back")
    _say("held back", items, store.hold_back([item.id for item in items], reason, now), "was held back before", as_json=as_json)


def release(word: str, config: Config, store: Store, now: datetime, *, as_json: bool) -> None:
    """Show a held entry again. ConfigError when it is not held."""
    items = one_entry(word, config.site.url, store)
    if not any(item.held_at for item in items):
        undo = "; a withdrawal is undone by `haihe withdraw --undo`" if any(item.withdrawn_at for item in items) else ""
        raise ConfigError(f"{word!r} is not held back{undo}")
    _say("released", items, store.show_again([item.id for item in items], now), "was not held back", as_json=as_json)


def pin(word: str, sections: Sequence[str], reason: str | None, config: Config, store: Store, now: datetime, *, as_json: bool) -> None:
    """Keep an entry in these sections (without any named: where it stands), whatever the rules come to say."""
    for key in sections:
        if key not in config.sections:
            raise ConfigError(f"there is no section {key!r}; " + (near(key, config.sections) or f"known are: {', '.join(config.sections)}"))
    items = one_entry(word, config.site.url, store)
    stands = {item.id: sections or [place.section for place in item.placements] for item in items}
    if not all(stands.values()):
        raise ConfigError(f"{word!r} stands in no section: name the sections to pin it to")
    for id_, keys in stands.items():
        store.pin(id_, keys, f"pinned by an editor{f': {reason}' if reason else ''}", now)
    _say(f"pinned to {', '.join(next(iter(stands.values())))}", items, list(stands), "", as_json=as_json)


def unpin(word: str, config: Config, store: Store, now: datetime, *, as_json: bool) -> None:
    """Leave an entry to the rules again. ConfigError when it is not pinned."""
    items = one_entry(word, config.site.url, store)
    ids = store.unpin([item.id for item in items])
    if not ids:
        raise ConfigError(f"{word!r} is not pinned")
    again = store.find(name(word, config.site.url))
    store.place([(move.item.id, move.placements) for move in moves(again, config, Rules.of(config.sections, config.routes))], now)
    _say("left to the rules", items, sorted(ids), "", as_json=as_json)


def _say(done: str, items: Sequence[Item], ids: Sequence[str], before: str, *, as_json: bool) -> None:
    if as_json:
        titles = {item.id: item.entry.title for item in items}
        entries = [{"entry": id_, **({"title": titles[id_]} if id_ in titles else {})} for id_ in ids]
        print(json.dumps({"done": done, "entries": entries}, ensure_ascii=False))  # noqa: T201 - the command's output
        return
    first = items[0].entry.title or items[0].id
    if not ids:
        out.print(Text.assemble(plain(first), (f"  {before}; nothing was changed", "dim")))
        return
    copies = f", with {len(ids) - 1} cop{'y' if len(ids) == 2 else 'ies'}" if len(ids) > 1 else ""
    out.print(Text.assemble(plain(first), (f"  {done}{copies}", "green")))
