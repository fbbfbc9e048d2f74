"""Units: brackets, lines and sentences that are made of labels and names and of nothing else (津云新闻编辑刘颖, By Jane Doe)."""

from __future__ import annotations

import re

from feeds.clean.items import BARE_LABEL, ORGANISATION
from feeds.clean.labels import KINDS, PHOTO_LABELS, PHOTO_TAILS, TAILS, folded
from feeds.clean.names import is_person, people
from feeds.clean.stated import FIELDS, Byline, both, with_evidence

_BODY_OF_PRESS = re.compile(r".*(?:报|网|社|台|云|新闻|频道|融媒|融媒体|客户端|媒体|中心|在线|发布|本刊|传媒|广播|实习)$")
_PERIODICAL = re.compile(r"《[^《》]{2,14}》")
# By JANE DOE JAN. 3, By Jane Doe Published March 5, 2024: what follows the names in the line.
_MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)(?:uary|ruary|ch|il|ust|ember|tember|ober)?"
_DATED = re.compile(
    rf"(?<=\w)[\s,|•·–—-]+(?:(?:published|updated|posted|on|at)[\s:]+)*(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?[.,]?\s+)?"
    rf"(?:{_MONTH}\.?\s+\d{{1,2}}(?!\w)|\d{{1,2}}\s+{_MONTH}\b|\d{{4}}-\d\d).*$",
    re.I,
)
_FROM_WHERE = re.compile(r"\s(?:发自|报道自)\s?[\u4e00-\u9fff]{2,8}(?:报道)?$")  # 红星新闻记者 沈若棠 发自成都
_WROTE = re.compile(r"\s(?:文|撰文|文字)\s")
_GLUED_BODY = re.compile(r"\s([\u4e00-\u9fff·]{2,10})$")


def read_unit(unit: str, where: str, *, reporters: bool = False) -> Byline:
    """Read a bracket, line or sentence that is made of labels and names and of nothing else; otherwise nothing. `reporters`: names
    without any label are reporters (the bracket of a dateline)."""
    unit = unit.strip(" \u3000\u00a0\t()（）[]【】;；")
    unit = _FROM_WHERE.sub("", _DATED.sub("", unit) if unit[:2].isascii() else unit)
    unit, photo_at_end = _untailed(unit, whole=True)
    flat = folded(unit)
    labels = [found for found in BARE_LABEL.finditer(flat) if _parts(found, flat)]
    if not labels:
        names = people(_untailed(unit)[0], strict=True) if reporters else ()
        return with_evidence(Byline(reporters=names), where, unit, 0.9)
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
        if photo and (parted := _WROTE.search(value)):  # 记者 唐一菲 文 孟凡 摄
            shot = people(value[parted.end() :], strict=True)
            result = both(result, with_evidence(Byline(photographers=shot), where, unit, 0.9))
            value, photo = value[: parted.start()], False
        names = people(value, strict=True)
        if not names:
            return Byline()
        kind = KINDS[word]
        key = "photographers" if photo or word in PHOTO_LABELS else FIELDS[kind]
        result = both(result, with_evidence(Byline(**{key: names}), where, unit, 0.9))  # type: ignore[arg-type]
    return result


def _is_body(prefix: str) -> bool:
    if _PERIODICAL.fullmatch(prefix):
        return True
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
