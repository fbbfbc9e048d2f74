"""The command itself, and the habits that every verb of it shares."""

from __future__ import annotations

import atexit
import errno
import gc
import logging
import os
import sys
from io import TextIOWrapper
from pathlib import Path
from typing import Any, NoReturn, TextIO

import click

from aggregator.config import Config
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
    # A start makes much and drops little: looking for garbage every 700 objects takes a tenth of it. And what is there in the end goes with
    # the process: looking through all of it once more takes a fifth of what most verbs take.
    gc.set_threshold(10_000, 20, 20)
    atexit.register(gc.freeze)
    for stream in (sys.stdout, sys.stderr):
        # Lines appear when they are written, also through a pipe; an odd terminal loses a character, never the program. A stream that
        # was closed before the start (`>&-`) is None.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(line_buffering=True, errors="replace")
    level = logging.DEBUG if verbose else logging.INFO
    logging.basicConfig(level=level, handlers=[Lines(sys.stderr)], format="%(asctime)s %(message)s", datefmt="%H:%M:%S", force=True)
    for noisy in ("asyncio", "apscheduler", "aiohttp"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def listening(config: Config, host: str | None, port: int | None) -> Config:
    """The configuration with another address to listen at, where the command names one."""
    named = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    return config.model_copy(update={"serve": config.serve.model_copy(update=named)})
