"""`haihe withdraw`, `hold` and `release`: what an editor decides about one entry, against what any source or rule says."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from rich.text import Text

from aggregator.config import Config
from aggregator.errors import ConfigError
from aggregator.records import Item
from aggregator.store import Store
from aggregator.verbs.naming import one_entry
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
