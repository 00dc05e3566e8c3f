"""Bytes under their SHA-256 in an S3 bucket, or in anything that speaks S3.

Where the bucket is and who may use it say the environment variables every tool for S3 knows: AWS_ACCESS_KEY_ID,
AWS_SECRET_ACCESS_KEY, AWS_REGION, and AWS_ENDPOINT_URL for a store that is not Amazon's. Requests time out and are
tried again; what fails in the end is an OSError, as with a disk.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import S3Store

LOOPBACK = ("http://127.0.0.1", "http://localhost")


class Bucket:
    """One bucket and prefix. `copies` is a folder for what must be on disk to be sent in parts."""

    def __init__(self, url: str, copies: Path) -> None:
        parts = urlsplit(url)
        plain = os.environ.get("AWS_ENDPOINT_URL", "").startswith(LOOPBACK)
        self.copies = copies
        self.store = S3Store(
            parts.netloc,
            prefix=parts.path.strip("/") or None,
            client_options={"connect_timeout": "5s", "timeout": "60s", "allow_http": plain},
            retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=60)},
        )

    def put(self, digest: str, data: bytes) -> None:
        """Written again even when it is there: that makes it new, and `sweep` leaves alone what is new."""
        with _as_with_a_disk(digest):
            obstore.put(self.store, _name(digest), data)

    def put_parts(self, parts: Iterable[bytes]) -> str:
        """Keep bytes that come in parts, so that they are never whole in memory; their SHA-256 in hex."""
        told = hashlib.sha256()
        with tempfile.TemporaryFile() as file:  # the name is known when the last byte is
            for part in parts:
                told.update(part)
                file.write(part)
            file.seek(0)
            digest = told.hexdigest()
            with _as_with_a_disk(digest):
                obstore.put(self.store, _name(digest), file)
        return digest

    def get(self, digest: str) -> bytes:
        with _as_with_a_disk(digest):
            return bytes(obstore.get(self.store, _name(digest)).bytes())

    def path_of(self, digest: str) -> Path:
        """A copy on this machine, fetched once."""
        path = self.copies / digest
        if not path.is_file():
            data = self.get(digest)
            self.copies.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, temporary = tempfile.mkstemp(dir=self.copies)
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            Path(temporary).replace(path)
        return path

    def renew(self, digest: str) -> None:
        with contextlib.suppress(FileNotFoundError):
            self.put(digest, self.get(digest))

    def remove(self, digest: str, before: datetime) -> None:
        with contextlib.suppress(FileNotFoundError), _as_with_a_disk(digest):
            if obstore.head(self.store, _name(digest))["last_modified"] < before:
                obstore.delete(self.store, _name(digest))
        (self.copies / digest).unlink(missing_ok=True)

    def sweep(self, needed: Collection[str], before: datetime) -> None:
        with _as_with_a_disk("a list"):
            for some in obstore.list(self.store):
                for one in some:
                    digest = one["path"].rpartition("/")[2]
                    if one["last_modified"] < before and digest not in needed:
                        self.remove(digest, before)


def _name(digest: str) -> str:
    return f"{digest[:2]}/{digest}"


@contextlib.contextmanager
def _as_with_a_disk(digest: str) -> Iterator[None]:
    try:
        yield
    except (FileNotFoundError, NotFoundError) as missing:
        raise FileNotFoundError(digest) from missing
    except BaseError as failed:
        raise OSError(f"the bucket did not take or give {digest}") from failed
