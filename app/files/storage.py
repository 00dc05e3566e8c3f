"""Where bytes are kept: under their SHA-256, in a local folder outside the web root."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Collection, Iterable
from datetime import datetime
from pathlib import Path

from flask import current_app

CHUNK = 1024 * 1024  # bytes read at a time
HALF = "half-"  # how the name of a file begins that is not whole yet


def put(data: bytes) -> str:
    """Keep these bytes and return their SHA-256 in hex. The same bytes twice are one file."""
    digest = hashlib.sha256(data).hexdigest()
    path = _path(digest)
    if path.exists():
        path.touch()  # asked for again: `sweep` leaves alone what is new
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
    handle, temporary = tempfile.mkstemp(dir=root, prefix=HALF)
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


def let_go(digest: str) -> None:
    """No row names these bytes any more: from now on they are old enough to be swept some days later."""
    with contextlib.suppress(FileNotFoundError):
        os.utime(_path(digest))


def remove(digest: str, before: datetime) -> None:
    """Delete these bytes at once: no row names them, and they must not wait for the sweep.

    Bytes somebody put here since `before` (UTC) stay: a row may be about to name them. The sweep sees to those.
    """
    path = _path(digest)
    with contextlib.suppress(FileNotFoundError):
        if path.stat().st_mtime < before.timestamp():
            path.unlink()


def sweep(needed: Collection[str], before: datetime) -> None:
    """Delete what no row needs and nobody put here or let go since `before` (UTC): also what a killed process left."""
    root = Path(current_app.config["STORAGE_URL"])
    for path in [*root.glob("[0-9a-f][0-9a-f]/*"), *root.glob(f"{HALF}*")]:
        with contextlib.suppress(FileNotFoundError):  # another worker sweeps too
            if path.name not in needed and path.stat().st_mtime < before.timestamp():
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
