"""Files: bundled samples, mirrors, and whatever another program writes. Opened by the operator's own `file:` addresses only; a page
read from a file may lead to files below the folder that stands for its site, and nowhere else."""

from __future__ import annotations

import hashlib
import mimetypes
from pathlib import Path
from urllib.parse import unquote, urlsplit

from aggregator.errors import Blocked, Missing, TooLarge
from aggregator.pull.order import Order
from aggregator.records import Pulled, Unchanged
from aggregator.wire import Wire
from feeds.records import Document


async def fetch(order: Order, wire: Wire) -> Pulled | Unchanged:
    """Read the file at `order.at`; unchanged means the same bytes."""
    path = path_of(order.at)
    cap = wire.manners.max_bytes
    try:
        with path.open("rb") as stream:
            body = stream.read(cap + 1)
    except FileNotFoundError as error:
        raise Missing(f"there is no file {path}") from error
    except OSError as error:
        raise Missing(f"the file {path} cannot be read ({error.strerror or error})") from error
    if len(body) > cap:
        raise TooLarge(f"the file {path} is larger than {cap:,} bytes (pull.max_bytes)")
    digest = hashlib.sha256(body).hexdigest()
    if digest == order.body_hash:
        return Unchanged(why="the same bytes")
    return Pulled(document=Document(url=order.url, body=body, content_type=mimetypes.guess_type(path.name)[0]), body_hash=digest)


def path_of(address: str) -> Path:
    return Path(unquote(urlsplit(address).path))


def locate(link: str, base: str, at: str) -> str:
    """The `file:` address that stands for `link`, when the file `at` stands for `base`.

    The common tail of both paths is cut; what remains is the folder that stands for the site. Blocked when the link leads out."""
    here, there = urlsplit(base), urlsplit(link)
    if (here.scheme, here.netloc) != (there.scheme, there.netloc):
        raise Blocked(f"{link} is not on the site that the file stands for")
    folder, tail = path_of(at), [part for part in unquote(here.path).split("/") if part]
    while tail and folder.name == tail[-1]:
        folder, _ = folder.parent, tail.pop()
    prefix = "/".join(["", *tail])
    path = unquote(there.path)
    if prefix and not path.startswith(prefix + "/"):
        raise Blocked(f"{link} is above the folder that the file stands in")
    folder = folder.resolve()
    target = (folder / path[len(prefix) :].lstrip("/")).resolve()
    if not target.is_relative_to(folder) or "\0" in path:
        raise Blocked(f"{link} leads out of the folder that stands for its site")
    return target.as_uri()
