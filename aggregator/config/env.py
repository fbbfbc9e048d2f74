"""``${NAME}`` in the few values that may hold a secret, and paths that are relative to the folder of the configuration."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

_VARIABLE = re.compile(r"\$\{([^}]*)\}?")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class Filled(NamedTuple):
    """The text with its variables put in; `unset` those that are not set or empty, `bad` what is no variable though it looks so."""

    text: str
    unset: tuple[str, ...] = ()
    bad: bool = False


def fill(text: str, env: Mapping[str, str]) -> Filled:
    """Only what the file says is looked at: a ``${`` inside a variable's value stays as it is."""
    if "${" not in text:
        return Filled(text)
    found = list(_VARIABLE.finditer(text))
    if any(not _NAME.fullmatch(match[1]) or not match[0].endswith("}") for match in found):
        return Filled(text, bad=True)
    unset = dict.fromkeys(match[1] for match in found if not env.get(match[1]))
    return Filled(_VARIABLE.sub(lambda match: env.get(match[1], ""), text), tuple(unset))


def file_address(url: str, folder: Path) -> str:
    """``file:a/b.html`` -> ``file:///…/a/b.html``, from the folder; any other address as it is."""
    if not url.startswith("file:") or url.startswith("file:/") or not url[5:]:
        return url
    try:
        return _absolute(folder, unquote(url[5:])).as_uri()
    except ValueError:
        return url


def database_address(url: str, folder: Path) -> str | None:
    """``sqlite:///var/x.db`` -> the same with an absolute path; ``postgres://`` -> the driver that we ship. None when it is neither."""
    scheme, separator, rest = url.partition("://")
    if not separator:
        return None
    if scheme in ("postgres", "postgresql", "postgresql+psycopg"):
        return f"postgresql+psycopg://{rest}" if rest else None
    if scheme not in ("sqlite", "sqlite+pysqlite") or not rest.startswith("/") or rest[1:] in ("", ":memory:"):
        return None
    path, question, query = rest[1:].partition("?")
    return f"sqlite:///{_absolute(folder, path)}{question}{query}"


def _absolute(folder: Path, path: str) -> Path:
    return Path(os.path.abspath(folder / path))  # noqa: PTH100 (resolve() would follow links, which may change under us)
