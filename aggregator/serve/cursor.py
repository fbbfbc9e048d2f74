"""The place in a list where a page ends, as one short word for the address: ``20220928T025100.123456Z~<id>``.

It names the last entry shown, not a page number, so that entries which arrive meanwhile move nothing and repeat nothing.
"""

from __future__ import annotations

from datetime import UTC, datetime

from aggregator.records import Item

_FORM = "%Y%m%dT%H%M%S.%fZ"


class BadCursor(ValueError):
    """this is not a place in the list"""


def write(item: Item) -> str:
    return place(item.sort_at, item.id)


def place(sort_at: datetime, id_: str) -> str:
    at = sort_at.astimezone(UTC)
    # strftime does not pad years before 1000 on every platform
    return f"{at.year:04d}{at.strftime('%m%dT%H%M%S.%fZ')}~{id_}"


def read(text: str) -> tuple[datetime, str]:
    """The pair that `Shelf.newest` takes as `before`; BadCursor for anything else."""
    stamp, _, id_ = text.partition("~")
    if not id_ or len(id_) > 200:
        raise BadCursor
    try:
        return datetime.strptime(stamp, _FORM).replace(tzinfo=UTC), id_
    except ValueError as error:
        raise BadCursor from error
