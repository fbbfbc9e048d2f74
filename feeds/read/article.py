"""An article page -> an entry: headline, date, text, credits, column, attachments, each with the evidence for it.

What the operator's selectors do not say is found by looking. The order of trust is: selector, the publishing system's comments, meta
elements, visible labels, the address. Comments and alt texts are never evidence: stale templates live there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import urlsplit

from lxml.html import HtmlElement, fragment_fromstring
from msgspec import structs

from feeds.clean import notices, select, urls
from feeds.clean import text as plain
from feeds.clean.byline import Byline
from feeds.clean.titles import prefix
from feeds.errors import NotAnArticle, Removed, Withheld
from feeds.read import body as bodies
from feeds.read import dating, dom, headline, meta, signature, trim, wechat
from feeds.read.dom import Page, folded
from feeds.read.meta import Meta
from feeds.records import Author, Category, Content, Credit, Document, Enclosure, Entry, Evidence, Hints, Role

_ERROR = re.compile(r"^\s*(?:40[0-9]|50[0-9]|error|出错|错误|系统提示|提示信息)\b", re.I)
_FRONT = re.compile(r"^(?:|/|/(?:index|default|home)\.\w+)$")
_ABSTRACT = re.compile(r"^\s*[【\[]?(?:内容提要|摘要|导读|核心提示|內容提要|摘\s*要)[】\]]?\s*[:：]?\s*(?P<text>.{10,400})$", re.S)


UNTOLD = Hints()


def read_article(document: Document, hints: Hints = UNTOLD, stub: Entry | None = None) -> Entry:
    """The entry that an article page holds, its content not yet sanitised. `stub` is what the list said of it.

    Raises `NotAnArticle` when the page says that there is none, `Withheld` when it says so for the moment, and `NotAFeed` when it is no
    page at all."""
    page = dom.page(document)
    stated = meta.read(page)
    post = wechat.read(page)
    title = headline.find(page, stated, hints.article.title)
    if post and post.title and (title is None or post.body):
        title = headline.Headline(post.title, "msg_title", 0.9)
    heading = title.element if title else None
    around = frozenset((heading, *heading.iterancestors())) if heading is not None else frozenset()
    body = bodies.locate(page, hints.article.body, heading)
    _refuse_notices(page, body, post)

    where = signature.parts(page, body.holds() if body else frozenset(), around)
    publisher = _publisher(page, stated, title.text if title else "", hints, post)
    signed = signature.read(page, stated, where, hints.article.byline, publisher.text if publisher else None)
    names = (*signed.authors, *signed.reporters, *signed.editors, *((signed.source,) if signed.source else ()))
    content, tree = _content(page.base, body, post, title.text if title else "", names)
    voices: tuple[Enclosure, ...] = ()
    own = post.link if post and post.link and urls.is_temporary(document.url) else document.url
    if post and tree is not None:
        voices = wechat.sounded(tree)
        wechat.filmed(tree, own)
        content = bodies.inner_html(tree)
    when, dated = dating.published(page, stated, where, hints, post)
    steps = headline.crumbs(page, title.text if title else "", [line.text for line in where.before], body.holds() if body else frozenset())
    column, categories = _column(page, stated, where, hints, steps)
    told = column is not None and column[1].startswith(("the configuration", "the selector"))
    placed = [Evidence(field="column", where=column[1], text=column[0], sure=1.0 if told else 0.9)] if column else []

    entry = Entry(
        uid=stub.uid if stub else urls.normalise(own),
        title=title.text if title else "",
        link=_link(page, stated, own),
        content=Content(value=content) if content else None,
        summary=_summary(stated, where, tree, title.text if title else ""),
        published=when.at if when else None,
        precision=when.precision if when else None,
        categories=tuple(Category(term=each) for each in categories),
        enclosures=(*bodies.attachments((tree, *_attached(page, where)), page.base), *voices) if tree is not None else (),
        image=_image(page, stated, tree),
        language=(page.root.get("lang") or "").strip() or hints.language,
        rights=signed.rights,
        column=column[0] if column else None,
    )
    if not (content or when or signed):
        raise NotAnArticle("the page has neither a text nor a date nor a credit")
    entry = _credited(entry, signed, post, publisher, _is_picture(tree))
    evidence = [*_title_evidence(title), *dated, *_body_evidence(body), *placed, *entry.credit.evidence]
    entry = structs.replace(entry, credit=structs.replace(entry.credit, evidence=tuple(evidence)))
    return _with_stub(entry, stub)


def _refuse_notices(page: Page, body: bodies.Body | None, post: wechat.Post | None) -> None:
    """Removed and guarded pages come with status 200. Their words are looked for only where there is no text to speak of."""
    if (post and (post.body or post.published)) or (
        body and body.sure >= 0.9 and sum(page.letters(each)[0] for each in body.elements) > 200
    ):
        return
    own = " ".join(dom.visible_text(each) for each in body.elements) if body and body.sure >= 0.9 else ""
    if len(own) > 60 and not notices.find(own):
        return  # a short article; what stands around it may well speak of signing in
    text = dom.visible_text(page.body)
    if not text and body is None and not page.document_title:
        raise NotAnArticle("the page is empty")
    found = notices.find(text[:2000]) or notices.find(page.document_title)
    if found and (len(text) < 300 or notices.find(page.document_title)):
        kind = Withheld if found.passing else Removed if found.removed else NotAnArticle
        raise kind(f"the page says: {found.words}")
    if len(text) < 300 and (body is None or body.sure < 0.9) and _ERROR.match(page.document_title):
        raise NotAnArticle(f"the page says: {page.document_title[:80]}")
    if body is None and page.root.xpath("//input[@type='password']"):
        raise NotAnArticle("the page asks to sign in")


# --- the text -------------------------------------------------------------------------------------------------------------------------


def _content(
    base: str, body: bodies.Body | None, post: wechat.Post | None, title: str, signed: tuple[str, ...]
) -> tuple[str, HtmlElement | None]:
    if post and post.body:
        return post.body, fragment_fromstring(f"<div>{post.body}</div>")
    if body is None:
        return "", None
    tree = trim.extract(body, title, signed)
    if bodies.is_blank(tree):
        return "", None
    trim.make_absolute(tree, base)
    return bodies.inner_html(tree), tree


def _summary(stated: Meta, where: signature.Parts, tree: HtmlElement | None, title: str) -> Content | None:
    """The abstract above the text, or a description that somebody wrote: not the headline, not the first characters of the text."""
    for line in where.before[-6:]:
        if found := _ABSTRACT.match(line.text):
            return Content(value=plain.clean(found["text"]), type="text")
    described = stated.first("description", "og:description") or ""
    beginning = folded(tree.text_content())[:4000] if tree is not None else ""
    bare = described.rstrip("….。 ")
    if len(described) < 20 or bare in title or title in described[: len(title) + 2] or (bare and bare in beginning):
        return None
    return Content(value=plain.clean(described), type="text")


_ATTACHED = frozenset("attachment attachments attach annex fujian fj enclosure files".split())  # noqa: SIM905


def _attached(page: Page, where: signature.Parts) -> Iterator[HtmlElement]:
    """What stands below the text and holds its files: by its name, or by the word 附件 before a link."""
    near = frozenset(line.block for line in where.after[:12] if not _APART.search(line.text))
    for each in page.body.iter("div", "p", "ul", "li", "td", "section", "dd"):
        named = dom.words(each) & _ATTACHED
        if (named and any(line in near for line in each.iter())) or (each in near and folded(each.text_content()).startswith("附件")):
            yield each


_APART = re.compile(r"相关|推荐|友情链接|related", re.I)


def _image(page: Page, stated: Meta, tree: HtmlElement | None) -> str | None:
    address = urls.absolute(page.base, stated.first("og:image", "twitter:image") or "")
    if address:
        return address
    for each in tree.iter("img") if tree is not None else ():
        for attribute in ("data-src", "data-original", "src"):
            if address := urls.absolute(page.base, each.get(attribute) or ""):
                return address
    return None


def _is_picture(tree: HtmlElement | None) -> bool:
    return tree is not None and len(folded(tree.text_content())) < 150 and next(tree.iter("img"), None) is not None


# --- the rest -------------------------------------------------------------------------------------------------------------------------


def _column(
    page: Page, stated: Meta, where: signature.Parts, hints: Hints, steps: tuple[str, ...]
) -> tuple[tuple[str, str] | None, tuple[str, ...]]:
    """(the column and where it is said, the categories)."""
    if hints.article.column and (said := select.compile(hints.article.column).texts(page.root)):
        # One element that holds the whole breadcrumb, or an element a step.
        configured = headline.split(said[0]) if len(said) == 1 else tuple(said)
        steps = tuple(dict.fromkeys((*steps, *configured)))
        if named := headline.last_column(configured):
            return (named, f"the selector {hints.article.column}"), steps
        if not hints.column:
            return None, steps
    if hints.column:
        return (hints.column, "the configuration"), tuple(dict.fromkeys((*steps, hints.column)))
    column = headline.column(steps, stated, [line.text for line in where.before[:12]], [line.text for line in where.after[:4]])
    return column, tuple(dict.fromkeys((*steps, *(column[:1] if column else ()))))


def _link(page: Page, stated: Meta, url: str) -> str:
    """The canonical address when it is of the same site and of this page; templates put the front page there."""
    canonical = next(
        (each.get("href") or "" for each in page.root.iter("link") if "canonical" in (each.get("rel") or "").lower().split()), ""
    )
    digits = max(re.findall(r"\d{4,}", urlsplit(url).path) or [""], key=len)
    for stated_address in (canonical, stated.first("og:url") or ""):
        address = urls.absolute(page.base, stated_address)
        if address and urls.same_site(address, url) and not _FRONT.match(urlsplit(address).path) and digits in urlsplit(address).path:
            return address.partition("#")[0]
    return url


def _publisher(page: Page, stated: Meta, title: str, hints: Hints, post: wechat.Post | None) -> Evidence | None:
    """Who carries the page: by the operator's word, the account's name, what the page states, what the source is called. What the
    document's title adds to the headline counts where the source is called so too, with the name of its column (工作动态_市水务局)."""
    told = Evidence(field="publisher", where="the name of the source", text=hints.name, sure=0.8) if hints.name else None
    if hints.publisher:
        return Evidence(field="publisher", where="the configuration", text=hints.publisher)
    if post and post.account:
        return Evidence(field="publisher", where="the account's name", text=post.account)
    site = headline.site_name(page, stated, title)
    if site and (site[2] == 1.0 or not told or site[0] in told.text):
        return Evidence(field="publisher", where=site[1], text=site[0], sure=site[2])
    return told


def _credited(entry: Entry, signed: Byline, post: wechat.Post | None, publisher: Evidence | None, picture: bool) -> Entry:
    extra = [publisher] if publisher else []
    source, chain, authors = signed.source, signed.chain, list(signed.authors)
    if post and post.origin:
        source, chain = post.origin, ()
        extra.append(Evidence(field="source", where="以下文章来源于", text=post.origin))
    if post and post.account and not source:
        source = post.account
        extra.append(Evidence(field="source", where="the account's name", text=post.account))
    elif post and post.account and source and source != post.account and not chain:
        chain = (source,)  # an account that carries what another published first
    if post and post.author and post.author not in authors:
        authors.insert(0, post.author)
        extra.append(Evidence(field="authors", where="js_author_name", text=post.author))
    if not source and signed.supplier:
        source = signed.supplier
        extra += [structs.replace(each, field="source", sure=0.8) for each in signed.evidence if each.field == "supplier"]
    photographers = signed.photographers
    reporters = signed.reporters
    if picture and not (authors or reporters) and photographers:
        reporters, photographers = photographers, ()
    signing = _people((Role.REPORTER, reporters), (Role.AUTHOR, tuple(authors)), (Role.CORRESPONDENT, signed.correspondents))
    supplier = (signed.supplier,) if signed.supplier and signed.supplier not in (*authors, source) else ()
    others = _people(
        (Role.EDITOR, signed.editors),
        (Role.DUTY_EDITOR, signed.duty_editors),
        (Role.REVIEWER, signed.reviewers),
        (Role.CONTRIBUTOR, (*supplier, *photographers, *signed.contributors)),
    )
    credit = Credit(
        source=source,
        publisher=publisher.text if publisher else None,
        agency=signed.agency,
        chain=chain,
        original_title=signed.original_title if signed.original_title != entry.title else None,
        original_url=signed.original_url or (post.shares or post.original if post else None),
        evidence=(*signed.evidence, *extra),
    )
    return structs.replace(entry, authors=signing, contributors=others, credit=credit)


def _people(*groups: tuple[Role, tuple[str, ...]]) -> tuple[Author, ...]:
    """One author a name: the first role wins, so a reporter is not listed again as the author that he is."""
    named: dict[str, Author] = {}
    for role, names in groups:
        for name in names:
            named.setdefault(name, Author(name=name, role=role))
    return tuple(named.values())


def _title_evidence(title: headline.Headline | None) -> list[Evidence]:
    return [Evidence(field="title", where=title.where, text=title.text[:200], sure=title.sure)] if title else []


def _body_evidence(body: bodies.Body | None) -> list[Evidence]:
    if body is None:
        return []
    said = (line.text for each in body.elements for line in dom.lines(each))
    beginning = folded(" ".join(islice(said, 60)))[:60]
    return [Evidence(field="content", where=body.where, text=beginning, sure=body.sure)]


def _with_stub(entry: Entry, stub: Entry | None) -> Entry:
    """What the list said, where the page says nothing or only a cut form of it."""
    title = entry.title
    if stub and stub.title and (not title or _cut(title, stub.title)):
        title = stub.title
    if not title:
        raise NotAnArticle("no headline was found on the page")
    entry = structs.replace(entry, title=title, title_prefix=prefix(title))
    if stub is None:
        return entry
    own = entry.link if entry.link and stub.link and urls.same_site(entry.link, stub.link) else stub.link or entry.link
    if entry.published is None and stub.published is not None:
        entry = structs.replace(entry, published=stub.published, precision=stub.precision)
    known = {each.term for each in entry.categories}
    categories = (*entry.categories, *(each for each in stub.categories if each.term not in known))
    if stub.column and not entry.column:
        found = Evidence(field="column", where="its list", text=stub.column, sure=0.7)
        credit = structs.replace(entry.credit, evidence=(*entry.credit.evidence, found))
        entry = structs.replace(entry, column=stub.column, credit=credit)
    return structs.replace(entry, link=own, summary=entry.summary or stub.summary, categories=categories)


def _cut(short: str, whole: str) -> bool:
    beginning = re.sub(r"(?:\.{2,}|…+)$", "", short).rstrip()
    return beginning != short and len(beginning) >= 4 and whole.startswith(beginning)
