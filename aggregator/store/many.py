"""Rows by the hundred: an INSERT whose text is made once, and the values of whose rows go to the driver as it takes them.

SQLAlchemy goes over each value of each row several times at each execution. For the entries of a feed that takes longer than SQLite takes
to keep them, so here it is asked for the text and for what its types do, and no more."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from sqlalchemy import Connection, Dialect, Insert

from aggregator.store.engine import chunks

# Rows in one statement that gives something back, at the most: SQLite's driver keeps the last 128 texts prepared, and one of a thousand
# rows takes a megabyte.
AT_ONCE = 25

_ROW = re.compile(r"(?<=VALUES )(\([^()]*\))")
_NAMED = re.compile(r"%\(\w+\)s")

Process = Callable[[Any], Any] | None


class Many:
    """`statement` for rows that have a value for each of `names`, and with no other values in it. Columns that are not named are left to
    the database; ValueError where one has a value by default that only SQLAlchemy knows of."""

    def __init__(self, statement: Insert, names: Collection[str], dialect: Dialect) -> None:
        text = _NAMED.sub("%s", str(statement.compile(dialect=dialect, column_keys=list(names))))
        head, row, tail = _ROW.split(text, maxsplit=1)
        columns = [column for column in statement.table.columns if column.key in names]
        if not len(columns) == len(names) == row.count(sign := "%s" if "%s" in row else "?") == text.count(sign):
            raise ValueError(f"a row of {statement.table.name} takes other values than {', '.join(names)}: name those by default too")
        self._texts = [f"{head}{', '.join([row] * rows)}{tail}" for rows in range(AT_ONCE + 1)]
        self._given: list[tuple[str, Process]] = [(each.key, each.type.dialect_impl(dialect).bind_processor(dialect)) for each in columns]
        kinds = [each["type"].dialect_impl(dialect) for each in statement.returning_column_descriptions]
        self._returned: list[Process] = [each.result_processor(dialect, None) for each in kinds]

    def execute(self, connection: Connection, rows: Sequence[Mapping[str, object]]) -> None:
        if rows:
            connection.exec_driver_sql(self._texts[1], self._values(rows))

    def returning(self, connection: Connection, rows: Iterable[Mapping[str, object]]) -> Iterator[tuple[Any, ...]]:
        """What the statement returns, for all rows together. They are taken a few at a time: what is worked out for them is not held."""
        for some in chunks(rows, AT_ONCE):
            values = tuple(chain.from_iterable(self._values(some)))
            for row in connection.exec_driver_sql(self._texts[len(some)], values).all():
                yield tuple(value if process is None else process(value) for value, process in zip(row, self._returned, strict=True))

    def _values(self, rows: Sequence[Mapping[str, object]]) -> list[tuple[Any, ...]]:
        columns = [
            [row[name] for row in rows] if process is None else [process(row[name]) for row in rows] for name, process in self._given
        ]
        return list(zip(*columns, strict=True))
