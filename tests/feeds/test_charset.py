from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.clean.charset import decode

CHINESE = "市水务局海河中心党总支打造共建共联新模式，编辑王喆、垚镕。"
TRADITIONAL = "天津市水務局海河中心黨總支打造共建共聯新模式，我們的節日。"


def xml(encoding: str) -> bytes:
    return f'<?xml version="1.0" encoding="{encoding}"?><rss>'.encode()


@pytest.mark.parametrize("label", ["gb2312", "GBK", "gb18030", "x-gbk"])
def test_labels_of_the_gb_family_mean_gb18030(label: str) -> None:
    decoded = decode(xml(label) + CHINESE.encode("gb18030"))
    assert (decoded.encoding, decoded.repairs) == ("gb18030", ())
    assert CHINESE in decoded.text


@pytest.mark.parametrize(
    ("body", "header", "encoding"),
    [
        (xml("utf-8") + CHINESE.encode("gbk"), None, "gb18030"),
        (xml("gb2312") + CHINESE.encode(), None, "utf-8"),
        (b"<html>" + CHINESE.encode("gbk"), "text/html; charset=ISO-8859-1", "gb18030"),
        (b'<meta charset="gb2312">' + TRADITIONAL.encode("big5"), None, "big5hkscs"),
        (CHINESE.encode("gbk"), "text/xml; charset=utf-8", "gb18030"),
    ],
)
def test_a_declaration_that_the_bytes_contradict_loses_and_that_is_said(body: bytes, header: str | None, encoding: str) -> None:
    decoded = decode(body, header)
    assert decoded.encoding == encoding
    assert CHINESE in decoded.text or TRADITIONAL in decoded.text
    assert any("declared" in repair for repair in decoded.repairs)


@pytest.mark.parametrize(
    ("text", "codec", "header", "encoding"),
    [
        (CHINESE, "gbk", None, "gb18030"),
        (TRADITIONAL, "big5", None, "big5hkscs"),
        (TRADITIONAL, "big5", "text/html; charset=big5", "big5hkscs"),
        ("café, été, naïve « déjà »", "cp1252", None, "cp1252"),
        ("café, été, naïve « déjà »", "cp1252", "text/html; charset=iso-8859-1", "cp1252"),
        ("Привет мир, как дела", "cp1251", "text/html; charset=windows-1251", "cp1251"),
        ("日本語のテキスト", "shift_jis", "text/html; charset=Shift_JIS", "cp932"),
        ("今日は", "iso2022_jp", "text/html; charset=iso-2022-jp", "iso2022_jp"),
    ],
)
def test_other_charsets(text: str, codec: str, header: str | None, encoding: str) -> None:
    decoded = decode(text.encode(codec), header)
    assert (decoded.text, decoded.encoding) == (text, encoding)


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_decides_and_goes(codec: str) -> None:
    assert decode(CHINESE.encode(codec), "text/xml; charset=gb2312").text == CHINESE


def test_utf_16_without_a_mark_is_seen_in_markup() -> None:
    assert decode("<rss>好</rss>".encode("utf-16-le")).text == "<rss>好</rss>"


@pytest.mark.parametrize("codec", ["utf-8", "gb18030"])
def test_one_bad_byte_costs_only_itself(codec: str) -> None:
    whole = CHINESE.encode(codec)
    cut = len(CHINESE[:8].encode(codec))
    decoded = decode(xml(codec) + whole[:cut] + b"\xff" + whole[cut:])
    assert CHINESE[:8] + "\ufffd" + CHINESE[8:] in decoded.text
    assert any("1 byte sequence" in repair for repair in decoded.repairs)


def test_utf_7_is_refused() -> None:
    decoded = decode(b'<?xml version="1.0" encoding="utf-7"?>+ADw-script+AD4-')
    assert "+ADw-script" in decoded.text
    assert any("utf-7" in repair for repair in decoded.repairs)


def test_a_meta_element_inside_an_entry_declares_nothing() -> None:
    body = b'<rss><item><![CDATA[<meta charset="gb2312">]]>' + "é".encode() + b"</item></rss>"
    assert decode(body).encoding == "utf-8"


@given(st.binary(max_size=300), st.sampled_from([None, "text/html; charset=gbk", "text/xml; charset=utf-16", "x; charset=nonsense"]))
def test_any_bytes_become_text(body: bytes, header: str | None) -> None:
    decode(body, header).text.encode("utf-8", "replace")


@given(st.text(alphabet=st.characters(blacklist_categories=("Cs",))))
def test_utf_8_is_never_doubted(text: str) -> None:
    assert decode(text.encode()).text == text.removeprefix("\ufeff")


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("blanks", ["", "\n "])
def test_wide_encodings_without_a_mark_are_seen_in_markup(codec: str, blanks: str) -> None:
    assert decode(f"{blanks}<rss>好</rss>".encode(codec)).text == f"{blanks}<rss>好</rss>"


def test_an_item_in_another_charset_costs_nothing() -> None:
    decoded = decode(xml("utf-8") + CHINESE.encode() * 3 + b"<title>" + "天津市水务局新闻".encode("gbk") + b"</title>")
    assert decoded.text.endswith("<title>天津市水务局新闻</title>")
    assert decoded.repairs == ("parts of it are GB 18030 in a document that is UTF-8",)


@pytest.mark.parametrize("item", ["水务局", "“水务”", "，水务", "新闻，“水务局”。"])
def test_an_item_in_utf_8_costs_a_document_in_gb_18030_nothing(item: str) -> None:
    decoded = decode(xml("gb2312") + CHINESE.encode("gb18030") * 3 + f"<title>{item}</title>".encode() + CHINESE.encode("gb18030"))
    assert decoded.text == xml("gb2312").decode() + CHINESE * 3 + f"<title>{item}</title>" + CHINESE
    assert decoded.repairs == ("parts of it are UTF-8 in a document that is GB 18030",)


def test_what_was_encoded_twice_is_decoded_twice() -> None:
    decoded = decode((xml("utf-8").decode() + CHINESE).encode().decode("latin-1").encode())
    assert decoded.text.endswith(CHINESE)
    assert any("twice" in repair for repair in decoded.repairs)


def test_a_text_that_quotes_mojibake_is_left_as_it_is() -> None:
    assert decode("<p>Why is é shown as Ã©?</p>".encode()).text == "<p>Why is é shown as Ã©?</p>"
    assert decode("<p>what is Ã©?</p>".encode()).text == "<p>what is Ã©?</p>"


@pytest.mark.parametrize("text", [CHINESE, "“Čeština” – naïve €, “quoted”: été, œuvre, ñandú, žluťoučký kůň"])
def test_what_went_through_windows_1252_is_decoded_twice(text: str) -> None:
    wrong = "".join(bytes([byte]).decode("cp1252") if byte not in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else chr(byte) for byte in text.encode())
    decoded = decode(f"<p>{wrong}</p>".encode())
    assert decoded.text == f"<p>{text}</p>"
    assert any("twice" in repair for repair in decoded.repairs)


def test_a_text_in_the_signs_of_windows_1252_is_left_as_it_is() -> None:
    text = "“Where is the café?” – “Là‑bas…” €20, œuvre, ‘naïve’ " * 4
    assert decode(text.encode()).text == text


@pytest.mark.parametrize("declared", ["gbk", "gb2312"])
def test_an_item_in_utf_8_within_gbk_costs_nothing(declared: str) -> None:
    items = [f"<title>{CHINESE}</title>".encode("gb18030") for _ in range(4)]
    items[2] = "<title>市水务局：“海河”中心</title>".encode()
    decoded = decode(xml(declared) + b"".join(items))
    assert decoded.text.count(CHINESE) == 3
    assert "<title>市水务局：“海河”中心</title>" in decoded.text
    assert any("UTF-8 in a document" in repair for repair in decoded.repairs)


@given(st.text(st.sampled_from([chr(code) for code in range(0x4E00, 0x9FA6)]), max_size=12))
def test_no_run_of_gbk_is_taken_for_utf_8(text: str) -> None:
    body = xml("gbk") + f"<title>{CHINESE * 3}</title><title>{text}</title>".encode("gb18030")
    assert text in decode(body).text
