"""The door files come in by, as files.js uses it."""

from __future__ import annotations

import io
from typing import Any

from sqlalchemy import select
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart

from app.coursework.models import Draft
from app.lib.database import db
from tests.client import Client
from tests.rooms.coursework.worksheets import JSON

FIELD = "1.C.2"


def draft() -> Draft:
    db.session.rollback()
    return db.session.scalars(select(Draft)).one()


def send(ana: Client, url: str, name: str, data: bytes, typed: str) -> Any:
    """The file, the tick, and what was typed meanwhile; the name as browsers write it into the header."""
    name = name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
    form = MultiDict([
        ("version", str(draft().version)), ("1.A.1", typed), (f"{FIELD}~deidentified", "yes"),
        ("csrf_token", ana.csrf_token()), (f"{FIELD}~upload", FileStorage(io.BytesIO(data), name)),
    ])  # fmt: skip
    boundary, body = encode_multipart(form)
    kind = f"multipart/form-data; boundary={boundary}"
    return ana.post(f"{url}/files/{FIELD}", data=body, content_type=kind, headers=JSON)


def held() -> list[dict[str, Any]]:
    """What the draft says of its files."""
    found: list[dict[str, Any]] = draft().answers.get(FIELD, {}).get("files", [])
    return found
