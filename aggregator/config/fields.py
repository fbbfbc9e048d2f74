"""The kinds of value that a configuration holds, each with its check and its plain words; the models are made of these."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated, TypeAlias
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import AfterValidator, BeforeValidator, SecretStr, Strict
from pydantic_core import PydanticCustomError

from aggregator.config import units
from aggregator.config.problems import near

# A reverse proxy or the puller itself decides these; set by hand they would break the exchange or its conditions.
OWN_HEADERS = frozenset(
    {"accept-encoding", "connection", "content-length", "host", "if-modified-since", "if-none-match", "range", "te"}
    | {"trailer", "transfer-encoding", "upgrade"}
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")
_HOST = re.compile(r"[^\s\x00-\x20\"<>\\^`{|}/?#@]+")
SECRET = 32  # characters
_PROXY = "write http://proxy.example:3128, or http://user:${PASSWORD}@proxy.example:3128"
_YES_NO = {"yes": True, "on": True, "no": False, "off": False}


def wrong(message: str, advice: str | None = None, *at: str | int) -> PydanticCustomError:
    """What a validator raises: the message, what would be right, and which part of the value it is about."""
    return PydanticCustomError("haihe", "{message}", {"message": message, "advice": advice, "at": at})


def _text(value: str) -> str:
    value = value.strip()
    if not value:
        raise wrong("this is empty")
    if _CONTROL.search(value):
        raise wrong("this is more than one line, or holds a control character", "write it in one line")
    return value


def _many(value: object) -> object:
    return (value,) if isinstance(value, str) else value


def _yes_no(value: object) -> object:
    return _YES_NO.get(value.lower(), value) if isinstance(value, str) else value


def _duration(value: object) -> timedelta:
    if isinstance(value, timedelta):
        return value
    try:
        return units.duration(value if isinstance(value, str) else "")
    except ValueError as error:
        raise wrong(str(error), f"write {value}s, {value}m or {value}h" if isinstance(value, int) and value is not True else None) from None


def _positive(value: timedelta) -> timedelta:
    if value <= timedelta():
        raise wrong("this must be longer than nothing")
    return value


def _size(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return units.size(value)
    except ValueError as error:
        raise wrong(str(error)) from None


def _timezone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise wrong(f'there is no time zone "{value}"', _near_zone(value) or "write it like Asia/Shanghai") from None
    return value


def _near_zone(value: str) -> str | None:
    """A zone that is all but spelt so, or whose city it is."""
    cities = [zone for zone in sorted(available_timezones()) if zone.rpartition("/")[2].casefold() == value.casefold()]
    return f'did you mean "{cities[0]}"?' if cities else near(value, available_timezones()) if "/" in value else None


def _language(value: str) -> str:
    if not _LANGUAGE.fullmatch(value):
        raise wrong(f'"{value}" is no language tag', "write it like zh-CN or en")
    return value


def web_address(value: str) -> str:
    """An absolute http(s) address with a host, without a name and password in it. Raises what `wrong` makes; never shows the value."""
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        raise wrong("this is no web address", "write it like https://example.org/feed.xml") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or not _HOST.fullmatch(parts.hostname) or port == 0 or " " in value:
        raise wrong("a web address is expected", "write it in full, like https://example.org/feed.xml")
    if "@" in parts.netloc:
        raise wrong("a name and password cannot stand in the address", 'write auth: {user: name, password: "${NAME}"}')
    return value


def _site_address(value: str) -> str:
    parts = urlsplit(web_address(value))
    if parts.query or parts.fragment or "?" in value or "#" in value:
        raise wrong("the address of the site cannot have a ? or # part")
    return value.rstrip("/")


def _contact(value: str) -> str:
    return value if re.fullmatch(r"[^@\s]+@[^@\s]+", value) else web_address(value)


def _email(value: str) -> str:
    if not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", value):
        raise wrong("this is no e-mail address", "write it like desk@example.org")
    return value


def _network(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return ip_network(value)
    except ValueError:
        pass
    try:
        whole = ip_network(value, strict=False)
    except ValueError:
        raise wrong(f'"{value}" is no network', "write it like 127.0.0.0/8") from None
    raise wrong(f'"{value}" is an address within a network', f'did you mean "{whole}"?')


def selector(value: str, *at: str) -> str:
    # Brings the HTML parser, which configurations without selectors, and web workers, do not need.
    from feeds.clean.select import SelectorError, compile  # noqa: A004 - selectors' own word

    try:
        compile(value)
    except SelectorError as error:
        advice = "of a JSON list it is a template: write kind: json" if "{" in value else None
        raise wrong(f"this selector cannot be used: {error.reason}", advice, *at) from None
    return value


def json_path(value: str, *at: str) -> None:
    """A dotted path into JSON, or a template of such."""
    from feeds.read.datalist import check

    if problem := check(value):
        raise wrong("this is no path into JSON", problem, *at)


def _condition(value: str) -> str:
    """Part of a text, or a regular expression between slashes."""
    if len(value) > 2 and value.startswith("/") and value.endswith("/"):
        try:
            re.compile(value[1:-1])
        except (re.error, OverflowError, RecursionError) as error:
            raise wrong(f"this regular expression cannot be read: {error}") from None
    return value


def _headers(value: dict[str, SecretStr]) -> dict[str, SecretStr]:
    for name, text in value.items():
        if not _TOKEN.fullmatch(name):
            raise wrong(f'"{name}" is no header name', None, name)
        if name.lower() in OWN_HEADERS:
            raise wrong(f"the header {name} is set by haihe itself", "remove it", name)
        if _CONTROL.search(text.get_secret_value()):
            raise wrong("a header must be one line without control characters", None, name)
    return value


def _cookies(value: dict[str, SecretStr]) -> dict[str, SecretStr]:
    for name, text in value.items():
        if not _TOKEN.fullmatch(name):
            raise wrong(f'"{name}" is no name of a cookie', None, name)
        said = text.get_secret_value()
        if _CONTROL.search(said) or ";" in said:
            raise wrong("a cookie is one line without ; and control characters", "write each cookie under its own name", name)
    return value


def _proxy(value: SecretStr) -> SecretStr:
    """An HTTP proxy; its user and password may stand in the address, which is never shown."""
    try:
        parts = urlsplit(value.get_secret_value())
        port = parts.port
    except ValueError:
        raise wrong("this is no address of a proxy", _PROXY) from None
    if parts.scheme not in ("http", "https"):
        raise wrong("only HTTP proxies can be used", _PROXY)
    whole = parts.hostname and _HOST.fullmatch(parts.hostname) and port != 0 and _CONTROL.search(value.get_secret_value()) is None
    if not whole or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise wrong("this is no address of a proxy", _PROXY)
    return value


def _login(value: SecretStr) -> SecretStr:
    if not value.get_secret_value() or _CONTROL.search(value.get_secret_value()):
        raise wrong("one line of text without control characters is expected")
    return value


def _user(value: SecretStr) -> SecretStr:
    if ":" in _login(value).get_secret_value():
        raise wrong("a user cannot have a colon in its name")  # RFC 7617 §2
    return value


def _long(value: SecretStr) -> SecretStr:
    if len(value.get_secret_value()) < SECRET:
        raise wrong(f"a secret of at least {SECRET} characters is expected", "openssl rand -base64 32 makes one")
    return value


def source_address(value: str, schemes: Iterable[str]) -> None:
    """An address that one of our fetchers can pull; the value is never shown, as it may hold a secret."""
    scheme = value.partition(":")[0].lower() if ":" in value else ""
    if scheme in ("http", "https"):
        web_address(value)
    elif scheme == "file":
        if not value.startswith("file:/") or urlsplit(value).netloc not in ("", "localhost") or not urlsplit(value).path.strip("/"):
            raise wrong("this is no address of a file", "write file:path/from/this/folder or file:///absolute/path")
    elif scheme not in (known := sorted({"http", "https", "file", *schemes})):
        advice = near(scheme, known) if scheme else None
        raise wrong("a web address or a file: address is expected", advice or "write it in full, like https://example.org/feed.xml")


Text: TypeAlias = Annotated[str, AfterValidator(_text)]
Texts: TypeAlias = Annotated[tuple[Text, ...], BeforeValidator(_many)]
Conditions: TypeAlias = Annotated[tuple[Annotated[Text, AfterValidator(_condition)], ...], BeforeValidator(_many)]
Bool: TypeAlias = Annotated[bool, Strict(), BeforeValidator(_yes_no)]
Int: TypeAlias = Annotated[int, Strict()]
Span: TypeAlias = Annotated[timedelta, BeforeValidator(_duration)]
Duration: TypeAlias = Annotated[Span, AfterValidator(_positive)]
Size: TypeAlias = Annotated[int, Strict(), BeforeValidator(_size)]
Timezone: TypeAlias = Annotated[Text, AfterValidator(_timezone)]
Language: TypeAlias = Annotated[Text, AfterValidator(_language)]
Address: TypeAlias = Annotated[Text, AfterValidator(web_address)]
SiteAddress: TypeAlias = Annotated[Text, AfterValidator(_site_address)]
Contact: TypeAlias = Annotated[Text, AfterValidator(_contact)]
Email: TypeAlias = Annotated[Text, AfterValidator(_email)]
Network: TypeAlias = Annotated[IPv4Network | IPv6Network, BeforeValidator(_network)]
Selector: TypeAlias = Annotated[Text, AfterValidator(selector)]
Headers: TypeAlias = Annotated[dict[str, SecretStr], AfterValidator(_headers)]
Cookies: TypeAlias = Annotated[dict[str, SecretStr], AfterValidator(_cookies)]
Proxy: TypeAlias = Annotated[SecretStr, AfterValidator(_proxy)]
User: TypeAlias = Annotated[SecretStr, AfterValidator(_user)]
Password: TypeAlias = Annotated[SecretStr, AfterValidator(_login)]
LongSecret: TypeAlias = Annotated[SecretStr, AfterValidator(_long)]
