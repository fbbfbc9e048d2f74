"""What is wrong with a configuration: where it stands, what it is, what would be right."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from aggregator.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Problem:
    """`line` and `column` count from 1; line 0 means the file as a whole. `advice` says what would be right."""

    file: str
    line: int
    column: int
    message: str
    advice: str | None = None

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{place}: {self.message}" + (f"; {self.advice}" if self.advice else "")


class BadConfig(ConfigError):
    """the configuration cannot be used: every problem at once, in the order of the files and their lines"""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


def near(word: str, known: Iterable[str]) -> str | None:
    """`did you mean "x"?` when one of the known words is close, else None."""
    close = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f'did you mean "{close[0]}"?' if close else None
