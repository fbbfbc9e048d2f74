"""What may hold secrets, of sources and of `serve`: filled from the environment, and passwords from nowhere else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from aggregator.config.env import fill
from aggregator.config.files import Gathered
from aggregator.config.nodes import Path as Steps
from aggregator.config.nodes import Plain

NO_VARIABLE = ("this is no variable", "write ${NAME}")
SET_IT = "set it in the environment of haihe"
_WRITE = "write ${NAME}, and set NAME in the environment of haihe"
_NOT_HERE = ("a password cannot stand in the file", _WRITE)
_NO_SECRET_HERE = ("a secret cannot stand in the file", _WRITE)
_WITH_LOGIN = re.compile(r"(https?://)([^/@]*)@(.*)", re.IGNORECASE | re.DOTALL)
_ANY = "x"  # stands for what is a problem already, so that it is not complained of twice


def put_in(found: Gathered, path: Steps, value: Mapping[str, Plain], env: Mapping[str, str]) -> dict[str, Any]:
    """The values of a source with their variables put in (those of its addresses are the loader's). An unset one is a problem."""
    whole: dict[str, Any] = dict(value)
    for name in ("headers", "cookies", "auth"):
        if isinstance(inner := value.get(name), dict):
            whole[name] = {key: filled(found, (*path, name, key), text, env) for key, text in inner.items()}
    if isinstance(auth := value.get("auth"), dict) and _plain(auth.get("password")):
        found.at((*path, "auth", "password"), *_NOT_HERE)
    if isinstance(proxy := value.get("proxy"), str):
        whole["proxy"] = _proxy(found, (*path, "proxy"), proxy.strip(), env)
    return whole


def put_in_served(found: Gathered, path: Steps, value: Plain, env: Mapping[str, str]) -> Plain:
    """The values of `serve` with its secret put in."""
    if not isinstance(value, dict) or not isinstance(secret := value.get("picture_secret"), str):
        return value
    path, before = (*path, "picture_secret"), len(found.problems)
    if _plain(secret):
        found.at(path, *_NO_SECRET_HERE)
    known = filled(found, path, secret, env)
    return {**value, "picture_secret": known if len(found.problems) == before else None}


def filled(found: Gathered, path: Steps, text: Plain, env: Mapping[str, str]) -> Plain:
    if not isinstance(text, str):
        return text
    one = fill(text, env)
    if one.bad:
        found.at(path, *NO_VARIABLE)
    elif one.unset:
        found.at(path, unset(one.unset), SET_IT)
    else:
        return one.text
    return _ANY


def unset(names: tuple[str, ...]) -> str:
    return f"{' and '.join(names)} {'is' if len(names) == 1 else 'are'} not set"


def _plain(password: Plain) -> bool:
    return isinstance(password, str) and password != "" and "${" not in password


def _proxy(found: Gathered, path: Steps, text: str, env: Mapping[str, str]) -> Plain:
    """The address of a proxy. A variable that stands where its user or password does is quoted, so that it may hold any character."""
    parts = _WITH_LOGIN.fullmatch(text)
    if parts is None:
        whole = filled(found, path, text, env)
        return None if whole == _ANY else whole
    scheme, login, rest = parts.groups()
    if _plain(login.partition(":")[2]):
        found.at(path, *_NOT_HERE)
        return None
    known = filled(found, path, login, {name: quote(value, safe="") for name, value in env.items()})
    where = filled(found, path, rest, env)
    return None if _ANY in (known, where) else f"{scheme}{known}@{where}"
