"""One upstream exchange: Pulled | Unchanged, or a PullError.

A fetcher knows one scheme (`http`, `file`, …) and comes in by the `haihe.fetchers` entry points: `async fetch(order, wire)`. A list
page is a fetcher's document and the articles that it leads to (`page`), as far as robots.txt lets us (`robots`)."""

from aggregator.pull.order import Fetch, Order, Read
from aggregator.pull.page import AT_ONCE
from aggregator.pull.source import pull

__all__ = ["AT_ONCE", "Fetch", "Order", "Read", "pull"]
