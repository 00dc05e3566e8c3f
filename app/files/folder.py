"""Bytes under their SHA-256 in a local folder outside the web root."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Collection, Iterable
from datetime import datetime
from pathlib import Path

HALF = "half-"  # how the name of a file begins that is not whole yet


class Folder:
    """One folder with a subfolder for each first two digits."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, digest: str, data: bytes) -> None:
        path = self._path(digest)
        if path.exists():
            path.touch()  # asked for again: `sweep` leaves alone what is new
        else:
            self.put_parts([data])

    def put_parts(self, parts: Iterable[bytes]) -> str:
        """Keep bytes that come in parts, so that they are never whole in memory; their SHA-256 in hex."""
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Written beside and renamed: a killed process leaves a stray temporary file, never half a file under its hash.
        handle, temporary = tempfile.mkstemp(dir=self.root, prefix=HALF)
        told = hashlib.sha256()
        try:
            with os.fdopen(handle, "wb") as file:
                for part in parts:
                    told.update(part)
                    file.write(part)
                file.flush()
                os.fsync(file.fileno())
            path = self._path(told.hexdigest())
            path.parent.mkdir(exist_ok=True, mode=0o700)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        return told.hexdigest()

    def get(self, digest: str) -> bytes:
        return self._path(digest).read_bytes()

    def path_of(self, digest: str) -> Path:
        path = self._path(digest)
        if not path.is_file():
            raise FileNotFoundError(digest)
        return path

    def renew(self, digest: str) -> None:
        with contextlib.suppress(FileNotFoundError):
            os.utime(self._path(digest))

    def remove(self, digest: str, before: datetime) -> None:
        self._unlink_older(self._path(digest), before)

    def sweep(self, needed: Collection[str], before: datetime) -> None:
        for path in [*self.root.glob("[0-9a-f][0-9a-f]/*"), *self.root.glob(f"{HALF}*")]:
            if path.name not in needed:
                self._unlink_older(path, before)

    @staticmethod
    def _unlink_older(path: Path, before: datetime) -> None:
        with contextlib.suppress(FileNotFoundError):  # another worker sweeps too
            if path.stat().st_mtime < before.timestamp():
                path.unlink()

    def _path(self, digest: str) -> Path:
        return self.root / digest[:2] / digest
