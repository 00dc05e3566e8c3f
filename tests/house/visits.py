"""Going through a door as somebody, and what is in the database before and after."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from zipfile import ZipFile

from flask import Flask, url_for
from pypdf import PdfReader
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.lib.database import Base, db
from app.lib.spreadsheet import XLSX
from app.manual.export import TYPES, WORD
from tests.client import Client
from tests.house.doors import Door
from tests.house.world import World

HTML = {"Accept": "text/html"}


@dataclass
class House:
    app: Flask
    world: World
    restore: Callable[[], None]  # the world as it was

    def browser(self, actor: str) -> Client:
        """This person's browser; nobody's has no cookie."""
        found = Client(self.app)
        if actor != "nobody":
            with found.session_transaction() as session:
                session["sign_in"] = self.world.cookie(actor)
        return found

    def address(self, door: Door, actor: str) -> str:
        with self.app.test_request_context():
            return url_for(door.endpoint, **door.arguments(self.world, actor)).removeprefix(
                "http://localhost"
            )

    def enter(self, door: Door, actor: str, browser: Client | None = None) -> TestResponse:
        """What this person is answered at this door."""
        browser, address = browser or self.browser(actor), self.address(door, actor)
        if door.method == "GET":
            return browser.get(address, headers=HTML, critical=False)
        return browser.post(address, data=door.form(self.world, actor), headers=HTML, critical=False)


def answer_class(response: TestResponse) -> str | int:
    """'sign in' for the way to the sign-in page, 'signed out' when this was the way out, otherwise the status."""
    if response.status_code in (302, 303) and response.location.split("?")[0] == "/sign-in":
        return "signed out" if "Clear-Site-Data" in response.headers else "sign in"
    return response.status_code


def text_of(response: TestResponse) -> str:
    """All that was sent: status line, headers and body; of a PDF, its words; of an Office file, all of its parts."""
    head = f"{response.status}\n{response.headers}"
    if response.mimetype == "application/pdf":
        pages = PdfReader(io.BytesIO(response.data)).pages
        return head + "\n".join(page.extract_text() for page in pages)
    if response.mimetype in (TYPES[WORD], XLSX):
        with ZipFile(io.BytesIO(response.data)) as file:
            return head + "\n".join(file.read(name).decode("utf-8", "replace") for name in file.namelist())
    return head + response.get_data(as_text=True)


def fingerprint() -> dict[str, tuple[int, str]]:
    """Table → number of rows and hash of all of them, as committed."""
    found = {}
    with db.engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            rows = connection.execute(select(table).order_by(*table.primary_key.columns)).all()
            found[table.name] = len(rows), sha256(repr(rows).encode()).hexdigest()
    return found


def changed(before: dict[str, tuple[int, str]]) -> set[str]:
    """The tables that are not as they were."""
    after = fingerprint()
    return {name for name, mark in before.items() if after[name] != mark}
