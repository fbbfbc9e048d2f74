"""What an operator says of the installation as a whole, as frozen models: the site, how it is served, how and how often upstreams are
asked, how long things are kept. `Part` is what every mapping of the configuration is made of."""

from __future__ import annotations

from datetime import timedelta
from importlib.metadata import PackageNotFoundError, version
from typing import ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from aggregator.config.fields import (
    Bool,
    Contact,
    Duration,
    Email,
    Int,
    Language,
    LongSecret,
    Network,
    SiteAddress,
    Size,
    Span,
    Text,
    Timezone,
    wrong,
)
from aggregator.config.units import spell

MIB = 1024 * 1024


def program() -> str:
    """Name and version, as upstreams see it."""
    try:
        return f"Haihe/{version('haihe')}"
    except PackageNotFoundError:  # run from a tree that was never installed
        return "Haihe"


class Part(BaseModel):
    """A mapping of the configuration. `filled` names the fields that are not the operator's to write."""

    # Its validator is built with the first value: of most parts that is never, or within the part that holds them.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, defer_build=True)
    filled: ClassVar[frozenset[str]] = frozenset()


class Person(Part):
    name: Text
    email: Email | None = None


class Site(Part):
    """The site that readers see. `url` is its public address without a slash at the end; `contact` takes corrections and removals."""

    title: Text
    url: SiteAddress
    language: Language = "en"
    timezone: Timezone = "UTC"
    description: Text | None = None
    author: Person | None = None
    contact: Contact | None = None
    search: Bool = True


class Serve(Part):
    """Where pages and feeds are served. Port 0 takes any free one. `picture_folder` (from the configuration's own folder on) keeps the
    pictures that go by way of us, `picture_room` bytes of them; their addresses are signed with `picture_secret`, or with one that the
    database keeps."""

    host: Text = "127.0.0.1"
    port: Int = Field(default=8080, ge=0, le=65_535)
    workers: Int = Field(default=1, ge=1, le=64)
    picture_folder: Text = "var/pictures"
    picture_room: Size = Field(default=256 * MIB, ge=16 * MIB)
    picture_secret: LongSecret | None = None


class Pull(Part):
    """How upstreams are asked. `timeout` is for the whole exchange, `spacing` between two requests to one host, `max_bytes` of the
    answer once unpacked; `allow_private` names the private networks that may be reached."""

    timeout: Duration = timedelta(seconds=20)
    max_bytes: Size = Field(default=10 * MIB, ge=1024, le=1024 * MIB)
    concurrency: Int = Field(default=64, ge=1, le=4096)
    per_host: Int = Field(default=1, ge=1, le=64)
    spacing: Span = timedelta(seconds=1)
    user_agent: Text = Field(default_factory=program)
    allow_private: tuple[Network, ...] = ()


class Pace(Part):
    """How often: `every` by default, moved by what a source says of itself within the walls `at_least` and `at_most`."""

    every: Duration = timedelta(minutes=30)
    at_least: Duration = timedelta(minutes=5)
    at_most: Duration = timedelta(days=1)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.at_least > self.at_most:
            raise wrong(f"at_least {spell(self.at_least)} is longer than at_most {spell(self.at_most)}", None, "at_least")
        self.check(self.every)
        return self

    def check(self, every: timedelta) -> None:
        """Raises when a pace leaves the walls."""
        if every < self.at_least:
            raise wrong(
                f"every {spell(every)} is shorter than at_least {spell(self.at_least)}", "lower pace.at_least or be slower", "every"
            )
        if every > self.at_most:
            raise wrong(f"every {spell(every)} is longer than at_most {spell(self.at_most)}", "raise pace.at_most or be faster", "every")


class Retention(Part):
    """How long what is kept is kept. `entries` are emptied when they came in so long ago (None: never), and their ids remembered, so that
    they do not come back; `withdrawn` ones so long after their withdrawal, until when it can be undone; `revisions` are forgotten."""

    entries: Duration | None = None
    revisions: Duration = timedelta(days=90)
    withdrawn: Duration = timedelta(days=30)
