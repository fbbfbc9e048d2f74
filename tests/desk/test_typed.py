"""Addresses as people type them: what is none is said in one line and with exit code 2, by every verb that takes one."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import pytest
from click.testing import CliRunner

from aggregator.app.tools import workshop
from aggregator.cli import main
from aggregator.config import load
from aggregator.errors import BadAnswer
from aggregator.run.family import PortTaken, require_port

CONFIG = """site: {title: T, url: "http://t.example"}
sections: {a: {title: A}}
sources: {s: {title: S, url: "https://s.example/feed", sections: [a]}}
"""
NONE = ["", " ", "http://", "http://[::1", "http://a b/", "ht tp://x", "file:", "gopher://x.example/", "http://x.example:99999/"]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.yaml"
    path.write_text(CONFIG, encoding="utf-8")
    return path


@pytest.mark.parametrize("typed", NONE)
@pytest.mark.parametrize("verb", [["discover"], ["preview"], ["pull", "--url"]])
def test_what_is_no_address_is_said_in_one_line(config: Path, verb: list[str], typed: str) -> None:
    done = CliRunner().invoke(main, ["--config", str(config), *verb, typed])
    assert done.exit_code == 2, done.output
    assert len(done.stderr.splitlines()) == 1
    assert repr(typed) in done.stderr or repr(f"https://{typed}") in done.stderr


@pytest.mark.parametrize("found", ["http://[::1", "javascript:alert(1)", ""])
def test_a_bad_address_that_a_page_names_is_the_page_s_mistake(config: Path, found: str) -> None:
    async def story() -> None:
        async with workshop(load(config, {})) as tools:
            await tools.fetch(found)

    with pytest.raises(BadAnswer):
        asyncio.run(story())


def test_a_place_where_we_cannot_listen_comes_with_the_advice_that_fits() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen(1)
        with pytest.raises(PortTaken, match="is haihe running already"):
            require_port("127.0.0.1", taken.getsockname()[1])
    with pytest.raises(PortTaken, match="write an address of this machine"):
        require_port("192.0.2.1", 8080)
