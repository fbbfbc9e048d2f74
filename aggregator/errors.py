"""What can go wrong in the trade.

    HaiheError
      ConfigError           the operator must change the configuration (exit code 2)
      StoreError            the database cannot be used
        StoreBusy           another process already pulls into this SQLite file
        StoreTooNew         the database was written by a newer version
      PullError             one upstream exchange failed
        Unreachable         no connection: DNS, refused, reset, TLS
        TimedOut            the pull ran out of its one deadline
        Blocked             the address is one that we must not reach
        Disallowed          robots.txt keeps us away from it
        TooLarge            a cap was passed: wire bytes, unpacked bytes, headers, redirects
        BadAnswer           the answer cannot be understood: coding, protocol, redirect
        Refusing            the server said no: 4xx
          Gone              410: the source has ended
          TooMany           429: asked too often
        Failing             the server said that it is broken: 5xx
        Missing             a file is not there or cannot be read
        NoRoom              this machine's disk is full, or takes no temporary files
      Fault                 haihe itself failed, and no upstream is to blame

Errors of reading are `feeds.errors.FeedError`. Both carry `advice` for the next try: ``soon`` (a passing fault), ``wait`` (back off),
``later`` (it will not mend itself quickly) or ``stop`` (do not ask again until the operator says so). The default message of an
error is the first line of its docstring.
"""

from __future__ import annotations

from typing import ClassVar

from feeds.errors import Advice


class HaiheError(Exception):
    """something went wrong"""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (type(self).__doc__ or "").splitlines()[0])

    @property
    def kind(self) -> str:
        return type(self).__name__


class ConfigError(HaiheError):
    """the configuration cannot be used"""


class StoreError(HaiheError):
    """the database cannot be used"""


class StoreBusy(StoreError):
    """another process already pulls into this database"""


class StoreTooNew(StoreError):
    """the database was written by a newer version of haihe"""


class Fault(HaiheError):
    """haihe itself failed on it, please report that"""


class PullError(HaiheError):
    """the upstream exchange failed"""

    advice: ClassVar[Advice] = "wait"

    def __init__(self, message: str | None = None, *, status: int | None = None, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.retry_after = retry_after  # seconds, as the server asked


class Unreachable(PullError):
    """the server could not be reached"""

    advice = "soon"


class TimedOut(PullError):
    """the pull ran out of time"""

    advice = "soon"


class Blocked(PullError):
    """the address is one that we must not reach"""

    advice = "later"


class Disallowed(PullError):
    """robots.txt keeps us away from this page"""

    advice = "later"


class TooLarge(PullError):
    """the answer is larger than allowed"""

    advice = "later"


class BadAnswer(PullError):
    """the answer cannot be understood"""


class Refusing(PullError):
    """the server refused"""

    advice: ClassVar[Advice] = "later"


class Gone(Refusing):
    """the source has ended (410)"""

    advice = "stop"


class TooMany(Refusing):
    """the server asks for fewer requests"""

    advice = "wait"


class Failing(PullError):
    """the server is broken at the moment"""

    advice = "soon"


class NoRoom(PullError):
    """there is no room on this machine for what came"""

    advice = "soon"


class Missing(PullError):
    """the file is not there or cannot be read"""

    advice = "later"
