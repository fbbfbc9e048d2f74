"""Verbs that stay: run, serve, demo."""

from __future__ import annotations

import os
from pathlib import Path

import click

from aggregator.cli.command import listening, main
from aggregator.config import load


@main.command(short_help="Pull what is due, publish what changed, serve it.")
@click.option("--host", help="Listen here instead of serve.host.")
@click.option("--port", type=click.IntRange(1, 65535), help="Listen here instead of serve.port.")
@click.option("--no-serve", is_flag=True, help="Pull and publish only; serve with `haihe serve` elsewhere.")
@click.pass_obj
def run(path: Path, host: str | None, port: int | None, no_serve: bool) -> None:
    """Pull what is due, publish what changed and serve it, until Ctrl-C.

    \b
    haihe run
    haihe --config other.yaml run --port 9000
    """
    from aggregator import app

    app.run(listening(load(path, os.environ), host, port), with_web=not no_serve)


@main.command(short_help="Serve what is published, without pulling.")
@click.option("--host", help="Listen here instead of serve.host.")
@click.option("--port", type=click.IntRange(1, 65535), help="Listen here instead of serve.port.")
@click.pass_obj
def serve(path: Path, host: str | None, port: int | None) -> None:
    """Serve the pages and feeds that are published, without pulling; any number of these may run beside one puller.

    \b
    haihe serve
    haihe serve --host 0.0.0.0 --port 8081
    """
    from aggregator import app

    app.serve(listening(load(path, os.environ), host, port))


@main.command(short_help="The whole thing offline.")
@click.option("--port", type=click.IntRange(1, 65535), default=8080, show_default=True, help="Where to serve it.")
def demo(port: int) -> None:
    """The whole thing offline: a small bundled upstream site, pulled, published and served from a temporary folder.

    \b
    haihe demo
    haihe demo --port 9000
    """
    from aggregator import app

    app.demo(port)
