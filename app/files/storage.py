"""Where bytes are kept: under their SHA-256, in a local folder or in an S3 bucket, as STORAGE_URL says."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from flask import current_app

from app.files.folder import Folder

CHUNK = 1024 * 1024  # bytes read at a time
S3 = "s3://"


def put(data: bytes) -> str:
    """Keep these bytes and return their SHA-256 in hex. The same bytes twice are one file. Raises OSError."""
    digest = hashlib.sha256(data).hexdigest()
    _store().put(digest, data)
    return digest


def put_file(source: Path) -> str:
    """Like `put`, for a file of any size: it is never whole in memory."""
    with source.open("rb") as stream:
        return _store().put_parts(iter(lambda: stream.read(CHUNK), b""))


def get(digest: str) -> bytes:
    """The bytes with this SHA-256. Raises FileNotFoundError."""
    return _store().get(digest)


def path_of(digest: str) -> Path:
    """Where the bytes with this SHA-256 are on disk, to be sent without reading them. Raises FileNotFoundError."""
    return _store().path_of(digest)


def let_go(digest: str) -> None:
    """No row names these bytes any more: from now on they are old enough to be swept some days later."""
    _store().renew(digest)


def remove(digest: str, before: datetime) -> None:
    """Delete these bytes at once: no row names them, and they must not wait for the sweep.

    Bytes somebody put here since `before` (UTC) stay: a row may be about to name them. The sweep sees to those.
    """
    _store().remove(digest, before)


def sweep(needed: Collection[str], before: datetime) -> None:
    """Delete what no row needs and nobody put here or let go since `before` (UTC): also what a killed process left."""
    _store().sweep(needed, before)


class Store(Protocol):
    """What a place for bytes can do; `digest` is always their SHA-256 in hex."""

    def put(self, digest: str, data: bytes) -> None: ...
    def put_parts(self, parts: Iterable[bytes]) -> str: ...
    def get(self, digest: str) -> bytes: ...
    def path_of(self, digest: str) -> Path: ...
    def renew(self, digest: str) -> None: ...
    def remove(self, digest: str, before: datetime) -> None: ...
    def sweep(self, needed: Collection[str], before: datetime) -> None: ...


def _store() -> Store:
    return _opened(current_app.config["STORAGE_URL"], current_app.config["DATA_DIR"])


@lru_cache(maxsize=4)
def _opened(url: str, data: Path) -> Store:
    if url.startswith(S3):
        from app.files.bucket import Bucket  # five megabytes that a folder does not need

        return Bucket(url, data / "copies")
    return Folder(Path(url))
