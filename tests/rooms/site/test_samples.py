"""Filled documents of the sample practice: public, marked as fictional, made once for each release."""

from __future__ import annotations

import os
from datetime import timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import func, select

from app.curriculum.actions import publish
from app.files import actions as files
from app.files import storage
from app.files.jobs import sweep_files
from app.lib import jobs, pdf
from app.lib.database import db
from app.manual.models import SampleFile
from tests.cast import NOW
from tests.factories import accepted_system
from tests.programs import LINE, PLAN, small_program
from tests.rooms.manual.words import opened, text_of

INDEX = "/program/documents"
DOCUMENT = f"{INDEX}/systems/cancellation-policy"


@pytest.fixture
def typesetter():
    if not pdf.is_possible():
        pytest.skip("needs the Pango libraries")


@pytest.fixture
def media(app):
    """The files the program names are in the store, so that another release of it can be published."""
    for data in (PLAN, LINE):
        storage.put(data)


def _files() -> int:
    count = db.session.scalar(select(func.count()).select_from(SampleFile))
    db.session.rollback()
    return count


def test_the_list_leads_to_every_document(client):
    html = client.get(INDEX).text
    assert "Documents of a practice, filled in" in html and "a fictional practice" in html
    assert f'href="{DOCUMENT}"' in html and "policy" in html
    assert '<link rel="canonical"' in html and "noindex" not in html


def test_a_document_is_a_sheet_that_says_it_is_a_sample(client):
    html = client.get(DOCUMENT).text
    assert "<h1" in html and "Cancellation policy" in html
    assert "Filled sample." in html and "is a fictional practice" in html and "· filled sample" in html
    assert "still blank" not in html and "still to be written" not in html


def test_files_are_made_by_the_worker_once(client, typesetter):
    assert f"{DOCUMENT}.docx" not in client.get(DOCUMENT).text
    assert client.get(f"{DOCUMENT}.pdf").location == DOCUMENT
    jobs.run("make-samples")
    made = _files()
    assert made == 2
    jobs.run("make-samples")
    assert _files() == made
    page = client.get(DOCUMENT).text
    assert f'href="{DOCUMENT}.pdf"' in page and f'href="{DOCUMENT}.docx"' in page and "1 page, " in page
    on_paper, in_word = client.get(f"{DOCUMENT}.pdf"), client.get(f"{DOCUMENT}.docx")
    assert "Filled sample" in PdfReader(BytesIO(on_paper.data)).pages[0].extract_text()
    assert "filled sample" in text_of(opened(in_word.data))
    for answer in (on_paper, in_word):
        assert "(sample)" in answer.headers["Content-Disposition"]
        assert answer.headers["Cache-Control"] == "public, max-age=3600"
        assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_a_new_release_has_files_of_its_own_and_the_same_bytes(client, write, typesetter, media):
    jobs.run("make-samples")
    with write():
        release = publish(None, small_program().model_copy(update={"title": "Another title"}), NOW)
        release_id = release.id
    assert client.get(f"{DOCUMENT}.docx").location == DOCUMENT
    jobs.run("make-samples")
    assert client.get(f"{DOCUMENT}.docx").status_code == 200
    digests = list(db.session.scalars(select(SampleFile.sha256).where(SampleFile.kind == "docx")))
    assert len(digests) == 2 and release_id
    db.session.rollback()


def test_a_sweep_leaves_them(client, cast, write, typesetter):
    """They have no owner and so no row among the stored files."""
    jobs.run("make-samples")
    with write():
        files.keep(cast.ana, storage.put(b"Something else."), "a.txt", "text/plain", 15, NOW)
    old = (NOW - timedelta(days=90)).timestamp()
    for digest in db.session.scalars(select(SampleFile.sha256)):
        os.utime(storage.path_of(digest), (old, old))
    db.session.rollback()
    sweep_files(NOW)
    for kind in ("pdf", "docx"):
        assert client.get(f"{DOCUMENT}.{kind}").status_code == 200


def test_what_cannot_be_made_is_not_tried_again_for_this_release(client, monkeypatch):
    def fail(*_, **__):
        raise RuntimeError("no")

    monkeypatch.setattr("app.manual.word.alone", fail)
    monkeypatch.setattr("app.lib.pdf.is_possible", lambda: False)
    jobs.run("make-samples")
    assert _files() == 1
    monkeypatch.undo()
    monkeypatch.setattr("app.lib.pdf.is_possible", lambda: False)
    jobs.run("make-samples")
    assert _files() == 1
    assert client.get(f"{DOCUMENT}.docx").location == DOCUMENT


def test_a_participants_answers_are_not_in_them(client, cast, write):
    with write():
        accepted_system(cast.ana_enrollment, cast.cora, answers={"1.A.1": "Xqana Rooms"})
    assert "Xqana" not in client.get(DOCUMENT).text + client.get(INDEX).text


@pytest.mark.parametrize(
    "address", [f"{INDEX}/systems/no-such", f"{INDEX}/focus/cancellation-policy", f"{INDEX}/x/y.pdf"]
)
def test_what_is_not_there_is_404(client, address):
    assert client.get(address).status_code == 404


def test_a_program_without_samples_has_no_such_pages_and_no_links(client, write, media):
    program = small_program()
    bare = tuple(module.model_copy(update={"samples": ()}) for module in program.modules)
    assert INDEX in client.get("/").text
    with write():
        publish(None, program.model_copy(update={"modules": bare}), NOW)
    assert client.get(INDEX).status_code == client.get(DOCUMENT).status_code == 404
    for address in ("/", "/program", "/reasons", "/reasons/lack-of-systems"):
        assert INDEX not in client.get(address).text


def test_the_front_page_the_program_and_the_reason_lead_there(client):
    assert f'href="{INDEX}"' in client.get("/").text
    assert f'href="{INDEX}"' in client.get("/program").text
    assert f'href="{INDEX}#systems"' in client.get("/reasons/lack-of-systems").text
