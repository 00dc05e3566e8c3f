"""How a file leaves the house: as an attachment that no browser runs."""

from __future__ import annotations

import unicodedata
from io import BytesIO

from flask import Response, abort, send_file

from app.files import storage
from app.files.models import StoredFile

NEVER_KEPT = "no-store"


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
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = cache
    return response
