"""What a text holds for a search, and what a question asks for."""

from hypothesis import given
from hypothesis import strategies as st

from feeds.clean.terms import MOST, asked, terms


def test_chinese_is_pairs_and_the_rest_words():
    assert list(terms("志愿服务，Volunteers 2024！")) == ["志愿", "愿服", "服务", "务", "volunteers", "2024"]
    assert list(terms("ＡＩ与年画")) == ["ai", "与年", "年画", "画"]
    assert list(terms("Café ÉCLAIR 3.5")) == ["cafe", "eclair", "3", "5"]


def test_a_question_is_phrases():
    assert [(phrase.terms, phrase.begins) for phrase in asked("志愿服务 vol 海")] == [
        (("志愿", "愿服", "服务"), False),
        (("vol",), True),
        (("海",), True),
    ]
    assert asked("  ，。!?  ") == ()
    assert len(asked(" ".join(f"w{number}" for number in range(50)))) == MOST


@given(st.text())
def test_any_text_is_terms_of_letters_and_digits(text):
    """So that neither database can take one for a piece of its own language."""
    found = [*terms(text), *(term for phrase in asked(text) for term in phrase.terms)]
    assert all(term and not set(term) & set("'\"\\ :*&|()<>\0") for term in found)


@given(st.text(alphabet="志愿服务社区海河abc ，"), st.integers(0, 20), st.integers(1, 6))
def test_each_piece_of_a_run_is_found_in_it(text, start, length):
    piece = text[start : start + length]
    held = list(terms(text))
    for phrase in asked(piece):
        if not phrase.begins and not phrase.text.isascii():
            wanted = list(phrase.terms)
            assert any(held[at : at + len(wanted)] == wanted for at in range(len(held)))
