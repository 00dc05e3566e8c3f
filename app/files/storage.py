"""Where bytes are kept: under their SHA-256, in a local folder outside the web root."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from flask import current_app

CHUNK = 1024 * 1024  # bytes read at a time


def put(data: bytes) -> str:
    """Keep these bytes and return their SHA-256 in hex. The same bytes twice are one file."""
    digest = hashlib.sha256(data).hexdigest()
    path = _path(digest)
    if path.exists():
        path.touch()  # asked for again: see `drop`
        return digest
    return _keep([data])


def put_file(source: Path) -> str:
    """Like `put`, for a file of any size: it is never whole in memory."""
    with source.open("rb") as stream:
        return _keep(iter(lambda: stream.read(CHUNK), b""))


def _keep(parts: Iterable[bytes]) -> str:
    root = Path(current_app.config["STORAGE_URL"])
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Written beside and renamed: a killed process leaves a stray temporary file, never half a file under its hash.
    handle, temporary = tempfile.mkstemp(dir=root)
    told = hashlib.sha256()
    try:
        with os.fdopen(handle, "wb") as file:
            for part in parts:
                told.update(part)
                file.write(part)
            file.flush()
            os.fsync(file.fileno())
        path = _path(told.hexdigest())
        path.parent.mkdir(exist_ok=True, mode=0o700)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return told.hexdigest()


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


def path_of(digest: str) -> Path:
    """Where the bytes with this SHA-256 are, to be sent without reading them. Raises FileNotFoundError."""
    path = _path(digest)
    if not path.is_file():
        raise FileNotFoundError(digest)
    return path


def _path(digest: str) -> Path:
    return Path(current_app.config["STORAGE_URL"]) / digest[:2] / digest
