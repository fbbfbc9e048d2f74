"""What makes an entry itself: its uid within a source, its ids in public, its fingerprint.

None of them depends on the order of a document, on blanks, on http or https, or on parameters that only track.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from unicodedata import is_normalized
from urllib.parse import unquote, urlsplit

from msgspec import msgpack, structs

from feeds.clean import markup, urls
from feeds.records import UNCREDITED, Credit, Entry

FINGERPRINT = 3
"""The recipe's version: raised when the recipe changes for fields that exist already; a new field needs no new version."""

_RECIPE = f"{FINGERPRINT}.{markup.VERSION}"
_DATED = datetime(1970, 1, 1, tzinfo=UTC)  # whatever the date

_PERSON = b"haihe entry"
_CHAR = r"(?:[A-Za-z0-9;/?:@&=+$._!~*'(),#-]|%[0-9A-Fa-f]{2})"
_ADDRESS = re.compile(rf"https?://[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?(?::[1-9][0-9]*)?/{_CHAR}*")
_DATE = r"[0-9]{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?)?"
_TAG = re.compile(rf"tag:(?:[a-z0-9._-]+@)?[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?,{_DATE}:{_CHAR}*")
_URN = re.compile(r"urn:[A-Za-z0-9][A-Za-z0-9-]{0,30}[A-Za-z0-9]:(?:[A-Za-z0-9()+,.:=@;$_!*'-]|%[0-9A-Fa-f]{2})+")
_UUID = re.compile(r"urn:uuid:[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
# Most addresses: nothing encoded, no fragment, no port that need not be named, no step that leads back.
_COMMON_ADDRESS = re.compile(
    r"https?://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::(?!80/|443/)[1-9][0-9]{0,3})?/(?:[A-Za-z0-9;?:@&=+$_!~*'(),-]|(?<!/)\.|/(?!\.))*"
)
_SCHEMES = {"http": _ADDRESS, "https": _ADDRESS, "tag": _TAG, "urn": _URN}
_ENCODED = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")


def entry_uid(stated: str | None, link: str | None, title: str = "", published: datetime | None = None, content: str = "") -> str:
    """What names an entry within its source: the stated id (guid, atom:id, JSON Feed ``id``) trimmed, else the normalised link, else
    a hash of what it says."""
    if stated and (stated := " ".join(stated.split())):
        return stated
    if link and link.strip():
        return urls.normalise(link)
    said = "\x1f".join((" ".join(title.split()), published.isoformat() if published else "", " ".join(content.split())))
    return "hash:" + _digest(said)


def entry_id(source_key: str, uid: str) -> str:
    """The id under which an entry is kept and shown: a UUID (RFC 9562 §5.8, version 8) of its source and uid.

    Its first 48 bits are of the source alone, so that what one pull brings lies together in every index instead of all over it; the
    other 74 are of both."""
    source = hashlib.blake2b(source_key.encode("utf-8", "replace"), digest_size=6, person=_PERSON).digest()
    both = hashlib.blake2b(f"{source_key}\n{uid}".encode("utf-8", "replace"), digest_size=10, person=_PERSON).digest()
    number = int.from_bytes(source + both)
    number = number & ~(0xF000 << 64) | 0x8000 << 64  # version 8
    number = number & ~(0xC000 << 48) | 0x8000 << 48  # variant of RFC 9562
    text = f"{number:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def public_id(entry: Entry, source_key: str) -> str:
    """The entry's permanent IRI (RFC 4287 §4.2.6): its own where it has one, else a ``urn:uuid:`` minted from source and uid."""
    if entry.id and iri(entry.id):
        return entry.id
    return "urn:uuid:" + entry_id(source_key, entry.uid)


def iri(text: str | None) -> str | None:
    """The text trimmed if it may stand as the permanent id of an entry anywhere in the world, else None.

    Ids are compared letter by letter, so an address must be in the normal form that RFC 4287 §4.2.6.1 asks for (RFC 3986 §6.2.2, §6.2.3): a
    program on the way that normalises it would make another entry of it. Of other schemes only those whose ids are unique in the world by
    their own rules: ``tag`` (RFC 4151 §2.1) and ``urn`` (RFC 8141 §2, ``uuid`` RFC 9562 §4)."""
    text = (text or "").strip()
    if _COMMON_ADDRESS.fullmatch(text) and len(text) <= urls.LONGEST:
        return text
    scheme = _SCHEMES.get(text.partition(":")[0])
    if scheme is None or not scheme.fullmatch(text) or text.count("#") > 1:
        return None
    if text.startswith("urn:uuid:") and not _UUID.fullmatch(text):
        return None
    if text.startswith("http") and (not urls.absolute("", text) or not _is_normal_address(text)):
        return None
    return text if "%" not in text or _is_normal_encoding(text) else None


def _is_normal_address(text: str) -> bool:
    parts = urlsplit(text)
    steps = parts.path.split("/")
    return not parts.netloc.endswith({"http": ":80", "https": ":443"}[parts.scheme]) and "." not in steps and ".." not in steps


def _is_normal_encoding(text: str) -> bool:
    """Only what must be percent-encoded is, in upper case, and says composed Unicode in UTF-8."""
    try:
        said = unquote(text, errors="strict")
    except UnicodeDecodeError:
        return False
    octets = _ENCODED.findall(text)
    return all(octet == octet.upper() and not _UNRESERVED.fullmatch(chr(int(octet, 16))) for octet in octets) and is_normalized("NFC", said)


def twin(uid: str) -> str | None:
    """The same id with the other of http and https, where it is an address: a site that moves to TLS does not write new entries."""
    if uid.startswith("https://"):
        return "http://" + uid[8:]
    return "https://" + uid[7:] if uid.startswith("http://") else None


def fingerprint(entry: Entry) -> str:
    """A hash of what an entry says, as read (before sanitising), with the sanitiser's version: equal means nothing to do.

    Empty fields are skipped, so a field that is new to the record does not change every old entry. Of the dates only whether there
    is one: many sources state the time of the answer, and a clock that moves is no revision."""
    stated = structs.replace(
        entry,
        uid="",
        id=None,
        link=urls.normalise(entry.link) if entry.link else None,
        published=_DATED if entry.published else None,
        precision=None,
        updated=None,
        source=structs.replace(entry.source, updated=None) if entry.source else None,
        credit=UNCREDITED if entry.credit is UNCREDITED else _unproved(entry.credit),
        fingerprint=_RECIPE,
    )
    try:
        said = msgpack.encode(stated)
    except UnicodeEncodeError:  # halves of a character, which JSON can name
        said = repr(stated).encode("utf-8", "surrogatepass")
    return f"{FINGERPRINT}:{hashlib.sha256(said).hexdigest()[:32]}"  # which processors have instructions for: bodies are long


def _unproved(credit: Credit) -> Credit:
    """A credit as the source states it: without where it was found, and whose page the operator knows that to be."""
    stated = structs.replace(credit, organization=None, evidence=())
    return UNCREDITED if stated == UNCREDITED else stated


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def distinct(entries: Iterable[Entry]) -> tuple[list[tuple[int, Entry]], int, int]:
    """Entries with a uid each: (place in the document and entry, how many repeated another, how many had to be told apart).

    Under one uid, what has the same link and title is one entry in several versions and the newest stays; so does what has the same
    link and states different `updated` (RFC 4287 §4.1.1). Where the link alone is the uid, its fragment counts, for the parts of one page
    that a changelog or a newsletter is. What differs is told apart by its link, else by its link and title,
    always in the same way whatever the order, and gives up the id that it shares."""
    ordered = list(entries)
    groups: defaultdict[str, list[tuple[int, Entry]]] = defaultdict(list)
    for place, entry in enumerate(ordered):
        groups[entry.uid].append((place, entry))
    if len(groups) == len(ordered):
        return list(enumerate(ordered)), 0, 0
    names = {place: name for group in groups.values() for place, name in _named(group)}
    variants: dict[str, dict[tuple[str, str], Entry]] = {uid: {} for uid in groups}
    for place, entry in enumerate(ordered):
        found, name = variants[entry.uid], names[place]
        if name not in found or _stated(entry) > _stated(found[name]):
            found[name] = entry
    kept: list[tuple[int, Entry]] = []
    apart = 0
    told = {uid: _told_apart(uid, found) for uid, found in variants.items()}
    for place, entry in enumerate(ordered):
        newest = told[entry.uid].pop(names[place], None)
        if newest is not None:
            kept.append((place, newest))
            apart += newest.uid != entry.uid
    return kept, len(ordered) - len(kept), apart


def _named(group: list[tuple[int, Entry]]) -> Iterator[tuple[int, tuple[str, str]]]:
    """(place, (link, title)) of entries that share a uid; the title does not count where they are versions that say so."""
    by_link: defaultdict[str, list[tuple[int, Entry]]] = defaultdict(list)
    for place, entry in group:
        by_link[_page(entry) if entry.link else ""].append((place, entry))
    for link, alike in by_link.items():
        versions = len({entry.updated for _, entry in alike if entry.updated}) == len(alike)
        for place, entry in alike:
            yield place, (link, "" if versions else " ".join(entry.title.split()))


def _page(entry: Entry) -> str:
    """The normalised link; with the fragment where nothing but the link names the entry, unless that tells how a reader came
    (``#xtor=RSS-1``)."""
    link = entry.link or ""
    page, part = urls.normalise(link), urls.parts(link).fragment
    return f"{page}#{part}" if part and "=" not in part and page == entry.uid else page


def _told_apart(uid: str, found: dict[tuple[str, str], Entry]) -> dict[tuple[str, str], Entry]:
    if len(found) < 2:
        return dict(found)
    by_link = len({link for link, _ in found}) == len(found)
    return {
        (link, title): structs.replace(entry, uid=f"{uid}#{_digest(link if by_link else f'{link} {title}')[:12]}", id=None)
        for (link, title), entry in found.items()
    }


def _stated(entry: Entry) -> float:
    at = entry.updated or entry.published
    return at.timestamp() if at else 0.0
