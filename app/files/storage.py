"""Where bytes are kept: under their SHA-256, in a local folder outside the web root."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from datetime import datetime
from pathlib import Path

from flask import current_app


def put(data: bytes) -> str:
    """Keep these bytes and return their SHA-256 in hex. The same bytes twice are one file."""
    digest = hashlib.sha256(data).hexdigest()
    path = _path(digest)
    if path.exists():
        path.touch()  # asked for again: see `drop`
        return digest
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Written beside and renamed: a killed process leaves a stray temporary file, never half a file under its hash.
    handle, temporary = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return digest


def drop(digest: str, before: datetime) -> None:
    """Forget bytes that no row names any more, unless they were put here since `before` (UTC).

    Who puts bytes writes the row that names them a moment later; what is that new is left to a later run.
    """
    path = _path(digest)
    with contextlib.suppress(FileNotFoundError):
        if path.stat().st_mtime < before.timestamp():
            path.unlink()


def get(digest: str) -> bytes:
    """The bytes with this SHA-256. Raises FileNotFoundError."""
    return _path(digest).read_bytes()


def _path(digest: str) -> Path:
    return Path(current_app.config["STORAGE_URL"]) / digest[:2] / digest
