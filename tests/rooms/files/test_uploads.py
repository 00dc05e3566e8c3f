"""Hostile uploads through the door people use: each has its verdict, and nothing else happens."""

from __future__ import annotations

import hashlib
import io
import os
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from app.coursework import rules
from app.files import storage
from tests.client import Client
from tests.rooms.coursework.worksheets import JSON, begun
from tests.rooms.files import made
from tests.rooms.files.door import FIELD, draft, held, send
from tests.rooms.files.uploads import BARE, DRAWN_ANEW, NAMES, REFUSED, SAME, TAKEN

WORDS = b"xq(words)"
BY = b"<dc:creator>python-docx"
AT_LEAST = 80

written: list[str] = []
_watching: list[bool] = []


def _watch(event: str, about: tuple[Any, ...]) -> None:
    """Whatever this process opens to write, makes, links or starts."""
    if not _watching:
        return
    if (
        event == "open"
        and isinstance(about[0], str | bytes)
        and about[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
    ):
        written.append(os.fsdecode(about[0]))
    elif event in ("os.mkdir", "os.rename", "os.symlink", "os.link", "os.chmod"):
        written.extend(os.fsdecode(one) for one in about[:2] if isinstance(one, str | bytes))
    elif event in ("subprocess.Popen", "os.system", "os.exec", "socket.connect"):
        written.append(f"{event}: {about}")


sys.addaudithook(_watch)


@pytest.fixture
def outside(app: Any) -> Iterator[None]:
    """Fails the test when anything was written outside the store, or started."""
    written.clear()
    _watching.append(True)
    yield
    _watching.clear()
    inside = (str(app.config["STORAGE_URL"]), tempfile.gettempdir() + "/werkzeug", "/dev/null")
    # Large requests wait in a file of the system's temporary folder that has no name, or none for long.
    left = [
        one
        for one in written
        if not one.startswith(inside) and Path(one).parent != Path(tempfile.gettempdir())
    ]
    assert not [one for one in left if one != tempfile.gettempdir()], left[:5]


@pytest.fixture
def ana(sign_in: Any, cast: Any) -> Client:
    browser: Client = sign_in(cast.ana)
    return browser


def stored(app: Any) -> set[str]:
    return {one.name for one in Path(app.config["STORAGE_URL"]).rglob("*") if one.is_file()}


def test_what_is_refused_leaves_nothing_but_what_was_typed(app: Any, ana: Client, outside: None) -> None:
    url, before = begun(ana), stored(app)
    for number, (what, (name, data, said)) in enumerate(REFUSED.items()):
        answer = send(ana, url, name, data, f"Typed {number}")
        assert answer.status_code == 422, what
        assert answer.json["error"].endswith(said), f"{what}: {answer.json['error']}"
        assert draft().answers["1.A.1"] == f"Typed {number}", what
        assert held() == [], what
    assert stored(app) == before


@pytest.fixture
def roomy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "QUOTA", 2**30)


def test_what_is_taken_is_harmless(app: Any, ana: Client, outside: None, roomy: None) -> None:
    url, kept = begun(ana), stored(app)
    for number, (what, (name, data, how)) in enumerate(TAKEN.items()):
        answer = send(ana, url, name, data, f"Typed {number}")
        assert answer.status_code == 200, f"{what}: {answer.json['error']}"
        assert draft().answers["1.A.1"] == f"Typed {number}", what
        (one,) = held()
        bytes_kept = storage.get(one["sha256"])
        _is_as_told(what, how, data, bytes_kept, one["type"])
        _leaves_safely(ana.get(f"{url}/files/{one['id']}"), bytes_kept, one["type"], what)
        kept.add(one["sha256"])
        ana.post(f"{url}/files/{one['id']}/remove", headers=JSON)
    assert stored(app) == kept


def _is_as_told(what: str, how: str, sent: bytes, kept: bytes, kind: str) -> None:
    if how == SAME:
        assert kept == sent, what
    elif how == BARE:
        assert kept != sent and BY in _core(sent) and BY not in _core(kept), what
    else:
        assert how == DRAWN_ANEW
        image = Image.open(io.BytesIO(kept))
        assert (image.format, getattr(image, "n_frames", 1)) == ({"png": "PNG", "jpg": "JPEG"}[kind], 1), what
        assert kept.endswith(b"IEND\xaeB`\x82" if kind == "png" else b"\xff\xd9"), what
        for word in (b"xq", b"<?php", b"PK\x03\x04", b"Exif", b"<script"):
            assert word not in kept, what


def _core(document: bytes) -> bytes:
    return zipfile.ZipFile(io.BytesIO(document)).read("docProps/core.xml")


TYPES = {"txt": "text/plain; charset=utf-8", "md": "text/markdown; charset=utf-8", "csv": "text/csv; charset=utf-8",
         "pdf": "application/pdf", "png": "image/png", "jpg": "image/jpeg"}  # fmt: skip


def _leaves_safely(response: Any, kept: bytes, kind: str, what: str) -> None:
    assert (response.status_code, response.data) == (200, kept), what
    headers = response.headers
    assert headers["Content-Disposition"].startswith("attachment; filename="), what
    assert headers["X-Content-Type-Options"] == "nosniff", what
    assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'", what
    assert headers["Cache-Control"] == "no-store", what
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin", what
    expected = TYPES.get(kind, "application/vnd.openxmlformats-officedocument.")
    assert headers["Content-Type"].startswith(expected), what


def test_names_are_only_names(app: Any, ana: Client, outside: None) -> None:
    url, before = begun(ana), stored(app)
    for name, kept in NAMES.items():
        answer = send(ana, url, name, WORDS, "Typed")
        assert answer.status_code == 200, f"{name!r}: {answer.json['error']}"
        (one,) = held()
        assert one["name"] == kept
        download = ana.get(f"{url}/files/{one['id']}")
        line = download.headers["Content-Disposition"]
        assert line.startswith("attachment; filename=") and not set(line) & set("\r\n\0"), name
        assert "<img" not in ana.get(url).text
        ana.post(f"{url}/files/{one['id']}/remove", headers=JSON)
    assert len(stored(app) - before) <= 1


# Whole requests, written by hand. What is in them, with {token}; the boundary the header names; what is answered.
PART = '--b\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n{value}\r\n'
FORM = "".join(
    PART.format(name=name, more="", value=value)
    for name, value in (
        ("csrf_token", "{token}"),
        ("version", "{version}"),
        ("1.A.1", "Typed"),
        (f"{FIELD}~deidentified", "yes"),
    )
)


def part(name: str | None, text: str = "Words.", about: str = "") -> str:
    named = "" if name is None else f'; filename="{name}"{about}'
    return PART.format(name=f"{FIELD}~upload", more=named, value=text)


REQUESTS = {
    "no name": (FORM + part("") + "--b--\r\n", "b", 422),
    "no name at all": (FORM + part(None) + "--b--\r\n", "b", 422),
    "an empty part": (FORM + part("a.txt", "") + "--b--\r\n", "b", 422),
    "several at once": (FORM + part("a.txt", "One.") + part("b.txt", "Two.") + "--b--\r\n", "b", 200),
    "more than there is room for": (FORM + "".join(part(f"{n}.txt", str(n)) for n in range(9)) + "--b--\r\n", "b", 422),
    "a type that lies": (
        FORM + part("a.txt", "<b>", '\r\nContent-Type: text/html; charset="utf-7"') + "--b--\r\n", "b", 200),
    "a line break in a header": (FORM + part("a\r\nX-Evil: 1\r\n.txt") + "--b--\r\n", "b", 422),
    "two names": (FORM + part("a.txt", about='; filename="b.exe"') + "--b--\r\n", "b", 422),
    "a name by another way": (
        FORM + part("a.txt", about="; filename*=UTF-8''..%2Fb%0d%0a.txt") + "--b--\r\n", "b", 200),
    "another boundary": (FORM + part("a.txt") + "--b--\r\n", "other", 400),
    "an empty boundary": (FORM + part("a.txt") + "--b--\r\n", "", 400),
    "no end": (FORM + part("a.txt"), "b", 400),
    "cut off in a header": (FORM + "--b\r\nContent-Disposit", "b", 400),
    "thousands of parts": (FORM + part("a.txt") * 5_001 + "--b--\r\n", "b", 413),
    "a part within a part": (FORM + part("a.txt", "--b2\r\n\r\n--b2--") + "--b--\r\n", "b", 200),
    "no form": ("%PDF-1.4 {token}", None, 400),
}  # fmt: skip


def filled(text: str, ana: Client) -> bytes:
    return text.replace("{token}", ana.csrf_token()).replace("{version}", str(draft().version)).encode()


# A request that is cut off leaves its half files to be closed by whoever comes by; they have no name on any disk.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("what", REQUESTS)
def test_odd_requests(ana: Client, outside: None, what: str) -> None:
    text, boundary, status = REQUESTS[what]
    url = begun(ana)
    kind = "application/pdf" if boundary is None else f"multipart/form-data; boundary={boundary}"
    body = filled(text, ana)
    answer = ana.post(f"{url}/files/{FIELD}", data=body, content_type=kind, headers=JSON)
    assert answer.status_code == status, answer.json
    for one in held():
        assert one["name"] in ("a.txt", "b.txt", "file.txt") or one["name"].endswith(".txt")
        download = ana.get(f"{url}/files/{one['id']}")
        assert download.headers["Content-Type"] == TYPES["txt"]
        assert "X-Evil" not in download.headers


@pytest.mark.parametrize("length", ["0", "10", "-1", "x", "99999999999999999999"])
def test_a_length_that_lies(ana: Client, outside: None, length: str) -> None:
    url = begun(ana)
    body = filled(FORM + part("a.txt") + "--b--\r\n", ana)
    answer = ana.post(
        f"{url}/files/{FIELD}",
        input_stream=io.BytesIO(body),
        content_type="multipart/form-data; boundary=b",
        headers=[*JSON.items()],
        environ_overrides={"CONTENT_LENGTH": length},
        data=None,
        csrf=False,
    )
    assert 400 <= answer.status_code < 500
    assert held() == []


def test_there_are_enough_of_them(capsys: pytest.CaptureFixture[str]) -> None:
    counts = {
        "refused": len(REFUSED),
        "taken and made harmless": len(TAKEN),
        "names": len(NAMES),
        "odd requests": len(REQUESTS),
    }
    with capsys.disabled():
        print(
            f"\nhostile uploads: {sum(counts.values())} ({', '.join(f'{n} {what}' for what, n in counts.items())})"
        )
    assert len(REFUSED) + len(TAKEN) >= AT_LEAST


def test_a_formula_in_a_table_is_a_download_like_any_other(ana: Client) -> None:
    """A spreadsheet would run it; no page of ours opens it, and changing what somebody sent would falsify it."""
    url = begun(ana)
    send(ana, url, "a.csv", b"=cmd|'/c calc'!A1\n", "Typed")
    assert "cmd|" not in ana.get(url).text


def test_the_same_document_twice_is_one_file(ana: Client) -> None:
    """Also when its author was taken off on the way."""
    url = begun(ana)
    for _ in range(2):
        send(ana, url, "a.docx", BY_WORD, "Typed")
    assert len(held()) == 1
    assert held()[0]["sha256"] != hashlib.sha256(BY_WORD).hexdigest()


BY_WORD = made.word("Words.")
