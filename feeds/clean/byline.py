"""Who is said to have written, edited and checked a text, and where it came from: a grammar of credit lines.

    line      = dateline? rest | items | unit
    item      = label separator value        稿源:津水微言    编辑丨孙倩    文/张三    Source: Reuters
    unit      = prefix? label names (label names)* tail?      only where nothing else stands in the bracket, line or sentence:
                                             （津云新闻编辑刘颖）    本报记者　孟然    新华社记者 杜鹏 摄    By Jane Doe
    dateline  = agency place? day? mark bracket?              新华社天津9月28日电（记者周蕙、林子轩）    本报讯（记者 吴晓莹）

A label keeps to its own kind: an editor never becomes an author. A label without a value states nothing, and prose states nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields, replace
from itertools import pairwise

from feeds.clean import items as labelled
from feeds.clean.items import BARE_LABEL, ORGANISATION, SENTENCES, Item
from feeds.clean.labels import BUTTONS, KINDS, OUR_PAPER, OURSELVES, PEOPLE, PHOTO_LABELS, PHOTO_TAILS, TAILS, Kind, folded
from feeds.clean.names import is_person, origin, people
from feeds.records import Evidence

LONGEST = 400  # characters of a line that can be a credit line


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


_FIELDS = {
    Kind.AUTHOR: "authors",
    Kind.REPORTER: "reporters",
    Kind.CORRESPONDENT: "correspondents",
    Kind.EDITOR: "editors",
    Kind.DUTY_EDITOR: "duty_editors",
    Kind.REVIEWER: "reviewers",
    Kind.CONTRIBUTOR: "contributors",
}


_BODY_OF_PRESS = re.compile(r".*(?:报|网|社|台|云|新闻|频道|融媒|融媒体|客户端|媒体|中心|在线|发布|本刊|传媒|广播|实习)$")
_STRANGER = re.compile(r"(?<=[\s,;|)\]])[\u4e00-\u9fff]{2,6}:")
_BRACKET = re.compile(r"[(\[]([^()\[\]]{2,80})[)\]]")
_TITLED = re.compile(rf"(?:[\u4e00-\u9fff·]{{2,12}}?)??(?P<title>{BARE_LABEL.pattern})(?!:)")
_GLUED_BODY = re.compile(r"\s([\u4e00-\u9fff·]{2,10})$")
_FRAMED_BUTTON = re.compile(rf"[\[(](?:{'|'.join(BUTTONS)})[\])]")
_BULLET = re.compile(r"^[\s□■◎●○◆◇▲△★☆※·•—-]+")
# 《人民日报》（2023年05月06日 07版）: where it stood in print.
_PRINTED = re.compile(r"[(\[]?\s*《[^《》]{2,14}》\s*\(?\s*(?:19|20)\d\d[^()。]{4,24}版[^()。]{0,8}\)?\s*[)\]]?")
_SIGNED = re.compile(
    r"^(?P<who>[^\s,，。:：]{1,20}(?: [^\s,，。:：]{1,20}){0,3})\s+(?:发表于|发布于|发表在)\s*(?:19|20)\d\d"
    r"|^(?:submitted|posted|published|written)\s+by\s+(?P<by>[^\s\d,:|][^\d,:|]{1,50}?)\s+(?:on|at)\s+\S.{0,30}\d{4}.{0,24}$"
)
_DAY = r"(?:\d{1,2}|[〇一二三四五六七八九十]{1,3})月(?:\d{1,2}|[〇一二三四五六七八九十]{1,3})日"
_DATELINE = re.compile(
    r"^\s*(?P<agency>新华社|中新社|中新网|新华网|人民网|央广网|央视网|光明网|中国网|法新社|路透社|本报|本网|本站|本台"
    r"|[\u4e00-\u9fff·]{1,10}?(?:日报|晚报|早报|时报|晨报|快报|商报|报|通讯社|社|网|电视台|广播电台|电台|台|频道|客户端|融媒体中心|融媒|在线|云))"
    rf"(?P<place>[\u4e00-\u9fff·、]{{0,14}}?)\s*(?P<day>{_DAY})?\s*(?P<mark>综合电|专电|电|讯|消息|报道)\s*(?P<after>\(|:|\s|$)?"
)


def parse(text: str, *, name: str | None = None, where: str = "byline") -> Byline:
    """Read the credit lines in `text` (plain text, one block a line). `name` is what 本网 and 本站 stand for; `where` goes into the
    evidence. Never raises; what is not a credit line gives nothing."""
    found: Byline = Byline()
    lines = [line for line in text.splitlines() if line.strip()]
    for at, line in enumerate(lines):
        following = lines[at + 1] if at + 1 < len(lines) else ""
        found = _and(found, _line(line, following, name, where))
    return _in_company(found, lines) if found.reviewers else found


_CREW = frozenset({"出品", "出品方", "策划", "总策划", "制图", "设计", "海报设计", "美编", "海报", "视觉", "统筹", "监制", "总监制"})


def _in_company(found: Byline, lines: list[str]) -> Byline:
    """What a label means by the others that it stands with: in the roll of a production (策划, 制图 …) 编审 is one of the crew; where a
    body sent the text in (供稿) and nobody else edited it, 撰稿 before 审核 is the clerk who prepared it."""
    labels = {item.label for line in lines for item in labelled.find(folded(line))}
    if "编审" in labels and len(labels & _CREW) > 1 and not labels & {"审核", "初审", "终审", "一审"}:
        crew = (*found.contributors, *found.reviewers)
        return replace(found, reviewers=(), contributors=crew, evidence=_renamed(found, "reviewers", "contributors"))
    if (
        found.supplier
        and not is_person(found.supplier)
        and "撰稿" in labels
        and not (found.editors or found.duty_editors)
        and not labels & {"作者", "撰文", "文"}
    ):
        return replace(found, authors=(), editors=found.authors, evidence=_renamed(found, "authors", "editors"))
    return found


def _renamed(found: Byline, old: str, new: str) -> tuple[Evidence, ...]:
    return tuple(replace(each, field=new) if each.field == old else each for each in found.evidence)


def dateline(line: str, *, name: str | None = None, where: str = "the beginning of the text") -> Byline:
    """What the dateline at the beginning of a text states: 新华社天津9月28日电（记者周蕙）, (中央社記者王大明台北6日電),
    LONDON, May 4 (Reuters) -. Prose states nothing. Never raises."""
    return _dateline(line, name, where)


def is_credit(line: str) -> bool:
    """Is this line nothing but a credit line (with its date and counters), so that it is no part of the text beside it?"""
    flat = folded(line).strip()
    if not flat or len(flat) > 160:
        return False
    parts = _between_bars(line.strip(" \u3000\u00a0\t"))
    if len(parts) > 1 and " | " in flat and all(_dateish(folded(part).strip()) or is_credit(part) for part in parts if part.strip()):
        return True
    if _PRINTED.fullmatch(flat):
        return True
    inner = _BULLET.sub("", line).strip(" 　()（）[]【】")
    if len(flat) <= (120 if flat.isascii() else 60) and (_unit(inner, where="") or _SIGNED.match(flat)):
        return True
    items = labelled.find(flat)
    if not items:
        return False
    if all(item.kind is Kind.OTHER for item in items) and not all(_dateish(flat[item.value : item.end]) for item in items):
        return False
    before = _FRAMED_BUTTON.sub("", flat[: items[0].start]).strip(" ([|-—")
    # A headline may ask and exclaim.
    title = next((item for item in items if item.kind is Kind.ORIGINAL_TITLE), None)
    said = flat[: title.value] + flat[title.end :] if title else flat
    return (
        len(before) <= 30 and not SENTENCES.search(said) and (not before or ORGANISATION.fullmatch(before) is not None or _dateish(before))
    )


def _between_bars(line: str) -> list[str]:
    flat = folded(line)
    cuts = [-1, *(at for at, letter in enumerate(flat) if letter == "|"), len(line)]
    return [line[left + 1 : right] for left, right in pairwise(cuts)]


def _dateish(text: str) -> bool:
    """A date, a number, or nothing."""
    return (
        re.fullmatch(r"(?:[\d\s年月日时分秒次:/.,-]|星期.|周.|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*+|updated)*+", text)
        is not None
    )


def _line(line: str, following: str, name: str | None, where: str) -> Byline:
    dateline = _dateline(line, name, where)
    if len(line) > LONGEST:
        # A paragraph: only its two ends can carry credits.
        return _and(dateline, _units(line, where))
    return _and(_and(_itemised(line, following, name, where), dateline), _units(line, where))


# --- items ----------------------------------------------------------------------------------------------------------------------------


def _itemised(line: str, following: str, name: str | None, where: str) -> Byline:
    flat = folded(line)
    items = labelled.find(flat)
    result = Byline()
    for item in items:
        value = line[item.value : item.end]
        if stranger := _STRANGER.search(flat, item.value, item.end):
            value = line[item.value : stranger.start()]
        value = value.strip(" \u3000\u00a0\t|｜丨/,，;；、")
        if not value.strip("()（）[]【】") and item is items[-1]:
            value = _carried(following)
        if not value or KINDS.get(folded(value)) is not None:
            continue
        span = line[item.start : item.end].strip()
        result = _and(result, _fact(item, value, span, name, where))
    return result


def _carried(following: str) -> str:
    """A value may stand on the line below its label; a line with a label of its own, or prose, is none."""
    flat = folded(following).strip()
    if not flat or len(flat) > 24 or labelled.find(flat) or SENTENCES.search(flat) or "," in flat or "，" in flat:
        return ""
    return following


def _fact(item: Item, value: str, span: str, name: str | None, where: str) -> Byline:
    kind = item.kind
    if kind in PEOPLE:
        return _people(kind, item.label, value, span, where)
    if kind in (Kind.SOURCE, Kind.PUBLISHER, Kind.SUPPLIER):
        stated = origin(value, name)
        if item.label == "发布者" and is_person(stated.source or "") and not re.search("[部处室科局办系院]$", folded(value)):
            return Byline()  # who uploaded it
        if kind is Kind.SOURCE:
            fact = Byline(source=stated.source, chain=stated.chain, original_url=stated.url)
            return _with_evidence(fact, where, span)
        key = "publisher" if kind is Kind.PUBLISHER else "supplier"
        return _with_evidence(Byline(**{key: stated.source}), where, span)  # type: ignore[arg-type]
    whole = " ".join(value.split())
    if kind is Kind.ORIGINAL_TITLE:
        whole = (
            whole.rstrip(")）]】").strip("《》“”\"' ")
            if whole.count("(") + whole.count("（") < whole.count(")") + whole.count("）")
            else whole
        )
        if whole.startswith("《") and whole.endswith("》") and whole.count("《") == 1:
            whole = whole[1:-1]
        return _with_evidence(Byline(original_title=whole if len(whole) >= 2 else None), where, span)
    if kind is Kind.ORIGINAL_URL:
        return _with_evidence(Byline(original_url=origin(value).url), where, span)
    if kind is Kind.RIGHTS:
        return _with_evidence(Byline(rights=whole if len(whole) >= 4 else None), where, span)
    return Byline()


def _people(kind: Kind, label: str, value: str, span: str, where: str) -> Byline:
    flat = folded(value)
    inner = _TITLED.match(flat)
    if inner and kind in (Kind.AUTHOR, Kind.CONTRIBUTOR, Kind.REPORTER):
        # 文/本报记者 张三, 作者：南方日报记者 李四: the nearer word says what the person is.
        said = KINDS[inner["title"].replace(" ", "")]
        kind, value = said if said in PEOPLE else kind, value[inner.end() :].lstrip(" 　:：")
    if kind is Kind.REPORTER and SENTENCES.search(flat):
        return Byline()  # an interview's question, 记者：您怎么看？
    names = people(value)
    if kind is Kind.REPORTER:
        # 次仁旺堆 begins with no surname; where the value is names and nothing else, it is one all the same.
        alone = "".join(names) == re.sub(r"[、，,\s|｜]+|\d.*$", "", value)
        names = tuple(each for each in names if is_person(each) or each.isascii() or (alone and 2 < len(each) <= 4))
    key = "photographers" if label in PHOTO_LABELS and kind is Kind.CONTRIBUTOR else _FIELDS[kind]
    return _with_evidence(Byline(**{key: names}), where, span)  # type: ignore[arg-type]


# --- units and datelines --------------------------------------------------------------------------------------------------------------


def _units(line: str, where: str) -> Byline:
    flat = folded(line)
    if signed := _SIGNED.match(flat.strip()):
        names = people(line.strip()[slice(*signed.span("who" if signed["who"] else "by"))], strict=signed["by"] is not None)
        return _with_evidence(Byline(authors=names), where, line.strip()[:60], 0.8)
    result = Byline()
    if len(flat.strip()) <= 80:
        unit = _BULLET.sub("", line)
        # By Jane Doe | China Daily | Updated: …
        result = _unit(unit, where)
        for part in unit.replace("｜", "|").replace("丨", "|").split("|") if not result and "|" in folded(unit) else ():
            result = _and(result, _unit(part, where))
    sentences = SENTENCES.split(line.rstrip("。 　"))
    if len(sentences) > 1 and len(sentences[-1]) <= 40:
        result = _and(result, _unit(sentences[-1], where))
    tail = flat.rstrip(" 。.")
    for found in _BRACKET.finditer(flat):
        if found.end() >= len(tail) - 1 or found.start() == len(flat) - len(flat.lstrip()):
            inner = line[slice(*found.span(1))]
            result = _and(_and(result, _unit(inner, where)), _itemised(inner, "", None, where) if len(line) > LONGEST else Byline())
    return result


def _unit(unit: str, where: str, *, reporters: bool = False) -> Byline:
    """Read a bracket, line or sentence that is made of labels and names and of nothing else; otherwise nothing. `reporters`: names
    without any label are reporters (the bracket of a dateline)."""
    unit, photo_at_end = _untailed(unit.strip(" \u3000\u00a0\t()（）[]【】;；"), whole=True)
    flat = folded(unit)
    labels = [found for found in BARE_LABEL.finditer(flat) if _parts(found, flat)]
    if not labels:
        names = people(_untailed(unit)[0], strict=True) if reporters else ()
        return _with_evidence(Byline(reporters=names), where, unit, 0.9)
    prefix = flat[: labels[0].start()].strip()
    if prefix and not _is_body(prefix):
        return Byline()
    result = Byline()
    for at, label in enumerate(labels):
        word = label[0] if label[0].isascii() else label[0].replace(" ", "")
        end = labels[at + 1].start() if at + 1 < len(labels) else len(unit)
        if at + 1 < len(labels) and (glued := _GLUED_BODY.search(flat, label.end(), end)) and not is_person(unit[glued.start(1) : end]):
            end = glued.start()  # 每经记者 张三 每经编辑 李四: the body before the next label is no name
        value, photo = _untailed(unit[label.end() : end].strip(" 　\u00a0:：,，、;；/|"))
        photo = photo or (photo_at_end and at == len(labels) - 1)
        names = people(value, strict=True)
        if not names:
            return Byline()
        kind = KINDS[word]
        key = "photographers" if photo or word in PHOTO_LABELS else _FIELDS[kind]
        result = _and(result, _with_evidence(Byline(**{key: names}), where, unit, 0.9))  # type: ignore[arg-type]
    return result


def _is_body(prefix: str) -> bool:
    if len(prefix) > 12 or not ORGANISATION.fullmatch(prefix):
        return False
    return _BODY_OF_PRESS.match(prefix) is not None or not is_person(prefix)


def _parts(found: re.Match[str], flat: str) -> bool:
    """An English label is a word of its own; a Chinese one may be glued to what is around it."""
    if not found[0].isascii():
        return True
    return (found.start() == 0 or flat[found.start() - 1] in " |(;") and flat[found.end() : found.end() + 1] == " "


def _untailed(value: str, *, whole: bool = False) -> tuple[str, bool]:
    """`value` without the word that says what its people did (杜鹏 摄), and whether that was only taking pictures. `whole`: it is a unit
    with labels, not names alone."""
    flat = folded(value)
    for tail in TAILS:
        if flat.endswith(tail) and len(flat) - len(tail) >= 2:
            rest = value[: -len(tail)].rstrip(" 　/／")
            if tail in ("文", "图") and flat[-2] not in " /":
                continue  # 王小文 is a name
            if people(rest, strict=True) or (whole and flat[-len(tail) - 1] in " /" and BARE_LABEL.search(folded(rest))):
                return rest, tail in PHOTO_TAILS
    return value, False


# (中央社記者王大明台北6日電), 〔記者王大明／台北報導〕, 記者王大明／台北報導: the people stand inside.
_PLACES = """台北 新北 桃园 桃園 台中 台南 高雄 基隆 新竹
    嘉义 嘉義 苗栗 彰化 南投 云林 屏东 屏東 宜兰 宜蘭 花莲 花蓮 台东 澎湖 金门 香港 澳门 澳門 东京 纽约 紐約 伦敦 倫敦 华盛顿 巴黎 柏林"""
_SIGNING = r"[\u4e00-\u9fff]{2,3}(?:[、,][\u4e00-\u9fff]{2,3}){0,3}"
_ISLAND = re.compile(
    rf"^\s*[\[(]?(?P<agency>[\u4e00-\u9fff]{{2,6}}?(?:社|报|网|台))?\s*记者\s?(?P<who>{_SIGNING})"
    rf"(?:\s?/\s?[\u4e00-\u9fff]{{2,6}}|(?:{'|'.join(_PLACES.split())}|[\u4e00-\u9fff]{{2,3}})\d{{1,2}}日)"
    r"(?:综合|专)?(?:外)?(?:报导|报道|[电電]|讯)\s*[\])]?"
)
# 【环球网报道 记者 王大明】, 【财新网】(记者 王大明)
_FRAMED = re.compile(
    r"^\s*\[(?P<agency>[\u4e00-\u9fff·]{2,10}?(?:报|网|社|台|新闻|周刊|杂志))(?P<inner>[^\[\]]{0,30})\]\s*(?:\((?P<who>[^()]{2,40})\))?"
)
# LONDON, May 4 (Reuters) - …
_WIRE = re.compile(
    r"^\s*[A-Z][A-Z .'/-]{2,40}(?:,\s*[A-Z][a-z]{2,8}\.?(?:\s+\d{1,2})?)*\s*"
    r"\((?P<agency>[A-Z][A-Za-z]{1,12}(?: [A-Z][A-Za-z]{1,12}){0,2})\)\s*[-–—]"
)


def _dateline(line: str, name: str | None, where: str) -> Byline:
    line = line.strip(" \u3000\u00a0\t")
    flat = folded(line[:160])
    if found := _ISLAND.match(flat):
        said = people(line[slice(*found.span("who"))], strict=True)
        outlet = line[slice(*found.span("agency"))] if found["agency"] else None
        outlet = origin(outlet, name).source if outlet and folded(outlet) in OURSELVES | OUR_PAPER else outlet
        return _with_evidence(Byline(agency=outlet if said else None, reporters=said), where, line[: found.end()])
    if found := _WIRE.match(line[:160]):
        return _with_evidence(Byline(agency=found["agency"]), where, line[: found.end()])
    if (found := _FRAMED.match(flat)) and (found["who"] or found["inner"].strip()):
        key = "who" if found["who"] else "inner"
        bracket = line[slice(*found.span(key))]
        bracket = re.sub(r"^(?:综合)?(?:报道|報道|讯|訊)\s*[,，]?", "", bracket.strip())
        if signed := _unit(bracket, f"{where}, dateline", reporters=found["who"] is not None):
            return _and(signed, _with_evidence(Byline(agency=line[slice(*found.span("agency"))]), where, line[: found.end()]))
    found = _DATELINE.match(flat)
    if not found or not (found["day"] or found["after"] in ("(", ":") or found["agency"] in ("本报", "本网", "本站", "本台")):
        return Byline()
    if found["mark"] in ("消息", "报道") and not found["day"]:
        return Byline()
    agency: str | None = line[slice(*found.span("agency"))]
    if agency is not None and (folded(agency) in OURSELVES | OUR_PAPER):
        agency = origin(agency, name).source
    who = re.match(r"\s*\(([^()]{1,60})\)", flat[found.end("mark") :])
    start = found.end("mark")
    result = _with_evidence(Byline(agency=agency), where, line[: start + (who.end() if who else 0)])
    if who:
        inner = line[start + who.start(1) : start + who.end(1)]
        result = _and(result, _unit(inner, f"{where}, dateline", reporters=True))
    return result


# --- evidence -------------------------------------------------------------------------------------------------------------------------


def _with_evidence(byline: Byline, where: str, span: str, sure: float = 1.0) -> Byline:
    stated = [each.name for each in fields(byline) if each.name != "evidence" and getattr(byline, each.name)]
    return replace(byline, evidence=tuple(Evidence(field=name, where=where, text=span[:200], sure=sure) for name in stated))


def _and(first: Byline, second: Byline) -> Byline:
    """Both together within one text: single facts by the first who states them, people of a kind gathered."""
    if not second:
        return first
    gathered = {name: tuple(dict.fromkeys(getattr(first, name) + getattr(second, name))) for name in ("photographers", *_FIELDS.values())}
    used = {name for name in gathered if set(getattr(second, name)) - set(getattr(first, name))}
    joined = first.then(second)
    more = tuple(each for each in second.evidence if each.field in used and each not in joined.evidence)
    return replace(joined, **gathered, evidence=joined.evidence + more)  # type: ignore[arg-type]
