"""The command `haihe`: options in, exit codes out. What a verb does lives in `aggregator.verbs` and `aggregator.app`.

Exit codes: 0 fine, 1 something upstream failed, 2 the operator must change something.
"""

from __future__ import annotations

import errno
import logging
import os
import sys
from io import TextIOWrapper
from pathlib import Path
from typing import Any, NoReturn, TextIO

import click

from aggregator.config import Config, load
from aggregator.errors import HaiheError

UPSTREAM_FAILED, OPERATOR = 1, 2


class Haihe(click.Group):
    """Errors of ours end as one plain line and exit code 2, never as a traceback; verbs are listed in the order of a day's work."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - as click calls it
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except HaiheError as error:
            fail(str(error))
        except KeyboardInterrupt:
            raise SystemExit(130) from None
        except BrokenPipeError:
            # Whoever read our output has gone (`haihe status | head`): nothing more to say, and nothing to complain about.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise SystemExit(0) from None


class Lines(logging.StreamHandler[TextIO]):
    """Log lines. A line that cannot be written (a full disk) is left out; where nobody reads any more (a closed pipe, a terminal that is
    gone) all further ones go nowhere. The work goes on."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the library's own name
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            super().handleError(record)
        elif error.errno in (errno.EPIPE, errno.EIO):
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.stream.fileno())


class Verb(click.Command):
    """A verb that takes `--config` behind its name too, where people write it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.name != "demo":
            self.params.append(
                click.Option(["--config", "-c"], type=click.Path(path_type=Path), callback=_configured, expose_value=False, hidden=True)
            )


def _configured(context: click.Context, _: click.Parameter, path: Path | None) -> None:
    if path is not None:
        context.obj = path


Haihe.command_class = Verb


def fail(message: str) -> NoReturn:
    click.echo(message, err=True)
    raise SystemExit(OPERATOR)


@click.group(cls=Haihe, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--config", "-c", "path", type=click.Path(path_type=Path), default=Path("config.yaml"), show_default=True, help="The configuration."
)
@click.option("--verbose", "-v", is_flag=True, help="Say more, unchanged sources too.")
@click.version_option(package_name="haihe", prog_name="haihe")
@click.pass_context
def main(context: click.Context, path: Path, verbose: bool) -> None:
    """Many upstream sources in, one well-kept set of feeds and pages out, and every entry still says whose it is.

    \b
    Try it offline:           haihe demo
    Is the config right?      haihe check
    Pull, publish and serve:  haihe run
    How is everything?        haihe status
    """
    context.obj = path
    for stream in (sys.stdout, sys.stderr):
        # Lines appear when they are written, also through a pipe; an odd terminal loses a character, never the program. A stream that
        # was closed before the start (`>&-`) is None.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(line_buffering=True, errors="replace")
    level = logging.DEBUG if verbose else logging.INFO
    logging.basicConfig(level=level, handlers=[Lines(sys.stderr)], format="%(asctime)s %(message)s", datefmt="%H:%M:%S", force=True)
    for noisy in ("asyncio", "apscheduler", "aiohttp"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


@main.command()
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

    app.run(_listening(load(path, os.environ), host, port), with_web=not no_serve)


@main.command()
@click.option("--store", "store", is_flag=True, help="Look through the database instead: is everything true of it that must be?")
@click.option("--json", "as_json", is_flag=True, help="For machines: one JSON object.")
@click.pass_obj
def check(path: Path, store: bool, as_json: bool) -> None:
    """Read the configuration and say everything that is wrong with it, with line and column.

    With --store, look through the database and say what is wrong there and what to do about it; a puller may be at work meanwhile.

    \b
    haihe check
    haihe check --json | jq .problems
    haihe check --store
    """
    from aggregator.verbs.check import check as verb

    if store:
        from aggregator import app

        raise SystemExit(0 if app.check(load(path, os.environ), as_json=as_json) else OPERATOR)
    raise SystemExit(0 if verb(path, os.environ, as_json=as_json) else OPERATOR)


@main.command()
@click.argument("keys", metavar="[SOURCE]...", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="For machines: one JSON object a source, as it is done.")
@click.pass_obj
def pull(path: Path, keys: tuple[str, ...], as_json: bool) -> None:
    """Pull sources now, whether they are due or not; without names, all that are on. Then publish what changed.

    \b
    haihe pull
    haihe pull jinshui wenming-jsjx
    haihe pull --json | jq 'select(.error)'
    """
    from aggregator import app
    from aggregator.verbs.pull import choose

    config = load(path, os.environ)
    fine = app.pull(config, choose(config, keys), as_json=as_json)
    raise SystemExit(0 if fine else UPSTREAM_FAILED)


@main.command()
@click.option("--json", "as_json", is_flag=True, help="For machines: one JSON object.")
@click.pass_obj
def status(path: Path, as_json: bool) -> None:
    """How every source and section is doing.

    \b
    haihe status
    haihe status --json | jq '.sources[] | select(.health == "failing")'
    """
    from aggregator import app

    app.status(load(path, os.environ), as_json=as_json)


@main.command()
@click.argument("word", metavar="SOURCE|ENTRY")
@click.option("--json", "as_json", is_flag=True, help="For machines: one JSON object.")
@click.pass_obj
def explain(path: Path, word: str, as_json: bool) -> None:
    """Why a source is pulled when it is, or where an entry comes from.

    An entry is named by its id, the address of its page, its public id or its link.

    \b
    haihe explain jinshui
    haihe explain jinshui --json | jq .next_pull_why
    haihe explain https://example.org/news/1.html
    """
    from aggregator import app

    app.explain(load(path, os.environ), word, as_json=as_json)


@main.command()
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

    app.serve(_listening(load(path, os.environ), host, port))


@main.command()
@click.pass_obj
def migrate(path: Path) -> None:
    """Bring the database to the newest shape. Every verb does it when needed; this one does nothing else.

    \b
    haihe migrate
    """
    from aggregator import app

    steps = app.migrate(load(path, os.environ))
    click.echo("".join(f"applied {step}\n" for step in steps) or "the database is up to date\n", nl=False)


@main.command("import")
@click.argument("opml", metavar="FILE.opml", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--section", metavar="KEY", help="Put every feed into this section, whatever folder it is in.")
@click.option("--dry-run", is_flag=True, help="Show the plan and write nothing.")
@click.pass_obj
def import_(path: Path, opml: Path, section: str | None, dry_run: bool) -> None:
    """Take the feeds of another reader: writes sources/FILE.yaml beside the configuration and shows what that adds.

    \b
    haihe import subscriptions.opml --dry-run
    haihe import subscriptions.opml --section jsjx
    """
    from aggregator.verbs.importing import import_opml

    import_opml(load(path, os.environ), opml, os.environ, section=section, write=not dry_run)


@main.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8080, show_default=True, help="Where to serve it.")
def demo(port: int) -> None:
    """The whole thing offline: a small bundled upstream site, pulled, published and served from a temporary folder.

    \b
    haihe demo
    haihe demo --port 9000
    """
    from aggregator import app

    app.demo(port)


def _listening(config: Config, host: str | None, port: int | None) -> Config:
    """The configuration with another address to listen at, where the command names one."""
    named = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    return config.model_copy(update={"serve": config.serve.model_copy(update=named)})
