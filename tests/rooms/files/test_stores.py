"""The folder and the bucket keep bytes alike. The bucket is moto's server, which speaks S3."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest

from app.files.bucket import Bucket
from app.files.folder import Folder
from tests.tools.screens import two_free_ports

DATA = b"Words of a file. " * 1000
DIGEST = hashlib.sha256(DATA).hexdigest()
LATER = datetime(2100, 1, 1, tzinfo=UTC)
KEYS = {"AWS_ACCESS_KEY_ID": "a-key", "AWS_SECRET_ACCESS_KEY": "its-secret", "AWS_REGION": "us-east-1"}


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server that speaks S3, with a bucket named 'cohort'."""
    address = f"http://127.0.0.1:{(port := two_free_ports())}"
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with (
        (tmp_path_factory.mktemp("s3") / "log").open("wb") as log,
        subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT) as server,
    ):
        try:
            _make_bucket(address)
            yield address
        finally:
            server.terminate()


def _make_bucket(address: str) -> None:
    give_up = time.monotonic() + 60
    while True:
        try:
            urlopen(Request(f"{address}/cohort", method="PUT"), timeout=10).close()
            return
        except URLError:
            if time.monotonic() > give_up:
                raise


@pytest.fixture(params=["folder", "bucket"])
def store(
    request: pytest.FixtureRequest, tmp_path: Path, endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> Any:
    if request.param == "folder":
        return Folder(tmp_path / "files")
    for name, value in {**KEYS, "AWS_ENDPOINT_URL": endpoint}.items():
        monkeypatch.setenv(name, value)
    return Bucket(f"s3://cohort/{tmp_path.name}", tmp_path / "copies")


def test_what_is_put_can_be_had(store: Any) -> None:
    for _ in range(2):  # twice is harmless
        store.put(DIGEST, DATA)
    assert store.get(DIGEST) == DATA
    assert store.path_of(DIGEST).read_bytes() == DATA


def test_what_comes_in_parts_is_kept_whole(store: Any) -> None:
    assert store.put_parts(iter([DATA[:5000], DATA[5000:]])) == DIGEST
    assert store.get(DIGEST) == DATA


def test_what_is_not_there_is_not_found(store: Any) -> None:
    for verb in (store.get, store.path_of):
        with pytest.raises(FileNotFoundError):
            verb(DIGEST)
    store.renew(DIGEST)
    store.remove(DIGEST, LATER)


def test_what_is_removed_is_gone(store: Any) -> None:
    store.put(DIGEST, DATA)
    store.path_of(DIGEST)
    store.remove(DIGEST, datetime.now(UTC) - timedelta(hours=1))
    assert store.get(DIGEST) == DATA, "somebody may be about to name it"
    store.remove(DIGEST, LATER)
    with pytest.raises(FileNotFoundError):
        store.get(DIGEST)
    with pytest.raises(FileNotFoundError):
        store.path_of(DIGEST)


def test_only_what_is_old_and_needed_by_nobody_is_swept(store: Any) -> None:
    other = hashlib.sha256(b"needed").hexdigest()
    store.put(DIGEST, DATA)
    store.put(other, b"needed")
    store.sweep({other}, datetime.now(UTC) - timedelta(hours=1))
    assert store.get(DIGEST) == DATA
    store.sweep({other}, datetime.now(UTC) + timedelta(hours=1))
    assert store.get(other) == b"needed"
    with pytest.raises(FileNotFoundError):
        store.get(DIGEST)


def test_a_bucket_that_is_not_there_is_an_error_of_the_disk(
    endpoint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {**KEYS, "AWS_ENDPOINT_URL": endpoint}.items():
        monkeypatch.setenv(name, value)
    nowhere = Bucket("s3://nobody-made-this-one", tmp_path)
    with pytest.raises(OSError, match="did not take|nobody|" + DIGEST):
        nowhere.put(DIGEST, DATA)
