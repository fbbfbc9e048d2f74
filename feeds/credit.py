"""Credits as they leave the house: as facts for machines, as a line for people, and back again.

The names are those of the `_credit` object of our JSON Feeds, of `/api/v1` and of ``explain --json``. What nobody stated is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from feeds.records import Author, Credit, Entry, Precision, Role

PEOPLE: dict[str, Role] = {
    "authors": Role.AUTHOR,
    "reporters": Role.REPORTER,
    "correspondents": Role.CORRESPONDENT,
    "editors": Role.EDITOR,
    "duty_editors": Role.DUTY_EDITOR,
    "reviewers": Role.REVIEWER,
    "contributors": Role.CONTRIBUTOR,
}
SIGNING = frozenset({Role.AUTHOR, Role.REPORTER, Role.CORRESPONDENT})
TEXTS = ("source", "source_url", "organization", "publisher", "homepage", "agency", "original_title", "original_url")
ADDRESSES = ("source_url", "homepage", "original_url")  # of the texts

_WORDLESS = ("duty_editors", "reviewers")  # roles that Media RSS has no word for
_STRUCTURED = frozenset({"organization", "agency", "chain", *(name for name, role in PEOPLE.items() if role not in SIGNING)})
_SPECIAL, _ESCAPE = re.compile(r"[\\;=]"), re.compile(r"\\(.)")
_PARTS = re.compile(r"(?:[^\\;]|\\.)+")

_CHINESE = {
    "source": "稿源",
    "authors": "作者",
    "reporters": "记者",
    "correspondents": "通讯员",
    "editors": "编辑",
    "duty_editors": "值班编辑",
    "reviewers": "审核",
    "contributors": "参与",
}
LABELS: Mapping[str, str] = {
    "source": "Source",
    "authors": "By",
    "reporters": "Reporter",
    "correspondents": "Correspondent",
    "editors": "Editor",
    "duty_editors": "Duty editor",
    "reviewers": "Reviewer",
    "contributors": "Contributor",
}


def facts(entry: Entry) -> dict[str, object]:
    """The ``_credit`` object of an entry: texts, and people as lists of names by what they did. Absent facts are left out."""
    credit = entry.credit
    stated: dict[str, object] = {name: value for name in TEXTS if (value := getattr(credit, name))}
    if credit.chain:
        stated["chain"] = list(credit.chain)
    stated |= {name: list(names) for name, names in _by_role(entry).items()}
    if entry.rights:
        stated["rights"] = entry.rights
    if entry.precision:
        stated["precision"] = entry.precision.value
    order = (*TEXTS[:5], *PEOPLE, "agency", "chain", "original_title", "original_url", "rights", "precision")
    return {name: stated[name] for name in order if name in stated}


def line(entry: Entry, language: str = "zh") -> str:
    """The credits of an entry on one line for a reader, ``稿源：津水微言　编辑：张丽`` or ``Source: …  Editor: …``; empty when there
    is none."""
    chinese = not language or language.lower().partition("-")[0] == "zh"
    words, colon, comma, gap, within = (_CHINESE, "：", "、", "　", "（{}）") if chinese else (LABELS, ": ", ", ", "  ", " ({})")
    return gap.join(f"{words[name]}{colon}{comma.join(values)}" for name, values in parts(entry, within))


def parts(entry: Entry, within: str = " ({})") -> list[tuple[str, tuple[str, ...]]]:
    """What the line says, by the names of `LABELS`: the source (behind it its organization, `within` brackets), people by what they did."""
    source = entry.credit.source or entry.credit.publisher
    behind = within.format(entry.credit.organization) if entry.credit.source and entry.credit.organization else ""
    return [*([("source", (f"{source}{behind}",))] if source else []), *_by_role(entry).items()]


def byline_authors(entry: Entry) -> tuple[Author, ...]:
    """Who signs an entry where a format demands an author: its authors, else its stated source, its publisher, the feed it stood in."""
    if entry.authors:
        return entry.authors
    for name in (entry.credit.source, entry.credit.publisher, entry.source.title if entry.source else None):
        if name:
            return (Author(name=name),)
    return ()


def from_facts(mapping: Mapping[str, object]) -> tuple[Credit, tuple[Author, ...], tuple[Author, ...], str | None]:
    """What `facts` wrote, read back: the credit, the authors, the contributors, the rights. Values of another shape are passed over."""
    texts = {name: text for name in TEXTS if (text := _text(mapping.get(name)))}
    credit = Credit(**texts, chain=tuple(_names(mapping.get("chain"))))  # type: ignore[arg-type]
    people = [Author(name=name, role=role) for key, role in PEOPLE.items() for name in _names(mapping.get(key))]
    authors = tuple(each for each in people if each.role in SIGNING)
    others = tuple(each for each in people if each.role not in SIGNING)
    return credit, authors, others, _text(mapping.get("rights"))


def structured(entry: Entry) -> str:
    """What of the credit Atom and RSS have no element for, in one line as the DCMI writes structured values (DCSV), ``name=value; …``, by
    the names of `facts`: the organization, the agency, the chain; and the contributors by what they did, where that is something that no
    other element has a word for. Empty when there is nothing of it."""
    stated: dict[str, object] = {name: getattr(entry.credit, name) for name in ("organization", "agency", "chain")}
    named = _by_role(entry)
    if any(name in named for name in _WORDLESS) or len({each.name for each in entry.contributors}) < len(entry.contributors):
        stated |= {name: names for name, names in named.items() if PEOPLE[name] not in SIGNING}
    return "; ".join(f"{name}={_SPECIAL.sub(_escaped, value)}" for name, values in stated.items() for value in _names(values))


def from_structured(text: str) -> dict[str, object]:
    """What `structured` wrote, as `from_facts` takes it; nothing of a text that is not of this kind."""
    found: dict[str, list[str]] = {}
    for part in _PARTS.findall(text):
        name, _, value = part.partition("=")
        if (name := name.strip()) in _STRUCTURED and (value := _ESCAPE.sub(r"\1", value).strip()):
            found.setdefault(name, []).append(value)
    return {name: values[0] if name in TEXTS else values for name, values in found.items()}


def precision(mapping: Mapping[str, object]) -> Precision | None:
    """The ``precision`` of a ``_credit`` object, None when it is not one of ours."""
    stated = mapping.get("precision")
    return Precision(stated) if isinstance(stated, str) and stated in set(Precision) else None


def _by_role(entry: Entry) -> dict[str, tuple[str, ...]]:
    """Names by what they did, in the order of the roles; a person is named once for each thing."""
    named: dict[Role, dict[str, None]] = {}
    for each in entry.people:
        if each.name:
            named.setdefault(each.role, {})[each.name] = None
    return {key: tuple(named[role]) for key, role in PEOPLE.items() if role in named}


def _escaped(special: re.Match[str]) -> str:
    return f"\\{special[0]}"


def _text(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _names(value: object) -> Iterator[str]:
    if isinstance(value, str):
        value = (value,)
    if isinstance(value, Iterable) and not isinstance(value, Mapping | bytes):
        yield from (name for each in value if (name := _text(each)))
