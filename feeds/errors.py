"""What can be wrong with a document.

    FeedError             the document could not be read
      NotAFeed            it is something else: an HTML page, a login wall, nothing at all
        NotAnArticle      the page of an article says that there is none: removed, behind a login
          Withheld        … or that there is none for the moment: a verification, too many requests
          Removed         … or that there was one and it was taken down, by its author or its platform
      Malformed           it is a feed, but broken beyond recovery
      Refused             it would be unsafe or too expensive to read (entity bombs, absurd sizes)
      NothingFound        selectors or inference found no entries where there should be some

Each carries `advice` for whoever schedules the next try (the same words as `aggregator.errors`): ``soon``, ``wait``, ``later``
or ``stop``. The default message of an error is the first line of its docstring.
"""

from __future__ import annotations

from typing import ClassVar, Literal

Advice = Literal["soon", "wait", "later", "stop"]


class FeedError(Exception):
    """the document could not be read"""

    advice: ClassVar[Advice] = "wait"

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (type(self).__doc__ or "").splitlines()[0])

    @property
    def kind(self) -> str:
        return type(self).__name__


class NotAFeed(FeedError):
    """this is not a feed"""


class NotAnArticle(NotAFeed):
    """this page holds no article"""


class Withheld(NotAnArticle):
    """the site keeps this page back for the moment"""


class Removed(NotAnArticle):
    """the article was taken down"""


class Malformed(FeedError):
    """the feed is broken beyond recovery"""


class Refused(FeedError):
    """the document is unsafe or too expensive to read"""

    advice = "later"


class NothingFound(FeedError):
    """no entries were found where there should be some"""
