"""The one door by which fetchers and formats come in, ours and strangers' alike: entry points of the installed distributions.

haihe.fetchers   URL scheme -> async fetch(order, wire) -> Pulled | Unchanged      (see aggregator/pull/__init__.py)
haihe.formats    name       -> feeds.write.Format                                  (see feeds/write/__init__.py)
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import entry_points
from types import MappingProxyType
from typing import Any

from aggregator.errors import HaiheError


class PluginError(HaiheError):
    """a plug-in could not be loaded"""


@cache
def load(group: str) -> MappingProxyType[str, Any]:
    """Name -> object of an entry-point group, in order of name. PluginError names the distribution that is broken."""
    found: dict[str, Any] = {}
    for point in sorted(entry_points(group=group), key=lambda point: point.name):
        owner = point.dist.name if point.dist else "an unknown distribution"
        if point.name in found:
            raise PluginError(f"two distributions offer {group} {point.name!r}; one of them is {owner}: uninstall one")
        try:
            found[point.name] = point.load()
        except Exception as error:
            raise PluginError(f"{group} {point.name!r} of {owner} cannot be loaded: {error}") from error
    if not found:
        raise PluginError(f"no {group} are installed; install the haihe distribution itself (pip install -e .)")
    return MappingProxyType(found)


@cache
def names(group: str) -> tuple[str, ...]:
    """The names of an entry-point group, in order, without loading what they stand for."""
    return tuple(sorted({point.name for point in entry_points(group=group)}))
