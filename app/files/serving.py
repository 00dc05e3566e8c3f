"""How a stored file leaves the house: so that no browser runs it."""

from __future__ import annotations

import unicodedata
from io import BytesIO

from flask import Response, abort, send_file

from app.files import storage
from app.files.models import StoredFile

SANDBOX = "sandbox; default-src 'none'"


def attachment(file: StoredFile) -> Response:
    """The file as a download, sandboxed and never cached; 404 when its bytes are gone."""
    try:
        data = storage.get(file.sha256)
    except FileNotFoundError:
        abort(404)
    name = "".join(c for c in file.name if unicodedata.category(c)[0] != "C").strip() or "file"
    response = send_file(BytesIO(data), mimetype=file.content_type, as_attachment=True, download_name=name)
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["Cache-Control"] = "no-store"
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
