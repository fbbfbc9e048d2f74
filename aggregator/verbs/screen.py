"""Where verbs write for people: tables and colours on a terminal, plain lines in a pipe, never colour where NO_COLOR is set."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

Row = tuple[str, str | Text]

_NO_TERMINAL = 500  # characters: a pipe has no width, so nothing is folded there and every row is one line for grep


class _Screen(Console):
    def on_broken_pipe(self) -> None:
        """Whoever read our output has gone: the command ends as it does for all that is printed (`aggregator.cli.command`)."""
        raise BrokenPipeError


def _console(*, stderr: bool) -> Console:
    screen = _Screen(stderr=stderr, highlight=False)
    return screen if screen.is_terminal else _Screen(stderr=stderr, highlight=False, width=_NO_TERMINAL)


out = _console(stderr=False)
err = _console(stderr=True)


def show(rows: Sequence[Row]) -> None:
    """Names and what is said of them, one below the other."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in rows:
        table.add_row(name, Text(plain(value)) if isinstance(value, str) else value)
    out.print(table)


def plain(text: str) -> str:
    """Strangers' words without what would command a terminal; blanks of every kind are blanks."""
    return "".join(char if char.isprintable() else " " if char.isspace() else "\ufffd" for char in text)
