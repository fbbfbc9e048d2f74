"""Sites on loopback, and an application with one source on one of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from aggregator.app import pulling
from aggregator.config import load
from tests.trade.upstream import Desk, Site, serve


@pytest.fixture
def site() -> Iterator[Site]:
    with serve() as site:
        yield site


@pytest.fixture
def elsewhere() -> Iterator[Site]:
    with serve() as site:
        yield site


@pytest.fixture
def start(tmp_path: Path, site: Site) -> Iterator[Callable[..., Desk]]:
    """An application with one source, `s`, at a path of the site, at work."""
    with ExitStack() as opened:

        def begin(path: str, env: Mapping[str, str] | None = None, **told: object) -> Desk:
            config = {
                "site": {"title": "T", "url": "http://t.example", "language": "zh-CN", "timezone": "Asia/Shanghai"},
                "database": "sqlite:///haihe.db",
                "pull": {"spacing": "0s", "allow_private": ["127.0.0.0/8"]},
                "sections": {"news": {"title": "N"}},
                "sources": {"s": {"title": "文明网", "url": site.base + path, "sections": ["news"], **told}},
            }
            (tmp_path / "config.yaml").write_text(json.dumps(config), encoding="utf-8")
            desk = Desk(opened.enter_context(pulling(load(tmp_path / "config.yaml", env or {}))))
            opened.callback(desk.close)
            return desk

        yield begin
