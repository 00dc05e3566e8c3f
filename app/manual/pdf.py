"""The manual on paper: HTML to PDF by WeasyPrint, which may load nothing but what is handed to it.

WeasyPrint's own fetcher would read local files and call internal addresses that somebody wrote into their answers.
Here only `data:` is allowed, so the fonts are put into the style sheet as data.
"""

from __future__ import annotations

import base64
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

_FONT = re.compile(r'url\("\.\./(fonts/[\w./-]+\.woff2)"\)')


class NoTypesetter(RuntimeError):
    """WeasyPrint, or the Pango libraries it loads, is not installed. The message says what to install."""


def bind(html: str, static: Path) -> tuple[bytes, int]:
    """The finished PDF and its number of pages. Raises NoTypesetter."""
    weasyprint = _typesetter()
    fetcher = weasyprint.urls.URLFetcher(allowed_protocols=["data"])
    fonts = weasyprint.text.fonts.FontConfiguration()
    sheet = weasyprint.CSS(string=_style(static), url_fetcher=fetcher, font_config=fonts)
    document = weasyprint.HTML(string=html, url_fetcher=fetcher).render(
        font_config=fonts, stylesheets=[sheet]
    )
    return document.write_pdf(pdf_tags=True), len(document.pages)


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


@lru_cache(maxsize=2)
def _style(static: Path) -> str:
    css = (static / "css" / "manual-print.css").read_text()

    def embed(found: re.Match[str]) -> str:
        data = base64.b64encode((static / found[1]).read_bytes()).decode()
        return f'url("data:font/woff2;base64,{data}")'

    return _FONT.sub(embed, css)
