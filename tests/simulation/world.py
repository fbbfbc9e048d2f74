"""Upstreams with manners of their own on a clock that is moved by hand, behind the seam where the wire is: `World.get` stands for
`Wire.get`, answers as a server would, and logs every request."""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from hashlib import sha256

from aggregator.errors import Unreachable
from aggregator.wire import Answer, Manners

START = datetime(2026, 3, 2, tzinfo=UTC)  # a Monday
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LISTED = 8  # items that a document lists

# What the times of the next news look like: moment, dice -> the moment after it.
Pace = Callable[[datetime, random.Random], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One line of the log. `given` are the validators that the answer brought, by the names of the request headers that send them back;
    `asks` is how long the answer wants us to stay away, in seconds; `status` 0 is no answer at all."""

    source: str
    host: str
    at: datetime
    url: str
    headers: Mapping[str, str]
    status: int
    given: Mapping[str, str]
    asks: float = 0.0


@dataclass(slots=True, kw_only=True)
class Upstream:
    """`trouble` answers instead of the feed while it lasts; `ignores` conditions; `renews` its ETag with each 304; `moved` is where
    permanent redirects lead, `wanders` makes them temporary. `ttl`, `interval`, `skip_hours`, `skip_days` stand in the feed."""

    key: str
    host: str
    news: list[datetime]
    etag: bool = True
    modified: bool = True
    headers: dict[str, str] = field(default_factory=dict)
    max_age: int = 0
    expires: int = 0
    expired: bool = False
    ignores: bool = False
    renews: bool = False
    ttl: int = 0
    interval: int = 0
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[str, ...] = ()
    moved: str | None = None
    wanders: bool = False
    trouble: Callable[[datetime], Mapping[str, object] | None] = lambda _: None
    asked: int = 0

    @property
    def url(self) -> str:
        return f"https://{self.host}/{self.key}.xml"

    @property
    def gives(self) -> bool:
        """Whether conditional requests to it can work at all."""
        return (self.etag or self.modified) and not self.ignores and not self.expired


class World:
    """All upstreams, by their addresses; `now` is the virtual time."""

    manners = Manners(user_agent="Haihe/simulation")

    def __init__(self, upstreams: list[Upstream]) -> None:
        self.upstreams = {upstream.key: upstream for upstream in upstreams}
        self._by_url = {upstream.url: upstream for upstream in upstreams}
        self._documents: dict[tuple[str, int], tuple[bytes, str]] = {}
        self.now = START
        self.log: list[Request] = []

    async def get(
        self, url: str, headers: Mapping[str, str] | None = None, secrets: Mapping[str, str] | None = None, **_: object
    ) -> Answer:
        upstream = self._by_url[url]
        sent = dict(headers or {}) | dict(secrets or {})
        upstream.asked += 1
        trouble = upstream.trouble(self.now)
        answer = self._trouble(upstream, trouble) if trouble else self._answer(upstream, sent)
        status = answer.status if answer else 0
        given = {}
        if answer and status in (200, 304) and not trouble:
            pairs = (("If-None-Match", "etag"), ("If-Modified-Since", "last-modified"))
            given = {name: answer.headers[header] for name, header in pairs if header in answer.headers}
        asks = self._asks(upstream, trouble)
        self.log.append(
            Request(source=upstream.key, host=upstream.host, at=self.now, url=url, headers=sent, status=status, given=given, asks=asks)
        )
        if answer is None:
            raise Unreachable(f"{upstream.host} does not take the connection (refused)")
        return answer

    @staticmethod
    def _asks(upstream: Upstream, trouble: Mapping[str, object] | None) -> float:
        if trouble:
            return float(str(trouble.get("retry", 0)))
        return float(max(upstream.max_age, upstream.expires, upstream.ttl * 60, upstream.interval))

    def _trouble(self, upstream: Upstream, trouble: Mapping[str, object]) -> Answer | None:
        status = int(str(trouble["status"]))
        if not status:
            return None
        headers = {"date": format_datetime(self.now, usegmt=True), "content-type": "text/html"}
        if retry := float(str(trouble.get("retry", 0))):
            as_date = format_datetime(self.now + timedelta(seconds=retry), usegmt=True)
            headers["retry-after"] = as_date if trouble.get("date") else str(int(retry))
        body = b"<html><body><form>log in</form></body></html>"
        return Answer(url=upstream.url, status=status, headers=headers, body=body, body_hash=sha256(body).hexdigest())

    def _answer(self, upstream: Upstream, sent: Mapping[str, str]) -> Answer:
        count = bisect_right(upstream.news, self.now)
        body, body_hash = self._document(upstream, count)
        turn = upstream.asked if upstream.renews else 0
        tag = f'"{count}.{turn}-µ"'.encode().decode("utf-8", "surrogateescape")
        newest = format_datetime(upstream.news[count - 1] if count else START, usegmt=True)
        headers = {"date": format_datetime(self.now, usegmt=True), "content-type": "application/rss+xml", **upstream.headers}
        if upstream.etag:
            headers["etag"] = tag
        if upstream.modified:
            headers["last-modified"] = newest
        if upstream.expired:
            headers["expires"] = "0"
        if upstream.max_age:
            headers |= {"cache-control": f"public, s-maxage=1, max-age={upstream.max_age + 100}", "age": "100"}
        if upstream.expires:
            headers["expires"] = format_datetime(self.now + timedelta(seconds=upstream.expires), usegmt=True)
        asked_tag = sent.get("If-None-Match", "").split(".")[0]
        same = asked_tag == tag.split(".")[0] if "If-None-Match" in sent else sent.get("If-Modified-Since") == newest
        status = 304 if same and sent and not upstream.ignores else 200
        return Answer(
            url=upstream.moved or upstream.url,
            status=status,
            headers=headers,
            body=body if status == 200 else b"",
            body_hash=body_hash if status == 200 else "",
            moved_to=None if upstream.wanders else upstream.moved,
        )

    def _document(self, upstream: Upstream, count: int) -> tuple[bytes, str]:
        if (upstream.key, count) not in self._documents:
            wishes = f"<ttl>{upstream.ttl}</ttl>" if upstream.ttl else ""
            wishes += "".join(f"<hour>{hour}</hour>" for hour in upstream.skip_hours).join(("<skipHours>", "</skipHours>"))
            wishes += "".join(f"<day>{day}</day>" for day in upstream.skip_days).join(("<skipDays>", "</skipDays>"))
            if upstream.interval:
                wishes += (
                    f"<sy:updatePeriod>\n hourly </sy:updatePeriod><sy:updateFrequency>{3600 // upstream.interval}</sy:updateFrequency>"
                )
            items = "".join(
                f"<item><title>News {n}</title><guid>{upstream.url}/{n}</guid><link>{upstream.url}/{n}</link>"
                f"<pubDate>{format_datetime(upstream.news[n])}</pubDate><description>Text {n}</description></item>"
                for n in reversed(range(max(0, count - LISTED), count))
            )
            text = (
                '<rss version="2.0" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"><channel>'
                f"<title>{upstream.key}</title><link>https://{upstream.host}/</link>{wishes}{items}</channel></rss>"
            )
            self._documents.clear() if len(self._documents) > 2000 else None
            self._documents[upstream.key, count] = (text.encode(), sha256(text.encode()).hexdigest())
        return self._documents[upstream.key, count]


# -- a town of them ----------------------------------------------------------------------------------------------------------------


def office(moment: datetime, dice: random.Random) -> datetime:
    """Every forty minutes or so on weekdays between 0 and 9 GMT, which is a working day in Tianjin."""
    moment += timedelta(minutes=dice.uniform(15, 65))
    while moment.weekday() > 4 or moment.hour > 8:
        moment = moment.replace(hour=0, minute=0) + DAY + timedelta(minutes=dice.uniform(0, 30))
    return moment


def daily(moment: datetime, dice: random.Random) -> datetime:
    return moment.replace(hour=1, minute=0) + DAY + timedelta(minutes=dice.uniform(0, 20))


def slow(moment: datetime, dice: random.Random) -> datetime:
    return moment + DAY * dice.uniform(2, 7)


def steady(moment: datetime, dice: random.Random) -> datetime:
    return moment + HOUR * dice.uniform(3, 18)


def _news(pace: Pace, days: float, dice: random.Random) -> list[datetime]:
    moment, news = START - 10 * DAY * dice.random(), []
    while moment < START + days * DAY:
        moment = pace(moment, dice).replace(microsecond=0)
        news.append(moment)
    return news


def _during(first: float, last: float, **trouble: object) -> Callable[[datetime], Mapping[str, object] | None]:
    return lambda now: trouble if START + first * DAY <= now < START + last * DAY else None


def _flapping(dice: random.Random) -> Callable[[datetime], Mapping[str, object] | None]:
    salt = dice.random()
    return lambda now: {"status": 500} if random.Random(f"{salt}{int(now.timestamp() // 3600)}").random() < 0.4 else None


MANNERS: tuple[tuple[int, str, Callable[[random.Random], dict[str, object]]], ...] = (
    (85, "both", lambda _: {}),
    (60, "etag", lambda _: {"modified": False}),
    (60, "modified", lambda _: {"etag": False}),
    (60, "none", lambda _: {"etag": False, "modified": False}),
    (20, "ignores", lambda _: {"ignores": True}),
    (15, "renews", lambda _: {"renews": True, "modified": False}),
    (10, "expired", lambda _: {"expired": True}),
    (35, "max-age", lambda dice: {"max_age": dice.choice((600, 10800, 43200, 10**7))}),
    (15, "expires", lambda dice: {"expires": dice.choice((10800, 43200))}),
    (25, "ttl", lambda dice: {"ttl": dice.choice((60, 360, 720))}),
    (10, "sy", lambda _: {"interval": 3600}),
    (15, "skip-hours", lambda _: {"skip_hours": tuple(range(14, 22))}),
    (10, "skip-days", lambda _: {"skip_days": ("Saturday", "Sunday")}),
    (15, "429", lambda dice: {"trouble": _during(3, 9, status=429, retry=dice.choice((3600, 90000, 250000)))}),
    (5, "429-bare", lambda _: {"trouble": _during(3, 5, status=429)}),
    (10, "503", lambda dice: {"trouble": _during(2, 8, status=503, retry=dice.choice((7200, 100000)), date=True)}),
    (10, "flapping", lambda dice: {"trouble": _flapping(dice)}),
    (10, "dead", lambda _: {"trouble": _during(0, 99, status=0)}),
    (5, "login", lambda _: {"trouble": _during(4, 7, status=200)}),
    (5, "gone", lambda _: {"trouble": _during(5, 99, status=410)}),
    (5, "refuses", lambda _: {"trouble": _during(6, 99, status=403)}),
    (10, "moved", lambda _: {"moved": "https://new.example/feed"}),
    (5, "wanders", lambda _: {"moved": "https://new.example/tmp", "wanders": True}),
)


def town(count: int, days: float, seed: int = 1) -> list[Upstream]:
    """`count` upstreams of all manners, in the shares above, on two thirds as many hosts."""
    dice = random.Random(seed)
    manners = [(name, make) for share, name, make in MANNERS for _ in range(share)]
    paces = (office, daily, slow, slow, slow, steady)
    made: list[Upstream] = []
    for number in range(count):
        name, make = manners[number * len(manners) // count]
        host = f"host{number * 2 // 3}.example"
        made.append(Upstream(key=f"{name}-{number}", host=host, news=_news(dice.choice(paces), days, dice), **make(dice)))  # type: ignore[arg-type]
    return made
