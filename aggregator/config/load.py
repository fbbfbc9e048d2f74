"""config.yaml -> Config, or every problem that it has, each with its place."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from aggregator.config import cross
from aggregator.config.env import database_address, file_address, fill
from aggregator.config.files import Gathered, gather
from aggregator.config.model import Bridge, Config, Publisher, Route, Section, Source
from aggregator.config.nodes import Path as Steps
from aggregator.config.nodes import Plain, Scalar
from aggregator.config.problems import BadConfig
from aggregator.config.publishers import Publishers
from aggregator.config.secrets import NO_VARIABLE, SET_IT, put_in, put_in_served, unset
from aggregator.config.settings import Pace, Part, Pull, Retention, Serve, Site, program
from aggregator.config.words import describe, in_words, unknown

P = TypeVar("P", bound=Part)
Values = dict[str, Any]  # a part's values on their way into its model, which checks every one of them


def load(path: Path, env: Mapping[str, str]) -> Config:
    """The configuration of a file and its includes, with ``${NAME}`` taken from `env`.

    Raises BadConfig, whose `problems` are all there are. A source whose address needs a variable that is not set is switched off
    (`Source.off` says why); an unset variable anywhere else is a problem."""
    found = gather(path)
    site = _part(found, ("site",), Site, found.top.get("site"), needed=found.whole)
    database = _database(found, path.parent, env)
    serve = _part(found, ("serve",), Serve, put_in_served(found, ("serve",), found.top.get("serve", {}), env))
    pull = _part(found, ("pull",), Pull, _signed(found.top.get("pull", {}), site))
    pace = _part(found, ("pace",), Pace, found.top.get("pace", {}))
    retention = _part(found, ("retention",), Retention, found.top.get("retention", {}))
    sections = {key: section for key, value in found.sections.items() if (section := _section(found, key, value))}
    sources = {key: source for key, value in found.sources.items() if (source := _source(found, key, value, path.parent, env))}
    publishers = {key: one for key, value in found.publishers.items() if (one := _part(found, ("publishers", key), Publisher, value))}
    routes = [_route(found, index, value, path.parent) for index, value in enumerate(found.routes)]
    for finding in (*cross.publishers(publishers), *_findings(found, sections, sources, routes, pace)):
        found.at(finding.path, finding.message, finding.advice, on_key=finding.on_key)
    if found.problems or site is None or serve is None or pull is None or pace is None or retention is None:
        order = {name: index for index, name in enumerate(found.files)}
        raise BadConfig(sorted(set(found.problems), key=lambda each: (order.get(each.file, 0), each.line, each.column, each.message)))
    return Config.model_construct(  # each part was checked by itself, and thousands of sources would be once more
        site=site,
        database=database,
        serve=serve,
        pull=pull,
        pace=pace,
        retention=retention,
        publishers=publishers,
        sections=sections,
        sources=_acquainted(sources, publishers),
        routes=tuple(route for route in routes if route),
        path=path,
    )


def _acquainted(sources: Mapping[str, Source], publishers: Mapping[str, Publisher]) -> dict[str, Source]:
    """Each source with everybody whom its entries may name."""
    stated = [((key, each.name, *each.aliases), each.record) for key, each in publishers.items()]
    everybody = Publishers.of(stated, ())
    implied = []
    for source in sources.values():
        credit = source.credit
        if everybody.find(credit.publisher):
            stated.append(((source.title,), everybody.find(credit.publisher) or source.record))
        elif credit.homepage or credit.rights or "republish" in source.model_fields_set:
            implied.append((tuple(name for name in (source.title, credit.source) if name), source.record))
    if not stated and not implied:
        return dict(sources)
    known = Publishers.of(stated, implied)
    return {key: source.model_copy(update={"publishers": known}) for key, source in sources.items()}


def _part(found: Gathered, path: Steps, model: type[P], value: object, filled: Values | None = None, *, needed: bool = True) -> P | None:
    """One part, checked by its model; None when it has problems, which are noted."""
    if value is None and len(path) == 1:
        if needed:
            found.at(path, f'the key "{path[0]}" is missing', "write site: {title: …, url: https://…}")
        return None
    if not isinstance(value, dict):
        found.at(path, f"a mapping is expected (key: value), not {describe(value)}", on_key=value is None)
        return None
    try:
        return model.model_validate({**value, **(filled or {})})
    except ValidationError as error:
        for said in in_words(error, model, _texts(found, path, error)):
            found.at((*path, *said.path), said.message, said.advice, on_key=said.on_key)
        return None


def _texts(found: Gathered, path: Steps, error: ValidationError) -> dict[Steps, str]:
    """The scalars that the errors are about, as they are written."""
    nodes = {each["loc"]: found.places.get((*path, *each["loc"])) for each in error.errors(include_url=False, include_input=False)}
    return {where: place[2].text for where, place in nodes.items() if place and isinstance(place[2], Scalar)}


def _reserved(found: Gathered, path: Steps, model: type[Part], value: Plain) -> Plain:
    """The value without the keys that the loader fills in: written by hand, each is a problem."""
    if not isinstance(value, dict) or not (own := model.filled & value.keys()):
        return value
    for key in sorted(own):
        said = unknown(key, model)
        found.at((*path, key), said.message, said.advice, on_key=True)
    return {key: each for key, each in value.items() if key not in own}


def _section(found: Gathered, key: str, value: Plain) -> Section | None:
    path = ("sections", key)
    return _part(found, path, Section, _reserved(found, path, Section, value), {"key": key})


def _source(found: Gathered, key: str, value: Plain, folder: Path, env: Mapping[str, str]) -> Source | None:
    path = ("sources", key)
    value = _reserved(found, path, Source, value)
    if not isinstance(value, dict):
        return _part(found, path, Source, value)
    filled: Values = {"key": key}
    url = value.get("url")
    if isinstance(url, str | list):
        bridges = _bridges(found, (*path, "url"), url, folder, env)
        if bridges is None:
            return None
        unset, ready = bridges
        if not ready and unset:
            first = url if isinstance(url, str) else str(url[0])
            value, filled = {**value, "url": first}, filled | {"written": first.strip(), "off": unset}
        else:
            value, filled = {**value, "url": ready[0].url}, filled | {"written": ready[0].written}
            if len(ready) > 1:
                filled["bridges"] = ready
    return _part(found, path, Source, put_in(found, path, value, env), filled)


def _bridges(
    found: Gathered, path: Steps, url: str | list[Plain], folder: Path, env: Mapping[str, str]
) -> tuple[str | None, tuple[Bridge, ...]] | None:
    """The addresses of a source, those whose variables are set; what is not set of the others. None when there are problems."""
    ready: list[Bridge] = []
    missing: list[str] = []
    fine = True
    listed = [((*path, index), each) for index, each in enumerate(url)] if isinstance(url, list) else [(path, url)]
    for place, text in listed:
        if not isinstance(text, str):
            found.at(place, f"text is expected, not {describe(text)}", "write each address in full")
            fine = False
            continue
        text = text.strip()
        address = fill(text, env)
        if address.bad:
            found.at(place, *NO_VARIABLE)
            fine = False
        elif address.unset:
            missing += address.unset
        else:
            at = file_address(address.text, folder)
            written = text if address.text.startswith("file:") or "${" in text else address.text
            if any(each.written == written for each in ready):
                found.at(place, "this address is given twice", "remove one")
                fine = False
            ready.append(Bridge(url=at, written=written))
    if not listed:
        found.at(path, "this is empty; an address is expected", "write it in full, like https://example.org/feed.xml")
        fine = False
    return (unset(tuple(missing)) if missing else None, tuple(ready)) if fine else None


def _route(found: Gathered, index: int, value: Plain, folder: Path) -> Route | None:
    path = ("routes", index)
    file, _, node = found.places[path]
    name = f"{os.path.relpath(file, folder)}:{node.line}"
    return _part(found, path, Route, _reserved(found, path, Route, value), {"name": name})


def _database(found: Gathered, folder: Path, env: Mapping[str, str]) -> str:
    written = found.top.get("database", Config.model_fields["database"].default)
    if not isinstance(written, str):
        found.at(("database",), f"text is expected, not {describe(written)}", "write sqlite:///var/haihe.db")
        return ""
    filled = fill(written.strip(), env)
    if filled.bad:
        found.at(("database",), *NO_VARIABLE)
    elif filled.unset:
        found.at(("database",), unset(filled.unset), SET_IT)
    elif not (address := database_address(filled.text, folder)):
        found.at(
            ("database",),
            "this is no database that haihe can use",
            "write sqlite:///var/haihe.db or postgresql+psycopg://user:${PASSWORD}@host/name",
        )
    else:
        return address
    return ""


def _signed(value: Plain, site: Site | None) -> Plain:
    """The pull settings with our name and the site's address as the user agent, so that an upstream knows whom to ask."""
    if not isinstance(value, dict) or value.get("user_agent") is not None or site is None:
        return value
    return {**value, "user_agent": f"{program()} (+{site.url})"}


def _findings(
    found: Gathered, sections: dict[str, Section], sources: dict[str, Source], routes: list[Route | None], pace: Pace | None
) -> Iterator[cross.Finding]:
    """What does not fit together, of the parts that are right in themselves."""
    yield from cross.keys(found.sections, found.sources)
    if not found.whole:
        return
    yield from cross.fit(sections, sources, routes, pace, found.sections)
    for key, value in found.sources.items():
        if key not in sources and isinstance(value, dict):  # wrong elsewhere, but its sections can be looked up all the same
            used = value.get("sections")
            names = [name if isinstance(name, str) else "" for name in used] if isinstance(used, list) else []
            yield from cross.uses(("sources", key, "sections"), names, found.sections, sections)
