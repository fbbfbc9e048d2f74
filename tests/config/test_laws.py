"""Laws that hold for any text at all, and that the page for operators is kept in step with the models."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.config import BadConfig, Config, Problem, load, units
from aggregator.config.words import at, writable

REPOSITORY = Path(__file__).parents[2]
GOOD = (REPOSITORY / "config.yaml").read_text(encoding="utf-8")
BITS = (
    "site:", "title:", "url:", "sections:", "sources:", "routes:", "include:", "when:", "to:", "pull:", "every:", "headers:",
    "auth:", "proxy:", "cookies:", "user:", "password:", "http://u:${A}@p.example:1",
    "database:", "  ", "\n", "\n  ", "\n    ", "- ", "[", "]", "{", "}", ", ", ": ", "'", '"', "#", "&a ", "*a", "<<: ", "!!str ",
    "---", "| ", "? ", "\t",
    "x", "12", "1e400", "0x1f", "9" * 40, "~", "no", "1:30", "30m", "10MiB", "/a(/", "http://[x/", "https://a.example/", "file:a/../b",
    "file:\\0", "sqlite:///x", "${A}", "${", "$", "精神", "\ufeff", "\u2028", "\x85", "Asia/Shanghai", "../x", "127.0.0.1/8", "all",
)  # fmt: skip

yamlish = st.lists(st.sampled_from(BITS), max_size=30).map("".join)


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """The repository's own configuration with a few pieces cut out or put in."""
    text = GOOD
    for _ in range(draw(st.integers(1, 4))):
        begin = draw(st.integers(0, len(text)))
        text = text[:begin] + draw(st.sampled_from(BITS)) + text[begin + draw(st.integers(0, 12)) :]
    return text


@pytest.fixture(scope="module")
def file():
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder) / "config.yaml"


def never_anything_but_a_config_error(file: Path, raw: bytes) -> None:
    file.write_bytes(raw)
    problems: tuple[Problem, ...] = ()
    try:
        shown = repr(load(file, {"A": "geheim"}))
    except BadConfig as error:
        shown, problems = str(error), error.problems
    assert shown
    assert "geheim" not in shown
    assert all(problem.message and str(problem).startswith(f"{file}:") for problem in problems)


@settings(deadline=None, max_examples=200)
@given(yamlish)
def test_any_yaml_like_text(file, text):
    never_anything_but_a_config_error(file, text.encode())


@settings(deadline=None, max_examples=60)
@given(damaged())
def test_any_damage_to_a_good_file(file, text):
    never_anything_but_a_config_error(file, text.encode())


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=200))
def test_any_bytes(file, raw):
    never_anything_but_a_config_error(file, raw)


@given(st.timedeltas(timedelta(), units.LONGEST).map(lambda length: timedelta(milliseconds=length // timedelta(milliseconds=1))))
def test_durations_are_spelt_as_they_are_read(length):
    assert units.duration(units.spell(length)) == length


@pytest.mark.parametrize(
    ("text", "seconds"), [("20s", 20), ("1h30m", 5400), ("1h 30m", 5400), ("1.5h", 5400), ("250ms", 0.25), ("1w", 604_800), ("0s", 0)]
)
def test_durations(text, seconds):
    assert units.duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "20", "s", "-1s", "1h30", "1 fortnight", "1d1", "٣s"])
def test_what_is_no_duration(text):
    with pytest.raises(ValueError, match="a duration is expected"):
        units.duration(text)


@pytest.mark.parametrize(("text", "size"), [("10MiB", 10_485_760), ("1 KB", 1000), ("1.5KiB", 1536), ("7B", 7)])
def test_sizes(text, size):
    assert units.size(text) == size


@pytest.mark.parametrize("part", [
    (), ("site",), ("site", "author"), ("serve",), ("pull",), ("pace",), ("publishers",), ("sections",), ("sources",), ("sources", "auth"),
    ("sources", "robots"), ("sources", "credit"), ("sources", "list"), ("sources", "article"), ("routes",), ("routes", "when"),
])  # fmt: skip
def test_every_key_is_explained_to_operators(part):
    """Each key stands in the table of its own part in docs/configuration.md."""
    name = ".".join(part) or "config.yaml"
    page = (REPOSITORY / "docs/configuration.md").read_text(encoding="utf-8")
    chapter = page.split(f"\n## `{name}`\n")[1].split("\n## ")[0]
    written = [line.split("`")[1] for line in chapter.splitlines() if line.startswith("| `")]
    assert written == [*writable(at(Config, part)), *(["include"] if not part else [])]
