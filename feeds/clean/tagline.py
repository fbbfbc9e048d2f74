"""What English papers print below an article about who wrote it: "Jane Doe is a staff writer", "Contact her at …". No part of the text."""

from __future__ import annotations

import re

from feeds.clean.names import people

LONGEST = 400
_NAME = r"[A-Z][\w.'’-]+(?: (?:[A-Z][\w.'’-]*|de|van|von|der|bin|al))?(?: [A-Z][\w'’-]+){1,2}"
_JOB = r"(?:writer|reporter|editor|correspondent|columnist|journalist|freelancer|contributor|intern|fellow|producer|critic)s?"
_WHO = re.compile(
    rf"^(?P<who>{_NAME}(?:(?:, {_NAME})*,? and {_NAME})?) (?:"
    rf"(?:is|are|was) (?:(?:a|an|the|our)\b )?[^.!?]{{0,90}}?\b{_JOB}\b"
    r"(?=\W*$|[.!]|,? (?:for|at|with|on|covering|based|who (?:covers|writes))\b)"
    r"|contributed (?:to this|reporting)\b"
    # What somebody covers may be news; for whom, and how to reach him, is not.
    r"|(?:covers?|writes? about|reports? on)\b(?=.*(?:\bfor (?:the )?[A-Z]|@|\b(?:[Cc]ontact|[Rr]each|[Ee]mail|[Ff]ollow)\b)))"
)
# A way to reach whoever wrote it; "Contact the library at …" is for the reader of the text and stays.
_REACH = re.compile(
    r"^(?i:you can |to )?(?:(?i:contact|reach|e-?mail|follow|message) (?:"
    r"(?i:her|him|them|me|the (?:reporter|writer|author|newsroom|editor)s?)"
    rf"|(?:reporter |staff writer )?{_NAME})\b[^.!?]{{0,30}}?(?i:at|on|via|by|@|:)"
    r"|(?i:(?:have|got) (?:a|any) (?:news )?(?:tips?|story ideas?|question or comment)\b)"
    r"|(?i:(?:send|submit|e-?mail) (?:your |news |story )?(?:tips|ideas|corrections)\b))"
)


def is_tagline(text: str) -> bool:
    """Is this paragraph about who wrote the article, and nothing else?"""
    return 8 < len(text) <= LONGEST and (_WHO.match(text) is not None or _REACH.match(text) is not None)


def author(text: str) -> tuple[str, ...]:
    """Whom a tagline names as having written the article; who only contributed is none."""
    found = _WHO.match(text) if len(text) <= LONGEST else None
    if found is None or "contributed" in found[0] or re.search(r"\beditors?$", found[0]):
        return ()
    return people(found["who"], strict=True)
