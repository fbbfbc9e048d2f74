"""Who signed an article page and where it came from: each place that can state it, in the order in which it is trusted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from lxml.html import HtmlElement
from msgspec import structs

from feeds.clean import byline, select, tagline
from feeds.clean.byline import Byline
from feeds.clean.labels import BUTTONS, KINDS, Kind
from feeds.clean.labels import folded as flat_label
from feeds.clean.names import is_person, origin, people
from feeds.clean.stated import both, with_evidence
from feeds.read import accounts, meta, unlabelled
from feeds.read.dom import Line, Page, furniture, lines, of_readers, visible_text, words
from feeds.read.meta import Meta
from feeds.records import Evidence

AFTER = 60  # lines below the text that are looked at: navigation and side columns may lie between the text and its footer
_MOST_CELLS = 30  # with a label, near the text
_NUMBER = re.compile(r"[\d\s,;-]+")
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]++@[\w.-]+")
NEAR = 8  # lines on either side of the text where a credit line counts whatever it stands in


@dataclass(frozen=True, slots=True)
class Parts:
    """The visible lines of a page, as they stand to the text: above it (the first `headed` of them above the headline, too), in it,
    below it."""

    before: list[Line]
    inside: list[Line]
    after: list[Line]
    headed: int = 0


def parts(page: Page, holds: frozenset[HtmlElement], around: frozenset[HtmlElement]) -> Parts:
    """The lines of the page without navigation, side columns and what readers say; what stands `around` the headline is none of these, nor
    is a credit line between the headline and the text or right below it, nor a short line between them that begins with a date or ends with
    one and its clock."""
    result = Parts([], [], [])
    headed = seen = False
    below = above = 0
    for line in page.lines:
        if line.block in holds:
            result.inside.append(line)
            seen = True
            continue
        headed = headed or line.block in around
        below += seen
        beside = below <= NEAR if seen else headed
        apart = furniture(line.block, around) or (seen and of_readers(line.block))
        credit = beside and not line.mostly_links and (byline.is_credit(line.text) or (not seen and _dated(line.text)))
        if not apart or (credit and not (seen and _elsewhere(line.block))):
            (result.after if seen else result.before).append(line)
            above += not (headed or seen)
    return replace(result, headed=above if headed else 0)


_DATE_FIRST = re.compile(r"\s*(?:19|20)\d\d\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}(?!\d)")


_DATE_LAST = re.compile(r"(?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2} \d{1,2}:\d\d(?::\d\d)?\s*$")  # 林思远 2023-05-06 08:30


def _dated(text: str) -> bool:
    return len(text) <= 60 and (_DATE_FIRST.match(text) is not None or _DATE_LAST.search(text[-24:]) is not None)


def _elsewhere(element: HtmlElement) -> bool:
    return of_readers(element) or _in_a_side(element)


def read(page: Page, stated: Meta, where: Parts, selector: str | None, name: str | None) -> Byline:
    """Everything stated about source and people. `name` is what 本网 means. The order: the configured element, the publishing system's
    comments, meta elements (sources only), the lines above the text, its beginning and end, the lines below, meta elements (people)."""
    found = Byline()
    for each in _stated(page, stated, where, selector, name):
        found = found.then(each)
    if not (found.authors or found.reporters):
        found = found.then(_signed_off(where.inside))
    return _sorted_out(found, stated, name)


_SIGNATURE = re.compile(r"[(（](?P<names>[\u4e00-\u9fff]{2,3}(?:[、 　][\u4e00-\u9fff]{2,3}){0,3})[)）]\s*$")


def _signed_off(inside: list[Line]) -> Byline:
    """Names alone in brackets behind the last sentence: 设施将于年底完工。（林思远）"""
    for line in inside[-4:] if len(inside) > 1 else ():
        found = _SIGNATURE.search(line.text[-40:])
        before = line.text.rstrip()[: -len(found[0].rstrip())].rstrip() if found else ""
        named = people(found["names"], strict=True) if found and (not before or before[-1] in "。！？!?”」") else ()
        if found and named and all(is_person(each) for each in named):
            evidence = (Evidence(field="authors", where="at the end of the text", text=found[0].strip(), sure=0.7),)
            return Byline(authors=named, evidence=evidence)
    return Byline()


def _stated(page: Page, stated: Meta, where: Parts, selector: str | None, name: str | None) -> Iterator[Byline]:
    if selector:
        chosen = select.compile(selector)
        for element in chosen.elements(page.root):
            text = "\n".join(line.text for line in lines(element)) if chosen.attribute is None else element.get(chosen.attribute) or ""
            yield byline.parse(text, name=name, where=f"the selector {selector}")
    yield _recorded(stated, name)
    yield _fenced(page, name)
    told = _meta_source(stated, name)
    own = told.source in (name, stated.first("og:site_name"))  # some state there whose page it is, whatever its byline says
    yield Byline() if own else told
    yield _read(reversed(_runs(_near(where.before))), name, "above the text")
    yield _tabled(page, where, name)
    yield unlabelled.marked(page, [*where.before[-30:], *where.inside[:4]], name)
    yield _lead(where.inside, name)
    yield _read(_runs(where.inside[-12:] if len(where.inside) > 1 else []), name, "at the end of the text")
    yield unlabelled.beside_date(where.before[-12:], name, hosted=accounts.hosts(page.url))
    yield told
    yield _tagged(where.inside)
    yield _read(_runs([line for line in where.after[:AFTER] if _stands_alone(line)]), name, "below the text")


def _tagged(inside: list[Line]) -> Byline:
    """The author whom the last lines name: "Jane Doe is a staff writer"."""
    for line in inside[-4:] if len(inside) > 1 else ():
        if names := tagline.author(line.text.strip()):
            return Byline(authors=names, evidence=(Evidence(field="authors", where="the tagline", text=line.text.strip()[:200], sure=0.8),))
    return Byline()


def _near(before: list[Line]) -> list[Line]:
    return [line for line in before if len(line.text) <= 240][-30:]


_LEGAL = re.compile(r"版[权權]所有|主[办辦]|承[办辦]|ICP|copyright|©|网站标识|技术支持|all rights", re.I)
_SIDES = frozenset("side sidebar aside related relate relation recommend rank ranking nav navi navigation navbar menu".split())  # noqa: SIM905


def _in_a_side(element: HtmlElement) -> bool:
    return any(each.tag in ("nav", "aside") or words(each) & _SIDES for each in (element, *element.iterancestors()))


def _stands_alone(line: Line) -> bool:
    """Below the text only what is nothing but a credit counts: lists of other articles state their sources too."""
    text = line.text.rstrip()
    if _LEGAL.search(text):
        return False
    return byline.is_credit(text) or len(text) <= 12


def _runs(listed: list[Line]) -> list[str]:
    """The lines, with credit lines that follow each other as one: a name below its label, 一审, 二审, 三审 each on a line."""
    runs: list[str] = []
    running = False
    for at, line in enumerate(listed):
        if line.mostly_links and len(line.text) > 30:
            running = False
            continue
        text = line.text
        following = listed[at + 1] if at + 1 < len(listed) else None
        credit = byline.is_credit(text)
        open_ended = text.rstrip(" \u00a0\u3000").endswith((":", "："))
        if open_ended and following is not None and following.block.getparent() is line.block.getparent():
            text = f"{text}\n{following.text}"
        if credit and running:
            runs[-1] += f"\n{text}"
        else:
            runs.append(text)
        running = credit
    return runs


def _read(runs: Iterable[str], name: str | None, where: str) -> Byline:
    found = Byline()
    for text in runs:
        found = found.then(byline.parse(text, name=name, where=where))
    return found


def _tabled(page: Page, where: Parts, name: str | None) -> Byline:
    """Labels and values in cells of their own, without any colon: <th>来源</th><td>…</td>, <dt>From</dt><dd>…</dd>."""
    near = frozenset(above for line in (*where.before[-30:], *where.inside[:4]) for above in (line.block, line.block.getparent()))
    found = Byline()
    for tag, text in islice(_labelled(page, near), _MOST_CELLS):
        found = found.then(byline.parse(text, name=name, where=f"<{tag}>"))
    return found


def _labelled(page: Page, near: frozenset[HtmlElement]) -> Iterator[tuple[str, str]]:
    """The tag of each cell near the text that holds a label, and the label with the value beside it."""
    for cell in page.body.iter("th", "td", "dt"):
        label = flat_label("".join(cell.text_content().split()))
        value = cell.getnext()
        if KINDS.get(label, Kind.OTHER) is Kind.OTHER or value is None or value.tag not in ("td", "dd"):
            continue
        if cell in near or cell.getparent() in near or value in near:
            yield cell.tag, f"{label}：{visible_text(value)}"


def _lead(inside: list[Line], name: str | None) -> Byline:
    """The dateline and a signature above the first paragraph; only what a dateline or a whole line says counts here."""
    found = Byline()
    said = list(islice((line for line in inside if not _is_button(line.text.strip(" \u3000\u00a0+"))), 8))
    for line in said[:2]:
        found = found.then(byline.parse(line.text, name=name, where="the beginning of the text"))
    for line in said[2:4]:  # a picture and its caption, or a sub-heading, may stand above the first paragraph
        found = found.then(byline.dateline(line.text, name=name))
    # Below a summary, in points or not: 文｜林思远, 编辑｜孙倩, a line each.
    short = [line.text for line in said[2:] if len(line.text) <= 30 and byline.is_credit(line.text)]
    written = byline.parse("\n".join(short), name=name, where="the beginning of the text")
    if {each.field for each in written.evidence} <= _WRITING | {"source", "chain"}:
        evidence = tuple(each for each in written.evidence if each.field in _WRITING)
        found = found.then(Byline(authors=written.authors, reporters=written.reporters, editors=written.editors, evidence=evidence))
    return found


_WRITING = frozenset({"authors", "reporters", "editors"})


def _is_button(text: str) -> bool:
    flat = flat_label(text).rstrip(" :")
    if not flat or (len(flat) <= 4 and flat.isascii()):
        return True
    return len(flat) <= 6 and (KINDS.get(flat) is Kind.OTHER or any(flat.startswith(button) for button in BUTTONS))


def _recorded(stated: Meta, name: str | None) -> Byline:
    """The record of the publishing system: its source and its author, of whom it does not say what he did."""
    where = "the record of the publishing system"
    source, author = stated.machine.get("source"), stated.machine.get("author")
    found = byline.parse(f"来源：{source}", name=name, where=where) if source else Byline()
    if author and not _NUMBER.fullmatch(author):
        found = found.then(byline.parse(author if byline.parse(author) else f"作者：{author}", name=name, where=where))
    return found


def _fenced(page: Page, name: str | None) -> Byline:
    found = Byline()
    for key, label in (("source", "来源"), ("author", "作者"), ("editor", "编辑")):
        region = meta.region(page, key)
        if region and region.text:
            text = region.text if byline.parse(region.text) else f"{label}：{region.text}"
            found = found.then(byline.parse(text, name=name, where="the comments of the publishing system"))
    return found


def _meta_source(stated: Meta, name: str | None) -> Byline:
    for key in ("contentsource", "source", "article:source", "dc.source", "copyfrom", "og:article:source"):
        if value := stated.first(key):
            said = origin(value, name)
            if said.source and not _NUMBER.fullmatch(said.source):
                evidence = (Evidence(field="source", where=f"meta {key}", text=value[:200]),)
                return Byline(source=said.source, chain=said.chain, original_url=said.url, evidence=evidence)
    return Byline()


def _sorted_out(found: Byline, stated: Meta, name: str | None) -> Byline:
    """What only several facts together can say."""
    fields = ("reporters", "correspondents", "agency")
    ours = next((each for each in found.evidence if each.field in fields and "本报" in each.text), None)
    if not found.source and ours and name and name.endswith("报"):
        found = replace(found, source=name, evidence=(*found.evidence, structs.replace(ours, field="source", sure=0.8)))
    if not found.source and found.publisher:
        found = replace(found, source=found.publisher, evidence=found.evidence + _again(found, "publisher", "source"))
    if not found.editors and (editors := tuple(each for each in stated.linked.editors if people(each))):
        evidence = (Evidence(field="editors", where="JSON-LD editor", text="、".join(editors), sure=0.9),)
        found = replace(found, editors=editors, evidence=found.evidence + evidence)
    names = _for_programs(found, stated, name)
    if found.authors and names and _says_better(names, found):
        rest = tuple(each for each in found.evidence if each.field != "authors")
        return _linked_authors(replace(found, authors=(), evidence=rest), names)
    if not found.authors and not found.reporters:
        for key in ("author", "article:author", "og:article:author", "dc.creator", "byl", "parsely-author", "sailthru.author"):
            value = stated.first(key)
            if not value or _NUMBER.fullmatch(value) or "://" in value:
                continue
            if stated.first("manuscriptid") and key == "author":
                # The state portals' own system writes its editor there.
                if not found.editors and (editors := people(value)):
                    evidence = (Evidence(field="editors", where=f"meta {key}", text=value[:200], sure=0.7),)
                    found = replace(found, editors=editors, evidence=found.evidence + evidence)
                continue
            value = _MAIL.sub("", value).strip(" ,;<>()")
            said = byline.parse(value)
            names = said.authors or said.reporters or (() if said else people(value))
            # Some systems write the editor, some the site, into the author's element.
            linked = stated.linked
            sites = (name, found.source, stated.first("dc.publisher"), stated.first("og:site_name"), linked.publisher, *linked.bodies)
            names = tuple(
                each
                for each in names
                if not (each.endswith(found.editors or ("\0",)) or each in sites or _is_site(each, name) or _is_site(each, found.source))
            )
            if names and not set(names) < set(_for_programs(found, stated, name)):
                evidence = (Evidence(field="authors", where=f"meta {key}", text=value[:200], sure=0.8),)
                return replace(found, authors=names, evidence=found.evidence + evidence)
        linked = stated.linked
        if not found.source and linked.bodies and linked.bodies[0] not in (name, linked.publisher):
            evidence = (Evidence(field="source", where="JSON-LD author", text=linked.bodies[0], sure=0.8),)
            found = replace(found, source=linked.bodies[0], evidence=found.evidence + evidence)
        if names := _for_programs(found, stated, name):
            found = _linked_authors(found, names)
    return found


def _says_better(names: tuple[str, ...], found: Byline) -> bool:
    """Do the `names` of the JSON-LD say better who wrote it than what the page shows? So they do where they are some of those shown (others
    wrote what stands beside it), or begin one (Jane Doe Follow), and where what the page shows is no name (By Staff). Where it shows other
    people, they may be who put it up."""
    if any(shown.startswith(each) for each in names for shown in found.authors):
        return True
    marked = all(each.where.startswith("<") for each in found.evidence if each.field == "authors")
    return not any(is_person(each) for each in found.authors) and (marked or all(" " not in each for each in found.authors))


def _for_programs(found: Byline, stated: Meta, name: str | None) -> tuple[str, ...]:
    """The authors of the JSON-LD that are neither the site nor who edited the text."""
    linked = stated.linked
    told = {*found.editors, *linked.bodies, name, linked.publisher, "admin", "editor"}
    return tuple(each for each in linked.authors if each not in told)


def _linked_authors(found: Byline, names: tuple[str, ...]) -> Byline:
    """With the authors of the JSON-LD, some of whom are written as a byline: 記者林思遠／台北報導."""
    where = "JSON-LD author"
    read = Byline()
    for each in names:
        said = byline.parse(each, where=where)
        read = both(read, said if said.authors or said.reporters else with_evidence(Byline(authors=(each,)), where, each, 0.9))
    return found.then(read)


_HOST = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,12}")  # in small letters: J.Doe is a person
_SITE_ENDS = re.compile(r"(?:新闻|资讯|中心|在线|频道|网)+$")


def _is_site(author: str, name: str | None) -> bool:
    """Is that the brand of the site rather than a person: 海潮 or 海潮科技 on 海潮新闻?"""
    if _HOST.fullmatch(author):
        return True
    if name and author.isascii() and " " not in author and len(author) >= 4:
        return name.lower().startswith(author.lower())  # ETtoday on ETtoday新聞雲
    if not name or author.isascii() or is_person(author) or len(author) < 2:
        return False
    brand = _SITE_ENDS.sub("", name)
    return name.startswith(author) or (len(brand) >= 2 and author.startswith(brand))


def _again(found: Byline, old: str, new: str) -> tuple[Evidence, ...]:
    return tuple(structs.replace(each, field=new, sure=0.8) for each in found.evidence if each.field == old)
