"""The moments in an entry's life on our side of the river, one frozen record each.

Known -> Pulled | Unchanged -> (feeds.Feed) -> Placed -> Recorded; what the store keeps comes back as Item and SourceState.
Decisions about time come as NextPull, which says why.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Self
from urllib.parse import urlsplit

from msgspec import Struct, field, structs

from aggregator.rhythm import Rhythm
from feeds.records import Document, Entry


class Wishes(Struct, frozen=True, kw_only=True):
    """What a source asks for about its pace, kept because it also holds for answers that bring no feed.

    `max_age` in seconds, of the last answer that said so (a 304 that does not leaves it as it was, RFC 9111 §4.3.4); the rest is the
    feed's: `ttl` in minutes, `interval` in seconds (``sy:*``), `skip_hours` in GMT, `skip_days` as English names."""

    max_age: float | None = None
    ttl: int | None = None
    interval: int | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[str, ...] = ()


class Moved(Struct, frozen=True, kw_only=True):
    """The proof that a source has moved: permanent redirects (RFC 9110 §15.4.2, §15.4.9) led to the same place so many times in a row."""

    to: str
    since: datetime
    last: datetime
    times: int = 1

    @property
    def stood(self) -> timedelta:
        return self.last - self.since

    @classmethod
    def seen(cls, before: Self | None, to: str | None, now: datetime) -> Self | None:
        """The proof after a pull at `now` that was led to `to`; an answer without a permanent redirect clears it."""
        if to is None:
            return None
        if before is None or before.to != to:
            return cls(to=to, since=now, last=now)
        return cls(to=to, since=min(before.since, now), last=now, times=before.times + 1)


class Resting(Struct, frozen=True, kw_only=True):
    """An address that failed so many times in a row, and is not asked again before `until`."""

    failures: int
    until: datetime
    why: str


class Bridges(Struct, frozen=True, kw_only=True):
    """Of a source with several addresses, each named as it is written in the configuration: the one that was used last, whose validators
    are known, and those that rest."""

    used: str | None = None
    resting: Mapping[str, Resting] = field(default_factory=dict)


class Known(Struct, frozen=True, kw_only=True):
    """What the store knows of a source before a pull. Validators are byte-exact, quotes included (RFC 9110 §8.8).

    `failures` counts in a row; `pulled_at` is the last try, `changed_at` the last time that it brought something. `rhythm` is None until
    something was read. `hung` are the articles that did not answer, with how often in a row; `bridges` is for several addresses; `tally`
    is how many entries came from it so far."""

    key: str
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    failures: int = 0
    next_pull_at: datetime | None = None
    pulled_at: datetime | None = None
    changed_at: datetime | None = None
    wishes: Wishes = Wishes()
    rhythm: Rhythm | None = None
    hung: Mapping[str, int] = field(default_factory=dict)
    bridges: Bridges | None = None
    tally: int = 0

    @property
    def first(self) -> bool:
        """Nothing has ever been read from this source."""
        return self.changed_at is None


class Robots(Struct, frozen=True, kw_only=True):
    """The robots.txt of an origin (scheme, host, port), as it was had last. `text` is "" where there is none, None while nobody can say.

    `delay` is what it wants between two requests, in seconds; `good_until` is when to ask again. While it fails, since `failing_since`
    and for the reason `why`, what was had before still holds."""

    origin: str
    text: str | None
    asked_at: datetime
    good_until: datetime
    delay: int = 0
    failures: int = 0
    failing_since: datetime | None = None
    why: str | None = None
    etag: str | None = None
    last_modified: str | None = None

    @property
    def unknown(self) -> bool:
        return self.text is None

    @staticmethod
    def origin_of(address: str) -> str:
        """``https://a.example`` of any http(s) address there; a port that goes without saying is left out."""
        parts = urlsplit(address)
        port = "" if parts.port in (None, {"http": 80, "https": 443}.get(parts.scheme)) else f":{parts.port}"
        host = (parts.hostname or "").rstrip(".")
        return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{port}"


class Freshness(Struct, frozen=True, kw_only=True):
    """What an answer says about when to ask again; all in seconds.

    `max_age` is how long it is fresh from when it was made (max-age, else Expires less Date, RFC 9111 §4.2.1); 0 says that it never is,
    None that the answer does not say. `age` is how much of that was over when it came (§4.2.3)."""

    max_age: float | None = None
    age: float = 0.0
    retry_after: float | None = None


class Unchanged(Struct, frozen=True, kw_only=True):
    """The upstream has nothing new: a 304 (which may bring new validators, RFC 9111 §4.3.4) or a 200 with the bytes of last time.

    `whole` says that those bytes were sent, so that asking was no cheaper for the upstream than news would have been."""

    why: str
    etag: str | None = None
    last_modified: str | None = None
    freshness: Freshness = Freshness()
    moved_to: str | None = None
    whole: bool = False
    bridges: Bridges | None = None


class Pulled(Struct, frozen=True, kw_only=True):
    """One upstream exchange: the document, and for a list page (None for a feed) the articles that it led to, link on the list -> page.

    `body_hash` is of the bytes on the wire before any decoding. `complete` is False when some article could not be had: then no
    validators are kept, so that the next pull looks again. `missed` says which and why, in words; `left` says so of those that are not to
    be had at all. `hung` are the articles of this list that did not answer, with how often in a row."""

    document: Document
    articles: Mapping[str, Document] | None = None
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    freshness: Freshness = Freshness()
    moved_to: str | None = None
    missed: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    hung: Mapping[str, int] = field(default_factory=dict)
    bridges: Bridges | None = None

    @property
    def complete(self) -> bool:
        return not self.missed

    def emptied(self) -> Pulled:
        """Without the bytes, which nobody needs once they are read."""
        articles = None if self.articles is None else {link: structs.replace(page, body=b"") for link, page in self.articles.items()}
        return structs.replace(self, document=structs.replace(self.document, body=b""), articles=articles)


class Placement(Struct, frozen=True, kw_only=True):
    """An entry's place in a section, and the rule that put it there, in words; `pinned` when an editor did, whom no rule overrules."""

    section: str
    rule: str
    pinned: bool = False


class Placed(Struct, frozen=True, kw_only=True):
    """An attributed entry with its places; none means that it is kept but published nowhere (a rule dropped it). `held` is why it is to be
    held back (`aggregator.quality`)."""

    entry: Entry
    placements: tuple[Placement, ...] = ()
    held: str | None = None


class NextPull(Struct, frozen=True, kw_only=True):
    """When a source is due again and why, in words for `haihe explain`. `at` None means: not until the operator says so.

    `wishes` are what the source asks for from now on; None leaves them as they are."""

    at: datetime | None
    why: str
    wishes: Wishes | None = None


class Recorded(Struct, frozen=True, kw_only=True):
    """What one pull changed: ids of entries new and revised, how many were the same, and the sections to publish again."""

    new: tuple[str, ...] = ()
    revised: tuple[str, ...] = ()
    same: int = 0
    sections: frozenset[str] = frozenset()


class Edition(Struct, frozen=True, kw_only=True):
    """Which version of an entry readers have: `number` counts those that they were told of, from 1; `corrected` are the facts of the last
    correction (``title``, ``text``, ``credit``), if there was one."""

    number: int = 1
    corrected: tuple[str, ...] = ()
    corrected_at: datetime | None = None


class Revised(Struct, frozen=True, kw_only=True):
    """A revision as kept: its number (the first version is 1), when it came, the fields that it changed, which of its changes count and
    which correct, and what the changed fields said before, as JSON values (None: nothing)."""

    number: int
    at: datetime
    changed: tuple[str, ...]
    significant: tuple[str, ...]
    corrected: tuple[str, ...]
    before: Mapping[str, object]


class Backfill(Struct, frozen=True, kw_only=True):
    """How far back a source's list was read: `next` is the page to go on with, None for its first; `pages` how many were read. `ended`
    says that the end was reached once, so that whatever is known now has nothing unknown before it."""

    next: str | None
    pages: int = 0
    ended: bool = False


class Item(Struct, frozen=True, kw_only=True):
    """An entry as kept. `id` names it here (in `/entries/<id>/`); `entry.id` is its public IRI.

    `sort_at` orders it in its sections; `updated_at` is when its edition came, distinct to the millisecond within a batch. `revisions`
    counts every version, those too of which readers need not be told."""

    id: str
    source: str
    entry: Entry
    first_seen_at: datetime
    updated_at: datetime
    sort_at: datetime
    revisions: int = 1
    edition: Edition = Edition()
    placements: tuple[Placement, ...] = ()
    withdrawn_at: datetime | None = None
    withdrawn_by: str | None = None
    withdrawn_why: str | None = None
    held_at: datetime | None = None
    held_why: str | None = None


class Withdrawal(Struct, frozen=True, kw_only=True):
    """An entry that was taken back for good: its key and its public IRI, when, by whom (``operator`` or ``upstream``), and the reason that
    is told in public."""

    id: str
    iri: str
    source: str
    at: datetime
    by: str
    reason: str | None = None


class SourceState(Struct, frozen=True, kw_only=True):
    """A source as the status page shows it. `entries` counts what is kept of it, `held` what is held back, by the reason."""

    key: str
    enrolled: bool
    entries: int = 0
    next_pull_at: datetime | None = None
    next_pull_why: str | None = None
    pulled_at: datetime | None = None
    changed_at: datetime | None = None
    failures: int = 0
    error_kind: str | None = None
    error_text: str | None = None
    moved: Moved | None = None
    notes: tuple[str, ...] = ()
    held: Mapping[str, int] = field(default_factory=dict)

    @property
    def moved_to(self) -> str | None:
        return self.moved.to if self.moved else None


class SectionState(Struct, frozen=True, kw_only=True):
    """A section as kept: how many entries it holds, when it last changed and was last published."""

    key: str
    entries: int = 0
    changed_at: datetime | None = None
    published_at: datetime | None = None


class Rendition(Struct, frozen=True, kw_only=True):
    """A section in one format, rendered once per change. `etag` is quoted as it is sent; `updated_at` is the newest change inside.

    `encoded` holds the compressed twins by content coding (``gzip``)."""

    section: str
    format: str
    media_type: str
    etag: str
    updated_at: datetime
    body: bytes
    encoded: Mapping[str, bytes] = field(default_factory=dict)

    @staticmethod
    def tag(body: bytes) -> str:
        """The ETag of these bytes; weak, since one tag stands for the plain bytes and their twins (RFC 9110 §8.8.3.3)."""
        return f'W/"{hashlib.sha256(body).hexdigest()[:24]}"'


class Stamp(Struct, frozen=True, kw_only=True):
    """What tells one edition of a section in one format from the next: the tag of its bytes, since when they are up, and the change that
    they hold (an older entry that changed is in no edition, but in a longer one)."""

    etag: str
    updated_at: datetime
    seen_changed_at: datetime | None = None


class Archive(Struct, frozen=True, kw_only=True):
    """A closed archive of a section (RFC 5005 §4), numbered from 1, the oldest first. `body` is Atom, not packed."""

    section: str
    number: int
    closed_at: datetime
    body: bytes

    @property
    def etag(self) -> str:
        return Rendition.tag(self.body)


class Finding(Struct, frozen=True, kw_only=True):
    """Something in the database that must not be: where, what is wrong there, and what the operator can do about it."""

    where: str
    what: str
    do: str
