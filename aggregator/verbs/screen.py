"""Where verbs write for people: tables and colours on a terminal, plain lines in a pipe, never colour where NO_COLOR is set."""

from __future__ import annotations

from rich.console import Console

_NO_TERMINAL = 500  # characters: a pipe has no width, so nothing is folded there and every row is one line for grep


def _console(*, stderr: bool) -> Console:
    console = Console(stderr=stderr, highlight=False)
    return console if console.is_terminal else Console(stderr=stderr, highlight=False, width=_NO_TERMINAL)


out = _console(stderr=False)
err = _console(stderr=True)
