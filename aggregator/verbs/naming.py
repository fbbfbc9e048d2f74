"""What an operator may call an entry: its id, the address of its page, its public id, or its link."""

from __future__ import annotations

from collections import Counter
from urllib.parse import unquote, urlsplit

from aggregator.errors import ConfigError
from aggregator.records import Item
from aggregator.store import Store


def name(word: str, site: str) -> str:
    """The id in the address of an entry's page, else the word itself."""
    path = word.removeprefix(site.rstrip("/"))
    parts = urlsplit(path).path.strip("/").split("/") if path.startswith("/") else []
    return unquote(parts[1]) if len(parts) == 2 and parts[0] == "entries" else word


def one_entry(word: str, site: str, store: Store) -> list[Item]:
    """The entry of that name, with its copies in other sources. ConfigError when it names none, or several of one source."""
    items = store.find(name(word, site))
    if not items:
        raise ConfigError(f"no entry is kept under {word!r}: name its id, the address of its page, its public id or its link")
    if max(Counter(item.source for item in items).values()) > 1:
        several = "".join(f"\n  {item.id}  {item.source}  {item.entry.title}" for item in items)
        raise ConfigError(f"{word!r} names {len(items)} entries; name one of them by its id:{several}")
    return items
