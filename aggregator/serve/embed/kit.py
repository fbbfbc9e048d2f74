"""The script of the custom element as it is served: without comments, packed, under an address that changes with its bytes.

`/embed.js` is always the newest. `/embed-<hash>.js` never changes, so that a page can pin it by its hash (SRI); a release that changes the
script keeps the one before in `templates/embed/kept/`, for pages that pinned it."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from aggregator.serve.answers import Packed

_COMMENT = re.compile(r"^\s*//[^\n]*$|^\s*/\*(?:(?!\*/).)*\*/\s*$", re.MULTILINE | re.DOTALL)  # those that stand alone
_INDENT = re.compile(r"^\s+", re.MULTILINE)


@dataclass(frozen=True)
class Script:
    """A script ready to be served."""

    body: bytes

    @cached_property
    def packed(self) -> Packed:
        return Packed(self.body)

    @cached_property
    def name(self) -> str:
        """What stands in the address of these bytes."""
        return hashlib.sha256(self.body).hexdigest()[:16]

    @cached_property
    def integrity(self) -> str:
        """As Subresource Integrity writes it."""
        return "sha384-" + base64.b64encode(hashlib.sha384(self.body).digest()).decode()


def script(path: Path) -> Script:
    """The script of a file, without its comments and its indentation."""
    return Script(_INDENT.sub("", _COMMENT.sub("", path.read_text(encoding="utf-8"))).strip().encode() + b"\n")


def scripts(folder: Path) -> tuple[Script, dict[str, Script]]:
    """The newest, and all that may be asked for by name. Those that are kept are served as they lie there."""
    newest = script(folder / "embed.js")
    kept = (Script(path.read_bytes()) for path in sorted(folder.glob("kept/*.js")))
    return newest, {each.name: each for each in (*kept, newest)}
