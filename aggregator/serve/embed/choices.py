"""What somebody who embeds a section can choose, the same for every way to embed it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

LAYOUTS = ("list", "cards", "headlines")
THEMES = ("auto", "light", "dark")
MOST = 50
USUAL = 10
ROWS = {"list": 7.5, "cards": 16.0, "headlines": 3.6}  # em that an entry takes, as in embed.js
AROUND = 5  # em of heading and foot


@dataclass(frozen=True, slots=True)
class Choices:
    """`limit` entries, in one of LAYOUTS and THEMES."""

    limit: int = USUAL
    layout: str = "list"
    theme: str = "auto"
    images: bool = True
    heading: bool = True

    @property
    def room(self) -> str:
        """The height to keep free until the script knows better, as CSS; cards stand two abreast on most pages."""
        rows = -(-self.limit // 2) if self.layout == "cards" else self.limit
        return f"{rows * ROWS[self.layout] + AROUND:g}em"

    @property
    def query(self) -> dict[str, str]:
        """What differs from the usual, as parameters of an address."""
        said = {
            "limit": str(self.limit) if self.limit != USUAL else "",
            "layout": self.layout if self.layout != "list" else "",
            "theme": self.theme if self.theme != "auto" else "",
            "images": "" if self.images else "off",
            "heading": "" if self.heading else "none",
        }
        return {name: value for name, value in said.items() if value}


def read(args: Mapping[str, str]) -> Choices:
    """From an address. What makes no sense is passed over, for an embed must never break: the usual stands in its place."""
    layout, theme, limit = args.get("layout", ""), args.get("theme", ""), args.get("limit", "")
    return Choices(
        limit=min(max(int(limit), 1), MOST) if limit.isascii() and limit.isdigit() and len(limit) < 5 else USUAL,
        layout=layout if layout in LAYOUTS else "list",
        theme=theme if theme in THEMES else "auto",
        images=args.get("images") != "off",
        heading=args.get("heading") != "none",
    )
