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
from dataclasses import replace
from itertools import pairwise

from msgspec import structs

from feeds.clean import items as labelled
from feeds.clean.dateline import dateline
from feeds.clean.items import BARE_LABEL, ORGANISATION, SENTENCES, Item
from feeds.clean.labels import BUTTONS, KINDS, PEOPLE, PHOTO_LABELS, Kind, folded
from feeds.clean.names import is_person, origin, people
from feeds.clean.stated import FIELDS, Byline, both, with_evidence
from feeds.clean.units import read_unit
from feeds.records import Evidence

__all__ = ["Byline", "dateline", "is_credit", "parse"]

# What nobody sees: it stands between letters where editors paste from their programs.
_UNSEEN = {0x200B: " ", 0x2060: None, 0xFEFF: None, 0x200E: None, 0x200F: None}
LONGEST = 400  # characters of a line that can be a credit line


# A label that the grammar does not know ends the value before it.
_STRANGER = re.compile(r"(?<=[\s,;|)\]])[\u4e00-\u9fff]{2,6}(?::|\|(?=[\u4e00-\u9fff]))")
_BRACKET = re.compile(r"[(\[]([^()\[\]]{2,80})[)\]]")
_TITLED = re.compile(rf"(?:《[^《》]{{2,14}}》|[\u4e00-\u9fff·]{{2,12}}?)??(?P<title>{BARE_LABEL.pattern})(?!:)")
_FRAMED_BUTTON = re.compile(rf"[\[(](?:{'|'.join(BUTTONS)})[\])]")
_BULLET = re.compile(r"^[\s□■◎●○◆◇▲△★☆※·•—-]+")
# 《人民日报》（2023年05月06日 07版）: where it stood in print.
_PRINTED = re.compile(r"[(\[]?\s*《[^《》]{2,14}》\s*\(?\s*(?:19|20)\d\d[^()。]{4,24}版[^()。]{0,8}\)?\s*[)\]]?")
_NO_PHOTOGRAPHER = re.compile(r"(?:截图|截屏|资料|资料图|社交媒体|网络|微博|视频|提供)$")  # 图/社交媒体截图
_POST = re.compile(  # 林思远海州大学法学院教授: where someone works, glued to the name
    r"(?P<name>[\u4e00-\u9fff]{2,3}?)(?:中国|中共|国家|全国|北京|上海|天津|重庆|清华|复旦|南京|武汉|浙江|广东|江苏|山东|四川|湖[南北]|河[南北]|中央|[\u4e00-\u9fff]{2}大学)"
    r"[\u4e00-\u9fff()]{0,30}(?:教授|研究员|院长|所长|主任|博士|学者|专家|讲师)[)\]]?$"
)
# (林思远报导) at the end of a text, (林思远／海州报导) wherever it stands, 2023/05/06 18:58 林思远 周蕙 报导 above it: who reported.
_WHO = r"[\u4e00-\u9fff]{2,3}(?:\s?[、, ]\s?[\u4e00-\u9fff]{2,3}){0,3}"
_REPORT = r"(?:综合|连线|专题|采访|摄影)?报[导道]"
_REPORTED = re.compile(rf"[(\[](?P<who>{_WHO})\s?(?P<place>/\s?[\u4e00-\u9fff]{{2,6}})?\s?{_REPORT}[)\]]")
_REPORTED_LINE = re.compile(
    rf"^(?:(?:19|20)\d\d[-/.]\d{{1,2}}[-/.]\d{{1,2}} \d{{1,2}}:\d\d(?::\d\d)?\s?)?(?P<who>{_WHO}) {_REPORT}(?=$|\s)"
)
_SIGNED = re.compile(
    r"^(?P<who>[^\s,，。:：]{1,20}(?: [^\s,，。:：]{1,20}){0,3})\s+(?:发表于|发布于|发表在)\s*(?:19|20)\d\d"
    r"|^(?:submitted|posted|published|written)\s+by\s+(?P<by>[^\s\d,:|][^\d,:|]{1,50}?)\s+(?:on|at)\s+\S.{0,30}\d{4}.{0,24}$"
)
# Por Ana García y Luis Pérez | Redacción: "by" in other languages, before two words or more that are written like a name.
_NAME = r"[^\W\d_a-z][\w'’.-]*(?: (?:de|del|la|da|dos|van|von|der|den|di) )?(?: ?[^\W\d_a-z][\w'’.-]*){1,3}"
_NO_NAME = "Qu[eé]|Primera|Favor|Fin|Supuesto|Ejemplo|La|El|Los|Las|Le|Les|Der|Die|Das|Den|Dem"  # Von Der Leyen, Por Qué
_AND = re.compile(r",| (?:y|e|et|und) ")
_ELSEWHERE = re.compile(
    rf"^\s*(?:[Pp]or|[Pp]ar|[Vv]on|[Dd]i|POR|PAR|VON|DI):? (?!(?:{_NO_NAME})\b)"
    rf"(?P<who>{_NAME}(?:(?:,| y| e| et| und) {_NAME}){{0,4}})\s*(?:$|[,|•·–—(/-])"
)
# （作者沈若棠，系海州大学教授）
_INTRODUCED = re.compile(r"^[(\[]?(?:本文)?作者:?\s?(?P<who>[\u4e00-\u9fff]{2,4}?)\s?[,，]?\s?(?:系|为|是|现任|单位)(?!统)")


def parse(text: str, *, name: str | None = None, where: str = "byline") -> Byline:
    """Read the credit lines in `text` (plain text, one block a line). `name` is what 本网 and 本站 stand for; `where` goes into the
    evidence. Never raises; what is not a credit line gives nothing."""
    found: Byline = Byline()
    lines = [line for line in text.translate(_UNSEEN).splitlines() if line.strip()]
    for at, line in enumerate(lines):
        following = lines[at + 1] if at + 1 < len(lines) else ""
        found = both(found, _line(line, following, name, where))
    return _in_company(found, lines) if found.reviewers else found


_CREW = frozenset({"出品", "出品方", "策划", "总策划", "制图", "设计", "海报设计", "美编", "海报", "视觉", "统筹", "监制", "总监制"})


def _in_company(found: Byline, lines: list[str]) -> Byline:
    """What a label means by the others that it stands with.

    In the roll of a production (策划, 制图 …) 编审 is one of the crew. In the three steps of an office (供稿：节水办｜撰稿：陈晨｜审核：
    何静) the text is the office's, and 撰稿 names the clerk who prepared it for whoever checked it: no author, and not as sure as a label.
    That holds where these steps stand in this order and nobody else is named; everywhere else 撰稿 wrote the text."""
    items = [item for line in lines for item in labelled.find(folded(line))]
    labels = {item.label for item in items}
    if "编审" in labels and len(labels & _CREW) > 1 and not labels & {"审核", "初审", "终审", "一审"}:
        crew = (*found.contributors, *found.reviewers)
        return replace(found, reviewers=(), contributors=crew, evidence=_renamed(found, "reviewers", "contributors", 1.0))
    steps = [item for item in items if item.kind in PEOPLE or item.kind is Kind.SUPPLIER]
    if (
        [item.kind for item in steps[:2]] == [Kind.SUPPLIER, Kind.AUTHOR]
        and steps[1].label == "撰稿"
        and {item.kind for item in steps[2:]} == {Kind.REVIEWER}
        and not is_person(found.supplier or "")
        and not (found.editors or found.reporters or found.correspondents)
    ):
        return replace(found, authors=(), editors=found.authors, evidence=_renamed(found, "authors", "editors", 0.6))
    return found


def _renamed(found: Byline, old: str, new: str, sure: float) -> tuple[Evidence, ...]:
    return tuple(structs.replace(each, field=new, sure=min(each.sure, sure)) if each.field == old else each for each in found.evidence)


_LONGEST_CREDIT = 1000  # letters with all blanks: of what is longer, not even the letters are folded


def is_credit(line: str) -> bool:
    """Is this line nothing but a credit line (with its date and counters), so that it is no part of the text beside it?"""
    if len(line) > _LONGEST_CREDIT:
        return False
    flat = folded(line).strip()
    if not flat or len(flat) > 160:
        return False
    parts = _between_bars(line.strip(" \u3000\u00a0\t"))
    if len(parts) > 1 and " | " in flat and all(_dateish(folded(part).strip()) or is_credit(part) for part in parts if part.strip()):
        return True
    if _PRINTED.fullmatch(flat):
        return True
    inner = _BULLET.sub("", line).strip(" 　()（）[]【】")
    if len(flat) <= (120 if flat.isascii() else 60) and (read_unit(inner, where="") or _SIGNED.match(flat)):
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
    dated = dateline(line, name=name, where=where)
    if len(line) > LONGEST:
        # A paragraph: only its two ends can carry credits.
        return both(dated, _units(line, where))
    return both(both(_itemised(line, following, name, where), dated), _units(line, where))


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
        result = both(result, _fact(item, value, span, name, where))
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
            return with_evidence(fact, where, span)
        key = "publisher" if kind is Kind.PUBLISHER else "supplier"
        return with_evidence(Byline(**{key: stated.source}), where, span)  # type: ignore[arg-type]
    whole = " ".join(value.split())
    if kind is Kind.ORIGINAL_TITLE:
        whole = (
            whole.rstrip(")）]】").strip("《》“”\"' ")
            if whole.count("(") + whole.count("（") < whole.count(")") + whole.count("）")
            else whole
        )
        if whole.startswith("《") and whole.endswith("》") and whole.count("《") == 1:
            whole = whole[1:-1]
        return with_evidence(Byline(original_title=whole if len(whole) >= 2 else None), where, span)
    if kind is Kind.ORIGINAL_URL:
        return with_evidence(Byline(original_url=origin(value).url), where, span)
    if kind is Kind.RIGHTS:
        return with_evidence(Byline(rights=whole if len(whole) >= 4 else None), where, span)
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
    if post := _POST.match(folded(value)):
        value = value[: post.end("name")]
    names = people(value)
    if kind is Kind.REPORTER:
        # 次仁旺堆 begins with no surname; where the value is names and nothing else, it is one all the same.
        alone = "".join(names) == re.sub(r"[、，,\s|｜]+|\d.*$", "", value)
        names = tuple(each for each in names if is_person(each) or each.isascii() or (alone and 2 < len(each) <= 4))
    if label in PHOTO_LABELS:
        names = tuple(each for each in names if not _NO_PHOTOGRAPHER.search(folded(each)))
    key = "photographers" if label in PHOTO_LABELS and kind is Kind.CONTRIBUTOR else FIELDS[kind]
    return with_evidence(Byline(**{key: names}), where, span)  # type: ignore[arg-type]


# --- units --------------------------------------------------------------------------------------------------------------------------


def _units(line: str, where: str) -> Byline:
    flat = folded(line)
    if signed := _SIGNED.match(flat.strip()):
        names = people(line.strip()[slice(*signed.span("who" if signed["who"] else "by"))], strict=signed["by"] is not None)
        return with_evidence(Byline(authors=names), where, line.strip()[:60], 0.8)
    result = Byline()
    if len(flat.strip()) <= 80:
        unit = _BULLET.sub("", line)
        # By Jane Doe | China Daily | Updated: …
        result = read_unit(unit, where)
        if not result and not any(item.kind in PEOPLE for item in labelled.find(folded(unit))):
            parts = re.split("[|｜丨•]", unit)
            for part in parts if len(parts) > 1 else ():
                result = both(result, read_unit(part, where))
        if elsewhere := _ELSEWHERE.match(unit):
            names = tuple(each for one in _AND.split(elsewhere["who"]) for each in people(one, strict=True))
            result = both(result, with_evidence(Byline(authors=names), where, unit, 0.8))
        if introduced := _INTRODUCED.match(flat.strip()):
            names = tuple(each for each in people(line.strip()[slice(*introduced.span("who"))], strict=True) if is_person(each))
            result = both(result, with_evidence(Byline(authors=names), where, line.strip(), 0.9))
    sentences = SENTENCES.split(line.rstrip("。 　"))
    if len(sentences) > 1 and len(sentences[-1]) <= 40:
        result = both(result, read_unit(sentences[-1], where))
    tail = flat.rstrip(" 。.")
    reports = [found for found in _REPORTED.finditer(flat) if found["place"] or found.end() >= len(tail)]
    if len(flat) <= 60 and (opening := _REPORTED_LINE.match(flat.strip())):
        result = both(result, _reported(line.strip(), opening, where))
    for found in reports:
        result = both(result, _reported(line, found, where))
    for found in _BRACKET.finditer(flat):
        if found.end() >= len(tail) - 1 or found.start() == len(flat) - len(flat.lstrip()):
            inner = line[slice(*found.span(1))]
            result = both(both(result, read_unit(inner, where)), _itemised(inner, "", None, where) if len(line) > LONGEST else Byline())
    return result


def _reported(line: str, found: re.Match[str], where: str) -> Byline:
    names = people(line[slice(*found.span("who"))], strict=True)
    if not all(is_person(each) for each in names):
        return Byline()
    return with_evidence(Byline(reporters=names), where, line[slice(*found.span())].strip(), 0.9)
