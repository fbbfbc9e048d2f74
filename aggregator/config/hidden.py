"""What an address has from the environment, kept out of all that is shown: feeds name themselves by the very address that they were asked
for, relative links are seen from it, and errors quote it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

INSTEAD = "…"
_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_BETWEEN = re.compile(r"[/?#&=.:@]+")
_CALLED = re.compile(
    r"(?:^|_)(?:API)?(?:KEY|TOKEN|SECRET|PASS|PASSWORD|PASSWD|PASSPHRASE|PW|AUTH|CREDENTIALS?|SIGNATURE|SIG)\d*(?:_|$)", re.IGNORECASE
)
_LEAST = 4  # characters: what is shorter is no secret, and stands in other texts by chance
_SHORT = 8  # characters of a secret that is one in texts, too


@dataclass(frozen=True, slots=True)
class Hidden:
    """`values` are what variables put in, and those of each query parameter among them; `tokens` the parts of these that look made up
    rather than named (``5f3c9a…``, not ``news``), or whose variable is called what a secret is called (``${FEED_KEY}``): wherever one of
    them stands, it is the secret."""

    values: tuple[str, ...] = ()
    tokens: tuple[str, ...] = ()

    @classmethod
    def of(cls, written: str, url: str) -> Self:
        """`written` as in the file, ``https://example.org/feed?key=${KEY}``; `url` with its variables put in."""
        if written == url:  # as of most sources: no variable, and no pattern to make for each of them
            return cls()
        pattern = "(.*)".join(map(re.escape, _VARIABLE.split(written)[::2]))
        found = re.fullmatch(pattern, url, re.DOTALL)
        if found is None or not found.groups():
            return cls()
        host = urlsplit(url).netloc
        values: dict[str, None] = {}
        tokens: dict[str, None] = {}
        for name, value in zip(_VARIABLE.findall(written), found.groups(), strict=True):
            whole = not _BETWEEN.search(value)
            called = _CALLED.search(name) is not None and "://" not in value  # the words of a whole address are no secrets
            asked = [each for _, each in parse_qsl(urlsplit(value).query)] if "?" in value else []
            for each in (value, *asked):
                if len(each) >= _LEAST and each not in host:
                    values[each] = None
            for each in _BETWEEN.split(value.partition("://")[2] or value):
                if each not in host and (_made_up(each, _SHORT if whole or each in asked else 20) or (called and len(each) >= _SHORT)):
                    tokens[each] = None
        return cls(tuple(values), tuple(tokens))

    def base(self, url: str) -> str:
        """The address as readers of its document see it: without the query parameters that hold a value, and without the way below the
        first folder that is a token."""
        if not self.values:
            return url
        parts = urlsplit(url)
        pairs = parse_qsl(parts.query, keep_blank_values=True)
        kept = [pair for pair in pairs if not _holds(pair[1], self.values)]
        query = parts.query if len(kept) == len(pairs) else urlencode(kept)
        folders = parts.path.split("/")
        end = next((at for at, folder in enumerate(folders) if _holds(unquote(folder), self.tokens)), None)
        path = parts.path if end is None else "/".join([*folders[:end], ""])
        return parts._replace(path=path, query=query, fragment="").geturl()

    def error(self, words: str) -> str:
        """What an error says, without any of the values."""
        return _without(words, self.values)

    def text(self, words: str) -> str:
        """A document's own words, without the tokens. A value that may be a name as well stays: it is no secret in a text."""
        return _without(words, self.tokens)


def _made_up(part: str, least: int) -> bool:
    return len(part) >= least and ((re.search(r"\d", part) is not None and re.search(r"[A-Za-z]", part) is not None) or len(part) >= 32)


def _holds(text: str, values: tuple[str, ...]) -> bool:
    return any(each in text for each in values)


def _without(words: str, values: tuple[str, ...]) -> str:
    for value in sorted(values, key=len, reverse=True):
        for spelt in (value, quote(value, safe="")):
            words = words.replace(spelt, INSTEAD)
    return words
