"""The composition root: the only package that knows everyone.

`core` opens what has an end (store, wire, readers) and hands each part its callables; `service` is what stays up, `once` what is done
once. Decisions live elsewhere."""

from aggregator.app.core import App, now, opened, pulling
from aggregator.app.once import check, decide, demo, explain, migrate, plan, pull, status, take
from aggregator.app.service import run, serve, web
from aggregator.app.tools import check_online, discover, preview

__all__ = [
    "App",
    "check",
    "check_online",
    "decide",
    "demo",
    "discover",
    "explain",
    "migrate",
    "now",
    "opened",
    "plan",
    "preview",
    "pull",
    "pulling",
    "run",
    "serve",
    "status",
    "take",
    "web",
]
