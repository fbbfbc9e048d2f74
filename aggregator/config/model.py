"""What an operator may say, as frozen models: one class a mapping of config.yaml, one field a key. Here are sections, sources and routes,
and `Config`, which is all of it; what concerns the installation as a whole is in `settings`.

Durations are timedeltas, sizes bytes. `key`, `off`, `written`, `name` and `path` are filled in by the loader. A source whose `off`
is not None is known but never pulled. What may hold a secret (`database`, `url`, `headers`, `auth`, …) is left out of every repr.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import ClassVar, Literal, Self
from urllib.parse import urlsplit

from pydantic import ConfigDict, Field, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from aggregator import plugins
from aggregator.config.fields import (
    Address,
    Bool,
    Conditions,
    Cookies,
    Duration,
    Headers,
    Int,
    Language,
    Password,
    Proxy,
    Selector,
    Text,
    Texts,
    Timezone,
    User,
    json_path,
    selector,
    source_address,
    wrong,
)
from aggregator.config.hidden import Hidden
from aggregator.config.publishers import NOBODY, Publishers, Record
from aggregator.config.settings import Pace, Part, Pull, Retention, Serve, Site
from aggregator.errors import ConfigError
from feeds.records import ArticleSelectors, Hints, ListSelectors

Policy = Literal["full", "summary", "link", "none"]


class Section(Part):
    """A section of the site. Its key names it for good; titles and aliases are how upstreams call it, `was` the keys that it had before."""

    filled: ClassVar[frozenset[str]] = frozenset({"key"})

    key: str = ""
    title: Text
    aliases: Texts = ()
    description: Text | None = None
    size: Int = Field(default=50, ge=1, le=1000)
    body: Literal["full", "summary", "link"] = "summary"
    was: Texts = ()


class CreditConfig(Part):
    """What the operator knows of a source's credit; what an entry states itself always wins."""

    source: Text | None = None
    publisher: Text | None = None
    homepage: Address | None = None
    rights: Text | None = None


class Publisher(Part):
    """Somebody whose words are carried under several names: credit, address, rights and policy for all of them."""

    name: Text
    aliases: Texts = ()
    homepage: Address | None = None
    rights: Text | None = None
    republish: Policy | None = None

    @property
    def record(self) -> Record:
        return Record(name=self.name, homepage=self.homepage, rights=self.rights, republish=self.republish)


class ListConfig(Part):
    """Where the entries of a list are, and `next`, where it goes on. What is written depends on the source's kind: selectors for a page,
    paths and templates for JSON, a pattern of addresses (`link` alone) for a sitemap."""

    item: Text | None = None
    link: Text | None = None
    title: Text | None = None
    date: Text | None = None
    next: Text | None = None

    def check(self, kind: str | None) -> None:
        """Raises when something is written here that a source of this kind cannot use."""
        for name in type(self).model_fields:
            said = getattr(self, name)
            if said is None:
                continue
            if kind == "sitemap" and name != "link":
                raise wrong(f"a sitemap has no {name} to select", "only link can be set, as a pattern like */news/*", name)
            if kind == "json":
                json_path(said, name)
            elif kind != "sitemap":
                selector(said, name)


class ArticleConfig(Part):
    """Where the parts of an article page are."""

    title: Selector | None = None
    date: Selector | None = None
    body: Selector | None = None
    byline: Selector | None = None
    column: Selector | None = None


class Auth(Part):
    """Who we are to an upstream (basic authentication, RFC 7617)."""

    user: User
    password: Password

    def header(self) -> str:
        pair = f"{self.user.get_secret_value()}:{self.password.get_secret_value()}"
        return "Basic " + base64.b64encode(pair.encode()).decode()


class RobotsConfig(Part):
    """How a source's robots.txt is treated. `ignore` says why it is not heeded."""

    ignore: Text


class Bridge(Part):
    """One of several addresses of a source, and how it is written."""

    url: str = Field(repr=False)
    written: str


class Source(Part):
    """An upstream. `url` may hold secrets and is for the puller alone: show `public_url`, or `written`, which is as in the file."""

    model_config = ConfigDict(arbitrary_types_allowed=True)
    filled: ClassVar[frozenset[str]] = frozenset({"key", "off", "written", "publishers", "bridges"})

    key: str = ""
    publishers: Publishers = Field(default_factory=lambda: NOBODY, repr=False, exclude=True)  # a default would be copied for each
    title: Text
    url: Text = Field(repr=False)
    written: str = Field(default_factory=lambda known: str(known.get("url", "")))
    bridges: tuple[Bridge, ...] = ()
    base: Address | None = None
    kind: Literal["feed", "page", "sitemap", "json", "wechat"] | None = None
    sections: Texts = ()
    column: Text | None = None
    credit: CreditConfig = CreditConfig()
    republish: Policy = "summary"
    pictures: Literal["direct", "proxy", "none"] | None = None
    list: ListConfig = ListConfig()
    article: ArticleConfig = ArticleConfig()
    timezone: Timezone | None = None
    language: Language | None = None
    every: Duration | None = None
    headers: Headers = Field(default_factory=dict, repr=False)
    auth: Auth | None = Field(default=None, repr=False)
    cookies: Cookies = Field(default_factory=dict, repr=False)
    proxy: Proxy | None = Field(default=None, repr=False)
    robots: RobotsConfig | None = None
    enabled: Bool = True
    off: str | None = Field(default_factory=lambda known: None if known.get("enabled", True) else "enabled is false")

    @field_validator("list")
    @classmethod
    def _selectors(cls, value: ListConfig, info: ValidationInfo) -> ListConfig:
        if "kind" in info.data:
            value.check(info.data["kind"])
        return value

    @field_validator("robots", mode="before")
    @classmethod
    def _reason(cls, value: object) -> object:
        if isinstance(value, str):
            raise wrong("the reason is missing" if value == "ignore" else f'"{value}" is not known here', "write robots: {ignore: why}")
        return value

    @model_validator(mode="after")
    def _address(self) -> Self:
        if "${" in self.url and self.off:
            return self
        for place, address in enumerate(each.url for each in self.bridges) if self.bridges else ((None, self.url),):
            try:
                source_address(address, _schemes(address))
            except PydanticCustomError as error:
                said = error.context or {}
                raise wrong(said["message"], said["advice"], "url", *(() if place is None else (place,))) from None
        if self.base and not self.url.startswith("file:"):
            raise wrong("base is only for a file: address, as the web address that it stands for", "remove it", "base")
        return self

    @model_validator(mode="after")
    def _access(self) -> Self:
        for name in ("auth", "cookies", "proxy"):
            if getattr(self, name) and self.url.startswith("file:"):
                raise wrong(f"{name} is for web addresses only", "remove it", name)
        for name, header in (("auth", "authorization"), ("cookies", "cookie")):
            if getattr(self, name) and any(each.lower() == header for each in self.headers):
                raise wrong(f"{name} and the header {header.capitalize()} say the same", "keep one of the two", name)
        return self

    @property
    def addresses(self) -> tuple[str, ...]:
        """As they are written; more than one are tried in turn."""
        return tuple(each.written for each in self.bridges) or (self.written,)

    def at(self, written: str) -> Self:
        """This source at one of its addresses."""
        bridge = next(each for each in self.bridges if each.written == written)
        return self.model_copy(update={"url": bridge.url, "written": bridge.written})

    @property
    def on(self) -> bool:
        return self.off is None

    @property
    def record(self) -> Record:
        """What this source says of whoever publishes it; a policy only where the operator wrote one."""
        credit = self.credit
        stated = self.republish if "republish" in self.model_fields_set else None
        return Record(name=credit.publisher or self.title, homepage=credit.homepage, rights=credit.rights, republish=stated)

    def secret_headers(self) -> dict[str, str]:
        """The headers to send, with their secrets: for the puller alone."""
        sent = {name: value.get_secret_value() for name, value in self.headers.items()}
        if self.auth:
            sent["Authorization"] = self.auth.header()
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value.get_secret_value()}" for name, value in self.cookies.items())
        return sent

    def proxy_address(self) -> str | None:
        """With its secrets: for the puller alone."""
        return self.proxy.get_secret_value() if self.proxy else None

    @property
    def hidden(self) -> Hidden:
        """What of its address is not to be shown."""
        return Hidden.of(self.written, self.url)

    @property
    def public_url(self) -> str | None:
        """The address that may be shown to anybody: None for a file without a base and where the address comes from the environment."""
        if self.base:
            return self.base
        return self.url if self.written == self.url and urlsplit(self.url).scheme in ("http", "https") else None


class When(Part):
    """What an entry must be like: part of a text, or a regular expression between slashes; of several values any one will do."""

    title: Conditions = ()
    source: Conditions = ()
    column: Conditions = ()
    author: Conditions = ()
    category: Conditions = ()
    text: Conditions = ()

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not any(getattr(self, name) for name in type(self).model_fields):
            raise wrong("this names no condition", "write when: {title: part of the title}")
        return self


class Route(Part):
    """A rule that puts entries into more sections, or drops them. `name` is where it stands, like ``config.yaml:87``."""

    filled: ClassVar[frozenset[str]] = frozenset({"name"})

    name: str = ""
    when: When
    to: Texts = ()
    drop: Bool = False

    @model_validator(mode="after")
    def _either(self) -> Self:
        if bool(self.to) == self.drop:
            raise wrong("a route needs either to or drop", "write to: [section], or drop: true", *(("drop",) if self.drop else ()))
        return self


class Config(Part):
    """All of it. `path` is the file that it was read from; relative paths were taken from that file's folder."""

    filled: ClassVar[frozenset[str]] = frozenset({"path"})

    site: Site
    database: str = Field(default="sqlite:///var/haihe.db", repr=False)
    serve: Serve = Serve()
    pull: Pull = Pull()
    pace: Pace = Pace()
    retention: Retention = Retention()
    publishers: Mapping[str, Publisher] = Field(default_factory=dict)
    sections: Mapping[str, Section] = Field(default_factory=dict)
    sources: Mapping[str, Source] = Field(default_factory=dict)
    routes: tuple[Route, ...] = ()
    path: Path = Path("config.yaml")

    @cached_property
    def active(self) -> Mapping[str, Source]:
        """The sources that are pulled."""
        return {key: source for key, source in self.sources.items() if source.on}


def hints(source: Source, site: Site) -> Hints:
    """What the reader is told about a source."""
    return Hints(
        kind=source.kind,
        timezone=source.timezone or site.timezone,
        language=source.language,
        name=source.title if source.title != source.key else None,  # one made for the occasion has none
        publisher=(behind.name if (behind := source.publishers.find(source.credit.publisher)) else source.credit.publisher),
        column=source.column,
        list=ListSelectors(**source.list.model_dump()),
        article=ArticleSelectors(**source.article.model_dump()),
    )


def unlisted(address: str, key: str, title: str | None = None) -> Source:
    """A source for an address that none of the configuration has. ConfigError when nothing can be pulled from there."""
    try:
        return Source(key=key, title=title or key, url=address)
    except ValidationError as error:
        said = error.errors()[0]
        context = said.get("ctx", {})
        message, advice = context.get("message", said["msg"]), context.get("advice")
        raise ConfigError(f"{address!r} cannot be asked for: {message}" + (f"; {advice}" if advice else "")) from None


def _schemes(url: str) -> tuple[str, ...]:
    """What installed fetchers can pull; looked up only for an address that is neither of the web nor a file."""
    return () if url.lower().startswith(("http:", "https:", "file:")) else plugins.names("haihe.fetchers")
