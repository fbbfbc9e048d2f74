"""Entry <-> JSON text, as the store keeps it. What is at its default is left out, so a record grows fields without a migration."""

from __future__ import annotations

from functools import cache

from msgspec import json, structs

from feeds.records import UNCREDITED, Entry

_encoder = json.Encoder()


@cache
def _decoder() -> json.Decoder[Entry]:
    return json.Decoder(Entry)


def dump(entry: Entry) -> str:
    """The entry as JSON text. Datetimes keep their offset."""
    if entry.credit == UNCREDITED and entry.credit is not UNCREDITED:
        entry = structs.replace(entry, credit=UNCREDITED)  # the encoder takes for a default what is the same object
    return _encoder.encode(entry).decode("utf-8")


def load(text: str, **ours: str) -> Entry:
    """The entry that `dump` wrote; fields that are no longer known are passed over. `ours` are fields that stand here instead of what the
    text says of them. ValueError if it is no entry."""
    entry = _decoder().decode(text)
    return structs.replace(entry, **ours) if ours else entry
