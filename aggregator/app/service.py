"""What stays up: `haihe run` and `haihe serve`, and the application of one web worker."""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from aggregator.app.core import App, opened, pulling
from aggregator.config import Config, load
from aggregator.errors import StoreError
from aggregator.store import Store

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

log = logging.getLogger("haihe")

WEB = "aggregator.app:web"
CONFIG_VARIABLE = "HAIHE_CONFIG"  # how a web worker, which is started by its server, learns of the configuration


def web() -> WSGIApplication:
    """The WSGI application of one web worker: what granian calls. It reads the store and writes nothing to it,
    but for a secret that is made up once where the operator gives none."""
    from aggregator.app.pictures import Pictures
    from aggregator.run.family import PARENT_VARIABLE, end_with_parent
    from aggregator.run.web import WAITING
    from aggregator.serve import create
    from aggregator.serve.pictures import Cabinet, Signer, Studio

    end_with_parent(int(os.environ.get(PARENT_VARIABLE, "0")) or None)
    config = load(Path(os.environ[CONFIG_VARIABLE]), os.environ)
    app = App(config, Store.open(config.database))
    cabinet = Cabinet(config.path.parent / config.serve.picture_folder, config.serve.picture_room)
    given = config.serve.picture_secret
    signer = Signer(lambda: given.get_secret_value().encode() if given else app.store.secret("pictures"))
    pictures = signer, Studio(Pictures(config.pull), cabinet, WAITING)
    return create(config.site, config.sections, config.sources, app.store, render=app.tailor, follow=True, pictures=pictures)


def serve(config: Config) -> None:
    """Pages and feeds from what is stored and published, until SIGINT or SIGTERM."""
    from aggregator.run.family import announce, require_port
    from aggregator.run.web import serve as listen

    require_port(config.serve.host, config.serve.port)
    with opened(config):
        pass  # a new database has its tables before the first page is asked for
    os.environ[CONFIG_VARIABLE] = str(config.path.resolve())
    said = announce(config.serve.host, config.serve.port)
    threading.Thread(target=asyncio.run, args=(said,), name="announce", daemon=True).start()  # `listen` keeps this one
    listen(WEB, config.serve.host, config.serve.port, config.serve.workers)


def run(config: Config, *, with_web: bool = True) -> None:
    """Everything: the puller with its tick here, readers in a pool, the web server as a child. Until SIGINT or SIGTERM."""
    from aggregator.run.family import Child, leave_when_told, require_port

    leave_when_told()
    if with_web:
        require_port(config.serve.host, config.serve.port)
    with pulling(config) as app:
        app.store.recover()
        app.resume()
        try:
            app.publish(everything=True)  # the configuration may have changed since; what is the same stays byte for byte
        except StoreError as error:
            log.error("publishing afresh failed, what was published last stays up: %s", error)
        for source in config.sources.values():
            if source.off and source.enabled:
                log.info("%s is off: %s", source.key, source.off)
        listen = (WEB, config.serve.host, str(config.serve.port), str(config.serve.workers), str(os.getpid()))
        child = Child("aggregator.run.web", listen, {CONFIG_VARIABLE: str(config.path.resolve())}) if with_web else None
        try:
            asyncio.run(app.tick(child))
        finally:
            if child:
                child.stop()
