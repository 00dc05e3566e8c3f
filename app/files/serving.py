"""How a stored file leaves the house: as an attachment that no browser runs."""

from __future__ import annotations

import unicodedata
from io import BytesIO

from flask import Response, abort, send_file

from app.files import storage
from app.files.models import StoredFile


def attachment(file: StoredFile) -> Response:
    """The file as a download, sandboxed and never cached; 404 when its bytes are gone."""
    try:
        data = storage.get(file.sha256)
    except FileNotFoundError:
        abort(404)
    name = "".join(c for c in file.name if unicodedata.category(c)[0] != "C").strip() or "file"
    response = send_file(BytesIO(data), mimetype=file.content_type, as_attachment=True, download_name=name)
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "no-store"
    return response
