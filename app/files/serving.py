"""How a file leaves the house: so that no browser runs it."""

from __future__ import annotations

import unicodedata
from io import BytesIO

from flask import Response, abort, send_file

from app.files import storage
from app.files.models import StoredFile

NEVER_KEPT = "no-store"
SANDBOX = "sandbox; default-src 'none'"


def attachment(file: StoredFile) -> Response:
    """A stored file as a download; 404 when its bytes are gone."""
    return stored(file.sha256, file.name, file.content_type)


def stored(digest: str, name: str, content_type: str, cache: str = NEVER_KEPT) -> Response:
    """Stored bytes under this name; 404 when they are gone."""
    try:
        data = storage.get(digest)
    except FileNotFoundError:
        abort(404)
    return download(data, name, content_type, cache)


def download(data: bytes, name: str, content_type: str, cache: str = NEVER_KEPT) -> Response:
    """These bytes as a download, sandboxed. `cache`: for how long who may keep it, as Cache-Control says it."""
    clean = "".join(c for c in name if unicodedata.category(c)[0] != "C").strip() or "file"
    response = send_file(BytesIO(data), mimetype=content_type, as_attachment=True, download_name=clean)
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["Cache-Control"] = cache
    return response


def published(digest: str, name: str, content_type: str, *, as_attachment: bool) -> Response:
    """A file of the curriculum: to be shown by a page or as a download, in parts if a player asks for parts.

    Its address names its content, so its reader's browser may keep it for a year; 404 when its bytes are gone.
    """
    try:
        path = storage.path_of(digest)
    except FileNotFoundError:
        abort(404)
    response = send_file(
        path, mimetype=content_type, as_attachment=as_attachment, download_name=name, etag=digest
    )
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    return response
