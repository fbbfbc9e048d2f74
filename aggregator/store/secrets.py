"""Secrets of this installation, made up when they are first needed; whoever is first decides for all."""

from __future__ import annotations

from base64 import b64decode, b64encode
from os import urandom

from sqlalchemy import Connection, bindparam, select

from aggregator.store.engine import insert_into
from aggregator.store.tables import secrets

SIZE = 32  # bytes
_FIND = select(secrets.c.value).where(secrets.c.name == bindparam("of"))


def find(connection: Connection, name: str) -> bytes | None:
    value = connection.scalar(_FIND, {"of": name})
    return b64decode(value) if value else None


def make(connection: Connection, name: str) -> None:
    row = {"name": name, "value": b64encode(urandom(SIZE)).decode()}
    connection.execute(insert_into(secrets, connection.dialect.name).values(row).on_conflict_do_nothing())
