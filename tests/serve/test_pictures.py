"""Pictures by way of us: signed, bounded, and never in the way of anything else."""

from __future__ import annotations

import os
import threading
import time
from struct import pack

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from markupsafe import Markup
from msgspec import structs

from aggregator.errors import StoreError, Unreachable
from aggregator.serve import create
from aggregator.serve.pictures import Cabinet, Policy, Signer, Studio
from aggregator.serve.pictures.look import look
from aggregator.serve.pictures.studio import Busy, NoPicture
from feeds.records import Content
from tests.serve.conftest import SECTIONS, SITE, SOURCES, town

ADDRESS = "https://mmbiz.qpic.cn/pic?a=1&b=文"
SIDES = st.integers(1, 16_000)


def png(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + pack(">I4sII", 13, b"IHDR", width, height) + b"\x08\x06\0\0\0"


def jpeg(width: int, height: int) -> bytes:
    app = b"\xff\xe0" + pack(">H", 16) + b"JFIF\0" + bytes(9)
    return b"\xff\xd8" + app + b"\xff\xff\xc2" + pack(">HBHH", 11, 8, height, width) + bytes(5)


def gif(width: int, height: int) -> bytes:
    return b"GIF89a" + pack("<HH", width, height) + bytes(3)


def webp(width: int, height: int) -> bytes:
    body = b"VP8X" + pack("<I", 10) + bytes(4) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"RIFF" + pack("<I", len(body) + 4) + b"WEBP" + body


def webp_lossless(width: int, height: int) -> bytes:
    return b"RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f" + pack("<I", (width - 1) | (height - 1) << 14)


def webp_lossy(width: int, height: int) -> bytes:
    return b"RIFF\0\0\0\0WEBPVP8 \0\0\0\0\0\0\0\x9d\x01\x2a" + pack("<HH", width, height)


def box(name: bytes, body: bytes) -> bytes:
    return pack(">I4s", len(body) + 8, name) + body


def avif(width: int, height: int) -> bytes:
    tiles = box(b"ispe", pack(">III", 0, 1, 1)) + box(b"ispe", pack(">III", 0, width, height))
    return box(b"ftyp", b"mif1\0\0\0\0miafavif") + box(b"meta", bytes(4) + box(b"iprp", box(b"ipco", tiles)))


MADE = {png: "png", jpeg: "jpeg", gif: "gif", webp: "webp", webp_lossless: "webp", webp_lossy: "webp", avif: "avif"}


@pytest.mark.parametrize("make", MADE)
@given(width=SIDES, height=SIDES)
def test_a_picture_says_what_it_is_and_how_large(make, width, height):
    found = look(make(width, height))
    assert found is not None
    assert (found.type, found.width, found.height) == (f"image/{MADE[make]}", width, height)
    assert found.fits == (width * height <= 50_000_000)


@given(make=st.sampled_from(list(MADE)), cut=st.integers(0, 90), tail=st.binary(max_size=200))
def test_broken_pictures_are_none_or_some_and_never_an_error(make, cut, tail):
    look(make(300, 200)[:cut] + tail)


@given(st.binary(max_size=300))
def test_any_bytes_behind_a_signature_are_no_error(rest):
    for begin in (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF89a", b"RIFF\0\0\0\0WEBP", b"\0\0\0\x10ftypavif", avif(1, 1)[:36]):
        look(begin + rest)
    assert look(rest) is None or rest[:1] in b"\x89\xffGR\0"


@pytest.mark.parametrize("body", [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"<!doctype html>", b"BM" + bytes(60), b"%PDF-1.7"])
def test_nothing_else_is_a_picture(body):
    assert look(body) is None


@given(st.text(max_size=300))
def test_what_was_signed_is_read_and_nothing_else(address):
    address = address.encode(errors="replace").decode()
    signer, other = Signer(lambda: b"a" * 32), Signer(lambda: b"b" * 32)
    word = signer.sign(address)
    assert signer.read(word) == address
    assert other.read(word) is None
    assert signer.read(address) is None


def test_a_changed_word_is_not_read():
    signer = Signer(lambda: b"a" * 32)
    word = signer.sign(ADDRESS)
    for at in range(len(word)):
        for letter in "Aa-_.=\u0661":
            changed = word[:at] + letter + word[at + 1 :]
            assert changed == word or signer.read(changed) is None
    assert signer.read(word + "=") is None


class Host:
    """Somebody else's server: what it answers by address, and how often it was asked. `gate` holds its answers back."""

    def __init__(self, **answers: tuple[int, bytes]) -> None:
        self.answers, self.asked, self.gate, self.came = answers, [], threading.Event(), threading.Semaphore(0)
        self.gate.set()

    def __call__(self, address: str) -> tuple[int, bytes]:
        self.asked.append(address)
        self.came.release()
        assert self.gate.wait(20)
        if address not in self.answers:
            raise Unreachable
        return self.answers[address]


@pytest.fixture
def studio(tmp_path):
    def make(host: Host, at_once: int = 16, room: int = 1 << 20, **more) -> Studio:
        return Studio(host, Cabinet(tmp_path / "pictures", room), at_once, **more)

    return make


def test_many_who_ask_at_once_are_one_request(studio):
    host = Host(a=(200, png(3, 2)))
    host.gate.clear()
    office, got = studio(host), []
    threads = [threading.Thread(target=lambda: got.append(office.picture("a"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    host.came.acquire(timeout=20)
    host.gate.set()
    for thread in threads:
        thread.join(20)
    assert (host.asked, got) == (["a"], [png(3, 2)] * 8)
    assert studio(Host()).picture("a") == png(3, 2)  # another worker finds it on disk


def test_slow_hosts_take_no_more_than_their_threads(studio):
    host = Host(a=(200, png(3, 2)), b=(200, gif(1, 1)))
    office = studio(host, at_once=1)
    office.picture("b")
    host.gate.clear()
    thread = threading.Thread(target=lambda: office.picture("a"))
    thread.start()
    assert host.came.acquire(timeout=20)
    assert host.came.acquire(timeout=20)
    with pytest.raises(Busy):
        office.picture("c")
    assert office.picture("b") == gif(1, 1)
    host.gate.set()
    thread.join(20)
    with pytest.raises(NoPicture):
        office.picture("c")


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ((404, b""), 404),
        ((403, b""), 404),
        ((500, b""), 502),
        ((200, b"<svg/>"), 404),
        ((200, png(20_000, 20_000)), 404),
        ((200, png(0, 5)), 404),
        (None, 502),
    ],
)
def test_what_cannot_be_had_is_not_asked_for_again_at_once(studio, answer, status):
    now = [0.0]
    host = Host(**({"a": answer} if answer else {}))
    office = studio(host, clock=lambda: now[0])
    for now[0] in (1.0, 2.0, 300.0, 302.0):
        with pytest.raises(NoPicture) as raised:
            office.picture("a")
        assert raised.value.status == status
    assert len(host.asked) == 2


def test_the_folder_keeps_its_bounds(tmp_path):
    cabinet, start = Cabinet(tmp_path, 10_000), time.time() - 1000
    for number in range(50):
        cabinet.keep(str(number), bytes(1000))
        os.utime(cabinet._path(str(number)), (start + number, start + number))
        assert sum(path.stat().st_size for path in tmp_path.glob("*/*")) <= 11_000
    assert cabinet.find("49") == bytes(1000)
    assert cabinet.find("0") is None
    os.utime(cabinet._path("49"), (0, 0))
    assert cabinet.find("49") is None
    (tmp_path / "file").write_bytes(b"")
    Cabinet(tmp_path / "file", 10_000).keep("x", b"x")  # cannot be kept, and is no error
    stuck = Cabinet(tmp_path / "stuck", 10_000)
    stuck._path("x").mkdir(parents=True)  # what is there cannot be replaced
    stuck.keep("x", b"x")
    assert [path.name for path in (tmp_path / "stuck").rglob("*") if path.is_file()] == []


@pytest.fixture
def signer():
    return Signer(lambda: b"s" * 32)


def client_of(signer, office, sources=SOURCES, shelf=None):
    return create(SITE, SECTIONS, sources, shelf or town(), pictures=(signer, office)).test_client()


def test_the_address_of_a_picture(signer, studio):
    host = Host(**{ADDRESS: (200, jpeg(30, 20))})
    client = client_of(signer, studio(host))
    answer = client.get(f"/img/{signer.sign(ADDRESS)}")
    assert (answer.status_code, answer.data, answer.headers["Content-Type"]) == (200, jpeg(30, 20), "image/jpeg")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer.headers["Cache-Control"] == "public, max-age=604800"
    again = client.get(f"/img/{signer.sign(ADDRESS)}", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    missing = client.get(f"/img/{signer.sign('https://elsewhere.example/x')}")
    assert (missing.status_code, missing.headers["Cache-Control"]) == (502, "public, max-age=300")
    for word in ("x", "https://evil.example/", Signer(lambda: b"o" * 32).sign(ADDRESS)):
        assert client.get(f"/img/{word}").status_code == 404
    assert host.asked == [ADDRESS, "https://elsewhere.example/x"]


def test_a_secret_that_cannot_be_read_is_for_a_while(studio):
    def down() -> bytes:
        raise StoreError("gone")

    answer = client_of(Signer(down), studio(Host())).get("/img/a.YWJj")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (503, "no-store")


@pytest.mark.parametrize(
    ("chosen", "address", "by_us"),
    [
        (None, "https://wenming.example/a.jpg", False),
        (None, "http://mmbiz.qpic.cn/a", True),
        (None, "https://wx.qlogo.cn:443/a", True),
        (None, "https://notqpic.cn/a", False),
        ("direct", "https://mmbiz.qpic.cn/a", False),
        ("proxy", "https://wenming.example/a.jpg", True),
        ("proxy", "javascript:alert(1)", None),
        ("none", "https://wenming.example/a.jpg", None),
    ],
)
def test_what_goes_by_way_of_us(signer, chosen, address, by_us):
    policy = Policy({"wenming": SOURCES["wenming"].model_copy(update={"pictures": chosen})}, signer, "https://feeds.example.org")
    expected = None if by_us is None else f"https://feeds.example.org/img/{signer.sign(address)}" if by_us else address
    assert policy.address(address, "wenming") == expected
    assert Policy({}, None, "").address("https://mmbiz.qpic.cn/a", "x") == "https://mmbiz.qpic.cn/a"


def test_pictures_in_texts_too(signer, studio):
    text = (
        '<p>1 &lt; 2</p><img src="https://mmbiz.qpic.cn/a?x=1&amp;y=2" alt="a > b &quot;c&quot;">'
        '<img alt="no"><img src="https://x.example/b">'
    )
    policy = Policy(SOURCES, signer, "https://feeds.example.org")
    found = html.fragment_fromstring(policy.body(Markup(text), "wenming"), create_parent="div")
    assert found.xpath(".//img/@src") == [
        f"https://feeds.example.org/img/{signer.sign('https://mmbiz.qpic.cn/a?x=1&y=2')}",
        "https://x.example/b",
    ]
    assert found.xpath(".//img/@alt") == ['a > b "c"']
    shelf = town()
    shelf.items[3] = structs.replace(shelf.items[3], entry=structs.replace(shelf.items[3].entry, content=Content(value=text)))
    page = client_of(signer, studio(Host()), shelf=shelf).get("/entries/yishi/").text
    assert "/img/" in page
    assert "qpic.cn" not in page
    none = {**SOURCES, "quanwen": SOURCES["quanwen"].model_copy(update={"pictures": "none"})}
    without = client_of(signer, studio(Host()), none, shelf)
    for address in ("/entries/yishi/", "/api/v1/entries/yishi", "/api/v1/entries", "/embed/wmcs.json", "/embed/wmcs"):
        answer = without.get(address)
        assert answer.status_code == 200
        assert "<img" not in answer.text.replace("\\u003c", "<"), address
        assert "qpic.cn" not in answer.text, address


def test_every_embed_shows_them_by_way_of_us(signer, studio):
    shelf = town()
    shelf.items[1] = structs.replace(shelf.items[1], entry=structs.replace(shelf.items[1].entry, image=ADDRESS))
    client = client_of(signer, studio(Host()), shelf=shelf)
    for address in ("/sections/zyfw/", "/embed/zyfw", "/embed/zyfw.html", "/embed/zyfw.json", "/entries/yexiao/"):
        assert f"https://feeds.example.org/img/{signer.sign(ADDRESS)}" in client.get(address).text, address
