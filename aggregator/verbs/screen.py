"""Where verbs write for people: tables and colours on a terminal, plain lines in a pipe, never colour where NO_COLOR is set."""

from __future__ import annotations

from rich.console import Console

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)
