"""What stands below an article about its writer, and what only looks like it."""

from __future__ import annotations

import pytest

from feeds.clean.tagline import author, is_tagline


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Lena Marsh is a staff writer.", ("Lena Marsh",)),
        ("Lena Marsh covers city hall for The Ellery Courier. Contact her at l@e.example or follow her on Twitter.", ("Lena Marsh",)),
        ("Lena Marsh and Omar Said are reporters for the Courier.", ("Lena Marsh", "Omar Said")),
        ("Omar Said is the Courier's water reporter.", ("Omar Said",)),
        ("Ben Ito is an editor.", ()),
        ("Ruth Calloway contributed to this report.", ()),
        ("Contact Lena Marsh at lmarsh@ellerycourier.example.", ()),
        ("Reach the reporter at 555-0101.", ()),
        ("Have a tip? Email tips@dryvalleypost.example.", ()),
    ],
)
def test_a_tagline(text: str, names: tuple[str, ...]) -> None:
    assert is_tagline(text)
    assert author(text) == names


@pytest.mark.parametrize(
    "text",
    [
        "Contact the library at desk@library.example.",
        "Places are free but must be booked. Contact the trust at visits@trust.example.",
        "Lena Marsh is a baker who has sold bread on the square for thirty years.",
        "Reach for the stars, the headmaster said at the end of the day.",
        "Mayor Dana Ortiz covers the costs.",
        "The commission is a body of writers.",
        "",
    ],
)
def test_prose_and_contacts_for_readers_stay(text: str) -> None:
    assert not is_tagline(text)
