"""Where bytes are kept: under their SHA-256, in a local folder outside the web root."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from flask import current_app


def put(data: bytes) -> str:
    """Keep these bytes and return their SHA-256 in hex. The same bytes twice are one file."""
    digest = hashlib.sha256(data).hexdigest()
    path = _path(digest)
    if path.exists():
        path.touch()  # asked for again: `sweep` leaves alone what is new
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


def let_go(digest: str) -> None:
    """No row names these bytes any more: from now on they are old enough to be swept some days later."""
    with contextlib.suppress(FileNotFoundError):
        os.utime(_path(digest))


def sweep(needed: Collection[str], before: datetime) -> None:
    """Delete what no row needs and nobody put here or let go since `before` (UTC): also what a killed process left."""
    for path in Path(current_app.config["STORAGE_URL"]).glob("[0-9a-f][0-9a-f]/*"):
        with contextlib.suppress(FileNotFoundError):  # another worker sweeps too
            if path.name not in needed and path.stat().st_mtime < before.timestamp():
                path.unlink()


def get(digest: str) -> bytes:
    """The bytes with this SHA-256. Raises FileNotFoundError."""
    return _path(digest).read_bytes()


def _path(digest: str) -> Path:
    return Path(current_app.config["STORAGE_URL"]) / digest[:2] / digest
