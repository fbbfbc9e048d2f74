from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from aggregator.config import BadConfig, Config, load

SITE = 'site: {title: Site, url: "https://feeds.example.org"}\n'


class Folder:
    """A folder of configuration files; `load` reads its config.yaml, `complaints` gives the lines that loading it prints."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, text: str | bytes, name: str = "config.yaml") -> Path:
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    def load(self, text: str | bytes, env: Mapping[str, str] | None = None) -> Config:
        return load(self.write(text), env or {})

    def complaints(self, text: str | bytes, env: Mapping[str, str] | None = None) -> list[str]:
        with pytest.raises(BadConfig) as caught:
            self.load(text, env)
        assert str(caught.value) == "\n".join(map(str, caught.value.problems))
        return str(caught.value).replace(f"{self.path}/", "").splitlines()


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


@pytest.fixture
def complain(folder: Folder) -> Callable[..., list[str]]:
    """What is said of a configuration whose site is right and stands in line 1; the text begins in line 2."""
    return lambda text, env=None: folder.complaints(SITE + text, env)
