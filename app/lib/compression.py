"""Text leaves the house gzipped, with or without a proxy in front: the budgets of a first load depend on it."""

from __future__ import annotations

import gzip
from functools import lru_cache

from flask import Flask, Response, request

SMALLEST = 900  # bytes; below that the header costs more than is won
TEXT = ("text/", "application/json", "application/javascript", "image/svg+xml")


def init_app(app: Flask) -> None:
    app.after_request(compress)


def compress(response: Response) -> Response:
    """Gzip what is text and worth it; a static file is compressed once for each process."""
    if not (response.mimetype or "").startswith(TEXT) or response.status_code in (204, 206, 304):
        return response
    response.vary.add("Accept-Encoding")
    if not request.accept_encodings["gzip"] or response.headers.get("Content-Encoding"):
        return response
    response.direct_passthrough = False
    data = response.get_data()
    if len(data) < SMALLEST:
        return response
    # A page is compressed lightly, once for one reader; a file thoroughly, once for all.
    packed = _thoroughly(data) if request.endpoint == "static" else gzip.compress(data, 4)
    response.set_data(packed)
    response.headers["Content-Encoding"] = "gzip"
    response.headers.pop("ETag", None)  # it named the plain bytes
    return response


@lru_cache(maxsize=128)
def _thoroughly(data: bytes) -> bytes:
    return gzip.compress(data, 9, mtime=0)
