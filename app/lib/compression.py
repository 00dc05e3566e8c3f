"""Text leaves the house packed, with or without a proxy in front: the budgets of a first load depend on it.

Brotli where the browser takes it (all do over HTTPS), gzip for everybody else.
"""

from __future__ import annotations

import gzip
from functools import lru_cache

import brotli
from flask import Flask, Response, request

SMALLEST = 900  # bytes; below that the header costs more than is won
LARGE = 200_000  # bytes; the last percent of a file of this size would cost half a second
TEXT = ("text/", "application/json", "application/javascript", "image/svg+xml")


def init_app(app: Flask) -> None:
    app.after_request(compress)


def compress(response: Response) -> Response:
    """Pack what is text and worth it; a static file is packed once for each process."""
    if not (response.mimetype or "").startswith(TEXT) or response.status_code in (204, 206, 304):
        return response
    response.vary.add("Accept-Encoding")
    encoding = next((one for one in ("br", "gzip") if request.accept_encodings[one]), "")
    if not encoding or response.headers.get("Content-Encoding"):
        return response
    response.direct_passthrough = False
    data = response.get_data()
    if len(data) < SMALLEST:
        return response
    # A page is packed lightly, once for one reader; a file thoroughly, once for all.
    response.set_data(thoroughly(data, encoding) if request.endpoint == "static" else lightly(data, encoding))
    response.headers["Content-Encoding"] = encoding
    response.headers.pop("ETag", None)  # it named the plain bytes
    return response


def lightly(data: bytes, encoding: str = "br") -> bytes:
    """A page."""
    packed: bytes = brotli.compress(data, quality=5) if encoding == "br" else gzip.compress(data, 4)
    return packed


@lru_cache(maxsize=256)
def thoroughly(data: bytes, encoding: str = "br") -> bytes:
    """A file, kept packed by each process."""
    if encoding == "gzip":
        return gzip.compress(data, 9, mtime=0)
    packed: bytes = brotli.compress(data, quality=11 if len(data) < LARGE else 9)
    return packed
