"""Addresses: made absolute, compared, and brought to the one shape that identity uses."""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from urllib.parse import SplitResult, parse_qsl, quote, unquote_to_bytes, urlencode, urljoin, urlsplit

LONGEST = 8192  # characters; RFC 9110 §4.1 asks servers for 8000 octets
_BLANKS = re.compile(r"[\t\n\r\x00-\x1f\x7f]")
_UNSAFE = re.compile(r"[^!#$%&'()*+,\-./0-9:;=?@A-Z\[\]_a-z~]")
_PLAIN = re.compile(r"https?://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,4})?(?:[/?#][!#$%&'()*+,\-./0-9:;=?@A-Z\[\]_a-z~]*)?")
# Steps down a path, with a query or without: what a base only has to be put before.
_STEP = r"[A-Za-z0-9_~%!$&'()*+,=@-][A-Za-z0-9_~%!$&'()*+,.=@-]*"
_STEPS = rf"(?:{_STEP}/)*"
_DOWN = re.compile(rf"(?=[^?])(/?){_STEPS}(?:{_STEP})?(?:\?[!$%&'()*+,\-./0-9:;=?@A-Z_a-z~]+)?")
_FOLDER = re.compile(rf"(https?://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{{1,4}})?)(?:(/{_STEPS})(?:{_STEP})?)?(?:[?#][!-~]*)?")
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")

# Parameters that say how a reader came, never what is read.
_TRACKING = re.compile(
    r"(?:utm_\w+|at_(?:medium|campaign|custom\d|link_\w+)|ns_(?:mchannel|campaign|source|linkname|fee)|hsa_\w+|mtm_\w+|pk_\w+|piwik_\w+|matomo_\w+|"
    r"fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|yclid|twclid|ttclid|igshid|igsh|li_fat_id|mc_cid|mc_eid|_hsenc|_hsmi|vero_id|oly_\w+_id|"
    r"spm|scm|xtor|ocid|cmpid|s_cid|wt\.mc_id|__twitter_impression|share_token|from_source|feature_id|_openstat|ref_src|ref_url)",
    re.I,
)
_WECHAT = "mp.weixin.qq.com"
_WECHAT_KEYS = ("__biz", "mid", "idx", "sn")

# Second-level labels under which the registry hands out names, and hosts where each name under them is a site of its own.
_REGISTRY = frozenset({"com", "gov", "org", "net", "edu", "ac", "co", "mil", "gob", "gouv", "go", "or", "ne", "gv", "nom", "gen"})
_TENANT_HOSTS = (
    "github.io gitlab.io blogspot.com wordpress.com tumblr.com substack.com bearblog.dev netlify.app vercel.app pages.dev herokuapp.com "
    "cnblogs.com medium.com"
)
_TENANTS = frozenset(_TENANT_HOSTS.split())


def parts(url: str) -> SplitResult:
    """The parts of an address as a stranger wrote it; all of them empty where it is none (``http://[x``)."""
    try:
        return urlsplit(url)
    except ValueError:
        return SplitResult("", "", "", "", "")


def absolute(base: str, url: str) -> str | None:
    """`url` as seen from `base`: an http(s) address with a host, percent-encoded where RFC 3986 asks for it; anything else is None,
    and so is what no server would take for its length."""
    if not url or len(url) > LONGEST:
        return None
    if _PLAIN.fullmatch(url):
        return url  # nearly all of them
    if (down := _DOWN.fullmatch(url)) and (folder := _folder(base)):
        return (folder[0] if down[1] else folder[1]) + url
    url = _BLANKS.sub("", url).strip()
    if not url:
        return None
    head, mark, tail = url.partition("?")
    if "\\" in head and not head.startswith(("mailto:", "data:", "javascript:")):
        url = head.replace("\\", "/") + mark + tail  # as browsers do (WHATWG URL, special schemes)
    try:
        joined = urljoin(base, url) if base else url
        parts = urlsplit(joined)
        host, _ = parts.hostname, parts.port  # a bad port raises
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host or " " in parts.netloc:
        return None
    joined = parts.scheme + joined[len(parts.scheme) :]  # in lower case
    if _UNSAFE.search(joined):
        joined = (
            parts.scheme + "://" + _ascii_host(parts.netloc) + _UNSAFE.sub(_quoted, joined[joined.index("//") + 2 + len(parts.netloc) :])
        )
    return joined


@lru_cache(maxsize=256)
def _folder(base: str) -> tuple[str, str] | None:
    """(scheme and host, these with the path that relative addresses begin with) of a base that is in order."""
    found = _FOLDER.fullmatch(base)
    return (found[1], found[1] + (found[2] or "/")) if found else None


# Most addresses: nothing to escape, fold, resolve or leave out.
_NORMAL = re.compile(
    r"https?:(//[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::(?!(?:80|443)(?!\d))[1-9]\d{0,3})?"
    r"(/(?:[A-Za-z0-9_~,;=@!$&'()*+:-]|(?<!/)\.|/(?!\.))*)?)"
)


def _quoted(found: re.Match[str]) -> str:
    return quote(found[0].encode("utf-8", "replace"))


def _ascii_host(netloc: str) -> str:
    if netloc.isascii():
        return netloc
    try:
        return netloc.encode("idna").decode("ascii")
    except UnicodeError:
        return quote(netloc, safe="@:[]")


def normalise(url: str) -> str:
    """The shape in which two addresses of one page are equal: ``//host/path?query`` without scheme, tracking, fragment, default port.

    A fragment that is a route (``#/…``, ``#!…``) stays, because there it is the page. Anything that is not http(s) is returned trimmed."""
    if plain := _NORMAL.fullmatch(url):
        return plain[1] if plain[2] else plain[1] + "/"
    url = _BLANKS.sub("", url).strip()
    try:
        parts = urlsplit(url)
        port, host = parts.port, (parts.hostname or "").rstrip(".")
    except ValueError:
        return url
    if parts.scheme not in ("http", "https") or not host:
        return url
    host = _ascii_host(host)
    if ":" in host:
        host = f"[{host}]"
    if port and port != {"http": 80, "https": 443}[parts.scheme]:
        host += f":{port}"
    path = _path(parts.path)
    query = _query(host, path, parts.query)
    fragment = "#" + parts.fragment if parts.fragment.startswith(("/", "!")) else ""
    return f"//{host}{path}" + (f"?{query}" if query else "") + fragment


def _path(path: str) -> str:
    """Dot segments resolved, escapes in their one shape (RFC 3986 §6.2.2)."""
    if "/." in path:
        path = urlsplit(urljoin("http://h/", f"/.{path}")).path  # two slashes at the beginning would be a host
    if not path.isascii() or _UNSAFE.search(path):
        path = _UNSAFE.sub(_quoted, path)
    return _ESCAPE.sub(_folded, path) or "/"


def _folded(found: re.Match[str]) -> str:
    byte = unquote_to_bytes(found[0])
    return chr(byte[0]) if byte[0] in _UNRESERVED else found[0].upper()


def _query(host: str, path: str, query: str) -> str:
    if not query:
        return ""
    # Escapes are read as Latin-1 and written back so: a query may be in any charset, and distinct bytes must stay distinct.
    pairs = parse_qsl(_UNSAFE.sub(_quoted, query), keep_blank_values=True, encoding="latin-1")
    if host == _WECHAT:
        if path.startswith("/s/"):
            return ""
        if path == "/s" and any(key == "sn" for key, _ in pairs):
            pairs = [(key, value) for key, value in pairs if key in _WECHAT_KEYS]
    kept = sorted((pair for pair in pairs if not _TRACKING.fullmatch(pair[0])), key=lambda pair: pair[0])
    return urlencode(kept, encoding="latin-1")


def is_post(url: str) -> bool:
    """Is this the address of one post of a WeChat account, lasting or temporary?"""
    parts = urlsplit(url)
    return (parts.hostname or "") == _WECHAT and (parts.path == "/s" or parts.path.startswith("/s/"))


def is_temporary(url: str) -> bool:
    """Is this an address of a WeChat post that ends in hours (``/s?src=…&timestamp=…&signature=…``), so that it names nothing?"""
    parts = urlsplit(url)
    return (parts.hostname or "") == _WECHAT and parts.path == "/s" and "signature=" in parts.query and "sn=" not in parts.query


def same_site(a: str, b: str) -> bool:
    """Do two addresses belong to one site: the same registrable domain, or the same host and port where there is no domain?"""
    left, right = _site(a), _site(b)
    return left is not None and left == right


def _site(url: str) -> str | None:
    try:
        parts = urlsplit(url.strip())
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return None
    if not host:
        return None
    labels = host.split(".")
    if len(labels) == 1 or _is_address(host):
        return f"{host}:{port or (443 if parts.scheme == 'https' else 80)}"
    keep = 2
    if ".".join(labels[-2:]) in _TENANTS or (len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _REGISTRY):
        keep = 3
    return ".".join(labels[-keep:])


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
