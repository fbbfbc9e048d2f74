"""The composition root: the only package that knows everyone.

`core` opens what has an end (store, wire, readers) and hands each part its callables; `service` is what stays up, `once` what is done
once. Decisions live elsewhere."""

from aggregator.app.core import App, now, opened, pulling
from aggregator.app.once import check, demo, explain, migrate, pull, status
from aggregator.app.service import run, serve, web

__all__ = ["App", "check", "demo", "explain", "migrate", "now", "opened", "pull", "pulling", "run", "serve", "status", "web"]
