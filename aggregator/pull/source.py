"""What a pull of a source is: its own document, and for a page source the articles behind it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from urllib.parse import urlsplit

from msgspec import structs

from aggregator.config import Site, Source, hints
from aggregator.errors import BadAnswer, Blocked, PullError
from aggregator.pull.file import locate
from aggregator.pull.order import Admit, Fetch, Order, Read
from aggregator.pull.page import AT_ONCE, follow, with_pages
from aggregator.records import Known, Pulled, Unchanged
from aggregator.wire import Wire
from feeds.records import Document, Feed


async def pull(
    source: Source,
    known: Known,
    *,
    site: Site,
    wire: Wire,
    fetchers: Mapping[str, Fetch],
    read: Read,
    seen: Callable[[str], Collection[str]],
    at_most: int = AT_ONCE,
    admit: Callable[[str, str | None], Awaitable[None]] | None = None,
    further: str | None = None,
) -> Pulled | Unchanged:
    """One exchange with a source. `seen` names the uids that are kept of it already; `read` reads a document in the pool;
    `at_most` articles of a list page are fetched; `admit` is asked whether a page may be (through a proxy), and raises where it may not.
    `further` is another page than its first: one of its list, or, where its kind is ``article``, one article."""
    proxy = source.proxy_address()

    async def admitted(address: str) -> None:
        if admit is not None:
            await admit(address, proxy)

    heed: Admit | None = admitted if admit and source.robots is None else None
    address = source.base or source.url

    def at(link: str) -> str:
        if link == address:
            return source.url
        if source.url.startswith("file:"):
            return locate(link, address, source.url)
        if urlsplit(link).scheme not in ("http", "https"):
            raise Blocked(f"{link} is no address of the web, where this source leads to")
        return link

    order = Order(
        url=further or address,
        at=at(further or address),
        etag=known.etag,
        last_modified=known.last_modified,
        body_hash=known.body_hash,
        secrets=source.secret_headers() if further is None else _same_origin(source, further),
        proxy=proxy,
        admit=heed if source.kind not in (None, "feed") else None,
        form=_form(further) if further else None,
    )

    async def fetched(order: Order) -> Pulled | Unchanged:
        try:
            return await _fetcher(order.at, fetchers)(order, wire)
        except PullError as error:
            error.args = (source.hidden.error(str(error)),)
            raise

    pulled = await fetched(order)
    if isinstance(pulled, Unchanged):
        return pulled
    asked_at = pulled.document.url
    # Where in the document the list goes on (a long sitemap): the wire has no use for it, its reader does.
    mark = f"#{further.partition('#')[2]}" if further and "#" in further else ""
    pulled = structs.replace(pulled, document=structs.replace(pulled.document, url=source.hidden.base(asked_at) + mark))
    kind = source.kind or _look(pulled.document)
    if kind == "feed":
        return pulled
    if heed and source.kind is None and not source.url.startswith("file:"):
        await heed(asked_at)  # nobody could know before that it is a page
    told = hints(source, site)

    async def read_list(document: Document) -> Feed:
        return await read(document, told)

    async def read_article(document: Document) -> Feed:
        return await read(document, structs.replace(told, kind="article"))

    async def fetch_article(link: str) -> Document:
        place = at(link)
        asked = Order(url=link, at=place, secrets=_same_origin(source, place), proxy=proxy, admit=heed)
        found = await fetched(asked)
        if isinstance(found, Unchanged):
            raise BadAnswer("the server says that nothing has changed, but we did not ask for changes")
        return found.document

    if kind == "article":
        rest = with_pages(pulled, read_article, fetch_article, wire.room)
    else:
        rest = follow(pulled, seen(source.key), read_list, read_article, fetch_article, at_most, known.hung, wire.room)
    del pulled  # while others come its document may lie on the disk
    return await rest


def _form(address: str) -> str | None:
    """The form of a request that the script of a jpage list makes: some of its servers answer a GET as well, others without records."""
    parts = urlsplit(address)
    return parts.query if parts.path.lower().endswith("/dataproxy.jsp") else None


def _look(document: Document) -> str:
    from feeds.read import look  # brings every reader, which is needed here only where the operator did not say what a source is

    return look(document)


def _fetcher(address: str, fetchers: Mapping[str, Fetch]) -> Fetch:
    scheme, colon, _ = address.partition(":")
    scheme = scheme.lower() if colon else ""
    if scheme not in fetchers:
        raise Blocked(f"{scheme or 'no scheme'}: only {', '.join(sorted(fetchers))} addresses are fetched")
    return fetchers[scheme]


def _same_origin(source: Source, address: str) -> Mapping[str, str]:
    ours, theirs = urlsplit(source.url), urlsplit(address)
    return source.secret_headers() if (ours.scheme, ours.netloc) == (theirs.scheme, theirs.netloc) else {}
