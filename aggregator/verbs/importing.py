"""`haihe import FILE.opml`: another reader's subscriptions as a file of sources beside the configuration.

Folders become sections: one that has the title, an alias or the key of a section of ours is that section, any other is made. What
the configuration names already is left out. The file is written whole or not at all, and read back before it counts."""

from __future__ import annotations

import re
import tempfile
import unicodedata
from collections.abc import Iterable, Mapping, Sized
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from urllib.parse import urlsplit

import yaml
from rich.table import Table

from aggregator.config import BadConfig, Config, load
from aggregator.errors import ConfigError
from aggregator.verbs.screen import out
from feeds.clean.urls import normalise
from feeds.errors import FeedError
from feeds.read.opml import read
from feeds.records import Outline

FOLDER = "sources"
UNSORTED = "imported"


@dataclass(slots=True)
class Plan:
    """What the file will say, and which outlines are left out because they are known."""

    sections: dict[str, dict[str, str]] = field(default_factory=dict)
    sources: dict[str, dict[str, object]] = field(default_factory=dict)
    known: list[str] = field(default_factory=list)


def import_opml(config: Config, opml: Path, env: Mapping[str, str], *, section: str | None, write: bool) -> None:
    """Show the plan, and write it unless told not to. ConfigError when the file is no OPML, or when the result would not load."""
    if section is not None and section not in config.sections:
        raise ConfigError(f"there is no section {section!r} in {config.path}; it has {', '.join(config.sections) or 'none'}")
    try:
        outlines = read(opml.read_bytes())
    except FeedError as error:
        raise ConfigError(f"{opml}: {error}") from error
    plan = make_plan(config, outlines, section)
    _show(plan)
    if not write or not plan.sources:
        out.print("nothing was written")
        return
    target = config.path.parent / FOLDER / f"{_slug(opml.stem)}.yaml"
    if target.exists():
        raise ConfigError(f"{target} is there already; rename {opml.name}, or remove that file first")
    _write(config.path, target, plan, env, opml.name)


def make_plan(config: Config, outlines: Iterable[Outline], section: str | None) -> Plan:
    plan = Plan()
    addresses = {normalise(source.url) for source in config.sources.values()}
    names = {name.casefold(): key for key, one in config.sections.items() for name in (key, one.title, *one.aliases)}
    for outline in outlines:
        address = outline.xml_url
        if not address:
            continue
        if normalise(address) in addresses:
            plan.known.append(address)
            continue
        addresses.add(normalise(address))
        title = outline.title or outline.text or address
        key = _free(_slug(title) or _slug(urlsplit(address).hostname or "") or "feed", address, {*config.sources, *plan.sources})
        place = section or _section(outline.categories, names, plan, config)
        plan.sources[key] = {"title": title, "url": address.replace("${", "$%7B"), "kind": "feed", "sections": [place]}
        if outline.html_url:
            plan.sources[key]["credit"] = {"homepage": outline.html_url}
    return plan


def _section(folders: tuple[str, ...], names: dict[str, str], plan: Plan, config: Config) -> str:
    """The section that the innermost folder means; made when there is none yet."""
    title = folders[-1] if folders else UNSORTED
    known = names.get(title.casefold())
    if known:
        return known
    key = _free(_slug(title) or "section", title, {*config.sections, *plan.sections, "all"})
    plan.sections[key] = {"title": title}
    names[title.casefold()] = key
    return key


def _free(wanted: str, text: str, taken: set[str]) -> str:
    """The wanted key, or with something of what it stands for: stable, so that a second import of a longer list gives the same keys."""
    return wanted if wanted not in taken else f"{wanted}-{blake2b(text.encode(), digest_size=3).hexdigest()}"


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-")


def _show(plan: Plan) -> None:
    if plan.sources:
        table = Table("source", "title", "section", "address", box=None, header_style="bold", pad_edge=False)
        for key, source in plan.sources.items():
            sections = source["sections"]
            table.add_row(key, str(source["title"]), " ".join(map(str, sections if isinstance(sections, list) else ())), str(source["url"]))
        out.print(table)
    made = f", and {len(plan.sections)} new section{_s(plan.sections)} ({', '.join(plan.sections)})" if plan.sections else ""
    left = f"; {len(plan.known)} {'is' if len(plan.known) == 1 else 'are'} in the configuration already" if plan.known else ""
    out.print(f"{len(plan.sources)} new source{_s(plan.sources)}{made}{left}")


def _s(things: Sized) -> str:
    return "" if len(things) == 1 else "s"


def _write(config_path: Path, target: Path, plan: Plan, env: Mapping[str, str], origin: str) -> None:
    head = f"# From {origin}, by `haihe import`. Yours to edit from here on.\n"
    body: dict[str, object] = {"sections": plan.sections} if plan.sections else {}
    text = head + yaml.safe_dump(body | {"sources": plan.sources}, allow_unicode=True, sort_keys=False, width=120)
    target.parent.mkdir(exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=target.parent, prefix=".", suffix=".part", encoding="utf-8", delete=False) as stream:
        stream.write(text)
    Path(stream.name).replace(target)
    try:
        result = load(config_path, env)
    except BadConfig:
        target.unlink()
        raise
    out.print(f"wrote {target}", style="green")
    if not set(plan.sources) <= set(result.sources):
        out.print(f"{config_path} does not include it yet: add the line `include: {FOLDER}/*.yaml` at its left margin", style="yellow")
