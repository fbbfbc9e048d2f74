"""A process that reads feeds alone never loads what reads pages: that is a third of its start, and some of its memory."""

from __future__ import annotations

import subprocess
import sys

STORY = """
import sys
from feeds.read import look, read
from feeds.records import Document, Hints

DOCUMENTS = {
    "rss": "<rss version='2.0'><channel><title>x</title><item><guid>a</guid><title>One</title><link>https://up.example/s/1</link>"
    "<description>&lt;p>Text&lt;/p>&lt;p>稿源:津水微言  编辑:张丽&lt;/p></description></item></channel></rss>",
    "atom": "<feed xmlns='http://www.w3.org/2005/Atom'><title>x</title><id>i</id><entry><id>a</id><title>One</title>"
    "<updated>2026-01-02T03:04:05Z</updated><content type='html'>&lt;p>Text&lt;/p></content></entry></feed>",
    "rdf": "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'>"
    "<channel><title>x</title></channel><item><title>One</title><link>https://up.example/1</link></item></rdf:RDF>",
    "json": '{"version": "https://jsonfeed.org/version/1.1", "title": "x",'
    ' "items": [{"id": "a", "title": "One", "content_html": "<p>T</p>"}]}',
}
for name, body in DOCUMENTS.items():
    document = Document(url="https://up.example/feed", body=body.encode())
    assert look(document) == "feed", name
    assert [entry.title for entry in read(document, Hints()).entries] == ["One"], name

PAGES = {"feeds.read.apart", "feeds.read.article", "feeds.read.dom", "feeds.read.listing", "feeds.read.survey", "feeds.clean.select"}
print(*sorted(PAGES & set(sys.modules)))
read(Document(url="https://up.example/", body=b"<ul><li><a href='/a/1.html'>An article of the first day</a></ul>"), Hints(kind="survey"))
print(*sorted(PAGES - set(sys.modules)))
"""


def test_feeds_are_read_without_the_readers_of_pages():
    said = subprocess.run([sys.executable, "-c", STORY], capture_output=True, text=True, check=True).stdout
    before, missing = said.splitlines()
    assert before == ""
    assert missing == ""  # the names above are those of readers that there are
