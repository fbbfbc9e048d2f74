"""Our entries on other people's pages: a custom element, a frame, a fragment, oEmbed, and a page that makes the snippets.

Whatever the way, every entry leads to its original and names its source."""

from aggregator.serve.embed.views import embed

__all__ = ["embed"]
