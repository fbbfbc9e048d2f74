"""What lies in `templates/` beside the templates: the style sheet and the one script, as they are sent."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path


def templates() -> Path:
    """The folder of the templates: inside the package once installed, at the top of the tree in a checkout."""
    here = Path(__file__).resolve().parent
    for folder in (here / "templates", here.parents[1] / "templates"):
        if (folder / "base.html").is_file():
            return folder
    raise FileNotFoundError(f"the templates are missing: they should be in {here / 'templates'}; install haihe again")


@dataclass(frozen=True, slots=True)
class Script:
    """The script that stands in a page, and the hash by which the policy knows it (CSP Level 3, §8.3)."""

    text: str
    hash: str


@cache
def script() -> Script:
    text = (templates() / "copy.js").read_text("utf-8").strip()
    return Script(text, f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'")
