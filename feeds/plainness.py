"""How a feed states that its titles and names are plain text, as its format has them.

Many publishers write HTML where a format has plain text, escaped once more, and readers have to take it so: of a headline about ``<b>``
nothing but the rest would be left. A feed that names the rules which it keeps is taken at its word.
"""

from __future__ import annotations

import re

ATOM = "https://www.rfc-editor.org/info/rfc4287"
"""Only text constructs hold markup, and they say so (RFC 4287 §3.1, §3.2.1)."""
RSS = "https://www.rssboard.org/rss-profile"
"""All character data but an item's description is plain text (RSS Best Practices Profile, "Character Data")."""
JSON_KEY, JSON_MARKUP = "_markup", {"only_in": ["content_html"]}
"""JSON Feed 1.1 says which texts are plain; it has no word for a feed that means it."""

_RULES = re.compile(
    r"https?://(?:www\.)?(?:rssboard\.org/rss-profile(?:-1)?|rfc-editor\.org/(?:info|rfc)/rfc4287(?:\.html|\.txt)?)/?", re.I
)


def states(conforms_to: str) -> bool:
    """Whether a ``dcterms:conformsTo`` names one of the two."""
    return _RULES.fullmatch(conforms_to.strip()) is not None
