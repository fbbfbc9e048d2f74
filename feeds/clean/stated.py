"""What a credit line states, as one record, and how the statements of several are put together."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace

from feeds.clean.labels import Kind
from feeds.records import Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Byline:
    """What a credit line states; absent facts are None or empty. `supplier` is who sent the text in (供稿), `publisher` the body that
    published it (发布机构), `photographers` those who only took the pictures, `chain` the steps of a source in the order stated."""

    source: str | None = None
    publisher: str | None = None
    supplier: str | None = None
    authors: tuple[str, ...] = ()
    reporters: tuple[str, ...] = ()
    correspondents: tuple[str, ...] = ()
    editors: tuple[str, ...] = ()
    duty_editors: tuple[str, ...] = ()
    reviewers: tuple[str, ...] = ()
    photographers: tuple[str, ...] = ()
    contributors: tuple[str, ...] = ()
    rights: str | None = None
    original_title: str | None = None
    original_url: str | None = None
    agency: str | None = None
    chain: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = field(default=(), compare=False)

    def __bool__(self) -> bool:
        return any(getattr(self, each.name) for each in fields(self) if each.name != "evidence")

    def then(self, other: Byline) -> Byline:
        """This byline, with what it leaves open taken from `other`."""
        gained = {each.name: getattr(other, each.name) for each in fields(self) if not getattr(self, each.name) and each.name != "evidence"}
        if self.source:
            gained.pop("chain", None)
        used = {name for name, value in gained.items() if value}
        return replace(self, **gained, evidence=self.evidence + tuple(each for each in other.evidence if each.field in used))


FIELDS = {
    Kind.AUTHOR: "authors",
    Kind.REPORTER: "reporters",
    Kind.CORRESPONDENT: "correspondents",
    Kind.EDITOR: "editors",
    Kind.DUTY_EDITOR: "duty_editors",
    Kind.REVIEWER: "reviewers",
    Kind.CONTRIBUTOR: "contributors",
}


def with_evidence(byline: Byline, where: str, span: str, sure: float = 1.0) -> Byline:
    stated = [each.name for each in fields(byline) if each.name != "evidence" and getattr(byline, each.name)]
    return replace(byline, evidence=tuple(Evidence(field=name, where=where, text=span[:200], sure=sure) for name in stated))


def both(first: Byline, second: Byline) -> Byline:
    """Both together within one text: single facts by the first who states them, people of a kind gathered."""
    if not second:
        return first
    gathered = {name: tuple(dict.fromkeys(getattr(first, name) + getattr(second, name))) for name in ("photographers", *FIELDS.values())}
    used = {name for name in gathered if set(getattr(second, name)) - set(getattr(first, name))}
    joined = first.then(second)
    more = tuple(each for each in second.evidence if each.field in used and each not in joined.evidence)
    return replace(joined, **gathered, evidence=joined.evidence + more)  # type: ignore[arg-type]
