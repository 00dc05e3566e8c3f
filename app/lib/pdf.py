"""What we put on paper: HTML to PDF by WeasyPrint, which may load nothing but what is handed to it.

WeasyPrint's own fetcher would read local files and call internal addresses that somebody wrote into their answers.
Here only `data:` is allowed, so the fonts are put into the style sheet as data. Style sheet and fonts are read once for
each process: afterwards a document of one page takes a tenth of a second, of which half would be reading them again.
"""

from __future__ import annotations

import atexit
import base64
import re
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

_FONT = re.compile(r'url\("\.\./(fonts/[\w./-]+\.woff2)"\)')
_one_at_a_time = Lock()  # the fonts are shared by the threads of a process


class NoTypesetter(RuntimeError):
    """WeasyPrint, or the Pango libraries it loads, is not installed. The message says what to install."""


def bind(html: str, static: Path, *sheets: str) -> tuple[bytes, int]:
    """The finished PDF and its number of pages, styled by these sheets of `static/css`. Raises NoTypesetter."""
    weasyprint = _typesetter()
    with _one_at_a_time:
        fonts, styles = _styles(static, sheets)
        source = weasyprint.HTML(string=html, url_fetcher=_nothing_but_data(weasyprint))
        document = source.render(font_config=fonts, stylesheets=list(styles))
        return document.write_pdf(pdf_tags=True), len(document.pages)


def is_possible() -> bool:
    """Whether PDF can be made on this machine."""
    try:
        _typesetter()
    except NoTypesetter:
        return False
    return True


def _typesetter() -> Any:
    try:
        import weasyprint
        import weasyprint.text.fonts
        import weasyprint.urls
    except (ImportError, OSError) as missing:
        raise NoTypesetter(
            "The PDF needs the Pango libraries (Debian: apt-get install libpango-1.0-0 libpangoft2-1.0-0 "
            f"libharfbuzz-subset0). {missing}"
        ) from missing
    return weasyprint


def _nothing_but_data(weasyprint: Any) -> Any:
    return weasyprint.urls.URLFetcher(allowed_protocols=["data"])


@lru_cache(maxsize=8)
def _styles(static: Path, names: tuple[str, ...]) -> tuple[Any, tuple[Any, ...]]:
    """The fonts, and the style sheets that name them; a later sheet has the last word."""
    weasyprint = _typesetter()
    fonts = weasyprint.text.fonts.FontConfiguration()
    sheets = tuple(
        weasyprint.CSS(
            string=_with_fonts(static, name), url_fetcher=_nothing_but_data(weasyprint), font_config=fonts
        )
        for name in names
    )
    return fonts, sheets


atexit.register(
    _styles.cache_clear
)  # the fonts clean up after themselves, which they can only while Python runs


def _with_fonts(static: Path, name: str) -> str:
    css = (static / "css" / name).read_text()

    def embed(found: re.Match[str]) -> str:
        data = base64.b64encode((static / found[1]).read_bytes()).decode()
        return f'url("data:font/woff2;base64,{data}")'

    return _FONT.sub(embed, css)
