"""`haihe check`: the configuration, read as `haihe run` would read it, and either every problem or what it amounts to; and with `--store`
the database, whether everything is true of it that must be."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import structs
from rich.table import Table

from aggregator.config import BadConfig, Config, load
from aggregator.records import Finding
from aggregator.verbs.counted import counted
from aggregator.verbs.screen import err, out


def check(path: Path, env: Mapping[str, str], *, as_json: bool) -> bool:
    """Whether it can be used; says so, or says why not."""
    try:
        config = load(path, env)
    except BadConfig as error:
        if as_json:
            fields = ("file", "line", "column", "message", "advice")
            problems = [{name: value for name in fields if (value := getattr(problem, name)) is not None} for problem in error.problems]
            print(json.dumps({"ok": False, "problems": problems}, ensure_ascii=False))  # noqa: T201 - the command's output
        else:
            for problem in error.problems:
                err.print(str(problem), soft_wrap=True, markup=False)
            err.print(f"{counted(len(error.problems), 'problem')}; nothing was changed", style="bold red")
        return False
    if as_json:
        print(json.dumps({"ok": True, **_amounts(config)}, ensure_ascii=False))  # noqa: T201 - the command's output
    else:
        _show(config)
    return True


def say(findings: Sequence[Finding], *, as_json: bool) -> bool:
    """`haihe check --store`: whether nothing was found; says so, or says what is wrong, where, and what to do."""
    if as_json:
        print(json.dumps({"ok": not findings, "findings": [structs.asdict(one) for one in findings]}, ensure_ascii=False))  # noqa: T201
    elif findings:
        for one in findings:
            err.print(f"{one.where}: {one.what}\n    {one.do}", soft_wrap=True, markup=False, highlight=False)
        err.print(f"{counted(len(findings), 'finding')}; nothing was changed", style="bold red")
    else:
        out.print("the database is sound", style="green")
    return not findings


def _amounts(config: Config) -> dict[str, object]:
    return {
        "sections": len(config.sections),
        "sources": len(config.active),
        "off": {key: source.off for key, source in config.sources.items() if source.off},
        "routes": len(config.routes),
        "database": config.database.split("://", 1)[0],
    }


def _show(config: Config) -> None:
    table = Table("source", "kind", "sections", "republish", "address", box=None, header_style="bold", pad_edge=False)
    for key, source in config.sources.items():
        state = f"off: {source.off}" if source.off else source.written
        table.add_row(
            key,
            source.kind or "by looking",
            " ".join(source.sections) or "by routes",
            source.republish,
            state,
            style="dim" if source.off else "",
        )
    out.print(table)
    out.print(
        f"{config.path} is fine: {counted(len(config.active), 'source')} into {counted(len(config.sections), 'section')}, "
        f"{counted(len(config.routes), 'route')}",
        style="green",
    )
